"""What the owner's policy says about one mail, as the desks and faces are told.

Without a policy file everything is as if there were none: what programs hand in
is reviewed, and people let their own mail leave.
"""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.core.draft import Draft
from tuimail.core.finding import Finding
from tuimail.core.origin import Origin
from tuimail.core.policy import deciding
from tuimail.core.policy.action import Action
from tuimail.core.policy.deciding import NoninteractiveSend
from tuimail.core.values import dataclass, replace
from tuimail.settings.files import expanded
from tuimail.workspace.policy_watch import PolicyInForce
from tuimail.workspace.stores import Stores
from tuimail.workspace.surroundings import Surroundings

if TYPE_CHECKING:
    from tuimail.core.policy.case import Case, Counters, Evaluation
    from tuimail.core.policy.policy import Policy

APPROVAL_TTL: Final = timedelta(hours=72)
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_WORDS: Final[tuple[NoninteractiveSend, ...]] = ("allow", "review", "block")
"""The strictest last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One thing that the policy says about a mail."""

    rule: str
    """Which line of the policy: ``limits.agent_per_hour``, or the name of a rule."""
    text: str
    """One sentence; names nobody who gets a blind copy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the policy says about one mail."""

    action: Action
    """``auto``: nobody but its author has to look. A mail to which a finding of
    level block says ``block`` can still be approved; see ``blocked``."""
    reasons: tuple[Reason, ...]
    """What led to the action, and what else was said, the strictest first."""
    findings: tuple[Finding, ...]
    """Those of the checks, graded as the policy says, and its own; worst first."""
    quorum: int
    """How many people other than its author have to approve it; 0 where the
    author alone may let it leave."""
    approval_ttl: timedelta | None
    """How long an approval holds until it is released; None for ever."""
    editor_may_approve: bool
    """Whether who changed it counts as one of them."""
    policy_digest: str
    """Of the policy that was asked; empty where there is none."""
    problem: str
    """Why the policy file cannot be read, in one sentence; or empty."""
    blocked: str
    """Why nobody can approve it, in one sentence; or empty."""
    rule: str = ""
    """Name of the rule that it is by, where there is one that matched."""
    must_read: bool = False
    """Whether it is read to its end before anybody approves it."""


def ruling(
    stores: Stores,
    draft: Draft,
    findings: Sequence[Finding],
    origin: Origin,
    size_bytes: int,
    *,
    draft_id: str = "",
    released: bool = False,
) -> Ruling:
    """Return what the policy in force says about ``draft``.

    Args:
        stores: The open workspace.
        draft: What is asked about.
        findings: What the checks noticed about it.
        origin: Who made it.
        size_bytes: Of the message as it leaves; 0 while there is none.
        draft_id: Its id, where it has one.
        released: Whether it is on its way already, where limits say nothing.
    """
    found = stores.policy.current()
    if found.policy is None:
        return _without(found, findings, origin)
    from tuimail.core.policy.case import Case  # noqa: PLC0415 - only with a policy

    case = Case(
        draft=draft,
        origin=origin,
        findings=tuple(findings),
        size_bytes=size_bytes,
        draft_id=draft_id,
        is_released=released,
    )
    return ruling_of(found, evaluated(stores, found.policy, case), origin)


def evaluated(stores: Stores, policy: "Policy", case: "Case") -> "Evaluation":
    """Return what ``policy`` says about ``case``, and everything it looked at."""
    from tuimail.core.policy.evaluating import evaluate  # noqa: PLC0415 - as above

    if _is_drawn(policy, case):
        from tuimail.workspace import sampling  # noqa: PLC0415 - with samples only

        case = replace(case, drawn=sampling.drawn(stores, case))
    counters = _counted(stores, policy, case)
    return evaluate(policy, case, counters, stores.clock.now())


def _is_drawn(policy: "Policy", case: "Case") -> bool:
    """Return whether a sample is drawn: of what programs would have a rule release."""
    is_agents = deciding.needs_person(case.origin)
    return policy.releases and is_agents and not case.is_released


