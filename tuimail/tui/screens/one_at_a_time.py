"""A pane that asks for one thing at a time, and drops answers that come too late."""

from collections.abc import Callable
from typing import TypeVar

from tuimail.errors import TuimailError
from tuimail.tui.asking import Call
from tuimail.tui.screens.pane import PaneScreen

T = TypeVar("T")


class OneAtATime(PaneScreen):
    """Knows whether it waits for something, and for what no more."""

    turn = 0
    """Counts what was asked; an answer to anything but the newest is dropped."""
    is_busy = False
    """Whether an answer is waited for."""

    def do(
        self, call: Call[T], then: Callable[[T], None], *, is_long: bool = False
    ) -> None:
        """Have the workspace do ``call``, and go on with ``then`` if still wanted.

        Args:
            call: What to do; runs in another thread.
            then: Told what it returned; what it refuses is said.
            is_long: Whether a network or a keyring is waited for.
        """
        self.turn += 1
        self.is_busy = True
        turn = self.turn
        ask = self.ask_aside if is_long else self.ask
        ask(
            call,
            lambda answer: self._answered(turn, lambda: then(answer)),
            otherwise=lambda error: self._answered(turn, lambda: self.failed(error)),
        )

    def drop(self) -> None:
        """Let nobody wait for what is under way."""
        self.turn += 1
        self.is_busy = False

    def guarded(self, then: Callable[[], None]) -> None:
        """Do ``then``, and say what it refuses."""
        try:
            then()
        except TuimailError as error:
            self.complain_of(error)

    def failed(self, error: TuimailError) -> None:
        """Say why what was asked did not happen."""
        self.complain_of(error)

    def complain_of(self, error: TuimailError) -> None:
        """Say what is wrong with what was typed; overridden to show where."""
        self.refused(error)

    def _answered(self, turn: int, then: Callable[[], None]) -> None:
        if turn == self.turn:
            self.is_busy = False
            self.guarded(then)
