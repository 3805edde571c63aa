"""Header fields that people may add, and those that are not theirs to set.

Some are set by tuimail or by a server. Some are orders to a provider: with
``X-SMTPAPI`` a mail goes to people who are in no envelope that anybody approved.

Pure.
"""

from typing import Final

from tuimail.core.lines import check_line
from tuimail.core.patterns import regex
from tuimail.errors import FieldError

PRIORITY_HEADERS: Final = ("x-priority", "importance", "x-msmail-priority", "priority")
UNSUBSCRIBE_HEADERS: Final = ("list-unsubscribe", "list-unsubscribe-post")
RESERVED_HEADERS: Final = frozenset({
    "apparently-to", "authentication-results", "bcc", "cc", "date", "delivered-to",
    "domainkey-signature", "envelope-to", "from", "in-reply-to", "message-id",
    "received", "received-spf", "references", "reply-to", "return-path", "sender",
    "subject", "to",
})  # fmt: skip
RESERVED_PREFIXES: Final = ("arc-", "content-", "dkim-", "mime-", "resent-")
RECIPIENT_HEADERS: Final = frozenset({
    "x-bcc", "x-mc-bccaddress", "x-msys-api", "x-rcpt-to", "x-smtpapi",
})  # fmt: skip
"""Orders to providers, or habits of programs, by which others get the mail."""
ORDER_PREFIXES: Final = (
    "x-atmos-", "x-elasticemail-", "x-mailgun-", "x-mailjet-", "x-mc-", "x-mj-",
    "x-mt-", "x-pm-", "x-postmark-", "x-sendgrid-", "x-ses-", "x-sib-",
)  # fmt: skip
"""Headers that providers act upon and take out again."""
AGENTS_MAY_SET: Final = frozenset({
    "auto-submitted", "comments", "disposition-notification-to", "errors-to",
    "feedback-id", "importance", "keywords", "mail-followup-to", "mail-reply-to",
    "organization", "precedence", "priority", "return-receipt-to", "sensitivity",
    "thread-index", "thread-topic", "user-agent",
})  # fmt: skip
"""What a program may set beside ``List-`` and ``X-``; the checks look at it."""
_FREE_PREFIXES: Final = ("list-", "x-")
_HEADER_NAME: Final = regex(r"[!-9;-~]{1,76}")


def check_header(name: str, value: str) -> None:
    """Refuse a header field that is malformed or not for people to set.

    Raises:
        FieldError: The name is not RFC 5322 ftext, is one that tuimail or a
            server sets, or the value could end the line.
    """
    check_header_name(name)
    if name.lower() in RECIPIENT_HEADERS:
        raise FieldError(
            f"The header {name} can send the mail to people who are not named in it.",
            hint="Name everybody in to, cc or bcc.",
            field="header",
        )
    if name.lower() in RESERVED_HEADERS or name.lower().startswith(RESERVED_PREFIXES):
        raise FieldError(
            f"The header {name} is set by tuimail or by a server, not by hand.",
            hint="Use the field or option that stands for it, or leave it out.",
            field="header",
        )
    check_line(value, field="header", what=f"The value of header {name}")


def check_header_name(name: str) -> None:
    """Refuse what is not the name of a header (RFC 5322 §3.6.8, ftext).

    Raises:
        FieldError: It holds other characters, or too many.
    """
    if not _HEADER_NAME.fullmatch(name):
        raise FieldError(
            f"{name!r} is not the name of a header.",
            hint="A header is given as NAME=VALUE or 'NAME: VALUE'.",
            field="header",
        )


def agents_may_set(name: str) -> bool:
    """Return whether a program may hand in a header of that name."""
    name = name.lower()
    return name in AGENTS_MAY_SET or name.startswith(_FREE_PREFIXES)
