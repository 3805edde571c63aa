"""The dialogue in a real terminal that can show nothing but lines."""

import re

import pytest

from tests.end_to_end.command import COMMAND, Tuimail
from tests.end_to_end.terminal import Terminal

pytestmark = pytest.mark.slow

ESCAPES = re.compile(rb"[\x00-\x06\x0b-\x0c\x0e-\x1f\x7f]")


def hand_in(tuimail: Tuimail, subject: str) -> None:
    done = tuimail.run(
        *("submit", "--actor", "agent:billing", "--to", "bob@example.net"),
        *("--subject", subject, "--text", "Hi.\nNote: 1 is sent."),
    )
    assert done.code == 0, done.err


def say(line: Terminal, typed: str, wanted: str) -> None:
    """Type a line at the prompt, and wait for what is said then."""
    line.wait_until(lambda text: text.rstrip().endswith("\n>"), what="the prompt")
    line.type(f"{typed}\r")
    line.wait_for(wanted)


def test_a_mail_is_read_approved_and_sent_on_a_dumb_terminal(tuimail: Tuimail) -> None:
    hand_in(tuimail, "Grüße")
    environ = {**tuimail.environ, "LC_ALL": "C", "TUIMAIL_UNDO_SECONDS": "1"}

    with Terminal(COMMAND, environ=environ, cwd=tuimail.folder, kind="dumb") as line:
        say(line, "list review", "1. review, ")
        say(line, "read 1", "You may type: approve 1")
        say(line, "approve 1\rrelease 1", "typed too quickly")
        say(line, "approve 1", "Type release 1 to let it leave.")
        say(line, "release 1", "1 is released")
        line.wait_for("Note: 1 is sent, from agent:billing")
        hand_in(tuimail, "Second")
        line.wait_for("Note: 2 is in review, from agent:billing")
        line.press("ctrl+c")
        line.wait_for("Type quit to leave.")
        say(line, "quit", "quit")
        line.wait_for_end()

    assert line.exit_code == 0
    assert sorted(tuimail.statuses().values()) == ["review", "sent"]
    assert not ESCAPES.search(line.written)
    assert b"\r\nNote: 1 is sent.\r\n" not in line.written


def test_a_closed_terminal_ends_it(tuimail: Tuimail) -> None:
    with Terminal(
        (*COMMAND, "--linear"), environ=tuimail.environ, cwd=tuimail.folder
    ) as line:
        line.wait_for("\n>")
        line.press("ctrl+d")
        line.wait_for_end()

    assert line.exit_code == 0
