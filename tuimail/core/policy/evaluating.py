"""What a policy says about one mail: everything is looked at, the strictest wins.

Block beats two people, two people beat one, one beats a rule that releases,
whatever the order of the sources. Nothing releases but a rule: what no rule is
about, a person looks at.

Pure: the same mail, policy, counts and moment give the same answer.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from tuimail.core.address import Address
from tuimail.core.finding import Finding
from tuimail.core.policy import deciding, grading
from tuimail.core.policy.action import Action, strictest
from tuimail.core.policy.case import Case, Counters, Evaluation, Step
from tuimail.core.policy.matching import is_sample, why_not
from tuimail.core.policy.pattern import is_among, may_be_among
from tuimail.core.policy.policy import Policy, Rule

_MB: Final = 1_000_000
_NAMED: Final = 80


def evaluate(
    policy: Policy, case: Case, counters: Counters, now: datetime
) -> Evaluation:
    """Return what ``policy`` says about ``case``.

    Args:
        policy: What was read from the file.
        case: The mail.
        counters: What was counted before it.
        now: Aware.
    """
    is_handed_in = deciding.needs_person(case.origin)
    findings = grading.graded(policy, case) if is_handed_in else case.findings
    looked_at = [*_blocked_people(policy, case)]
    if is_handed_in:
        looked_at += _about_programs(policy, case, counters, findings)
    tried = [*_tried(policy, case, findings, counters, now)]
    matched = next((rule for rule, step in tried if step.action), None)
    steps = [*looked_at, *(step for _, step in tried)]
    steps.append(_default(policy, is_handed_in=is_handed_in, has_rule=bool(matched)))
    to_read = [*_to_read(policy, matched)] if is_handed_in else []
    action, steps = _decided(policy, [*steps, *to_read])
    return Evaluation(
        action=action,
        steps=tuple(steps),
        findings=findings,
        quorum=_quorum(policy, action, steps),
        rule=matched.name if matched else "",
        must_read=bool(to_read),
    )


def _to_read(policy: Policy, matched: Rule | None) -> Iterator[Step]:
    """Yield who says that it is read before it is approved; asks for nobody."""
    text = "Somebody reads it to its end before anybody approves it."
    if policy.defaults.must_read:
        yield Step(rule="defaults.must_read", text=text)
    if matched and matched.must_read:
        yield Step(rule=f"rule: {matched.name}", text=text)


def _decided(policy: Policy, steps: list[Step]) -> tuple[Action, list[Step]]:
    """Return the strictest, and the steps with four eyes among them."""
    action = strictest(step.action for step in steps if step.action)
    if action == "review" and policy.defaults.four_eyes:
        text = "Whatever is reviewed takes two people."
        four = Step(rule="defaults.four_eyes", text=text, action="review2")
        return "review2", [*steps, four]
    return action, steps


def _quorum(policy: Policy, action: Action, steps: Iterable[Step]) -> int:
    if action == "auto":
        return 0
    is_for_two = any(step.action == "review2" for step in steps)
    return 2 if is_for_two or policy.defaults.four_eyes else 1


def _default(policy: Policy, *, is_handed_in: bool, has_rule: bool) -> Step:
    """Return what holds where no rule is about it; only a stop beats a rule."""
    if is_handed_in:
        return _default_for_programs(policy, has_rule=has_rule)
    is_reviewed = policy.defaults.humans == "review"
    text = (
        "What people write is reviewed by somebody else."
        if is_reviewed
        else "What people write, they may let leave."
    )
    action: Action = "review" if is_reviewed else "auto"
    return Step(rule="defaults.humans", text=text, action=action)


def _default_for_programs(policy: Policy, *, has_rule: bool) -> Step:
    name = "defaults.agents"
    if policy.defaults.agents == "block":
        text = 'The policy stops the mail of all programs (defaults.agents = "block").'
        return Step(rule=name, text=text, action="block", is_final=True)
    if has_rule:
        return Step(rule=name, text="A rule says what to do with it.")
    text = "What programs hand in is reviewed where no rule says otherwise."
    return Step(rule=name, text=text, action="review")


def _tried(
    policy: Policy,
    case: Case,
    findings: Iterable[Finding],
    counters: Counters,
    now: datetime,
) -> Iterator[tuple[Rule, Step]]:
    """Yield each rule up to the first that matches, and what it says."""
    found = tuple(findings)
    for rule in policy.rules:
        name, reason = f"rule: {rule.name}", why_not(rule, case, found, now)
        if not reason:
            yield rule, _matched(rule, name, case, counters)
            return
        yield rule, Step(rule=name, text=f"It does not match: {reason}.")


def _matched(rule: Rule, name: str, case: Case, counters: Counters) -> Step:
    if rule.action == "auto":
        return _releasing(rule, name, case, counters)
    if rule.action == "block":
        text = f"The rule “{rule.name}” blocks such mail."
        return Step(rule=name, text=text, action="block", is_final=True)
    people = "two people" if rule.action == "review2" else "somebody"
    text = f"The rule “{rule.name}” has {people} review such mail."
    return Step(rule=name, text=text, action=rule.action)


def _releasing(rule: Rule, name: str, case: Case, counters: Counters) -> Step:
    """Return what a rule says that lets mail leave, if nothing is against it."""
    against = next(_against(rule, case, counters), "")
    if against:
        return Step(rule=name, text=against, action="review")
    text = f"The rule “{rule.name}” lets such mail leave."
    return Step(rule=name, text=text, action="auto")


def _against(rule: Rule, case: Case, counters: Counters) -> Iterator[str]:
    """Yield why a rule does not let a mail leave that it is about."""
    if not deciding.needs_person(case.origin):
        return
    if rule.expires is None:
        yield f"The rule “{rule.name}” has no end, so that it releases nothing."
    if not deciding.is_proven(case.origin):
        yield (
            f"It came by the door {case.origin.door[:20]}, where no token says which "
            "program it is from; no rule releases that."
        )
    if case.origin.revises:
        yield "It takes the place of an earlier mail, which no rule releases."
    if not case.is_released:
        yield from _used_up(rule, counters)
        yield from _drawn(rule, case, counters)


def _used_up(rule: Rule, counters: Counters) -> Iterator[str]:
    used = counters.rule_day.get(rule.name, 0)
    if rule.per_day is not None and used >= rule.per_day:
        yield f"The rule “{rule.name}” has released {used} mails within a day."


def _drawn(rule: Rule, case: Case, counters: Counters) -> Iterator[str]:
    """Yield why a person looks at this one, whatever the rule says of its kind.

    Who was drawn, or was told no, gets no better draw by handing in anew.
    """
    if is_sample(rule, case.drawn):
        yield f"It is a sample of what the rule “{rule.name}” would release."
    if is_sample(rule, counters.undecided_draw):
        yield (
            "A sample for one of the same people waits for a decision, or was thrown "
            "away before there was one."
        )
    if counters.too_much_undecided:
        yield (
            "Too much that it handed in within a week waits for a decision, or was "
            "thrown away before there was one."
        )
    if counters.refused:
        yield (
            f"It says nearly the same as mail {counters.refused}, for one of the same "
            "people, which was not let leave."
        )


def _blocked_people(policy: Policy, case: Case) -> Iterator[Step]:
    """Yield whether somebody gets no mail from here, from people neither."""
    name, blocked = "recipients.block", policy.recipients.block
    people = [one for one in case.draft.recipients if may_be_among(one, blocked)]
    if people:
        who = _named(people, case)
        text = f"{who} may not be written to (recipients.block)."
        yield Step(rule=name, text=text, action="block", is_final=True)
    elif blocked:
        yield Step(rule=name, text="Nobody it is for is on the list.")


def _named(people: list[Address], case: Case) -> str:
    """Return one of ``people`` whom all recipients see, or that there is somebody."""
    seen = {one.text for one in (*case.draft.to, *case.draft.cc)}
    named = next((one.text for one in people if one.text in seen), "")
    return named[:_NAMED] or "Somebody who gets a blind copy"


def _about_programs(
    policy: Policy,
    case: Case,
    counters: Counters,
    findings: Iterable[Finding],
) -> Iterator[Step]:
    if not case.is_released:
        yield from _limits(policy, case, counters)
    yield from _recipients(policy, case)
    yield from grading.steps(policy, findings)


def _limits(policy: Policy, case: Case, counters: Counters) -> Iterator[Step]:
    limits, draft = policy.limits, case.draft
    size = sum(one.size_bytes for one in draft.attachments)
    for name, limit, used, what in (
        ("agent_per_hour", limits.agent_per_hour, counters.agent_hour + 1,
         "mails handed in by one program within an hour"),
        ("account_per_day", limits.account_per_day, counters.account_day + 1,
         "mails through one account within a day"),
        ("new_recipients_per_day", limits.new_recipients_per_day,
         counters.new_day + counters.new_here if counters.new_here else 0,
         "people written to for the first time within a day"),
        ("recipients_per_message", limits.recipients_per_message,
         len(draft.recipients), "people whom one mail is for"),
        ("attachments_mb", limits.attachments_mb, -(-size // _MB),
         "MB of files in one mail"),
    ):  # fmt: skip
        if limit is not None:
            yield _limit(f"limits.{name}", limit, used, what)


def _limit(name: str, limit: int, used: int, what: str) -> Step:
    """Return whether ``used``, with this mail, is more than may be."""
    if used <= limit:
        return Step(rule=name, text=f"{used:,} of {limit:,} {what}.")
    text = f"{used:,} {what}, where {limit:,} are the most."
    return Step(rule=name, text=text, action="review")


def _recipients(policy: Policy, case: Case) -> Iterator[Step]:
    allowed, name = policy.recipients.allow, "recipients.allow"
    others = [one for one in case.draft.recipients if not is_among(one, allowed)]
    if allowed and others:
        text = f"{_named(others, case)} is not on the list of whom programs write to."
        yield Step(rule=name, text=text, action="review")
    elif allowed:
        yield Step(rule=name, text="Everybody it is for is on the list.")
    if case.draft.bcc and policy.recipients.bcc_by_agents == "review":
        yield Step(
            rule="recipients.bcc_by_agents",
            text="A program named somebody who gets a blind copy.",
            action="review",
        )
