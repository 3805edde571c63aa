import errno
import os
import re
from pathlib import Path
from types import SimpleNamespace

import apsw
import pytest

from tuimail.errors import StoreError, WorkspaceBusyError
from tuimail.store.failures import told

HERE = Path("mail/tuimail.db")


def outcome(error: Exception) -> StoreError:
    with pytest.raises(StoreError) as caught, told(HERE):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (apsw.BusyError("x"), "kept mail/tuimail.db locked for too long"),
        (apsw.LockedError("x"), "kept mail/tuimail.db locked for too long"),
        (apsw.FullError("x"), "disk that holds mail/tuimail.db is full"),
        (apsw.ReadOnlyError("x"), "may not be written"),
        (apsw.PermissionsError("x"), "may not be written"),
        (apsw.CantOpenError("x"), "cannot be opened"),
        (apsw.IOError("EIO"), "disk failed at mail/tuimail.db: EIO"),
        (apsw.CorruptError("malformed"), "is damaged: malformed"),
        (apsw.NotADBError("x"), "is not a database of tuimail"),
        (apsw.ConstraintError("a draft is"), "refused a step.*: a draft is"),
        (apsw.MisuseError("odd"), "cannot be used: odd"),
        (OSError(errno.ENOSPC, "x"), "disk that holds mail/tuimail.db is full"),
        (OSError(errno.EDQUOT, "x"), "disk that holds mail/tuimail.db is full"),
        (OSError(errno.EROFS, "x"), "may not be written"),
        (PermissionError(errno.EACCES, "x"), "may not be written"),
        (PermissionError(errno.EPERM, "x"), "may not be written"),
        (OSError(errno.EIO, "I/O error"), "disk failed at mail/tuimail.db: I/O error"),
    ],
)
def test_every_failure_is_one_sentence_with_a_next_step(
    error: Exception, text: str
) -> None:
    found = outcome(error)

    assert found.message.endswith(".")
    assert "\n" not in found.message
    assert found.hint
    assert found.__cause__ is error
    assert re.search(text, found.message)


@pytest.mark.parametrize("error", [apsw.BusyError("x"), apsw.LockedError("x")])
def test_a_lock_has_its_own_error(error: Exception) -> None:
    """A face may try again by itself."""
    assert isinstance(outcome(error), WorkspaceBusyError)


def test_an_error_of_ours_passes_as_it_is() -> None:
    mine = StoreError("Mine.")

    assert outcome(mine) is mine


def test_an_error_without_a_number_is_still_told() -> None:
    assert "disk failed" in outcome(OSError("no number")).message


def disk(blocks: int, inodes: int, all_inodes: int) -> SimpleNamespace:
    return SimpleNamespace(
        f_bavail=blocks, f_frsize=4096, f_favail=inodes, f_files=all_inodes
    )


@pytest.mark.parametrize("error", [apsw.IOError("EIO"), apsw.CantOpenError("x")])
@pytest.mark.parametrize("found", [disk(0, 9, 9), disk(7, 0, 0), disk(99, 0, 9)])
def test_a_disk_that_is_full_is_called_so(
    monkeypatch: pytest.MonkeyPatch, error: Exception, found: SimpleNamespace
) -> None:
    """SQLite says I/O error where its shared memory does not fit."""
    monkeypatch.setattr(os, "statvfs", lambda _: found)

    told_error = outcome(error)

    assert "is full" in told_error.message
    assert "Make room" in told_error.hint
    assert "nothing was changed" not in told_error.hint


@pytest.mark.parametrize("found", [disk(8, 9, 9), disk(8, 0, 0)])
def test_a_disk_with_room_is_not_called_full(
    monkeypatch: pytest.MonkeyPatch, found: SimpleNamespace
) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _: found)

    assert "disk failed" in outcome(apsw.IOError("EIO")).message
