"""The block of facts above a mail: it never scrolls away."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.strip import Strip

from tuimail.tui.widgets.prose import Kind, Line, Paragraph
from tuimail.tui.widgets.text_view import TextView, line_strip
from tuimail.tui.widgets.wrapping import Prose

IN_RECORD: Final = "… more: see Record"
ENLARGE: Final = "… more: make the window larger"


class Facts(TextView, can_focus=False):
    """As high as what it says, up to what its style allows; says if that is less."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    Facts { height: auto; max-height: 70%; overflow-y: hidden; scrollbar-size: 0 0; }
    """

    def __init__(
        self,
        *,
        more: str = ENLARGE,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """Show nothing yet; ``more`` stands where not all has room."""
        super().__init__(id=id, classes=classes)
        self._more = Line(text=more, label="", kind=Kind.MUTED, paragraph=0)

    def show_either(
        self, whole: Sequence[Paragraph], brief: Sequence[Paragraph], *, most: int
    ) -> None:
        """Show ``whole``, or ``brief`` where that takes more than ``most`` lines."""
        width = self.scrollable_content_region.width or self.size.width
        prose = Prose(whole, width)
        prose.finish()
        self.show(brief if width and prose.height > most else whole)

    def render_line(self, y: int) -> Strip:
        if y == self.size.height - 1 and self._prose.height > self.size.height:
            return line_strip(self, self._more, self.size.width)
        return super().render_line(y)
