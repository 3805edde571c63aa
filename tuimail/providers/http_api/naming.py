"""How one address is told, in the shapes that mail APIs want.

Pure.
"""

import re
from collections.abc import Sequence
from typing import Final

from tuimail.core.address import Address, quoted
from tuimail.core.patterns import regex
from tuimail.core.wire.encoding import encoded_words
from tuimail.providers.http_api.asking import Addresses, Shape
from tuimail.providers.http_api.paths import Tree, put


def told(address: Address, rules: Addresses, shape: Shape | None = None) -> object:
    """Return ``address`` as the service wants it."""
    wanted = shape or rules.shape
    return _object(address, rules) if wanted == "object" else _text(address, wanted)


def joined(
    addresses: Sequence[Address], rules: Addresses, shape: Shape | None = None
) -> str:
    """Return ``addresses`` as one text; objects have no such form."""
    wanted = shape or rules.shape
    return ", ".join(
        _text(address, "text" if wanted == "object" else wanted)
        for address in addresses
    )


def can_show(name: str, rules: Addresses, shape: Shape | None = None) -> bool:
    """Return whether a display name can be told as it is."""
    wanted = shape or rules.shape
    if name and wanted == "bare":
        return False
    if wanted == "plain" and any(one in _SEPARATORS for one in name):
        return False
    return rules.names is None or re.fullmatch(rules.names, name) is not None


def _object(address: Address, rules: Addresses) -> Tree:
    tree: Tree = {}
    put(tree, rules.email, address.text)
    if address.name:
        put(tree, rules.name, address.name)
    return tree


def _text(address: Address, shape: Shape) -> str:
    if not address.name or shape == "bare":
        return address.text
    return f"{_name(address.name, shape)} <{address.text}>"


def _name(name: str, shape: Shape) -> str:
    if shape == "plain" or _ATOMS.fullmatch(name):
        return name
    if shape == "encoded":
        return " ".join(encoded_words(name))
    return quoted(name) if any(one in _SPECIALS for one in name) else name


_SEPARATORS: Final = '"(),:;<>@[]\\'
"""What ends a name that has no quotes."""
_SPECIALS: Final = f"{_SEPARATORS}."
"""What is not in one without quotes (RFC 5322 §3.2.3)."""
_ATOMS: Final = regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")
