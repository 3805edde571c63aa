"""The app as a person uses it: in a terminal, with keys, and a real server."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.end_to_end.command import Tuimail
from tests.end_to_end.conftest import Server
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.slow

SUBJECT = "Hello from a terminal"
POINTER_SHAPE = "\x1b]22;default\x07"
"""Textual's own, and the only control sequence of its kind that may be written."""
REPORT = b"%PDF-1.4\r\n.\r\n..\r\nFrom the report\x00\xff"


@pytest.fixture
def report(tuimail: Tuimail) -> Path:
    path = tuimail.folder / "report.pdf"
    path.write_bytes(REPORT)
    return path


def _write(app: Terminal) -> None:
    """Type a mail to three, one of them hidden, in more than one line."""
    app.wait_for("sender: here")
    people = ("bob@example.net", "carol@example.net", "dora@example.net")
    for line in (*people, SUBJECT, ""):
        app.type(line)
        app.press("tab")
    app.type("Dear Bob,\r.this line begins with a dot")
    app.wait_for(" .this line begins with a dot")


def _attach(app: Terminal, name: str) -> None:
    app.press("f5")
    app.wait_for("Attach which file?")
    app.type(name)
    app.wait_until(lambda text: text.count(name) > 1, what=f"{name} typed and found")
    app.press("enter")
    app.wait_until(
        lambda text: f"Files    {name}" in text and "Attach which" not in text,
        what=f"{name} attached",
    )


def _send(app: Terminal) -> None:
    app.press("ctrl+s")
    app.wait_for("y release")
    app.press_until("y", "leaves in")


def _leave(app: Terminal) -> None:
    app.press("ctrl+q")
    app.wait_for_end()


@pytest.mark.usefixtures("report")
def test_mail_typed_in_a_terminal_arrives_as_the_stored_bytes(
    tuimail: Tuimail, server: Server
) -> None:
    with tuimail.terminal("compose", undo_seconds=5) as app:
        _write(app)
        _attach(app, "report.pdf")
        _send(app)
        app.wait_for("Outbox 1")
        app.wait_for("Outbox 0")
        app.press("4")
        app.wait_for("sent ")
        in_sent = app.text
        _leave(app)

    draft_id = tuimail.wait_for("sent")
    assert SUBJECT in in_sent
    assert [one.content for one in server.caught] == [tuimail.stored(draft_id)]
    assert server.caught[0].recipients == (
        "bob@example.net",
        "carol@example.net",
        "dora@example.net",
    )


def test_mail_that_is_taken_back_in_time_goes_nowhere(
    tuimail: Tuimail, server: Server
) -> None:
    with tuimail.terminal("compose", undo_seconds=60) as app:
        _write(app)
        _send(app)
        app.press_until("u", "Outbox 0")
        app.wait_until(
            lambda text: "Outbox 0" in text and SUBJECT in text, what="the draft again"
        )
        _leave(app)

    tuimail.run("outbox", "run", "--drain")
    assert list(tuimail.statuses().values()) == ["draft"]
    assert server.caught == ()


def test_an_app_killed_in_the_undo_window_sends_nothing_and_offers_it_again(
    tuimail: Tuimail, server: Server
) -> None:
    """It is never fired at once by the next start."""
    with tuimail.terminal("compose", undo_seconds=60) as app:
        _write(app)
        _send(app)
        os.kill(app.pid, signal.SIGKILL)
        app.wait_for_end()
    with tuimail.terminal() as again:
        again.wait_for("leaves in")
        again.press_until("u", "Outbox 0")
        _leave(again)

    assert list(tuimail.statuses().values()) == ["draft"]
    assert server.caught == ()


def test_what_was_typed_is_still_there_after_the_app_was_killed(
    tuimail: Tuimail,
) -> None:
    with tuimail.terminal("compose") as app:
        _write(app)
        app.wait_for("saved")
        os.kill(app.pid, signal.SIGKILL)
        app.wait_for_end()

    ((draft_id, status),) = tuimail.statuses().items()
    shown = tuimail.run("show", draft_id, "--json").document
    assert status == "draft"
    assert SUBJECT in json.dumps(shown)


