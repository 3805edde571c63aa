"""Where the dialogue opens: by its flag, and where no screen can be drawn."""

import io
import sys
import types
from collections.abc import Callable

import pytest

from tests.cli.conftest import Shell, Stream
from tests.cli.linear.conftest import Fingers, SomeSender
from tuimail.cli.call import Call
from tuimail.cli.linear import opening, screens
from tuimail.cli.linear.screens import shows_lines_only
from tuimail.cli.questions import BackError, LeftError, Questions


class Machine(types.ModuleType):
    """Descriptions of terminals, as a machine has them."""

    class error(Exception):  # noqa: N801, N818 - its name there
        """It knows no such terminal."""

    def __init__(self) -> None:
        super().__init__("curses")
        self.cup: bytes | None = None

    def setupterm(self, name: str, _descriptor: int) -> None:
        known = {
            "linux": b"\x1b[%d;%dH",
            "xterm-256color": b"\x1b[%d;%dH",
            "tty33": None,
        }
        if name not in known:
            raise self.error
        self.cup = known[name]

    def tigetstr(self, _name: str) -> bytes | None:
        return self.cup


@pytest.mark.parametrize(
    ("kind", "is_lines"),
    [
        ("dumb", True),
        ("unknown", True),
        ("tty33", True),
        ("linux", False),
        ("xterm-256color", False),
        ("no-such-terminal", False),
        ("", False),
    ],
)
def test_only_terminals_that_cannot_move_the_cursor_get_lines(
    monkeypatch: pytest.MonkeyPatch, kind: str, *, is_lines: bool
) -> None:
    monkeypatch.setitem(sys.modules, "curses", Machine())

    assert shows_lines_only({"TERM": kind}) == is_lines


def test_this_machine_knows_that_a_screen_can_be_drawn_on_xterm() -> None:
    assert not shows_lines_only({"TERM": "xterm"})


def test_a_machine_without_descriptions_of_terminals_opens_the_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "curses", None)

    assert not screens.shows_lines_only({"TERM": "xterm"})


def test_nothing_says_what_the_terminal_is() -> None:
    assert not shows_lines_only({})


def test_a_dumb_terminal_gets_the_dialogue(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    talked: list[Call] = []

    def talk(call: Call) -> int:
        talked.append(call)
        return 0

    monkeypatch.setattr(opening, "talk", talk)
    monkeypatch.setenv("TERM", "dumb")

    by_itself = tuimail(terminal=True, shown=True)
    monkeypatch.setenv("TERM", "xterm")
    by_flag = tuimail("--linear", terminal=True, shown=True)

    assert (by_itself.code, by_flag.code, len(talked)) == (0, 0, 2)


def test_a_dumb_terminal_is_told_where_to_write(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "dumb")

    answer = tuimail("compose", "--json", terminal=True, shown=True)

    assert (answer.code, answer.error["code"]) == (2, "usage")
    assert "--linear" in answer.error["hint"]


def test_a_dialogue_needs_somebody_who_types(tuimail: Shell) -> None:
    answer = tuimail("--linear", "--json", stdin="list\n")

    assert (answer.code, answer.error["code"]) == (2, "usage")


@pytest.mark.parametrize(
    ("wanted", "encoding", "said"),
    [("", "utf-8", "“…”"), ("ascii", "utf-8", '"."'), ("", "ascii", '"."')],
)
def test_signs_are_those_that_can_be_written(
    wanted: str, encoding: str, said: str
) -> None:
    signs: Callable[[str], str] = opening.signs(
        wanted, terminal="xterm", encoding=encoding
    )

    assert signs("“…”") == said


@pytest.mark.parametrize("left", [LeftError, BackError])
def test_who_leaves_the_question_for_a_pin_typed_none(
    monkeypatch: pytest.MonkeyPatch, left: type[Exception]
) -> None:
    def leave(_questions: Questions, _label: str) -> str:
        raise left

    monkeypatch.setattr(Questions, "password", leave)

    assert opening.typed_pin(Questions.__new__(Questions), "PIN") is None


@pytest.mark.parametrize("typed", ["quit", ""])
def test_a_sender_runs_as_long_as_the_dialogue(
    tuimail: Shell, account: str, monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    assert account
    sender = SomeSender()
    tuimail("send", "--to", "bob@example.net", "--no-undo", "--wait", "0")
    monkeypatch.setattr(opening, "SenderThread", lambda _opener: sender)
    monkeypatch.setattr(
        opening, "Keyboard", lambda _descriptor: Fingers([typed], echo=io.StringIO())
    )
    monkeypatch.setattr(Stream, "fileno", lambda _stream: -1)

    answer = tuimail("--linear", terminal=True)

    assert answer.code == 0
    assert sender.asked == ["start", "stop 2.0"]
    assert answer.text.startswith("tuimail, as lines. Type help, or quit.\nreview: 0\n")
    assert answer.text.endswith(" outbox run --drain\n")
