"""Keeps what other programs may look at in step with the database.

The maildir and the sidecar follow the truth, off the path to any
acknowledgement: what is lost here by a crash is made again at the next change
or by recovery.
"""

from contextlib import suppress
from datetime import datetime
from typing import Final

from tuimail.core import compose
from tuimail.core.lifecycle import DraftState
from tuimail.errors import (
    DigestMismatchError,
    NotComposableError,
    NotFoundError,
    StoreError,
)
from tuimail.store.drafts import DraftRow, Revision
from tuimail.store.encoding import plain
from tuimail.store.instants import instant_text
from tuimail.store.list_rows import ListRow
from tuimail.store.maildir import folder_of
from tuimail.store.outbound import Staging
from tuimail.workspace.rendering import pieces_again
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import (
    DRAFT_STATUSES,
    OUTBOX_STATUSES,
    REVIEW_STATUSES,
)


def follow(stores: Stores, draft_id: str, *, is_new: bool) -> None:
    """Have what lies beside a mail follow what was just committed.

    At once, or where several share a flush: when there is time.

    Args:
        stores: The open workspace.
        draft_id: Which mail.
        is_new: Whether it says something else than before.
    """
    _let_wait(stores, draft_id, is_new=is_new)
    if not stores.is_together:
        catch_up(stores)
        stores.keep_head()


def _let_wait(stores: Stores, draft_id: str, *, is_new: bool) -> None:
    stores.unshown[draft_id] = is_new or stores.unshown.get(draft_id, False)


def catch_up(stores: Stores, most: int | None = None) -> bool:
    """Show so many mails that wait for it, all without a number; are some left?

    A mail that was removed meanwhile has nothing to show, and what the disk does
    not take is made again by whoever takes over.
    """
    for draft_id in list(stores.unshown)[:most]:
        is_new = stores.unshown.pop(draft_id)
        with suppress(NotFoundError, StoreError):
            _show(stores, draft_id, is_new=is_new)
    return bool(stores.unshown)


def reflect(stores: Stores, draft_id: str) -> None:
    """Show a new revision: its bytes, bodies and files, and where it stands."""
    _show(stores, draft_id, is_new=True)
    stores.afterwards(stores.keep_head)


def reflect_status(stores: Stores, draft_id: str) -> None:
    """Show where it stands now; what it says is as it was."""
    _show(stores, draft_id, is_new=False)
    stores.afterwards(stores.keep_head)


def _show(stores: Stores, draft_id: str, *, is_new: bool) -> None:
    """Write what is to be seen, and link it into the maildir at last.

    So what is in the right folder of that, in the right revision, is all there,
    unless the machine ended.
    """
    listed = stores.rows.row(draft_id)
    revision = stores.drafts.revision(draft_id, listed.revision)
    if is_new or _lacks_its_bytes(stores, revision):
        with suppress(DigestMismatchError, StoreError):
            _write_message(stores, listed.draft, revision)
        _write_extras(stores, listed, revision)
    else:
        stores.outbound.write_sidecar(
            draft_id,
            _sidecar(stores, listed, revision),
            is_durable=_was_released(listed.draft),
        )
    with suppress(StoreError):
        place(stores, listed)


def _lacks_its_bytes(stores: Stores, revision: Revision) -> bool:
    """Whether a crash came between its row and its file."""
    path = stores.outbound.message_path(revision.draft_id)
    return revision.message is not None and not path.exists()


def _write_message(stores: Stores, row: DraftRow, revision: Revision) -> None:
    """Write the bytes of a revision, unless there is a newer one by then.

    What was released has its bytes on disk, flushed, and they stay as they are.
    """
    if row.state is DraftState.RELEASED:
        return
    stores.fault("draft.after_commit_before_file")
    with stores.outbound.staging(row.id, is_durable=False) as staging:
        if revision.message is not None:
            staging.write(pieces_again(stores, revision))
        stores.fault("draft.after_tmp_write")
        with stores.database.transaction():
            now = stores.drafts.get(row.id)
            is_newest = now.revision == row.revision
            if is_newest and now.state is not DraftState.RELEASED:
                _put(stores, revision, staging)


def _put(stores: Stores, revision: Revision, staging: Staging) -> None:
    if revision.message is None:
        stores.outbound.remove_message(revision.draft_id)
    elif staging.digest == revision.message.digest:
        staging.keep()


def _write_extras(stores: Stores, listed: ListRow, revision: Revision) -> None:
    draft = revision.draft
    stores.outbound.write_extras(
        listed.id,
        sidecar=_sidecar(stores, listed, revision),
        text=draft.body.text,
        html=draft.body.html,
        attachments=[(one.name, one.digest) for one in draft.attachments],
        is_durable=_was_released(listed.draft),
    )


def _was_released(row: DraftRow) -> bool:
    """Whether a rebuild has to know more of it than what it says."""
    return row.submission_id is not None


def mend(stores: Stores, *, since: datetime | None = None) -> None:
    """Show what a crash left in the wrong folder, or in none, where it belongs.

    Settled mail can only be found where it waited, so the big folders of what
    was sent are not read.

    Args:
        stores: The open workspace.
        since: What changed after this is written anew: the machine may have ended
            before it was on the disk. None where only a process did.
    """
    from tuimail.workspace.misplaced import misplaced  # noqa: PLC0415 - for recovery

    for folder in (".Drafts", ".Review", ".Outbox"):
        for draft_id, belongs in misplaced(stores, folder):
            _let_wait(stores, draft_id, is_new=belongs)
    if since is not None:
        for one in stores.rows.places(_OPEN, since=instant_text(since)):
            _let_wait(stores, one.id, is_new=True)
    catch_up(stores)
    stores.keep_head()


_OPEN: Final = DRAFT_STATUSES | REVIEW_STATUSES | OUTBOX_STATUSES


def place(stores: Stores, listed: ListRow) -> None:
    """Link the message into the folder of its status, and into no other."""
    source = stores.outbound.message_path(listed.id)
    folder = folder_of(listed.status) if source.exists() else None
    stores.maildir.place(listed.id, folder, source, revision=listed.revision)


def sidecar(stores: Stores, draft_id: str) -> dict[str, object]:
    """Return what ``message.json`` should say about a mail."""
    listed = stores.rows.row(draft_id)
    revision = stores.drafts.revision(draft_id, listed.revision)
    return _sidecar(stores, listed, revision)


def _sidecar(stores: Stores, listed: ListRow, revision: Revision) -> dict[str, object]:
    """Return what a rebuild needs and the message does not say."""
    row = listed.draft
    content: dict[str, object] = {
        "version": 1,
        "id": row.id,
        "status": listed.status,
        "draft": plain(row),
        "revision": plain(revision),
        "decisions": plain(stores.decisions.for_draft(row.id)),
        "keys": plain(stores.keys.of_draft(row.id)),
    }
    try:
        content["envelope"] = plain(compose.envelope(revision.draft))
    except NotComposableError:
        content["envelope"] = None
    if row.submission_id is not None:
        content["submission"] = _submission(stores, row.submission_id)
    content["earlier_submissions"] = [
        _submission(stores, one)
        for one in stores.rows.submission_ids(row.id)
        if one != row.submission_id
    ]
    return content


def _submission(stores: Stores, submission_id: str) -> dict[str, object]:
    submissions = stores.submissions
    row = submissions.get(submission_id)
    return {
        "row": plain(row),
        "approval": plain(stores.decisions.approval(row.approval_id)),
        "recipients": plain(submissions.recipients(submission_id)),
        "attempts": plain(submissions.attempts(submission_id)),
        "reports": plain(stores.reports.of_submission(submission_id)),
    }
