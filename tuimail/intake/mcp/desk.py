"""What one agent's session shares: the workspace, the gate, and its token."""

from collections.abc import Callable
from typing import Final, TypeVar

from tuimail.core.values import dataclass
from tuimail.intake.gate import Gate
from tuimail.intake.storing import Storing
from tuimail.intake.watching import Watch
from tuimail.workspace.clients import Client
from tuimail.workspace.workspace import Workspace

T = TypeVar("T")
Act = Callable[[Gate, Client], T]
"""Asks something of the gate, for a client."""
DOOR: Final = "mcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Tools ask here, and nowhere else."""

    storing: Storing
    watch: Watch
    token: str

    def __repr__(self) -> str:
        return "Desk()"

    async def look(self, act: Act[T]) -> T:
        """Return what ``act`` finds; a token may have ended since the last call."""
        return await self.storing.call(self._asked(act))

    async def store(self, act: Act[T]) -> T:
        """Return what ``act`` returns, once what it stored is on disk."""
        return await self.storing.together(self._asked(act))

    async def until(
        self, act: Act[T], is_enough: Callable[[T], bool], *, seconds: float
    ) -> T:
        """Return what ``act`` finds once that is enough, or time is up."""
        return await self.watch.until(self._asked(act), is_enough, seconds=seconds)

    def _asked(self, act: Act[T]) -> Callable[[Workspace], T]:
        def done(workspace: Workspace) -> T:
            gate = Gate(workspace)
            return act(gate, gate.client(self.token))

        return done
