"""Who gets no mail any more: what the list is compared by, and what it stops.

Pure.
"""

from enum import StrEnum
from unicodedata import normalize

from tuimail.core.service import Category


class Scope(StrEnum):
    """Which mail somebody does not get."""

    ALL = "all"
    """Any: there is no such mailbox, or a person said so."""
    BULK = "bulk"
    """Only mail of the category bulk: they ended their subscription."""


class Source(StrEnum):
    """Who or what put an address on the list."""

    PERSON = "person"
    """By hand."""
    UNSUBSCRIBE = "unsubscribe"
    """Whoever reads mail there, with one click (RFC 8058)."""
    REPORT = "report"
    """A person, because a server reported that the mailbox is not there."""


def key_of(wire_address: str) -> str:
    """Return what an address is compared by.

    Capitals do not count, before the ``@`` either: RFC 5321 §2.4 allows a server
    to tell ``Bob`` from ``bob``, and none that people use does. Who asked for no
    more mail must not get some because an author wrote a capital letter.

    Args:
        wire_address: ``local@domain`` with the domain in A-labels.
    """
    return normalize("NFC", wire_address).casefold()


def stops(scope: Scope, category: Category | None) -> bool:
    """Return whether a suppression of that scope stops mail of that category."""
    return scope is Scope.ALL or category is Category.BULK
