"""One mail as a policy looks at it, and what was counted before it.

Pure.
"""

from collections.abc import Mapping
from typing import Final

from tuimail.core.draft import Draft
from tuimail.core.finding import Finding
from tuimail.core.origin import Origin
from tuimail.core.policy.action import Action, strictness
from tuimail.core.values import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One mail that is asked about."""

    draft: Draft
    origin: Origin
    findings: tuple[Finding, ...] = ()
    """What the checks noticed."""
    size_bytes: int = 0
    """Of the message as it leaves; 0 while there is none."""
    draft_id: str = ""
    """Empty for what is not stored; a mail is not counted against itself."""
    drawn: float | None = None
    """Where the draw for samples fell, from 0 up to 1; None where none was made."""
    is_released: bool = False
    """Whether it is on its way already: limits and samples say nothing then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What was counted, without the mail that is asked about."""

    agent_hour: int = 0
    """Mails that its program handed in within the last hour."""
    account_day: int = 0
    """Mails that were released through its account within the last day."""
    new_day: int = 0
    """People who were written to for the first time in that day, that way."""
    new_here: int = 0
    """How many more of them this mail would add."""
    rule_day: Mapping[str, int] = field(default_factory=dict)
    """What each rule released within the last day."""
    undecided_draw: float = 1.0
    """The lowest draw of what its program handed in lately for one of the same
    people, while nobody decided about that; 1 where there is nothing."""
    refused: str = ""
    """Id of such mail that says nearly the same, and that somebody did not let
    leave; empty for none."""
    too_much_undecided: bool = False
    """Whether there is more of it than is looked at."""


NOTHING_COUNTED: Final = Counters()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing that was looked at."""

    rule: str
    """Which line of the policy: ``limits.agent_per_hour``, ``rule: NAME``."""
    text: str
    """What was found, in one sentence; names nobody who gets a blind copy."""
    action: Action | None = None
    """What it asks for; None where it says nothing about this mail."""
    is_final: bool = False
    """Whether no person can overrule it, but by changing the policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What came of it."""

    action: Action
    steps: tuple[Step, ...]
    """Everything that was looked at, in that order."""
    findings: tuple[Finding, ...]
    """Those of the checks, graded anew, and the policy's own; worst first."""
    quorum: int
    """How many people other than its author have to approve it."""
    rule: str = ""
    """Name of the rule that matched, or empty."""
    must_read: bool = False
    """Whether it is read to its end before anybody approves it."""

    @property
    def fired(self) -> tuple[Step, ...]:
        """What asked for something, the strictest first."""
        return tuple(sorted((one for one in self.steps if one.action), key=_rank))

    @property
    def blocked(self) -> str:
        """Why nobody can approve it, in one sentence, or empty."""
        return next((one.text for one in self.steps if one.is_final), "")


def _rank(step: Step) -> tuple[bool, int]:
    return not step.is_final, -strictness(step.action or "auto")
