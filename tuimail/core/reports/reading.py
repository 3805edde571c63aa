"""A delivery report, found out in a whole message (RFC 6522, RFC 3464).

Whatever octets are given, it is read in time that grows with their number, and
nothing is raised.

Pure.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.reports.parts import (
    HEADER_LIMIT_BYTES,
    Fields,
    Part,
    content,
    leaves,
    read_fields,
    read_part,
)
from tuimail.core.reports.report import DeliveryReport
from tuimail.core.reports.statuses import read_fates

STATUS_LIMIT_BYTES: Final = 1024 * 1024
"""Of the fields about recipients; 1,000 of them need half of that."""

_KIND: Final = "delivery-status"
_STATUS: Final = regex(r"message/(?:global-)?delivery-status")
_RETURNED: Final = regex(r"(?:message|text)/(?:rfc822|global)(?:-headers?)?")
_MESSAGE_ID: Final = regex(r"<[!-;=?-~\u0080-\U0010ffff]{1,900}>")
_LAST_BLANK_LINE: Final = regex(r"\r?\n[ \t]*+\r?\n")


def read_report(raw: bytes) -> DeliveryReport | None:
    """Return what a delivery report says; None for any other message.

    Other reports, such as that a mail was read (RFC 8098) or complained about
    (RFC 5965), are other messages, and so are those that say it in prose only.
    """
    root = read_part(raw, 0, len(raw))
    if root.type != "multipart/report" or not _is_about_delivery(root):
        return None
    found = list(leaves(raw, root))
    status = next((one for one in found if _STATUS.fullmatch(one.type)), None)
    if status is None:
        return None
    envelope_id, fates = read_fates(content(raw, status, STATUS_LIMIT_BYTES))
    return DeliveryReport(
        references=tuple(_references(envelope_id, root, _returned(raw, found))),
        fates=fates,
    )


def _is_about_delivery(root: Part) -> bool:
    """Return whether its kind is ours, or not said, as some servers have it."""
    return root.parameter("report-type").lower() in {"", _KIND}


def _returned(raw: bytes, parts: Iterable[Part]) -> Fields:
    """Return the header of the mail that the report is about; often it is there."""
    for one in parts:
        if _RETURNED.fullmatch(one.type):
            text = content(raw, one, HEADER_LIMIT_BYTES).lstrip()
            return read_fields(_LAST_BLANK_LINE.split(text, 1)[0])
    return {}


def _references(envelope_id: str, root: Part, returned: Fields) -> Iterator[str]:
    """Yield by what the mail may be known, none twice.

    Some servers send nothing back, and say as in an answer what they are about.
    """
    named = (returned.get("message-id", ""), root.fields.get("in-reply-to", ""))
    found = [match[0] for text in named for match in _MESSAGE_ID.finditer(text)]
    yield from dict.fromkeys([*found[:3], *filter(None, [envelope_id])])
