"""The part after the ``@``: host names, international names, IP literals.

IDNA 2008 by the ``idna`` package (RFC 5891), never the built-in codec, which is
of 2003 and turns ``straße`` into another domain.

Pure.
"""

from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Final

from tuimail.core.patterns import regex

LABEL_LIMIT: Final = 63
"""Octets between two dots (RFC 1035 §2.3.4)."""

_LDH_LABEL: Final = regex(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_IPV6: Final = regex(r"ipv6:([0-9a-f:.]+)")
_ASCII_LOWER: Final = str.maketrans(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
)


class GrammarError(Exception):
    """Says what is wrong, in words that follow ``The to address 'x' …``.

    Between this module and ``address``; people meet an ``AddressError``.
    """


def read_domain(domain: str) -> str:
    """Return ``domain`` lower case and in U-labels, or a literal in brackets.

    Nothing is mapped (no UTS 46): a full-width letter, an ideographic full stop
    or a capital outside ASCII is refused, because making another domain of it
    would let a text pass for one on a list of known domains.

    Raises:
        GrammarError: No mail can go there.
    """
    if domain.startswith("["):
        return f"[{_read_literal(domain[1:-1])}]"
    is_plain = domain.isascii()
    lower = domain.lower() if is_plain else domain.translate(_ASCII_LOWER)
    labels = lower.split(".")
    if labels[-1].isdecimal():
        raise GrammarError("ends in a number; an IP address goes into brackets")
    return ".".join(map(_read_label, labels))


@lru_cache(maxsize=1024)
def wire_domain(domain: str) -> str:
    """Return ``domain``, as an ``Address`` has it, in A-labels."""
    if domain.isascii():
        return domain
    return ".".join(map(_a_label, domain.split(".")))


def _read_literal(literal: str) -> str:
    v6 = _IPV6.fullmatch(literal.lower())
    try:
        if v6 is None:
            return str(IPv4Address(literal))
        return f"IPv6:{_one_way(IPv6Address(v6[1]))}"
    except AddressValueError:
        raise GrammarError("has brackets without an IP address in them") from None


def _one_way(address: IPv6Address) -> str:
    """Return the one text of an address that has many (RFC 5952).

    An IPv4 address within is written as such; not every Python does.
    """
    v4 = address.ipv4_mapped
    return str(address) if v4 is None else f"::ffff:{v4}"


@lru_cache(maxsize=1024)
def _read_label(label: str) -> str:
    is_international = label.startswith("xn--") or not label.isascii()
    if not label:
        raise GrammarError("has a dot where none may be")
    if len(label) > LABEL_LIMIT:
        raise GrammarError(
            f"has {len(label)} characters between two dots, "
            f"where {LABEL_LIMIT} are the limit"
        )
    if is_international:
        return _read_international_label(label)
    if not _LDH_LABEL.fullmatch(label):
        raise GrammarError(f"has {label!r}, which cannot be part of a domain")
    return label


def _read_international_label(label: str) -> str:
    import idna  # noqa: PLC0415 - 8 ms that only international domains pay

    try:
        unicode_label = idna.ulabel(label)
        is_valid = idna.alabel(unicode_label).decode() == label or not label.isascii()
    except idna.IDNAError:
        is_valid, unicode_label = False, ""
    if not is_valid:
        raise GrammarError(
            f"has {label!r}, which cannot be part of a domain (IDNA 2008, lower case)"
        )
    return unicode_label


def _a_label(label: str) -> str:
    if label.isascii():
        return label
    import idna  # noqa: PLC0415 - 8 ms that only international domains pay

    return idna.alabel(label).decode()
