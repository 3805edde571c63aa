"""Every mail looked at, with its files: what is not as the database says.

Reads everything there is, which takes its time; nothing is changed.
"""

from collections.abc import Iterator
from typing import Final

import msgspec

from tuimail.core.values import dataclass, field
from tuimail.errors import DigestMismatchError, NotFoundError, StoreError
from tuimail.store.drafts import Revision
from tuimail.store.list_rows import ListRow
from tuimail.store.maildir import FOLDERS, folder_of
from tuimail.workspace import mirror
from tuimail.workspace.rendering import file_digest, is_behind
from tuimail.workspace.stores import Stores

_PAGE: Final = 500
_WAITING: Final = ("ready", "deferred", "held")
_OF_A_HOLD: Final = frozenset(
    {"state", "reason", "due_at", "undo_until", "give_up_at", "changed_at"}
)


@dataclass(slots=True, kw_only=True)
class Survey:
    """What was found, by draft id, oldest change last."""

    mails: int = 0
    damaged: list[str] = field(default_factory=list)
    """Whose message file is not what the newest revision says."""
    unwritten: list[str] = field(default_factory=list)
    """Whose message file a crash kept from being written: it can be made."""
    without_files: list[str] = field(default_factory=list)
    """Whose attachments are gone, or not what they were."""
    behind: list[str] = field(default_factory=list)
    """Whose sidecar does not say what the database says."""
    misplaced: list[str] = field(default_factory=list)
    """Who are in the wrong folder of the maildir, or in none."""
    orphans: tuple[str, ...] = ()
    """Folders without a row."""
    unreadable: list[str] = field(default_factory=list)
    """Rows that cannot be read."""


def survey(stores: Stores) -> Survey:
    """Look at every mail; return what is not as it should be."""
    found = Survey()
    placed = _placed(stores)
    known: set[str] = set()
    files = _Files(stores)
    for listed in every_mail(stores):
        found.mails += 1
        draft_id = listed.id
        known.add(draft_id)
        try:
            revision = stores.drafts.revision(draft_id, listed.revision)
        except StoreError:
            found.unreadable.append(draft_id)
            continue
        _look(stores, found, listed, revision, files=files)
        if placed.pop(draft_id, frozenset()) != _expected(stores, listed):
            found.misplaced.append(draft_id)
    found.misplaced += sorted(placed)
    found.orphans = stores.outbound.orphans(known)
    return found


def every_mail(stores: Stores) -> Iterator[ListRow]:
    """Yield every mail there is, newest change first."""
    last = None
    while page := stores.rows.rows(limit=_PAGE, before=last):
        yield from page
        last = page[-1].changed_at, page[-1].id


class _Files:
    """Attachments, each read once however many mails have it."""

    def __init__(self, stores: Stores) -> None:
        self._blobs = stores.blobs
        self._known: dict[str, bool] = {}

    def is_whole(self, digest: str) -> bool:
        if digest not in self._known:
            self._known[digest] = self._read(digest)
        return self._known[digest]

    def _read(self, digest: str) -> bool:
        try:
            for _ in self._blobs.read(digest):
                pass
        except (DigestMismatchError, StoreError):
            return False
        return True


def _look(
    stores: Stores,
    found: Survey,
    listed: ListRow,
    revision: Revision,
    *,
    files: _Files,
) -> None:
    draft_id = listed.id
    if revision.message is not None:
        digest = file_digest(stores, draft_id)
        if digest != revision.message.digest:
            is_unwritten = is_behind(stores, listed.draft, digest)
            (found.unwritten if is_unwritten else found.damaged).append(draft_id)
    attached = (one.digest for one in revision.draft.attachments)
    if not all(files.is_whole(digest) for digest in attached):
        found.without_files.append(draft_id)
    if not _says_the_same(stores, draft_id):
        found.behind.append(draft_id)


def _says_the_same(stores: Stores, draft_id: str) -> bool:
    """Whether ``message.json`` is what would be written now, but for holds."""
    try:
        found = msgspec.json.decode(stores.outbound.read_sidecar(draft_id))
        wanted = msgspec.json.encode(mirror.sidecar(stores, draft_id))
    except (FileNotFoundError, NotFoundError, StoreError, msgspec.MsgspecError):
        return False
    return bool(_but_holds(found) == _but_holds(msgspec.json.decode(wanted)))


def _but_holds(sidecar: object) -> object:
    """Return what a sidecar says, without what a hold changes where mail waits.

    An account's hold moves all its mail at once, thousands perhaps, and writes
    none of their files: a rebuild holds whatever waits, ready or held.
    """
    match sidecar:
        case {"submission": {"row": {"state": state} as row} as part, **rest} if (
            state in _WAITING
        ):
            kept = {key: row[key] for key in row if key not in _OF_A_HOLD}
            return {**rest, "status": "", "submission": {**part, "row": kept}}
    return sidecar


def _placed(stores: Stores) -> dict[str, frozenset[str]]:
    """Return which folders of the maildir each mail is in."""
    placed: dict[str, frozenset[str]] = {}
    for folder in FOLDERS:
        for draft_id in stores.maildir.ids(folder):
            placed[draft_id] = placed.get(draft_id, frozenset()) | {folder}
    return placed


def _expected(stores: Stores, listed: ListRow) -> frozenset[str]:
    folder = folder_of(listed.status)
    has_file = stores.outbound.message_path(listed.id).exists()
    return frozenset({folder}) if folder and has_file else frozenset()
