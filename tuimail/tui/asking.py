"""How screens ask the workspace: in a worker, answered by a message.

A worker touches no widget. It awaits the bridge and posts what came of it; the
screen's handler then shows it, in the order in which things happened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from textual.message import Message

from tuimail.errors import TuimailError
from tuimail.workspace.progress import Watch
from tuimail.workspace.workspace import Workspace

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

Call = Callable[[Workspace], T]
"""What the workspace's thread is to do."""


class Sends(Protocol):
    """The sender in the background, as far as the app talks to it."""

    state: str
    """``here``, ``held by …``, ``stopped``, or why it cannot send."""

    watch: Watch
    """How far its attempts are."""

    def start(self) -> None:
        """Begin; returns at once."""
        ...

    def wake(self) -> None:
        """Have it look at the outbox now."""
        ...

    def inquire(self, draft_id: str) -> bool:
        """Have providers asked about mail of unknown fate; false if others send."""
        ...

    def stop(self, *, timeout: float | None = None) -> bool:
        """End it; says whether it has ended."""
        ...


class WorkspaceChanged(Message):
    """Somebody wrote something: another process, the sender, or this app."""


@dataclass
class Answered(Message):
    """The workspace did what it was asked."""

    then: Callable[[Any], None]
    answer: Any


@dataclass
class Refused(Message):
    """The workspace said no, for a reason a person can act upon."""

    otherwise: Callable[[TuimailError], None]
    error: TuimailError


@dataclass
class Failed(Message):
    """A mistake in tuimail itself."""

    error: Exception
