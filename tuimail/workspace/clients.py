"""The desk for clients: programs that may hand in mail, each by a token of its own.

A token is shown once and kept as its hash. What a client may do is written here
and nowhere else: which scopes it has, whether it is bound to one account or one
From, and how much it may hand in.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tuimail.workspace.stores import Stores

DRAFT: Final = "draft"
"""The scope to hand in mail, and to change or cancel one's own."""
STATUS: Final = "status"
"""The scope to ask what became of one's own mail."""
ALL_SCOPES: Final = frozenset({DRAFT, STATUS})
USUAL_PER_HOUR: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A program that may hand in mail; never its token."""

    name: str
    scopes: frozenset[str]
    """Of ``draft`` and ``status``."""
    account: str
    """Name of the one account it may use; empty means any."""
    sender: str
    """The one address it may write from; empty means any of the account's."""
    per_hour: int
    """How many mails, revisions among them, it may hand in within an hour."""
    added_at: datetime
    revoked_at: datetime | None
    last_characters: str
    """How its token ends, so that people can tell two apart."""

    @property
    def actor(self) -> str:
        """Who it is in the journal."""
        return f"agent:{self.name}"


class ClientDesk:
    """Where a person lets programs in, and shuts them out again."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def add(
        self,
        name: str,
        *,
        scopes: frozenset[str] = ALL_SCOPES,
        account: str = "",
        sender: str = "",
        per_hour: int = USUAL_PER_HOUR,
    ) -> tuple[Client, str]:
        """Let a program in; return it, and its token, which nobody sees again."""
        raise NotImplementedError

    def rotate(self, name: str) -> tuple[Client, str]:
        """Give it another token; the one it had ends at once."""
        raise NotImplementedError

    def revoke(self, name: str) -> Client:
        """Shut it out for good; its mail stays."""
        raise NotImplementedError

    def list(self) -> tuple[Client, ...]:
        """Return all there ever were, by name."""
        raise NotImplementedError

    def authenticate(self, token: str) -> Client:
        """Return whose token it is.

        Raises:
            AuthenticationError: Nobody's, or not any more.
        """
        raise NotImplementedError
