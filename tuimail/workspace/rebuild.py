"""A lost database made again from what lies beside each message.

The one rule kept here: nothing leaves because of it. What waited is held, what
may have left is unknown, an approval covers nothing any more, and what cannot be
understood stays where it is and is named.
"""

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from tuimail.core.draft import Body, Draft
from tuimail.core.lifecycle import DraftState, SubmissionEvent, SubmissionState
from tuimail.core.origin import SELF_ACTOR, is_agent
from tuimail.core.submission import (
    OPEN_RECIPIENTS,
    Attempt,
    AttemptPhase,
    Receipt,
    Recipient,
    RecipientState,
)
from tuimail.core.values import dataclass, replace
from tuimail.errors import InputError, StoreError
from tuimail.store.database import DATABASE_NAME
from tuimail.store.decisions import ApprovalRow, DecisionRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.store.kept import read_intents
from tuimail.store.kept_access import NAME as ACCESS_NAME
from tuimail.store.kept_access import read_access
from tuimail.store.kept_suppressions import NAME as SUPPRESSIONS_NAME
from tuimail.store.kept_suppressions import read_kept
from tuimail.store.keys import KeyRow
from tuimail.store.outbound import Outbound
from tuimail.store.rebuilding import (
    KnownMail,
    KnownSubmission,
    Rebuilding,
    rebuilding,
    require_alone,
)
from tuimail.store.reports import ReportRow
from tuimail.store.submissions import SubmissionRow

