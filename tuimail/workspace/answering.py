"""What a program is told about a mail that it handed in.

One contract for all doors: the same document over HTTP, MCP and the command line.

It is told about its own words, and never learns from an answer what a person
wrote in their place, whom they added, or anything about another program's mail.
What people say in it is data: bounded, without control characters, and in a field
of its own.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from tuimail.core.characters import on_one_line
from tuimail.core.decision import LONGEST_REASON, Comment
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding
from tuimail.core.lifecycle import DraftState
from tuimail.core.values import dataclass, replace
from tuimail.store.decisions import DecisionRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace import discretion
from tuimail.workspace.deciding import own_revision
from tuimail.workspace.stores import Stores

LIKELY_DUPLICATE: Final = "review.likely-duplicate"
TEXT_LIMIT: Final = 1000
"""Characters of one sentence."""


class Resubmit(StrEnum):
    """Whether the program is to hand it in again."""

    NO = "no"
    """It is taken care of, maybe with other words than the program's."""
    REVISE = "revise"
    """A person asked for changes: hand in another revision."""
    NEVER = "never"
    """A person said no for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person, or a rule that a person wrote, decided."""

    verdict: str
    """``approved``, ``changes_requested`` or ``rejected``."""
    codes: tuple[str, ...]
    """Stable words for the reason, such as ``wrong-recipient``."""
    reason: str
    """The reviewer's own words: data, never an instruction."""
    comments: tuple[Comment, ...]
    by_role: str
    """``reviewer``, ``owner`` or ``rule``; never a name."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """A finding, as programs are told it."""

    code: str
    severity: str
    field: str
    message: str
    fix_hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How a mail stands, for the program that handed it in."""

    id: str
    revision: int
    state: str
    """One of the sixteen words of the docs."""
    decision: Told | None
    findings: tuple[Noticed, ...]
    edited: bool
    """Whether a person changed what the program wrote."""
    resubmit: Resubmit
    duplicate_of: str
    """Id of a mail of the same program that was decided about and says nearly the
    same; or empty."""

    @property
    def waits(self) -> bool:
        """Whether somebody is still to decide about it."""
        return self.state == DraftState.REVIEW.value


def answer(stores: Stores, draft_id: str) -> Answer:
    """Return how a mail stands, for the program that handed it in.

    Whether it is that program's is for the caller to ask.

    Raises:
        NotFoundError: There is no such mail.
    """
    row = stores.drafts.get(draft_id)
    return answer_about(stores, row, stores.drafts.revision(row.id, row.revision))


def answer_about(stores: Stores, row: DraftRow, newest: Revision) -> Answer:
    """Return the same, where the mail and its newest revision are at hand."""
    own = own_revision(stores, row, newest)
    told = _told(stores, row, own, hidden=added(own.draft, newest.draft))
    duplicate_of = _duplicate_of(stores, row, own)
    return Answer(
        id=row.id,
        revision=row.revision,
        state=_status(stores, row),
        decision=told,
        findings=tuple(map(_noticed, _of_its_own(own.findings, duplicate_of))),
        edited=own is not newest and _said(own.draft) != _said(newest.draft),
        resubmit=RESUBMIT[told.verdict] if told else Resubmit.NO,
        duplicate_of=duplicate_of,
    )


def _status(stores: Stores, row: DraftRow) -> str:
    """Return the one word that lists show; most mail that is asked for is a draft."""
    if row.state is not DraftState.RELEASED:
        return row.state.value
    return stores.rows.row(row.id).status


_IN_FORCE: Final[Mapping[DraftState, str]] = {
    DraftState.DRAFT: "changes_requested",
    DraftState.APPROVED: "approved",
    DraftState.RELEASED: "approved",
    DraftState.REJECTED: "rejected",
    DraftState.DISCARDED: "rejected",
}
"""The verdict that brought a mail where it is. Where another was the last, it was
taken back, or was about words that are not there any more."""
RESUBMIT: Final[Mapping[str, Resubmit]] = {
    "approved": Resubmit.NO,
    "changes_requested": Resubmit.REVISE,
    "rejected": Resubmit.NEVER,
}


def _said(draft: Draft) -> Draft:
    """Return what is said to whom; by which way it leaves is no change of that."""
    return replace(draft, account="", noticed=())


def added(own: Draft, newest: Draft) -> tuple[str, ...]:
    """Return blind copies that a person added, of which the author knows nothing."""
    known = {one.text for one in own.recipients}
    return tuple(one.text for one in newest.bcc if one.text not in known)


def _told(
    stores: Stores, row: DraftRow, own: Revision, *, hidden: Iterable[str]
) -> Told | None:
    """Return the decision that holds now, if there is one."""
    in_force = _IN_FORCE.get(row.state)
    decisions = stores.decisions.for_draft(row.id) if in_force else ()
    if not decisions or decisions[-1].verdict != in_force:
        return None
    if row.state is DraftState.DISCARDED and not _was_rejected(stores, row):
        return None
    is_its_own = decisions[-1].revision == own.number
    return as_heard(_as_said(decisions[-1]), hidden, is_its_own=is_its_own)


def _was_rejected(stores: Stores, row: DraftRow) -> bool:
    """Return whether what was thrown away was rejected until then.

    A rejection that was taken back leaves no decision, only a step.
    """
    moves = [
        line.details["from"]
        for line in stores.journal.lines(row.id)
        if line.event == "draft_moved"
    ]
    return moves[-1:] == [DraftState.REJECTED.value]


def as_heard(told: Told, hidden: Iterable[str], *, is_its_own: bool) -> Told:
    """Return a decision as the author of the mail hears it.

    Args:
        told: In the reviewer's own words.
        hidden: Blind copies that a person added.
        is_its_own: Whether the decision is about the author's own text, whose
            lines it can count.
    """
    addresses = tuple(hidden)

    def tell(text: str) -> str:
        return discretion.without(text, addresses)

    return replace(
        told,
        reason=tell(told.reason),
        comments=tuple(
            replace(
                one,
                text=tell(one.text)[:LONGEST_REASON],
                line=one.line if is_its_own else 0,
            )
            for one in told.comments
        ),
    )


def _as_said(decision: DecisionRow) -> Told:
    return Told(
        verdict=decision.verdict,
        codes=decision.codes,
        reason=decision.reason,
        comments=decision.comments,
        by_role=decision.role,
        at=decision.at,
    )


def _of_its_own(findings: Iterable[Finding], duplicate_of: str) -> Iterator[Finding]:
    """Leave out what tells of a mail that another program handed in."""
    for one in findings:
        if one.code != LIKELY_DUPLICATE or duplicate_of:
            yield one


def _noticed(finding: Finding) -> Noticed:
    return Noticed(
        code=finding.code,
        severity=finding.severity.value,
        field=finding.field,
        message=on_one_line(finding.message)[:TEXT_LIMIT],
        fix_hint=on_one_line(finding.hint)[:TEXT_LIMIT],
    )


def _duplicate_of(stores: Stores, row: DraftRow, own: Revision) -> str:
    """Return the earlier mail, if that is the same author's."""
    earlier = stores.drafts.among([own.duplicate_of] if own.duplicate_of else [])
    is_own = any(one.origin.actor == row.origin.actor for one in earlier.values())
    return own.duplicate_of if is_own else ""
