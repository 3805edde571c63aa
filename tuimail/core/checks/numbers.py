"""Numbers that differ between two texts which otherwise say the same.

Numbers are compared where the same words stand around them, whatever their signs:
``1,000.00`` is ``1000``, and ``3/11/2026`` is ``03.11.2026``. Where one text says
several numbers between the same words, one in common is enough, so that a list
may be cut short.

Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.patterns import regex

_TOKEN: Final = regex(r"\d{1,40}|[^\W\d_]{1,40}")
_NO_CENTS: Final = frozenset({"0", "00"})

_Around = tuple[str, str, str]
"""Two words before a number and one behind it, which have to be the same."""
_Groups = tuple[str, ...]


def other_number(one: str, other: str) -> tuple[str, str] | None:
    """Return the first number of ``one`` that is another in ``other``, and that one.

    Args:
        one: Text in lower case, without addresses.
        other: Text of the same kind.
    """
    numbers = _numbers(other)
    for around, said in _numbers(one).items():
        shown = numbers.get(around, {})
        if shown and said.keys().isdisjoint(shown):
            return _told(around, said), _told(around, shown)
    return None


def _numbers(text: str) -> dict[_Around, dict[object, str]]:
    """Return by the words around them which numbers there are, in every reading."""
    found: dict[_Around, dict[object, str]] = {}
    for around, groups in _with_words(text):
        readings = found.setdefault(around, {})
        for reading in _readings(groups):
            readings.setdefault(reading, " ".join(groups))
    return found


def _with_words(text: str) -> Iterator[tuple[_Around, _Groups]]:
    """Yield all the digits between two words, with the words."""
    last_but_one, last = "", ""
    groups: list[str] = []
    for token in _TOKEN.findall(text):
        if token.isdecimal():
            groups.append(token)
            continue
        if groups:
            yield (last_but_one, last, token), tuple(groups)
            groups = []
        last_but_one, last = last, token
    if groups:
        yield (last_but_one, last, ""), tuple(groups)


def _readings(groups: _Groups) -> Iterator[object]:
    """Yield what the digits may stand for: one number, or the parts of a date."""
    if len(groups) > 1 and groups[-1] in _NO_CENTS:
        groups = groups[:-1]
    yield "".join(groups).lstrip("0")
    yield tuple(sorted(group.lstrip("0") for group in groups))


def _told(around: _Around, readings: dict[object, str]) -> str:
    *before, behind = around
    number = next(iter(readings.values()))
    return " ".join(filter(None, (*before, number, behind)))
