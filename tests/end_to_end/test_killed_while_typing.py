"""The power goes while somebody types: at most a second is lost, and not the place."""

import os
import re
import signal
import time

import pytest

from tests.end_to_end.command import Tuimail
from tests.end_to_end.terminal import Terminal
from tuimail.workspace.fields import Fields
from tuimail.workspace.writing import Begun

pytestmark = pytest.mark.slow

LOST_SECONDS = 1.0
TYPING_SECONDS = 2.5
LINES = 80
DOWN = 50


def begin(tuimail: Tuimail) -> Begun:
    with tuimail.opened() as workspace:
        (row,) = workspace.drafts.rows(statuses=frozenset({"draft"}))
        return workspace.writing.begin(row.id)


def type_on(app: Terminal) -> tuple[dict[str, float], float]:
    """Type words; return when each was on the screen, and the longest wait for it."""
    seen: dict[str, float] = {}
    longest = 0.0
    begun = time.monotonic()
    while (sent := time.monotonic()) - begun < TYPING_SECONDS:
        word = f"w{len(seen):03}"
        app.type(f" {word}")
        app.wait_for(f" {word}")
        seen[word] = time.monotonic()
        longest = max(longest, seen[word] - sent)
    return seen, longest


def type_until_killed(app: Terminal) -> tuple[dict[str, float], float, float]:
    """Write into the middle of the draft; return when the end came, too."""
    app.wait_for("sender: here")
    app.press("f3")
    app.wait_for("Plan")
    app.press("e")
    app.wait_for("Text · saved")
    app.press(*["down"] * DOWN)
    app.wait_for(f"line {DOWN}")
    seen, longest = type_on(app)
    os.kill(app.pid, signal.SIGKILL)
    killed = time.monotonic()
    app.wait_for_end()
    return seen, longest, killed


def go_on(app: Terminal) -> None:
    """Look at what is left in Compose, where the cursor is at what was typed."""
    app.wait_for("sender: here")
    app.press("2")
    app.wait_until(lambda _text: is_at_the_place(app.cursor_line), what="the place")
    app.press("escape")
    app.wait_for(" ? help")
    app.press("3")
    app.wait_for("Nothing waits to leave")


def is_at_the_place(line: str) -> bool:
    """Tell whether a line of the screen is of the line typed into, or next to it."""
    near = re.fullmatch(r" *line (\d+) *", line)
    is_typed_into = re.match(r" *w\d{3}", line) is not None
    return is_typed_into or bool(near and abs(int(near[1]) - DOWN) <= 1)


@pytest.mark.usefixtures("server")
def test_a_killed_app_loses_a_second_of_typing_and_no_place(tuimail: Tuimail) -> None:
    text = "".join(f"line {number}\n" for number in range(LINES))
    with tuimail.opened() as workspace:
        fields = Fields(to=("bob@example.net",), subject="Plan", text=text)
        workspace.drafts.new(workspace.drafts.compose(fields))

    with tuimail.terminal() as app:
        seen, longest, killed = type_until_killed(app)
    begun = begin(tuimail)
    with tuimail.terminal() as app:
        go_on(app)
    after = begin(tuimail)

    typed = begun.fields["text"].split("\n")[DOWN]
    lost = [at for word, at in seen.items() if word not in typed]
    assert begun.page.row.revision == 1
    assert killed - min(lost, default=killed) <= LOST_SECONDS + longest
    assert after.page.draft.body.text.split("\n")[DOWN] == typed
    assert after.fields == {}
