"""Keeps what other programs may look at in step with the database.

The maildir and the sidecar follow the truth, off the path to any
acknowledgement: what is lost here by a crash is made again at the next change
or by recovery.
"""

from contextlib import suppress
from typing import Final

import msgspec

from tuimail.core import compose
from tuimail.errors import NotComposableError, NotFoundError, StoreError
from tuimail.store.drafts import Revision
from tuimail.store.maildir import folder_of
from tuimail.store.rows import ListRow
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import (
    DRAFT_STATUSES,
    OUTBOX_STATUSES,
    REVIEW_STATUSES,
)


def reflect(stores: Stores, draft_id: str) -> None:
    """Show a new revision: its bodies and files, and where it stands."""
    listed = stores.rows.row(draft_id)
    revision = stores.drafts.revision(draft_id, listed.draft.revision)
    with suppress(StoreError):
        place(stores, listed)
    stores.outbound.write_extras(
        draft_id,
        sidecar=_sidecar(stores, listed, revision),
        text=revision.draft.body.text,
        html=revision.draft.body.html,
        attachments=[(one.name, one.digest) for one in revision.draft.attachments],
    )
    stores.afterwards(stores.keep_head)


def reflect_status(stores: Stores, draft_id: str) -> None:
    """Show where it stands now; what it says is as it was."""
    listed = stores.rows.row(draft_id)
    revision = stores.drafts.revision(draft_id, listed.draft.revision)
    with suppress(StoreError):
        place(stores, listed)
    stores.outbound.write_sidecar(draft_id, _sidecar(stores, listed, revision))
    stores.afterwards(stores.keep_head)


def mend(stores: Stores) -> None:
    """Show what a crash left in the wrong folder, or in none, where it belongs.

    Settled mail can only be found where it waited, so the big folders of what
    was sent are not read.
    """
    expected = {
        listed.draft.id: listed.status
        for listed in stores.rows.rows(statuses=_OPEN, limit=_MOST)
    }
    for folder in (".Drafts", ".Review", ".Outbox"):
        shown = frozenset(stores.maildir.ids(folder))
        belong = {one for one, word in expected.items() if folder_of(word) == folder}
        for draft_id in shown ^ belong:
            with suppress(NotFoundError):
                reflect_status(stores, draft_id)


_OPEN: Final = DRAFT_STATUSES | REVIEW_STATUSES | OUTBOX_STATUSES
_MOST: Final = 100_000


def place(stores: Stores, listed: ListRow) -> None:
    """Link the message into the folder of its status, and into no other."""
    source = stores.outbound.message_path(listed.draft.id)
    folder = folder_of(listed.status) if source.exists() else None
    stores.maildir.place(
        listed.draft.id, folder, source, revision=listed.draft.revision
    )


def sidecar(stores: Stores, draft_id: str) -> dict[str, object]:
    """Return what ``message.json`` should say about a mail."""
    listed = stores.rows.row(draft_id)
    revision = stores.drafts.revision(draft_id, listed.draft.revision)
    return _sidecar(stores, listed, revision)


def _sidecar(stores: Stores, listed: ListRow, revision: Revision) -> dict[str, object]:
    """Return what a rebuild needs and the message does not say."""
    row = listed.draft
    content: dict[str, object] = {
        "version": 1,
        "id": row.id,
        "status": listed.status,
        "draft": msgspec.to_builtins(row),
        "revision": msgspec.to_builtins(revision),
        "decisions": msgspec.to_builtins(stores.decisions.for_draft(row.id)),
        "keys": msgspec.to_builtins(stores.keys.of_draft(row.id)),
    }
    try:
        content["envelope"] = msgspec.to_builtins(compose.envelope(revision.draft))
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
        "row": msgspec.to_builtins(row),
        "approval": msgspec.to_builtins(stores.decisions.approval(row.approval_id)),
        "recipients": msgspec.to_builtins(submissions.recipients(submission_id)),
        "attempts": msgspec.to_builtins(submissions.attempts(submission_id)),
    }
