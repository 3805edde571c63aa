"""A mail goes to the person's own editor and comes back; the terminal is not needed.

What the terminal has to do with it is in the tests from end to end.
"""

import asyncio
import os
import shutil
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.tui.conftest import Desk, Stage
from tuimail.core.draft import Body
from tuimail.errors import ConfigurationError
from tuimail.tui import handing_over
from tuimail.tui.app import TuimailApp
from tuimail.tui.handing_over import Ended
from tuimail.tui.screens.both_changed import BothChangedScreen
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.widgets.body_editor import BodyEditor
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row

RAW = "one\r\ntwo\nthree\x0c\u2028\n"
Write = Callable[[Path], Ended | Awaitable[Ended]]


class Editor:
    """Does to the file what a test says, in the place of a program."""

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.writes: list[Write | Exception] = []

    def saves(self, old: str, new: str, *, status: int = 0, seconds: float = 9) -> None:
        def write(path: Path) -> Ended:
            content = path.read_bytes()
            assert old.encode() in content
            path.write_bytes(content.replace(old.encode(), new.encode()))
            return Ended(status=status, seconds=seconds)

        self.writes.append(write)

    async def run(self, _app: TuimailApp, command: tuple[str, ...]) -> Ended:
        ended = self.edit(Path(command[-1]))
        return ended if isinstance(ended, Ended) else await ended

    def edit(self, path: Path) -> Ended | Awaitable[Ended]:
        self.opened.append(path.read_bytes().decode())
        write = self.writes.pop(0)
        if isinstance(write, Exception):
            raise write
        return write(path)


@pytest.fixture
def editor(monkeypatch: pytest.MonkeyPatch) -> Editor:
    made = Editor()
    monkeypatch.setattr(handing_over, "run", made.run)
    monkeypatch.setenv("EDITOR", "true")
    monkeypatch.delenv("VISUAL", raising=False)
    return made


def pane(stage: Stage) -> ComposeScreen:
    screen = stage.app.panes["compose"]
    assert isinstance(screen, ComposeScreen)
    return screen


def text(stage: Stage) -> str:
    return stage.one(BodyEditor, "#text-part").text


def left(desk: Desk) -> list[Path]:
    return sorted((desk.root / "lent").glob("*/mail.*"))


async def edit(stage: Stage, row: Row) -> None:
    stage.app.edit(row.id, back_to="")
    await stage.until(lambda: pane(stage).opened.id == row.id)
    await stage.settle()


@pytest.fixture
def row(desk: Desk) -> Row:
    with desk.open() as workspace:
        fields = Fields(to=("ana@example.net",), subject="Plan", text="x")
        draft = workspace.drafts.compose(fields)
        return workspace.drafts.new(replace(draft, body=Body(text=RAW)))


async def test_headers_and_body_come_back_and_are_stored(
    desk: Desk, editor: Editor, row: Row
) -> None:
    editor.saves("two", "2")
    editor.saves(
        "Cc: \nBcc: \n", "Cc: bob@example.net\nBcc: carol@, dora@example.net\n"
    )

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.press("f4")
        await stage.until(lambda: "\n2\n" in text(stage))
        await stage.press("f4")
        await stage.until(lambda: "carol@" in stage.one(Notice).text)
        typed = pane(stage).form.typed

    draft = desk.page(row.id).draft
    assert editor.opened[0] == (
        "From: Mara Lin <mara@work.example>\nTo: ana@example.net\nCc: \nBcc: \n"
        f"Subject: Plan\n\n{RAW}"
    )
    assert draft.body.text == RAW.replace("two", "2")
    assert [one.text for one in draft.cc] == ["bob@example.net"]
    assert [one.text for one in draft.bcc] == ["dora@example.net"]
    assert "carol@" in typed.bcc
    assert left(desk) == []


async def test_new_mail_is_written_in_the_editor_from_the_beginning(
    desk: Desk, editor: Editor
) -> None:
    desk.save("work", "home")
    editor.saves(
        "From: Mara Lin <mara@work.example>\nTo: ", "From: mara@home.example\nTo: a@b.c"
    )
    editor.saves("From: Mara Lin <mara@home.example>", "From: somebody@else.example")

    async with desk.show(start="compose") as stage:
        await stage.until_shown("work.example")
        await stage.press("f4")
        await stage.until(lambda: desk.rows("draft"))
        await stage.until(lambda: pane(stage).opened.id)
        await stage.press("f4")
        await stage.until_shown("no account sends as")

    draft = desk.only("draft").draft
    assert (draft.account, draft.sender.text) == ("home", "mara@home.example")
    assert [one.text for one in draft.to] == ["a@b.c"]


