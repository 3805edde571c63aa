"""Misspelt words are counted while one writes, and gone through when one asks."""

from pathlib import Path

import pytest
from textual.app import App, ComposeResult

from tests.tui.conftest import Desk, Stage
from tuimail.tui.screens import body_pane
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.spelling import Dictionary
from tuimail.tui.widgets.body_editor import BodyEditor
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.proof_view import ProofView
from tuimail.tui.widgets.spelling_line import SpellingLine

HUNSPELL = """#!/bin/sh
if [ "$1" = -a ]; then
  cat >/dev/null; echo "& teh 2 1: the, eh"
else
  grep -E "^(recieve|teh|Novak|endd)$"
fi
exit 0
"""
TEXT = "I recieve teh letter.\n\nteh mail of Novak\n\n> teh quote\n\nendd\n"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_pane, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(body_pane, "PROOF_SECONDS", 0.02)


@pytest.fixture
def hunspell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "bin"
    folder.mkdir()
    path = folder / "hunspell"
    path.write_text(HUNSPELL)
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return path


def line(stage: Stage) -> SpellingLine:
    return stage.one(SpellingLine)


def shown(stage: Stage) -> str:
    return "".join(piece.text for piece in line(stage).pieces())


def editor(stage: Stage) -> BodyEditor:
    return stage.one(BodyEditor, "#text-part")


async def write(stage: Stage, text: str = TEXT) -> None:
    editor(stage).focus()
    editor(stage).insert(text)
    editor(stage).move_cursor((0, 0))
    await stage.settle()


@pytest.mark.usefixtures("hunspell")
async def test_words_are_gone_through_one_after_the_other(desk: Desk) -> None:
    async with desk.show(start="compose", size=(130, 40)) as stage:
        await write(stage)
        await stage.until_shown("5 misspelt")
        await stage.until_shown("text.spelling: Not in the dictionary: recieve, teh")
        await stage.press("f7")
        await stage.until(lambda: "1 the" in shown(stage))
        first = (shown(stage).split(), editor(stage).selected_text)
        await stage.press("n")
        await stage.until(lambda: "2 of 5" in shown(stage) and "1 the" in shown(stage))
        await stage.press("1")
        await stage.until(lambda: "2 of 4" in shown(stage) and "1 the" in shown(stage))
        replaced = editor(stage).text
        await stage.press("9", "i")
        await stage.until(lambda: "Novak 2 of 3" in " ".join(shown(stage).split()))
        await stage.press("a")
        await stage.until(lambda: "endd 2 of 2" in " ".join(shown(stage).split()))
        await stage.press("N")
        await stage.until(lambda: "recieve 1 of 2" in " ".join(shown(stage).split()))
        await stage.press("escape")
        closed = (line(stage).is_open, stage.app.focused is editor(stage))
        await stage.press("ctrl+z")
        undone = editor(stage).text
        await stage.until(lambda: (desk.config.with_name("words.txt")).exists())

    assert first[0][:4] == ["recieve", "1", "of", "5"]
    assert first[1] == "recieve"
    assert replaced == TEXT.replace("teh", "the", 1)
    assert closed == (False, True)
    assert undone == TEXT
    assert desk.config.with_name("words.txt").read_text() == "Novak\n"


@pytest.mark.usefixtures("hunspell")
async def test_the_last_word_closes_the_line(desk: Desk) -> None:
    desk.config.with_name("words.txt").write_text("recieve\nNovak\nendd\n")

    async with desk.show(start="compose") as stage:
        await write(stage, "teh end")
        await stage.press("f7")
        await stage.until(lambda: "1 of 1" in shown(stage) and "1 the" in shown(stage))
        await stage.press("1")
        await stage.until_shown("No word is misspelt")
        is_open = line(stage).is_open
        text = editor(stage).text
        await stage.press("alt+o")
        await stage.press("f7")
        await stage.until(
            lambda: "HTML part is not looked at" in stage.one(Notice).text
        )

    assert not is_open
    assert text == "the end"


async def test_who_asks_is_told_why_the_spelling_is_not_looked_at(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    async with desk.show(start="compose") as stage:
        await write(stage)
        unasked = stage.one(Notice).text
        await stage.press("f7")
        await stage.until(lambda: "is not installed" in stage.one(Notice).text)
        text = editor(stage).text

    assert unasked == ""
    assert text == TEXT


async def test_spelling_can_be_switched_off(desk: Desk) -> None:
    desk.configure('[compose]\nspelling = "off"\n')

    async with desk.show(start="compose", size=(130, 40)) as stage:
        await write(stage)
        await stage.press("f7")
        await stage.until(lambda: "is “off”" in stage.one(Notice).text)
        screen = stage.app.panes["compose"]
        assert isinstance(screen, ComposeScreen)
        proof = stage.one(ProofView)

    assert screen._speller.count == 0
    assert proof._added == ()


@pytest.mark.usefixtures("hunspell")
async def test_a_word_that_is_not_there_any_more_is_not_written_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(body_pane, "LOOK_SECONDS", 600)
    async with desk.show(start="compose") as stage:
        await write(stage, "teh one, teh other")
        await stage.press("f7")
        await stage.until(lambda: "1 of 2" in shown(stage) and "1 the" in shown(stage))
        editor(stage).insert("now ", (0, 0))
        await stage.press("1")
        await stage.until(lambda: "1 of 2" in shown(stage) and "1 the" in shown(stage))
        moved = editor(stage).text
        editor(stage).load("teh end")
        line(stage).action_learn()
        await stage.until(lambda: "1 of 1" in shown(stage))

    assert moved == "now teh one, teh other"
    assert not desk.config.with_name("words.txt").exists()


class Words(App[None]):
    """The line and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield SpellingLine(id="spelling")

    def on_spelling_line_chosen(self, message: SpellingLine.Chosen) -> None:
        self.said.append(message.text)


async def test_a_suggestion_is_taken_by_the_mouse_and_shown_whole_or_not_at_all() -> (
    None
):
    app = Words()
    async with app.run_test(size=(34, 3)) as pilot:
        line = app.query_one(SpellingLine)
        line.ask("teh", place=1, number=2)
        await pilot.pause()
        asked = "".join(one.text for one in line.pieces())
        line.suggest("other", ("not this",))
        line.suggest("teh", ())
        nothing = "".join(one.text for one in line.pieces())
        line.suggest("teh", ("the", "eh", "t eh", "tea"))
        await pilot.pause()
        shown = "".join(one.text for one in line.pieces())
        await pilot.click(SpellingLine, offset=(2, 0))
        await pilot.click(SpellingLine, offset=(24, 0))
        await pilot.press("9")

    assert asked.split() == ["teh", "1", "of", "2"]
    assert nothing.endswith("nothing like it is known")
    assert shown.split()[4:] == ["1", "the", "2", "eh"]
    assert app.said == ["eh"]


def test_words_that_were_asked_about_are_not_asked_again() -> None:
    known = Dictionary(right=frozenset({"one"}))

    known.answered(frozenset({"two", "teh"}), frozenset({"teh"}))
    known.accept("teh")

    assert known.unknown({"one", "two", "teh", "new"}) == {"new"}
    assert known.wrong == frozenset()
