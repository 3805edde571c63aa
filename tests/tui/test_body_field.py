"""The body that is being written: found, replaced and wrapped, or too long for it."""

from collections.abc import AsyncIterator

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tuimail.tui import editing
from tuimail.tui.widgets.body_editor import BodyEditor
from tuimail.tui.widgets.body_field import BodyField
from tuimail.tui.widgets.find_line import FindLine

TEXT = "The report on reports.\n\n> a Report, quoted\n\nreport\n"


class Host(App[None]):
    """A body and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def compose(self) -> ComposeResult:
        yield BodyField(id="bodies")

    def on_mount(self) -> None:
        self.field.show("text")
        self.editor.load(TEXT)
        self.editor.focus()

    @property
    def field(self) -> BodyField:
        return self.query_one(BodyField)

    @property
    def editor(self) -> BodyEditor:
        return self.field.editor

    @property
    def line(self) -> FindLine:
        return self.field.find_line

    @property
    def state(self) -> str:
        return str(self.query_one("#find-state", Static).content)

    def on_body_editor_complained(self, message: BodyEditor.Complained) -> None:
        self.said.append(message.sentence)


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with Host().run_test(size=(70, 12)) as pilot:
        await pilot.pause()
        yield pilot


@pytest.fixture
def host(pilot: Pilot[None]) -> Host:
    assert isinstance(pilot.app, Host)
    return pilot.app


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


async def test_words_are_found_while_they_are_typed(
    pilot: Pilot[None], host: Host
) -> None:
    await pilot.press("ctrl+f", *"rep")
    first = (host.editor.selected_text, host.state)
    await pilot.press("enter", "enter", "enter")
    last = (host.editor.selection.start, host.state)
    await pilot.press("enter")
    round_ = host.state
    await pilot.press("up", "up")
    back = host.state
    await pilot.press("escape")

    assert first == ("rep", "1 of 4")
    assert last == ((4, 0), "4 of 4")
    assert (round_, back) == ("1 of 4", "3 of 4")
    assert host.focused is host.editor
    assert host.editor.selected_text == "Rep"
    assert not host.line.is_open
    assert host.editor.found == ()


async def test_capitals_and_whole_words_can_be_told_apart(
    pilot: Pilot[None], host: Host
) -> None:
    await pilot.press("ctrl+f", *"report", "alt+c")
    exact = host.state
    await pilot.press("alt+w")
    both = host.state
    await pilot.press(*"ed")

    assert exact == "1 of 3 · exact case"
    assert both == "1 of 2 · exact case · whole words"
    assert host.state == "not found · exact case · whole words"


async def test_one_place_is_replaced_after_another(
    pilot: Pilot[None], host: Host
) -> None:
    await pilot.press("ctrl+r", *"report", "ctrl+r", *"paper", "enter")
    once = host.editor.text
    await pilot.press("down", "enter")
    await pilot.press("escape", "ctrl+z")

    assert once == TEXT.replace("report", "paper", 1)
    assert host.editor.text == once


async def test_where_nothing_was_found_nothing_is_replaced(
    pilot: Pilot[None], host: Host
) -> None:
    await pilot.press("ctrl+r", *"zzz", "tab", "x", "enter")
    one = host.state
    await pilot.press("alt+a")

    assert host.editor.text == TEXT
    assert (one, host.state) == ("not found", "0 places replaced")


async def test_all_places_are_replaced_as_one_step(
    pilot: Pilot[None], host: Host
) -> None:
    await pilot.press("ctrl+r", *"report", "tab", *"reporter", "alt+a")
    made, state = host.editor.text, host.state
    await pilot.press("escape", "ctrl+z")

    assert made == TEXT.replace("report", "reporter").replace("Report", "reporter")
    assert state == "4 places replaced"
    assert host.editor.text == TEXT


async def test_what_is_selected_is_looked_for(pilot: Pilot[None], host: Host) -> None:
    host.editor.move_cursor((2, 2))
    await pilot.press(*["shift+right"] * 8, "ctrl+f")

    assert host.query_one("#find-words", Input).value == "a Report"
    assert host.state == "1 of 1"


async def test_the_other_part_is_not_searched_any_more(
    pilot: Pilot[None], host: Host
) -> None:
    await pilot.press("ctrl+f", *"rep")
    host.field.show("html")
    await pilot.pause()

    assert not host.line.is_open
    assert host.query_one("#text-part", BodyEditor).found == ()


async def test_a_paragraph_is_wrapped_and_its_quotes_stay(
    pilot: Pilot[None], host: Host
) -> None:
    words = "word " * 20
    host.editor.load(f"one\n\n> {words}\n\ntwo {words}")
    host.editor.move_cursor((2, 10))
    await pilot.press("alt+q")
    lines = host.editor.text.split("\n")
    await pilot.press("ctrl+z")

    assert lines[2] == "> " + ("word " * 14).strip()
    assert lines[3] == "> " + ("word " * 6).strip()
    assert lines[5].startswith("two word")
    assert host.editor.text == f"one\n\n> {words}\n\ntwo {words}"


async def test_wrapping_what_is_wrapped_says_so(pilot: Pilot[None], host: Host) -> None:
    await pilot.press("alt+q")

    assert host.said == ["Nothing here has to be wrapped anew."]


async def test_what_is_selected_is_wrapped_up_to_its_last_line(
    pilot: Pilot[None], host: Host
) -> None:
    host.editor.load("a\nb\n\nc\nd\n\ne\nf")
    host.editor.move_cursor((0, 0))
    host.editor.move_cursor((5, 0), select=True)
    await pilot.press("alt+q")

    assert host.editor.text == "a b\n\nc d\n\ne\nf"


@pytest.mark.parametrize(
    "text", ["x" * (editing.LONGEST_LINE + 1), "line\n" * (editing.LONGEST_BODY // 4)]
)
async def test_what_is_too_long_is_shown_in_part_and_kept_whole(
    pilot: Pilot[None], host: Host, text: str
) -> None:
    host.editor.load(text)
    await paste(pilot, "pasted")
    await pilot.press("x", "alt+q", "ctrl+r", "l", "tab", "alt+a")

    assert host.editor.content == text
    assert host.editor.is_too_long
    assert len(host.editor.text) < 25_000
    assert host.editor.text.endswith("in all; the rest is not shown here.")
    assert host.state == "it cannot be edited here"


async def test_a_paste_that_is_too_long_is_refused_with_what_to_do(
    pilot: Pilot[None], host: Host
) -> None:
    await paste(pilot, "x" * (editing.LONGEST_LINE + 1))

    assert host.editor.text == TEXT
    assert "50 kB" in host.said[0]
    assert "attach it" in host.said[0]


async def test_a_paste_shows_what_could_act_and_splits_no_line_for_it(
    pilot: Pilot[None], host: Host
) -> None:
    host.editor.load("")
    await paste(pilot, "a\r\nb\rc\x0cd\x1b[2J\u2028e")

    assert host.editor.text == "a\nb\nc\u240cd\u241b[2J\u2039U+2028\u203ae"


async def test_quotes_links_and_markdown_have_their_looks(
    pilot: Pilot[None], host: Host
) -> None:
    host.editor.load("> quoted\n# Head\nsee https://example.org/a, **now**")

    def looks() -> list[int]:
        return [len(host.editor.get_line(row).spans) for row in range(3)]

    plain = looks()
    host.editor.mark_markdown(is_markdown=True)

    assert plain == [1, 0, 1]
    assert looks() == [1, 1, 2]
