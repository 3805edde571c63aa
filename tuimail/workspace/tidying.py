"""What whoever takes over looks at and clears away before anything is sent.

It costs as much as a crash left behind, however many mails there are; what is
found only by looking everywhere is for ``doctor``.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from tuimail.errors import StoreError
from tuimail.store.database import DATABASE_NAME
from tuimail.store.instants import instant, instant_text
from tuimail.store.list_names import ACCESS
from tuimail.workspace.stores import LOCK_NAME, Stores

if TYPE_CHECKING:
    from tuimail.store.locks import SenderLock

FLUSHED_BY_ITSELF: Final = timedelta(minutes=2)
"""By then a system has flushed what it was given; Linux does after 30 seconds."""
QUARANTINE: Final = "quarantine"
"""Where files without a row are put: never sent, never removed."""


def require_newest(stores: Stores) -> None:
    """Refuse a database that has lost what it had, however that came about.

    Raises:
        DamagedWorkspaceError: Steps that were certainly taken are not in it.
    """
    try:
        stores.kept_head.require()
    except BaseException:
        stores.close()
        raise


def begin_lists(stores: Stores) -> None:
    """Have the file of who may do what, from the first moment of a workspace on.

    Later, that there is none says that it is lost.
    """
    if not (stores.database.is_read_only or (stores.root / ACCESS).exists()):
        stores.kept_access.begin()


def keep_lists(stores: Stores, *, is_after_crash: bool) -> None:
    """Bring the lists beside the database up to what it says.

    Whoever changed one may have died before it was written, or found no room for
    it. The one of who gets no mail may be long, and is looked at after a crash.
    """
    stores.kept_access.mend()
    if is_after_crash:
        stores.kept_suppressions.mend()


def unmended_since(stores: Stores) -> datetime | None:
    """Return since when files may be as a crash left them; None where none are.

    For whoever holds the sender lock, once it was looked after a crash.
    """
    since = _lock(stores).unmended_since()
    return instant(since) if since else None


def look_after_a_crash(stores: Stores, is_over: Callable[[], bool]) -> None:
    """Look through the database if the last sender died, or the machine did.

    For whoever holds the sender lock. What is found keeps everything from being
    sent, also the next time.

    Raises:
        DamagedWorkspaceError: Something is wrong with it.
        StoreError: ``is_over`` said that nobody waits for it any more.
    """
    lock = _lock(stores)
    if lock.is_unchecked():
        from tuimail.store.integrity import (  # noqa: PLC0415 - after a crash only
            require_whole,
        )

        since = lock.unmended_since() or _unflushed_since(stores)
        path = stores.root / DATABASE_NAME
        require_whole(stores.database, path, is_over=is_over)
        lock.mark_checked(unmended=since)


def _unflushed_since(stores: Stores) -> str:
    """Return since when files may not have come to the disk; empty where all did.

    What lies beside mail that waits is not flushed, and the machine may have ended.
    """
    newest = stores.journal.all(after=stores.journal.head().number - 1, limit=1)
    return instant_text(newest[0].at - FLUSHED_BY_ITSELF) if newest else ""


def note_mended(stores: Stores) -> None:
    """Note that no file is as a crash left it any more; for who saw to that."""
    lock = _lock(stores)
    if lock.unmended_since():
        lock.mark_checked()


def _lock(stores: Stores) -> "SenderLock":
    from tuimail.store.locks import SenderLock  # noqa: PLC0415 - a sender's

    return SenderLock(stores.root / LOCK_NAME)


def sweep(stores: Stores) -> None:
    """Clear away what writers that died left.

    A disk that does not take that keeps nothing from being sent.
    """
    with suppress(StoreError):
        stores.blobs.sweep()
        for draft_id in stores.outbound.left_behind():
            set_aside(stores, draft_id)


def set_aside(stores: Stores, draft_id: str) -> bool:
    """Put the folder of a mail that has no row into quarantine.

    Its bytes came to stay and the row did not, so that nobody was told that it
    is there. It is not sent, and not removed either: a person may want it. Bytes
    come to stay in the transaction of their row, and nobody is in one meanwhile.
    """
    with stores.database.transaction():
        if stores.drafts.among([draft_id]):
            return False
        place = stores.outbound.set_aside(draft_id, stores.root / QUARANTINE)
    stores.log.note("set_aside", draft=draft_id)
    return place is not None
