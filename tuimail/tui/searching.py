"""Words in a text of any size: where they are, and which comes next.

Pure.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final, NamedTuple

from tuimail.tui.widgets.blocks import Blocks, Place
from tuimail.tui.widgets.prose import Kind, Span, flat

MOST: Final = 1_000
"""So many are found; nobody goes through more."""
_BLANKS: Final = re.compile(r"\s+")


class Hit(NamedTuple):
    """Where words stand."""

    place: Place
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that was found, and the one that somebody is at."""

    words: str
    hits: Sequence[Hit]
    at: int = -1
    """Place in ``hits``; -1 where there are none."""

    @property
    def hit(self) -> Hit | None:
        """The one that somebody is at."""
        return self.hits[self.at] if 0 <= self.at < len(self.hits) else None

    @property
    def told(self) -> str:
        """How many there are, in words."""
        if not self.hits:
            return "not in this tab"
        many = f"{MOST}+" if len(self.hits) == MOST else str(len(self.hits))
        return f"{self.at + 1} of {many}"

    @property
    def marks(self) -> Mapping[Place, tuple[Span, ...]]:
        """What is to stand out, by paragraph."""
        marks: dict[Place, list[Span]] = {}
        for number, (place, start, end) in enumerate(self.hits):
            kind = Kind.FOUND if number == self.at else Kind.HIT
            marks.setdefault(place, []).append(Span(start, end, kind))
        return {place: tuple(spans) for place, spans in marks.items()}

    def stepped(self, count: int) -> "Found":
        """Return the same, at the hit that is ``count`` further on, round and round."""
        at = (self.at + count) % len(self.hits) if self.hits else -1
        return Found(words=self.words, hits=self.hits, at=at)


def find(blocks: Blocks, words: str, *, after: Place) -> Found:
    """Return where ``words`` are, at the first one from ``after`` on.

    Capitals do not count, nor how many blanks there are.

    Args:
        blocks: Where to look.
        words: Safe text, as it would be shown.
        after: Where somebody is.
    """
    pattern = _pattern(words)
    hits = tuple(islice(_hits(blocks, words, pattern), MOST)) if pattern else ()
    later = (number for number, hit in enumerate(hits) if hit.place >= after)
    return Found(words=words, hits=hits, at=next(later, 0) if hits else -1)


def first(blocks: Blocks, phrases: Iterable[str]) -> Hit | None:
    """Return where the first of ``phrases`` is that is anywhere."""
    for words in phrases:
        pattern = _pattern(words)
        hit = next(_hits(blocks, words, pattern), None) if pattern else None
        if hit is not None:
            return hit
    return None


def _pattern(words: str) -> re.Pattern[str] | None:
    pieces = [re.escape(piece) for piece in _BLANKS.split(words.strip()) if piece]
    return re.compile(r"\s+".join(pieces), re.IGNORECASE) if pieces else None


def _hits(blocks: Blocks, words: str, pattern: re.Pattern[str]) -> Iterator[Hit]:
    longest = max(_BLANKS.split(words.strip()), key=len)
    for number in range(len(blocks)):
        if not blocks.may_have(number, longest):
            continue
        for index, one in enumerate(blocks.block(number)):
            for found in pattern.finditer(flat(one.text)):
                yield Hit(Place(number, index), *found.span())
