"""The tables of ``policy.toml``, read strictly into a policy.

Whatever is not understood makes the whole file unreadable: half of what an owner
said about their mail is another policy.
"""

from collections.abc import Collection, Mapping
from dataclasses import fields
from datetime import date, datetime, timedelta
from typing import Any, Final, get_args

from tuimail.core.lines import check_line
from tuimail.core.patterns import regex
from tuimail.core.policy.action import Action
from tuimail.core.policy.kinds import FILE_TYPES
from tuimail.core.policy.pattern import Pattern, read_pattern
from tuimail.core.policy.policy import (
    APPROVAL_TTL,
    SAMPLE,
    Attachments,
    Content,
    Defaults,
    Limits,
    Policy,
    Recipients,
    Rule,
    Word,
)
from tuimail.errors import FieldError
from tuimail.settings.schema import Table, nearest

VERSION: Final = 1
MOST: Final = 1_000_000
"""The highest limit; nobody's is higher."""
MOST_RULES: Final = 500
LONGEST_NAME: Final = 80
_SMALLEST_SAMPLE: Final = 0.01
_TABLES: Final = (
    "version", "defaults", "limits", "recipients", "attachments", "content", "rule",
)  # fmt: skip
_WORDS: Final = get_args(Word)
_DURATION: Final = regex(r"(\d{1,5})(m|h|d)")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}


def read_policy(table: Table) -> Policy:
    """Return what a whole file says.

    Raises:
        ConfigurationError: Anything that is not understood; the text names the
            key, the hint the nearest one or what may stand there.
    """
    table.refuse_unknown(_TABLES)
    _check_version(table)
    return Policy(
        defaults=_defaults(_table(table, "defaults", Defaults)),
        limits=_limits(_table(table, "limits", Limits)),
        recipients=_recipients(_table(table, "recipients", Recipients)),
        attachments=_attachments(_table(table, "attachments", Attachments)),
        content=_content(_table(table, "content", Content)),
        rules=_rules(table),
    )


def _check_version(table: Table) -> None:
    found = table.values.get("version")
    if found is None:
        raise table.error("version", "is missing", hint=f"Add version = {VERSION}")
    if type(found) is not int or found != VERSION:
        raise table.error(
            "version",
            "is not one that this tuimail knows",
            hint=f"Write version = {VERSION}",
        )


def _table(table: Table, key: str, kind: type) -> Table:
    found = table.table(key)
    found.refuse_unknown([one.name for one in fields(kind)])
    return found


def _defaults(table: Table) -> Defaults:
    known = Defaults()
    return Defaults(
        agents=_choice(table, "agents", ("review", "block"), known.agents),
        humans=_choice(table, "humans", ("allow", "review"), known.humans),
        noninteractive_send=_choice(
            table, "noninteractive_send", _WORDS, known.noninteractive_send
        ),
        approval_ttl=_duration(table, "approval_ttl"),
        four_eyes=table.switch("four_eyes", default=known.four_eyes),
        editor_may_approve=table.switch(
            "editor_may_approve", default=known.editor_may_approve
        ),
        must_read=table.switch("must_read", default=known.must_read),
    )


def _limits(table: Table) -> Limits:
    return Limits(
        **{
            one.name: table.maybe_number(one.name, lowest=0, highest=MOST)
            for one in fields(Limits)
        }
    )


def _recipients(table: Table) -> Recipients:
    known = Recipients()
    return Recipients(
        allow=_patterns(table, "allow"),
        block=_patterns(table, "block"),
        bcc_by_agents=_choice(table, "bcc_by_agents", _WORDS, known.bcc_by_agents),
        external_bcc=_choice(table, "external_bcc", _WORDS, known.external_bcc),
    )


def _attachments(table: Table) -> Attachments:
    roots = _texts(table, "roots") if "roots" in table.values else None
    for root in roots or ():
        if not root.startswith(("/", "~")):
            raise table.error(
                "roots",
                f"has {root[:60]!r}, which is no whole path",
                hint='Write whole paths: roots = ["~/reports"]',
            )
    types = _texts(table, "types_block")
    for word in types:
        if word not in FILE_TYPES:
            raise table.error(
                "types_block",
                f"has {word[:40]!r}, which is no kind of file",
                hint=nearest(word, sorted(FILE_TYPES)),
            )
    return Attachments(roots=roots, types_block=types)


def _content(table: Table) -> Content:
    known = Content()
    words = {
        one.name: _choice(table, one.name, _WORDS, getattr(known, one.name))
        for one in fields(Content)
    }
    return Content(**words)


def _rules(table: Table) -> tuple[Rule, ...]:
    written = table.tables("rule")
    if len(written) > MOST_RULES:
        raise table.error(
            "rule",
            f"has {len(written):,} rules, where {MOST_RULES} are the most",
            hint="Name more people in one rule: each mail is compared with all.",
        )
    rules, names = tuple(map(_rule, written)), set[str]()
    for name in (rule.name for rule in rules):
        if name in names:
            raise table.error(
                "rule",
                f"has two rules named “{name}”",
                hint="Give each its own name: decisions are recorded by it.",
            )
        names.add(name)
    return rules


