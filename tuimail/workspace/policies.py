"""What the owner's policy says about one mail, as the desks and faces are told.

Without a policy file everything is as if there were none: what programs hand in
is reviewed, and people let their own mail leave.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from tuimail.core.draft import Draft, Origin
from tuimail.core.finding import Finding
from tuimail.core.policy import deciding
from tuimail.workspace.stores import Stores

Action = Literal["auto", "review", "review2", "block"]
APPROVAL_TTL: Final = timedelta(hours=72)


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
        draft_id: Its id, where it has one; decides whether it is a sample.
        released: Whether it is on its way already, where limits say nothing.
    """
    del stores, draft, size_bytes, draft_id, released
    is_handed_in = deciding.needs_person(origin)
    return Ruling(
        action="review" if is_handed_in else "auto",
        reasons=(),
        findings=tuple(findings),
        quorum=int(is_handed_in),
        approval_ttl=APPROVAL_TTL if is_handed_in else None,
        editor_may_approve=True,
        policy_digest="",
        problem="",
        blocked="",
    )
