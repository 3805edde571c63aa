"""Which of many short texts stand in a long one: most checks ask that first.

A text is looked through for what is rare in prose, and only then for the hints
that have it: looking for one sign takes a tenth of the time that a word takes.
Programs hand in mail after mail with nearly the same lines, so that lines in which
nothing was found are known again.

Pure, but for the lines that it remembers: they change no answer.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

FEWEST_CHARACTERS: Final = 400
"""What is shorter is looked through sooner than it is taken apart."""
MOST_CHARACTERS: Final = 20_000
"""What is longer is data, and hardly said twice."""
LINES_LIMIT: Final = 2_000
"""So many lines are remembered at once."""
_RARER_AND_RARER: Final = " etaoinsrhldcumfpgywbvkxjqz"
"""What prose is made of; everything else is rarer."""


class Hints:
    """Short texts to look for in others."""

    __slots__ = ("_across", "_by_sign", "_without")

    def __init__(self, hints: Iterable[str]) -> None:
        hints = sorted(set(hints))
        self._across = tuple(hint for hint in hints if "\n" in hint)
        """What stands in no single line."""
        found: dict[str, list[str]] = {}
        for hint in hints:
            if "\n" not in hint:
                found.setdefault(max(hint, key=_rarity), []).append(hint)
        self._by_sign = tuple(found.items())
        self._without: set[str] = set()
        """Lines that have none of them."""

    def are_in(self, text: str) -> bool:
        """Return whether one of them is in ``text``; capitals count."""
        return bool(self.found_in(text))

    def found_in(self, text: str) -> list[str]:
        """Return those that are in ``text``; capitals count."""
        across = [hint for hint in self._across if hint in text]
        if not FEWEST_CHARACTERS <= len(text) <= MOST_CHARACTERS:
            return across + self._within(text)
        lines = _lines(text) - self._without
        found = self._within("\n".join(lines))
        self._remember(lines, found)
        return across + found

    def _within(self, text: str) -> list[str]:
        """Return those that are in one of the lines of ``text``."""
        return [
            hint
            for sign, hints in self._by_sign
            if sign in text
            for hint in hints
            if hint in text
        ]

    def _remember(self, lines: Iterable[str], found: Iterable[str]) -> None:
        """Remember those of ``lines`` that have nothing of what was found."""
        if len(self._without) > LINES_LIMIT:
            self._without.clear()
        self._without.update(
            line
            for line in lines
            if len(line) < FEWEST_CHARACTERS and not any(hint in line for hint in found)
        )


@lru_cache(maxsize=8)
def _lines(text: str) -> frozenset[str]:
    """Return the lines of ``text``, in no order; several ask about the same."""
    return frozenset(text.split("\n"))


def _rarity(character: str) -> int:
    place = _RARER_AND_RARER.find(character)
    return len(_RARER_AND_RARER) if place < 0 else place
