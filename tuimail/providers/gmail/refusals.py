"""What Gmail is not asked, because it cannot be told or nobody knows. Pure."""

from typing import Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.patterns import regex
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.features import refuse_features
from tuimail.providers.sayable import Sayable, refuse_unsayable

MOST_BYTES: Final = 36_700_160
"""Of a mail as it is transmitted (the API's description, ``mediaUpload.maxSize``)."""
MOST_RECIPIENTS: Final = 100
"""To, Cc and Bcc of one mail through the API (Google Workspace, "Gmail sending
limits")."""
THREAD: Final = "gmail-thread"
"""Metadata under this name is the id of the conversation a mail belongs to."""


def refuse(draft: Draft, envelope: Envelope) -> None:
    """Refuse the first thing about ``draft`` that Gmail cannot be told.

    Raises:
        UnsupportedFeatureError: With the field named.
    """
    refuse_features(envelope.service, provider="Gmail")
    refuse_unsayable(draft, envelope, _SAYABLE, provider="Gmail")
    _refuse_smtputf8(envelope)
    thread = thread_of(envelope)
    if thread and not _THREAD_ID.fullmatch(thread):
        raise UnsupportedFeatureError(
            f"{thread[:60]!r} is not the id of a conversation in Gmail.",
            hint=f"Write {THREAD} as Gmail's API says it, or leave it out.",
            field="meta",
        )


def refuse_size(size_bytes: int) -> None:
    """Refuse a mail that is too big as it is transmitted.

    Raises:
        UnsupportedFeatureError: It is.
    """
    if size_bytes > MOST_BYTES:
        raise UnsupportedFeatureError(
            f"Gmail takes mail of {MOST_BYTES:,} bytes, and this has {size_bytes:,}.",
            hint="Attach less, or send through another account.",
            field="attach",
        )


def thread_of(envelope: Envelope) -> str:
    """Return the id of the conversation that a mail is to go into, or nothing."""
    return dict(envelope.service.metadata).get(THREAD, "")


def _refuse_smtputf8(envelope: Envelope) -> None:
    """Refuse addresses of which Gmail's documents do not say what becomes of them.

    What is sent is taken from the header, so that one that is read otherwise than
    it was meant could go to somebody else.
    """
    if envelope.needs_smtputf8:
        raise UnsupportedFeatureError(
            "An address is not ASCII before the @, and Gmail does not say what its "
            "API makes of that.",
            hint="Use an address in ASCII, or send through an account with SMTP.",
            field=next(
                (
                    one.role.value
                    for one in envelope.recipients
                    if not one.wire_address.isascii()
                ),
                "from",
            ),
        )


_SAYABLE: Final = Sayable(most_recipients=MOST_RECIPIENTS, most_bytes=MOST_BYTES)
_THREAD_ID: Final = regex(r"[0-9A-Za-z_-]{1,64}")
