"""Whether the subject says anything.

Pure.
"""

from collections.abc import Iterator

from tuimail.core.characters import is_blank
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity


def check(draft: Draft) -> Iterator[Finding]:
    """Find a subject that is missing, or blank."""
    if is_blank(draft.subject):
        yield Finding(
            code="hdr.empty-subject",
            severity=Severity.WARNING,
            field="subject",
            message="The subject is empty.",
            hint="Say in a few words what the mail is about.",
        )
