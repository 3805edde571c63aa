"""Cases, rules and findings for tests of the policy."""

from datetime import UTC, date, datetime
from typing import Any

from tests.core.drafts import a_draft, address
from tuimail.core.finding import Finding, Severity
from tuimail.core.origin import Origin
from tuimail.core.policy.case import Case
from tuimail.core.policy.pattern import Pattern, read_pattern
from tuimail.core.policy.policy import Policy, Rule

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CI = Origin(actor="agent:ci", door="http")
MARA = Origin(actor="person:mara", door="app")
END = date(2027, 1, 31)


def people(*texts: str) -> tuple[Pattern, ...]:
    return tuple(read_pattern(text) for text in texts)


def case(*to: str, origin: Origin = CI, **changes: Any) -> Case:
    """A mail to ``to``; what is no field of a case is one of the draft."""
    named = {"findings", "size_bytes", "draft_id", "drawn", "is_released"}
    own = {key: changes.pop(key) for key in named & changes.keys()}
    if to:
        changes["to"] = tuple(address(one) for one in to)
    return Case(draft=a_draft(**changes), origin=origin, **own)


def rule(action: Any = "auto", **changes: Any) -> Rule:
    values: dict[str, Any] = {"name": "builds", "expires": END}
    return Rule(action=action, **(values | changes))


def releasing(**changes: Any) -> Policy:
    """A policy that lets all mail of programs leave, but for ``changes``."""
    return Policy(**({"rules": (rule(),)} | changes))


def finding(
    code: str = "text.placeholder", severity: Severity = Severity.WARNING
) -> Finding:
    return Finding(code=code, severity=severity, field="text", message="Look.")
