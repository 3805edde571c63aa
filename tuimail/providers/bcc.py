"""The copy of a message that names its blind recipients, for who wants it so.

Some services take recipients from the header alone, and remove ``Bcc`` before
anybody gets the message. What they are handed is the approved bytes with one
field more; the rule kept here is that a reader finds in it exactly whom the
envelope names, and nothing else changed. Nobody stores that copy. Pure.
"""

from collections.abc import AsyncIterator
from email.message import Message
from email.parser import BytesHeaderParser
from typing import Final

from tuimail.core.message import Envelope
from tuimail.core.wire.reparse import mailboxes, unfolded
from tuimail.errors import PlanMismatchError, UnsupportedFeatureError

END: Final = b"\r\n\r\n"


def with_bcc(content: bytes, envelope: Envelope) -> bytes:
    """Return ``content`` with a ``Bcc`` for whom its header does not name.

    The field is the last one of the header; without it, these are the same bytes.

    Args:
        content: A message, or its header with the empty line that ends it.
        envelope: Whom it is for.

    Raises:
        UnsupportedFeatureError: The header names somebody who is not to get it:
            the service would send to everybody whom it finds there.
        PlanMismatchError: It is not a header of ours, or a reader would find
            somebody else in it.
    """
    at = content.find(END) + len(b"\r\n")
    if at < len(END):
        raise _mismatch("its header does not end")
    header = content[: at + len(b"\r\n")]
    field = _bcc_field(_read(header), envelope)
    if not field:
        return content
    _compare(header, header[:at] + field + b"\r\n", envelope)
    return content[:at] + field + content[at:]


async def with_bcc_ahead(
    pieces: AsyncIterator[bytes], envelope: Envelope
) -> tuple[int, AsyncIterator[bytes]]:
    """Return by how many bytes ``with_bcc`` makes a message longer, and its pieces.

    Reads as many pieces as it takes to see the whole header.

    Raises:
        UnsupportedFeatureError: As ``with_bcc``.
        PlanMismatchError: As ``with_bcc``.
    """
    start = bytearray()
    async for piece in pieces:
        searched = max(len(start) - len(END), 0)
        start += piece
        if start.find(END, searched) >= 0:
            break
    first = with_bcc(bytes(start), envelope)
    return len(first) - len(start), _followed_by(first, pieces)


async def _followed_by(
    first: bytes, others: AsyncIterator[bytes]
) -> AsyncIterator[bytes]:
    yield first
    async for piece in others:
        yield piece


def _bcc_field(header: Message, envelope: Envelope) -> bytes:
    """Return the field for whom ``header`` does not name; nothing for nobody."""
    if any(_names_recipients_otherwise(name) for name in header):
        raise _mismatch("its header has a field that no header of ours has")
    named = _mailboxes(header, "to", "cc")
    wanted = [one.wire_address for one in envelope.recipients]
    for address in named:
        if address not in wanted:
            raise _names_too_many(address)
    hidden = ",\r\n ".join(one for one in wanted if one not in named)
    return f"Bcc: {hidden}\r\n".encode() if hidden else b""


def _names_recipients_otherwise(name: str) -> bool:
    return name.lower() == "bcc" or name.lower().startswith("resent-")


def _compare(before: bytes, after: bytes, envelope: Envelope) -> None:
    """Make sure that a reader finds one field more, and whom the envelope names."""
    old, new = _read(before), _read(after)
    is_one_more = list(new.raw_items())[:-1] == list(old.raw_items())
    found = _mailboxes(new, "to", "cc", "bcc")
    wanted = {one.wire_address for one in envelope.recipients}
    if not is_one_more or set(found) != wanted:
        raise _mismatch("another parser reads other recipients")


def _read(header: bytes) -> Message:
    return BytesHeaderParser().parsebytes(header)


def _mailboxes(header: Message, *names: str) -> list[str]:
    """Return who stands in these fields; a group of nobody is nobody."""
    values = [value for name, value in header.raw_items() if name.lower() in names]
    found = [mailboxes(unfolded(value)) for value in values]
    return [address for one in found for _, address in one if address]


def _names_too_many(address: str) -> UnsupportedFeatureError:
    return UnsupportedFeatureError(
        f"The header names {address}, who is not to get this copy; the provider "
        "sends to everybody whom the header names.",
        hint="Send it through another account, or remove recipients_per_message.",
        field="to",
    )


def _mismatch(what: str) -> PlanMismatchError:
    return PlanMismatchError(
        f"The copy with the blind recipients cannot be made: {what}.",
        hint="Nothing was sent. This is a defect of tuimail; please report it.",
    )
