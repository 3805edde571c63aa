"""Whatever a terminal calls itself and its environment says: readable, and inert."""

import re
from collections.abc import Mapping

import pytest

from tests.end_to_end.command import COMMAND, Tuimail
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.slow

SGR = re.compile(rb"\x1b\[([0-9;]*)m")
COLOURS = frozenset({*range(30, 39), *range(40, 49), *range(90, 98), *range(100, 108)})


def hand_in(tuimail: Tuimail, subject: str) -> None:
    done = tuimail.run(
        *("submit", "--actor", "agent:billing", "--to", "bob@example.net"),
        *("--subject", subject, "--text", "Hi."),
    )
    assert done.code == 0, done.err


def opened(tuimail: Tuimail, kind: str, environ: Mapping[str, str]) -> Terminal:
    """Open the app with one mail to decide about."""
    hand_in(tuimail, "Hello")
    return Terminal(
        COMMAND, environ={**tuimail.environ, **environ}, cwd=tuimail.folder, kind=kind
    )


def leave(app: Terminal) -> None:
    app.press("ctrl+q")
    app.wait_for_end()


@pytest.mark.parametrize(
    ("kind", "environ"),
    [
        ("linux", {"LANG": "C", "LC_ALL": "C"}),
        ("xterm", {"TUIMAIL_GLYPHS": "ascii"}),
    ],
)
def test_plain_terminals_get_plain_signs(
    tuimail: Tuimail, kind: str, environ: Mapping[str, str]
) -> None:
    with opened(tuimail, kind, environ) as app:
        app.wait_for("Review 1")
        app.wait_for("Hello")
        app.press("?")
        app.wait_for("+----")
        shown = app.text
        app.press("escape")
        leave(app)

    assert shown.isascii()
    assert "> " in shown


def test_no_color_is_honoured_on_the_wire(tuimail: Tuimail) -> None:
    with opened(tuimail, "tmux-256color", {"NO_COLOR": "1"}) as app:
        app.wait_for("Hello")
        leave(app)

    said = [code for found in SGR.findall(app.written) for code in found.split(b";")]
    assert not COLOURS & {int(code or 0) for code in said}
    assert b"7" in said


def test_no_key_is_pressed_by_the_environment(tuimail: Tuimail) -> None:
    with opened(tuimail, "xterm-256color", {"TEXTUAL_PRESS": "a,y,x"}) as app:
        app.wait_for("Hello")
        app.press("?")
        app.wait_for("Keys")
        shown = app.text
        app.press("escape")
        leave(app)

    assert "Release to" not in shown
    assert list(tuimail.statuses().values()) == ["review"]


def test_the_cursor_of_the_terminal_is_where_the_selection_is(tuimail: Tuimail) -> None:
    hand_in(tuimail, "Second")
    with opened(tuimail, "xterm-256color", {"TUIMAIL_MOTION": "none"}) as app:
        app.wait_for("Review 2")
        app.wait_until(
            lambda _text: app.cursor_line.startswith("▸"), what="the cursor on a mail"
        )
        first = app.lines.index(app.cursor_line)
        app.press("j")
        app.wait_until(
            lambda _text: (
                app.lines.index(app.cursor_line) > first
                and app.cursor_line.startswith("▸")
            ),
            what="the cursor on the next mail",
        )
        is_seen = b"\x1b[?25h" in app.written
        leave(app)

    assert is_seen
