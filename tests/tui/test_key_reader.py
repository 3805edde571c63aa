"""Counts and chords: what keys mean together, and what when nothing follows."""

from collections.abc import Awaitable, Callable
from typing import ClassVar, cast

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.keys import key_to_character
from textual.pilot import Pilot
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from tuimail.tui.key_reader import KeyReader
from tuimail.tui.keys import strokes


class Board(Widget, can_focus=True):
    """Has motions, chords, and keys that are both."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "go(1)"),
        Binding("G", "go_to_bottom"),
        Binding("K", "go(-2)"),
        Binding("g g,home", "note('top')"),
        Binding("right_square_bracket f", "note('finding')"),
        Binding("r a", "note('all')"),
        Binding("r", "note('reply')"),
        Binding("a", "note('approve')"),
        Binding("ctrl+x ctrl+s", "note('save')"),
        Binding("ctrl+x", "note('cut')"),
        Binding("x y z", "note('long')"),
        Binding("o f", "note('off')"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return parameters != ("off",)

    def action_go(self, count: int) -> None:
        cast("Host", self.app).happened.append(f"go {count}")

    def action_go_to_bottom(self) -> None:
        cast("Host", self.app).happened.append("go to the bottom")

    def action_go_to_line(self, number: int) -> None:
        cast("Host", self.app).happened.append(f"go to line {number}")

    def action_note(self, what: str) -> None:
        cast("Host", self.app).happened.append(what)


class Host(App[None]):
    """An app with nothing but the reader, a board, and a field."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("3", "pane"),
        Binding("ctrl+b", "note('bold')", priority=True),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.happened: list[str] = []
        self.pilot: Pilot[None]
        self.held: list[str] = []
        self.waits: list[Callable[[], Awaitable[None]]] = []
        self.reader = KeyReader(
            self,
            pass_on=self._pass_on,
            wait=self._wait,
            show=self.held.append,
            disarm=lambda: self.happened.append("disarmed"),
            put_back=lambda event: self.call_later(self.on_event, event),
        )
        self.reader.beginnings = frozenset({"g", "]", "r", "ctrl+x", "x", "o"})

    def compose(self) -> ComposeResult:
        yield Board()
        yield Input()

    def on_mount(self) -> None:
        self.query_one(Board).focus()

    async def on_event(self, event: events.Event) -> None:
        if (
            not isinstance(event, events.Key)
            or event.is_forwarded
            or not await self.reader.takes(event)
        ):
            await super().on_event(event)

    async def _pass_on(self, event: events.Key) -> None:
        await super().on_event(event)

    def _wait(
        self, seconds: float, then: Callable[[], Awaitable[None]]
    ) -> Callable[[], None]:
        assert seconds > 0
        self.waits.append(then)
        return lambda: None

    def action_pane(self) -> None:
        self.happened.append("pane 3")

    def action_note(self, what: str) -> None:
        self.happened.append(what)


async def press(host: Host, text: str) -> None:
    """Press the strokes of ``text``; ``…`` lets the last wait run out."""
    for stroke in text.split():
        if stroke == "…":
            await host.waits[-1]()
        else:
            await host.on_event(events.Key(stroke, key_to_character(stroke)))
        await host.animator.wait_until_complete()
        await host.pilot.pause()


