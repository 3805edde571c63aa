import io
import os
from pathlib import Path

import pytest

from tuimail.errors import FieldError
from tuimail.settings.texts import LINE_LIMIT_BYTES, decoded, lines_of, read_text


def read(path: Path) -> str:
    return read_text(path, name="people.csv", field="data", limit_bytes=100)


def test_a_file_that_was_named_is_read(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("\ufeffname\r\nÄda".encode())

    assert read(path) == "name\r\nÄda"


def test_a_link_that_was_named_is_followed(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("name")
    (tmp_path / "link").symlink_to("people.csv")

    assert read(tmp_path / "link") == "name"


def test_what_a_shell_opened_is_read() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, b"name\nAda\n")
    os.close(theirs)

    text = read(Path(f"/dev/fd/{ours}"))

    os.close(ours)
    assert text == "name\nAda\n"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("none", "No such file or directory"),
        ("", "not a regular file"),
        ("pipe", "not a regular file"),
        ("a\0b", "not a path"),
    ],
)
def test_what_cannot_be_read_is_told(tmp_path: Path, name: str, reason: str) -> None:
    os.mkfifo(tmp_path / "pipe")

    with pytest.raises(FieldError) as caught:
        read(tmp_path / name)

    assert caught.value.message.startswith("people.csv cannot be read: ")
    assert reason in caught.value.message
    assert caught.value.hint == "Name a file that can be read."
    assert caught.value.field == "data"


def test_a_device_without_end_is_refused() -> None:
    with pytest.raises(FieldError, match="not a regular file"):
        read(Path("/dev/zero"))


def test_as_many_bytes_as_may_be_are_read() -> None:
    text = decoded(b"x" * 100, name="stdin", field="data", limit_bytes=100)

    assert text == "x" * 100
    with pytest.raises(FieldError, match="stdin is longer than 100 bytes"):
        decoded(b"x" * 101, name="stdin", field="data", limit_bytes=100)


def lines(content: bytes) -> list[str]:
    return list(lines_of(io.BytesIO(content), name="people.csv", field="data"))


def test_lines_are_read_one_by_one_with_their_ends() -> None:
    assert lines("\ufeffname\r\nÄda\n\nBob".encode()) == [
        *("name\r\n", "Äda\n", "\n", "Bob"),
    ]
    assert lines(b"") == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"name\n\xffda\n", "Line 2 of people.csv is not UTF-8 text: byte 1 is 0xff"),
        (b"x" * (LINE_LIMIT_BYTES + 1), "Line 1 of people.csv is longer than"),
    ],
)
def test_a_line_that_cannot_be_one_is_named(content: bytes, message: str) -> None:
    with pytest.raises(FieldError, match=message) as caught:
        lines(content)

    assert caught.value.field == "data"
