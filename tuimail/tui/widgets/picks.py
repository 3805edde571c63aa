"""Choices: a list of a few lines, and one that is stepped through on its line.

Textual's own list ends the app when a terminal gets very narrow, so these are
drawn line by line.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Offset, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.bar import Bar, Piece

_CURSOR = "▸"
_LEAST_FOR_MORE = 16
"""Cells that are worth showing of what stands behind a choice."""


class Picks(ScrollView, can_focus=True):
    """Shows choices, one a line, and has one of them marked."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PICKS)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "picks--line",
        "picks--more",
        "picks--cursor",
        "picks--cursor-blurred",
    }
    DEFAULT_CSS = """
    Picks {
        height: auto;
        overflow-x: hidden;
        scrollbar-size-vertical: 1;
        & > .picks--line { color: $foreground; }
        & > .picks--more { color: $text-muted; }
        & > .picks--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
            text-style: bold;
        }
        & > .picks--cursor-blurred { background: $panel; text-style: bold; }
    }
    """

    place: reactive[int] = reactive(0)

    @dataclass
    class Taken(Message):
        """A choice was clicked twice, or Enter pressed on it."""

        picks: "Picks"

    def __init__(self, choices: Sequence[Choice], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices = choices
        self.virtual_size = Size(1, len(choices))

    @property
    def key(self) -> str:
        """The choice that is marked."""
        return self._choices[self.place].key if self._choices else ""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return one line for each choice, where its height is ``auto``."""
        del container, viewport, width
        return len(self._choices)

    @property
    def cursor_offset(self) -> Offset:
        """Where the marked choice is, for whoever follows the terminal's cursor."""
        return Offset(0, self.place - self.scroll_offset.y)

    def render_line(self, y: int) -> Strip:
        place, width = self.scroll_offset.y + y, self.scrollable_content_region.width
        if not 0 <= place < len(self._choices):
            return Strip.blank(width, self.visual_style.rich_style)
        return self._strip(self._choices[place], width, is_here=place == self.place)

    def watch_place(self) -> None:
        self.refresh()
        self.scroll_to_region_of(self.place)

    def watch_has_focus(self, value: bool) -> None:
        super().watch_has_focus(value)
        self.refresh()

    def scroll_to_region_of(self, place: int) -> None:
        """Keep the marked line in sight."""
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if place < top:
            self.scroll_to(y=place, animate=False, force=True)
        elif place >= top + height:
            self.scroll_to(y=place - height + 1, animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        place = self.scroll_offset.y + event.y
        if not 0 <= place < len(self._choices):
            return
        if place == self.place:
            self.post_message(self.Taken(self))
        self.place = place

    def on_key(self, event: events.Key) -> None:
        """Go to the next choice that begins with the letter."""
        letter = (event.character or "").casefold()
        if self._is_bound(event.key) or not letter.isalnum():
            return
        count = len(self._choices)
        after = [(self.place + step) % count for step in range(1, count + 1)]
        for place in after if count else ():
            if self._choices[place].text.casefold().startswith(letter):
                self.place = place
                event.stop()
                event.prevent_default()
                return

    def action_move(self, count: int) -> None:
        self.place = max(0, min(self.place + count, len(self._choices) - 1))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the key go to the field before, at the first choice."""
        if action != "move" or not isinstance(parameters[0], int):
            return True
        return self.place + parameters[0] >= 0 or self.place > 0

    def _is_bound(self, key: str) -> bool:
        return key in self._bindings.key_to_bindings

    def _strip(self, choice: Choice, width: int, *, is_here: bool) -> Strip:
        mark = _CURSOR if is_here else " "
        text = wording.clipped(f"{mark} {choice.text}", width)
        room = width - wording.cells(text) - 2
        more = ""
        if choice.more and room >= min(_LEAST_FOR_MORE, wording.cells(choice.more)):
            more = f"  {wording.clipped(choice.more, room)}"
        style = self._style(is_here=is_here)
        dim = style if is_here else self.get_component_rich_style("picks--more")
        strip = Strip([Segment(text, style), Segment(more, dim)])
        return strip.adjust_cell_length(
            width, style if is_here else self.visual_style.rich_style
        )

    def _style(self, *, is_here: bool) -> Style:
        if not is_here:
            return self.get_component_rich_style("picks--line")
        name = "cursor" if self.has_focus else "cursor-blurred"
        return self.get_component_rich_style(f"picks--{name}")


class Stepper(Bar, can_focus=True):
    """Shows one of a few choices on its line, and steps through them."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.STEPPER)]
    DEFAULT_CSS = """
    Stepper { background: $panel; }
    Stepper:focus { background: $block-cursor-background; text-style: bold; }
    Stepper:focus > .bar--text { color: $block-cursor-foreground; }
    Stepper:focus > .bar--name { color: $block-cursor-foreground; }
    """

    place: reactive[int] = reactive(0)

    @dataclass
    class Changed(Message):
        """Another choice was taken."""

        stepper: "Stepper"

    def __init__(
        self, choices: Sequence[Choice], *, key: str, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._choices = choices
        keys = [one.key for one in choices]
        self.set_reactive(Stepper.place, keys.index(key) if key in keys else 0)

    @property
    def key(self) -> str:
        """The choice that is shown."""
        return self._choices[self.place].key

    def pieces(self) -> Sequence[Piece]:
        chosen = wording.clipped(self._choices[self.place].text, self.size.width)
        pieces = [Piece(text=chosen, style="text")]
        if len(self._choices) > 1:
            place = f"   {self.place + 1} of {len(self._choices)}"
            whole = f"{place}, {self.key_names('stepper.next')} changes"
            room = self.size.width - wording.cells(chosen)
            text = whole if wording.cells(whole) <= room else place
            pieces.append(Piece(text=text, style="name"))
        return pieces

    def on_click(self) -> None:
        self.action_step(1)

    def watch_has_focus(self, value: bool) -> None:
        super().watch_has_focus(value)
        self.refresh()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        del parameters
        return action != "step" or len(self._choices) > 1

    def action_step(self, count: int) -> None:
        self.place = (self.place + count) % len(self._choices)
        self.post_message(self.Changed(self))
