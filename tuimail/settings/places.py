"""On which line of a TOML file a setting stands, for people who look for it.

The parser says nothing about lines, so each statement is parsed by itself. Pure.
"""

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

Place = tuple[str, ...]
"""The way to a setting from the top: ``accounts``, ``work``, ``host``. Tables of
a list are counted from 1: ``identities[2]``."""


def lines_of(text: str) -> dict[Place, int]:
    """Return the line, counted from 1, on which each setting of ``text`` begins.

    Args:
        text: A file that was read without an error.
    """
    found: dict[Place, int] = {}
    header: Place = ()
    lists: Counter[Place] = Counter()
    for line, statement, values in _statements(text):
        if statement.lstrip().startswith("["):
            header = _header(values, lists)
        else:
            for place in _leaves(values):
                found.setdefault((*header, *place), line)
    return found


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield where each statement begins, its text and what it says alone."""
    pending, begins = "", 1
    for number, line in enumerate(text.split("\n"), start=1):
        pending += f"{line}\n"
        values = _parsed(pending)
        if values is not None:
            if values:
                yield begins, pending, values
            pending, begins = "", number + 1


def _parsed(statement: str) -> dict[str, Any] | None:
    """Return what a statement says; None where it goes on in the next line."""
    try:
        return tomllib.loads(statement)
    except tomllib.TOMLDecodeError:
        return None


def _header(values: Mapping[str, Any], lists: Counter[Place]) -> Place:
    """Return the table that a header opens; one more of a list is counted."""
    place: Place = ()
    inside: object = values
    while isinstance(inside, dict) and inside:
        ((key, inside),) = inside.items()
        if isinstance(inside, list):
            lists[*place, key] += 1
        count = lists[*place, key]
        place = (*place, f"{key}[{count}]" if count else key)
        if isinstance(inside, list):
            inside = inside[0]
    return place


def _leaves(values: Mapping[str, Any]) -> Iterator[Place]:
    for key, value in values.items():
        yield (key,)
        for one, inside in _tables(key, value):
            yield from ((one, *place) for place in _leaves(inside))


def _tables(key: str, value: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the tables that are written as values."""
    if isinstance(value, dict):
        yield key, value
    elif isinstance(value, list):
        for number, one in enumerate(value, start=1):
            if isinstance(one, dict):
                yield f"{key}[{number}]", one
