"""Any size of terminal, in any pane and over any dialog, and back."""

import os
import sys

import pytest
from textual.geometry import Size

from tests.tui.conftest import Desk, Stage
from tuimail.tui.window import size_of_terminal

SIZES = [(1, 1), (2, 40), (200, 2), (10, 3), (39, 9), (40, 10), (60, 20), (80, 24)]


async def shrink(stage: Stage) -> None:
    for width, height in SIZES:
        await stage.pilot.resize_terminal(width, height)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pane", "keys"),
    [
        ("review", ["colon", "r"]),
        ("review", ["slash", "r"]),
        ("compose", ["f6"]),
    ],
)
async def test_no_size_ends_what_opens_within_a_pane(
    desk: Desk, pane: str, keys: list[str]
) -> None:
    desk.hand_in()
    desk.release()

    async with desk.show(start=pane) as stage:
        await stage.press(*keys)
        await stage.pilot.pause(0.1)
        await stage.settle()
        await shrink(stage)
        await stage.press("escape")
        is_running = stage.app.is_running

    assert is_running


@pytest.mark.parametrize("size", [(60, 20), (44, 12), (80, 24)])
async def test_the_keys_of_a_dialog_are_seen_at_every_size(
    desk: Desk, size: tuple[int, int]
) -> None:
    desk.hand_in(to=tuple(f"p{number}@example.net" for number in range(30)))

    async with desk.show(size=size) as stage:
        await stage.press("a")
        await stage.until_shown("Release to 30 people?")
        shown = stage.text

    assert "y release" in shown


async def test_a_very_small_terminal_is_told_so_and_nothing_decided_unseen(
    desk: Desk,
) -> None:
    desk.hand_in()

    async with desk.show(size=(39, 9)) as stage:
        shown = stage.text
        await stage.press("a")
        screens = len(stage.app.screen_stack)
        await stage.pilot.resize_terminal(80, 24)
        await stage.until(lambda: "approve" in stage.footer)

    assert "Too small" in shown
    assert "approve" not in shown
    assert screens == 1


async def test_a_narrow_terminal_shows_the_list_or_the_mail(desk: Desk) -> None:
    desk.hand_in()

    async with desk.show(size=(60, 20)) as stage:
        listed = stage.text
        await stage.press("enter")
        read = stage.text
        await stage.press("q")
        back = stage.text

    assert "Ana Nov" in listed
    assert "the numbers are below" not in listed
    assert "the numbers are below" in read
    assert back == listed


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
@pytest.mark.parametrize("pane", ["review", "compose", "outbox", "sent", "drafts"])
async def test_the_footer_is_never_cut(
    desk: Desk, pane: str, size: tuple[int, int]
) -> None:
    desk.hand_in()
    desk.release()
    desk.write()

    async with desk.show(start=pane, size=size) as stage:
        footer = stage.footer

    assert len(footer) == size[0]
    assert "help" in footer
    assert footer.endswith(" ")


async def test_the_keyboard_comes_back_after_the_terminal_was_too_small(
    desk: Desk,
) -> None:
    """Textual takes the focus from what it hides; letters then were commands."""
    desk.hand_in()

    async with desk.show(start="compose") as stage:
        await stage.press("tab")
        before = stage.app.focused
        assert before is not None
        await stage.pilot.resize_terminal(30, 8)
        await stage.until(lambda: stage.app.focused is not before)
        await stage.pilot.resize_terminal(80, 24)
        await stage.until(lambda: stage.app.focused is before)

    assert stage.app.mistakes == []


async def test_drawing_anew_finds_out_how_big_the_terminal_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two changes in one moment, the older one may be told last."""
    really = os.terminal_size((100, 30))
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: really)

    async with desk.show(size=(39, 9)) as stage:
        small = stage.text
        await stage.pilot.press("ctrl+l")
        await stage.until_shown("Nothing to review")
        size = stage.app.size

    assert "Too small" in small
    assert size == (100, 30)


def test_without_a_terminal_a_window_stays_what_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    known = Size(80, 24)
    monkeypatch.setattr(os, "get_terminal_size", lambda *_: os.terminal_size((0, 0)))

    assert size_of_terminal(known) == known
    monkeypatch.setattr(sys, "__stdout__", None)
    assert size_of_terminal(known) == known
