"""Textual's style sheet, which parses a piece of it only once.

Textual 8 parses all pieces again when a pane is shown for the first time and when a
theme is put on, whether or not a colour changed, and keeps no more than 64 of them:
five times what it takes, before the first mail is painted.
"""

from textual.cache import LRUCache
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet

_PIECES = 1_000
"""More than there are widgets with styles of their own."""


class ParsedOnce(Stylesheet):
    """Parses again only where a variable has another value."""

    def __init__(self, *, variables: dict[str, str]) -> None:
        super().__init__(variables=variables)
        self._parse_cache: LRUCache[tuple[object, ...], list[RuleSet]] = LRUCache(
            _PIECES
        )

    def set_variables(self, variables: dict[str, str]) -> None:
        """Take other colours; forget what was parsed with those before."""
        if variables != self._variables:
            super().set_variables(variables)

    def reparse(self) -> None:
        """Parse what is not parsed yet; keeps its rules where that fails."""
        self.parse()
