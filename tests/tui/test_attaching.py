"""Files in the Compose pane: offered, watched, named anew."""

import threading
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.conftest import Desk, Stage
from tuimail.tui.screens import attaching
from tuimail.tui.screens.path import PathScreen
from tuimail.tui.screens.rename import RenameScreen
from tuimail.tui.widgets.file_list import FileList
from tuimail.tui.widgets.notice import Notice
from tuimail.workspace.enclosing import Enclosed, EnclosingDesk


@pytest.fixture(autouse=True)
def watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attaching, "WATCH_SECONDS", 0.05)


def names(stage: Stage) -> list[str]:
    return [one.name for one in stage.one(FileList).files]


async def asked(stage: Stage, kind: type[object]) -> None:
    await stage.until(lambda: isinstance(stage.app.screen, kind))


async def answered(stage: Stage) -> None:
    await stage.until(lambda: stage.app.screen is stage.app.pane)


async def attach(stage: Stage, path: Path) -> None:
    await stage.press("f5")
    await asked(stage, PathScreen)
    stage.one(Input).value = str(path)
    await stage.press("enter")
    await answered(stage)
    await stage.until(lambda: stage.one(FileList).files)


async def test_a_path_that_was_pasted_is_offered_to_be_attached(
    desk: Desk, tmp_path: Path
) -> None:
    file, other = tmp_path / "q 3.txt", tmp_path / "b.txt"
    file.write_text("numbers")
    other.write_text("b")

    async with desk.show(start="compose", size=(100, 30)) as stage:
        await stage.press("escape", "e")
        await stage.type_in(f"'{file}'")
        await stage.until_shown("q 3.txt. F5 attaches it.")
        await stage.press("f5")
        await asked(stage, PathScreen)
        await stage.press("enter")
        await answered(stage)
        await stage.until(lambda: names(stage) == ["q 3.txt"])
        await stage.until_shown("kB as sent")
        await stage.press("escape", "e")
        await stage.type_in(f"{other}\n{file}")
        await stage.until_shown("b.txt and 1 more. F5 attaches them.")
        await stage.press("f5")
        await asked(stage, PathScreen)
        await stage.press("enter")
        await stage.until(lambda: names(stage) == ["q 3.txt", "b.txt", "q 3.txt"])


async def test_a_file_that_changed_is_read_again_when_the_person_says_so(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "q3.txt"
    file.write_text("numbers")

    async with desk.show(start="compose", size=(100, 30)) as stage:
        await attach(stage, file)
        file.write_text("other numbers")
        await stage.until_shown("CHANGED on disk")
        (frozen,) = stage.one(FileList).files
        stage.one(FileList).focus()
        await stage.press("r")
        await stage.until(lambda: stage.one(FileList).files[0].size_bytes == 13)
        await stage.until(lambda: "CHANGED" not in stage.text)
        file.unlink()
        await stage.until_shown("gone from disk")

    assert frozen.size_bytes == 7


async def test_the_receiver_sees_the_name_that_the_person_types(
    desk: Desk, tmp_path: Path
) -> None:
    file = tmp_path / "q3.txt"
    file.write_text("numbers")

    async with desk.show(start="compose") as stage:
        await attach(stage, file)
        stage.one(FileList).focus()
        await stage.press("e")
        await asked(stage, RenameScreen)
        stage.one(Input, "#file-name").value = " . "
        await stage.press("enter")
        await stage.until_shown("cannot be the name of an attachment")
        stage.one(Input, "#file-name").value = "numbers: Q3.txt"
        stage.one(Input, "#file-type").value = "text"
        await stage.press("enter")
        await stage.until_shown("is not a media type")
        stage.one(Input, "#file-type").value = "text/csv"
        stage.one(Input, "#file-id").value = "table"
        await stage.press("enter")
        await answered(stage)
        await stage.until(lambda: names(stage) == ["numbers_ Q3.txt"])
        (told,) = stage.one(FileList).files
        file.write_text("others")
        await stage.until_shown("CHANGED on disk")
        await stage.press("e", "escape")
        await answered(stage)
        await stage.press("r")
        await stage.until(lambda: stage.one(FileList).files[0].size_bytes == 6)
        (reread,) = stage.one(FileList).files

        assert names(stage) == ["numbers_ Q3.txt"]

    for one in (told, reread):
        assert (one.content_type, one.content_id) == ("text/csv", "table")
        assert one.is_inline


async def test_one_of_several_that_cannot_be_attached_is_asked_for_again(
    desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "what?.txt").write_text("b")

    async with desk.show(start="compose") as stage:
        await stage.press("f5")
        await asked(stage, PathScreen)
        await stage.type_in(f"{tmp_path}/gone.txt")
        await stage.press("enter")
        await stage.until_shown("gone.txt")
        await stage.until(lambda: stage.one(Input).value.endswith("gone.txt"))
        stage.one(Input).value = f"{tmp_path}/*.txt"
        await stage.press("enter")
        await answered(stage)
        await stage.until(lambda: len(names(stage)) == 2)
        told = stage.one(Notice).text

    assert "not every system takes" in told


async def test_what_is_no_name_at_all_is_said_and_ends_nothing(desk: Desk) -> None:
    async with desk.show(start="compose", size=(100, 30)) as stage:
        await stage.press("f5")
        await asked(stage, PathScreen)
        stage.one(Input).value = "a" * 300
        await stage.press("enter")
        await stage.until_shown("File name too long")


async def test_a_file_that_takes_its_time_gets_into_no_other_mail_nor_is_forgotten(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, is_there = tmp_path / "slow.txt", threading.Event()
    file.write_text("numbers")
    attach_now = EnclosingDesk.attach

    def attach_late(self: EnclosingDesk, path: Path) -> Enclosed:
        is_there.wait(20)
        return attach_now(self, path)

    monkeypatch.setattr(EnclosingDesk, "attach", attach_late)
    async with desk.show(start="compose", size=(100, 30)) as stage:
        stage.app.writing.form.put("subject", "The one with the file")
        stage.app.writing.action_attach()
        await asked(stage, PathScreen)
        stage.app.screen.dismiss((file,))
        await answered(stage)
        stage.app.writing.action_send()
        await stage.until_shown("slow.txt is still being read")
        stage.app.writing.write(None)
        await stage.until(lambda: not stage.app.writing.form.typed.subject)
        is_there.set()
        await stage.until_shown("slow.txt was not attached: another mail")

        assert names(stage) == []
