"""A mail that goes to the person's own editor and back, in a real terminal."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.end_to_end.command import Tuimail
from tests.end_to_end.conftest import Server
from tests.end_to_end.terminal import DEADLINE_SECONDS, Terminal
from tuimail.core.draft import Body
from tuimail.workspace.fields import Fields

pytestmark = pytest.mark.slow

EDITOR = f"{sys.executable} {Path(__file__).parent / 'editor.py'}"
RAW = "one\r\ntwo\nOLD\r\nform\x0cfeed\x85next\u2028line  \n"
"""Line ends of two kinds, and what an editor within a terminal cannot hold."""
WRITTEN = "Written in the editor."


@contextmanager
def writing(
    tuimail: Tuimail, text: str = RAW, *, editor: str = EDITOR
) -> Iterator[Terminal]:
    """Open a draft in Compose, one with ``text`` if there is any."""
    if text:
        with tuimail.opened() as workspace:
            fields = Fields(to=("bob@example.net",), subject="Plan", text="one")
            draft = workspace.drafts.compose(fields)
            workspace.drafts.new(replace(draft, body=Body(text=text)))
    named = replace(tuimail, environ={**tuimail.environ, "EDITOR": editor})
    with named.terminal() as app:
        app.wait_for("sender: here")
        app.press("f3")
        app.wait_for("Plan")
        app.press("e")
        app.wait_until(is_filled, what="the draft in the fields")
        yield app


def is_filled(screen: str) -> bool:
    """Return whether Compose shows a stored draft."""
    lines = [line.strip() for line in screen.splitlines()]
    return any(one.startswith("Text ·") and "revision" in one for one in lines)


def text_of(tuimail: Tuimail) -> str:
    """Return the text of the only draft."""
    with tuimail.opened() as workspace:
        (row,) = workspace.drafts.rows(statuses=frozenset({"draft"}))
        return workspace.drafts.page(row.id).draft.body.text


def wait_until_gone(pid: int) -> None:
    """Wait for a process that is nobody's child here any more."""
    end = time.monotonic() + DEADLINE_SECONDS
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < end
        os.sched_yield()


def test_what_was_not_edited_comes_back_byte_for_byte(tuimail: Tuimail) -> None:
    with writing(tuimail) as app:
        app.press("f4")
        app.wait_for("EDITING mail.eml")
        app.press("w")
        app.wait_for("WRITTEN")
        app.press("q")
        app.wait_for(WRITTEN)
        app.wait_for("saved")
        app.press("ctrl+q")
        app.wait_for_end()

    assert text_of(tuimail) == RAW.replace("OLD", WRITTEN)


def test_mail_goes_on_leaving_while_the_editor_is_open(
    tuimail: Tuimail, server: Server
) -> None:
    with writing(tuimail) as app, tuimail.opened() as workspace:
        app.press("f4")
        app.wait_for("EDITING mail.eml")
        for number in range(50):
            fields = Fields(to=("bob@example.net",), subject=f"Mail {number}")
            row = workspace.drafts.new(workspace.drafts.compose(fields))
            workspace.outbox.send(row.id, revision=1, undo=timedelta(0))
        app.wait_until(lambda _: len(server.caught) == 50, what="all mail delivered")
        app.press("w")
        app.wait_for("WRITTEN")
        app.press("q")
        app.wait_for(f" {WRITTEN}")
        app.press("ctrl+q")
        app.wait_for_end()

    assert len(server.caught) == 50
    assert text_of(tuimail) == RAW.replace("OLD", WRITTEN)


def test_an_editor_that_is_not_there_is_named_and_nothing_is_lost(
    tuimail: Tuimail,
) -> None:
    with writing(tuimail, editor="no-such-editor --wait") as app:
        app.press("f4")
        app.wait_for("no-such-editor --wait”: there is no such program")
        app.type("More. ")
        app.wait_for("More. one")
        app.wait_for("saved")
        app.press("ctrl+q")
        app.wait_for_end()

    assert text_of(tuimail) == f"More. {RAW}".replace("\r\n", "\n", 1)


def test_what_a_crashed_editor_wrote_is_kept_and_gone_on_with(
    tuimail: Tuimail,
) -> None:
    with writing(tuimail) as app:
        app.press("f4")
        app.wait_for("EDITING mail.eml")
        app.press("c")
        app.wait_for("ended with an error")
        after_the_crash = app.text
        app.press("f4")
        app.wait_for("EDITING mail.eml")
        app.press("q")
        app.wait_for(f" {WRITTEN}")
        app.press("ctrl+q")
        app.wait_for_end()

    assert " OLD" in after_the_crash
    assert "is kept" in after_the_crash
    assert text_of(tuimail) == RAW.replace("OLD", WRITTEN)
    assert list((tuimail.root / "lent").iterdir()) == []


def test_the_window_may_change_its_size_and_stop_keys_stop_nothing(
    tuimail: Tuimail,
) -> None:
    with writing(tuimail) as app:
        app.press("f4")
        app.wait_for("EDITING mail.eml")
        app.resize(columns=70, rows=20)
        app.press("s")
        app.wait_for("SIZE 70x20")
        app.press("z")
        app.wait_for("AWAKE")
        app.press("ctrl+c")
        app.wait_for("ended with an error")
        size = (len(app.lines), max(map(len, app.lines)))
        app.press("ctrl+q")
        app.wait_for_end()

    assert size[0] == 20
    assert size[1] <= 70


def test_what_the_editor_saved_outlives_a_terminal_that_is_closed(
    tuimail: Tuimail,
) -> None:
    with writing(tuimail) as app:
        app.press("f4")
        app.wait_for("EDITING mail.eml")
        app.press("w")
        app.wait_for("WRITTEN")
        pid = app.pid
    wait_until_gone(pid)
    with writing(tuimail, text="") as again:
        again.wait_for("Your editor wrote into this mail")
        again.press("f4")
        again.wait_for("EDITING mail.eml")
        again.press("q")
        again.wait_for(f" {WRITTEN}")
        again.press("ctrl+q")
        again.wait_for_end()

    assert text_of(tuimail) == RAW.replace("OLD", WRITTEN)
