"""A text that scrolls, drawn line by line, however long it is.

Textual's own widgets for text take a second or more for a megabyte, wrap again
whenever a tab is shown, or read markup; this one does none of it.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar, Final, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.blocks import Blocks, Given, Place
from tuimail.tui.widgets.prose import Kind, Line, Paragraph, Span, within
from tuimail.tui.widgets.wrapping import Prose

SMALL: Final = 8
"""Blocks of a text that is wrapped at once, so that its height is no guess."""


class TextView(ScrollView, can_focus=True):
    """Shows a text that is safe already; wraps no more than is seen."""

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
        & > .text-view--strong { color: $foreground; text-style: bold; }
        & > .text-view--added { color: $success; text-style: underline; }
        & > .text-view--removed { color: $error; }
        & > .text-view--hit { color: $accent; text-style: bold underline; }
        & > .text-view--found { color: $accent; text-style: bold reverse; }
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

    @dataclass
    class Searched(Message):
        """Something is to be looked for in it."""

        view: "TextView"

        @property
        def control(self) -> "TextView":
            """The view that sent it."""
            return self.view

    @dataclass
    class Stepped(Message):
        """The next of what was found is to be shown."""

        view: "TextView"
        count: int

        @property
        def control(self) -> "TextView":
            """The view that sent it."""
            return self.view

    has_hits: reactive[bool] = reactive(default=False, bindings=True)
    """Whether something was found that can be gone to."""

    def __init__(
        self,
        *,
        id: str | None = None,
        classes: str | None = None,
        is_searched: bool = False,
    ) -> None:
        """Show nothing yet.

        Args:
            id: Of the widget.
            classes: Of the widget.
            is_searched: Whether what it is in looks for words in it.
        """
        super().__init__(id=id, classes=classes)
        self._is_searched = is_searched
        self._blocks: Blocks = Given(())
        self._what: Hashable = None
        self._is_end_shown = False
        self._most_cells = 0
        self._marks: Mapping[Place, tuple[Span, ...]] = {}
        self._prose = Prose((), 0)
        self._wrapped_for = 0
        self._room_asked = (-1, -1)
        """For what room everything around it was last laid out."""

    @property
    def text(self) -> str:
        """All paragraphs, for tests and for copying."""
        blocks = self._blocks
        paragraphs = (one for n in range(len(blocks)) for one in blocks.block(n))
        return "\n".join(_said(one) for one in paragraphs)

    @property
    def blocks(self) -> Blocks:
        """What is shown."""
        return self._blocks

    @property
    def top(self) -> Place:
        """The paragraph that the first line on the screen is of."""
        line = self._prose.line(self.scroll_offset.y)
        return Place(line.block, line.paragraph) if line else Place(0, 0)

    def show(
        self,
        text: Blocks | Sequence[Paragraph],
        *,
        is_same: bool = False,
        what: Hashable = None,
    ) -> None:
        """Show ``text`` from the top.

        Args:
            text: Safe paragraphs, or what makes such.
            is_same: It is of what is shown already: stay where it is read.
            what: What it is of, told when its end was on the screen.
        """
        self._blocks = Given(text) if isinstance(text, Sequence) else text
        self._what = what
        self._is_end_shown = False
        self.mark({})
        self._rewrap(keep=is_same)
        if self.styles.is_auto_height and self._room_taken != self._room_asked:
            self._room_asked = self._room_taken
            self.refresh(layout=True)

    def reveal(self, paragraph: int) -> None:
        """Scroll to where ``paragraph`` begins."""
        self._go(self._prose.first_line_of(self._blocks.place_of(paragraph)))

    def show_place(self, place: Place, at: int = 0) -> None:
        """Scroll so that what is at ``at`` of a paragraph is on the screen."""
        line = self._prose.first_line_of(place, at)
        height = max(1, self.scrollable_content_region.height)
        if not self.scroll_offset.y <= line < self.scroll_offset.y + height:
            self._go(line - height // 3)

    def mark(self, marks: Mapping[Place, tuple[Span, ...]]) -> None:
        """Have parts of the text stand out, and no others."""
        if marks or self._marks:
            self._marks = marks
            self.refresh()

    def set_width(self, most_cells: int) -> None:
        """Wrap at ``most_cells`` where there is room for more; 0 for all there is."""
        self._most_cells = most_cells
        self._rewrap(keep=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the whole height, for the places where it is ``auto``."""
        del container, viewport
        prose = Prose(self._blocks, width)
        prose.finish()
        return prose.height

    def on_resize(self, event: events.Resize) -> None:
        del event
        self._rewrap(keep=True)

    def render_line(self, y: int) -> Strip:
        line = self._prose.line(self.scroll_offset.y + y)
        width = self.scrollable_content_region.width
        if width != self._wrapped_for:
            # Its place may be another one than when its size was last told.
            self._wrapped_for = width
            self.call_after_refresh(self._rewrap, keep=True)
        return line_strip(self, self._marked(line) if line else None, width)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._settle(round(new_value))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "find":
            return self._is_searched
        if action == "hit":
            return self.has_hits
        return super().check_action(action, parameters)

    def action_find(self) -> None:
        self.post_message(self.Searched(self))

    def action_hit(self, count: int) -> None:
        self.post_message(self.Stepped(self, count))

    def action_scroll_lines(self, count: int) -> None:
        self.scroll_relative(y=count, animate=False, force=True)

    def action_scroll_pages(self, count: int) -> None:
        self.scroll_relative(
            y=count * max(1, self.size.height - 1), animate=False, force=True
        )

    def action_scroll_halves(self, count: int) -> None:
        self.scroll_relative(
            y=count * max(1, self.size.height // 2), animate=False, force=True
        )

    def action_scroll_to_top(self) -> None:
        self.scroll_to(y=0, animate=False, force=True)

    def action_scroll_to_bottom(self) -> None:
        self._go(self._prose.settle_end(2 * self.size.height))

    def action_scroll_to_line(self, number: int) -> None:
        """Begin with a line of the text, counted from 1, as others number them."""
        self._go(self._prose.first_line_of(self._blocks.numbered(number)))

    def _go(self, line: int) -> None:
        self._settle(line, is_going=True)
        self.scroll_to(y=max(0, line), animate=False, force=True)

    @property
    def _room_taken(self) -> tuple[int, int]:
        """Width and height of the text; both are 0 while it has no place."""
        return (self._wrapped_for, self._prose.height) if self._wrapped_for else (0, 0)

    def _rewrap(self, *, keep: bool) -> None:
        seen = self._seen()
        top = self._prose.line(self.scroll_offset.y) if keep else None
        self._wrapped_for = width = self.scrollable_content_region.width
        self._prose = Prose(self._blocks, min(width, self._most_cells or width))
        if len(self._blocks) <= SMALL:
            self._prose.finish()
        place = self._line_of(top) if top else 0
        place = self._settle(place, is_going=True)
        if round(self.scroll_y) != place:
            self.scroll_to(y=place, animate=False, force=True)
        self._look_for_end(place)
        self._draw_others(seen)

    def _seen(self) -> "_Seen":
        top, height = self.scroll_offset.y, self.size.height
        return _Seen(
            place=(top, height, self._wrapped_for, self._prose.height),
            lines=[self._prose.line(top + y) for y in range(height)],
        )

    def _draw_others(self, seen: "_Seen") -> None:
        """Draw anew what is other than it was; who writes sees most of it again."""
        now = self._seen()
        if now.place != seen.place:
            self.refresh()
            return
        pairs = enumerate(zip(now.lines, seen.lines, strict=True))
        others = [y for y, (line, before) in pairs if line != before]
        if others:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in others))

    def _line_of(self, top: Line) -> int:
        place = Place(top.block, top.paragraph)
        return self._prose.first_line_of(place, top.start)

    def _settle(self, top: int, *, is_going: bool = False) -> int:
        """Wrap what is near ``top``; stay there though what is above gets exact."""
        around = 2 * self.size.height
        place = self._prose.settle(top, above=around, below=around)
        size = Size(self.scrollable_content_region.width, self._prose.height)
        if size != self.virtual_size:
            self.virtual_size = size
        if not is_going:
            last = self._prose.height - self.size.height
            if place != top and top < last:
                self.scroll_to(y=place, animate=False, force=True, immediate=True)
            self._look_for_end(place)
        return place

    def _look_for_end(self, top: int) -> None:
        """Tell, once, that the last line is on the screen, as soon as it is there."""
        if self._is_end_due(top):
            self.call_after_refresh(self._tell_end)

    def _tell_end(self) -> None:
        """Tell it, unless what is around took the room meanwhile."""
        if self._is_end_due(self.scroll_offset.y):
            self._is_end_shown = True
            self.post_message(self.EndShown(self, self._what))

    def _is_end_due(self, top: int) -> bool:
        """Whether the end is on the screen, and somebody who wants it was not told."""
        if self._what is None or self._is_end_shown:
            return False
        height = self.size.height
        return bool(height) and self._prose.line(top + height) is None

    def _marked(self, line: Line) -> tuple[Line, tuple[Span, ...]]:
        marks = self._marks.get(Place(line.block, line.paragraph), ())
        end = line.start + len(line.text)
        return line, tuple(within(marks, line.start, end))


