"""What the walks through the app have in common: a guide, and a watch without waits."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest.mock import patch

from rich.console import RenderableType
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.color import Color
from textual.screen import Screen
from textual.strip import Strip

from tests.scenery.studio import Studio
from tests.tui.conftest import Stage, settled
from tests.tui.quick import quick
from tests.tui.snapshots.printed import Shot, difference, shot
from tuimail.tui.colourless import ColourlessFilter
from tuimail.tui.screens.over import Over

_WAITS: Final = (
    "tuimail.tui.key_reader.DIGIT_SECONDS",
    "tuimail.tui.screens.addressing.TYPING_SECONDS",
    "tuimail.tui.screens.addressing.REST_SECONDS",
    "tuimail.tui.screens.body_pane.PROOF_SECONDS",
    "tuimail.tui.screens.list_pane.LOOK_SECONDS",
    "tuimail.tui.screens.listing_pane.CALM_SECONDS",
    "tuimail.tui.screens.over.QUIET_SECONDS",
    "tuimail.tui.screens.pane.QUIET_SECONDS",
    "tuimail.tui.screens.writing.AUTOSAVE_SECONDS",
)
"""Waits for the next key of a person, who is not here."""
DARK: Final = "dark"
LIGHT: Final = "light"
MONOCHROME: Final = "monochrome"
"""Dark without its colours; a test starts the app so, to see that it is the same."""
WORN: Final = (DARK, LIGHT)
THEMES: Final = (DARK, LIGHT, MONOCHROME)
AT_ONCE: Final = 0.001
CALM_SECONDS: Final = 0.05
"""A screen that stays the same for so long is done."""
MOMENT_SECONDS: Final = 0.005
PATIENCE_SECONDS: Final = 20.0
"""A screen becomes what was kept within this time; a changed one never does."""
_CHANGED: Final = 5
"""After so many that did not, the others are waited for no longer."""


@dataclass
class Guide:
    """Walks through the app, and keeps every screen under a name."""

    stage: Stage
    kept: Mapping[str, str] = field(default_factory=dict)
    """What every screen is to become; empty where all are kept anew."""
    shots: dict[str, dict[str, Shot]] = field(default_factory=dict)
    _changed: int = 0

    @property
    def studio(self) -> Studio:
        """The workspace behind it."""
        assert isinstance(self.stage.desk, Studio)
        return self.stage.desk

    async def press(self, *keys: str) -> None:
        """Press keys as a calm person does, whose time takes no time here."""
        for key in keys:
            self.stage.desk.ticks.pass_by(2.0)
            await self.stage.app._press_keys([key])
            await self.rest()

    async def rest(self) -> None:
        """Let what was asked be answered and shown; the pilot asks every widget."""
        await settled()
        while self._is_busy():
            await asyncio.sleep(AT_ONCE)
            await settled()

    def _is_busy(self) -> bool:
        """Whether a key is held, an answer is awaited, or a mail is yet to be read."""
        app = self.stage.app
        if app.reader.is_holding or not all(one.is_finished for one in app.workers):
            return True
        return not self.stage.is_shown

    async def take(self, name: str, *keys: str, shows: str = "") -> None:
        """Press ``keys``, and keep the screen once nothing more comes."""
        await self.press(*keys)
        if shows:
            await self.stage.until_shown(shows)
        await self.keep(name)

    async def keep(self, name: str) -> None:
        """Keep the screen, in what is worn and in what is worn from then on."""
        assert name not in self.shots, f"{name} was taken already"
        app = self.stage.app
        await self.look_again()
        app.clear_notifications()
        first, others = app.theme, [one for one in WORN if one != app.theme]
        taken = {first: await self.still(name)}
        for theme in others:
            app.change_theme(theme)
            await self.rest()
            taken[theme] = await self.still(name)
        behind = app.available_themes[DARK].background or ""
        taken[MONOCHROME] = colourless(taken[DARK], behind)
        self.shots[name] = {theme: shot(taken[theme]) for theme in THEMES}

    async def still(self, name: str) -> list[Strip]:
        """Return the lines of a screen once it is as it was kept, or stays the same."""
        kept = self.kept.get(name, "")
        if kept and self._changed < _CHANGED:
            if (found := await self._as(kept)) is not None:
                return found
            self._changed += 1
        last, found = None, self._lines()
        while found != last:
            await asyncio.sleep(CALM_SECONDS)
            await self.rest()
            last, found = found, self._lines()
        return found

    async def _as(self, kept: str) -> list[Strip] | None:
        """Return the lines once they are those of a file; None if they never are."""
        clock = asyncio.get_running_loop().time
        end = clock() + PATIENCE_SECONDS
        while clock() < end:
            found = self._lines()
            if not difference(kept, self.stage.app.theme, shot(found)):
                return found
            await asyncio.sleep(MOMENT_SECONDS)
            await self.rest()
        return None

    def _lines(self) -> list[Strip]:
        """Return what the screen shows; of a dialog, without what is behind it.

        Textual leaves that empty where the dialog came before it was drawn.
        """
        screen = self.stage.app.screen
        strips = screen._compositor.render_strips()
        if not isinstance(screen, Over):
            return strips
        box = screen.query_one("#box").region
        rows = strips[max(0, box.y) : box.bottom]
        return [one.crop(max(0, box.x), box.right) for one in rows]

    async def look_again(self) -> None:
        """Have the app notice what others did."""
        self.stage.app._poll()
        await self.rest()

    async def look_at(self, name: str, screen: Screen[Any]) -> None:
        """Keep a dialog that takes too long a way to get to, and close it."""
        self.stage.app.push_screen(screen)
        await self.rest()
        await self.keep(name)
        self.stage.app.pop_screen()
        await self.rest()


def colourless(lines: Iterable[Strip], behind: str) -> list[Strip]:
    """Return ``lines`` as the app draws them for who wants no colours."""
    plain = ColourlessFilter(behind)
    return [Strip(plain.apply(list(one), Color.parse(behind))) for one in lines]


_paint: Final = Compositor.render_update


def _paint_asked_for(
    compositor: Compositor, *, full: bool = False, **named: Any
) -> RenderableType | None:
    """Paint where all is asked for: what is looked at is kept, not what leads there."""
    if full:
        return _paint(compositor, full=full, **named)
    visible_screen_stack.set(named.get("screen_stack") or [])
    compositor._dirty_regions.clear()
    return None


@contextmanager
def without_waits() -> Iterator[None]:
    """Have the app wait for no next key, and for no terminal that shows nothing."""
    with ExitStack() as stack:
        for name in _WAITS:
            stack.enter_context(patch(name, AT_ONCE))
        stack.enter_context(quick())
        stack.enter_context(patch.object(Compositor, "render_update", _paint_asked_for))
        yield
