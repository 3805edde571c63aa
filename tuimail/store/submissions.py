"""Messages on their way out: submissions, their recipients, their attempts.

Knows nothing about when mail may move; it does as told, and the database
refuses the steps that are not in ``core.lifecycle``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.message import Message
from tuimail.core.submission import Attempt, Receipt, Recipient, RecipientState
from tuimail.store.database import Database
from tuimail.store.unchanged import UNCHANGED, Unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRow:
    """One message, envelope and account on its way out."""

    id: str
    draft_id: str
    approval_id: str
    account: str
    provider: str
    message: Message
    release_digest: str
    return_path: str
    needs_smtputf8: bool
    state: SubmissionState
    released_at: datetime
    due_at: datetime | None
    """When it may be tried; always there while it is ready or deferred."""
    undo_until: datetime | None = None
    attempts: int = 0
    """Tries that count towards giving up; faults of the account do not."""
    reason: str = ""
    """Why it waits or failed, for a person."""
    changed_at: datetime
    provider_message_id: str = ""


class Submissions:
    """Reads and writes submissions; writes are within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, row: SubmissionRow, recipients: tuple[Recipient, ...]) -> None:
        """Store a submission, while its draft is still ``approved``.

        The database refuses it when the approval is spent, is for another
        draft, revision, message or digest, or was used before.
        """
        raise NotImplementedError

    def get(self, id: str) -> SubmissionRow:
        """Return one submission; raises NotFoundError."""
        raise NotImplementedError

    def recipients(self, id: str) -> tuple[Recipient, ...]:
        """Return its recipients in the order of the envelope."""
        raise NotImplementedError

    def attempts(self, id: str) -> tuple[Attempt, ...]:
        """Return its attempts, oldest first."""
        raise NotImplementedError

    def next_due(
        self,
        now: datetime,
        *,
        only: str | None = None,
        skip_accounts: frozenset[str] = frozenset(),
    ) -> SubmissionRow | None:
        """Return what is to be tried next, longest due first.

        Args:
            now: What is due at this moment or before it counts.
            only: A submission's or a draft's id, to look at no other.
            skip_accounts: Further accounts to leave out, beside those held.
        """
        raise NotImplementedError

    def next_due_at(
        self, *, only: str | None = None, skip_accounts: frozenset[str] = frozenset()
    ) -> datetime | None:
        """Return when ``next_due`` will have something, or None if never."""
        raise NotImplementedError

    def claim(self, id: str, at: datetime) -> int:
        """Open the next attempt, move to ``sending``, return its number."""
        raise NotImplementedError

    def commit_attempt(self, id: str, number: int, at: datetime) -> bool:
        """Mark that the next step cannot be taken back.

        Returns False when that step must not be taken: the attempt is no longer
        open, or the submission is no longer ``sending``.
        """
        raise NotImplementedError

    def end_attempt(
        self, id: str, number: int, outcome: str, receipt: Receipt, at: datetime
    ) -> bool:
        """Record the answer, before the submission leaves ``sending``.

        Returns False, and changes nothing, when it had ended before.
        """
        raise NotImplementedError

    def set_recipient(
        self,
        id: str,
        wire_address: str,
        state: RecipientState,
        receipt: Receipt | None,
        at: datetime,
    ) -> None:
        """Record what is known about one recipient; None keeps the receipt.

        Raises NotFoundError when the submission has no such recipient.
        """
        raise NotImplementedError

    def set_state(
        self,
        id: str,
        state: SubmissionState,
        *,
        at: datetime,
        due_at: datetime | Unchanged | None = UNCHANGED,
        undo_until: datetime | Unchanged | None = UNCHANGED,
        reason: str | None = None,
        attempts: int | None = None,
        provider_message_id: str | None = None,
    ) -> None:
        """Move a submission, or change what stands beside its state.

        ``reason``, ``attempts`` and ``provider_message_id`` keep what they have
        where they are None.
        """
        raise NotImplementedError

    def in_state(self, *states: SubmissionState) -> tuple[SubmissionRow, ...]:
        """Return every submission in one of the states, oldest release first."""
        raise NotImplementedError

    def by_account(
        self, account: str, states: Iterable[SubmissionState]
    ) -> tuple[SubmissionRow, ...]:
        """Return an account's submissions in these states, oldest release first."""
        raise NotImplementedError
