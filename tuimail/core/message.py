"""What goes out: the bytes' identity, and whom the provider is told about.

Pure values.
"""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tuimail.core.digests import digest_of
from tuimail.core.service import NOTHING_ASKED, ServiceOptions
from tuimail.core.values import dataclass

if TYPE_CHECKING:
    from tuimail.core.address import Address
    from tuimail.core.draft import Draft

RELEASE_DIGEST_VERSION: Final = 1


class Role(StrEnum):
    """How a recipient was named by the author."""

    TO = "to"
    """Named in the To header."""
    CC = "cc"
    """Named in the Cc header."""
    BCC = "bcc"
    """Told to the provider only; in no header, in no stored message."""


def by_role(draft: "Draft") -> "tuple[tuple[Role, tuple[Address, ...]], ...]":
    """Return whom ``draft`` names, in the order To, Cc, Bcc."""
    return (Role.TO, draft.to), (Role.CC, draft.cc), (Role.BCC, draft.bcc)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One rendered RFC 5322 message: CRLF, 7-bit clean, without Bcc.

    The bytes themselves are in a file; this is what identifies them.
    """

    message_id: str
    """With its angle brackets."""
    date: datetime
    """Aware; what the Date header says, to the second."""
    digest: str
    """SHA-256 of the bytes, lower-case hexadecimal."""
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeRecipient:
    """One mailbox that is to get the message."""

    role: Role
    address: str
    """As the author wrote it, domain in Unicode; what people are shown."""
    wire_address: str
    """As the provider is told, domain in A-labels (RFC 5891)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who the provider is told to send from and to (RFC 5321 §2.3.1).

    Not the ``From`` and ``To`` headers: Bcc recipients exist here and nowhere
    in the message, and bounces may go to somebody other than the author.
    """

    return_path: str
    """Address that bounces go to, in wire form; empty for a report."""
    recipients: tuple[EnvelopeRecipient, ...]
    """In the order To, Cc, Bcc; no wire address twice; never empty."""
    needs_smtputf8: bool = False
    """Whether a local part is not ASCII (RFC 6531)."""
    service: ServiceOptions = NOTHING_ASKED
    """What else the provider is asked to do with it."""

    def __post_init__(self) -> None:
        wire = [recipient.wire_address for recipient in self.recipients]
        if not wire:
            raise ValueError("An envelope needs at least one recipient.")
        if len(set(wire)) != len(wire):
            raise ValueError("An envelope names nobody twice.")


def release_digest(
    *, message_digest: str, envelope: Envelope, account_fingerprint: str
) -> str:
    """Return the digest that an approval is bound to.

    It covers the bytes, everybody who gets them, what else the provider is asked
    to do, and the account they leave through: a change of any of these voids the
    approval. When it may leave is not part of it.

    Args:
        message_digest: SHA-256 of the rendered message.
        envelope: Return path, recipients and options.
        account_fingerprint: Digest over the account's name, provider, server
            and sender, so that the same name elsewhere is another account.
    """
    options: dict[str, object] = {"smtputf8": envelope.needs_smtputf8}
    if not envelope.service.is_empty:
        options["service"] = envelope.service.digest
    return digest_of(
        {
            "v": RELEASE_DIGEST_VERSION,
            "account": account_fingerprint,
            "from": envelope.return_path,
            "recipients": sorted(
                [recipient.role.value, recipient.address, recipient.wire_address]
                for recipient in envelope.recipients
            ),
            "message": message_digest,
            "options": options,
        }
    )
