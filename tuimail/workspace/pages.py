"""Makes pages for faces out of what the store has: everything about one mail."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from tuimail.core.address import Address
from tuimail.core.draft import Draft
from tuimail.core.message import Role, by_role
from tuimail.core.submission import (
    HAVE_IT,
    Attempt,
    Receipt,
    Recipient,
    RecipientState,
)
from tuimail.store.drafts import Revision
from tuimail.store.list_rows import ListRow
from tuimail.workspace import accepting, deciding, standing
from tuimail.workspace.rendering import current_digest
from tuimail.workspace.row_views import row_view
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import (
    JournalLine,
    Page,
    RecipientView,
    ReportView,
)

if TYPE_CHECKING:
    from tuimail.store.journal import JournalRow
    from tuimail.store.submissions import SubmissionRow

SAID_TO_HAVE_ARRIVED: Final = "A person says that it arrived."
"""Why mail of unknown fate is sent: nobody knows that the provider took it."""
_TAKEN: Final = 2
"""The first figure of replies, of SMTP and HTTP alike, that take what was offered."""


def page_view(stores: Stores, listed: ListRow) -> Page:
    """Return everything about one mail, Bcc included."""
    draft = listed.draft
    revision = stores.drafts.revision(draft.id, draft.revision)
    submission = (
        stores.submissions.get(listed.submission.id) if listed.submission else None
    )
    message = revision.message
    asked = standing.asked(stores, draft, revision)
    return Page(
        row=row_view(stores, listed),
        draft=revision.draft,
        message_id=message.message_id if message else "",
        message_digest=message.digest if message else "",
        release_digest=(
            submission.release_digest
            if submission
            else current_digest(stores, revision.draft, message)
        ),
        size_bytes=message.size_bytes if message else 0,
        not_composable=revision.not_composable,
        created_at=draft.created_at,
        findings=asked.ruling.findings,
        recipients=_recipients(stores, revision.draft, submission),
        attempts=stores.submissions.attempts(submission.id) if submission else (),
        earlier_attempts=tuple(_earlier(stores, draft.id, submission)),
        decisions=tuple(
            deciding.decision_view(one) for one in stores.decisions.for_draft(draft.id)
        ),
        provider=submission.provider if submission else "",
        provider_message_id=submission.provider_message_id if submission else "",
        previous=_previous(stores, revision),
        note=revision.note,
        first=deciding.first(stores, revision),
        edited=deciding.edited(stores, draft, revision),
        answered=deciding.answered(stores, revision),
        earlier_decision=deciding.earlier(stores, draft, revision),
        standing=deciding.standing_view(stores, asked),
        accepted=accepting.accepted(stores, draft.id, revision.number),
    )


def _earlier(
    stores: Stores, draft_id: str, submission: "SubmissionRow | None"
) -> Iterable[Attempt]:
    for submission_id in stores.rows.submission_ids(draft_id):
        if submission is None or submission_id != submission.id:
            yield from stores.submissions.attempts(submission_id)


def journal_view(line: "JournalRow") -> JournalLine:
    """Return one step, for people."""
    return JournalLine(
        number=line.number,
        at=line.at,
        actor=line.actor,
        event=line.event,
        details=line.details,
    )


def _recipients(
    stores: Stores, draft: Draft, submission: "SubmissionRow | None"
) -> tuple[RecipientView, ...]:
    names = {one.text: one.name for one in draft.recipients}
    if submission is None:
        return tuple(_planned(draft))
    found = _reported(stores, submission.id)
    return tuple(
        _recipient(
            one,
            names,
            found.get(one.envelope.wire_address, ()),
            why=_why(one, said=submission.reason),
        )
        for one in stores.submissions.recipients(submission.id)
    )


def _reported(
    stores: Stores, submission_id: str
) -> Mapping[str, tuple[ReportView, ...]]:
    """Return what other servers reported about each recipient; most mail has none."""
    rows = stores.reports.of_submission(submission_id)
    if not rows:
        return {}
    from tuimail.workspace.reports import reported  # noqa: PLC0415 - see above

    return reported(stores, rows)


def _recipient(
    recipient: Recipient,
    names: Mapping[str, str],
    reports: tuple[ReportView, ...],
    *,
    why: str,
) -> RecipientView:
    return RecipientView(
        role=recipient.envelope.role,
        address=recipient.envelope.address,
        name=names.get(recipient.envelope.address, ""),
        state=recipient.state,
        reason=why,
        receipt=recipient.receipt,
        reports=reports,
    )


def _why(recipient: Recipient, *, said: str) -> str:
    """Return why, in plain words; ``said`` is why the mail is as it is."""
    if _is_a_persons_word(recipient, said):
        return SAID_TO_HAVE_ARRIVED
    if recipient.state is RecipientState.PENDING or recipient.state in HAVE_IT:
        return ""
    from tuimail.core.status import reason  # noqa: PLC0415 - once something was tried

    return reason(recipient.receipt, recipient.state)


def _is_a_persons_word(recipient: Recipient, said: str) -> bool:
    """Return whether somebody, and no provider, says that this copy arrived."""
    has_answer = recipient.receipt.code // 100 == _TAKEN
    is_sent = recipient.state is RecipientState.SENT
    return is_sent and said == SAID_TO_HAVE_ARRIVED and not has_answer


def _planned(draft: Draft) -> Iterable[RecipientView]:
    for role, addresses in by_role(draft):
        for address in addresses:
            yield _to_be_sent(role, address)


def _to_be_sent(role: Role, address: Address) -> RecipientView:
    return RecipientView(
        role=role,
        address=address.text,
        name=address.name,
        state=RecipientState.PENDING,
        reason="",
        receipt=Receipt(),
    )


def _previous(stores: Stores, revision: Revision) -> Draft | None:
    if revision.number == 1:
        return None
    return stores.drafts.revision(revision.draft_id, revision.number - 1).draft
