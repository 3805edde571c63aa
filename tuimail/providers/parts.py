"""A message taken apart, for services that want its parts instead of its bytes.

What they are handed is a function of the approved bytes and nothing else, so that
an approval of the bytes is one of that, too. Pure.
"""

from dataclasses import dataclass

from tuimail.core.address import Address
from tuimail.core.message import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """One file in a message."""

    filename: str
    """As the reader sees it; empty where it has none."""
    content_type: str
    """In lower case, without parameters."""
    content: bytes
    """Decoded."""
    content_id: str = ""
    """Without angle brackets; empty where nothing refers to it."""
    is_inline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a mail API is told about a message."""

    sender: Address
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    """From the header, as far as the envelope has them; wire form and name."""
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    """Those of the envelope whom no header names."""
    subject: str = ""
    text: str | None = None
    """With line feeds alone; None where there is no such part."""
    html: str | None = None
    attachments: tuple[Attached, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    """Every other field, unfolded, in order: neither those above, nor MIME's, nor
    ``Date`` and ``Message-ID``, which stand below."""
    date: str = ""
    message_id: str = ""


def parts_of(content: bytes, envelope: Envelope) -> Parts:
    """Return the parts of a message that was rendered by us.

    Args:
        content: The approved bytes.
        envelope: Whom this attempt is for: a recipient whom a header names and
            the envelope does not is left out.

    Raises:
        UnsupportedFeatureError: It has a form that cannot be told in parts.
    """
    raise NotImplementedError
