"""What all requests share: the workspace, the gate, and how much there is for all."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from tuimail.core.draft import Draft
from tuimail.core.values import dataclass, field
from tuimail.errors import AuthenticationError, TooManyError
from tuimail.intake.gate import Gate
from tuimail.intake.http.bodies import PATIENCE_SECONDS, STRANGERS_SECONDS, Room
from tuimail.intake.http.brakes import Brake, Places, Seen
from tuimail.intake.http.routes import MIB
from tuimail.intake.storing import Storing
from tuimail.intake.watching import Watch
from tuimail.workspace.clients import Client
from tuimail.workspace.workspace import Workspace

T = TypeVar("T")
Act = Callable[[Gate, Client], T]
"""Asks something of the gate, for a client."""
DOOR: Final = "http"


def _brake() -> Brake:
    return Brake(in_a_row=20, seconds_each=3, clock=time.monotonic)


def _seen() -> Seen:
    return Seen(seconds=5, most=1000, clock=time.monotonic)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Handlers ask here, and nowhere else."""

    storing: Storing
    watch: Watch
    gate: Callable[[Workspace], Gate] = Gate
    """What decides who may do what."""
    room: Room = field(default_factory=lambda: Room(128 * MIB))
    """For the bodies of all requests together."""
    places: Places = field(default_factory=lambda: Places(256))
    """For requests that are being worked on."""
    waiting: Places = field(default_factory=lambda: Places(100))
    """For those that wait for a person: they take no place from others."""
    strangers: Places = field(default_factory=lambda: Places(16))
    """For those that are read before it is known who asks."""
    public: Places = field(default_factory=lambda: Places(16))
    """For clicks from anywhere. All these together are fewer than connections."""
    wrong_tokens: Brake = field(default_factory=_brake)
    seen: Seen = field(default_factory=_seen)
    patience_seconds: float = PATIENCE_SECONDS
    """For a body to come."""
    strangers_seconds: float = STRANGERS_SECONDS
    """The same, where it is not known yet who sends it."""

    async def let_in(self, token: str, scope: str) -> None:
        """Let in who has that token, before anything of theirs is read.

        A right token is never slowed down by somebody's wrong ones.

        Raises:
            AuthenticationError: It is nobody's.
            TooManyError: There were too many of those.
            NotAllowedError: It is not for that.
        """
        try:
            await self.look(token, lambda gate, client: _require(gate, client, scope))
        except AuthenticationError:
            self.count_wrong()
            raise
        self.seen.keep(token, scope)

    def count_wrong(self) -> None:
        """Count one guess.

        Raises:
            TooManyError: There were too many.
        """
        seconds = self.wrong_tokens.wait()
        if seconds:
            raise TooManyError(
                "There were too many wrong tokens.",
                wait_seconds=seconds,
                hint=f"Try again in {seconds} seconds, with the right one.",
            )

    async def look(self, token: str, act: Act[T]) -> T:
        """Return what ``act`` finds at the gate, for whoever has that token."""
        return await self.storing.call(self.asked_by(token, act))

    async def store(self, token: str, act: Act[T]) -> T:
        """Return what ``act`` returns, once what it stored is on disk.

        Who asks is found out again: a token may have ended since the request began.
        """
        return await self.storing.together(self.asked_by(token, act))

    async def store_composed(
        self,
        token: str,
        compose: Act[Draft],
        store: Callable[[Gate, Client, Draft], T],
    ) -> T:
        """Return what ``store`` returns, once it is on disk; composed beside all else.

        Who asks is found out for each of the two.
        """

        def stored(workspace: Workspace, draft: Draft) -> T:
            gate = self.gate(workspace)
            return store(gate, gate.client(token), draft)

        return await self.storing.in_two(self.asked_by(token, compose), stored)

    def asked_by(self, token: str, act: Act[T]) -> Callable[[Workspace], T]:
        """Return ``act`` as what is done with a workspace, by who has that token."""

        def done(workspace: Workspace) -> T:
            gate = self.gate(workspace)
            return act(gate, gate.client(token))

        return done


def _require(gate: Gate, client: Client, scope: str) -> None:
    if scope:
        gate.require(client, scope)
