"""Every check there is, over one draft.

Pure: what was sent before, and policy, are not asked here.
"""

from typing import Final

from tuimail.core.checks import attachments, recipients, subject, text
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity

_ORDER: Final = {severity: rank for rank, severity in enumerate(Severity)}


def run(
    draft: Draft, *, own_domains: frozenset[str] = frozenset()
) -> tuple[Finding, ...]:
    """Return what every check noticed, the worst first.

    Args:
        draft: What is checked; nothing is fetched, and no attachment opened.
        own_domains: Domains of the person's own accounts, as in ``Address``.
    """
    found = (
        *subject.check(draft),
        *recipients.check(draft, own_domains=own_domains),
        *attachments.check(draft, text=draft.body.text),
        *text.check(draft),
    )
    return tuple(sorted(found, key=lambda finding: _ORDER[finding.severity]))