async def test_who_changes_nothing_has_nothing_stored(
    desk: Desk, editor: Editor, row: Row
) -> None:
    editor.saves("two", "two")
    editor.saves("two", "two", seconds=0.1)

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.press("f4")
        await stage.until(lambda: not left(desk))
        quiet = stage.one(Notice).text
        await stage.press("f4")
        await stage.until_shown("came back at once")

    assert quiet == ""
    assert desk.row(row.id).revision == 1


async def test_an_editor_that_failed_or_could_not_start_is_told(
    desk: Desk, editor: Editor, row: Row, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor.writes.append(ConfigurationError("The editor x cannot be started."))
    editor.saves("two", "two", status=1)
    editor.saves("two", "2", status=-11)
    editor.saves("2", "2")

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        monkeypatch.setenv("EDITOR", "no-such-editor")
        await stage.press("f4")
        await stage.until_shown("no such program")
        monkeypatch.setenv("EDITOR", "true")
        await stage.press("f4")
        await stage.until_shown("cannot be started")
        await stage.press("f4")
        await stage.until_shown("ended with an error")
        said = stage.one(Notice).text
        await stage.press("f4")
        await stage.until_shown("goes on with it")
        before = text(stage)
        await stage.press("f4")
        await stage.until(lambda: "\n2\n" in text(stage))

    assert "goes on" not in said
    assert "\ntwo\n" in before
    assert desk.page(row.id).draft.body.text == RAW.replace("two", "2")


async def test_what_cannot_be_told_is_kept_and_gone_on_with(
    desk: Desk, editor: Editor, row: Row
) -> None:
    editor.saves("Cc: ", "Enclose: x")
    editor.saves("Enclose: x", "Cc: ")
    editor.saves("two", "\0")

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.press("f4")
        await stage.until_shown("no header “Enclose”")
        await stage.press("f4")
        await stage.until(lambda: len(editor.opened) == 2)
        await stage.settle()
        await stage.press("f4")
        await stage.until_shown("mail cannot carry")

    assert "Enclose: x" in editor.opened[1]
    assert desk.row(row.id).revision == 1
    assert len(left(desk)) == 1


@pytest.mark.parametrize("key", ["f", "a", "escape"])
async def test_where_both_changed_one_is_chosen(
    desk: Desk, editor: Editor, row: Row, key: str
) -> None:
    def both(path: Path) -> Ended:
        path.write_bytes(path.read_bytes().replace(b"two", b"the editor's"))
        stage.one(BodyEditor, "#text-part").insert("the app's ")
        return Ended(status=0, seconds=9)

    editor.writes.append(both)
    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.press("f4")
        await stage.until(lambda: isinstance(stage.app.screen, BothChangedScreen))
        await stage.press("d")
        difference = stage.one(TextView, "#both").text
        await stage.press(key)
        await stage.until(lambda: stage.app.screen is pane(stage))
        await stage.settle()
        if key == "escape":
            await stage.until_shown("goes on with it")
        shown = text(stage)

    assert "- two\n+ the editor's" in difference
    assert shown.startswith("one" if key == "f" else "the app's one")
    assert ("the editor's" in shown) is (key == "f")
    assert len(left(desk)) == (1 if key == "escape" else 0)


async def test_another_mail_that_was_opened_meanwhile_is_not_written_over(
    desk: Desk, editor: Editor, row: Row
) -> None:
    other = desk.write(text="other")

    def late(path: Path) -> Awaitable[Ended]:
        path.write_bytes(path.read_bytes().replace(b"two", b"2"))
        return with_the_other_open()

    async def with_the_other_open() -> Ended:
        stage.app.edit(other.id, back_to="")
        await until(lambda: pane(stage).opened.id == other.id)
        return Ended(status=0, seconds=9)

    editor.writes.append(late)
    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.press("f4")
        await stage.until_shown("Another mail was opened")
        await edit(stage, row)
        await stage.until_shown("Your editor wrote into this mail")

    assert desk.page(other.id).draft.body.text == "other"


async def test_a_draft_in_review_is_changed_in_the_editor_too(
    desk: Desk, editor: Editor
) -> None:
    row = desk.hand_in(text="one")
    editor.saves("one", "two")

    async with desk.show() as stage:
        await stage.until_shown("Q3 report")
        await stage.press("E")
        await stage.until(lambda: desk.row(row.id).revision == 2)
        await stage.until(lambda: "two" in text(stage))
        stage.app.edit(row.id, back_to="")
        await stage.settle()

    assert len(editor.opened) == 1
    assert desk.page(row.id).draft.body.text == "two"


async def test_markdown_and_html_have_files_of_their_own_kind(
    desk: Desk, editor: Editor
) -> None:
    row = desk.write(text="", html="<p>one</p>")
    editor.saves("one", "two")

    async with desk.show(start="compose") as stage:
        await edit(stage, row)
        await stage.press("f4")
        await stage.until(lambda: desk.row(row.id).revision == 2)
        stage.app.write_new()
        await stage.settle()
        stage.one(BodyEditor, "#text-part").insert("**one**")
        await stage.press("alt+m")
        editor.saves("one", "two")
        await stage.press("f4")
        await stage.until(lambda: "**two**" in text(stage))
        marked = desk.page(pane(stage).opened.id).draft.body

    assert desk.page(row.id).draft.body.html == "<p>two</p>"
    assert "<strong>two</strong>" in marked.html


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"VISUAL": "true -x 'a b'", "EDITOR": "false"}, ("true", "-x", "a b")),
        ({"VISUAL": " ", "EDITOR": "false"}, ("false",)),
        ({}, ("vi",)),
    ],
)
def test_the_editor_is_the_one_of_the_environment(
    environ: dict[str, str],
    expected: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(handing_over, "EDITORS", ("no-such-editor", "vi"))
    found = {name: f"/bin/{name}" for name in ("true", "false", "vi")}
    monkeypatch.setattr(shutil, "which", lambda name, path: path or found.get(name))

    program, *arguments = handing_over.editor(environ)

    assert (Path(program).name, *arguments) == expected


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [
        ({"EDITOR": "no-such"}, "no such program"),
        ({"EDITOR": "vi 'x"}, "quotes do not match"),
        ({"PATH": "/nowhere"}, "There is no editor"),
    ],
)
def test_an_editor_that_cannot_be_used_is_named(
    environ: dict[str, str], sentence: str
) -> None:
    with pytest.raises(ConfigurationError, match=sentence) as caught:
        handing_over.editor(environ)

    assert "export" in caught.value.hint


