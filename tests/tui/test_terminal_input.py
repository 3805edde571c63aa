"""What arrives when somebody presses a key at a terminal."""

import pytest
import textual.constants
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser

from tuimail.tui import terminal_input


@pytest.fixture(autouse=True)
def table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have Textual as it is, before and after."""
    monkeypatch.setattr(textual.constants, "PRESS", "a")
    for digit in "0123456789":
        monkeypatch.setitem(ANSI_SEQUENCES_KEYS, f"\x1b{digit}", "£")


def keys(sent: str) -> list[str]:
    parser = XTermParser()
    found = [*parser.feed(sent), *parser.feed("")]
    return [one.key for one in found if isinstance(one, events.Key)]


def test_alt_and_a_digit_is_no_other_letter() -> None:
    before = keys("\x1b3x")
    terminal_input.set_up()

    assert before == ["pound_sign", "x"]
    assert keys("\x1b3x") == ["alt+3", "x"]


def test_the_environment_types_nothing() -> None:
    terminal_input.set_up()

    assert not textual.constants.PRESS
