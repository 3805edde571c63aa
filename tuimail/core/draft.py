"""What a person or an agent writes, before it is a message.

A draft is content; where it stands is in ``lifecycle``, what it becomes is in
``compose``. Every text that would reach a header is checked at birth, so that
no later layer has to ask again.

Pure: no clock, no disk; attachments are named by digest, their bytes are in the
workspace's blobs.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final

from tuimail.core.address import Address
from tuimail.core.characters import describe, not_in_a_body
from tuimail.core.finding import Finding
from tuimail.core.header_names import (
    PRIORITY_HEADERS,
    UNSUBSCRIBE_HEADERS,
    check_header,
)
from tuimail.core.lines import check_line
from tuimail.core.patterns import regex
from tuimail.core.service import NOTHING_ASKED, ServiceOptions
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, NotComposableError

FILE_NAME_LIMIT: Final = 255
"""Octets of a file name that every file system takes."""


class Priority(StrEnum):
    """How urgent the author says it is; most readers show high and low."""

    HIGH = "high"
    """To be read before other mail."""
    NORMAL = "normal"
    """As any mail, and said so."""
    LOW = "low"
    """To be read when there is time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One file, frozen when it was attached; the bytes are a blob."""

    name: str
    """As the receiver will see it; a plain file name without folders."""
    content_type: str
    """``type/subtype`` without parameters; never multipart or message."""
    digest: str
    """SHA-256 of the content, lower-case hexadecimal."""
    size_bytes: int
    content_id: str = ""
    """What HTML calls it by (``cid:…``), without brackets; empty for a file that
    is to be saved (RFC 2392)."""

    @property
    def is_inline(self) -> bool:
        """Whether it is shown within the HTML."""
        return bool(self.content_id)

    def __post_init__(self) -> None:
        if self.content_id:
            check_content_id(self.content_id)
        check_line(self.name, field="attach", what="The name of an attachment")
        if (
            not _FILE_NAME.fullmatch(self.name)
            or len(self.name.encode()) > FILE_NAME_LIMIT
        ):
            raise FieldError(
                f"{self.name[:60]!r} cannot be the name of an attachment.",
                hint="Use a plain file name without folders, "
                f"of {FILE_NAME_LIMIT} octets at most.",
                field="attach",
            )
        if not _MEDIA_TYPE.fullmatch(self.content_type):
            raise FieldError(
                f"{self.content_type!r} is not a type an attachment can have.",
                hint="Leave the type out, or write one such as application/pdf.",
                field="attach",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What is to be read: plain text, HTML, or both; line ends are LF."""

    text: str = ""
    html: str = ""
    is_text_made: bool = False
    """Whether the text was made from the HTML, to be made again when that
    changes."""
    is_flowed: bool = False
    """Whether paragraphs of the text may be wrapped anew by the reader's program
    (RFC 3676)."""
    is_html_made: bool = False
    """Whether the HTML was made from the text, which is Markdown, to be made again
    when that changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that a person can say about one mail.

    Not a message: it has no date and no Message-ID, and it knows its Bcc.
    """

    sender: Address
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    subject: str = ""
    body: Body = Body()
    attachments: tuple[Attachment, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    """Further header fields, in order: name and value."""
    in_reply_to: str = ""
    """Message-ID of the mail this answers, with its angle brackets."""
    references: tuple[str, ...] = ()
    account: str = ""
    """Name of the account it is to leave through."""
    priority: Priority | None = None
    """None says nothing about it, which is not the same as *normal*."""
    unsubscribe_url: str = ""
    """Where one request ends a subscription (RFC 8058); https only."""
    service: ServiceOptions = NOTHING_ASKED
    """What is said to the provider beside the message."""
    noticed: tuple[Finding, ...] = ()
    """What was noticed when it was taken in and cannot be seen in it any more,
    such as a file name that had to be changed."""
    expires_at: datetime | None = None
    """When it is of no use any more, aware; it is not sent after that. None
    leaves that to the sender's own patience."""

    def __post_init__(self) -> None:
        check_line(self.subject, field="subject", what="The subject")
        check_unsubscribe_url(self.unsubscribe_url)
        _check_expiry(self.expires_at)
        if self.attachments:
            _check_content_ids(self.attachments)
        if self.headers:
            self._check_derived_headers()
        for text, field in ((self.body.text, "text"), (self.body.html, "html")):
            _check_body(text, field=field)
        for name, value in self.headers:
            check_header(name, value)
        if self.in_reply_to:
            check_message_id(self.in_reply_to, field="in-reply-to")
        for identifier in self.references:
            check_message_id(identifier, field="references")

    def _check_derived_headers(self) -> None:
        """Refuse a header by hand that one of the fields writes as well."""
        taken = {
            **dict.fromkeys(PRIORITY_HEADERS if self.priority else (), "priority"),
            **dict.fromkeys(
                UNSUBSCRIBE_HEADERS if self.unsubscribe_url else (), "unsubscribe-url"
            ),
        }
        for name, _ in self.headers:
            if name.lower() in taken:
                raise FieldError(
                    f"The header {name} is set by {taken[name.lower()]} already.",
                    hint="Leave one of the two out.",
                    field="header",
                )

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody who is to get it, in the order To, Cc, Bcc."""
        return (*self.to, *self.cc, *self.bcc)


def require_recipient(draft: Draft, *, hint: str) -> Draft:
    """Return ``draft``, for who has no window in which somebody could be added.

    Args:
        draft: As it was composed.
        hint: How somebody is named there.

    Raises:
        NotComposableError: Nobody would get it.
    """
    if not draft.recipients:
        raise NotComposableError(
            "Nobody is named in To, Cc or Bcc.", hint=hint, field="to"
        )
    return draft


def check_message_id(identifier: str, *, field: str) -> None:
    """Refuse what is not one Message-ID with its angle brackets (RFC 5322 §3.6.4).

    Raises:
        FieldError: It has no brackets, white space, or is over 900 characters.
    """
    if not _MESSAGE_ID.fullmatch(identifier):
        raise FieldError(
            f"{identifier[:60]!r} is not a Message-ID.",
            hint="A Message-ID looks like <part@domain>.",
            field=field,
        )


def check_idempotency_key(key: str) -> None:
    """Refuse what cannot stand in a header of a request to a provider.

    Raises:
        FieldError: It is empty, has over 255 characters, or one that is not
            visible ASCII.
    """
    if not _IDEMPOTENCY_KEY.fullmatch(key):
        raise FieldError(
            f"{key[:60]!r} cannot be an idempotency key.",
            hint="Use 1 to 255 letters, digits and signs of ASCII, without spaces.",
            field="idempotency-key",
        )


def check_content_id(content_id: str) -> None:
    """Refuse what cannot name an inline image (RFC 2392, RFC 2045 §7).

    Raises:
        FieldError: It is empty, too long, or has a character that ends it.
    """
    if not _CONTENT_ID.fullmatch(content_id):
        raise FieldError(
            f"{content_id[:60]!r} cannot be a Content-ID.",
            hint="Use letters, digits, dots, hyphens and underscores, and leave "
            "the angle brackets out.",
            field="inline",
        )


def check_unsubscribe_url(url: str) -> None:
    """Refuse what a reader's program could not post to (RFC 8058 §3.1).

    Raises:
        FieldError: It is not one https address in ASCII.
    """
    if not url:
        return
    if not _HTTPS.fullmatch(url) or not _is_public_host(url):
        raise FieldError(
            f"{url[:60]!r} is not an https address that can end a subscription.",
            hint="Write https://…, percent-encoded, of 900 characters at most.",
            field="unsubscribe-url",
        )


def check_run_url(url: str) -> None:
    """Refuse what cannot be opened in a browser, or could act on a screen.

    Raises:
        FieldError: It is not one address of the web, in ASCII.
    """
    if url and not _WEB.fullmatch(url):
        raise FieldError(
            f"{url[:60]!r} is not an address of the web.",
            hint="Write https://…, percent-encoded, of 2,000 characters at most, or "
            "leave it out.",
            field="run-url",
        )
    if url and _has_login(url):
        raise FieldError(
            "The address of the work has a user or a password in it, which everybody "
            "would see who reads this mail here.",
            hint="Write it without what stands before the @.",
            field="run-url",
        )


_FILE_NAME: Final = regex(r"(?!\.{1,2}\Z| *\Z)[^/\\]+")
_MEDIA_TYPE: Final = regex(
    r"(?!(?:multipart|message)/)[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}"
)
_MESSAGE_ID: Final = regex(r"<[!-;=?-~]{1,900}>")
_IDEMPOTENCY_KEY: Final = regex(r"[!-~]{1,255}")
_CONTENT_ID: Final = regex(r"[A-Za-z0-9!#$&'*+./=?^_`{|}~@-]{1,200}")
_WEB: Final = regex(r"(?i:https?)://[!-;=?-~]{1,1990}")
_HTTPS: Final = regex(r"(?i:https)://[!-;=?-~]{1,890}")


def _has_login(url: str) -> bool:
    """Return whether somebody's name or password is in ``url`` (RFC 3986 §3.2.1)."""
    return "@" in re.split(r"[/?#\\]", url.partition("://")[2], maxsplit=1)[0]


def _is_public_host(url: str) -> bool:
    """Return whether a program anywhere could ask the host that ``url`` names."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - lists ask nobody

    try:
        parts = urlsplit(url)
        is_plain = "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False
    return is_plain and "." in (parts.hostname or "").strip(".")


def _check_content_ids(attachments: Iterable[Attachment]) -> None:
    seen: set[str] = set()
    for content_id in (one.content_id for one in attachments if one.is_inline):
        if content_id in seen:
            raise FieldError(
                f"Two inline images have the Content-ID {content_id!r}.",
                hint="Give each its own.",
                field="inline",
            )
        seen.add(content_id)


def _check_expiry(moment: datetime | None) -> None:
    if moment is not None and moment.tzinfo is None:
        raise FieldError(
            f"{moment.isoformat()} has no time zone, so that it is no moment.",
            hint="Add its offset: 2027-01-31T08:00+01:00",
            field="expires",
        )


def _check_body(text: str, *, field: str) -> None:
    found = not_in_a_body(text)
    if found:
        raise FieldError(
            f"The {field} contains {describe(found)}, which mail cannot carry.",
            hint=f"Remove it from the {field}.",
            field=field,
        )


def file_digest(content: bytes) -> str:
    """Return the SHA-256 of ``content`` in lower-case hexadecimal."""
    from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, and lists hash nothing

    return sha256(content).hexdigest()
