"""Whether readers' programs are asked to report that the mail was read.

RFC 8098 §2.1, and what programs did before it. The report goes wherever the
header says, to somebody that neither author nor reader may know.

Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.address import parse_address
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.errors import AddressError

PLACE_LIMIT: Final = 200
_ASKING: Final = frozenset({
    "disposition-notification-to", "return-receipt-to", "x-confirm-reading-to",
})  # fmt: skip


def check(draft: Draft) -> Iterator[Finding]:
    """Find headers that ask for a receipt; a warning where it goes to others."""
    for name, value in draft.headers:
        if name.lower() in _ASKING:
            is_own = _is_of(value, draft.sender.text)
            yield Finding(
                code="hdr.receipt-request",
                severity=Severity.INFO if is_own else Severity.WARNING,
                field="header",
                message=f"{name} asks every reader's program to report to "
                f"{value[:PLACE_LIMIT]} that the mail was read.",
                hint="Leave the header out, unless that is meant.",
                place=value[:PLACE_LIMIT],
            )


def _is_of(value: str, own: str) -> bool:
    try:
        return parse_address(value, field="header").text == own
    except AddressError:
        return False
