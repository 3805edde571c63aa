"""An editor that draws only what a key changed shows what one shows that draws all."""

import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pyte
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from tuimail.tui.hits import Search
from tuimail.tui.widgets.body_editor import BodyEditor

WIDTH, HEIGHT = 60, 16
BAR = WIDTH - 3
"""Where the scroll bar stands, which is drawn a moment later."""
LINE = "> what you (all of you) asked for is at https://example.net/a [b]"
BODY = "\n".join(
    [LINE, "", "a longer one " * 12, "# heading", "wrogn", "wide 漢字 text\tx"] * 4
)
KEYS = (
    *("x", "é", "漢", "space", "enter", "(", ")", "tab"),
    *("backspace", "delete", "ctrl+w", "ctrl+k", "ctrl+z"),
    *("left", "right", "up", "down", "home", "end", "pageup", "pagedown"),
    *("shift+left", "shift+right", "shift+down", "shift+up", "shift+end"),
)  # fmt: skip


class Editor(App[None]):
    """An editor on a terminal, which draws what it is told and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.terminal = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.Stream(self.terminal)
        self.body = BodyEditor(id="body")
        self.frames = 0
        """How often something was drawn."""

    def compose(self) -> ComposeResult:
        yield self.body

    def _display(self, screen: Screen[Any], renderable: object) -> None:
        del screen
        if isinstance(renderable, CompositorUpdate):
            self.frames += 1
            self._stream.feed(renderable.render_segments(self.console))

    @property
    def shown(self) -> list[list[Any]]:
        """What the terminal shows, with its colours."""
        return cells(self.terminal)

    @property
    def meant(self) -> list[list[Any]]:
        """What it should show, with every line made anew."""
        self.body.refresh()
        other = pyte.Screen(WIDTH, HEIGHT)
        update = self.screen._compositor.render_update(full=True)
        assert isinstance(update, CompositorUpdate)
        pyte.Stream(other).feed(update.render_segments(self.console))
        return cells(other)


def cells(terminal: pyte.Screen) -> list[list[Any]]:
    return [
        [terminal.buffer[y][x] for x in range(BAR)] for y in range(terminal.lines - 1)
    ]


@asynccontextmanager
async def writing(text: str = BODY) -> AsyncIterator[tuple[Editor, Pilot[None]]]:
    app = Editor()
    async with app.run_test(size=(WIDTH, HEIGHT)) as pilot:
        app.body.load(text)
        app.body.cursor_blink = False
        app.body.focus()
        await pilot.pause()
        yield app, pilot


async def press(pilot: Pilot[None], keys: Iterable[str]) -> None:
    for key in keys:
        await pilot.press(key)


async def test_whatever_is_typed_the_terminal_shows_what_is_there() -> None:
    chance = random.Random(3)
    async with writing() as (app, pilot):
        app.body.mark_wrong(frozenset({"wrogn"}))
        for turn in range(120):
            if turn == 40:
                app.body.mark_markdown(is_markdown=True)
            if turn == 80:
                app.body.look_for(Search(words="long"))
            await press(pilot, chance.choices(KEYS, k=chance.randint(1, 3)))
            await pilot.pause()

            assert app.shown == app.meant
            await pilot.pause()


async def test_a_letter_is_on_the_terminal_before_anything_else_is_done() -> None:
    async with writing("Hello") as (app, pilot):
        app.body.move_cursor((0, 5))
        await pilot.pause()
        frames = app.frames
        app.body._replace_via_keyboard("!", (0, 5), (0, 5))
        line = app.terminal.display[0]

    assert line.strip() == "Hello!"
    assert app.frames == frames + 1


async def test_a_letter_makes_its_own_lines_anew_and_no_others() -> None:
    async with writing() as (app, pilot):
        before = dict(app.body._shown)
        app.body._replace_via_keyboard("x", (1, 0), (1, 0))
        await pilot.pause()
        after = app.body._shown

    assert [y for y in before if before[y] is not after[y]] == [0, 2]


async def test_a_letter_makes_no_line_anew_that_the_row_goes_on_from() -> None:
    async with writing("several words " * 20) as (app, pilot):
        end = app.body.document.end
        app.body.move_cursor(end)
        before = dict(app.body._shown)
        app.body._replace_via_keyboard("x", end, end)
        await pilot.pause()
        after = app.body._shown

    assert [y for y in before if before[y] is not after[y]] == [4]


async def test_what_looks_otherwise_in_another_theme_is_made_anew() -> None:
    async with writing() as (app, pilot):
        before = app.shown
        app.theme = "textual-light"
        await pilot.pause()
        await pilot.press("x")
        await pilot.pause()

        assert app.shown != before
        assert app.shown == app.meant
