"""A screen as text: its lines, and how every part of them looks.

Meant to be read where it changed: the lines stand as they are on the screen, and
below them, for each theme, the styles that are in it and in which columns they are.
A line of styles reads ``12a 3b``: twelve cells of style a, then three of style b.

Pure.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from itertools import groupby
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from textual.strip import Strip

_NAMES: Final = ascii_lowercase + ascii_uppercase
_WORDS: Final = "=== words"
_STYLES: Final = "=== styles in "
_MOST_TOLD: Final = 40
"""Lines of a difference; who wants all of it looks at the files."""

Run = tuple[int, str]
"""So many cells in a style."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One screen at one moment."""

    words: tuple[str, ...]
    """Its lines, without what is blank at their ends."""
    styles: tuple[tuple[Run, ...], ...]
    """The runs of each line."""


def shot(strips: Iterable[Strip]) -> Shot:
    """Return what ``strips`` show."""
    lines = list(strips)
    words = tuple("".join(one.text for one in line).rstrip() for line in lines)
    return Shot(words, tuple(tuple(_runs(line)) for line in lines))


def _runs(strip: Strip) -> Iterator[Run]:
    cells = [(str(one.style or "none"), one.cell_length) for one in strip]
    for style, parts in groupby(cells, key=lambda cell: cell[0]):
        yield sum(length for _, length in parts), style


def printed(shots: Mapping[str, Shot]) -> str:
    """Return one screen, which has the same words in every theme, as a file.

    Args:
        shots: By the name of the theme; the first one's words are kept.
    """
    first = next(iter(shots.values()))
    parts = [_WORDS, *first.words]
    for theme, one in shots.items():
        parts += [_STYLES + theme, *_styles(one.styles)]
    return "\n".join(parts) + "\n"


def _styles(lines: Sequence[Sequence[Run]]) -> Iterator[str]:
    """Yield the styles with a letter for each, and where they are."""
    used = dict.fromkeys(style for line in lines for _, style in line)
    names = {style: _name(number) for number, style in enumerate(used)}
    for style, name in names.items():
        yield f"{name} = {style}"
    said = [" ".join(f"{n}{names[style]}" for n, style in line) for line in lines]
    number = 1
    for text, same in groupby(said):
        count = len(list(same))
        last = number + count - 1
        yield f"{number}: {text}" if count == 1 else f"{number}-{last}: {text}"
        number += count


def _name(number: int) -> str:
    rest, place = divmod(number, len(_NAMES))
    return _NAMES[place] + (str(rest) if rest else "")


def difference(kept: str, theme: str, now: Shot) -> str:
    """Return what is not as it was kept, or an empty text.

    Args:
        kept: The file of the screen; empty where there is none.
        theme: In which it was taken.
        now: What it is like.
    """
    if not kept:
        return "There is no snapshot of it."
    words, styles = _parts(kept, theme)
    if words != list(now.words):
        return _told(words, now.words)
    return _told(styles, list(_styles(now.styles)))


def _parts(kept: str, theme: str) -> tuple[list[str], list[str]]:
    words, *rest = kept.removesuffix("\n").split("\n" + _STYLES)
    found = [one.split("\n")[1:] for one in rest if one.split("\n")[0] == theme]
    return words.split("\n")[1:], found[0] if found else []


def _told(before: Sequence[str], now: Sequence[str]) -> str:
    lines = list(unified_diff(before, now, "kept", "now", n=0, lineterm=""))
    more = [f"and {len(lines) - _MOST_TOLD} lines more"][: len(lines) > _MOST_TOLD]
    return "\n".join(lines[:_MOST_TOLD] + more)
