"""Dialogs: what they return, and what they do not take for an answer."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, Static

from tests.tui.conftest import Desk, Stage
from tuimail.tui.guard import TOO_QUICK
from tuimail.tui.screens.keys_help import HelpScreen
from tuimail.tui.screens.path import PathScreen
from tuimail.tui.screens.release import ReleaseScreen
from tuimail.tui.widgets import offers
from tuimail.tui.widgets.file_list import FileList
from tuimail.tui.widgets.text_view import TextView


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    for name in ("report.pdf", "report.txt"):
        (made / name).write_text(name)
    return made


async def ask_path(stage: Stage) -> None:
    await stage.press("f5")
    await stage.until(lambda: isinstance(stage.app.screen, PathScreen))


async def test_names_are_offered_and_completed(desk: Desk, folder: Path) -> None:
    async with desk.show(start="compose") as stage:
        await ask_path(stage)
        await stage.type_in(f"{folder}/re")
        await stage.until_shown("report.pdf")
        await stage.press("tab")
        await stage.until(lambda: stage.one(Input).value == f"{folder}/report.")
        await stage.type_in("t")
        await stage.press("tab", "enter")
        await stage.until(lambda: stage.app.screen is stage.app.pane)
        await stage.until(lambda: stage.one(FileList).files)
        (file,) = stage.one(FileList).files

    assert file.name == "report.txt"


async def test_more_names_than_fit_are_counted(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "MOST_SHOWN", 1)

    async with desk.show(start="compose") as stage:
        await ask_path(stage)
        await stage.type_in(f"{folder}/")
        await stage.until_shown("1 below")
        await stage.press("down", "down")
        await stage.until_shown("1 above")


async def test_a_folder_is_gone_into_and_a_name_taken_by_the_arrows(
    desk: Desk, folder: Path
) -> None:
    async with desk.show(start="compose") as stage:
        await ask_path(stage)
        await stage.type_in(f"{folder.parent}/fi")
        await stage.until_shown("folder")
        await stage.press("down", "enter")
        await stage.until_shown("report.pdf")
        await stage.press("down", "down", "tab")
        value = stage.one(Input).value
        await stage.press("enter")
        await stage.until(lambda: stage.app.screen is stage.app.pane)
        await stage.until(lambda: stage.one(FileList).files)
        first = stage.one(FileList).files
        await ask_path(stage)
        begins = stage.one(Input).value
        await stage.type_in("*")
        await stage.press("enter")
        await stage.until(lambda: len(stage.one(FileList).files) == 3)

    assert value == f"{folder}/report.txt"
    assert [one.name for one in first] == ["report.txt"]
    assert begins == f"{folder}/"


async def test_a_folder_that_is_typed_is_gone_into(desk: Desk, folder: Path) -> None:
    async with desk.show(start="compose") as stage:
        await ask_path(stage)
        await stage.type_in(str(folder))
        await stage.press("enter")
        await stage.until_shown("report.pdf")
        await stage.until(lambda: stage.one(Input).value == f"{folder}/")
        await stage.pilot.click("#names", offset=(4, 0))
        await stage.until(lambda: stage.app.screen is stage.app.pane)
        await stage.until(lambda: stage.one(FileList).files)


async def test_nothing_is_completed_where_nothing_is_clear(
    desk: Desk, folder: Path
) -> None:
    async with desk.show(start="compose") as stage:
        await ask_path(stage)
        await stage.type_in(f"{folder}/x")
        await stage.press("tab")
        value = stage.one(Input).value

    assert value == f"{folder}/x"


async def test_an_empty_path_is_asked_for_again(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await ask_path(stage)
        await stage.press("enter")
        await stage.until_shown("Type the path of a file first.")
        await stage.press("escape")
        await stage.until(lambda: stage.app.screen is stage.app.pane)
        files = stage.one(FileList).files

    assert files == ()


async def test_the_footer_of_the_file_dialog_says_what_enter_does(desk: Desk) -> None:
    async with desk.show(start="compose") as stage:
        await ask_path(stage)
        shown = stage.text

    assert "Enter attach" in shown


async def test_a_burst_in_a_dialog_is_no_answer(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await stage.press("a")
        await stage.until(lambda: isinstance(stage.app.screen, ReleaseScreen))
        desk.ticks.pass_by(2)
        stage.app.post_message(events.Key("y", "y"))
        stage.app.post_message(events.Key("z", "z"))
        await stage.until_shown(TOO_QUICK)
        complaint = stage.one(Static, "#box-complaint").display

    assert complaint
    assert desk.row(row.id).status == "review"


async def test_a_key_right_after_yes_takes_the_yes_back(desk: Desk) -> None:
    row = desk.hand_in()

    async with desk.show() as stage:
        await stage.press("a")
        await stage.until(lambda: isinstance(stage.app.screen, ReleaseScreen))
        desk.ticks.pass_by(2)
        dialog = stage.app.screen
        assert isinstance(dialog, ReleaseScreen)
        dialog.action_decide("release")
        stage.app.guard.pressed("z")
        await stage.until_shown(TOO_QUICK)

    assert desk.row(row.id).status == "review"


async def test_the_help_screen_scrolls(desk: Desk) -> None:
    async with desk.show() as stage:
        await stage.press("question_mark")
        await stage.until(lambda: isinstance(stage.app.screen, HelpScreen))
        view = stage.one(TextView)
        await stage.press("j", "j", "k")
        after_lines = view.scroll_offset.y
        await stage.press("space")
        after_page = view.scroll_offset.y
        await stage.press("G")
        at_the_end = stage.text
        await stage.press("g", "g")
        at_the_top = view.scroll_offset.y

    assert after_lines == 1
    assert after_page > 5
    assert "Save what is being written, and leave." in at_the_end
    assert at_the_top == 0


async def test_a_dialog_gives_its_text_the_room_there_is(desk: Desk) -> None:
    """Whoever is to overrule sees everybody who gets it; the keys stay in sight."""
    row = desk.hand_in(
        to=tuple(f"p{n}@example.net" for n in range(4)), bcc=("boss@example.com",)
    )
    page = desk.page(row.id)
    standing = replace(page.standing, to_type="example.net")
    asked = replace(page, standing=standing)

    async with desk.show(size=(60, 20)) as stage:
        screen = ReleaseScreen(asked, verb="approve", undo=timedelta(0))
        stage.app.push_screen(screen)
        await stage.until_shown("Overrule")
        await stage.settle()
        low = stage.text
        await stage.pilot.resize_terminal(60, 13)
        await stage.settle()
        flat = stage.text

    assert "Bcc      <boss@example.com>" in low
    assert "Esc back" in low
    assert "Overrule" in flat
    assert "Esc back" in flat
