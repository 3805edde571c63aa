"""A copy of a workspace that can be opened as one, made while it is in use.

The database is copied first and the files second: a file without a row does no
harm, a row without a file does, where it was released. A draft's file can be made
again. What waits in the copy is held, because the original goes on sending.
"""

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final

from tuimail.core.lifecycle import (
    SUBMISSION_STEPS,
    SubmissionEvent,
    SubmissionState,
    advance,
)
from tuimail.core.origin import SELF_ACTOR
from tuimail.core.submission import (
    OPEN_RECIPIENTS,
    AttemptPhase,
    Receipt,
    RecipientState,
)
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, FullDiskError, StoreError
from tuimail.store.copying import TreeCopy, copy_database
from tuimail.store.database import DATABASE_NAME
from tuimail.store.durable import fsync_folder, make_folder
from tuimail.store.failures import told
from tuimail.store.submissions import SubmissionRow, Submissions
from tuimail.workspace import mirror
from tuimail.workspace.stores import Stores

FOLDERS: Final = ("outbound", "blobs", "mail", "quarantine", "keys")
HELD: Final = (
    "This is a copy, made {at}, and the original may have sent it since. Look there "
    "before you resume it."
)
NOT_KNOWN: Final = (
    "This is a copy, made {at} while the original was sending it; whether it left "
    "is known there."
)
_WAITING: Final = (
    SubmissionState.READY, SubmissionState.DEFERRED, SubmissionState.HELD,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup has."""

    path: Path
    mails: int
    files: int
    size_bytes: int
    """Of the files beside the database."""
    held: int
    """How many mails wait for a person in it."""
    unknown: int


def back_up(stores: Stores, target: Path, *, watch: Callable[[int], object]) -> Backup:
    """Copy the workspace to ``target``, wholly or not at all.

    Args:
        stores: The open workspace; others may work on it meanwhile.
        target: A folder that is not there yet, or is empty.
        watch: Is told after each file how many were copied by now.

    Raises:
        FieldError: It cannot be there.
        StoreError: The disk does not take it; nothing is left of it.
    """
    target = target.absolute()
    there = _place(stores.root, target)
    with _half_done(there) as folder:
        copy_database(stores.database, folder / DATABASE_NAME)
        files = TreeCopy(watch)
        for name in FOLDERS:
            if (stores.root / name).is_dir():
                files.copy(stores.root / name, folder / name)
        held, unknown, mails = _kept_back(stores, folder)
        fsync_folder(folder)
        with told(target):
            folder.rename(there)
        fsync_folder(there.parent)
    return Backup(
        path=target,
        mails=mails,
        files=files.files,
        size_bytes=files.size_bytes,
        held=held,
        unknown=unknown,
    )


def _place(root: Path, target: Path) -> Path:
    """Return where ``target`` leads; what is missing above it is made.

    Raises:
        FieldError: No copy can be there.
        FullDiskError: There is no room even for a folder.
    """
    with _as_field(target):
        _refuse_link(target)
        there = target.resolve()
        _refuse_place(root, target, there)
        make_folder(there.parent)
    return there


def _refuse_place(root: Path, target: Path, there: Path) -> None:
    here = root.resolve()
    if there.is_relative_to(here) or here.is_relative_to(there):
        raise _refused(f"{target} is in the workspace itself, or around it.")
    if there.exists() and not there.is_dir():
        raise _refused(f"{target} is not a folder.")
    if there.is_dir() and any(there.iterdir()):
        raise _refused(f"{target} is not empty.")


def _refuse_link(target: Path) -> None:
    for one in (target, *target.parents):
        if one.is_symlink() and not one.exists():
            raise _not_there(target, f"{one} is a link that leads nowhere")


@contextmanager
def _as_field(target: Path) -> Iterator[None]:
    """Blame the place that was asked for, and not a disk, where nothing can be."""
    try:
        str(target).encode()
        with told(target):
            yield
    except UnicodeEncodeError as error:
        raise _not_there(target, "its name is not UTF-8 text") from error
    except FullDiskError:
        raise
    except StoreError as error:
        raise _not_there(target, _cause(error)) from error


def _cause(error: StoreError) -> str:
    """Return what the system said, without a word about disks that fail."""
    cause = error.__cause__
    said = cause.strerror if isinstance(cause, OSError) else ""
    return said or str(error).removesuffix(".")


def _not_there(target: Path, why: str) -> FieldError:
    return _refused(f"{target}: a copy cannot be made there: {why}.")


def _refused(sentence: str) -> FieldError:
    return FieldError(
        sentence,
        hint="Name a folder that is not there yet: tuimail backup DEST",
        field="dest",
    )


@contextmanager
def _half_done(target: Path) -> Iterator[Path]:
    """Yield a folder beside ``target`` that goes unless it is renamed."""
    folder = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    with _as_field(target):
        make_folder(folder)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _kept_back(stores: Stores, folder: Path) -> tuple[int, int, int]:
    """Keep everything in the copy from leaving; return held, unknown, all."""
    copy, at = stores.beside(folder), stores.clock.now()
    try:
        submissions = copy.submissions
        with copy.acting_as(SELF_ACTOR, door="backup"), copy.database.transaction():
            waiting = submissions.in_state(*_WAITING)
            for row in waiting:
                _hold(submissions, row, at)
            sending = submissions.in_state(SubmissionState.SENDING)
            for row in sending:
                _lose(submissions, row, at)
        copy.kept_head.write(copy.journal.head())
        copy.kept_suppressions.keep()
        copy.kept_access.begin()
        for row in sending:
            mirror.reflect_status(copy, row.draft_id)
        mails = sum(copy.rows.counts().values())
        unknown = len(submissions.in_state(SubmissionState.UNKNOWN))
    finally:
        copy.close()
    return len(waiting), unknown, mails


def _hold(submissions: Submissions, row: SubmissionRow, at: datetime) -> None:
    """Hold it for a reason of its own, so that no account's release lets it go."""
    is_held = row.state is SubmissionState.HELD
    submissions.set_state(
        row.id,
        row.state
        if is_held
        else advance(SUBMISSION_STEPS, row.state, SubmissionEvent.HOLD),
        at=at,
        undo_until=None,
        reason=_said(HELD, at),
    )


def _lose(submissions: Submissions, row: SubmissionRow, at: datetime) -> None:
    receipt = Receipt(stage="backup", text=_said(NOT_KNOWN, at))
    for one in submissions.attempts(row.id):
        if one.phase is not AttemptPhase.DONE:
            submissions.end_attempt(
                row.id, one.number, SubmissionEvent.LOSE.value, receipt, at
            )
    for recipient in submissions.recipients(row.id):
        if recipient.state in OPEN_RECIPIENTS:
            submissions.set_recipient(
                row.id,
                recipient.envelope.wire_address,
                RecipientState.UNKNOWN,
                receipt,
                at,
            )
    submissions.set_state(
        row.id,
        advance(SUBMISSION_STEPS, row.state, SubmissionEvent.LOSE),
        at=at,
        due_at=None,
        undo_until=None,
        reason=receipt.text,
    )


def _said(sentence: str, at: datetime) -> str:
    return sentence.format(at=f"{at:%Y-%m-%d %H:%M} UTC")
