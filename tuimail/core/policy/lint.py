"""What is probably not meant in a policy, though it can be read.

Pure.
"""

import re
from collections.abc import Callable, Collection, Iterator
from datetime import datetime
from posixpath import normpath
from typing import Final

from tuimail.core.policy.matching import EVERY_AGENT
from tuimail.core.policy.pattern import Pattern, covered
from tuimail.core.policy.policy import Policy, Rule
from tuimail.core.values import dataclass

_GUARDS: Final = ("secrets", "hidden_text", "bidi", "link_mismatch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One thing that somebody should look at."""

    where: str
    """The key, as the file has it, or the rule: ``rule: NAME``."""
    text: str
    hint: str


def remarks(
    policy: Policy,
    *,
    now: datetime,
    accounts: Collection[str],
    clients: Collection[str],
    home: str = "",
) -> tuple[Remark, ...]:
    """Return what is to be said about ``policy``, in the order of the file.

    Args:
        policy: What was read.
        now: Aware.
        accounts: Names of the accounts there are.
        clients: Names of the programs that may hand in.
        home: The folder that ``~`` stands for; empty where there is none.
    """
    found = [*_of_tables(policy), *_of_roots(policy, home)]
    for number, rule in enumerate(policy.rules):
        earlier = policy.rules[:number]
        known = {"account": accounts, "agent": clients}
        texts = (
            *_unknown(rule, known),
            *_of_end(rule, now),
            *_never(policy, rule, earlier, now),
            *_unread(policy, rule),
            *(_of_release(policy, rule) if rule.action == "auto" else _unused(rule)),
        )
        where = f"rule: {rule.name}"
        found += [Remark(where=where, text=text, hint=hint) for text, hint in texts]
    return tuple(found)


_Said = Iterator[tuple[str, str]]
"""A sentence, and what to do about it."""


def _of_tables(policy: Policy) -> Iterator[Remark]:
    people = policy.recipients
    for key, patterns in (("allow", people.allow), ("block", people.block)):
        if any(not one.domain and not one.local for one in patterns):
            yield Remark(
                where=f"recipients.{key}",
                text="“@*” is everybody there is.",
                hint="Leave the list out, or name those who are meant.",
            )
    for one in people.allow:
        if covered([one], people.block):
            yield Remark(
                where="recipients.allow",
                text=f"{one.text} is on recipients.block as well, which wins.",
                hint="Take it off one of the lists.",
            )
    yield from _unguarded(policy)


def _of_roots(policy: Policy, home: str) -> Iterator[Remark]:
    """Find folders from which programs may attach nearly everything."""
    own = f"{_plain(home)}/"
    for root in policy.attachments.roots or ():
        folder = _plain(re.sub(r"^~(?=/|$)", lambda _: home, root))
        if own.startswith(f"{folder.rstrip('/')}/"):
            yield Remark(
                where="attachments.roots",
                text=f"From {root} programs may attach whatever you keep, keys and "
                "passwords among it.",
                hint='Name the folder that they write to: roots = ["~/reports"]',
            )


def _plain(path: str) -> str:
    """Return a whole path as there is no shorter one."""
    return "/" + normpath(f"/{path}").strip("/")


def _unguarded(policy: Policy) -> Iterator[Remark]:
    guards = {f"content.{one}": getattr(policy.content, one) for one in _GUARDS}
    guards["recipients.external_bcc"] = policy.recipients.external_bcc
    guards["recipients.bcc_by_agents"] = policy.recipients.bcc_by_agents
    for where, word in guards.items():
        if word == "allow" and policy.releases:
            yield Remark(
                where=where,
                text="“allow” lets a rule release such mail with nobody looking.",
                hint='Write "review" or "block".',
            )


def _unknown(rule: Rule, known: dict[str, Collection[str]]) -> _Said:
    for key, names in known.items():
        name = getattr(rule, key)
        if name not in {"", EVERY_AGENT} and name not in names:
            there_are = ", ".join(sorted(names)) or "none"
            yield (
                f"There is no {_CALLED[key]} “{name}”, so that it never matches.",
                f"There are: {there_are}.",
            )


_CALLED: Final = {"account": "account", "agent": "client"}


def _of_end(rule: Rule, now: datetime) -> _Said:
    if rule.is_over(now):
        yield (
            f"It ended on {rule.expires:%Y-%m-%d}, so that it never matches.",
            "Remove it, or give it another end.",
        )


def _never(
    policy: Policy, rule: Rule, earlier: tuple[Rule, ...], now: datetime
) -> _Said:
    """Find what keeps a rule from ever being asked, or from having its way."""
    for other in earlier:
        if not other.is_over(now) and _shadows(other, rule):
            text = f"It never matches: “{other.name}” before it takes all such mail."
            yield text, "Put it before that one, or remove it."
            break
    if rule.to_all_in and rule.to_any_in and not _meet(rule.to_all_in, rule.to_any_in):
        yield (
            "It never matches: nobody in its to_any_in is in its to_all_in.",
            "Leave one of them out, or name the same people.",
        )
    for key in ("to_all_in", "to_any_in"):
        patterns: tuple[Pattern, ...] = getattr(rule, key)
        if rule.action != "block" and patterns and _all_blocked(policy, patterns):
            yield (
                f"Everybody in its {key} is on recipients.block, which wins.",
                "Take them off that list, or remove the rule.",
            )
    if rule.action == "auto" and policy.defaults.agents == "block":
        yield (
            'It releases nothing while defaults.agents = "block".',
            'Write agents = "review".',
        )


def _all_blocked(policy: Policy, patterns: tuple[Pattern, ...]) -> bool:
    return covered(patterns, policy.recipients.block)


def _of_release(policy: Policy, rule: Rule) -> _Said:
    if rule.expires is None:
        yield (
            "It has no end (expires), so that it releases nothing.",
            "Give it one: expires = 2027-01-31",
        )
    if rule.sample_review >= 1:
        yield (
            "All that it would release is a sample: it releases nothing.",
            'Write a smaller share, or action = "review".',
        )
    if not rule.to_all_in and not policy.recipients.allow:
        yield (
            "It releases mail to anybody.",
            'Say to whom: to_all_in = ["@example.org"]',
        )
    if any(not one.domain and not one.local for one in rule.to_all_in):
        yield ("“@*” in its to_all_in is everybody there is.", "Say to whom.")
    if rule.agent in {"", EVERY_AGENT}:
        yield ("It releases the mail of any program.", 'Say whose: agent = "NAME"')
    if rule.per_day is None:
        yield (
            "It releases any number of mails a day.",
            "Say how many: per_day = 10",
        )
    allowed = policy.recipients.allow
    if rule.to_all_in and allowed and not _meet(rule.to_all_in, allowed):
        text = "Nobody in its to_all_in is on recipients.allow: it releases nothing."
        yield text, "Add them to that list."


def _meet(some: tuple[Pattern, ...], others: tuple[Pattern, ...]) -> bool:
    return any(a.covers(b) or b.covers(a) for a in some for b in others)


def _unread(policy: Policy, rule: Rule) -> _Said:
    """Find where it says nothing that mail is to be read first."""
    if rule.must_read and rule.action == "block":
        yield "must_read says nothing of mail that nobody can approve.", "Leave it out."
    elif rule.must_read and policy.defaults.must_read:
        yield (
            "must_read says nothing beside defaults.must_read = true.",
            "Leave one of them out.",
        )


def _unused(rule: Rule) -> _Said:
    if rule.per_day is not None:
        yield (
            'per_day says nothing but with action = "auto".',
            "Leave it out.",
        )


def _shadows(first: Rule, later: Rule) -> bool:
    """Return whether all mail that ``later`` is about is surely about ``first``."""
    return all(has_all(first, later) for has_all in _TESTS)


def _same_agent(first: Rule, later: Rule) -> bool:
    if first.agent == EVERY_AGENT:
        return bool(later.agent)
    return first.agent in {"", later.agent}


def _same_account(first: Rule, later: Rule) -> bool:
    return first.account in {"", later.account}


def _all_in(first: Rule, later: Rule) -> bool:
    if not first.to_all_in:
        return True
    return bool(later.to_all_in) and covered(later.to_all_in, first.to_all_in)


def _any_in(first: Rule, later: Rule) -> bool:
    given = later.to_any_in or later.to_all_in
    return not first.to_any_in or (bool(given) and covered(given, first.to_any_in))


def _as_many(first: Rule, later: Rule) -> bool:
    return _at_most(later.max_recipients, first.max_recipients)


def _as_long(first: Rule, later: Rule) -> bool:
    return _at_most(later.max_kb, first.max_kb)


def _at_most(later: int | None, first: int | None) -> bool:
    return first is None or (later is not None and later <= first)


def _same_subject(first: Rule, later: Rule) -> bool:
    return later.subject_prefix.startswith(first.subject_prefix)


def _as_clean(first: Rule, later: Rule) -> bool:
    order = ("info", "warning", None)
    return order.index(later.findings_limit) <= order.index(first.findings_limit)


def _same_files(first: Rule, later: Rule) -> bool:
    return first.attachments in {None, later.attachments}


def _as_long_lived(first: Rule, later: Rule) -> bool:
    if first.end is None:
        return True
    return later.end is not None and later.end <= first.end


_TESTS: Final[tuple[Callable[[Rule, Rule], bool], ...]] = (
    _same_agent, _same_account, _all_in, _any_in, _as_many, _as_long,
    _same_subject, _as_clean, _same_files, _as_long_lived,
)  # fmt: skip
