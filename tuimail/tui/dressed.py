"""How the app looks and moves: theme, signs, colours or none.

Whatever of it cannot be used is told and left as it was; a colour never keeps
anybody from their mail.
"""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, runtime_checkable

from textual.app import App
from textual.filter import LineFilter
from textual.geometry import Offset
from textual.theme import Theme
from textual.widget import Widget

from tuimail.errors import ConfigurationError
from tuimail.tui import glyphs, themes, wording
from tuimail.tui.colourless import ColourlessFilter
from tuimail.tui.commanding import Command
from tuimail.tui.glyphs import AsciiFilter, Glyphs
from tuimail.tui.inert import InertFilter
from tuimail.tui.stillness import keep_still
from tuimail.tui.stylesheet import ParsedOnce
from tuimail.tui.themes import Chosen, Watch

WATCH_SECONDS: Final = 1.0
"""How often the file of the theme is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What the person configured about it."""

    theme: str = ""
    folder: Path | None = None
    """Where themes of their own are."""
    glyphs: str = ""
    """One of ``Glyphs``, or empty for what suits the terminal."""
    moves: bool = True
    """Whether anything may move or blink by itself."""


@runtime_checkable
class HasCursor(Protocol):
    """A widget in which something is selected."""

    @property
    def cursor_offset(self) -> Offset:
        """Where that begins, from the widget's corner."""
        ...


class DressedApp(App[int]):
    """An app that wears a theme, and draws with the signs that a terminal has."""

    def __init__(
        self, *, theme_folder: Path | None, environ: Mapping[str, str] = os.environ
    ) -> None:
        self._left_at = Offset()
        super().__init__()
        self.stylesheet = ParsedOnce(variables=self.get_css_variables())
        self._themes: tuple[Path, ...] = (theme_folder or themes.folder(),)
        self._worn: Watch | None = None
        self._inert = InertFilter()
        self._signs: list[LineFilter] = []
        self._without_colours: list[LineFilter] = []
        self._lose_colours(self.current_theme)
        self._terminal = environ.get("TERM", "")
        self._draw_with(glyphs.chosen("", self._terminal))
        self._most_animated = self.animation_level
        self.moves = True
        """Whether anything may move or blink by itself."""

    def get_line_filters(self) -> list[LineFilter]:
        """Return Textual's filters and, last, the one that keeps text inert."""
        theirs = super().get_line_filters()
        return [*theirs, *self._without_colours, *self._signs, self._inert]

    def dress(self, looks: Looks) -> str:
        """Put everything on; return what cannot be used, or an empty text."""
        if looks.folder is not None:
            self._themes = (looks.folder, self._themes[-1])
        self._draw_with(glyphs.chosen(looks.glyphs, self._terminal))
        self._move(moves=looks.moves)
        self.set_interval(WATCH_SECONDS, self._look_at_the_file)
        chosen = themes.choose(looks.theme, *self._themes)
        self._wear(chosen)
        return chosen.problem

    def dress_anew(self, looks: Looks, before: Looks) -> str:
        """Change what of ``looks`` is not as ``before``; return what cannot be used.

        A theme that was put on by name stays, if another thing changed.
        """
        if looks.glyphs != before.glyphs:
            self._draw_with(glyphs.chosen(looks.glyphs, self._terminal))
            for widget in self._everything():
                widget.refresh()
        if looks.moves != before.moves:
            self._move(moves=looks.moves)
            for widget in self._everything():
                keep_still(widget, moves=looks.moves)
        chosen = themes.choose(looks.theme, *self._themes)
        if looks.theme != before.theme:
            self._wear(chosen)
        return chosen.problem

    def theme_command(self) -> Command:
        """Return the command that puts another theme on."""
        return Command(
            name="theme",
            help="Wear other colours until you leave; theme = in config.toml keeps it.",
            choices=themes.names(*self._themes),
            act=self.change_theme,
        )

    def change_theme(self, name: str) -> None:
        """Put another theme on; keep the one that is worn where that is broken."""
        chosen = themes.choose(name, *self._themes)
        if chosen.problem:
            self.complain(chosen.problem)
        else:
            self._wear(chosen)

    @property
    def cursor_position(self) -> Offset:
        """Where the terminal's own cursor belongs, as the screen is laid out now.

        Textual asks a field when somebody types or scrolls in it, which may be before
        the field has its place or its width.
        """
        focused = self.focused
        typed_at = getattr(focused, "cursor_screen_offset", None)
        if isinstance(typed_at, Offset):
            return typed_at
        if not self.moves and isinstance(focused, HasCursor):
            return focused.region.offset + focused.cursor_offset
        return self._left_at

    @cursor_position.setter
    def cursor_position(self, offset: Offset) -> None:
        self._left_at = offset

    def post_display_hook(self) -> None:
        """Show the terminal's own cursor on what is selected, where nothing moves.

        A screen reader, a magnifier and a braille line follow it; Textual hides it.
        """
        focused = self.focused
        if self.moves or focused is None or self._driver is None:
            return
        column, line = self.screen.outer_size.clamp_offset(self.cursor_position)
        self._driver.write(f"\x1b[{line + 1};{column + 1}H\x1b[?25h")

    def complain(self, text: str) -> None:
        """Say what cannot be used; overridden by whoever has a place for it."""

    def _wear(self, chosen: Chosen) -> None:
        self._worn = Watch(chosen.path)
        self._put_on(chosen.theme)

    def _put_on(self, theme: Theme) -> None:
        self.register_theme(theme)
        self._lose_colours(theme)
        if self.theme == theme.name:
            self.mutate_reactive(App.theme)
        else:
            self.theme = theme.name

    def _lose_colours(self, theme: Theme) -> None:
        if self.no_color:
            self._without_colours = [ColourlessFilter(theme.background or "black")]

    def _look_at_the_file(self) -> None:
        """Wear what its file says now; the old one where that is broken."""
        if self._worn is None or not self._worn.is_due():
            return
        try:
            self._put_on(themes.load(self._worn.path))
        except ConfigurationError as error:
            self.complain(f"{error} The colours stay as they were.")

    def _move(self, *, moves: bool) -> None:
        self.moves = moves
        self.animation_level = self._most_animated if moves else "none"

    def _everything(self) -> Iterator[Widget]:
        """Yield every widget, also those of panes that are not shown."""
        for stack in self._screen_stacks.values():
            for screen in stack:
                yield screen
                yield from screen.query("*")

    def _draw_with(self, signs: Glyphs) -> None:
        self._signs = [AsciiFilter()] if signs is Glyphs.ASCII else []
        wording.trust_widths(is_wanted=signs is Glyphs.FULL)
