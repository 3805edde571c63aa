"""Whole ways through tuimail, as a person goes them: keys in, a screen out.

Each is one story with a mail server of its own, in a real terminal; what it came
to is looked at from outside.
"""

import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from tests.end_to_end.command import Tuimail, environ_for, write_accounts
from tests.end_to_end.conftest import ACCOUNTS, Server
from tests.end_to_end.planting import serving
from tests.end_to_end.terminal import Terminal
from tests.end_to_end.test_agents_loop import said, session, token_of
from tests.end_to_end.world import PASSWORD, World, begin_in_app
from tuimail.testing import Close, ScriptedSmtpServer

pytestmark = pytest.mark.slow

SUBJECT = "The plan"
EDITOR = f"{sys.executable} {Path(__file__).with_name('editor.py')}"


def leave(app: Terminal) -> None:
    app.press("ctrl+q")
    app.wait_for_end()
    assert app.exit_code == 0


def write(app: Terminal, text: str) -> None:
    """Write a mail in Compose, faster than its fields are there."""
    app.wait_for("sender: here")
    for line in ("bob@example.net", "", "", SUBJECT, ""):
        app.type(line)
        app.press("tab")
    app.type(text)
    app.wait_for(f" {text}")


def send(app: Terminal) -> None:
    app.press("ctrl+s")
    app.wait_for("y release")
    app.press_until("y", "leaves in")


def go(app: Terminal, pane: str, wanted: str) -> None:
    """Go to a pane by its number, and see what is there."""
    app.press(pane)
    app.wait_for(wanted)


def at(port: int, **named: Any) -> ScriptedSmtpServer:
    """Return a server that will listen at a port; 0 for one that is free."""
    server = ScriptedSmtpServer(**named)
    server.port = port
    return server


def beside(folder: Path, port: int) -> Tuimail:
    """Return the command of a person whose account leads to a port."""
    write_accounts(folder, ACCOUNTS.format(port=port))
    return Tuimail(folder=folder, environ=environ_for(folder))


def test_from_the_first_run_to_the_first_mail(world: World) -> None:
    """Demo, set-up, one's own editor, taken back once, and sent."""
    world = world.edited_with(EDITOR)

    with world.terminal() as first:
        first.wait_for("No account yet.")
        first.press("d")
        first.wait_for("Harbour Notes")
        leave(first)
    with world.terminal(undo_seconds=60) as app:
        app.wait_for("No account yet.")
        set_up(app)
        app.press("m")
        write(app, "OLD")
        in_editor(app)
        send(app)
        app.press_until("u", "Outbox 0")
        app.wait_for(" Written in the editor.")
        send(app)
        app.press_until("n", "Outbox 0")
        go(app, "4", "▸ Today")
        app.wait_for("sent: the provider took it")
        leave(app)

    (draft_id,) = world.tuimail.statuses()
    assert [one.content for one in world.caught] == [world.tuimail.stored(draft_id)]
    assert b"Written in the editor." in world.caught[0].content


def set_up(app: Terminal) -> None:
    """Set up the account of the address, with a password for its server."""
    begin_in_app(app, PASSWORD)
    app.wait_for("Logged in at smtp.example.org:465")
    app.press("ctrl+s")
    app.wait_for("Empty: to the address itself.")
    app.press("ctrl+s")
    app.wait_for("Save the account")
    app.press("enter")
    app.wait_for("is saved.")
    app.press("escape")
    app.wait_for("Nothing to review.")


def in_editor(app: Terminal) -> None:
    """Write the text in one's own editor."""
    app.press("f4")
    app.wait_for("EDITING mail.eml")
    app.press("w")
    app.wait_for("WRITTEN")
    app.press("q")
    app.wait_for(" Written in the editor.")


@pytest.fixture
def port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        found: int = free.getsockname()[1]
    return found


