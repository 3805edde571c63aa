"""Whatever hangs, the app leaves without it; what is asked would take half a minute.

Each is a real process in a real terminal, on a machine where something is asked
and never answers; what counts is when the process has ended.
"""

import fcntl
import os
import pty
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.command import COMMAND, Tuimail, environ_for, write_accounts
from tests.end_to_end.terminal import DEADLINE_SECONDS, Terminal
from tuimail.tui.app import CLOSE_SECONDS
from tuimail.tui.departure import STOP_SECONDS

pytestmark = pytest.mark.slow

STUCK = (sys.executable, str(Path(__file__).parent / "stuck.py"))
CHOICE_SECONDS = 2.0
"""Most that a person who chose to leave waits for others."""
LEAVES_SECONDS = CHOICE_SECONDS + 6.0
"""With a slow machine's own time."""
SIZE = struct.pack("HHHH", 24, 80, 0, 0)
ACCOUNT = """
default_account = "work"

[accounts.work]
address = "Ada Lovelace <ada@example.org>"
{settings}
"""
SMTP = """
provider = "smtp"
host = "{host}"
port = {port}
tls = "none"
"""
RESEND = """
provider = "resend"
password = "{password}"
"""


@pytest.fixture
def silent_server() -> Iterator[int]:
    """The port of a server that takes every line and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        yield port


def person(folder: Path, settings: str) -> Tuimail:
    """Return the command of a person with one mail that is due."""
    write_accounts(folder, ACCOUNT.format(settings=settings))
    tuimail = Tuimail(folder=folder, environ=environ_for(folder))
    done = tuimail.run(
        *("send", "--to", "bob@example.net", "--subject", "Hello"),
        *("--text", "Hi.", "--wait", "0"),
    )
    assert done.code == 0, done.err
    return tuimail


def opened(tuimail: Tuimail, *command: str, **environ: str) -> Terminal:
    return Terminal(command, environ={**tuimail.environ, **environ}, cwd=tuimail.folder)


def seconds_to_leave(app: Terminal) -> float:
    """Choose to leave now, while mail is being handed over."""
    app.wait_for("sender: here")
    app.press("3")
    app.wait_until(
        lambda t: "sending" in t or "connecting" in t, what="the mail under way"
    )
    app.press("ctrl+q")
    app.wait_for("Leave while mail is being handed over?")
    app.press("q")
    begun = time.monotonic()
    app.wait_for_end()
    return time.monotonic() - begun


def test_what_leaving_waits_for_is_no_more_than_it_may() -> None:
    assert STOP_SECONDS + CLOSE_SECONDS <= CHOICE_SECONDS


def test_the_app_leaves_in_time_while_a_server_says_nothing(
    tmp_path: Path, silent_server: int
) -> None:
    tuimail = person(tmp_path, SMTP.format(host="127.0.0.1", port=silent_server))

    with opened(tuimail, *COMMAND) as app:
        taken = seconds_to_leave(app)

    assert taken <= LEAVES_SECONDS
    assert app.exit_code == 0


@pytest.mark.parametrize(
    ("stuck", "settings"),
    [
        pytest.param(
            "names", SMTP.format(host="smtp.example.org", port=587), id="names of SMTP"
        ),
        pytest.param("names", RESEND.format(password="env:KEY"), id="names of HTTP"),
        pytest.param("keyring", RESEND.format(password="keyring:"), id="keyring"),
    ],
)
def test_the_app_leaves_in_time_while_nobody_answers(
    tmp_path: Path, stuck: str, settings: str
) -> None:
    tuimail = person(tmp_path, settings)
    asked = tmp_path / "asked"

    with opened(tuimail, *STUCK, STUCK=stuck, ASKED=str(asked), KEY="re_1") as app:
        app.wait_until(lambda _text: asked.exists(), what=f"{stuck} asked")
        taken = seconds_to_leave(app)

    assert taken <= LEAVES_SECONDS
    assert app.exit_code == 0


def test_the_app_leaves_in_time_while_the_disk_hangs_and_says_so(
    tuimail: Tuimail, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"

    with opened(tuimail, *STUCK, STUCK="disk", ASKED=str(asked)) as app:
        app.wait_until(lambda _text: asked.exists(), what="the disk asked")
        app.press("ctrl+q")
        app.wait_for("The workspace does not answer. Leave all the same?")
        app.rest()
        app.press("y")
        begun = time.monotonic()
        app.wait_for_end()
        taken = time.monotonic() - begun
        text = " ".join(app.text.split())

    assert taken <= LEAVES_SECONDS
    assert app.exit_code == 0
    assert "The workspace did not answer" in text


def test_a_signal_ends_the_app_while_the_disk_hangs(
    tuimail: Tuimail, tmp_path: Path
) -> None:
    asked = tmp_path / "asked"
    letter = "mailto:bob@example.net?subject=Plan&body=Half%20a"
    environ = {"STUCK": "disk", "ASKED": str(asked)}

    with opened(tuimail, *STUCK, "compose", letter, **environ) as app:
        app.wait_for("Half a")
        app.wait_until(lambda _text: asked.exists(), what="the disk asked")
        os.kill(app.pid, signal.SIGTERM)
        app.wait_for_end()

    assert app.exit_code == 0


def test_a_terminal_that_goes_without_a_signal_ends_the_app(tuimail: Tuimail) -> None:
    """As where nobody is told: the session was never given this terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, SIZE)
    with subprocess.Popen(
        [*COMMAND, "compose", "mailto:bob@example.net?subject=Plan&body=Half%20a"],
        cwd=tuimail.folder,
        env={**tuimail.environ, "TERM": "xterm-256color"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    ) as app:
        os.close(theirs)
        written = b""
        while b"Half a" not in written:
            written += os.read(ours, 65536)
        os.write(ours, b"Typed. ")
        while b"Typed. Half a" not in written:
            written += os.read(ours, 65536)
        os.close(ours)
        code = app.wait(timeout=DEADLINE_SECONDS)

    with tuimail.opened() as workspace:
        (kept,) = workspace.drafts.rows(statuses=frozenset({"draft"}))
        text = workspace.drafts.page(kept.id).draft.body.text
    assert code == 0
    assert text.startswith("Typed. Half a")
