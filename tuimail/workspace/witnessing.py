"""Whether what the tables say was decided is what the journal tells of it.

Whoever can write into the database can write a yes in somebody's name there. Such
a row has no line in the journal, whose lines are chained by hash; and a row that
was edited or removed leaves its line behind. A decision counts only where both
say the same, row by row, in the same order.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import zip_longest
from typing import Final

from tuimail.core.origin import is_agent
from tuimail.errors import DigestMismatchError
from tuimail.store.decisions import ApprovalRow, DecisionRow
from tuimail.store.encoding import json_text
from tuimail.store.instants import instant_text_or_none
from tuimail.store.journal import Told
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace.stores import Stores

AT_ONCE: Final = 500
"""So many mails are looked at together."""
_DECIDED: Final = "decided"
_APPROVED: Final = "approval_given"
_PURGED: Final = "mail_purged"
_NEEDED: Final = {
    _DECIDED: frozenset({"revision", "verdict", "by", "release_digest"}),
    _APPROVED: frozenset({"approval", "revision", "message_digest", "release_digest"}),
}
"""What a line says at least; those of earlier versions say less than those of now."""


def misfits(stores: Stores, draft_ids: Iterable[str]) -> Mapping[str, str]:
    """Return what does not fit the journal, in one sentence, by the ids of mails."""
    ids = list(draft_ids)
    if not ids:
        return {}
    told = stores.journal.verdicts(ids)
    said, given = stores.decisions.among(ids), stores.decisions.approvals(ids)
    found = {
        one: _misfit(one, told.get(one, ()), said.get(one, ()), given.get(one, ()))
        for one in ids
    }
    return {key: why for key, why in found.items() if why}


def require_told(stores: Stores, draft_id: str) -> None:
    """Refuse what would count decisions that the journal does not know.

    Raises:
        DigestMismatchError: A row was added, edited or removed past the program.
    """
    for why in misfits(stores, [draft_id]).values():
        raise DigestMismatchError(
            why,
            hint="Another program wrote into the database: look with “tuimail audit "
            "verify”, discard this mail and write it again.",
        )


def unbacked(stores: Stores, rows: Sequence[SubmissionRow]) -> Mapping[str, str]:
    """Return why some of ``rows`` may not leave, in one sentence, by their ids.

    Only of mail that programs handed in: of a person's own, nobody else decides.

    Args:
        stores: The open workspace.
        rows: Submissions that are due.
    """
    found = stores.drafts.among(row.draft_id for row in rows)
    handed_in = [
        row
        for row in rows
        if row.draft_id in found and is_agent(found[row.draft_id].origin.actor)
    ]
    if not handed_in:
        return {}
    ids = [row.draft_id for row in handed_in]
    wrong, given = misfits(stores, ids), stores.decisions.approvals(ids)
    reasons = {row.id: wrong.get(row.draft_id) for row in handed_in}
    for row in handed_in:
        covering = {(one.id, one.release_digest) for one in given.get(row.draft_id, ())}
        if (row.approval_id, row.release_digest) not in covering:
            reasons[row.id] = f"No approval of draft {row.draft_id} is for what it is."
    return {key: why for key, why in reasons.items() if why}


def first_misfit(stores: Stores) -> str:
    """Return the first that does not fit, of all mails; empty where all does."""
    after = ""
    while ids := stores.journal.told_about(after, AT_ONCE):
        for why in misfits(stores, ids).values():
            return why
        after = ids[-1]
    return ""


def _misfit(
    draft_id: str,
    told: Sequence[Told],
    said: Sequence[DecisionRow],
    given: Sequence[ApprovalRow],
) -> str:
    if any(line.event == _PURGED and line.is_sound for line in told):
        return ""
    decided = [line for line in told if line.event == _DECIDED]
    approved = {
        line.details.get("approval"): line for line in told if line.event == _APPROVED
    }
    pairs = zip_longest(decided, said)
    for line, row in (*pairs, *_with_lines(approved, given)):
        if line is None or row is None or not _is_told(line, row):
            return _sentence(draft_id, line, row)
    return ""


def _with_lines(
    approved: Mapping[str | None, Told], given: Sequence[ApprovalRow]
) -> Iterator[tuple[Told | None, ApprovalRow | None]]:
    """Yield each approval with its line, and the lines that have none."""
    rows = {one.id: one for one in given}
    for row in given:
        yield approved.get(row.id), row
    for key, line in approved.items():
        if key not in rows:
            yield line, None


def _is_told(line: Told, row: DecisionRow | ApprovalRow) -> bool:
    facts = _of_approval(row) if isinstance(row, ApprovalRow) else _of_decision(row)
    is_same = line.at == row.at and line.details.items() <= facts.items()
    is_all = _NEEDED.get(line.event, frozenset()) <= line.details.keys()
    return line.is_sound and is_same and is_all


def _of_decision(row: DecisionRow) -> Mapping[str, str]:
    return {
        "revision": str(row.revision),
        "verdict": row.verdict,
        "by": row.actor,
        "role": row.role,
        "door": row.door,
        "codes": json_text(row.codes),
        "reason_digest": _digest(row.reason),
        "comments_digest": _digest(json_text(row.comments)),
        "overruled": json_text(row.overruled),
        "is_enough": str(int(row.is_enough)),
        "release_digest": row.release_digest,
        "findings_digest": row.findings_digest,
        "policy_digest": row.policy_digest,
    }


def _of_approval(row: ApprovalRow) -> Mapping[str, str]:
    return {
        "approval": row.id,
        "revision": str(row.revision),
        "by": row.actor,
        "expires_at": instant_text_or_none(row.expires_at) or "",
        "message_digest": row.message_digest,
        "release_digest": row.release_digest,
    }


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _sentence(
    draft_id: str, line: Told | None, row: DecisionRow | ApprovalRow | None
) -> str:
    if row is None:
        number = line.number if line else 0
        return (
            f"A decision about draft {draft_id}, of which line {number} of the "
            "journal tells, is not there any more."
        )
    what = f"The decision “{row.verdict}”" if isinstance(row, DecisionRow) else ""
    return (
        f"{what or 'The approval'} of draft {draft_id} by {row.actor}, at "
        f"{row.at:%Y-%m-%d %H:%M} UTC, is not what the journal tells of it."
    )
