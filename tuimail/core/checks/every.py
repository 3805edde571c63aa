"""Every check there is, over one draft.

Pure: policy is not asked here.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.core.checks import (
    alternatives,
    attachments,
    body,
    cards,
    files,
    headers,
    html,
    links,
    recipients,
    redaction,
    secrets,
    size,
    subject,
    text,
)
from tuimail.core.checks.context import NOTHING_KNOWN, Context
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.html.facts import examine
from tuimail.errors import FieldError

_ORDER: Final = {severity: rank for rank, severity in enumerate(Severity)}


def run(
    draft: Draft, context: Context = NOTHING_KNOWN, *, further: Iterable[Finding] = ()
) -> tuple[Finding, ...]:
    """Return what every check noticed, the worst first, and no secret in it.

    Args:
        draft: What is checked; nothing is fetched.
        context: What is known besides.
        further: What was noticed by somebody else, to be put in its place.
    """
    searched = secrets.search(draft, context)
    found = (
        *draft.noticed,
        *further,
        *subject.check(draft),
        *recipients.check(draft, context),
        *headers.check(draft, context),
        *text.check(draft),
        *searched.findings,
        *cards.check(draft),
        *files.check(draft, context),
        *size.check(draft, context),
        *_check_bodies(draft),
    )
    told = (redaction.without_secrets(one, searched.values) for one in found)
    return tuple(sorted(told, key=lambda finding: _ORDER[finding.severity]))


def _check_bodies(draft: Draft) -> Iterator[Finding]:
    try:
        facts = examine(draft.body.html) if draft.body.html else None
    except FieldError as error:
        facts = None
        yield html.too_complex(error)
    if facts is not None:
        yield from html.check(facts, draft)
        yield from alternatives.check(draft, facts.read)
    yield from links.check(draft, facts)
    words = draft.body.text or (facts.read.text if facts else "")
    yield from attachments.check(draft, text=words)
    if facts is not None or not draft.body.html:
        yield from html.check_pictures(facts.content_ids if facts else (), draft)
        yield from body.check(draft, text=words)
