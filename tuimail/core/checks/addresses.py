"""Whether one address is what it seems, and unusual in which way.

Pure.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from tuimail.core.address import Address, needs_smtputf8, wire_address
from tuimail.core.checks.scripts import is_mixed_label
from tuimail.core.checks.several import each, listed
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.core.wire.encoded_words import decoded_words

_ADDRESS: Final = regex(
    r"(?:\"[^\"@]{1,64}\"|[^\s<>\"'(),;:@\[\]]{1,64})@[^\s<>\"'(),;:@\[\]]{1,255}"
)
_SIGNS: Final = str.maketrans("\uff20\ufe6b\uff0e\u2024\u3002\uff61", "@@....")
_PLAIN: Final = regex(r"[\w.+-]+@[\w.-]+", re.ASCII)
_PLAIN_NAME: Final = regex(r"[\w .,'-]*", re.ASCII)
_SPELT_SIGN: Final = regex(r" ?[(\[{]at[)\]}] ?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Kind:
    code: str
    severity: Severity
    is_so: Callable[[Address], bool]
    message: Callable[[Address], str]
    hint: str = ""


def check(field: str, addresses: Iterable[Address]) -> Iterator[Finding]:
    """Find addresses in one field that deceive, or that need a second look."""
    addresses = [one for one in addresses if not _is_plain(one)]
    for kind in _KINDS if addresses else ():
        found = list(filter(kind.is_so, addresses))
        if found:
            yield from each(found, partial(_finding, kind, field))


def _finding(kind: _Kind, field: str, address: Address) -> Finding:
    return Finding(
        code=kind.code,
        severity=kind.severity,
        field=field,
        message=kind.message(address),
        hint=kind.hint,
        place=address.text[:PLACE_LIMIT],
    )


def addresses_in(text: str) -> Iterator[str]:
    """Yield what in ``text`` a person would take for a mail address.

    Encoded words are decoded, and signs that only look like ``@`` or a dot count.
    """
    plain = _SPELT_SIGN.sub("@", decoded_words(text).translate(_SIGNS))
    for found in _ADDRESS.findall(plain):
        address = found.rstrip(".!?")
        if "." in address.rpartition("@")[2]:
            yield address


def _is_plain(address: Address) -> bool:
    """Return whether it is like nearly all: there is nothing to say about it."""
    return bool(_PLAIN.fullmatch(address.text) and _PLAIN_NAME.fullmatch(address.name))


def _named_others(address: Address) -> list[str]:
    own = {address.text.casefold(), wire_address(address).casefold()}
    return [a for a in addresses_in(address.name) if a.casefold() not in own]


def _names_another(address: Address) -> bool:
    return bool(address.name) and bool(_named_others(address))


def _is_mixed(address: Address) -> bool:
    return not address.text.isascii() and any(
        map(is_mixed_label, (address.local, *address.domain.split(".")))
    )


_KINDS: Final = (
    _Kind(
        "addr.display-name-address",
        Severity.WARNING,
        _names_another,
        lambda a: (
            f"The name says {listed(_named_others(a))}, but the address is {a.text}."
        ),
        "Many programs show only the name; give a plain name.",
    ),
    _Kind(
        "addr.idn-domain",
        Severity.INFO,
        lambda a: not a.domain.isascii(),
        lambda a: f"The address {a.text} goes out as {wire_address(a)}.",
    ),
    _Kind(
        "addr.mixed-script",
        Severity.WARNING,
        _is_mixed,
        lambda a: (
            f"The address {a.text} mixes letters of scripts that look alike; "
            f"it goes out as {wire_address(a)}."
        ),
        "Type the address again by hand.",
    ),
    _Kind(
        "addr.literal-domain",
        Severity.WARNING,
        lambda a: a.domain.startswith("["),
        lambda a: f"{a.text} is at an IP address and not at a domain.",
        "Few servers take such mail; ask for an address with a domain.",
    ),
    _Kind(
        "addr.quoted-local",
        Severity.WARNING,
        lambda a: a.local.startswith('"'),
        lambda a: (
            f"{a.text} has quotes before the @, which programs read in different ways."
        ),
        "Check that this is the address, and not a typing error.",
    ),
    _Kind(
        "addr.smtputf8",
        Severity.INFO,
        needs_smtputf8,
        lambda a: (
            f"{a.text} has letters before the @ that not every server takes (SMTPUTF8)."
        ),
    ),
)
