"""What the policy says against mail that was released, when it is about to leave.

Asked only where the policy is another than the one that the mail was approved
under: stricter now means that it waits for a person, and looser changes nothing.
What was approved is not asked for again because time passed or a budget is used.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from tuimail.errors import PolicyError
from tuimail.store.decisions import DecisionRow
from tuimail.store.drafts import Revision
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import standing
from tuimail.workspace.policies import ruling
from tuimail.workspace.stores import Stores

RULE: Final = "rule"
"""The role of a decision that was made by a rule of the policy."""


def objections(stores: Stores, rows: Sequence[SubmissionRow]) -> Mapping[str, str]:
    """Return why some of ``rows`` may not leave, in one sentence, by their ids.

    Args:
        stores: The open workspace.
        rows: Submissions that are due.
    """
    found = stores.policy.current()
    is_known = found.policy is not None or found.blocked
    if not is_known and stores.policies.newest() is None:
        return {}
    under = stores.policies.asked_about(row.draft_id for row in rows)
    others = [
        row for row in rows if found.blocked or under.get(row.draft_id) != found.digest
    ]
    asked = {row.id: objection(stores, row.draft_id) for row in others}
    return {key: reason for key, reason in asked.items() if reason}


def require_unobjected(stores: Stores, row: SubmissionRow) -> None:
    """Refuse to let go on what would be held again at once.

    Raises:
        PolicyError: The policy of now has something against it.
    """
    reason = objections(stores, [row]).get(row.id)
    if reason:
        raise PolicyError(
            reason,
            hint=f"See what the policy says: tuimail policy test {row.draft_id}",
        )


def objection(stores: Stores, draft_id: str) -> str:
    """Return what the policy in force has against the approval of a mail, or empty."""
    row = stores.drafts.get(draft_id)
    revision = stores.drafts.revision(draft_id, row.revision)
    asked = standing.asked(stores, row, revision)
    if asked.ruling.blocked:
        return asked.ruling.blocked
    given = _given(stores.decisions.for_draft(draft_id), revision)
    if any(one.role == RULE for one in given):
        return _against_rule(stores, asked)
    people = {one.actor for one in given if not asked.is_barred(one.actor)}
    needed = asked.needed(given)
    if len(people) >= needed:
        return ""
    return (
        f"By the policy of now it takes {needed} people to approve it, and "
        f"{len(people)} did."
    )


def _against_rule(stores: Stores, asked: standing.Asked) -> str:
    """Return why no rule would let it leave now; budgets were asked at its release."""
    revision = asked.revision
    said = ruling(
        stores,
        revision.draft,
        revision.findings,
        asked.row.origin,
        revision.message.size_bytes if revision.message else 0,
        draft_id=asked.row.id,
        released=True,
    )
    if said.action == "auto":
        return ""
    return "A rule let it leave, and the policy of now wants a person to look at it."


def _given(decisions: Sequence[DecisionRow], revision: Revision) -> list[DecisionRow]:
    """Return the approvals of the newest revision that its release came of."""
    given: list[DecisionRow] = []
    for one in reversed(decisions):
        is_another = one.verdict != "approved" or one.revision != revision.number
        if is_another or (one.is_enough and given):
            break
        given.append(one)
    return given
