"""A pilot waits for whoever has something to do, and for nobody else."""

import asyncio

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import WaitForScreenTimeout
from textual.widget import Widget
from textual.widgets import Static

from tests.tui.quick import caught_up, is_idle


class Reader(Widget):
    """Takes what is pasted once it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may_take = asyncio.Event()
        self.taken: list[str] = []

    async def on_paste(self, event: events.Paste) -> None:
        await self.may_take.wait()
        self.taken.append(event.text)


class Desk(App[None]):
    def compose(self) -> ComposeResult:
        yield Reader()
        yield Static("beside it")


async def test_what_a_widget_began_and_what_it_was_told_meanwhile_are_waited_for() -> (
    None
):
    async with Desk().run_test() as pilot:
        reader = pilot.app.query_one(Reader)
        reader.post_message(events.Paste("one"))
        await asyncio.sleep(0)
        reader.post_message(events.Paste("two"))
        waiting = asyncio.create_task(caught_up(pilot))
        with pytest.raises(WaitForScreenTimeout):
            await caught_up(pilot, timeout=0.01)
        before = (list(reader.taken), waiting.done())
        reader.may_take.set()
        is_done = await waiting

    assert before == ([], False)
    assert is_done
    assert reader.taken == ["one", "two"]


async def test_only_who_has_done_everything_is_idle() -> None:
    async with Desk().run_test() as pilot:
        await caught_up(pilot)
        reader, other = pilot.app.query_one(Reader), pilot.app.query_one(Static)
        idle = is_idle(reader)
        reader.post_message(events.Paste("one"))
        told = is_idle(reader)
        await asyncio.sleep(0)
        begun = is_idle(reader)
        beside = is_idle(other)
        reader.may_take.set()
        await caught_up(pilot)
        done = is_idle(reader)

    assert (idle, told, begun, done) == (True, False, False, True)
    assert beside
