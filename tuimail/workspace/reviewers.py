"""The desk for reviewers: people who decide under their own name, by a PIN.

Where there is none, the user of the operating system is the one who decides.
"""

from dataclasses import dataclass
from datetime import datetime

from tuimail.workspace.stores import Stores


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewer:
    """A person who decides; never the PIN."""

    name: str
    added_at: datetime

    @property
    def actor(self) -> str:
        """Who it is in the journal."""
        return f"person:{self.name}"


class ReviewerDesk:
    """Where people who decide are named."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def add(self, name: str, pin: str) -> Reviewer:
        """Name somebody who decides."""
        raise NotImplementedError

    def remove(self, name: str) -> Reviewer:
        """Let somebody decide no more; what they decided stays."""
        raise NotImplementedError

    def list(self) -> tuple[Reviewer, ...]:
        """Return who decides now, by name."""
        raise NotImplementedError

    def verify(self, name: str, pin: str) -> str:
        """Return the actor whose name and PIN these are.

        Outside a transaction: a wrong PIN is counted, whatever happens then.

        Raises:
            AuthenticationError: There is no such reviewer, or it is another PIN.
            TooManyError: There were wrong ones; it has to wait.
        """
        raise NotImplementedError
