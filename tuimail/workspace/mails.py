"""The desk for mail wherever it stands: its row, pages of rows, counts, and ids.

Only looks, and loads no more than that takes: this is what lists wait for.
"""

from typing import Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.errors import NotFoundError, UsageError
from tuimail.workspace.row_views import row_view
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import (
    DRAFT_STATUSES,
    OUTBOX_STATUSES,
    REVIEW_STATUSES,
    SENT_STATUSES,
    Counts,
    Row,
)

SHORTEST_ID: Final = 4


class MailDesk:
    """What can be asked about a mail without its text."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def row(self, draft_id: str) -> Row:
        """Return the line of one mail."""
        return row_view(self._stores, self._stores.rows.row(draft_id))

    def rows(
        self,
        *,
        statuses: frozenset[str] | None = None,
        limit: int = 100,
        before: str = "",
    ) -> tuple[Row, ...]:
        """Return the mails of these statuses, newest change first.

        Args:
            statuses: Words of the docs; None means all.
            limit: At most so many, 1 or more.
            before: Id of the last row of the page before this one.
        """
        cursor = None
        if before:
            last = self._stores.rows.row(before)
            cursor = (last.changed_at, last.id)
        listed = self._stores.rows.rows(statuses=statuses, limit=limit, before=cursor)
        return tuple(row_view(self._stores, one) for one in listed)

    def ids(self, statuses: frozenset[str]) -> tuple[str, ...]:
        """Return the ids of all mails of these statuses, newest change first."""
        with self._stores.database.reading():
            found = list(self._stores.rows.places(statuses))
        newest = sorted(found, key=lambda one: (one.changed_at, one.id), reverse=True)
        return tuple(one.id for one in newest)

    def counts(self) -> Counts:
        """Return how many mails stand where, for the shell's top line."""
        found = self._stores.rows.counts()

        def total(statuses: frozenset[str]) -> int:
            return sum(found.get(status, 0) for status in statuses)

        return Counts(
            drafts=total(DRAFT_STATUSES),
            review=total(REVIEW_STATUSES),
            outbox=total(OUTBOX_STATUSES),
            sent=total(SENT_STATUSES),
            unknown=found.get(SubmissionState.UNKNOWN.value, 0),
        )

    def resolve(self, text: str) -> str:
        """Return the full id that ``text`` begins or ends.

        Raises:
            NotFoundError: No mail has such an id.
            UsageError: Several have, or the text is too short to tell.
        """
        if len(text) < SHORTEST_ID:
            raise UsageError(
                f"{text!r} is too short for an id.",
                hint=f"Give {SHORTEST_ID} characters or more, from its end.",
                field="id",
            )
        found = self._stores.drafts.matching(text.lower())
        if not found:
            raise NotFoundError(
                f"No mail has an id like {text!r}.",
                hint="See what there is: tuimail list",
                field="id",
            )
        if len(found) > 1:
            raise UsageError(
                f"{text!r} fits several mails: {', '.join(found)}.",
                hint="Give more characters of the id.",
                field="id",
            )
        return found[0]
