"""Whether an address carries away more than it needs.

An agent that was talked into it can put what it knows into the address of a
picture, and showing the mail sends it off. Newsletters have long addresses as
well, to count who follows them: these are told, and no more, unless what is in
them can be read.

Known kinds of keys and tokens are found by ``secrets``.

Pure.
"""

from binascii import Error, a2b_base64, unhexlify
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from math import log2
from typing import Final
from urllib.parse import unquote_plus

from tuimail.core.address import Address
from tuimail.core.checks.several import each
from tuimail.core.checks.targets import target_of
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

LONG: Final = 100
"""Characters that no ordinary number of a campaign or a customer has."""
ENTROPY: Final = 3.5
"""Bits in each character; ``aaaa`` has none, random hexadecimal digits have 4."""
PACKED_WORDS: Final = 3
"""Words that somebody has packed up were not meant to be seen."""
PLAIN_WORDS: Final = 8
"""Words in the address of a picture that are more than its name."""
VALUES_LIMIT: Final = 50
VALUE_LIMIT: Final = 8_000

_VALUE: Final = regex(rf"(?<=[?&#;/=])[^?&#;/=]{{1,{VALUE_LIMIT}}}={{0,2}}")
_MAILBOX: Final = regex(r"[^\s@<>,;:/?&=]{1,64}@[^\s@<>,;:/?&=]{1,253}")
_PACKED: Final = regex(r"[A-Za-z0-9+/_-]{40,}={0,2}")
_HEX: Final = regex(r"(?:[0-9a-fA-F]{2}){20,}")
_TOKEN: Final = regex(r"eyJ[\w-]*(?:\.[\w-]*)*")
"""A signed token (RFC 7519) has readable text in it by its nature."""
_NOT_TEXT: Final = regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class _Kind:
    linked: Severity
    fetched: Severity
    what: str


_TEXT: Final = _Kind(Severity.WARNING, Severity.WARNING, "text that can be read")
_PERSON: Final = _Kind(Severity.INFO, Severity.WARNING, "the address of a recipient")
_MUCH: Final = _Kind(Severity.INFO, Severity.INFO, "a great deal that cannot be read")


def check(
    links: Iterable[str], fetched: Iterable[str], recipients: Iterable[Address]
) -> Iterator[Finding]:
    """Find addresses that carry text, somebody's address, or a great deal.

    Args:
        links: Where links lead.
        fetched: What is fetched when the mail is shown.
        recipients: Whose addresses to look for.
    """
    people = frozenset(person.text.casefold() for person in recipients)
    for addresses, is_fetched in ((links, False), (fetched, True)):
        found: dict[tuple[_Kind, str], str] = {}
        for address in dict.fromkeys(addresses):
            kind = _carried(address, people, is_fetched=is_fetched)
            target = target_of(address)
            if kind and target:
                found.setdefault((kind, target.host), address)
        yield from each(found.items(), partial(_finding, is_fetched=is_fetched))


def _finding(one: tuple[tuple[_Kind, str], str], *, is_fetched: bool) -> Finding:
    (kind, host), address = one
    when = "showing the mail sends" if is_fetched else "following a link sends"
    return Finding(
        code="html.link-data",
        severity=kind.fetched if is_fetched else kind.linked,
        field="html",
        message=f"The HTML has {kind.what} in an address: {when} it to {host[:80]}.",
        hint="Check that this is meant to be told, and to whom.",
        place=address[:PLACE_LIMIT],
    )


def _carried(address: str, people: frozenset[str], *, is_fetched: bool) -> _Kind | None:
    found = islice(_VALUE.finditer(address), VALUES_LIMIT)
    values = [unquote_plus(one[0]) for one in found]
    unpacked = [text for text in map(_unpacked, values) if text]
    is_text = any(_has_words(text, PACKED_WORDS) for text in unpacked) or (
        is_fetched and any(_has_words(value, PLAIN_WORDS) for value in values)
    )
    if is_text:
        return _TEXT
    mailboxes = (m for v in (*values, *unpacked) for m in _MAILBOX.findall(v))
    if any(mailbox.casefold() in people for mailbox in mailboxes):
        return _PERSON
    return _MUCH if any(map(_is_dense, values)) else None


def _has_words(text: str, number: int) -> bool:
    return len(text.split(None, number)) >= number


def _unpacked(value: str) -> str:
    """Return what was encoded in ``value``, or nothing where it is no text."""
    decode: Callable[[str], bytes]
    if _HEX.fullmatch(value):
        decode = unhexlify
    elif _PACKED.fullmatch(value) and not _TOKEN.fullmatch(value):
        decode = _from_base64
    else:
        return ""
    try:
        text = decode(value).decode()
    except (Error, UnicodeDecodeError):
        return ""
    return "" if _NOT_TEXT.search(text) else text


def _from_base64(value: str) -> bytes:
    standard = value.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
    return a2b_base64(standard + "=" * (-len(standard) % 4))


def _is_dense(value: str) -> bool:
    """Return whether ``value`` is long and random; an address in it is neither."""
    if len(value) <= LONG or " " in value or "://" in value:
        return False
    shares = [number / len(value) for number in Counter(value).values()]
    return -sum(share * log2(share) for share in shares) >= ENTROPY
