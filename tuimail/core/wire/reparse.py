"""The header block as somebody else's parser reads it.

The standard library's, because it shares no code with our writer and is what
many receivers run.  Of its two parsers the old one (``compat32``), which keeps
each value as it stands: the new one (``policy.default``) takes quadratic time
for long recipient lists, and decodes what looks like encoded words where none
may be.  Its values are unfolded here and given to ``decode_header`` and
``getaddresses``, which are right for everything that we write, on 3.11, 3.12 and
3.13 alike; tests render arbitrary drafts to know.  ``strict`` is off where it
exists, because it refuses every address literal; it would add nothing, as the
mailboxes that come back must be exactly those that were meant.

Pure.
"""

import email.utils
from collections.abc import Iterable
from email.errors import MessageError
from email.header import decode_header
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import Final

from tuimail.core.address import wire_address
from tuimail.core.wire.block import mismatch
from tuimail.core.wire.headers import AddressHeader, HeaderField, TextHeader

Value = str | tuple[tuple[str, str], ...]
"""Text, or mailboxes as name and address on the wire."""


_NOT_STRICT: Final[dict[str, bool]] = (
    {"strict": False} if hasattr(email.utils, "supports_strict_parsing") else {}
)


def compare(
    block: bytes,
    *,
    headers: tuple[HeaderField, ...],
    names: tuple[str, ...],
    content_type: str,
) -> None:
    """Make sure that a reader gets back what was meant.

    Args:
        block: All header lines and the empty line that ends them.
        headers: The fields that were planned, in order.
        names: Their names, and those of the Content- fields that follow.
        content_type: What the Content-Type field is to say.

    Raises:
        PlanMismatchError: Names, their number or order, a text, a mailbox or a
            display name differ.
    """
    parsed = BytesHeaderParser().parsebytes(block)
    found = [(name, unfolded(value)) for name, value in parsed.raw_items()]
    if tuple(name for name, _ in found) != names or parsed.get_payload():
        raise mismatch("another parser reads other headers")
    _compare_values(headers, (value for _, value in found))
    if parsed.get_content_type() != content_type:
        raise mismatch(f"another parser reads {parsed.get_content_type()}")


def mailboxes(value: str) -> list[tuple[str, str]]:
    """Return names, still encoded, and addresses on the wire in an unfolded value."""
    return getaddresses([value], **_NOT_STRICT)


def _compare_values(headers: tuple[HeaderField, ...], found: Iterable[str]) -> None:
    for header, value in zip(headers, found, strict=False):
        if _read(header, value) != _meant(header):
            raise mismatch(f"another parser reads another {header.name}")


def unfolded(value: str) -> str:
    """Return the value of a field as it reads on one line."""
    octets = value.replace("\r\n", "").encode("ascii", "surrogateescape")
    return octets.decode("utf-8", "replace")


def _meant(header: HeaderField) -> Value:
    match header:
        case TextHeader():
            return header.text
        case AddressHeader():
            return tuple((one.name, wire_address(one)) for one in header.addresses)
        case _:
            return header.value


def _read(header: HeaderField, value: str) -> Value:
    match header:
        case TextHeader():
            return _decoded(value)
        case AddressHeader():
            return tuple(
                (_decoded(name), address) for name, address in mailboxes(value)
            )
        case _:
            return value


def _decoded(text: str) -> str:
    try:
        return "".join(
            word if isinstance(word, str) else word.decode(charset or "ascii")
            for word, charset in decode_header(text)
        )
    except (MessageError, ValueError, LookupError):
        raise mismatch(f"another parser cannot read {text[:60]!r}") from None
