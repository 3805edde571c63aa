"""What the HTML hides, fetches, or has too much of.

Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.finding import Finding, Severity
from tuimail.core.html.text import HtmlText
from tuimail.errors import FieldError

PLACE_LIMIT: Final = 200


def check(html: HtmlText) -> Iterator[Finding]:
    """Find text that is not shown, and things that would be fetched."""
    if html.hidden_text:
        yield Finding(
            code="html.hidden-text",
            severity=Severity.WARNING,
            field="html",
            message=f"The HTML has {len(html.hidden_text)} characters of text that "
            "readers do not see, and programs do.",
            hint="Remove it, unless it is only the preview line of a newsletter.",
            place=html.hidden_text[:PLACE_LIMIT],
        )
    if html.remote_count:
        yield Finding(
            code="html.remote-content",
            severity=Severity.INFO,
            field="html",
            message="To show the mail, programs would fetch "
            f"{_things(html.remote_count)} from elsewhere, and tell who reads it.",
            hint="Attach pictures instead of linking them.",
        )


def too_complex(error: FieldError) -> Finding:
    """Return what to say of HTML that could not be looked at."""
    return Finding(
        code="html.too-complex",
        severity=Severity.BLOCK,
        field="html",
        message=f"{error} Nobody can check what it shows.",
        hint=error.hint,
    )


def _things(number: int) -> str:
    return "one thing" if number == 1 else f"{number} things"