VERSION: Final = 1
"""Of ``message.json``."""
MAY_HAVE_LEFT: Final = (
    "The workspace was rebuilt from its files, and this mail may have left "
    "meanwhile. Look before you resume it."
)
NOT_WHOLE: Final = (
    "The workspace was rebuilt from its files, and the bytes of this mail are not "
    "those that were approved. Withdraw it, and write it again."
)
NOT_KNOWN: Final = (
    "The workspace was rebuilt from its files, which do not say whether this mail left."
)
_LOST: Final = "(This revision was lost when the workspace was rebuilt.)\n"
_RECEIPT: Final = Receipt(stage="rebuild", text=NOT_KNOWN)
_WAITING: Final = frozenset({
    SubmissionState.READY, SubmissionState.DEFERRED, SubmissionState.HELD,
})  # fmt: skip
_LEFT: Final = frozenset({SubmissionState.SENDING, SubmissionState.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    """What a rebuild came to."""

    mails: int
    held: tuple[str, ...]
    unknown: tuple[str, ...]
    not_understood: tuple[tuple[str, str], ...]
    """Folders and files that were left alone, each with the reason."""
    access_lost: str = ""
    """Why it is not known who may do what, in one sentence; empty where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _SubmissionPart:
    row: SubmissionRow
    recipients: tuple[Recipient, ...]
    attempts: tuple[Attempt, ...] = ()
    approval: ApprovalRow | None = None
    reports: tuple[ReportRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidecar:
    """What ``message.json`` says, as far as a rebuild reads it."""

    version: int
    id: str
    status: str
    draft: DraftRow
    revision: Revision
    decisions: tuple[DecisionRow, ...] = ()
    submission: _SubmissionPart | None = None
    earlier_submissions: tuple[_SubmissionPart, ...] = ()
    keys: tuple[KeyRow, ...] = ()


def rebuild(root: Path, *, at: datetime) -> Rebuilt:
    """Make the database of the workspace at ``root`` again.

    For whoever holds the sender lock, while nobody has the old one open.

    Raises:
        WorkspaceBusyError: Somebody has.
        StoreError: The disk does not take it; everything is as it was.
    """
    path = root / DATABASE_NAME
    require_alone(path)
    outbound, intents = Outbound(root / "outbound"), read_intents(root)
    mails: list[KnownMail] = []
    refused: list[tuple[str, str]] = []
    with rebuilding(path, actor=SELF_ACTOR, at=at) as new:
        refused += _suppressed_again(new, root, at)
        access_lost = _let_in_again(new, root)
        for draft_id in outbound.ids():
            try:
                sidecar = _judged(read_sidecar(outbound, draft_id), intents)
                mails.append(_added(new, outbound, sidecar, at))
            except _NotUnderstoodError as error:
                refused.append((draft_id, str(error)))
        if access_lost:
            new.lose_access(at)
    return Rebuilt(
        mails=len(mails),
        held=tuple(one.draft.id for one in mails if one.status == "held"),
        unknown=tuple(one.draft.id for one in mails if one.status == "unknown"),
        not_understood=tuple(refused),
        access_lost=access_lost,
    )


def _suppressed_again(
    new: Rebuilding, root: Path, at: datetime
) -> list[tuple[str, str]]:
    """Put back who gets no mail any more; return what was not understood."""
    try:
        new.suppress(read_kept(root))
    except StoreError as error:
        new.set_aside(root / SUPPRESSIONS_NAME)
        new.lose_suppressions(at)
        return [(SUPPRESSIONS_NAME, str(error))]
    return []


def _let_in_again(new: Rebuilding, root: Path) -> str:
    """Put back who may do what; return why that is not known, or nothing."""
    try:
        new.let_in(read_access(root))
    except StoreError as error:
        new.set_aside(root / ACCESS_NAME)
        return str(error)
    return ""


def read_sidecar(outbound: Outbound, draft_id: str) -> Sidecar:
    """Return what is beside a message.

    Raises:
        StoreError: There is nothing, or nothing that this tuimail understands.
    """
    try:
        found = _SIDECAR.decode(outbound.read_sidecar(draft_id))
    except FileNotFoundError as error:
        raise _NotUnderstoodError("There is no message.json.") from error
    except (msgspec.MsgspecError, InputError, ValueError) as error:
        raise _NotUnderstoodError("message.json cannot be understood.") from error
    except StoreError as error:
        raise _NotUnderstoodError(str(error)) from error
    if found.version != VERSION or found.id != draft_id or found.draft.id != draft_id:
        raise _NotUnderstoodError("message.json is about another mail or version.")
    return found


def known(sidecar: Sidecar, *, is_whole: bool, at: datetime) -> KnownMail:
    """Return what goes into the new database about one mail.

    Args:
        sidecar: What its file says.
        is_whole: Whether its bytes are those of its newest revision.
        at: When this is.

    Raises:
        StoreError: What the file says does not fit together.
    """
    row = sidecar.draft
    part = sidecar.submission
    if row.state is DraftState.RELEASED and part is None:
        raise _NotUnderstoodError("message.json does not say what became of it.")
    revisions = tuple(_revisions(sidecar.revision, row))
    if len(revisions) != row.revision:
        raise _NotUnderstoodError("message.json is about another revision.")
    submission = part and _known_submission(part, row, is_whole=is_whole, at=at)
    return KnownMail(
        draft=replace(
            row,
            state=_draft_state(row),
            submission_id=part.row.id if part else None,
        ),
        revisions=revisions,
        decisions=tuple(
            one
            for one in sidecar.decisions
            if one.draft_id == row.id and 1 <= one.revision <= row.revision
        ),
        submission=submission or None,
        earlier=tuple(
            _known_submission(one, row, is_whole=True, at=at)
            for one in sidecar.earlier_submissions
        ),
        keys=tuple(one for one in sidecar.keys if one.draft_id == row.id),
        was=sidecar.status,
    )


class _NotUnderstoodError(StoreError):
    """A folder that says nothing a rebuild can use."""


def _judged(sidecar: Sidecar, intents: Mapping[str, int]) -> Sidecar:
    """Return what a file says, and what the journal said after it was written.

    The last attempt went beyond the point of no return, and the file does not
    say what came of it.
    """
    part = sidecar.submission
    if part is None or part.row.state not in _WAITING:
        return sidecar
    ended = [one.number for one in part.attempts if one.phase is AttemptPhase.DONE]
    if intents.get(part.row.id, 0) <= max(ended, default=0):
        return sidecar
    row = replace(part.row, state=SubmissionState.UNKNOWN)
    return replace(sidecar, submission=replace(part, row=row))


def _added(
    new: Rebuilding, outbound: Outbound, sidecar: Sidecar, at: datetime
) -> KnownMail:
    try:
        is_whole = _is_whole(outbound, sidecar)
        mail = known(sidecar, is_whole=is_whole, at=at)
    except _NotUnderstoodError:
        raise
    except StoreError as error:
        raise _NotUnderstoodError(str(error)) from error
    try:
        new.add(mail)
    except StoreError as error:
        raise _NotUnderstoodError(f"It does not fit: {error}") from error
    return mail


def _is_whole(outbound: Outbound, sidecar: Sidecar) -> bool:
    """Whether the bytes are there, and those that were released or written."""
    part, message = sidecar.submission, sidecar.revision.message
    wanted = part.row.message if part else message
    digest = hashlib.sha256()
    try:
        for block in outbound.read_message(sidecar.id):
            digest.update(block)
    except (FileNotFoundError, StoreError):
        return False
    return wanted is not None and digest.hexdigest() == wanted.digest


def _draft_state(row: DraftRow) -> DraftState:
    """Return where a draft stands without its approval: where an edit leads."""
    if row.state is not DraftState.APPROVED:
        return row.state
    return DraftState.REVIEW if is_agent(row.origin.actor) else DraftState.DRAFT


def _revisions(newest: Revision, row: DraftRow) -> Iterator[Revision]:
    """Yield every revision: the newest as it was, the others as their places.

    Decisions are about them, and they are counted without gaps.
    """
    for number in range(1, newest.number):
        yield Revision(
            draft_id=newest.draft_id,
            number=number,
            draft=Draft(
                sender=newest.draft.sender,
                subject=newest.draft.subject,
                body=Body(text=_LOST),
                account=newest.draft.account,
            ),
            author=SELF_ACTOR,
            created_at=row.created_at,
            not_composable=_LOST.strip("()\n"),
        )
    yield newest


def _known_submission(
    part: _SubmissionPart, row: DraftRow, *, is_whole: bool, at: datetime
) -> KnownSubmission:
    if part.row.draft_id != row.id or not part.recipients:
        raise _NotUnderstoodError("message.json is about another submission.")
    state, reason = _state(part, is_whole=is_whole)
    if state is SubmissionState.CANCELLED:
        reason = part.row.reason
    return KnownSubmission(
        row=replace(
            part.row,
            state=state,
            reason=reason,
            undo_until=None,
            changed_at=at if state != part.row.state else part.row.changed_at,
        ),
        approval=_spent(part, row, at),
        recipients=tuple(_recipient(one, state) for one in part.recipients),
        attempts=tuple(_ended(one, at) for one in part.attempts),
        reports=tuple(_reports(part)),
    )


def _reports(part: _SubmissionPart) -> Iterator[ReportRow]:
    known = {one.envelope.wire_address for one in part.recipients}
    yield from (one for one in part.reports if one.wire_address in known)


def _state(part: _SubmissionPart, *, is_whole: bool) -> tuple[SubmissionState, str]:
    """Return where it stands from now on, and why: it never leaves by itself."""
    found = part.row.state
    is_open = any(one.phase is not AttemptPhase.DONE for one in part.attempts)
    if found in _LEFT or (found in _WAITING and is_open):
        return SubmissionState.UNKNOWN, NOT_KNOWN
    if found in _WAITING:
        return SubmissionState.HELD, MAY_HAVE_LEFT if is_whole else NOT_WHOLE
    return found, part.row.reason


def _spent(part: _SubmissionPart, row: DraftRow, at: datetime) -> ApprovalRow:
    """Return the approval that it was released by; it covers nothing any more."""
    submission = part.row
    found = part.approval or ApprovalRow(
        id=submission.approval_id,
        draft_id=row.id,
        revision=row.revision,
        message_digest=submission.message.digest,
        release_digest=submission.release_digest,
        actor=SELF_ACTOR,
        at=submission.released_at,
    )
    fits = found.draft_id == row.id and 1 <= found.revision <= row.revision
    if not fits or found.release_digest != submission.release_digest:
        raise _NotUnderstoodError("message.json has another mail's approval.")
    return replace(found, spent_at=found.spent_at or at)


def _recipient(found: Recipient, state: SubmissionState) -> Recipient:
    is_lost = state is SubmissionState.UNKNOWN and found.state in OPEN_RECIPIENTS
    if not is_lost:
        return found
    return replace(found, state=RecipientState.UNKNOWN, receipt=_RECEIPT)


def _ended(found: Attempt, at: datetime) -> Attempt:
    if found.phase is AttemptPhase.DONE:
        return found
    return replace(
        found,
        phase=AttemptPhase.DONE,
        ended_at=at,
        outcome=SubmissionEvent.LOSE.value,
        receipt=_RECEIPT,
    )


_SIDECAR: Final = msgspec.json.Decoder(Sidecar)
