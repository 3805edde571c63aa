"""Where a long text comes from, a block of paragraphs at a time.

A mail may be 25 MB. What is not looked at is neither decoded nor made safe nor
wrapped; of it, only how much there is has to be told.

Pure.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from typing import Final, NamedTuple, Protocol

from tuimail.tui import wording
from tuimail.tui.widgets.prose import Paragraph, Span, label_cells, paragraph_of

BLOCK: Final = 64
"""Paragraphs of a block, where there are paragraphs."""
BLOCK_BYTES: Final = 16_384
LONGEST_PIECE: Final = 2_000
"""Characters of one paragraph; what is longer becomes several."""
LONGEST_BYTES: Final = 1_000
_OFFSET: Final = "{:,}"


class Place(NamedTuple):
    """A paragraph of a text."""

    block: int
    paragraph: int
    """Of the block."""


class Blocks(Protocol):
    """A text, as blocks that are made when somebody looks at them."""

    @property
    def column(self) -> int:
        """Cells for labels; 0 where none has one."""
        ...

    def __len__(self) -> int:
        """Return how many blocks there are."""
        ...

    def block(self, number: int) -> Sequence[Paragraph]:
        """Return the paragraphs of one."""
        ...

    def guess(self, number: int, width: int) -> int:
        """Return about how many lines of ``width`` cells one has."""
        ...

    def may_have(self, number: int, words: str) -> bool:
        """Return whether it is worth while to look for ``words`` in one."""
        ...

    def place_of(self, line: int) -> Place:
        """Return where a line of the text, or a paragraph, stands; from 0."""
        ...

    def numbered(self, line: int) -> Place:
        """Return where a line begins, counted from 1; the last if there are fewer."""
        ...


class Given:
    """Paragraphs that are there already."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self._paragraphs = paragraphs
        longest = max((len(one.label) for one in paragraphs), default=0)
        self.column = label_cells(longest)

    def __len__(self) -> int:
        return _blocks(len(self._paragraphs))

    def block(self, number: int) -> Sequence[Paragraph]:
        return self._paragraphs[number * BLOCK : (number + 1) * BLOCK]

    def guess(self, number: int, width: int) -> int:
        return sum(1 + len(one.text) // width for one in self.block(number))

    def may_have(self, number: int, words: str) -> bool:
        del number, words
        return True

    def place_of(self, line: int) -> Place:
        return Place(*divmod(line, BLOCK))

    def numbered(self, line: int) -> Place:
        return self.place_of(max(0, min(line, len(self._paragraphs)) - 1))


class TextLines:
    """The lines of an untrusted text, each made safe when it is looked at."""

    column = 0

    def __init__(
        self, text: str, *, spans: Mapping[int, tuple[Span, ...]] | None = None
    ) -> None:
        """Take a text.

        Args:
            text: Untrusted; lines end with LF or CRLF.
            spans: What stands out in it, by the number of the line, from 0; only
                where no line is too long.
        """
        self._pieces = text.replace("\r\n", "\n").split("\n")
        self._numbers: Sequence[int] = ()
        self._spans = spans or {}
        if max(map(len, self._pieces)) > LONGEST_PIECE:
            self._cut()
            self._spans = {}

    def __len__(self) -> int:
        return _blocks(len(self._pieces))

    def block(self, number: int) -> Sequence[Paragraph]:
        lines = [wording.said(one) for one in self._of(number)]
        made = [paragraph_of(wording.marked(one)) for one in lines]
        for place, one in enumerate(made):
            spans = self._spans.get(number * BLOCK + place)
            if spans:
                moved = tuple(_moved(span, lines[place]) for span in spans)
                made[place] = replace(one, spans=moved)
        return made

    def guess(self, number: int, width: int) -> int:
        return sum(1 + len(one) // width for one in self._of(number))

    def may_have(self, number: int, words: str) -> bool:
        del number, words
        return True

    def place_of(self, line: int) -> Place:
        if self._numbers:
            line = self._numbers[min(line, len(self._numbers) - 1)]
        return Place(*divmod(line, BLOCK))

    def numbered(self, line: int) -> Place:
        lines = len(self._numbers) - 1 if self._numbers else len(self._pieces)
        return self.place_of(max(0, min(line, lines) - 1))

    def _of(self, number: int) -> Sequence[str]:
        return self._pieces[number * BLOCK : (number + 1) * BLOCK]

    def _cut(self) -> None:
        """Make several of each line that is too long, at a space if there is one."""
        cut = [list(_short(line)) for line in self._pieces]
        self._numbers = [0, *accumulate(map(len, cut))]
        self._pieces = [piece for pieces in cut for piece in pieces]


class Octets:
    """Bytes as they are: control pictures, and where in them each line begins."""

    column = label_cells(len(_OFFSET.format(10_000_000)))

    def __init__(self, raw: bytes) -> None:
        self._raw = raw
        self._starts = list(_starts(raw))

    def __len__(self) -> int:
        return len(self._starts)

    def block(self, number: int) -> Sequence[Paragraph]:
        return [
            Paragraph(text=_shown(piece), label=_OFFSET.format(at), is_hard=True)
            for at, piece in self._lines(number)
        ]

    def guess(self, number: int, width: int) -> int:
        start, end = self._span(number)
        return self._raw.count(b"\n", start, end) + (end - start) // width // 4 + 1

    def may_have(self, number: int, words: str) -> bool:
        start, end = self._span(number)
        if not words.isascii():
            return True
        return words.lower().encode() in self._raw[start:end].lower()

    def place_of(self, line: int) -> Place:
        """Return where the octet at ``line`` stands."""
        number = max(0, bisect_right(self._starts, line) - 1)
        begun = [at for at, _ in self._lines(number) if at <= line]
        return Place(number, max(0, len(begun) - 1))

    def numbered(self, line: int) -> Place:
        at = 0
        for _ in range(line - 1):
            end = self._raw.find(b"\n", at) + 1
            if not 0 < end < len(self._raw):
                break
            at = end
        return self.place_of(at)

    def _span(self, number: int) -> tuple[int, int]:
        ends = [*self._starts[number + 1 : number + 2], len(self._raw)]
        return self._starts[number], ends[0]

    def _lines(self, number: int) -> Iterator[tuple[int, bytes]]:
        at, end = self._span(number)
        for line in self._raw[at:end].split(b"\n"):
            for begin in range(0, max(1, len(line)), LONGEST_BYTES):
                yield at + begin, line[begin : begin + LONGEST_BYTES]
            at += len(line) + 1
            if at >= end:
                return


def _moved(span: Span, line: str) -> Span:
    """Return where ``span`` of a line is once letters in it were marked."""
    if line.isascii():
        return span
    start, end = (wording.marked_place(line, at) for at in span[:2])
    return Span(start, end, span.kind)


def _blocks(paragraphs: int) -> int:
    return (paragraphs + BLOCK - 1) // BLOCK


def _starts(raw: bytes) -> Iterator[int]:
    """Yield where blocks begin: after a line where one ends near by, or in it."""
    start = 0
    while start < len(raw) or not start:
        yield start
        least = start + BLOCK_BYTES
        line = raw.find(b"\n", least, least + BLOCK_BYTES)
        start = line + 1 if line >= 0 else least


def _shown(line: bytes) -> str:
    """Return a line of the source; of its end, only what is unusual is shown."""
    return wording.line(line.removesuffix(b"\r").decode("utf-8", "backslashreplace"))


def _short(line: str) -> Iterator[str]:
    start = 0
    while len(line) - start > LONGEST_PIECE:
        space = line.rfind(" ", start + 1, start + LONGEST_PIECE)
        end = space + 1 if space >= 0 else start + LONGEST_PIECE
        yield line[start:end]
        start = end
    yield line[start:]
