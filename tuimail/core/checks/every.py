"""Every check there is, over one draft.

Pure: policy is not asked here.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.core.checks import (
    attachments,
    cards,
    html,
    links,
    recipients,
    secrets,
    subject,
    text,
)
from tuimail.core.checks.context import NOTHING_KNOWN, Context
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.html.text import html_to_text
from tuimail.errors import FieldError

_ORDER: Final = {severity: rank for rank, severity in enumerate(Severity)}


def run(
    draft: Draft, context: Context = NOTHING_KNOWN, *, further: Iterable[Finding] = ()
) -> tuple[Finding, ...]:
    """Return what every check noticed, the worst first.

    Args:
        draft: What is checked; nothing is fetched.
        context: What is known besides.
        further: What was noticed by somebody else, to be put in its place.
    """
    found = (
        *draft.noticed,
        *further,
        *subject.check(draft),
        *recipients.check(draft, context),
        *text.check(draft),
        *secrets.check(draft, context),
        *cards.check(draft),
        *_check_bodies(draft),
    )
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.severity]))


def _check_bodies(draft: Draft) -> Iterator[Finding]:
    try:
        read = html_to_text(draft.body.html) if draft.body.html else None
    except FieldError as error:
        read = None
        yield html.too_complex(error)
    if read is not None:
        yield from html.check(read)
        yield from links.check(read.links)
    words = draft.body.text or (read.text if read else "")
    yield from attachments.check(draft, text=words)
