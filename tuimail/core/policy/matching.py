"""Whether a rule is about a mail, and if it is not, why.

Pure.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from tuimail.core.finding import Finding, Severity
from tuimail.core.origin import AGENT_PREFIX, PERSON_PREFIX
from tuimail.core.policy.case import Case
from tuimail.core.policy.grading import RANK
from tuimail.core.policy.pattern import is_among, may_be_among
from tuimail.core.policy.policy import Rule

EVERY_AGENT: Final = "*"
_KB: Final = 1000


def why_not(rule: Rule, case: Case, findings: Iterable[Finding], now: datetime) -> str:
    """Return the first condition that does not hold, in words, or empty.

    Args:
        rule: Which one.
        case: The mail.
        findings: Those of the mail, as the policy grades them.
        now: Aware.
    """
    return next(_unmet(rule, case, tuple(findings), now), "")


def is_sample(rule: Rule, drawn: float | None) -> bool:
    """Return whether a person looks at this one of those that ``rule`` releases.

    Args:
        rule: Which one.
        drawn: Where the draw fell, from 0 up to 1; None where none was made.
    """
    return drawn is not None and drawn < rule.sample_review


def _unmet(
    rule: Rule, case: Case, findings: tuple[Finding, ...], now: datetime
) -> Iterator[str]:
    """Yield why it does not match, what is cheap to find out first."""
    if rule.is_over(now):
        yield f"it ended on {rule.expires:%Y-%m-%d}"
    yield from _unmet_by_origin(rule, case)
    yield from _unmet_by_recipients(rule, case)
    yield from _unmet_by_content(rule, case, findings)


def _unmet_by_origin(rule: Rule, case: Case) -> Iterator[str]:
    actor = case.origin.actor
    if rule.agent == EVERY_AGENT and actor.startswith(PERSON_PREFIX):
        yield "a person wrote it"
    if rule.agent not in {"", EVERY_AGENT} and actor != AGENT_PREFIX + rule.agent:
        yield f"it is from {actor[:80]}, not from the program {rule.agent}"
    if rule.account and case.draft.account != rule.account:
        yield f"it leaves through {case.draft.account or 'no account'}"


def _unmet_by_recipients(rule: Rule, case: Case) -> Iterator[str]:
    people = case.draft.recipients
    if rule.to_all_in and not all(is_among(one, rule.to_all_in) for one in people):
        yield "somebody it is for is not in to_all_in"
    is_meant = is_among if rule.action == "auto" else may_be_among
    if rule.to_any_in and not any(is_meant(one, rule.to_any_in) for one in people):
        yield "nobody it is for is in to_any_in"
    if rule.max_recipients is not None and len(people) > rule.max_recipients:
        yield f"it is for {len(people)}, where {rule.max_recipients} are the most"


def _unmet_by_content(
    rule: Rule, case: Case, findings: tuple[Finding, ...]
) -> Iterator[str]:
    has_files = bool(case.draft.attachments)
    if not case.draft.subject.startswith(rule.subject_prefix):
        yield "its subject begins otherwise"
    if rule.attachments is not None and rule.attachments is not has_files:
        yield "it has files" if has_files else "it has no files"
    if rule.max_kb is not None and case.size_bytes > rule.max_kb * _KB:
        yield f"it has {case.size_bytes:,} bytes, where {rule.max_kb} kB are the most"
    worse = _over(rule, findings)
    if worse is not None:
        yield f"the finding {worse.code[:60]} is over {rule.findings_limit}"


def _over(rule: Rule, findings: tuple[Finding, ...]) -> Finding | None:
    if rule.findings_limit is None:
        return None
    limit = RANK[Severity(rule.findings_limit)]
    return next((one for one in findings if RANK[one.severity] < limit), None)
