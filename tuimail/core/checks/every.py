"""Every check there is, over one draft.

What looks at HTML, or into files, is loaded for mail that has some: a parser of HTML
takes as long to load as all the rest.

Pure: policy is not asked here.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Final

from tuimail.core.checks import (
    attachments,
    body,
    cards,
    headers,
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
from tuimail.errors import FieldError

if TYPE_CHECKING:
    from tuimail.core.html.facts import HtmlFacts

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
        *_check_files(draft, context),
        *size.check(draft, context),
        *_check_bodies(draft),
    )
    told = (redaction.without_secrets(one, searched.values) for one in found)
    return tuple(sorted(told, key=lambda finding: _ORDER[finding.severity]))


def _check_files(draft: Draft, context: Context) -> Iterable[Finding]:
    if not draft.attachments:
        return ()
    from tuimail.core.checks import files  # noqa: PLC0415 - most mail has none

    return files.check(draft, context)


def _check_bodies(draft: Draft) -> Iterator[Finding]:
    facts: HtmlFacts | None = None
    if draft.body.html:
        facts, found = _check_html(draft)
        yield from found
    yield from links.check(draft, facts)
    words = draft.body.text or (facts.read.text if facts else "")
    yield from attachments.check(draft, text=words)
    if facts is not None or not draft.body.html:
        yield from _check_pictures(facts.content_ids if facts else (), draft)
        yield from body.check(draft, text=words)


def _check_html(draft: Draft) -> "tuple[HtmlFacts | None, tuple[Finding, ...]]":
    """Return what the HTML has, None where it has too much, and what is noticed."""
    from tuimail.core.checks import alternatives, html  # noqa: PLC0415 - see above
    from tuimail.core.html.facts import examine  # noqa: PLC0415 - see above

    try:
        facts = examine(draft.body.html)
    except FieldError as error:
        return None, (html.too_complex(error),)
    found = html.check(facts, draft), alternatives.check(draft, facts.read)
    return facts, tuple(chain(*found))


def _check_pictures(wanted: Sequence[str], draft: Draft) -> Iterable[Finding]:
    if not (wanted or draft.attachments):
        return ()
    from tuimail.core.checks import html  # noqa: PLC0415 - see above

    return html.check_pictures(wanted, draft)
