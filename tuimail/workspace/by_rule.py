"""What a rule of the policy lets leave with nobody looking, once, when it comes in.

In the transaction that stores the mail: its approval is by tuimail itself, the
decision is the rule's, and an undo window gives a person time to take it back.
Whatever is in the way of that leaves the mail in review, where it would be without
a rule; so does every revision, and what takes the place of an earlier mail, since
somebody looked at the one before or was to.
"""

from datetime import datetime
from hashlib import sha256

from tuimail.core.draft import Draft
from tuimail.core.lifecycle import DRAFT_STEPS, DraftEvent, advance
from tuimail.core.origin import SELF_ACTOR, Origin, is_agent
from tuimail.core.policy import deciding
from tuimail.core.schedule import Late
from tuimail.errors import TuimailError
from tuimail.store.decisions import ApprovalRow, DecisionRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.store.encoding import json_text
from tuimail.workspace import duplicates
from tuimail.workspace.approving import require_fit
from tuimail.workspace.clock import new_id
from tuimail.workspace.objecting import RULE
from tuimail.workspace.policies import Ruling, ruling
from tuimail.workspace.policy_watch import DOOR
from tuimail.workspace.releasing import Timing, due_at, planned, release, tried_until
from tuimail.workspace.rendering import required_message
from tuimail.workspace.stores import Stores


def may_leave(stores: Stores, draft: Draft, origin: Origin) -> bool:
    """Return whether a rule might let ``draft`` leave, before it was looked at.

    What may leave has its bytes on disk first; nothing else has to wait for that.
    """
    found = stores.policy.current()
    if found.policy is None or not found.releases or not _is_asked(origin):
        return False
    from tuimail.core.policy.case import Case  # noqa: PLC0415 - only with rules
    from tuimail.core.policy.matching import why_not  # noqa: PLC0415 - as above

    case, now = Case(draft=draft, origin=origin), stores.clock.now()
    first = (one for one in found.policy.rules if not why_not(one, case, (), now))
    return any(one.action == "auto" for one in first)


def release_by_rule(
    stores: Stores, row: DraftRow, revision: Revision, *, at: datetime | None = None
) -> None:
    """Let a mail leave that was just stored, if a rule says so; in its transaction.

    Args:
        stores: The open workspace.
        row: Where it stands.
        revision: The first of a mail that an agent handed in.
        at: When it was to leave, as its author says; None means now.
    """
    message = required_message(revision)
    said = ruling(
        stores,
        revision.draft,
        revision.findings,
        row.origin,
        message.size_bytes,
        draft_id=row.id,
    )
    undo = stores.config.undo
    if said.action != "auto" or said.problem:
        return
    try:
        require_fit(stores, revision)
        due = due_at(stores, undo, at)
        tried_until(due, revision.draft.expires_at)
    except TuimailError:
        return  # a person finds out why, as of any mail in review
    with stores.acting_as(SELF_ACTOR, door=DOOR):
        _approve(stores, row, revision, said)
        timing = Timing(due=due, undo=undo, plan=planned(at, Late.ASK))
        release(stores, row.id, revision, timing)


def _is_asked(origin: Origin) -> bool:
    """Return whether rules are asked: a program that is known hands in for once."""
    is_known = is_agent(origin.actor) and deciding.is_proven(origin)
    return is_known and not origin.revises


def _approve(stores: Stores, row: DraftRow, revision: Revision, said: Ruling) -> None:
    now, message = stores.clock.now(), required_message(revision)
    stores.decisions.add(
        DecisionRow(
            draft_id=row.id,
            revision=revision.number,
            verdict="approved",
            actor=SELF_ACTOR,
            door=DOOR,
            reason=said.rule,
            release_digest=revision.release_digest,
            findings_digest=sha256(json_text(said.findings).encode()).hexdigest(),
            at=now,
            role=RULE,
            policy_digest=said.policy_digest,
            is_enough=True,
            recipients=duplicates.compared(row, revision.draft),
        )
    )
    stores.decisions.approve(
        ApprovalRow(
            id=new_id(now, stores.random),
            draft_id=row.id,
            revision=revision.number,
            message_digest=message.digest,
            release_digest=revision.release_digest,
            actor=SELF_ACTOR,
            at=now,
        )
    )
    target = advance(DRAFT_STEPS, row.state, DraftEvent.APPROVE)
    stores.drafts.set_state(row.id, target, at=now)
