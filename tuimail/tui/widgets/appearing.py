"""A few lines that take no room while there is nothing to say."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.text_view import TextView


class Appearing(TextView, can_focus=False):
    """As high as what it says, and nothing at all while that is nothing."""

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    Appearing {
        display: none;
        height: auto;
        padding: 0 1;
        overflow-y: hidden;
        scrollbar-size: 0 0;
    }
    Appearing.-shown { display: block; }
    """

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._told: tuple[Paragraph, ...] = ()

    def tell(self, lines: Sequence[Paragraph]) -> None:
        """Show ``lines``; of none, nothing."""
        told = tuple(lines)
        if told != self._told:
            self._told = told
            self.set_class(bool(told), "-shown")
            self.show(told)
            self.told_anew()

    def told_anew(self) -> None:
        """Take note that it says something else now."""
