"""What it takes for a mail to be approved, and how far that is.

An approval is the verdicts about one revision that satisfy the policy's quorum:
by different people, none of them its author, none older than the policy allows.
Whatever changes the mail, or ends an approval, lets them count no more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.draft import is_agent
from tuimail.core.finding import Finding, Severity
from tuimail.core.lifecycle import DraftState
from tuimail.store.decisions import DecisionRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Reason

_IN_FORCE: Final = frozenset({DraftState.APPROVED, DraftState.RELEASED})
ONE, TWO = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the policy says."""

    action: str = "review"
    reasons: tuple[Reason, ...] = ()
    findings: tuple[Finding, ...] = ()
    quorum: int = 1
    approval_ttl: timedelta | None = timedelta(hours=72)
    editor_may_approve: bool = True
    policy_digest: str = ""
    problem: str = ""
    blocked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the policy and the reviewers say about one revision, as of now."""

    row: DraftRow
    revision: Revision
    ruling: Ruling
    editors: frozenset[str]
    """People who changed it after its author handed it in."""
    reviewers: tuple[str, ...]
    now: datetime

    @property
    def is_own(self) -> bool:
        """Whether its author decides: a person's own mail, where one is enough."""
        return not is_agent(self.row.origin.actor) and self.ruling.quorum <= ONE

    @property
    def overrulable(self) -> tuple[str, ...]:
        """Codes of the findings of level block, each once."""
        return () if self.is_own else blocks(self.ruling.findings)

    @property
    def to_type(self) -> str:
        """What overrules them: the domain of the first whom it is for.

        Another word for each mail, that has to be read off it, so that nobody
        gets used to typing it.
        """
        recipients = self.revision.draft.recipients
        return recipients[0].domain if self.overrulable and recipients else ""

    def is_barred(self, actor: str) -> bool:
        """Return whether somebody's word does not count, as an author's does not."""
        if actor == self.row.origin.actor:
            return not self.is_own
        return actor in self.editors and not self.ruling.editor_may_approve

    def given(
        self, decisions: Iterable[DecisionRow], digest: str
    ) -> tuple[DecisionRow, ...]:
        """Return the approvals that count, oldest first, one a person.

        Args:
            decisions: All about the draft, oldest first.
            digest: Over what would leave now.
        """
        life = self.ruling.approval_ttl
        found: dict[str, DecisionRow] = {}
        for one in _latest(list(decisions), self.row):
            is_fresh = life is None or self.now < one.at + life
            is_this = one.release_digest == digest
            if is_fresh and is_this and not self.is_barred(one.actor):
                found[one.actor] = one
        return tuple(reversed(found.values()))

    def needed(self, given: Iterable[DecisionRow]) -> int:
        """Return how many have to approve, with those who did.

        Findings of level block take a second person, unless somebody overruled
        them in so many words.
        """
        is_overruled = any(one.overruled for one in given)
        least = TWO if self.overrulable and not is_overruled else ONE
        return max(least, self.ruling.quorum)


def asked(stores: Stores, row: DraftRow, revision: Revision) -> Asked:
    """Ask the policy about the newest revision of a draft."""
    return Asked(
        row=row,
        revision=revision,
        ruling=ruling_of(stores, row, revision),
        editors=stores.drafts.authors(row.id) - {row.origin.actor},
        reviewers=(),
        now=stores.clock.now(),
    )


def ruling_of(stores: Stores, row: DraftRow, revision: Revision) -> Ruling:
    """Return what the policy says about this revision now."""
    _ = stores, row
    return Ruling(findings=revision.findings)


def blocks(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the codes of the findings of level block, each once."""
    codes = (one.code for one in findings if one.severity is Severity.BLOCK)
    return tuple(dict.fromkeys(codes))


def _latest(decisions: list[DecisionRow], row: DraftRow) -> Iterator[DecisionRow]:
    """Yield the approvals since the last step that voided any, newest first."""
    for index, one in enumerate(reversed(decisions)):
        if one.verdict != "approved" or one.revision != row.revision:
            return
        if one.is_enough and (index or row.state not in _IN_FORCE):
            return
        yield one