def ruling_of(found: PolicyInForce, said: "Evaluation", origin: Origin) -> Ruling:
    """Return as a ruling what was evaluated by the policy in force, or by none."""
    is_handed_in = deciding.needs_person(origin)
    ttl, editor_may_approve = APPROVAL_TTL, True
    if found.policy is not None:
        defaults = found.policy.defaults
        ttl, editor_may_approve = defaults.approval_ttl, defaults.editor_may_approve
    return Ruling(
        action=said.action,
        reasons=tuple(Reason(rule=one.rule, text=one.text) for one in said.fired),
        findings=said.findings,
        quorum=said.quorum,
        approval_ttl=ttl if is_handed_in else None,
        editor_may_approve=editor_may_approve,
        policy_digest=found.digest,
        problem=found.problem,
        blocked=said.blocked or found.blocked,
        rule=said.rule,
        must_read=said.must_read,
    )


def noninteractive_send(
    stores: Surroundings, account: NoninteractiveSend
) -> NoninteractiveSend:
    """Return the stricter of what an account and what the policy says."""
    policy = stores.policy.current().policy
    if policy is None:
        return account
    return max(account, policy.defaults.noninteractive_send, key=_WORDS.index)


def roots(stores: Surroundings) -> tuple[Path, ...] | None:
    """Return the folders that programs may name files in; None where none is said."""
    policy = stores.policy.current().policy
    if policy is None or policy.attachments.roots is None:
        return None
    return tuple(expanded(Path(root)) for root in policy.attachments.roots)


def _without(
    found: PolicyInForce, findings: Sequence[Finding], origin: Origin
) -> Ruling:
    """Return what holds where there is no policy, or none that was ever readable."""
    is_handed_in = deciding.needs_person(origin)
    return Ruling(
        action="review" if is_handed_in else "auto",
        reasons=(),
        findings=tuple(findings),
        quorum=int(is_handed_in),
        approval_ttl=APPROVAL_TTL if is_handed_in else None,
        editor_may_approve=True,
        policy_digest="",
        problem=found.problem,
        blocked=found.blocked,
    )


def _counted(stores: Stores, policy: "Policy", case: "Case") -> "Counters":
    """Count what there is a limit for, and nothing else."""
    from tuimail.core.policy.case import NOTHING_COUNTED, Counters  # noqa: PLC0415
    from tuimail.workspace import sampling  # noqa: PLC0415 - only with a policy

    if case.is_released or not deciding.needs_person(case.origin):
        return NOTHING_COUNTED
    now, limits, kept = stores.clock.now(), policy.limits, stores.policies
    account, this = case.draft.account, case.draft_id
    new_day, new_here = 0, 0
    if limits.new_recipients_per_day is not None:
        new_day, new_here = _new_people(stores, case)
    before = (
        sampling.before(stores, case)
        if _is_drawn(policy, case)
        else sampling.NOTHING_BEFORE
    )
    return Counters(
        agent_hour=kept.handed_in(case.origin.actor, now - _HOUR, but=this)
        if limits.agent_per_hour is not None
        else 0,
        account_day=kept.released(account, now - _DAY, but=this)
        if limits.account_per_day is not None
        else 0,
        new_day=new_day,
        new_here=new_here,
        rule_day={
            rule.name: kept.released_by(rule.name, now - _DAY, but=this)
            for rule in policy.rules
            if rule.per_day is not None
        },
        undecided_draw=before.undecided_draw,
        refused=before.refused,
        too_much_undecided=before.is_too_much,
    )


def _new_people(stores: Stores, case: "Case") -> tuple[int, int]:
    """Return how many were first written to in a day, and how many this one adds."""
    since = stores.clock.now() - _DAY
    account, this = case.draft.account, case.draft_id
    before = stores.policies.first_written_to(account, since, but=this)
    people = [one.text for one in case.draft.recipients]
    return len(before), len(stores.policies.unknown(people, since) - before)
