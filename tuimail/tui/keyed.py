"""An app whose keys are the person's own, and wait for the place they are meant for."""

import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

from textual import events

from tuimail.tui import keymap, presets
from tuimail.tui.configured import Settings
from tuimail.tui.dressed import DressedApp
from tuimail.tui.guard import Guard
from tuimail.tui.key_reader import KeyReader
from tuimail.tui.keys.in_panes import IN_PANES
from tuimail.tui.panes import Panes
from tuimail.tui.screens.over import Over
from tuimail.tui.screens.pane import PaneScreen
from tuimail.tui.typed_ahead import CLICKED_EARLY, TypedAhead
from tuimail.tui.widgets.key_line import KeyLine


class KeyedApp(DressedApp):
    """Takes note of every key before anything acts on it."""

    def __init__(
        self,
        *,
        theme_folder: Path | None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(theme_folder=theme_folder)
        self.guard = Guard(ticks)
        self.reader = KeyReader(
            self,
            pass_on=self._pass_on,
            wait=self._wait_for_keys,
            show=self._show_held,
            disarm=self.guard.disarm,
            put_back=self._put_back,
        )
        self.ahead = TypedAhead(
            self,
            hand_on=self._hand_on,
            handles=lambda is_late: self.guard.handles(is_late=is_late),
            wait=self.set_timer,
        )
        self.panes = Panes()
        self.problems: tuple[str, ...] = ()
        """What of the configuration could not be used; safe texts."""
        self._keys: dict[str, str] = {}

    @property
    def changed_keys(self) -> Mapping[str, str]:
        """The person's own keys by id: always those of now, also once they change."""
        return self._keys

    @property
    def names(self) -> keymap.Names:
        """What names the keys that texts say."""
        return keymap.names(self.changed_keys)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.guard.pressed(event.key)
            if self.guard.is_refused:
                return
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            await self.ahead.take(event)
        elif self._is_early(event):
            self._say_too_early(event)
        else:
            await super().on_event(event)

    def refuse_burst(self) -> None:
        """Drop what came at once with a key that may not decide by that."""
        self.guard.refuse_the_rest()
        self.ahead.forget()

    def use_keys(self, wanted: Settings) -> None:
        """Have the keys be what the person configured; note what cannot be."""
        changed = keymap.remap(
            wanted.keys,
            preset=presets.changes(wanted.key_preset),
            together=[
                places
                for scopes in IN_PANES.values()
                for places in keymap.together(scopes)
            ],
            places=wanted.key_places,
        )
        self._keys.clear()
        self._keys.update(changed.accepted)
        self.reader.beginnings = keymap.beginnings(changed.accepted)
        self.set_keymap(dict(changed.accepted))
        wrong = presets.problem(wanted.key_preset, wanted.key_places.get("preset", ""))
        self.note_problems(wanted.key_problem, wrong, *changed.problems)

    def say_keys_anew(self) -> None:
        """Have everything that says a key say the one that works now."""
        for pane in self.panes.values():
            if pane.is_mounted:
                pane.keys_changed()

    def note_problems(self, *sentences: str) -> None:
        """Remember what of the configuration could not be used, for the help."""
        self.problems = (*self.problems, *filter(None, sentences))

    async def _hand_on(self, event: events.Key | events.Paste) -> None:
        """Give a key, or a paste, to whoever it is for now."""
        if not isinstance(event, events.Key) or not await self.reader.takes(event):
            await super().on_event(event)

    def _put_back(self, event: events.Key) -> None:
        self.ahead.put_back(event)

    def _wait_for_keys(
        self, seconds: float, then: Callable[[], Awaitable[None]]
    ) -> Callable[[], object]:
        """Let what is held be taken for what it means by itself, in a while."""
        return self.set_timer(seconds, partial(self.ahead.doing, then)).stop

    def _is_early(self, event: events.Event) -> bool:
        """Whether this is a click while keys before it still do what they do."""
        if not isinstance(event, events.MouseDown | events.MouseUp):
            return False
        return not (event.is_forwarded or self.ahead.lets_click(event))

    def _say_too_early(self, event: events.Event) -> None:
        if isinstance(event, events.MouseUp) and isinstance(
            self.screen, PaneScreen | Over
        ):
            self.screen.complain(CLICKED_EARLY)

    async def _pass_on(self, event: events.Key) -> None:
        await super().on_event(event)

    def _show_held(self, keys: str) -> None:
        for line in self.screen.query(KeyLine):
            line.held = keys
