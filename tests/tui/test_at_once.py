"""What a key changes is drawn at once: what a terminal shows then is what is so."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyte
import pytest
from textual._compositor import CompositorUpdate
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.screen import Screen

from tests.tui.conftest import NOW, Desk, Ticks
from tuimail.tui.guard import Guard
from tuimail.tui.widgets import at_once, layouts
from tuimail.tui.widgets.layouts import Card, Columns, DayColumns, Layout
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.workspace.views import Row

WIDTH = 140
BAR = WIDTH - 1
"""Where the scroll bar stands, which is drawn a moment later."""
COLUMNS = (layouts.WHEN, layouts.STATUS, layouts.TO, layouts.SUBJECT)


class List(App[None]):
    """A list on a terminal, which draws what it is told and nothing else."""

    CSS = "MailTable { height: 12; }"

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self.terminal = pyte.Screen(WIDTH, 24)
        self._stream = pyte.Stream(self.terminal)
        self.table = MailTable(
            layout, guard=Guard(Ticks()), now=lambda: NOW, empty="Nothing."
        )

    def compose(self) -> ComposeResult:
        yield self.table

    def _display(self, screen: Screen[Any], renderable: object) -> None:
        del screen
        if isinstance(renderable, CompositorUpdate):
            self._stream.feed(renderable.render_segments(self.console))

    @property
    def shown(self) -> list[str]:
        """What the terminal shows."""
        return [line.rstrip() for line in self.terminal.display[:12]]

    @property
    def meant(self) -> list[str]:
        """What it should show, with every line made anew."""
        self.table.refresh()
        strips = self.screen._compositor.render_strips()
        lines = ("".join(segment.text for segment in strip) for strip in strips)
        return [line.rstrip() for line in lines][:12]


@asynccontextmanager
async def listing(layout: Layout, rows: list[Row]) -> AsyncIterator[Pilot[None]]:
    app = List(layout)
    async with app.run_test(notifications=True, size=(WIDTH, 24)) as pilot:
        app.table.focus()
        app.table.show(rows)
        await pilot.pause()
        yield pilot


def app_of(pilot: Pilot[None]) -> List:
    assert isinstance(pilot.app, List)
    return pilot.app


@pytest.fixture
def rows(desk: Desk) -> list[Row]:
    """Mails of some days, a few on each."""
    row = desk.write()
    return [
        replace(
            row,
            id=f"id{number}",
            subject=f"mail {number}",
            updated_at=NOW - timedelta(hours=5 * number),
        )
        for number in range(90)
    ]


@pytest.mark.parametrize(
    "layout",
    [Card(usual="review"), Columns(COLUMNS), DayColumns(COLUMNS)],
    ids=lambda one: type(one).__name__,
)
async def test_wherever_somebody_goes_the_terminal_shows_what_is_there(
    layout: Layout, rows: list[Row]
) -> None:
    chance = random.Random(7)
    async with listing(layout, rows) as pilot:
        app = app_of(pilot)
        for _ in range(40):
            for _ in range(chance.randint(0, 3)):
                await step(pilot, chance)
            app.table.action_move(chance.choice((1, -1)))
            shown = [line[:BAR].rstrip() for line in app.shown]
            assert shown == [line[:BAR].rstrip() for line in app.meant]
            await pilot.pause()
            app.table.scroll_relative(y=chance.choice((1, -1)), animate=False)
            await pilot.pause()
            assert app.shown == app.meant
            await pilot.pause()


async def step(pilot: Pilot[None], chance: random.Random) -> None:
    """Go somewhere, mark something, or scroll."""
    table = app_of(pilot).table
    table.action_move(chance.choice((1, 1, 1, -1, -1, 4, -3, 20, -20)))
    if chance.random() < 0.2:
        table.mark_selected()
    if chance.random() < 0.2:
        table.scroll_relative(y=chance.randint(-5, 5), animate=False)
    if chance.random() < 0.5:
        await pilot.pause()


async def test_the_selection_is_on_the_terminal_before_anything_else_is_done(
    rows: list[Row],
) -> None:
    async with listing(Columns(COLUMNS), rows) as pilot:
        app = app_of(pilot)
        before = app.shown
        app.table.action_move(1)
        after = app.shown

    assert "▸" in before[1]
    assert "▸" not in after[1]
    assert "▸" in after[2]


async def test_what_stands_in_front_is_not_drawn_over(rows: list[Row]) -> None:
    async with listing(Columns(COLUMNS), rows) as pilot:
        app = app_of(pilot)
        app.notify("Something was done.", timeout=60)
        await pilot.pause()
        (toast,) = app.screen.query("Toast")
        app.table.styles.height = 24
        await pilot.pause()
        app.table.action_move_to_bottom()
        await pilot.pause()
        line = app.terminal.display[toast.region.y + 1]

    assert "Something was done." in line


async def test_a_list_below_a_dialog_is_left_alone(rows: list[Row]) -> None:
    async with listing(Columns(COLUMNS), rows) as pilot:
        app = app_of(pilot)
        app.push_screen(Screen())
        await pilot.pause()
        before = app.terminal.display[:]
        app.table.action_move(1)
        at_once.draw(app.table)

        assert app.terminal.display == before


async def test_a_list_that_has_no_place_is_drawn_when_it_gets_one(
    rows: list[Row],
) -> None:
    async with listing(Columns(COLUMNS), rows) as pilot:
        app = app_of(pilot)
        app.table.display = False
        await pilot.pause()
        app.table.action_move(3)
        app.table.display = True
        await pilot.pause()

        assert app.shown == app.meant
        assert any("▸" in line for line in app.shown)
