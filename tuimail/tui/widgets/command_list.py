"""Commands to choose from, one a line: name, what it does, and its key."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuimail.tui import wording
from tuimail.tui.commanding import Command

_CURSOR = "▸"
_LEAST_FOR_HELP = 20
"""Cells that are worth showing of what a command does."""
_WIDEST_NAME = 16


class CommandList(ScrollView, can_focus=False):
    """Shows commands and has one of them marked; the keyboard is elsewhere."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "command-list--name",
        "command-list--help",
        "command-list--key",
        "command-list--cursor",
    }
    DEFAULT_CSS = """
    CommandList {
        height: 1fr;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .command-list--name { color: $foreground; text-style: bold; }
        & > .command-list--help { color: $text-muted; }
        & > .command-list--key { color: $accent; text-style: bold; }
        & > .command-list--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
    }
    """

    place: reactive[int] = reactive(0)

    @dataclass
    class Taken(Message):
        """The marked command was clicked."""

        list: "CommandList"

    def __init__(self) -> None:
        super().__init__()
        self._commands: Sequence[Command] = ()

    @property
    def chosen(self) -> Command | None:
        """The command that is marked."""
        return self._commands[self.place] if self._commands else None

    def show(self, commands: Sequence[Command]) -> None:
        """List ``commands``; the first is marked."""
        self._commands = commands
        self.place = 0
        self.virtual_size = Size(1, len(commands))
        self.scroll_to(y=0, animate=False, force=True)
        self.refresh()

    def move(self, count: int) -> None:
        """Mark the command that is ``count`` further down."""
        self.place = max(0, min(self.place + count, len(self._commands) - 1))

    def page(self, count: int) -> None:
        """Mark a command so many windows further down."""
        self.move(count * max(1, self.size.height - 1))

    def watch_place(self) -> None:
        self.refresh()
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if self.place < top:
            self.scroll_to(y=self.place, animate=False, force=True)
        elif self.place >= top + height:
            self.scroll_to(y=self.place - height + 1, animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        """Mark a command; take it when it was marked already."""
        place = self.scroll_offset.y + event.y
        if not 0 <= place < len(self._commands):
            return
        if place == self.place:
            self.post_message(self.Taken(self))
        self.place = place

    def render_line(self, y: int) -> Strip:
        width = self.scrollable_content_region.width
        place = self.scroll_offset.y + y
        if not self._commands and y == 0:
            nothing = Segment("  Nothing that is allowed now fits.", self._look("help"))
            return Strip([nothing]).adjust_cell_length(
                width, self.visual_style.rich_style
            )
        if not 0 <= place < len(self._commands):
            return Strip.blank(width, self.visual_style.rich_style)
        return self._strip(self._commands[place], width, is_here=place == self.place)

    def _strip(self, command: Command, width: int, *, is_here: bool) -> Strip:
        mark = _CURSOR if is_here else " "
        has_room = width >= _LEAST_FOR_HELP and command.key
        key = f" {command.key} " if has_room else ""
        room = max(0, width - wording.cells(key))
        name = wording.clipped(f"{mark} {command.name}", room)
        help_ = self._help(command.help, wording.cells(name), room)
        rest = " " * (room - wording.cells(name) - wording.cells(help_))
        over = self._over if is_here else Style.null()
        segments = [
            Segment(name, self._look("name") + over),
            Segment(help_, self._look("help") + over),
            Segment(rest, self._look("help") + over),
            Segment(key, self._look("key") + over),
        ]
        return Strip(segments).adjust_cell_length(
            width, self.visual_style.rich_style + over
        )

    def _help(self, text: str, used: int, room: int) -> str:
        """Return what the command does, in a column, or nothing without room."""
        longest = max(wording.cells(one.name) for one in self._commands) + 4
        gap = max(min(longest, _WIDEST_NAME + 4) - used, 2)
        left = room - used - gap
        if left < _LEAST_FOR_HELP:
            return ""
        return " " * gap + wording.clipped(text, left)

    @property
    def _over(self) -> Style:
        return self.get_component_rich_style("command-list--cursor", partial=True)

    def _look(self, name: str) -> Style:
        return self.get_component_rich_style(f"command-list--{name}")
