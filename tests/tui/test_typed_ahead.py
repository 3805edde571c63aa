"""Keys pressed before their place is there: none is lost, and none lands elsewhere."""

from collections.abc import Awaitable, Callable
from functools import partial

from textual import events
from textual.app import App, ComposeResult
from textual.keys import key_to_character
from textual.pilot import Pilot
from textual.widgets import Input, Static

from tests.tui.conftest import Desk, Stage
from tuimail.tui.screens.comment import CommentScreen
from tuimail.tui.typed_ahead import TypedAhead
from tuimail.tui.widgets.body_editor import BodyEditor


class Host(App[None]):
    """Two fields, and keys that are handed on as in tuimail."""

    def __init__(self) -> None:
        super().__init__()
        self.late: list[bool] = []
        self.waits: list[Callable[[], Awaitable[None]]] = []
        self.ahead = TypedAhead(
            self,
            hand_on=super().on_event,
            handles=self.late.append,
            wait=lambda _seconds, then: self.waits.append(then),
        )

    def compose(self) -> ComposeResult:
        yield Input(id="one")
        yield Static()
        yield Input(id="two")

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.ahead.take(event)
        else:
            await super().on_event(event)

    @property
    def values(self) -> tuple[str, ...]:
        return tuple(one.value for one in self.query(Input))


def burst(app: App[None] | App[int], *keys: str) -> None:
    """Post keys as a terminal does that has them all at once."""
    for key in keys:
        app.post_message(events.Key(key, key_to_character(key)))


async def test_text_lands_in_the_field_that_the_keys_before_it_go_to() -> None:
    host = Host()
    async with host.run_test() as pilot:
        burst(host, "a", "tab", "b", "shift+tab", "end", "c", "tab", "end", "d")
        host.post_message(events.Paste("e"))
        await pilot.pause()

        assert host.values == ("ac", "bde")


async def test_what_waits_for_an_answer_comes_in_order_and_counts_as_late() -> None:
    host = Host()
    async with host.run_test() as pilot:
        first, second = host.ahead.hold(), host.ahead.hold()
        burst(host, "tab", "b")
        await pilot.pause()
        held = (host.ahead.count, host.values)
        first()
        first()
        await pilot.pause()
        still_held = host.ahead.count
        second()
        await pilot.pause()
        burst(host, "tab")
        await pilot.pause()

        assert held == (2, ("", ""))
        assert still_held == 2
        assert host.values == ("", "b")
        assert host.late == [True, False]


async def test_keys_wait_for_no_answer_that_never_comes() -> None:
    """The first that waits is timed, and what waits after it again."""
    host = Host()
    async with host.run_test() as pilot:
        host.ahead.hold()
        burst(host, "tab", "b")
        await pilot.pause()
        await run_out(host, pilot)
        typed = host.values
        host.ahead.hold()
        burst(host, "c")
        await pilot.pause()
        await run_out(host, pilot, number=0)
        kept_back = host.values
        await run_out(host, pilot)
        released = host.values
        host.ahead.hold()
        burst(host, "d")
        host.ahead.let_go()
        await pilot.pause()

        assert typed == ("", "b")
        assert kept_back == typed
        assert released == ("", "bc")
        assert host.values == ("", "bcd")
        assert not host.ahead.is_acting


async def run_out(host: Host, pilot: Pilot[None], *, number: int = -1) -> None:
    """Let a wait for a key be over."""
    host.call_later(host.waits[number])
    await pilot.pause()


async def test_a_key_whose_place_is_gone_is_done() -> None:
    host = Host()
    async with host.run_test() as pilot:
        host.query_one("#one").focus()
        await pilot.pause()
        burst(host, "escape")
        host.call_later(partial(host.query_one("#one").remove))
        burst(host, "tab", "b")
        await pilot.pause()

        assert host.values == ("b",)


async def test_nothing_typed_ahead_is_lost_or_lands_elsewhere(desk: Desk) -> None:
    """Each place is asked for and typed into at once."""
    desk.write(subject="Mine", text="my own")
    desk.hand_in(subject="Theirs")
    async with desk.show(size=(100, 30)) as stage:
        await at_once(stage, "C", "enter", *"hasty")
        assert isinstance(stage.app.screen, CommentScreen)
        assert "hasty" in stage.text
        await stage.press("escape")

        await at_once(stage, "f3", "e", *"Dear ")
        assert stage.one(BodyEditor, "#text-part").text.startswith("Dear my own")

        await at_once(
            stage, "escape", "m", *"bob@b.example", "tab", "tab", "tab", *"Hi"
        )
        form = stage.app.writing.form
        assert (form.typed.to, form.typed.subject) == ("bob@b.example", "Hi")
        assert form.typed.text.strip() == ""

        await at_once(stage, "escape", "1", "a", "y")
        await stage.until_shown("Too quick")
        assert stage.app.current_mode == "review"
        assert len(stage.app.screen_stack) == 1

    assert {row.subject for row in desk.rows("review")} == {"Theirs"}
    assert {row.subject for row in desk.rows("draft")} == {"Mine", "Hi"}


async def at_once(stage: Stage, *keys: str) -> None:
    """Press keys faster than anything can be shown."""
    burst(stage.app, *("space" if key == " " else key for key in keys))
    await stage.pilot.pause()
    await stage.settle()


async def test_a_click_is_not_done_while_keys_before_it_still_act() -> None:
    down = events.MouseDown(
        None, 1, 1, delta_x=0, delta_y=0, button=1, shift=False, meta=False, ctrl=False
    )
    up = events.MouseUp(
        None, 1, 1, delta_x=0, delta_y=0, button=1, shift=False, meta=False, ctrl=False
    )
    host = Host()
    async with host.run_test() as pilot:
        let_go = host.ahead.hold()
        early = host.ahead.lets_click(down)
        let_go()
        await pilot.pause()
        end_of_early = host.ahead.lets_click(up)
        later = host.ahead.lets_click(down), host.ahead.lets_click(up)

        assert (early, end_of_early) == (False, False)
        assert later == (True, True)