def _rule(table: Table) -> Rule:
    table.refuse_unknown([one.name for one in fields(Rule)])
    return Rule(
        name=_name(table),
        action=_choice(table, "action", get_args(Action), None),
        agent=_line(table, "agent"),
        account=_line(table, "account"),
        to_all_in=_patterns(table, "to_all_in"),
        to_any_in=_patterns(table, "to_any_in"),
        max_recipients=table.maybe_number("max_recipients", lowest=1, highest=MOST),
        max_kb=table.maybe_number("max_kb", lowest=1, highest=MOST),
        subject_prefix=_line(table, "subject_prefix"),
        no_findings_over=_maybe_choice(table, "no_findings_over", ("info", "warning")),
        attachments=_maybe_switch(table, "attachments"),
        per_day=table.maybe_number("per_day", lowest=1, highest=MOST),
        expires=_end(table),
        sample_review=_share(table),
        must_read=table.switch("must_read", default=False),
    )


def _name(table: Table) -> str:
    name = _line(table, "name", default=None).strip()
    if not 0 < len(name) <= LONGEST_NAME:
        raise table.error(
            "name",
            f"has {len(name)} characters",
            hint=f"Give it a name of 1 to {LONGEST_NAME} characters.",
        )
    return name


def _line(table: Table, key: str, *, default: str | None = "") -> str:
    """Return a text that nothing can be hidden in; empty where there is none."""
    text = table.text(key, default=default)
    if key in table.values and not text:
        raise table.error(key, "is empty", hint=f"Leave {key} out, or say which.")
    try:
        check_line(text, field=key, what="It")
    except FieldError as error:
        raise table.error(
            key, "has a character that is no text", hint="Type it again by hand."
        ) from error
    return text


def _choice(
    table: Table, key: str, allowed: Collection[str], default: str | None
) -> Any:  # noqa: ANN401 - one of the words, each of which is a Literal
    if default is None:
        table.text(key)
    return table.choice(key, allowed=allowed, default=default or "")


def _maybe_choice(table: Table, key: str, allowed: Collection[str]) -> Any:  # noqa: ANN401 - one of the words, or None
    return _choice(table, key, allowed, None) if key in table.values else None


def _maybe_switch(table: Table, key: str) -> bool | None:
    return table.switch(key, default=False) if key in table.values else None


def _texts(table: Table, key: str) -> tuple[str, ...]:
    value = table.values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise table.error(
            key, "is not a list of texts", hint=f'Write {key} = ["…", "…"]'
        )
    return tuple(value)


def _patterns(table: Table, key: str) -> tuple[Pattern, ...]:
    texts = _texts(table, key)
    if key in table.values and not texts and key != "block":
        raise table.error(key, "is empty", hint=f"Leave {key} out, or name somebody.")
    return tuple(_pattern(table, key, text) for text in texts)


def _pattern(table: Table, key: str, text: str) -> Pattern:
    try:
        return read_pattern(text)
    except ValueError as error:
        raise table.error(
            key,
            f"has {error}",
            hint='Write "bob@example.org", "@example.org" or "@*.example.org".',
        ) from None


def _duration(table: Table, key: str) -> timedelta:
    if key not in table.values:
        return APPROVAL_TTL
    found = _DURATION.fullmatch(table.text(key))
    if found is None or not int(found[1]):
        raise table.error(
            key, "is no length of time", hint=f'Write {key} = "72h"; also 90m or 3d.'
        )
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _end(table: Table) -> date | datetime | None:
    value = table.values.get("expires")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise table.error(
            "expires",
            "has no time zone",
            hint="Write a day, 2027-01-31, or add the offset of the time.",
        )
    if value is not None and not isinstance(value, date):
        raise table.error(
            "expires", "is not a day", hint="Write it without quotes: 2027-01-31"
        )
    return value


def _share(table: Table) -> float:
    value = table.values.get("sample_review", SAMPLE)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise table.error(
            "sample_review", "is not a number", hint="Write sample_review = 0.1"
        )
    if not _SMALLEST_SAMPLE <= value <= 1:
        raise table.error(
            "sample_review",
            f"is {value}",
            hint=f"It may be between {_SMALLEST_SAMPLE} and 1: a person looks at "
            "some of what a rule releases, always.",
        )
    return float(value)


def known_keys() -> Mapping[str, tuple[str, ...]]:
    """Return every key there is, by table; for the docs."""
    tables: dict[str, type] = {
        "defaults": Defaults, "limits": Limits, "recipients": Recipients,
        "attachments": Attachments, "content": Content, "rule": Rule,
    }  # fmt: skip
    return {
        name: tuple(one.name for one in fields(kind)) for name, kind in tables.items()
    }
