"""A text that scrolls, drawn line by line.

Textual's own widgets for text take a second or more for a megabyte, wrap again
whenever a tab is shown, or read markup; this one does none of it.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.prose import Kind, Line, Paragraph, Prose


class TextView(ScrollView, can_focus=True):
    """Shows paragraphs that are safe already; wraps no more than is seen."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.TEXT)]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "text-view--label",
        *(f"text-view--{kind.value}" for kind in Kind),
    }
    DEFAULT_CSS = """
    TextView {
        overflow-x: hidden;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        & > .text-view--label { text-style: bold; color: $text-muted; }
        & > .text-view--plain { color: $foreground; }
        & > .text-view--quote { color: $text-muted; }
        & > .text-view--muted { color: $text-muted; }
        & > .text-view--heading { text-style: bold; color: $primary; }
        & > .text-view--warning { color: $warning; }
        & > .text-view--block { color: $error; text-style: bold; }
        & > .text-view--good { color: $success; }
    }
    """

    @dataclass
    class EndShown(Message):
        """The last line of what is shown is on the screen."""

        view: "TextView"
        what: Hashable

        @property
        def control(self) -> "TextView":
            """The view that sent it."""
            return self.view

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._paragraphs: Sequence[Paragraph] = ()
        self._what: Hashable = None
        self._is_end_shown = False
        self._prose = Prose((), 0)

    @property
    def text(self) -> str:
        """All paragraphs, for tests and for copying."""
        return "\n".join(f"{one.label} {one.text}".strip() for one in self._paragraphs)

    def show(
        self,
        paragraphs: Sequence[Paragraph],
        *,
        is_same: bool = False,
        what: Hashable = None,
    ) -> None:
        """Show ``paragraphs`` from the top.

        Args:
            paragraphs: Safe text.
            is_same: They are of what is shown already: stay where it is read.
            what: What they are of, told when their end was on the screen.
        """
        self._paragraphs = paragraphs
        self._what = what
        self._is_end_shown = False
        self._rewrap(keep=is_same)
        if self.styles.is_auto_height:
            self.refresh(layout=True)

    def reveal(self, paragraph: int) -> None:
        """Scroll to where ``paragraph`` begins."""
        place = self._prose.first_line_of(paragraph)
        self._measure(place + 2 * self.size.height)
        self.scroll_to(y=place, animate=False, force=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the whole height, for the places where it is ``auto``."""
        del container, viewport
        prose = Prose(self._paragraphs, width)
        prose.finish()
        return prose.height

    def on_resize(self, event: events.Resize) -> None:
        del event
        self._rewrap(keep=True)

    def render_line(self, y: int) -> Strip:
        line = self._prose.line(self.scroll_offset.y + y)
        width = self.scrollable_content_region.width
        return line_strip(self, line, width)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._measure(round(new_value) + 2 * self.size.height)
        self._look_for_end(round(new_value))

    def action_scroll_lines(self, count: int) -> None:
        self.scroll_relative(y=count, animate=False, force=True)

    def action_scroll_pages(self, count: int) -> None:
        self.scroll_relative(
            y=count * max(1, self.size.height - 1), animate=False, force=True
        )

    def action_scroll_to_top(self) -> None:
        self.scroll_to(y=0, animate=False, force=True)

    def action_scroll_to_bottom(self) -> None:
        self._prose.finish()
        self._measure(0)
        self.scroll_to(y=self._prose.height, animate=False, force=True)

    def _rewrap(self, *, keep: bool) -> None:
        top = self._prose.line(self.scroll_offset.y) if keep else None
        width = self.scrollable_content_region.width
        self._prose = Prose(self._paragraphs, width)
        place = self._prose.first_line_of(top.paragraph) if top else 0
        self._measure(place + 2 * self.size.height)
        if round(self.scroll_y) != place:
            self.scroll_to(y=place, animate=False, force=True)
        self._look_for_end(place)
        self.refresh()

    def _look_for_end(self, top: int) -> None:
        """Tell, once, that the last line is on the screen."""
        height = self.size.height
        is_shown = bool(height) and self._prose.line(top + height) is None
        if is_shown and self._what is not None and not self._is_end_shown:
            self._is_end_shown = True
            self.post_message(self.EndShown(self, self._what))

    def _measure(self, count: int) -> None:
        self._prose.reach(count)
        self.virtual_size = Size(
            self.scrollable_content_region.width, self._prose.height
        )


def line_strip(view: TextView, line: Line | None, width: int) -> Strip:
    """Return ``line`` in the colours of ``view``, padded to ``width`` cells."""
    if line is None:
        return Strip.blank(width, view.rich_style)
    segments = [Segment(line.text, _style(view, line.kind.value))]
    if line.label:
        segments.insert(0, Segment(line.label, _style(view, "label")))
    return Strip(segments).adjust_cell_length(width, view.rich_style)


def _style(view: TextView, name: str) -> Style:
    return view.get_component_rich_style(f"text-view--{name}")