def test_a_draft_of_an_agent_is_seen_approved_and_sent(
    tuimail: Tuimail, server: Server
) -> None:
    """It is handed in by another process while the app is open."""
    with tuimail.terminal(undo_seconds=60) as app:
        app.wait_for("sender: here")
        tuimail.run(
            *("submit", "--actor", "agent:billing", "--to", "bob@example.net"),
            *("--subject", SUBJECT, "--text", "The invoice."),
        )
        app.wait_for("Review 1")
        app.wait_for("agent:billing")
        app.press_until("a", "y release")
        app.press_until("y", "leaves in")
        app.press_until("n", "Outbox 0")
        tuimail.wait_for("sent")
        _leave(app)

    assert len(server.caught) == 1


def test_what_an_agent_writes_cannot_act_on_the_terminal(tuimail: Tuimail) -> None:
    """Promise 6, on the very bytes that the terminal is given."""
    attack = "\x1b]52;c;cHduZWQ=\x07\x1b[>q\x9b2J\x1b]0;pwned\x07 after the attack"
    (tuimail.folder / "body.txt").write_text(attack)
    tuimail.run(
        *("submit", "--actor", "agent:billing", "--to", "bob@example.net"),
        *("--subject", "[/b] [@click=app.quit]", "--text-file", "body.txt"),
    )
    with tuimail.terminal() as app:
        app.wait_for("after the attack")
        _leave(app)

    written = app.written.decode().replace(POINTER_SHAPE, "")
    dangerous = ("\x1b]52", "\x1b]0;", "\x1b[>q", "\x9b", "\x07")
    assert "[@click=app.quit]" in written
    assert [one for one in dangerous if one in written] == []


def test_a_burst_of_keys_decides_nothing(tuimail: Tuimail, server: Server) -> None:
    """A paste into a terminal that does not mark pastes is such a burst."""
    tuimail.run(
        *("submit", "--actor", "agent:billing", "--to", "bob@example.net"),
        *("--subject", SUBJECT, "--text", "The invoice."),
    )
    with tuimail.terminal() as app:
        app.wait_for("a approve")
        app.type("ay" * 40)
        app.wait_for("Too quick")
        app.rest()
        _leave(app)

    tuimail.run("outbox", "run", "--drain")
    assert list(tuimail.statuses().values()) == ["review"]
    assert server.caught == ()


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (160, 50), (40, 12)])
def test_every_pane_opens_at_every_size(
    columns: int, rows: int, tuimail: Tuimail
) -> None:
    tuimail.run(
        *("submit", "--actor", "agent:billing", "--to", "bob@example.net"),
        *("--subject", SUBJECT, "--text", "The invoice."),
    )
    with tuimail.terminal(columns=columns, rows=rows) as app:
        app.wait_for("Hello from")
        for key in ("alt+2", "alt+3", "alt+4", "alt+1"):
            with app.changing(f"pane {key}"):
                app.press(key)
        app.wait_for("Hello from")
        _leave(app)

    assert app.exit_code == 0


def test_a_window_that_shrinks_to_nothing_does_not_end_the_app(
    tuimail: Tuimail,
) -> None:
    with tuimail.terminal() as app:
        app.wait_for("sender: here")
        for columns, rows in ((10, 3), (1, 1), (30, 8), (100, 32)):
            app.resize(columns=columns, rows=rows)
        app.press_until("ctrl+l", "sender: here")
        _leave(app)

    assert app.exit_code == 0


def test_the_demo_says_what_its_server_was_given(tuimail: Tuimail) -> None:
    with tuimail.terminal("demo") as app:
        app.wait_for("Harbour Notes")
        _leave(app)

    assert app.exit_code == 0
    assert b"The mail server inside was given 2 messages" in app.written


def test_without_a_terminal_the_app_says_what_to_type(tuimail: Tuimail) -> None:
    done = tuimail.run()

    assert done.code == 2
    assert "tuimail --help" in done.err
