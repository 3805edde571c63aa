"""Every key of the table is pressed, and does what its row says."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.keys import key_to_character
from textual.widget import Widget

from tests.tui.conftest import Desk, Stage
from tuimail.tui import key_reader, keymap, presets
from tuimail.tui.app import TuimailApp
from tuimail.tui.key_reader import KeyReader, Parsed
from tuimail.tui.keymap import KEYS, bindings
from tuimail.tui.keys import strokes
from tuimail.tui.keys.key import Key, Scope

Then = Callable[[], Awaitable[None]]


class Board(Widget, can_focus=True):
    """Has the keys of one place, and nothing else."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        for one in Binding.make_bindings(bindings(scope)):
            self._bindings._add_binding(one)


class Host(App[None]):
    """Shows a board for every place, and notes what its keys would do."""

    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, changed: dict[str, str]) -> None:
        super().__init__()
        self.boards = {scope: Board(scope) for scope in Scope}
        self.done: set[str] = set()
        self.reader = KeyReader(
            self,
            pass_on=self._pass_on,
            wait=self._wait,
            show=lambda _keys: None,
            disarm=lambda: None,
            put_back=lambda event: self.call_later(self.on_event, event),
        )
        self.reader.beginnings = keymap.beginnings(changed)
        self.set_keymap(changed)
        self._expire: list[Then] = []

    def compose(self) -> ComposeResult:
        yield from self.boards.values()

    async def on_event(self, event: events.Event) -> None:
        is_taken = (
            isinstance(event, events.Key)
            and not event.is_forwarded
            and await self.reader.takes(event)
        )
        if not is_taken:
            await super().on_event(event)

    async def run_action(
        self,
        action: str | Parsed,
        default_namespace: DOMNode | None = None,
        namespaces: object = None,
    ) -> bool:
        del namespaces
        is_ours = isinstance(default_namespace, Board)
        if is_ours:
            self.done.add(str(action))
        return is_ours

    async def _pass_on(self, event: events.Key) -> None:
        await super().on_event(event)

    def _wait(self, _seconds: float, then: Then) -> Callable[[], object]:
        """Let what is held mean what it means by itself, once all was pressed."""
        self._expire.append(then)
        return self._expire.clear

    async def expire(self) -> None:
        for then in self._expire[-1:]:
            await then()
        self._expire.clear()


async def press(app: App[None] | App[int], name: str) -> None:
    for stroke in strokes.strokes(name):
        (one,) = Binding.make_bindings([Binding(stroke, "x")])
        app.post_message(events.Key(one.key, key_to_character(one.key)))


def meant(rows: list[Key], name: str, changed: dict[str, str]) -> set[str]:
    """Return what ``name`` does in a place."""
    return {
        row.action
        for row in rows
        if name in strokes.alternatives(changed.get(row.id, row.keys))
    }


def others(rows: list[Key], changed: dict[str, str]) -> list[Key]:
    """Return the rows that a preset changes; the rest is pressed without it."""
    return [row for row in rows if row.id in changed]


@pytest.mark.parametrize("preset", presets.names())
async def test_every_key_does_what_its_row_says(preset: str) -> None:
    changed = dict(presets.changes(preset))
    host = Host(changed)

    async with host.run_test(size=(80, 100)) as pilot:
        for scope in Scope:
            rows = [key for key in KEYS if key.scope is scope]
            host.screen.set_focus(host.boards[scope])
            for row in rows if preset == presets.DEFAULT else others(rows, changed):
                for name in strokes.alternatives(changed.get(row.id, row.keys)):
                    host.done = set()
                    await press(host, name)
                    await pilot.pause()
                    await host.expire()

                    assert host.done, f"{scope}: {name}"
                    assert host.done <= meant(rows, name, changed), f"{scope}: {name}"


async def everything_pressed(stage: Stage, node: DOMNode) -> None:
    """Press each key that ``node`` has, and look at what the app would do."""
    done: list[str] = []

    async def note(
        action: str, default_namespace: DOMNode | None = None, _more: object = None
    ) -> bool:
        if default_namespace is node:
            done.append(str(action))
        return False

    stage.app.run_action = note  # type: ignore[method-assign, assignment]
    for key, found in node._bindings.key_to_bindings.items():
        done.clear()
        await press(stage.app, strokes.usual(key))
        await stage.until(lambda: done)

        assert set(done) <= {one.action for one in found}, key


@pytest.mark.slow
@pytest.mark.parametrize(
    "pane", ["review", "compose", "outbox", "sent", "drafts", "accounts", "account"]
)
async def test_every_key_of_a_pane_gets_there(
    desk: Desk, pane: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing in the pane keeps a key for itself, and every chord arrives."""
    monkeypatch.setattr(key_reader, "DIGIT_SECONDS", 0.01)
    monkeypatch.setattr(key_reader, "CHORD_SECONDS", 0.5)
    monkeypatch.setattr(TuimailApp, "check_action", lambda *_: True)
    desk.hand_in(subject="Q3")
    desk.write(subject="mine")
    desk.release(subject="on its way")

    async with desk.show(start=pane) as stage:
        screen = stage.app.screen
        monkeypatch.setattr(type(screen), "check_action", lambda *_: True)
        if pane in {"compose", "account"}:
            screen.set_focus(None)
        await everything_pressed(stage, screen)
        await everything_pressed(stage, stage.app)
