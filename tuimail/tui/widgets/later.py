"""A text that is made when somebody looks at it, and once.

Pure, as what makes it.
"""

from collections.abc import Callable, Sequence

from tuimail.tui.widgets.blocks import Blocks, Given, Place
from tuimail.tui.widgets.prose import Paragraph


class Later:
    """Blocks of what ``make`` returns, which is asked when they are."""

    def __init__(self, make: Callable[[], Blocks | Sequence[Paragraph]]) -> None:
        self._make = make
        self._made: Blocks | None = None

    @property
    def made(self) -> Blocks:
        """What it is."""
        if self._made is None:
            made = self._make()
            self._made = Given(made) if isinstance(made, Sequence) else made
        return self._made

    @property
    def column(self) -> int:
        return self.made.column

    def __len__(self) -> int:
        return len(self.made)

    def block(self, number: int) -> Sequence[Paragraph]:
        return self.made.block(number)

    def guess(self, number: int, width: int) -> int:
        return self.made.guess(number, width)

    def may_have(self, number: int, words: str) -> bool:
        return self.made.may_have(number, words)

    def place_of(self, line: int) -> Place:
        return self.made.place_of(line)

    def numbered(self, line: int) -> Place:
        return self.made.numbered(line)
