"""What a page tells whoever decides: how far a mail is, and what was before it."""

from datetime import datetime

from tuimail.core.draft import Draft
from tuimail.core.lifecycle import DraftState
from tuimail.store.decisions import DecisionRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace import reading, standing
from tuimail.workspace.rendering import current_digest
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Decision, Earlier, Reason, Standing


def decision_view(decision: DecisionRow) -> Decision:
    """Return what a reviewer said, for people."""
    return Decision(
        revision=decision.revision,
        verdict=decision.verdict,
        actor=decision.actor,
        reason=decision.reason,
        at=decision.at,
        role=decision.role,
        codes=decision.codes,
        comments=decision.comments,
        overruled=decision.overruled,
    )


def standing_view(stores: Stores, asked: standing.Asked) -> Standing:
    """Return what it takes for the newest revision to be approved."""
    row, revision = asked.row, asked.revision
    digest = current_digest(stores, revision.draft, revision.message)
    given = asked.given(stores.decisions.for_draft(row.id), digest)
    return Standing(
        needed=max(standing.ONE, asked.ruling.quorum),
        given=tuple(decision_view(one) for one in given),
        to_type=asked.to_type,
        reasons=tuple(
            Reason(rule=one.rule, text=one.text) for one in asked.ruling.reasons
        ),
        blocked=asked.blocked,
        problem=asked.ruling.problem,
        expires_at=_expires_at(stores, row),
        assigned=row.assigned if row.assigned in asked.reviewers else "",
        reviewers=asked.reviewers,
        unread=reading.unread(stores, asked),
    )


def first(stores: Stores, revision: Revision) -> Draft | None:
    """Return what its author wrote first, if this is something else."""
    if revision.number == 1:
        return None
    return stores.drafts.revision(revision.draft_id, 1).draft


def own_revision(stores: Stores, row: DraftRow, newest: Revision) -> Revision:
    """Return the newest revision that its author wrote."""
    if newest.author == row.origin.actor:
        return newest
    revisions = stores.drafts.revisions(row.id)
    return [one for one in revisions if one.author == row.origin.actor][-1]


def edited(stores: Stores, row: DraftRow, newest: Revision) -> Draft | None:
    """Return what its author wrote last, if others have changed it since."""
    own = own_revision(stores, row, newest)
    return None if own is newest else own.draft


def answered(stores: Stores, revision: Revision) -> Draft | None:
    """Return the mail of ours that it answers, if there is one."""
    message_id = revision.draft.in_reply_to
    found = stores.submissions.by_message_id(message_id) if message_id else ""
    if not found:
        return None
    row = stores.drafts.get(found)
    return stores.drafts.revision(found, row.revision).draft


def earlier(stores: Stores, row: DraftRow, revision: Revision) -> Earlier | None:
    """Return the mail that it takes the place of, or else repeats.

    What its author names may be gone, or may never have been.
    """
    draft_id, why = revision.duplicate_of, "duplicate"
    if row.origin.revises:
        draft_id, why = row.origin.revises, "revises"
    found = stores.drafts.among([draft_id]).get(draft_id) if draft_id else None
    if found is None:
        return None
    decisions = stores.decisions.for_draft(draft_id)
    return Earlier(
        draft_id=draft_id,
        why=why,
        decision=decision_view(decisions[-1]) if decisions else None,
        draft=stores.drafts.revision(draft_id, found.revision).draft,
    )


def _expires_at(stores: Stores, row: DraftRow) -> datetime | None:
    if row.state is not DraftState.APPROVED:
        return None
    approval = stores.decisions.current_approval(row.id)
    return approval.expires_at if approval else None
