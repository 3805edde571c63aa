"""What Cloudflare Email Service takes, looked at when a draft is approved.

Its header rules are documented for requests in parts and for SMTP; a message that
is handed over as it is, is taken to be under the same. Those that every mail has
(``Date``, ``Message-ID``, MIME's) it puts its own in the place of. Pure.

Source: developers.cloudflare.com/email-service, "Headers" and "Limits".
"""

import re
from typing import Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.patterns import regex
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.features import refuse_features, refuse_smtputf8
from tuimail.providers.sayable import Sayable, further_headers, refuse_unsayable

NAME: Final = "Cloudflare"
MOST_RECIPIENTS: Final = 50
MOST_BYTES: Final = 5 * 1024 * 1024
"""25 MiB are for mail that only goes to addresses which the account has verified."""
MOST_SUBJECT: Final = 998
"""Characters."""
MOST_HEADER_BYTES: Final = 16 * 1024
"""Names and values of all further headers."""
MOST_NAME_BYTES: Final = 100
MOST_VALUE_BYTES: Final = 2048
MOST_NOT_X: Final = 20
"""Further headers that do not begin with ``X-``."""


def refuse(draft: Draft, envelope: Envelope) -> None:
    """Refuse what Cloudflare would not take, or would take in another form.

    Raises:
        UnsupportedFeatureError: With the field named.
    """
    refuse_features(envelope.service, provider=NAME)
    refuse_smtputf8(draft, envelope, provider=NAME)
    refuse_unsayable(draft, envelope, _SAYABLE, provider=NAME)
    _refuse_long_subject(draft)
    _refuse_many_headers(draft)


def may_say(name: str, value: str) -> bool:
    """Return whether a header field beyond the usual ones is taken as it is."""
    name = name.lower()
    if len(name) > MOST_NAME_BYTES or len(value.encode()) > MOST_VALUE_BYTES:
        return False
    form = _FORMS.get(name)
    if form is not None:
        return form.fullmatch(value) is not None
    return name in _ALLOWED or _OWN.fullmatch(name) is not None


def _refuse_long_subject(draft: Draft) -> None:
    if len(draft.subject) > MOST_SUBJECT:
        raise UnsupportedFeatureError(
            f"The subject has {len(draft.subject)} characters, and {NAME} takes "
            f"{MOST_SUBJECT}.",
            hint="Shorten the subject.",
            field="subject",
        )


def _refuse_many_headers(draft: Draft) -> None:
    headers = tuple(further_headers(draft))
    others = [name for _, name, _ in headers if not name.lower().startswith("x-")]
    size = sum(len(name) + len(value.encode()) for _, name, value in headers)
    if len(others) > MOST_NOT_X:
        what = f"{len(others)} headers that do not begin with X-"
        limit = f"{MOST_NOT_X}"
    elif size > MOST_HEADER_BYTES:
        what, limit = f"headers of {size:,} bytes", f"{MOST_HEADER_BYTES:,}"
    else:
        return
    raise UnsupportedFeatureError(
        f"The mail has {what}, and {NAME} takes {limit}.",
        hint="Leave some out, or send through another account.",
        field="header",
    )


_ALLOWED: Final = frozenset({
    "archived-at", "auto-submitted", "comments", "content-language", "expires",
    "importance", "in-reply-to", "keywords", "list-archive", "list-help", "list-id",
    "list-owner", "list-post", "list-subscribe", "organization", "precedence",
    "priority", "references", "reply-by", "require-recipient-valid-since",
    "sensitivity",
})  # fmt: skip
_FORMS: Final = {
    "list-unsubscribe": regex(
        r"<(?:https|mailto):[^<>\s]+>(?:, *<(?:https|mailto):[^<>\s]+>)*",
        re.IGNORECASE,
    ),
    "list-unsubscribe-post": regex("List-Unsubscribe=One-Click"),
}
"""Those that are only taken with such a value."""
_OWN: Final = regex(r"x-[a-z0-9_-]+")
_SAYABLE: Final = Sayable(
    most_recipients=MOST_RECIPIENTS, most_bytes=MOST_BYTES, may_say=may_say
)
