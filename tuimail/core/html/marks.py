"""What stands before the items of a list.

Pure.
"""

from collections.abc import Iterator
from typing import Final

BULLET: Final = "- "

_BULLETS: Final = "\u2022\u2023\u25aa\u25cf\u25e6\u00b7"
_LETTERS: Final = 26
_ROMAN_LIMIT: Final = 3999
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip


def without_bullet(line: str) -> str:
    """Return an item whose author wrote a bullet by hand without it."""
    return line.lstrip(_BULLETS).lstrip() if line[:1] in _BULLETS else line


def numerals(start: int, *, kind: str = "", step: int = 1) -> Iterator[str]:
    """Yield the numbers of a list, as its ``type`` wants them.

    Args:
        start: The first of them.
        kind: ``a``, ``A``, ``i`` or ``I``; all others are counted in digits.
        step: What one is more than the one before.
    """
    number = start
    while True:
        yield f"{_numeral(number, kind)}. "
        number += step


def _numeral(number: int, kind: str) -> str:
    if kind.lower() == "a" and number > 0:
        word = _letters(number)
    elif kind.lower() == "i" and 0 < number <= _ROMAN_LIMIT:
        word = _roman(number)
    else:
        return str(number)
    return word.upper() if kind.isupper() else word


def _letters(number: int) -> str:
    word = ""
    while number:
        number, letter = divmod(number - 1, _LETTERS)
        word = chr(ord("a") + letter) + word
    return word


def _roman(number: int) -> str:
    word = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        word += letters * times
    return word
