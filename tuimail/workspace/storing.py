"""A new mail on its way into the store: one transaction, which is all it takes.

Whatever has to be there with the draft is written in that transaction, so that a
process killed at any moment leaves nothing, or the whole. The bytes can be made
again from the row; only what leaves at once has them on disk before.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import NamedTuple, Protocol

from tuimail.core.draft import Draft
from tuimail.core.lifecycle import DraftState
from tuimail.core.origin import Origin
from tuimail.core.values import dataclass
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace import keys, mirror
from tuimail.workspace.clock import new_id
from tuimail.workspace.keys import Asked
from tuimail.workspace.rendering import Written, measured, new_revision
from tuimail.workspace.stores import Stores

Step = Callable[[Revision], None]
Follow = Callable[[DraftRow, Revision], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail that is not stored yet, and what is to be done with it."""

    draft: Draft
    origin: Origin
    state: DraftState
    """Where it begins."""
    check: Step
    """Refuses, by an error, what cannot be; before anything is kept."""
    follow: Follow | None = None
    """Writes what belongs into the same transaction, if anything does."""
    request: Asked | None = None
    """What it is asked for as, where that is under a key."""
    date: datetime | None = None
    """What its Date header says; None means now."""
    leaves: bool = False
    """Whether it enters the outbox at once: then its bytes are on disk before."""


class Stored(NamedTuple):
    """The mail that was asked for."""

    id: str
    revision: Revision | None
    """The first one; None where the same was asked for before under the same key:
    then nothing was stored, and the id is of what was made then."""
    row: DraftRow | None = None
    """Where it stands; None where more was done with it than to store it."""


def store_new(stores: Stores, mail: NewMail) -> Stored:
    """Store ``mail`` as revision 1, unless it was asked for before."""
    before = keys.known(stores, mail.request)
    if before:
        return Stored(before, None)
    draft_id = new_id(stores.clock.now(), stores.random)
    with _bytes_of(stores, mail, draft_id) as place:
        revision = new_revision(
            stores,
            mail.draft,
            draft_id=draft_id,
            number=1,
            date=mail.date,
            write=place.write,
            origin=mail.origin,
        )
        mail.check(revision)
        stored = _keep(stores, mail, revision, place)
    stores.afterwards(lambda: stores.fault("draft.after_commit_before_reply"))
    if stored.revision is not None:
        mirror.follow(stores, draft_id, is_new=True)
    return stored


class _Place(Protocol):
    """Where the bytes of a new mail go."""

    def write(self, pieces: Iterable[bytes]) -> Written:
        """Take them."""

    def keep(self) -> None:
        """Make them those of the mail."""


class _NoPlace:
    """For bytes that the row is enough to make again."""

    write = staticmethod(measured)

    def keep(self) -> None:
        """Keep nothing: the mirror writes them when there is time."""


def _bytes_of(
    stores: Stores, mail: NewMail, draft_id: str
) -> AbstractContextManager[_Place]:
    """Return where the bytes go: to the disk, before the row of what leaves."""
    if mail.leaves:
        return stores.outbound.staging(draft_id)
    return nullcontext(_NoPlace())


def _keep(stores: Stores, mail: NewMail, revision: Revision, place: _Place) -> Stored:
    """Write everything, unless somebody was first; return the mail there is now."""
    with stores.database.transaction():
        first = keys.take(stores, mail.request, revision.draft_id)
        if first != revision.draft_id:
            return Stored(first, None)
        place.keep()
        stores.fault("draft.after_file_before_row")
        row = _row(revision, mail.origin, mail.state)
        stores.drafts.insert(row, revision)
        if mail.follow is None:
            return Stored(row.id, revision, row)
        mail.follow(row, revision)
        return Stored(row.id, revision)


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
