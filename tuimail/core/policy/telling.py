"""A policy as the file would say it, with everything that the file leaves out.

Pure.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, timedelta

from tuimail.core.policy.pattern import Pattern
from tuimail.core.policy.policy import Policy, Rule

Said = Mapping[str, object]
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def tables(policy: Policy) -> Mapping[str, Said]:
    """Return every table but the rules, each with every key; None says nothing."""
    return {
        name: _table(getattr(policy, name))
        for name in ("defaults", "limits", "recipients", "attachments", "content")
    }


def rules(policy: Policy) -> tuple[Said, ...]:
    """Return the rules in their order, each with the keys that say something."""
    return tuple(_rule(one) for one in policy.rules)


def _rule(rule: Rule) -> Said:
    found = _table(rule)
    if rule.action != "auto":
        found = {key: found[key] for key in found if key != "sample_review"}
    if not rule.must_read:
        found = {key: found[key] for key in found if key != "must_read"}
    return {key: value for key, value in found.items() if value not in (None, "", [])}


def _table(table: object) -> dict[str, object]:
    names = [one.name for one in fields(table)]  # type: ignore[arg-type]
    return {name: _value(getattr(table, name)) for name in names}


def _value(value: object) -> object:
    if isinstance(value, timedelta):
        return _duration(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [one.text if isinstance(one, Pattern) else one for one in value]
    return value


def _duration(value: timedelta) -> str:
    if value % _HOUR:
        return f"{value // _MINUTE}m"
    return f"{value // _HOUR}h"
