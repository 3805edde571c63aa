"""The one way in for programs, whichever door they come through.

Every door finds out who asks by a token, and hands over what was asked for. All
that is checked is checked here and in the workspace: a door translates, and
decides nothing. None of it approves, releases, or chooses a credential.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tuimail.workspace.answering import Answer
from tuimail.workspace.clients import Client
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Handing:
    """How a mail is handed in, beside what it says."""

    door: str
    """``http``, ``smtp``, ``sendmail`` or ``mcp``."""
    key: str = ""
    """What the program calls this request; empty for none."""
    note: str = ""
    """What the reviewer should know."""
    run_url: str = ""
    """Where the program's work can be looked at."""
    revises: str = ""
    """Id of an earlier mail of the same program that this takes the place of."""
    at: datetime | None = None
    """When it is to leave, aware."""
    lifetime: timedelta | None = None
    """How long from now it is of use."""


class Gate:
    """What a program may do; a door has one for each call."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def client(self, token: str) -> Client:
        """Return whose token it is.

        Raises:
            AuthenticationError: Nobody's, or not any more.
        """
        raise NotImplementedError

    def require(self, client: Client, scope: str) -> None:
        """Refuse what a client has no scope for.

        Raises:
            NotAllowedError: Its token is not for that.
        """
        raise NotImplementedError

    @property
    def roots(self) -> tuple[Path, ...]:
        """Folders that programs may attach files from; often none."""
        raise NotImplementedError

    def hand_in(self, client: Client, fields: Fields, handing: Handing) -> Answer:
        """Store a mail for review; on disk when it returns."""
        raise NotImplementedError

    def hand_in_message(
        self,
        client: Client,
        raw: bytes,
        handing: Handing,
        *,
        envelope_to: tuple[str, ...] = (),
        envelope_from: str | None = None,
    ) -> Answer:
        """Store a whole message for review; on disk when it returns."""
        raise NotImplementedError

    def revise(
        self, client: Client, draft_id: str, fields: Fields, handing: Handing
    ) -> Answer:
        """Store the next revision of a mail of its own, and ask for a decision."""
        raise NotImplementedError

    def answer(self, client: Client, draft_id: str) -> Answer:
        """Return how a mail of its own stands."""
        raise NotImplementedError

    def cancel(self, client: Client, draft_id: str) -> Answer:
        """Throw a mail of its own away, while nobody decided for it."""
        raise NotImplementedError

    def list(
        self, client: Client, *, limit: int = 50, before: str = ""
    ) -> tuple[Answer, ...]:
        """Return how mails of its own stand, newest first."""
        raise NotImplementedError