def test_without_a_network_mail_waits_and_leaves_when_it_is_tried_again(
    tmp_path: Path, port: int
) -> None:
    tuimail = beside(tmp_path, port)

    with tuimail.terminal("compose", undo_seconds=60) as app:
        write(app, "It is done.")
        send(app)
        app.press_until("n", "deferred")
        app.wait_for("NO NETWORK")
        app.wait_for("no network: no server could be reached")
        app.wait_for("Connection refused")
        with serving(partial(at, port)) as server:
            app.press_until("t", "Outbox 0")
            app.wait_for("net ok")
            go(app, "4", "▸ Today")
            app.wait_for("sent: the provider took it")
            app.wait_for("try 1: told to come later")
            app.wait_for("try 2: accepted")
            leave(app)

    assert is_delivered(tuimail, server)


def is_delivered(tuimail: Tuimail, server: ScriptedSmtpServer) -> bool:
    """Return whether the server took the one mail there is, once, as it is stored."""
    (draft_id, status), *more = tuimail.statuses().items()
    copies = {(tuimail.stored(draft_id), "bob@example.net"): 1}
    return (status, more, server.copies()) == ("sent", [], copies)


def test_mail_whose_answer_was_lost_is_sent_once_its_sender_says_so(
    tmp_path: Path,
) -> None:
    """The server took it, and the line broke before it could say so."""
    script = {"after-end-of-data": Close()}
    with serving(partial(at, 0, script=script)) as server:
        tuimail = beside(tmp_path, server.port)
        with tuimail.terminal("compose", undo_seconds=60) as app:
            write(app, "It is done.")
            send(app)
            app.press_until("n", "(1 unknown)")
            app.wait_for("bytes were handed over")
            app.wait_for("It may have arrived. tuimail will not send it again")
            app.wait_for("A it arrived   S send again   Z give up")
            app.press_until("A", "Did it arrive?")
            app.press_until("y", "Outbox 0")
            go(app, "4", "sent: A person says that it arrived")
            leave(app)

    assert is_delivered(tuimail, server)


async def test_a_draft_is_sent_back_revised_edited_approved_and_delivered(
    tuimail: Tuimail, server: Server
) -> None:
    """The reviewer never leaves the app; the agent hears what is decided."""
    token = token_of(tuimail, "sales")
    words = {"to": ["bob@example.net"], "subject": SUBJECT}

    async with Client(session(tuimail, token)) as agent:
        with tuimail.terminal(undo_seconds=60) as app:
            app.wait_for("sender: here")
            made = await said(agent, "create_draft", text="The invoice.\n", **words)
            draft = made["id"]
            send_back(app, "Say the month.")
            asked = await said(agent, "wait_for_decision", id=draft, seconds=30)
            march = "The invoice of March.\n"
            await said(agent, "revise_draft", id=draft, text=march, **words)
            edit(app)
            approve_and_send(app)
            go(app, "4", "▸ Today")
            leave(app)
        read = await said(agent, "get_status", id=draft)

    assert (asked["resubmit"], asked["decision"]["reason"]) == (
        "revise",
        "Say the month.",
    )
    assert (read["state"], read["edited"]) == ("sent", True)
    assert b"Hi Bob. The invoice of March." in server.caught[0].content
    assert [one.content for one in server.caught] == [tuimail.stored(draft)]


def send_back(app: Terminal, reason: str) -> None:
    """Ask the author for changes, and see the mail leave the list."""
    app.wait_for("The invoice.")
    app.press_until("r", "Send back for changes")
    app.type(reason)
    app.wait_for(f"Reason      {reason}")
    app.press_until("ctrl+s", "Nothing to review.")
    app.wait_for("It is draft now.")


def edit(app: Terminal) -> None:
    """Look at what was changed, then change a word oneself."""
    app.wait_for("The invoice of March.")
    app.press("d")
    app.wait_for("The invoice{+ of March+}.")
    app.press("e")
    app.type("Hi Bob. ")
    app.wait_for(" Hi Bob. The invoice of March.")


def approve_and_send(app: Terminal) -> None:
    """Keep the edit, approve it from Compose, and have it leave at once."""
    app.press("ctrl+s")
    app.wait_for("changed since its author wrote it")
    app.press_until("y", "leaves in")
    app.press_until("n", "Outbox 0")
