import io
import zipfile

import pytest

from tuimail.core.files.zip_directory import (
    DIRECTORY_BYTES,
    ZipEntry,
    end_of,
    zip_entries,
)


def packed(*names: str, comment: bytes = b"") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, name * 3)
        archive.comment = comment
    return file.getvalue()


def names(content: bytes) -> set[str]:
    return {entry.name for entry in zip_entries(content)}


def test_an_archive_lists_its_names() -> None:
    content = packed("a.txt", "folder/b.pdf", "ünï.txt", comment=b"hello")

    assert names(content) == {"a.txt", "folder/b.pdf", "ünï.txt"}


def test_what_stands_before_or_after_an_archive_hides_nothing() -> None:
    assert names(b"#!/bin/sh\n" * 9 + packed("a.exe") + b"more" * 99) == {"a.exe"}


def test_an_archive_that_was_cut_lists_what_is_left() -> None:
    content = packed("a.exe", "b.txt")

    assert names(content[: content.index(b"PK\x01\x02")]) == {"a.exe", "b.txt"}
    assert names(content[content.index(b"PK\x01\x02") :]) == {"a.exe", "b.txt"}
    assert names(b"PK\x03\x04") == set()


def test_backslashes_divide_folders_too() -> None:
    (entry, *_) = zip_entries(packed("x").replace(b"x", b"\\"))

    assert entry.name == "/"


def test_a_password_is_seen() -> None:
    content = bytearray(packed("a.txt"))
    content[6] |= 1

    assert next(zip_entries(bytes(content))) == ZipEntry(
        name="a.txt", is_encrypted=True
    )
    assert not any(entry.is_encrypted for entry in zip_entries(packed("a.txt")))


@pytest.mark.parametrize("signature", [b"PK\x03\x04", b"PK\x01\x02", b"PK"])
def test_signatures_without_end_are_no_burden(signature: bytes) -> None:
    end = (signature + b"\xff" * 60) * (DIRECTORY_BYTES // 64)

    assert all(len(entry.name) <= 0xFFFF for entry in zip_entries(end))


def test_only_the_end_is_kept() -> None:
    pieces = [bytes([number]) * 65_536 for number in range(100)]

    end = end_of(pieces)

    assert end == b"".join(pieces)[-DIRECTORY_BYTES:]
    assert end_of([b"ab", b"", b"c"]) == b"abc"
    assert end_of([]) == b""
