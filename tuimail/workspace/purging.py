"""The desk for old mail: removes what is settled, when a person asks for it.

Rows first, a hundred mails at a time; then files, which without a row are
harmless. So wherever it is killed, the next purge goes on from there.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from tuimail.core.values import dataclass
from tuimail.errors import FieldError
from tuimail.store.lent import Loans
from tuimail.store.purging import Purged
from tuimail.workspace.authority import require_person
from tuimail.workspace.stores import Stores

PURGED_STATUSES: Final = frozenset(
    {"sent", "queued", "partial", "error", "cancelled", "discarded", "rejected"}
)
"""What may go: nothing that waits for anybody, and nothing of unknown fate."""
SHORTEST_AGE: Final = timedelta(days=1)
"""What was settled today may still be asked about."""

_BATCH: Final = 100
_CHUNK: Final = 1000
_YOUNG: Final = timedelta(days=7)
"""How long a file may be attached to a draft that is not stored yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeReport:
    """What went."""

    mails: Mapping[str, int]
    """How many of each status."""
    attachments: int
    """Files that no mail has any more."""
    freed_bytes: int


class PurgeDesk:
    """Removes settled mail; its lines in the journal stay."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def would_go(
        self, before: datetime, statuses: Collection[str] = PURGED_STATUSES
    ) -> Mapping[str, int]:
        """Return how many mails of each status a purge would remove.

        Raises:
            FieldError: ``before`` is less than a day ago.
        """
        self._check(before)
        return self._stores.purging.counts(statuses, before)

    def purge(
        self, before: datetime, statuses: Collection[str] = PURGED_STATUSES
    ) -> PurgeReport:
        """Remove settled mail that nothing happened to since ``before``.

        Args:
            before: Aware; at least a day ago.
            statuses: Which; all of ``PURGED_STATUSES`` where it is left out.

        Raises:
            FieldError: ``before`` is less than a day ago.
            NotAllowedError: An agent asks.
        """
        require_person(self._stores)
        self._check(before)
        freed = self._finish()
        mails: Counter[str] = Counter()
        while purged := self._remove_rows(before, statuses):
            mails.update(one.status for one in purged)
            freed += sum(self._remove_files(one.id, one.revision) for one in purged)
            self._stores.fault("purge.after_files")
        self._clear_words()
        attachments, more = self._collect()
        report = PurgeReport(
            mails=mails, attachments=attachments, freed_bytes=freed + more
        )
        self._stores.log.note(
            "purged", mails=mails.total(), freed_bytes=report.freed_bytes
        )
        return report

    def _check(self, before: datetime) -> None:
        if before > self._stores.clock.now() - SHORTEST_AGE:
            raise FieldError(
                f"{before.isoformat()} is less than a day ago.",
                hint="Say how many days of mail to keep: tuimail purge --older-than 90",
                field="older-than",
            )

    def _finish(self) -> int:
        """Remove files whose rows a purge removed that did not get further."""
        stores = self._stores
        left = stores.purging.among(stores.outbound.orphans(frozenset()))
        return sum(self._remove_files(one, 1) for one in left)

    def _remove_rows(
        self, before: datetime, statuses: Collection[str]
    ) -> tuple[Purged, ...]:
        stores = self._stores
        with stores.database.transaction():
            purged = stores.purging.purge(
                statuses, before, at=stores.clock.now(), limit=_BATCH
            )
            stores.search.remove(one.id for one in purged)
        stores.fault("purge.after_commit")
        return purged

    def _clear_words(self) -> None:
        """Write the index of words anew, without those of mail that is gone."""
        is_more = True
        while is_more:
            with self._stores.database.transaction():
                is_more = self._stores.search.clear_up()

    def _remove_files(self, draft_id: str, revision: int) -> int:
        """Remove copies for others, then the folder; return bytes freed.

        In this order: the folder is what the next purge goes by.
        """
        stores = self._stores
        source = stores.outbound.message_path(draft_id)
        stores.maildir.place(draft_id, None, source, revision=revision)
        stores.fault("purge.after_copy")
        freed = _only_here(source.parent)
        Loans(stores.root).forget(draft_id)
        stores.outbound.remove(draft_id)
        return freed

    def _collect(self) -> tuple[int, int]:
        """Remove attachments that no mail names; return how many, and bytes freed."""
        stores, before = self._stores, self._stores.clock.now() - _YOUNG
        count = freed = 0
        for chunk in _chunks(stores.blobs.untouched(before)):
            with stores.database.transaction():
                unnamed = stores.purging.unnamed(chunk)
                freed += sum(stores.blobs.collect(one, before) for one in unnamed)
            count += len(unnamed)
            stores.fault("purge.after_attachments")
        return count, freed


def _chunks(digests: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(digests), _CHUNK):
        yield digests[start : start + _CHUNK]


def _only_here(folder: Path) -> int:
    """Return the bytes that go with a folder: attachments are elsewhere, too."""
    found = (path.lstat() for path in folder.rglob("*") if path.is_file())
    return sum(one.st_size for one in found if one.st_nlink == 1)
