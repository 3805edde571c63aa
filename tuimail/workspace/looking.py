"""The desk for looking: what was seen of a mail, and noted, before it is decided.

Nothing of it decides anything, but that a policy can have mail read before somebody
approves it; so what a program looks at is not remembered. A workspace that may not be
written to is looked at all the same; then nothing is remembered either.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from tuimail.core.decision import MOST_COMMENTS, Comment
from tuimail.core.draft import Draft
from tuimail.core.origin import is_agent
from tuimail.core.values import dataclass, replace
from tuimail.errors import FieldError
from tuimail.store.seen import SeenRow
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import REVIEW_STATUSES

if TYPE_CHECKING:
    from tuimail.workspace.people import Marked, People


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What of a mail somebody had on their screen."""

    revision: int
    """The newest that was opened."""
    before: int
    """The one that was opened before it; 0 where none was."""
    tabs: frozenset[str]
    """What of the newest was seen to its end."""
    at: datetime
    """When it was opened last."""


class LookingDesk:
    """What faces remember of looking, for everybody who looks here."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._people: People | None = None

    def people(self, draft: Draft) -> "tuple[Marked, ...]":
        """Return everybody whom a mail is for, and what is to be known of them."""
        if self._people is None:
            from tuimail.workspace.people import People  # noqa: PLC0415 - lists need none

            self._people = People(self._stores)
        return self._people.marked(draft)

    def token_end(self, actor: str) -> str:
        """Return how the token ends that a program has now, or had; or nothing."""
        client = self._stores.clients.get(actor.partition(":")[2])
        is_program = actor.startswith("agent:")
        return client.last_characters if client and is_program else ""

    def sights(self) -> Mapping[str, Sight]:
        """Return what was seen of every mail that waits in review, by its id."""
        rows = self._stores.seen.waiting(REVIEW_STATUSES)
        return {row.draft_id: _sight(row) for row in rows}

    def sight(self, draft_id: str) -> Sight | None:
        """Return what was seen of one mail; None where nobody opened it."""
        row = self._stores.seen.get(draft_id)
        return _sight(row) if row else None

    def opened(self, draft_id: str, revision: int) -> None:
        """Remember that somebody had this revision before their eyes.

        Of an older one than was seen before, nothing is remembered.
        """
        self._see(draft_id, revision, ())

    def read(self, draft_id: str, revision: int, tab: str) -> None:
        """Remember that the end of one tab of it was on the screen."""
        self._see(draft_id, revision, (tab,))

    def seen_before(self, draft_id: str, revision: int) -> Draft | None:
        """Return what the newest revision said that was seen before this one.

        None where there is none, so that all of it is new.
        """
        sight = self.sight(draft_id)
        if sight is None:
            return None
        number = sight.before if sight.revision >= revision else sight.revision
        return self._stores.drafts.revision(draft_id, number).draft if number else None

    def remarks(self, draft_id: str, revision: int) -> tuple[Comment, ...]:
        """Return what a reviewer noted at places of a revision, and told nobody."""
        return self._stores.seen.remarks(draft_id, revision)

    def remark(
        self, draft_id: str, revision: int, remarks: Iterable[Comment]
    ) -> tuple[Comment, ...]:
        """Have ``remarks`` be all that is noted, and return them in their order.

        Raises:
            FieldError: There are more than a decision may have.
        """
        remarks = tuple(remarks)
        if len(remarks) > MOST_COMMENTS:
            raise FieldError(
                f"A decision has {MOST_COMMENTS} comments at most; "
                f"these are {len(remarks)}.",
                hint="Say the rest in the reason.",
                field="comment",
            )
        with self._stores.database.transaction():
            self._stores.seen.note(draft_id, revision, remarks)
        return self.remarks(draft_id, revision)

    def _see(self, draft_id: str, revision: int, tabs: Iterable[str]) -> None:
        stores = self._stores
        if stores.database.is_read_only or is_agent(stores.acting.actor):
            return
        with stores.database.transaction():
            before = stores.seen.get(draft_id)
            now = _looked(before, draft_id, revision, tabs, stores.clock.now())
            if now is not None and now != before:
                stores.seen.put(now)


def _looked(
    before: SeenRow | None,
    draft_id: str,
    revision: int,
    tabs: Iterable[str],
    at: datetime,
) -> SeenRow | None:
    """Return what is known once ``revision`` was looked at; None for nothing new."""
    if before is None or before.revision < revision:
        return SeenRow(
            draft_id=draft_id,
            revision=revision,
            before=before.revision if before else 0,
            tabs=frozenset(tabs),
            at=at,
        )
    if before.revision > revision:
        return None
    return replace(before, tabs=before.tabs | set(tabs), at=at)


def _sight(row: SeenRow) -> Sight:
    return Sight(revision=row.revision, before=row.before, tabs=row.tabs, at=row.at)
