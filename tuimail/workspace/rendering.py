"""From a draft to a revision: rendered and checked.

A revision is rendered when it is made; its date and Message-ID are kept, so that
the same bytes can be made again at any later time. Its row is enough to have
them: the file with them is for what leaves, and for other programs.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

from tuimail.core import compose
from tuimail.core.address import wire_address
from tuimail.core.draft import Draft
from tuimail.core.message import Message, release_digest
from tuimail.core.origin import Origin, is_agent
from tuimail.core.service import Category
from tuimail.errors import (
    DigestMismatchError,
    NotComposableError,
    StaleApprovalError,
    StoreError,
)
from tuimail.settings.account import AccountSettings
from tuimail.store.blobs import Measured
from tuimail.store.drafts import DraftRow, Revision
from tuimail.workspace.checking import findings
from tuimail.workspace.clock import new_message_id
from tuimail.workspace.stores import Stores
from tuimail.workspace.surroundings import Surroundings
from tuimail.workspace.ways_out import fingerprint

if TYPE_CHECKING:
    from tuimail.workspace.duplicates import Duplicate


class Written(Protocol):
    """What is known of bytes that have passed."""

    @property
    def digest(self) -> str:
        """SHA-256, lower-case hexadecimal."""

    @property
    def size_bytes(self) -> int:
        """How many they are."""


Write = Callable[[Iterable[bytes]], Written]


def measured(pieces: Iterable[bytes]) -> Measured:
    """Hash and count ``pieces``, which are kept nowhere: they can be made again."""
    found = Measured(pieces)
    deque(found, maxlen=0)
    return found


def new_revision(
    stores: Stores,
    draft: Draft,
    *,
    draft_id: str,
    number: int,
    date: datetime | None = None,
    write: Write = measured,
    origin: Origin | None = None,
) -> Revision:
    """Render and check ``draft``; return the revision, which is stored nowhere.

    A draft that cannot become a message yet, because nobody is named, is one
    all the same, with the reason.

    Args:
        stores: The open workspace.
        draft: The whole content.
        draft_id: Whose revision it is.
        number: Which one, from 1.
        date: What the Date header says, to the second; None means now.
        write: Takes the bytes; without it they are only hashed.
        origin: Who made the draft; None where it is stored already.

    Raises:
        FullDiskError: The disk has only the room that is kept for results.
    """
    stores.require_room()
    draft = _linked(stores, draft, draft_id)
    now = stores.clock.now()
    why_not, message = "", None
    try:
        message = rendered(stores, draft, date=date or now, write=write)
    except NotComposableError as error:
        why_not = str(error)
    stores.fault("draft.after_render_before_row")
    repeated = _repeated(stores, draft, draft_id, origin)
    return Revision(
        draft_id=draft_id,
        number=number,
        draft=draft,
        author=stores.acting.actor,
        created_at=now,
        message=message,
        findings=findings(
            stores, draft, message, also=[repeated.finding] if repeated else ()
        ),
        release_digest=current_digest(stores, draft, message),
        not_composable=why_not,
        duplicate_of=repeated.draft_id if repeated else "",
    )


def _linked(stores: Stores, draft: Draft, draft_id: str) -> Draft:
    """Return what is rendered: bulk mail has a link that ends it."""
    if not draft.unsubscribe_url and draft.service.category is not Category.BULK:
        return draft
    from tuimail.workspace.unsubscribing import linked  # noqa: PLC0415 - for bulk mail

    return linked(stores, draft, draft_id)


def _repeated(
    stores: Stores, draft: Draft, draft_id: str, origin: Origin | None
) -> "Duplicate | None":
    """Return what a program's mail nearly repeats; people's own is not compared."""
    origin = origin or stores.drafts.get(draft_id).origin
    if not is_agent(origin.actor):
        return None
    from tuimail.workspace import duplicates  # noqa: PLC0415 - for programs

    return duplicates.find(stores, draft, draft_id, origin)


def rendered(
    stores: Surroundings, draft: Draft, *, date: datetime, write: Write
) -> Message:
    """Render ``draft`` under a Message-ID of its own; return what identifies it.

    Args:
        stores: Its attachments, and randomness.
        draft: The whole content.
        date: What the Date header says, to the second.
        write: Takes the bytes.

    Raises:
        NotComposableError: It cannot become a message.
    """
    domain = wire_address(draft.sender).rpartition("@")[2]
    message_id = new_message_id(domain, stores.random)
    plan = compose.plan(draft, message_id=message_id, date=date)
    written = write(compose.render(plan, read=stores.blobs.read))
    return Message(
        message_id=message_id,
        date=plan.date,
        digest=written.digest,
        size_bytes=written.size_bytes,
    )


def pieces_again(stores: Stores, revision: Revision) -> Iterator[bytes]:
    """Yield the bytes of ``revision``, rendered anew; header block first."""
    return compose.render(_plan_again(revision), read=stores.blobs.read)


def _plan_again(revision: Revision) -> compose.Plan:
    message = required_message(revision)
    return compose.plan(
        revision.draft, message_id=message.message_id, date=message.date
    )


def verify(stores: Stores, revision: Revision) -> None:
    """Make sure that the file holds the bytes of ``revision``, as planned.

    The header block is read back by another parser and compared with the plan.
    A file that is damaged, or is not there yet, is written again, if that gives
    the same digest.

    Raises:
        PlanMismatchError: Another parser reads other headers than were meant.
        DigestMismatchError: The bytes cannot be had any more.
    """
    compare_headers(stores, revision)
    verify_bytes(stores, revision)


def verify_bytes(stores: Stores, revision: Revision) -> None:
    """Make sure that the file holds the bytes of ``revision``.

    Raises:
        DigestMismatchError: The bytes cannot be had any more.
    """
    message = required_message(revision)
    if file_digest(stores, revision.draft_id) == message.digest:
        return
    _restore(stores, revision, message)


def compare_headers(stores: Stores, revision: Revision) -> None:
    """Read the header block back by another parser; it has to say what was meant.

    Raises:
        PlanMismatchError: It reads other headers than were planned.
    """
    plan = _plan_again(revision)
    pieces = compose.render(plan, read=stores.blobs.read)
    compose.compare_with_parser(next(pieces), plan)


def _restore(stores: Stores, revision: Revision, message: Message) -> None:
    """Make the file again, unless somebody made a newer revision meanwhile."""
    pieces = pieces_again(stores, revision)
    with stores.outbound.staged(revision.draft_id, pieces) as staged:
        if staged.digest != message.digest:
            raise _lost(revision)
        with stores.database.transaction():
            row = stores.drafts.get(revision.draft_id)
            if row.revision != revision.number:
                raise StaleApprovalError(
                    row.id, approved=revision.number, current=row.revision
                )
            staged.keep()


def _lost(revision: Revision) -> DigestMismatchError:
    return DigestMismatchError(
        f"The bytes of draft {revision.draft_id} are not those of revision "
        f"{revision.number} any more.",
        hint=f"Edit and check it again: tuimail show {revision.draft_id}",
    )


def bytes_again(stores: Stores, revision: Revision) -> bytes:
    """Return the bytes of ``revision``, rendered anew; nothing is written.

    Raises:
        DigestMismatchError: They cannot be had any more.
    """
    made = b"".join(pieces_again(stores, revision))
    if sha256(made).hexdigest() != required_message(revision).digest:
        raise _lost(revision)
    return made


def file_digest(stores: Stores, draft_id: str) -> str:
    """Return the digest of the message file, or empty where it cannot be read."""
    return digest_of_file(lambda: stores.outbound.read_message(draft_id))


def is_behind(stores: Stores, row: DraftRow, found: str) -> bool:
    """Return whether a file is only not written yet, because a crash came before.

    It is not there, or is that of an earlier revision. What was released had its
    file on disk before, so that there it is damage.

    Args:
        stores: The open workspace.
        row: Whose file.
        found: The digest that it has, or empty where it cannot be read.
    """
    if row.submission_id is not None:
        return False
    if not found:
        return not os.path.lexists(stores.outbound.message_path(row.id))
    earlier = stores.drafts.revisions(row.id)[:-1]
    return any(one.message and one.message.digest == found for one in earlier)


def digest_of_file(read: Callable[[], Iterator[bytes]]) -> str:
    """Return the digest of what ``read`` reads, or empty where it cannot."""
    digest = sha256()
    try:
        for piece in read():
            digest.update(piece)
    except (FileNotFoundError, StoreError):
        return ""
    return digest.hexdigest()


def required_message(revision: Revision) -> Message:
    """Return the message of ``revision``.

    Raises:
        NotComposableError: It has none yet; the text says what is missing.
    """
    if revision.message is None:
        raise NotComposableError(
            revision.not_composable,
            hint="Open it in the app and add somebody: tuimail",
            field="to",
        )
    return revision.message


def account_of(stores: Stores, draft: Draft) -> AccountSettings:
    """Return the account that ``draft`` is to leave through.

    Raises:
        ConfigurationError: There is none, or none of that name.
    """
    return stores.config.account(draft.account)


def current_digest(stores: Stores, draft: Draft, message: Message | None) -> str:
    """Return the release digest as of now, or empty while it cannot be sent."""
    account = stores.settings.account(draft.account)
    if message is None or account is None:
        return ""
    return release_digest(
        message_digest=message.digest,
        envelope=compose.envelope(draft),
        account_fingerprint=fingerprint(account),
    )
