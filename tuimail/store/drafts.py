"""Drafts and their revisions: who wrote what, when, and where it stands."""

from dataclasses import dataclass
from datetime import datetime

from tuimail.core.draft import Draft, Origin
from tuimail.core.finding import Finding
from tuimail.core.lifecycle import DraftState
from tuimail.core.message import Message
from tuimail.store.database import Database
from tuimail.store.unchanged import UNCHANGED, Unchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRow:
    """Where one draft stands; its content is in its revisions."""

    id: str
    state: DraftState
    revision: int
    """Number of the newest revision, from 1."""
    origin: Origin
    account: str
    """Name of the account it is to leave through."""
    created_at: datetime
    changed_at: datetime
    """The newest change of the draft or of its submission."""
    submission_id: str | None = None
    """The newest submission of it, if it was ever released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of a draft, and what it becomes; never changed."""

    draft_id: str
    number: int
    """Counts from 1 within the draft, without gaps."""
    draft: Draft
    author: str
    created_at: datetime
    message: Message | None = None
    """The rendered message; None while it cannot become one."""
    findings: tuple[Finding, ...] = ()
    release_digest: str = ""
    """Digest over bytes, envelope and account; empty while there is no message."""
    not_composable: str = ""
    """Why it cannot become a message, or empty."""


class Drafts:
    """Reads and writes drafts; every write is within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, row: DraftRow, revision: Revision) -> None:
        """Store a new draft with its first revision; born ``draft`` or ``review``."""
        raise NotImplementedError

    def add_revision(self, revision: Revision, state: DraftState) -> None:
        """Store the next revision and where the draft stands with it.

        It takes the draft's account along where the revision names one, and
        leaves no approval in force.
        """
        raise NotImplementedError

    def set_state(
        self,
        id: str,
        state: DraftState,
        at: datetime,
        *,
        submission_id: str | Unchanged | None = UNCHANGED,
    ) -> None:
        """Move a draft; the database refuses a step that is not legal."""
        raise NotImplementedError

    def get(self, id: str) -> DraftRow:
        """Return one draft; raises NotFoundError."""
        raise NotImplementedError

    def revision(self, id: str, number: int) -> Revision:
        """Return one revision; raises NotFoundError."""
        raise NotImplementedError

    def revisions(self, id: str) -> tuple[Revision, ...]:
        """Return all revisions, oldest first."""
        raise NotImplementedError

    def matching(self, text: str, limit: int = 3) -> tuple[str, ...]:
        """Return ids that are ``text``, or that begin or end with it."""
        raise NotImplementedError
