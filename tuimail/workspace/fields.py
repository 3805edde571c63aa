"""From what was typed to a draft: every field checked, files frozen.

Bad input is refused here, with the name of its field, before anything is
stored.
"""

import mimetypes
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from tuimail.core.address import (
    Address,
    parse_address,
    parse_addresses,
    with_name,
)
from tuimail.core.draft import Attachment, Body, Draft
from tuimail.errors import ConfigurationError, FieldError
from tuimail.settings.config import AccountSettings
from tuimail.settings.files import expanded
from tuimail.workspace.stores import Stores

ATTACHMENT_LIMIT_BYTES: Final = 50 * 1024 * 1024
"""More than any provider takes; what an account takes is asked at approval."""
_FALLBACK_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """A draft as it was typed: every value is text that nobody checked yet."""

    sender: str = ""
    """Address or ``Name <address>``; empty means the account's own."""
    sender_name: str = ""
    to: tuple[str, ...] = ()
    """One mailbox an item; so are the next three."""
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    reply_to: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    html: str = ""
    attachments: tuple[Path, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    account: str = ""
    """Name; empty means the one that owns the sender, or else the default."""


def compose(stores: Stores, fields: Fields) -> Draft:
    """Return what ``fields`` say, every field checked, files frozen.

    Raises:
        FieldError: One field has a value that it may not have.
        ConfigurationError: The account named does not exist.
    """
    account = _account(stores, fields)
    return Draft(
        sender=_sender(fields, account),
        to=parse_addresses(fields.to, field="to"),
        cc=parse_addresses(fields.cc, field="cc"),
        bcc=parse_addresses(fields.bcc, field="bcc"),
        reply_to=parse_addresses(fields.reply_to, field="reply-to"),
        subject=fields.subject,
        body=Body(text=_lf(fields.text), html=_lf(fields.html)),
        attachments=tuple(attach(stores, path) for path in fields.attachments),
        headers=fields.headers,
        in_reply_to=fields.in_reply_to,
        references=fields.references,
        account=account.name if account else "",
    )


def attach(stores: Stores, path: Path) -> Attachment:
    """Freeze the file at ``path`` and return it as an attachment.

    Raises:
        AttachmentError: Missing, unreadable, not a regular file, too big.
    """
    digest, size = stores.blobs.add_file(
        expanded(path), limit_bytes=ATTACHMENT_LIMIT_BYTES
    )
    return Attachment(
        name=path.name,
        content_type=_content_type(path.name),
        digest=digest,
        size_bytes=size,
    )


def _account(stores: Stores, fields: Fields) -> AccountSettings | None:
    config = stores.config
    if fields.sender and not fields.account:
        wanted = parse_address(fields.sender, field="from").text
        for account in config.accounts:
            if account.address.text == wanted:
                return account
    if fields.account or config.default_account:
        return config.account(fields.account)
    return None


def _sender(fields: Fields, account: AccountSettings | None) -> Address:
    sender = _typed_sender(fields, account)
    if not fields.sender_name:
        return sender
    return with_name(sender, fields.sender_name, field="from-name")


def _typed_sender(fields: Fields, account: AccountSettings | None) -> Address:
    if not fields.sender:
        return _account_address(account)
    sender = parse_address(fields.sender, field="from")
    if account is not None and account.address.text != sender.text:
        raise FieldError(
            f"The account {account.name} sends as {account.address.text}, "
            f"not as {sender.text}.",
            hint="Leave From out, or add an account for that address: "
            "tuimail accounts add",
            field="from",
        )
    if account is not None and not sender.name:
        return replace(sender, name=account.address.name)
    return sender


def _account_address(account: AccountSettings | None) -> Address:
    if account is None:
        raise ConfigurationError(
            "There is no account to send from yet, and no From was given.",
            hint="Add one: tuimail accounts add",
            field="from",
        )
    return account.address


def _content_type(name: str) -> str:
    """Return the type that the name's ending stands for.

    Asks the table inside Python only, so that it is the same on every machine.
    """
    guessed, encoding = mimetypes.MimeTypes().guess_type(name, strict=False)
    if guessed is None or encoding or guessed.startswith(("multipart/", "message/")):
        return _FALLBACK_TYPE
    return guessed


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
