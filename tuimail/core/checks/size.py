"""Whether the message is too big for its account, or for most servers.

Counted are the octets that are sent: files grow by more than a third on the way,
because mail carries them as text (RFC 2045 §6.8).

Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.checks.context import NOTHING_KNOWN, Context
from tuimail.core.draft import Attachment, Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity

LARGE_BYTES: Final = 20_000_000
"""From here on servers refuse: many take 20 to 25 MB, some 10."""

_NAMED: Final = 3
_LINE: Final = (57, 78)
"""So many octets of a file make so many of a line of base64, with its end."""


def check(draft: Draft, context: Context = NOTHING_KNOWN) -> Iterator[Finding]:
    """Find a message that is over the account's limit, or large.

    Args:
        draft: What is checked.
        context: How big it is and what the account takes.
    """
    size, limit = context.size_bytes, context.size_limit_bytes
    if limit is not None and size > limit:
        code, severity = "size.over-limit", Severity.BLOCK
        said = f"the account takes {limit:,}"
    elif size > LARGE_BYTES:
        code, severity = "size.large", Severity.WARNING
        said = f"many servers refuse more than {LARGE_BYTES:,}"
    else:
        return
    yield Finding(
        code=code,
        severity=severity,
        field="attach",
        message=f"The message has {size:,} bytes as it is sent, and {said}.",
        hint="Leave a file out, make it smaller, or send a link to it.",
        place=_shares(draft, size)[:PLACE_LIMIT],
    )


def _shares(draft: Draft, size_bytes: int) -> str:
    """Return the biggest files, each with its share of the message."""
    biggest = sorted(draft.attachments, key=lambda one: -one.size_bytes)[:_NAMED]
    return ", ".join(
        f"{one.name} ({min(sent_bytes(one) * 100 // size_bytes, 100)} %)"
        for one in biggest
    )


def sent_bytes(attachment: Attachment) -> int:
    """Return about how many octets a file takes as it is sent."""
    octets, line = _LINE
    return attachment.size_bytes * line // octets
