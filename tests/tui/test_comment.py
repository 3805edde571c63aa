"""Lines of a mail, and what is noted about them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tuimail.core.decision import LONGEST_REASON, Comment
from tuimail.tui.guard import Guard
from tuimail.tui.screens.comment import CommentScreen
from tuimail.tui.widgets.line_picker import LinePicker

TEXT = (
    "Dear Mr Yamada,",
    "",
    "here is the quote.",
    *(f"line {n}" for n in range(4, 60)),
)
NOTED = Comment(text="(to line 4) Not so.", field="text", line=3)
WHOLE = Comment(text="Too long.")


class Host(App[None]):
    """Opens the dialog and keeps its answer."""

    moves = False

    def __init__(self, remarks: Sequence[Comment], line: int) -> None:
        super().__init__()
        self.guard = Guard(lambda: 100.0)
        self.dialog = CommentScreen(TEXT, remarks, line=line)
        self.answers: list[tuple[Comment, ...] | None] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.answers.append)


@asynccontextmanager
async def asked(
    *remarks: Comment, line: int = 1
) -> AsyncIterator[tuple[Host, Pilot[None]]]:
    host = Host(remarks, line)
    async with host.run_test(size=(90, 30)) as pilot:
        await pilot.pause()
        yield host, pilot


def words(host: Host) -> str:
    return host.dialog.query_one("#words", Input).value


def label(host: Host) -> str:
    return str(host.dialog.query_one(".dialog-label", Static).content)


async def test_a_line_is_chosen_and_written_about() -> None:
    async with asked(WHOLE, line=2) as (host, pilot):
        await pilot.press("j", "enter", *"No", "enter")

    assert host.answers == [(WHOLE, Comment(text="No", field="text", line=3))]


async def test_several_lines_are_chosen_from_one_to_another() -> None:
    async with asked(line=3) as (host, pilot):
        await pilot.press("v", "j", "j", "k")
        named = label(host)
        await pilot.press("v")
        one = label(host)
        await pilot.press("v", "k", "enter", *"No", "ctrl+s")

    assert (named, one) == ("Lines 3-4", "Line 4")
    assert host.answers == [(Comment(text="(to line 4) No", field="text", line=3),)]


async def test_what_was_noted_is_there_to_be_changed_or_taken_off() -> None:
    async with asked(NOTED, WHOLE, line=3) as (host, pilot):
        before = words(host)
        await pilot.press("k")
        elsewhere = words(host)
        await pilot.press("j", "enter", "ctrl+u", "enter")

    assert before == "Not so."
    assert elsewhere == ""
    assert host.answers == [(WHOLE,)]


async def test_one_goes_to_the_end_and_by_pages_and_no_further() -> None:
    async with asked() as (host, pilot):
        picker = host.dialog.query_one(LinePicker)
        places = []
        for key in ("end", "j", "home", "k", "pagedown", "pageup"):
            await pilot.press(key)
            places.append(picker.chosen[0])

    assert places[:4] == [len(TEXT), len(TEXT), 1, 1]
    assert 1 < places[4] < len(TEXT)
    assert places[5] == 1


async def test_too_much_is_refused_and_not_lost() -> None:
    async with asked() as (host, pilot):
        await pilot.press("enter")
        host.dialog.query_one("#words", Input).value = "x" * (LONGEST_REASON + 1)
        await pilot.press("enter")
        complaint = str(host.dialog.query_one("#box-complaint", Static).content)
        kept = len(words(host))
        await pilot.press("escape")

    assert "500 is the most" in complaint
    assert kept == LONGEST_REASON + 1
    assert host.answers == [None]


@pytest.mark.parametrize("line", [0, 999])
async def test_a_line_that_is_not_there_is_the_nearest(line: int) -> None:
    async with asked(line=line) as (host, _):
        assert host.dialog.query_one(LinePicker).chosen[0] in {1, len(TEXT)}
