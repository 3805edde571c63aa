import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tuimail.cli.linear import keyboard
from tuimail.cli.linear.keyboard import Keyboard, Typed

LONG = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line to a keyboard."""

    keyboard: Keyboard
    end: int

    def type(self, content: bytes) -> None:
        os.write(self.end, content)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(keyboard, "QUIET_SECONDS", 0.0)
    far, near = os.pipe()
    yield Line(keyboard=Keyboard(far), end=near)
    os.close(far)


def test_a_line_that_was_waited_for_is_alone(line: Line) -> None:
    line.type(b"release 3 \r\n")

    assert line.keyboard.hear(LONG) == Typed(text="release 3", is_alone=True)
    assert line.keyboard.hear(0) is None
    assert not line.keyboard.is_ended


def test_lines_that_came_at_once_are_not_alone(line: Line) -> None:
    line.type(b"approve 1\nrelease 1\n")

    assert line.keyboard.hear(LONG) == Typed(text="approve 1", is_alone=False)
    assert line.keyboard.hear(LONG) == Typed(text="release 1", is_alone=False)


def test_the_end_of_a_paste_does_not_make_its_line_alone(line: Line) -> None:
    line.type(b"release 1\nand so")

    assert line.keyboard.hear(LONG) == Typed(text="release 1", is_alone=False)
    assert line.keyboard.hear(0) is None

    line.type(b" on\n")
    assert line.keyboard.hear(LONG) == Typed(text="and so on", is_alone=True)


def test_what_was_there_before_the_prompt_is_not_alone(line: Line) -> None:
    line.type(b"release 3\n")

    assert line.keyboard.note_early()
    assert line.keyboard.hear(LONG) == Typed(text="release 3", is_alone=False)
    assert not line.keyboard.note_early()


def test_lines_can_be_dropped(line: Line) -> None:
    line.type(b"a\nb\nc\n")
    line.keyboard.hear(LONG)

    assert line.keyboard.forget() == 2
    assert line.keyboard.hear(0) is None


def test_the_end_is_known_and_what_came_last_is_heard(line: Line) -> None:
    line.type(b"quit")
    os.close(line.end)

    assert line.keyboard.hear(LONG) == Typed(text="quit", is_alone=False)
    assert line.keyboard.hear(LONG) is None
    assert line.keyboard.is_ended


def test_a_terminal_that_is_gone_is_the_end() -> None:
    far, near = os.pipe()
    os.close(near)
    gone = Keyboard(far)

    assert gone.hear(LONG) is None
    assert gone.is_ended
    assert gone.hear(LONG) is None
    os.close(far)


def test_a_terminal_that_was_hung_up_is_the_end(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hung_up(_descriptor: int, _most: int) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.read", hung_up)
    line.type(b"release 1\n")

    assert line.keyboard.hear(LONG) is None
    assert line.keyboard.is_ended


def test_what_never_pauses_is_looked_at_all_the_same(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyboard, "LONGEST_BYTES", 2)
    monkeypatch.setattr(keyboard, "_PIECE_BYTES", 2)
    line.type(b"y\ny\n")

    assert line.keyboard.hear(LONG) == Typed(text="y", is_alone=True)


def test_bytes_that_are_no_text_are_a_line_all_the_same(line: Line) -> None:
    line.type(b"read \xff1\n")

    typed = line.keyboard.hear(LONG)

    assert typed is not None
    assert typed.text == "read \ufffd1"
