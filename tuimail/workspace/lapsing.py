"""An approval that is not enough any more: run out, or for what is not so by now.

Between approval and release the policy may have become stricter, the account
another one, or time may have passed. The mail is in review again then, and
whoever wanted it to leave hears why.
"""

from collections.abc import Iterator
from datetime import datetime

from tuimail.core.lifecycle import DRAFT_STEPS, DraftEvent, advance
from tuimail.errors import (
    DigestMismatchError,
    LapsedApprovalError,
    PolicyError,
    TuimailError,
)
from tuimail.store.decisions import ApprovalRow
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace import mirror, standing, witnessing
from tuimail.workspace.rendering import (
    current_digest,
    file_digest,
    is_behind,
    verify,
)
from tuimail.workspace.stores import Stores


def require_in_force(stores: Stores, row: DraftRow, looked_at: Revision) -> None:
    """Refuse to release what its approval does not cover now; not in a transaction.

    Raises:
        PolicyError: The policy says by now that nobody may let it leave.
        LapsedApprovalError: It ran out, or by now it takes more people.
        DigestMismatchError: The account is not the one that was approved, or
            the bytes on disk were changed or are lost, or the journal tells of
            other decisions.
    """
    try:
        witnessing.require_told(stores, row.id)
    except DigestMismatchError:
        _lapse(stores, row)
        raise
    for why in _reasons(stores, row, looked_at):
        _lapse(stores, row)
        raise why
    try:
        verify(stores, looked_at)
    except DigestMismatchError:
        _lapse(stores, row)
        raise


def _lapse(stores: Stores, row: DraftRow) -> None:
    """Put it in review again, unless somebody did something else meanwhile."""
    with stores.database.transaction():
        found = stores.drafts.get(row.id)
        is_same = (found.state, found.revision) == (row.state, row.revision)
        if is_same:
            target = advance(DRAFT_STEPS, found.state, DraftEvent.LAPSE)
            stores.drafts.set_state(row.id, target, at=stores.clock.now())
    mirror.follow(stores, row.id, is_new=False)


def _reasons(
    stores: Stores, row: DraftRow, looked_at: Revision
) -> Iterator[TuimailError]:
    approval = stores.decisions.current_approval(row.id)
    if approval is None:
        yield LapsedApprovalError(
            f"Draft {row.id} has no approval that is in force; it is in review again.",
            hint=_hint(row),
        )
    else:
        yield from _against(stores, row, looked_at, approval)


def _against(
    stores: Stores, row: DraftRow, looked_at: Revision, approval: ApprovalRow
) -> Iterator[TuimailError]:
    asked, hint = standing.asked(stores, row, looked_at), _hint(row)
    digest = current_digest(stores, looked_at.draft, looked_at.message)
    if asked.ruling.blocked:
        yield PolicyError(
            asked.ruling.blocked, hint="Or change it: tuimail policy show"
        )
    if digest and digest != approval.release_digest:
        yield DigestMismatchError(
            f"The account of draft {row.id} changed after the approval, "
            "which therefore does not cover it.",
            hint=hint,
        )
    if approval.expires_at is not None and asked.now >= approval.expires_at:
        yield LapsedApprovalError(
            f"The approval of draft {row.id} ran out at {_utc(approval.expires_at)}; "
            "it is in review again.",
            hint=hint,
        )
    if _was_changed(stores, row, looked_at):
        yield DigestMismatchError(
            f"The stored bytes of draft {row.id} were changed after the approval; "
            "it is in review again.",
            hint=hint,
        )
    given = asked.given(stores.decisions.for_draft(row.id), approval.release_digest)
    needed = asked.needed(given)
    if digest and len(given) < needed:
        yield LapsedApprovalError(
            f"Draft {row.id} takes {needed} approvals by now, and {len(given)} of "
            "those given count; it is in review again.",
            hint=hint,
        )


def _hint(row: DraftRow) -> str:
    return f"Look at it and approve it again: tuimail review {row.id}"


def _was_changed(stores: Stores, row: DraftRow, looked_at: Revision) -> bool:
    """Return whether another program wrote into the file with the bytes.

    They could be made again, and the same would leave; but whoever could write
    there may have done more, and a person is to know.
    """
    found = file_digest(stores, row.id)
    is_right = looked_at.message is not None and found == looked_at.message.digest
    return not (is_right or is_behind(stores, row, found))


def _utc(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
