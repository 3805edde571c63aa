"""Warnings that a reviewer takes note of and lets stand, with the reason.

It decides nothing: whoever approves is told of it, and the journal is. What is of
level block is overruled by a word, and never let stand here.
"""

from collections.abc import Iterable

from tuimail.core.decision import check_words
from tuimail.core.finding import Finding, Severity
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, TransitionError
from tuimail.store.acceptances import AcceptanceRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace import consent, standing
from tuimail.workspace.consent import Decider
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Accepted


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What somebody wants to let stand."""

    codes: tuple[str, ...]
    reason: str


def accepted(stores: Stores, draft_id: str, revision: int) -> tuple[Accepted, ...]:
    """Return what is let stand of a revision."""
    return tuple(
        Accepted(code=one.code, reason=one.reason, actor=one.actor, at=one.at)
        for one in stores.acceptances.of(draft_id, revision)
    )


def acceptable(findings: Iterable[Finding]) -> tuple[str, ...]:
    """Return the codes of the warnings, each once, in their order."""
    warnings = (one.code for one in findings if one.severity is Severity.WARNING)
    return tuple(dict.fromkeys(warnings))


def accept(
    stores: Stores,
    row: DraftRow,
    looked_at: Revision,
    said: Standing,
    who: Decider,
) -> None:
    """Let these warnings stand, and no others; see ``ReviewDesk.accept``."""
    wanted = tuple(dict.fromkeys(said.codes))
    findings = standing.asked(stores, row, looked_at).ruling.findings
    _require_warnings(wanted, acceptable(findings))
    with consent.acting_as(stores, who), stores.database.transaction():
        _require_open(stores, looked_at)
        rows = stores.acceptances.of(row.id, looked_at.number)
        before = [one.code for one in rows]
        new = [code for code in wanted if code not in before]
        words = _words(said.reason) if new else ""
        gone = [code for code in before if code not in wanted]
        lines = [*((one, words) for one in new), *((one, "") for one in gone)]
        stores.acceptances.add(
            AcceptanceRow(
                draft_id=row.id,
                revision=looked_at.number,
                code=code,
                reason=why,
                actor=who.actor,
                at=stores.clock.now(),
            )
            for code, why in lines
        )


def _words(reason: str) -> str:
    """Return why they are let stand; without a reason it would be a habit."""
    if not reason.strip():
        raise FieldError(
            "Why the warning may stand is missing.",
            hint="Say in a few words why it is no reason to stop the mail.",
            field="reason",
        )
    return check_words(reason, field="reason", what="A reason")


def _require_warnings(codes: Iterable[str], there_are: tuple[str, ...]) -> None:
    for code in codes:
        if code not in there_are:
            raise FieldError(
                f"{code[:60]!r} is no warning about this revision.",
                hint=f"There are: {', '.join(there_are) or 'none'}.",
                field="code",
            )


def _require_open(stores: Stores, looked_at: Revision) -> None:
    """Refuse what is not waiting for a decision any more."""
    row = stores.drafts.get(looked_at.draft_id)
    consent.require_newest(stores, row, looked_at.number)
    if row.state.value != "review":
        raise TransitionError(
            f"Draft {row.id} is {row.state.value}; nobody decides about it now.",
            hint=f"Look at where it stands: tuimail show {row.id}",
        )