STORIES = [
    ("j", ["go 1"]),
    ("5 j", ["go 5"]),
    ("1 2 j", ["go 12"]),
    ("G", ["go to the bottom"]),
    ("5 G", ["go to line 5"]),
    ("1 G", ["go to line 1"]),
    ("3 K", ["go -6"]),
    ("9 9 9 9 9 9 9 j", ["go 99999"]),
    ("1 0 j", ["go 10"]),
    ("g g", ["top"]),
    ("4 g g", ["top"]),
    ("home", ["top"]),
    ("right_square_bracket f", ["finding"]),
    ("r a", ["all"]),
    ("r …", ["reply"]),
    ("r j", ["reply", "disarmed", "go 1"]),
    ("r r …", ["reply", "disarmed", "reply"]),
    ("3 …", ["pane 3"]),
    ("3 3 j", ["go 33"]),
    ("3 a", ["pane 3", "disarmed", "approve"]),
    ("7 a", ["approve"]),
    ("7 …", []),
    ("7 7 …", []),
    ("7 7 a", ["approve"]),
    ("g …", []),
    ("g j", []),
    ("g ctrl+b", ["bold"]),
    ("right_square_bracket a", []),
    ("g escape g g", ["top"]),
    ("ctrl+x ctrl+s", ["save"]),
    ("ctrl+x …", ["cut"]),
    ("2 ctrl+x …", ["cut"]),
    ("2 g …", []),
    ("x y z", ["long"]),
    ("x y a", []),
    ("x y …", []),
    ("o f", []),
    ("0 j", ["go 1"]),
]


@pytest.mark.parametrize(("pressed", "happened"), STORIES, ids=str)
async def test_keys_mean_together(pressed: str, happened: list[str]) -> None:
    host = Host()
    async with host.run_test() as host.pilot:
        await press(host, pressed)

        assert host.happened == happened
        assert not host.reader.is_holding


async def test_what_is_held_is_shown_until_it_is_clear() -> None:
    host = Host()
    async with host.run_test() as host.pilot:
        await press(host, "1 2 g")
        held = list(host.held)
        await press(host, "g")

    assert held == ["1", "12", "12g"]
    assert host.held[-1] == ""


async def test_a_wait_that_is_over_ends_nothing_that_came_later() -> None:
    host = Host()
    async with host.run_test() as host.pilot:
        await press(host, "r")
        stale = host.waits[-1]
        await press(host, "a g")
        await stale()
        is_holding = host.reader.is_holding
        await press(host, "g")

    assert is_holding
    assert host.happened == ["all", "top"]


async def test_a_field_gets_its_characters_and_still_has_chords_with_ctrl() -> None:
    host = Host()
    async with host.run_test() as host.pilot:
        field = host.query_one(Input)
        host.screen.set_focus(field)
        await press(host, "g g 5 j right_square_bracket")

        assert field.value == "gg5j]"
        assert host.happened == []


async def test_a_digit_that_answers_a_dialog_counts_nothing() -> None:
    class Question(ModalScreen[None]):
        BINDINGS: ClassVar[list[BindingType]] = [
            Binding("1", "app.note('one')"),
            Binding("j", "move(1)"),
        ]

        def action_move(self, count: int) -> None:
            host.happened.append(f"move {count}")

    host = Host()
    async with host.run_test() as host.pilot:
        await host.push_screen(Question())
        await press(host, "1 2 j")

    assert host.happened == ["one", "move 2"]


@pytest.mark.parametrize(
    "key", ["g g", "x y z", "ctrl+x ctrl+s", "alt+less_than_sign", "f12", "?", "space"]
)
def test_a_chord_of_up_to_three_strokes_is_a_key(key: str) -> None:
    assert strokes.is_key(key)


@pytest.mark.parametrize(
    "key", ["", "a b c d", "alt+<", "hyper+x", "nokey", "f0", "ctrl+", "g nokey"]
)
def test_what_cannot_be_pressed_is_no_key(key: str) -> None:
    assert not strokes.is_key(key)


@pytest.mark.parametrize(
    ("key", "character", "stroke"),
    [
        ("right_square_bracket", "]", "]"),
        ("G", "G", "G"),
        ("space", " ", "space"),
        ("comma", ",", "comma"),
        ("alt+x", "x", "alt+x"),
        ("ctrl+s", None, "ctrl+s"),
        ("plus", "+", "+"),
        ("slash", None, "/"),
    ],
)
def test_a_stroke_is_spelled_in_one_way(
    key: str, character: str | None, stroke: str
) -> None:
    assert strokes.pressed(key, character) == stroke
