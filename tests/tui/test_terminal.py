"""The app in a pseudo-terminal that answers whatever it is asked.

A terminal answers questions into the keyboard. If any text of a mail reached it
raw, the answers would press keys, and one of the keys approves.
"""

import sys
import textwrap
import time
from dataclasses import replace

import pexpect
import pytest

from tests.tui.conftest import FIELDS, SALES, Desk
from tuimail.core.draft import Body
from tuimail.workspace.views import Row

ASKS = "\x1b[>7q \x1b[5c \x1b[6n \x1b]52;c;?\x07 \x1b]777;x\x07 \x9b31m \x1bP$qm\x1b\\"
"""Questions with parameters that Textual itself does not use."""
RAW = (
    *(b"\x1b[>7q", b"\x1b[5c", b"\x1b[6n", b"\x1b]52", b"\x1b]777"),
    *(b"\xc2\x9b", b"\x1bP$q", "\u202e".encode(), "\u200b".encode()),
)
ANSWER = "\x1bP>|tmux a y X S u\x1b\\"
CARELESS = textwrap.dedent("""
    import tuimail.tui.inert, tuimail.tui.wording
    tuimail.tui.wording.display = lambda text, **_: text
    tuimail.tui.wording.safe_width = lambda text: text
    tuimail.tui.inert.is_inert = lambda character: True
""")
"""What the program would be without its two lines of defence."""
PROGRAM = textwrap.dedent("""
    import sys
    from datetime import timedelta
    from pathlib import Path
    from tuimail.tui.app import run_app
    from tuimail.workspace.workspace import Workspace

    def opener():
        return Workspace.open(
            Path(sys.argv[1]), config_path=Path(sys.argv[2]), actor="person:mara",
            door="app", on_terminal=True, environ={},
        )

    sys.exit(run_app(opener))
""")


def read_on(child: "pexpect.spawn[bytes]", until: bytes) -> bytes:
    """Return what the app writes until ``until``, answering every question."""
    seen = b""
    deadline = time.monotonic() + 15
    while until not in seen:
        assert time.monotonic() < deadline, seen[-3000:]
        piece = child.read_nonblocking(65536, timeout=10)
        seen += piece
        if any(raw in piece for raw in RAW):
            child.send(ANSWER)
    return seen


def start(desk: Desk, program: str) -> "pexpect.spawn[bytes]":
    environ = {
        "TERM": "xterm-256color",
        "PATH": "/usr/bin:/bin",
        "HOME": str(desk.root),
    }
    return pexpect.spawn(
        sys.executable,
        ["-c", program, str(desk.root), str(desk.config)],
        dimensions=(50, 160),
        timeout=10,
        env=environ,
    )


@pytest.fixture
def hostile(desk: Desk) -> Row:
    with desk.open() as workspace, workspace.acting_as(SALES, door="http"):
        draft = workspace.drafts.compose(FIELDS)
        body = Body(text=f"{ASKS}\nend of text\n", html=f"<p>{ASKS}</p>")
        subject = "\u202eeno \u200btcejbus"
        return workspace.drafts.new(
            replace(draft, body=body, subject=subject), note=ASKS
        )


@pytest.mark.slow
def test_nothing_in_a_mail_reaches_the_terminal_raw(desk: Desk, hostile: Row) -> None:
    child = start(desk, PROGRAM)
    seen = read_on(child, b"end of text")
    for _ in ("html", "headers", "source", "checks", "record"):
        child.send(b"l")
        seen += read_on(child, b"Checks")
    child.send(b"\x11")
    child.expect(pexpect.EOF)
    child.close()
    seen += child.before or b""

    assert child.exitstatus == 0
    assert [raw for raw in RAW if raw in seen] == []
    assert "␛".encode() in seen
    assert desk.row(hostile.id).status == "review"


@pytest.mark.slow
def test_without_its_defences_the_app_would_ask_the_terminal(
    desk: Desk, hostile: Row
) -> None:
    """The control: the test above can fail."""
    del hostile

    child = start(desk, CARELESS + PROGRAM)
    seen = b""
    while b"end of" not in seen:
        seen += child.read_nonblocking(65536, timeout=10)
    child.close(force=True)

    assert [raw for raw in RAW if raw in seen] != []
