"""The lines of a text, each with its number, of which one or a few are chosen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from tuimail.core.decision import Comment
from tuimail.tui.commenting import numbered
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.blocks import Place
from tuimail.tui.widgets.prose import Kind, Span, flat
from tuimail.tui.widgets.text_view import TextView


class LinePicker(TextView, inherit_bindings=False):
    """Keeps which lines are chosen; the last one that was gone to is in sight."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.LINES)]

    @dataclass
    class Chosen(Message):
        """Other lines are chosen now."""

        picker: "LinePicker"
        first: int
        last: int

        @property
        def control(self) -> "LinePicker":
            """The picker that sent it."""
            return self.picker

    @dataclass
    class Taken(Message):
        """What is chosen is what was meant."""

        picker: "LinePicker"

        @property
        def control(self) -> "LinePicker":
            """The picker that sent it."""
            return self.picker

    def __init__(
        self, text: Sequence[str], remarks: Sequence[Comment], *, line: int, id: str
    ) -> None:
        """Show the lines of ``text``.

        Args:
            text: Untrusted.
            remarks: What was noted about it.
            line: The one that is chosen first, from 1.
            id: Of the widget.
        """
        super().__init__(id=id)
        lines = numbered(text, remarks)
        self._lines = tuple(replace(one, text=one.text or " ") for one in lines)
        self._at = max(1, min(line, len(self._lines)))
        self._from = self._at
        self._is_range = False

    @property
    def chosen(self) -> tuple[int, int]:
        """The first and the last of the lines, from 1."""
        return min(self._at, self._from), max(self._at, self._from)

    def on_mount(self) -> None:
        self.show(self._lines)
        self._choose(self._at)

    def action_move(self, count: int) -> None:
        self._choose(self._at + count)

    def action_page(self, count: int) -> None:
        self._choose(self._at + count * max(1, self.size.height - 1))

    def action_edge(self, line: int) -> None:
        """Go to the first line, or from the end."""
        self._choose(line if line > 0 else len(self._lines))

    def action_range(self) -> None:
        """Choose all lines from here to where one goes, or one line again."""
        self._is_range = not self._is_range
        self._choose(self._at)

    def action_take(self) -> None:
        self.post_message(self.Taken(self))

    def _choose(self, line: int) -> None:
        self._at = max(1, min(line, len(self._lines)))
        if not self._is_range:
            self._from = self._at
        first, last = self.chosen
        self.mark(dict(map(self._chosen_line, range(first, last + 1))))
        self.show_place(self.blocks.place_of(self._at - 1))
        self.post_message(self.Chosen(self, first, last))

    def _chosen_line(self, line: int) -> tuple[Place, tuple[Span, ...]]:
        text = flat(self._lines[line - 1].text)
        span = Span(0, len(text), Kind.FOUND)
        return self.blocks.place_of(line - 1), (span,)
