"""What a service without raw mail can be told, and refusing the rest.

The one rule kept here: what cannot be said exactly is refused when a draft is
approved, with the field named, and never left out in silence. Pure.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayable:
    """What a service can be told about a message."""

    most_recipients: int | None = None
    """To, Cc and Bcc together."""
    has_cc: bool = True
    has_bcc: bool = True
    has_sender_name: bool = True
    has_recipient_names: bool = True
    most_reply_to: int | None = None
    """None for as many as there are, 0 for none."""
    has_both_bodies: bool = True
    """HTML and plain text in one message."""
    has_attachments: bool = True
    has_inline: bool = True
    most_bytes: int | None = None
    """Of the message as rendered."""
    may_say: Callable[[str, str], bool] = lambda _name, _value: True
    """Whether a header field beyond the usual ones can be handed on."""


def refuse_unsayable(
    draft: Draft, envelope: Envelope, sayable: Sayable, *, provider: str
) -> None:
    """Refuse the first thing about ``draft`` that ``provider`` cannot be told.

    Raises:
        UnsupportedFeatureError: With the field named.
    """
    raise NotImplementedError
