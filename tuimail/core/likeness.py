"""How much two texts say the same, in time that grows with their length only.

Pure.
"""

from collections import Counter
from typing import Final

from tuimail.core.patterns import regex

LONGEST: Final = 20_000
"""Characters of each text that are looked at."""


def likeness(one: str, other: str) -> float:
    """Return how much of two texts is the same: 1.0 for the same words, 0.0 for none.

    Counts words and not where they stand: a text that was put in another order
    says the same to whoever gets it twice. Capitals, white space and what a line
    ends with do not count, and signs of scripts without spaces are words each.
    """
    first, second = _words(one), _words(other)
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def is_same(one: str, other: str) -> bool:
    """Return whether two texts differ in white space and capitals at most."""
    return one.casefold().split() == other.casefold().split()


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(text[:LONGEST].casefold()))


_ALONE: Final = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_WORD: Final = regex(rf"[{_ALONE}]|[^\W_{_ALONE}]+")
