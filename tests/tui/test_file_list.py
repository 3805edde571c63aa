"""The line of attached files, in an app of nothing else."""

from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.message import Message

from tuimail.core.draft import Attachment
from tuimail.tui.widgets.file_list import FileList
from tuimail.workspace.enclosing import Measure, OnDisk


def file(name: str, size: int = 212_000) -> Attachment:
    return Attachment(
        name=name,
        content_type="text/plain",
        digest=name.encode().hex().ljust(64, "0"),
        size_bytes=size,
    )


A, B, C = file("a.pdf"), file("b.csv", 900), file("c.txt", 8)


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        yield FileList(id="files")

    @property
    def files(self) -> FileList:
        return self.query_one(FileList)

    @on(FileList.Changed)
    @on(FileList.RereadWanted)
    @on(FileList.RenameWanted)
    def _said(self, message: Message) -> None:
        self.said.append(message)

    def all(self, kind: type[Message]) -> list[Any]:
        return [one for one in self.said if isinstance(one, kind)]

    @property
    def line(self) -> str:
        (strip, *_) = self.screen._compositor.render_strips()
        return "".join(one.text for one in strip).rstrip()


async def test_files_are_shown_with_their_size_and_what_they_come_to() -> None:
    async with (app := Host()).run_test(size=(60, 4)) as pilot:
        none = app.line
        empty_style = app.files.render_line(0)._segments[0].style
        app.files.files = (A, B)
        app.files.measure = Measure(sent_bytes=7_100_000, limit_bytes=25_000_000)
        await pilot.pause()
        shown = app.line
        app.files.measure = Measure(sent_bytes=26_000_000, limit_bytes=25_000_000)
        await pilot.pause()
        big = app.line
        app.files.measure = Measure(sent_bytes=21_000_000, limit_bytes=None)
        await pilot.pause()

        assert none == "none"
        assert app.files.has_focus
        assert empty_style is not None
        assert empty_style.reverse
        assert shown.split("   ")[:2] == ["a.pdf 212 kB", "b.csv 900 B"]
        assert shown.endswith("    7.1 MB of 25 MB as sent")
        assert big.endswith("TOO BIG: 26 MB of 25 MB as sent")
        assert app.line.endswith("21 MB as sent, large")


async def test_what_changed_on_disk_is_said_and_r_reads_it_again() -> None:
    async with (app := Host()).run_test(size=(70, 4)) as pilot:
        app.files.files = (A, B)
        app.files.states = ((A, OnDisk.GONE), (B, OnDisk.CHANGED))
        await pilot.press("r")
        of_gone = app.all(FileList.RereadWanted)
        await pilot.press("right", "r")
        second = app.files.cursor_offset
        app.files.replace(B, C)
        app.files.replace(B, A)
        await pilot.pause()

        assert second == (len("a.pdf 212 kB gone from disk   "), 0)
        assert of_gone == []
        assert [one.file for one in app.all(FileList.RereadWanted)] == [B]
        assert app.line == "a.pdf 212 kB gone from disk   c.txt 8 B"
        assert len(app.all(FileList.Changed)) == 1


async def test_a_file_is_moved_renamed_and_taken_off() -> None:
    async with (app := Host()).run_test(size=(70, 4)) as pilot:
        app.files.files = (A, B, C)
        await pilot.press("L", "L", "L", "e")
        moved = tuple(app.files.files)
        await pilot.press("H", "d", "l", "backspace")
        await pilot.pause()

        assert moved == (B, C, A)
        assert [one.file for one in app.all(FileList.RenameWanted)] == [A]
        assert list(app.files.files) == [C]
        assert app.files.place == 0
        await pilot.press("d", "d", "e", "H")
        assert list(app.files.files) == []


async def test_those_without_room_are_counted_and_the_chosen_one_is_shown() -> None:
    async with (app := Host()).run_test(size=(40, 4)) as pilot:
        app.files.files = tuple(file(f"{number}.txt") for number in range(9))
        await pilot.pause()
        begins = app.line
        await pilot.press(*["right"] * 8)
        await pilot.pause()
        ends = app.line
        app.files.place = 0
        app.files.files = (file("a very long name of some report.pdf"), B)
        await pilot.pause()

        app.files.states = ((B, OnDisk.CHANGED),)
        await pilot.pause()

        assert app.line == "a very long… 212 kB   +1 more, 1 CHANGED"
        app.files.states = ()
        await pilot.pause()
        assert begins == "0.txt 212 kB   1.txt 212 kB   +7 more"
        assert "8.txt 212 kB" in ends
        assert ends.endswith("more")
        assert app.line == "a very long name of so… 212 kB   +1 more"
