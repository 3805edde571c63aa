"""Questions on a terminal: what is typed before one is open is not shown."""

import os
import pty
import termios
from collections.abc import Iterator

import pytest

from tuimail.cli.questions import Echo


@pytest.fixture
def terminal() -> Iterator[int]:
    ours, theirs = pty.openpty()
    yield theirs
    os.close(ours)
    os.close(theirs)


def shows(terminal: int) -> bool:
    return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)


def test_what_is_typed_is_shown_only_while_a_question_is_open(terminal: int) -> None:
    echo = Echo(terminal)
    seen = [shows(terminal)]

    with echo.off():
        seen.append(shows(terminal))
        with echo.on():
            seen.append(shows(terminal))
        seen.append(shows(terminal))

    assert [*seen, shows(terminal)] == [True, False, True, False, True]


def test_who_leaves_in_the_middle_sees_again_what_is_typed(terminal: int) -> None:
    echo = Echo(terminal)

    with pytest.raises(KeyboardInterrupt), echo.off(), echo.on():
        raise KeyboardInterrupt

    assert shows(terminal)


def test_what_is_no_terminal_is_left_alone() -> None:
    reading, writing = os.pipe()

    with Echo(reading).off():
        os.write(writing, b"still there")

    assert os.read(reading, 20) == b"still there"
    os.close(reading)
    os.close(writing)