class Lender:
    """An app as far as the terminal is concerned."""

    def __init__(self) -> None:
        self.is_lent = False
        self.said: list[str] = []

    def leave_at_once(self) -> None:
        self.said.append("leaves")

    @contextmanager
    def batch_update(self) -> Iterator[None]:
        self.said.append("still")
        yield
        self.said.append("drawn")

    @contextmanager
    def suspend(self) -> Iterator[None]:
        self.said.append("away")
        yield
        self.said.append("back")


async def until(is_so: Callable[[], object]) -> None:
    for _ in range(2_000):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError


@pytest.fixture
def lender() -> Any:
    return Lender()


@pytest.mark.parametrize(
    ("script", "status"),
    [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", -9), ("kill -STOP $$; exit 4", 4)],
)
async def test_it_is_told_how_an_editor_ended(
    lender: Any, monkeypatch: pytest.MonkeyPatch, script: str, status: int
) -> None:
    monkeypatch.setattr(handing_over, "LOOK_SECONDS", 0.01)

    ended = await handing_over.run(lender, ("/bin/sh", "-c", script))

    assert ended.status == status
    assert ended.was_at_once or ended.seconds >= 1
    assert lender.said == ["still", "away", "back", "drawn"]
    assert not lender.is_lent


async def test_signals_of_the_keyboard_are_not_heard_meanwhile(lender: Any) -> None:
    before = signal.getsignal(signal.SIGINT)

    ended = await handing_over.run(
        lender, ("/bin/sh", "-c", f"kill -INT {os.getpid()}")
    )

    assert ended.status == 0
    assert signal.getsignal(signal.SIGINT) is before


async def test_an_editor_that_cannot_be_started_gives_the_terminal_back(
    lender: Any, tmp_path: Path
) -> None:
    with pytest.raises(ConfigurationError, match="cannot be started"):
        await handing_over.run(lender, (str(tmp_path),))

    assert lender.said[-2:] == ["back", "drawn"]


async def test_an_app_that_ends_ends_the_editor_first(
    lender: Any, tmp_path: Path
) -> None:
    file = tmp_path / "saved"
    script = (
        f"trap 'echo saved >{file}; exit' HUP; echo ready >{file}; "
        "while :; do sleep 0.01; done"
    )
    running = asyncio.ensure_future(handing_over.run(lender, ("/bin/sh", "-c", script)))
    await until(lambda: file.exists() and file.read_text())

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert file.read_text() == "saved\n"
    assert "back" not in lender.said


async def test_a_terminal_that_is_gone_is_not_drawn_upon(
    lender: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wrote to it would wait for ever; the app ends instead."""
    answers = [True, False]
    monkeypatch.setattr(handing_over, "_is_there", lambda: answers.pop(0))
    running = asyncio.ensure_future(handing_over.run(lender, ("true",)))
    await until(lambda: not answers)

    done, _ = await asyncio.wait({running}, timeout=0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert not done
    assert lender.said == ["still", "away", "leaves"]
