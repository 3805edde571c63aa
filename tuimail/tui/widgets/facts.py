"""The block of facts above a mail: it never scrolls away."""

from typing import ClassVar, Final

from textual.binding import BindingType
from textual.strip import Strip

from tuimail.tui.widgets.prose import Kind, Line
from tuimail.tui.widgets.text_view import TextView, line_strip

_MORE: Final = Line(text="… more: see Record", label="", kind=Kind.MUTED, paragraph=0)


class Facts(TextView, can_focus=False):
    """As high as what it says, up to what its style allows; says if that is less."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    Facts { height: auto; max-height: 70%; overflow-y: hidden; scrollbar-size: 0 0; }
    """

    def render_line(self, y: int) -> Strip:
        if y == self.size.height - 1 and self._prose.height > self.size.height:
            return line_strip(self, _MORE, self.size.width)
        return super().render_line(y)
