"""Attachments in memory: found again, bounded, and read from regular files only."""

import hashlib
import os
from pathlib import Path

import pytest

from tuimail.errors import AttachmentError
from tuimail.store.held import HeldBlobs


def test_content_is_found_again_by_its_digest() -> None:
    held = HeldBlobs()

    digest, size = held.add([b"one ", b"two"], limit_bytes=100)

    assert (digest, size) == (hashlib.sha256(b"one two").hexdigest(), 7)
    assert b"".join(held.read(digest)) == b"one two"


def test_a_file_is_read_once_and_then_no_more(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(b"as it was")
    held = HeldBlobs()

    digest, _ = held.add_file(path, limit_bytes=100)
    path.write_bytes(b"another")

    assert b"".join(held.read(digest)) == b"as it was"


def test_more_than_may_be_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_bytes(b"too much")
    held = HeldBlobs()

    with pytest.raises(AttachmentError, match="more than 5 bytes"):
        held.add([b"too", b"much"], limit_bytes=5)
    with pytest.raises(AttachmentError, match="at most 5"):
        held.add_file(path, limit_bytes=5)


def test_what_is_no_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(AttachmentError, match="is not a file"):
            HeldBlobs().add_file(path, limit_bytes=5)
