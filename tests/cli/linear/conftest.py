"""One dialogue inside the test: lines that are typed, and what was said."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TextIO

import pytest

from tests.cli.conftest import Shell
from tuimail.cli.linear.dialogue import Dialogue
from tuimail.cli.linear.keyboard import Keyboard, Typed
from tuimail.cli.linear.session import Session
from tuimail.cli.linear.voice import Voice
from tuimail.workspace.progress import Watch

Step = str | Typed | Callable[[], object]
"""A line typed by hand, one that was not, or what happens while nobody types."""


class Fingers(Keyboard):
    """Types what the test says, a line whenever one is waited for."""

    def __init__(self, steps: Sequence[Step], *, echo: TextIO) -> None:
        super().__init__(-1)
        self._steps = [*steps]
        self._echo = echo

    def hear(self, seconds: float) -> Typed | None:
        if not self._steps:
            self.is_ended = True
            return None
        step = self._steps.pop(0)
        if isinstance(step, str):
            step = Typed(text=step, is_alone=True)
        if isinstance(step, Typed):
            self._echo.write(f"{step.text}\n")
            return step
        step()
        return None

    def note_early(self) -> bool:
        return False

    def forget(self) -> int:
        dropped = 0
        while self._steps and is_pasted(self._steps[0]):
            dropped += self._steps.pop(0) is not None
        return dropped


def is_pasted(step: Step) -> bool:
    return isinstance(step, Typed) and not step.is_alone


def pasted(*lines: str) -> list[Typed]:
    """Return lines that came at once."""
    return [Typed(text=line, is_alone=False) for line in lines]


class SomeSender:
    """A sender that sends nothing, and knows what it was asked."""

    def __init__(self) -> None:
        self.state = "here"
        self.watch = Watch()
        self.asked: list[str] = []
        self.inquires = True

    def start(self) -> None:
        self.asked.append("start")

    def wake(self) -> None:
        self.asked.append("wake")

    def inquire(self, draft_id: str) -> bool:
        self.asked.append(f"inquire {draft_id}")
        return self.inquires

    def stop(self, *, timeout: float | None = None) -> bool:
        self.asked.append(f"stop {timeout}")
        return True


@dataclass(slots=True, kw_only=True)
class Talk:
    """Holds a dialogue with the workspace of the test."""

    shell: Shell
    sender: SomeSender = field(default_factory=SomeSender)
    pins: list[str] = field(default_factory=list)
    """What is typed as PINs, one after the other."""
    session: Session | None = None
    """That of the last dialogue."""

    def __call__(self, *steps: Step) -> str:
        """Type ``steps`` and return all that was said."""
        said = io.StringIO()
        with self.shell.open() as workspace:
            self.session = Session(
                workspace=workspace,
                sender=self.sender,
                voice=Voice(said),
                keyboard=Fingers(steps, echo=said),
                now=lambda: datetime.now(UTC),
                ask_pin=lambda _label: self.pins.pop(0) if self.pins else None,
            )
            Dialogue(self.session).run()
        return said.getvalue()

    def status(self, mail: str) -> str:
        with self.shell.open() as workspace:
            return workspace.drafts.row(mail).status


@pytest.fixture
def talk(tuimail: Shell, account: str) -> Talk:
    assert account
    return Talk(shell=tuimail)


@pytest.fixture
def mail(talk: Talk) -> str:
    """A mail of a program that waits for a decision; its id."""
    page: dict[str, Any] = talk.shell.submit("--bcc", "quiet@hidden.example")
    return str(page["id"])
