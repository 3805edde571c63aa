"""A text at a width: its lines, wrapped no further than somebody looks.

How high the rest is, is a guess until it is looked at. A guess that was wrong
moves what stands below it, so whoever shows the lines asks ``settle`` where the
line on top is now.

Pure.
"""

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from tuimail.tui.widgets.blocks import Blocks, Given, Place
from tuimail.tui.widgets.prose import NARROWEST, Line, Paragraph, lines_of

KEPT: Final = 128
"""Blocks whose lines are kept."""


class Prose:
    """Gives the lines of a text at ``width``."""

    def __init__(self, text: Blocks | Sequence[Paragraph], width: int) -> None:
        self._blocks: Blocks = Given(text) if isinstance(text, Sequence) else text
        self._width = max(NARROWEST, width)
        self._made: OrderedDict[int, list[Line]] = OrderedDict()
        room = max(NARROWEST, self._width - self._blocks.column)
        count = len(self._blocks)
        self._heights = [self._blocks.guess(one, room) for one in range(count)]
        self._guessed = set(range(count))
        self._sums: list[int] = []

    @property
    def blocks(self) -> Blocks:
        """What it is made of."""
        return self._blocks

    @property
    def height(self) -> int:
        """How many lines there are; a guess while not all were wrapped."""
        return self._ends[-1] if self._heights else 0

    @property
    def is_exact(self) -> bool:
        """Whether nothing is a guess."""
        return not self._guessed

    def finish(self) -> None:
        """Wrap everything, so that the height is exact."""
        for number in sorted(self._guessed):
            self._lines(number)

    def line(self, place: int) -> Line | None:
        """Return the line at ``place``, or None past the end."""
        while 0 <= place < self.height:
            number, offset = self._at(place)
            lines = self._lines(number)
            if self._at(place)[0] == number and offset < len(lines):
                return lines[offset]
        return None

    def settle(self, top: int, *, above: int, below: int) -> int:
        """Wrap what is near ``top``, so many lines; return where that is then."""
        if not self._heights:
            return 0
        number, offset = self._at(max(0, min(top, self.height - 1)))
        offset = min(offset, len(self._lines(number)) - 1)
        self._reach(number, 1, offset + below)
        self._reach(number, -1, above - offset)
        return self._start(number) + max(0, offset)

    def settle_end(self, lines: int) -> int:
        """Wrap the last ``lines``; return the height then."""
        self._reach(len(self._heights), -1, lines)
        return self.height

    def first_line_of(self, place: Place, at: int = 0) -> int:
        """Return where a paragraph begins, or the line of it that has ``at``."""
        if not 0 <= place.block < len(self._heights):
            return 0
        found = 0
        for index, line in enumerate(self._lines(place.block)):
            if (line.paragraph, line.start) > (place.paragraph, at):
                break
            found = index
        return self._start(place.block) + found

    def _reach(self, number: int, step: int, lines: int) -> None:
        """Wrap blocks from ``number`` on until there are ``lines``."""
        if step > 0:
            lines -= len(self._lines(number))
        while lines > 0 and 0 <= number + step < len(self._heights):
            number += step
            lines -= len(self._lines(number))

    def _lines(self, number: int) -> list[Line]:
        lines = self._made.get(number)
        if lines is None:
            lines = self._made[number] = self._wrapped(number)
            if len(self._made) > KEPT:
                self._made.popitem(last=False)
        else:
            self._made.move_to_end(number)
        if number in self._guessed:
            self._guessed.discard(number)
            if self._heights[number] != len(lines):
                self._heights[number] = len(lines)
                self._sums = []
        return lines

    def _wrapped(self, number: int) -> list[Line]:
        return [
            line
            for index, one in enumerate(self._blocks.block(number))
            for line in lines_of(
                one,
                width=self._width,
                column=self._blocks.column,
                block=number,
                number=index,
            )
        ]

    @property
    def _ends(self) -> list[int]:
        if not self._sums:
            self._sums = list(accumulate(self._heights))
        return self._sums

    def _at(self, place: int) -> tuple[int, int]:
        """Return the block that ``place`` is in, and where in it."""
        number = bisect_right(self._ends, place)
        return number, place - self._start(number)

    def _start(self, number: int) -> int:
        return self._ends[number - 1] if number else 0
