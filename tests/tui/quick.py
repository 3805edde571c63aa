"""Has Textual do once what it does again for each app.

What the app becomes is the same; a start of it takes a third less. Nothing here is
for an app outside of tests.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet


@contextmanager
def quick() -> Iterator[None]:
    """Until the end of the block no stylesheet is parsed twice for a theme.

    Rules are looked up without a call of Python's.
    """
    with ExitStack() as stack:
        stack.enter_context(patch.object(Stylesheet, "_parse_rules", _remembering()))
        stack.enter_context(patch.object(RuleSet, "__hash__", object.__hash__))
        yield


def _remembering() -> Callable[..., list[RuleSet]]:
    """Return how styles are parsed, each of them once for a theme."""
    known: dict[tuple[Any, ...], list[RuleSet]] = {}
    parse = Stylesheet._parse_rules
    last: Mapping[str, str] = {}
    said: frozenset[tuple[str, str]] = frozenset()

    def parsed(sheet: Stylesheet, *arguments: Any, **named: Any) -> list[RuleSet]:
        nonlocal last, said
        if sheet._variables is not last:
            last, said = sheet._variables, frozenset(sheet._variables.items())
        key = (said, arguments, tuple(sorted(named.items())))
        if key not in known:
            known[key] = parse(sheet, *arguments, **named)
        return known[key]

    return parsed
