"""Pages of the list that faces show, by key, at any number of mails."""

from dataclasses import dataclass
from datetime import datetime

from tuimail.store.database import Database
from tuimail.store.drafts import DraftRow
from tuimail.store.submissions import SubmissionRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRow:
    """One mail in a list, from its draft, newest revision and submission."""

    draft: DraftRow
    status: str
    """The draft's word until it is released, its submission's word after."""
    subject: str
    sender: str
    to: tuple[str, ...]
    """To and Cc addresses, without names; never Bcc."""
    attachment_count: int
    worst_finding: str
    """Severity of the worst finding of the newest revision, or empty."""
    finding_count: int
    submission: SubmissionRow | None
    """Only where the draft is released."""


class Rows:
    """Reads lists."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(
        self,
        *,
        statuses: frozenset[str] | None = None,
        limit: int = 100,
        before: tuple[datetime, str] | None = None,
        newest_first: bool = True,
    ) -> tuple[ListRow, ...]:
        """Return a page, ordered by newest change.

        Args:
            statuses: Words to show, or None for all.
            limit: Length of the page.
            before: ``(draft.changed_at, draft.id)`` of the last row of the page
                before this one, in whichever order is asked for.
            newest_first: Order; False is oldest change first.
        """
        raise NotImplementedError

    def row(self, id: str) -> ListRow:
        """Return one mail as it stands in a list; raises NotFoundError."""
        raise NotImplementedError

    def counts(self) -> dict[str, int]:
        """Return how many mails have each status; a word without any is absent."""
        raise NotImplementedError
