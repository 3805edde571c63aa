"""Whom an account may send as: address, where answers go, and a signature.

An account has one identity of its own and may have others (RFC 8621 §6).

Pure.
"""

from collections.abc import Iterable
from typing import Final

from tuimail.core.address import Address, format_address, parse_address
from tuimail.core.characters import describe, not_in_a_body
from tuimail.core.values import dataclass
from tuimail.errors import AddressError
from tuimail.settings.schema import Table

LONGEST_SIGNATURE: Final = 10_000
"""Characters; a signature is a few lines."""
KEYS: Final = ("address", "reply_to", "signature")
"""What one identity is made of, in a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One sender that an account answers for."""

    address: Address
    reply_to: Address | None = None
    """Where answers go, if not to the address."""
    signature: str = ""
    """Put under the text, after a line with two hyphens and a space."""


def read_identity(table: Table) -> Identity:
    """Return the identity that the keys of ``table`` describe.

    Raises:
        ConfigurationError: A key is missing or not what it may be.
    """
    reply_to = table.text("reply_to", default="")
    return Identity(
        address=_address(table, "address"),
        reply_to=_address(table, "reply_to") if reply_to else None,
        signature=read_signature(table),
    )


def read_identities(tables: Iterable[Table]) -> tuple[Identity, ...]:
    """Return further identities, each a table of its own.

    Raises:
        ConfigurationError: One has a key that means nothing, or is not right.
    """
    found = []
    for table in tables:
        table.refuse_unknown(KEYS)
        found.append(read_identity(table))
    return tuple(found)


def identity_table(identity: Identity) -> dict[str, str]:
    """Return what is written for ``identity``."""
    table = {"address": format_address(identity.address)}
    if identity.reply_to is not None:
        table["reply_to"] = format_address(identity.reply_to)
    if identity.signature:
        table["signature"] = identity.signature
    return table


def read_signature(table: Table) -> str:
    """Return the signature of ``table``, or nothing.

    Raises:
        ConfigurationError: It is too long, or has what no mail can have.
    """
    signature = table.text("signature", default="").replace("\r\n", "\n").rstrip("\n")
    found = not_in_a_body(signature)
    if found:
        raise table.error(
            "signature",
            f"contains {describe(found)}",
            hint="Remove it.",
        )
    if len(signature) > LONGEST_SIGNATURE:
        raise table.error(
            "signature",
            f"has {len(signature)} characters, which is more than {LONGEST_SIGNATURE}",
            hint="Shorten it.",
        )
    return signature


def _address(table: Table, key: str) -> Address:
    try:
        return parse_address(table.text(key), field=key)
    except AddressError as error:
        why = str(error).removesuffix(".")
        raise table.error(key, f"is no address: {why}", hint=error.hint) from None