class _Seen(NamedTuple):
    """What a view shows, but for its colours."""

    place: tuple[int, int, int, int]
    """First line, lines, width, and how long the whole text is."""
    lines: list[Line | None]


def line_strip(
    view: TextView, shown: Line | tuple[Line, tuple[Span, ...]] | None, width: int
) -> Strip:
    """Return a line in the colours of ``view``, padded to ``width`` cells.

    Args:
        view: Whose colours.
        shown: The line, and what in it stands out beside its own spans.
        width: Cells of the whole line.
    """
    if shown is None:
        return Strip.blank(width, view.visual_style.rich_style)
    line, marks = (shown, ()) if isinstance(shown, Line) else shown
    segments = list(_text(view, line, marks))
    if line.label:
        kind = line.label_kind
        style = _style(view, "label") + (_style(view, kind.value) if kind else _PLAIN)
        segments.insert(0, Segment(line.label, style))
    if line.note:
        used = sum(wording.cells(one.text) for one in segments)
        room = max(0, width - used - wording.cells(line.note))
        segments.append(Segment(" " * room, view.visual_style.rich_style))
        segments.append(Segment(line.note, _style(view, line.note_kind.value)))
    return Strip(segments).adjust_cell_length(width, view.visual_style.rich_style)


_PLAIN: Final = Style.null()


def _text(view: TextView, line: Line, marks: tuple[Span, ...]) -> Iterator[Segment]:
    """Yield the text in pieces, each in the colour of what it is last."""
    base = _style(view, line.kind.value)
    over = (*line.spans, *marks)
    edges = sorted({0, len(line.text), *(e for one in over for e in one[:2])})
    for start, end in pairwise(edges):
        kinds = [one.kind for one in over if one.start <= start < one.end]
        style = base + _style(view, kinds[-1].value) if kinds else base
        yield Segment(line.text[start:end], style)


def _style(view: TextView, name: str) -> Style:
    return view.get_component_rich_style(f"text-view--{name}")


def _said(one: Paragraph) -> str:
    return " ".join(filter(None, (one.label, one.text, one.note)))
