"""Mail that did not get through one account, made ready to leave by another.

The account is part of what was approved, so the submission is withdrawn and the
draft opens again with one more revision: for those who are left, through the new
account, and from an address that the account may send as. A person approves it
anew. What may have arrived is never rerouted.
"""

from collections.abc import Container, Iterable
from typing import Final

from tuimail.core.address import Address, wire_address
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.lifecycle import (
    DRAFT_STEPS,
    REROUTABLE,
    DraftEvent,
    SubmissionState,
    advance,
)
from tuimail.core.message import by_role
from tuimail.core.origin import is_agent
from tuimail.core.values import replace
from tuimail.errors import TransitionError
from tuimail.settings.account import AccountSettings
from tuimail.store.drafts import DraftRow, Revision
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import steps
from tuimail.workspace.drafts import require_revision
from tuimail.workspace.rendering import new_revision
from tuimail.workspace.stores import Stores
from tuimail.workspace.withdrawing import withdraw

_SETTLED: Final = frozenset({SubmissionState.ERROR, SubmissionState.PARTIAL})


def reroute(stores: Stores, draft_id: str, account: AccountSettings) -> None:
    """Withdraw what was released and open the draft again for ``account``.

    Args:
        stores: The open workspace.
        draft_id: Which mail.
        account: The way out it is to take.

    Raises:
        TransitionError: It is being handed over, may have arrived, has left for
            everybody, or was never released.
        StaleApprovalError: Somebody else changed it meanwhile.
    """
    row = stores.drafts.get(draft_id)
    looked_at = stores.drafts.revision(draft_id, row.revision)
    left = _left(stores, _submission(stores, row))
    draft = rerouted(looked_at.draft, account, left)
    new = new_revision(stores, draft, draft_id=draft_id, number=row.revision + 1)
    with stores.database.transaction():
        submission = _unchanged(stores, looked_at, left)
        if submission.state not in _SETTLED:
            withdraw(stores, submission)
        _open_again(stores, new, row)


def rerouted(draft: Draft, account: AccountSettings, left: Container[str]) -> Draft:
    """Return ``draft`` for those who are ``left``, through ``account``.

    Args:
        draft: As it was released.
        account: The way out it is to take.
        left: Wire addresses of those who do not have it.
    """
    sender, about_sender = _sender(draft, account)
    return replace(
        draft,
        sender=sender,
        account=account.name,
        to=_without_others(draft.to, left),
        cc=_without_others(draft.cc, left),
        bcc=_without_others(draft.bcc, left),
        service=replace(
            draft.service,
            merge_for=tuple(one for one in draft.service.merge_for if one[0] in left),
        ),
        noticed=(*draft.noticed, *about_sender, *_about_others(draft, left)),
    )


def _submission(stores: Stores, row: DraftRow) -> SubmissionRow:
    submission = steps.submission_of(
        stores, row, hint="Change its account while it is a draft: tuimail"
    )
    if submission.state not in REROUTABLE:
        raise TransitionError(
            f"Mail {row.id} is {submission.state.value} and cannot be rerouted.",
            hint=_HINTS.get(submission.state, "See where it stands: tuimail show {id}")
            .replace("{id}", row.id),
        )  # fmt: skip
    if steps.may_have_arrived(stores, submission):
        raise steps.undecided(submission)
    return submission


_HINTS: Final = {
    SubmissionState.UNKNOWN: "Say first what became of it: tuimail resolve {id}",
    SubmissionState.SENDING: "Wait for the answer, or withdraw it: tuimail cancel {id}",
}


def _left(stores: Stores, submission: SubmissionRow) -> frozenset[str]:
    everybody = stores.submissions.recipients(submission.id)
    return frozenset(
        one.envelope.wire_address
        for one in everybody
        if one.state in steps.WITHOUT_IT
    )  # fmt: skip


def _unchanged(
    stores: Stores, looked_at: Revision, left: frozenset[str]
) -> SubmissionRow:
    """Return the submission, if it still stands as it did when it was rendered."""
    row = stores.drafts.get(looked_at.draft_id)
    require_revision(row, looked_at.number)
    submission = _submission(stores, row)
    if _left(stores, submission) != left:
        raise TransitionError(
            f"Somebody else got mail {row.id} meanwhile.",
            hint=f"See where it stands, and reroute it again: tuimail show {row.id}",
        )
    return submission


def _open_again(stores: Stores, revision: Revision, row: DraftRow) -> None:
    handed_in = is_agent(row.origin.actor)
    event = DraftEvent.TAKE_BACK_HANDED_IN if handed_in else DraftEvent.TAKE_BACK
    target = advance(DRAFT_STEPS, row.state, event)
    stores.drafts.set_state(
        row.id, target, at=stores.clock.now(), submission_id=None
    )  # fmt: skip
    stores.drafts.add_revision(revision, state=target)


def _sender(
    draft: Draft, account: AccountSettings
) -> tuple[Address, tuple[Finding, ...]]:
    if account.identity_of(draft.sender) is not None:
        return draft.sender, ()
    own = account.identities[0].address
    finding = Finding(
        code="account.other-sender",
        severity=Severity.WARNING,
        field="from",
        message=f"It is from {own.text} now and not from {draft.sender.text}, as which "
        f"the account {account.name} does not send.",
        hint="Look at what it says about its author, and where answers go.",
        place=own.text,
    )
    return own, (finding,)


def _without_others(
    addresses: Iterable[Address], left: Container[str]
) -> tuple[Address, ...]:
    return tuple(one for one in addresses if wire_address(one) in left)


def _about_others(draft: Draft, left: Container[str]) -> Iterable[Finding]:
    """Say who was taken out; a blind copy only where those are shown."""
    for role, addresses in by_role(draft):
        have_it = [one.text for one in addresses if wire_address(one) not in left]
        if have_it:
            yield Finding(
                code="rcpt.has-it",
                severity=Severity.INFO,
                field=role.value,
                message="Taken out, because the provider answers for their copy "
                f"already: {', '.join(have_it)}.",
            )
