"""A new mail on its way into the store: durable bytes first, then one transaction.

Whatever else has to be there with the draft is written in that transaction, so
that a process killed at any moment leaves nothing, or the whole.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tuimail.core.draft import Draft, Origin
from tuimail.core.lifecycle import DraftState
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace import keys, mirror
from tuimail.workspace.clock import new_id
from tuimail.workspace.keys import Asked
from tuimail.workspace.rendering import NewRevision, new_revision
from tuimail.workspace.stores import Stores

Step = Callable[[Revision], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail that is not stored yet, and what is to be done with it."""

    draft: Draft
    origin: Origin
    state: DraftState
    """Where it begins."""
    check: Step
    """Refuses, by an error, what cannot be; before anything is kept."""
    follow: Step
    """Writes what belongs into the same transaction."""
    request: Asked | None = None
    """What it is asked for as, where that is under a key."""
    date: datetime | None = None
    """What its Date header says; None means now."""


def store_new(stores: Stores, mail: NewMail) -> tuple[str, bool]:
    """Store ``mail`` as revision 1; return its id, and whether it is new.

    Where the same was asked for before under the same key, nothing is stored,
    and the id is of what was made then.
    """
    before = keys.known(stores, mail.request)
    if before:
        return before, False
    draft_id = new_id(stores.clock.now(), stores.random)
    with new_revision(
        stores, mail.draft, draft_id=draft_id, number=1, date=mail.date
    ) as new:
        mail.check(new.revision)
        stored = _keep(stores, mail, new)
    stores.fault("draft.after_commit_before_reply")
    if stored != draft_id:
        stores.outbound.remove(draft_id)
        return stored, False
    stores.afterwards(lambda: mirror.reflect(stores, draft_id))
    return draft_id, True


def _keep(stores: Stores, mail: NewMail, new: NewRevision) -> str:
    """Write everything, unless somebody was first; return the id of the mail."""
    draft_id = new.revision.draft_id
    with stores.database.transaction():
        stored = keys.take(stores, mail.request, draft_id)
        if stored == draft_id:
            new.keep()
            stores.fault("draft.after_file_before_row")
            row = _row(new.revision, mail.origin, mail.state)
            stores.drafts.insert(row, new.revision)
            mail.follow(new.revision)
    return stored


def _row(revision: Revision, origin: Origin, state: DraftState) -> DraftRow:
    return DraftRow(
        id=revision.draft_id,
        state=state,
        revision=revision.number,
        origin=origin,
        account=revision.draft.account,
        created_at=revision.created_at,
        changed_at=revision.created_at,
    )
