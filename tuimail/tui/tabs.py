"""One way to look at a mail, under its name.

Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tuimail.tui.widgets.blocks import Blocks
from tuimail.tui.widgets.later import Later
from tuimail.tui.widgets.prose import Paragraph


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A title and a text, which is made when the tab is opened."""

    name: str
    title: str
    text: Blocks
    short: str = ""
    """The title where there is no room."""
    folded: Blocks | None = None
    """Less of the same, which is shown first; None where there is no less."""
    is_slow: bool = False
    """Whether to make it takes so long that it is begun before it is opened."""
    others: tuple["Tab", ...] = ()
    """Further ways to see the same, one at a time."""

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        """All of the text; for what has to be looked through."""
        text = self.text
        return tuple(one for n in range(len(text)) for one in text.block(n))

    def warm(self) -> None:
        """Make what is shown, so that it is there once it is opened."""
        len(self.text)

    def turned(self, count: int) -> "Tab":
        """Return the way to see it that is ``count`` further on, round and round."""
        ways = (self, *self.others)
        return ways[count % len(ways)]


def later(make: Callable[[], Blocks | Sequence[Paragraph]]) -> Blocks:
    """Return the text that ``make`` returns once somebody looks."""
    return Later(make)
