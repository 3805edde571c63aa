"""Somebody who was written to before: how they are found, and who comes first.

Pure.
"""

from datetime import UTC, datetime, timedelta
from math import log2
from typing import Final
from unicodedata import combining, normalize

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

HALF_LIFE: Final = timedelta(days=30)
"""A mail counts half as much as one that was sent so much later."""
OF_A_PROGRAM: Final = timedelta(days=90)
"""Mail that a program wrote counts as if it had been sent so much earlier."""
TOKENS_LIMIT: Final = 4
"""Further words of a query are not looked at."""
TOKEN_LIMIT: Final = 100

_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_SCALE: Final = 1_000_000
_WORD: Final = regex(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Somebody who was sent mail before."""

    address: str
    """As it was written last."""
    name: str
    mails: int
    last_at: datetime


def folded(text: str) -> str:
    """Return ``text`` without accents and capitals, as it is compared."""
    if text.isascii():
        return text.lower()
    plain = (one for one in normalize("NFKD", text) if not combining(one))
    return "".join(plain).casefold()


def tokens(text: str) -> tuple[str, ...]:
    """Return the beginnings of words that ``text`` asks for, the longest first."""
    found = [one.strip("@<>\"'")[:TOKEN_LIMIT] for one in folded(text).split()]
    return tuple(sorted(filter(None, found[:TOKENS_LIMIT]), key=len, reverse=True))


def words(address: str, name: str) -> frozenset[str]:
    """Return what a query may begin like, to find ``address``: each word, and whole."""
    local, _, domain = address.rpartition("@")
    parts = _WORD.findall(folded(f"{name} {local} {domain}"))
    return frozenset((*parts, *folded(f"{address} {domain}").split()))


def weight(sent_at: datetime, *, is_of_a_program: bool) -> int:
    """Return what one mail weighs; to be added to others with ``together``."""
    moment = sent_at - OF_A_PROGRAM if is_of_a_program else sent_at
    return round((moment - _EPOCH) / HALF_LIFE * _SCALE)


def together(one: int, other: int) -> int:
    """Return what two weights are together: two alike are a half life more.

    Weights fade all at the same pace, so that their order changes by new mail
    only: what is kept is when a contact would weigh as much as one fresh mail.
    """
    apart = abs(one - other) / _SCALE
    return max(one, other) + round(log2(1 + 2**-apart) * _SCALE)
