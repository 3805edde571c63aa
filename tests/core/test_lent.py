"""A mail as a file for an editor, and back without losing anything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.lent import HEADERS, Sheet, read, written
from tuimail.errors import FieldError

WHOLE = {
    "From": "Mara Lin <mara@example.org>",
    "To": "ana@example.net",
    "Cc": "",
    "Bcc": "audit@example.org",
    "Subject": "Plan",
}
SHEET = Sheet(headers=WHOLE, body="Hi Ana\n")
FILE = (
    "From: Mara Lin <mara@example.org>\nTo: ana@example.net\nCc: \n"
    "Bcc: audit@example.org\nSubject: Plan\n\nHi Ana\n"
)


def edited(old: str, new: str) -> Sheet:
    """Return what an editor made of the sheet that put ``new`` for ``old``."""
    assert old in FILE
    return read(FILE.replace(old, new).encode(), SHEET)


def test_headers_stand_above_the_body() -> None:
    assert written(SHEET).decode() == FILE


@given(st.text(st.characters(exclude_characters="\0", codec="utf-8")))
def test_every_body_comes_back_as_it_was(body: str) -> None:
    sheet = Sheet(headers=WHOLE, body=body)

    assert read(written(sheet), sheet) == sheet


def test_a_long_line_of_addresses_is_folded_and_comes_back() -> None:
    people = ", ".join(f"somebody{n}@example.net" for n in range(9))
    sheet = Sheet(headers={**WHOLE, "To": people}, body="x\n")

    file = written(sheet).decode()

    assert max(map(len, file.splitlines())) < 60
    assert read(file.encode(), sheet).headers["To"] == people


def test_what_was_written_above_and_below_is_taken() -> None:
    assert edited("Subject: Plan", "Subject:  Plan B ").headers["Subject"] == "Plan B"
    assert edited("Cc: ", "cc: bob@example.net,\n\tc@d").headers["Cc"] == (
        "bob@example.net, c@d"
    )
    assert edited("Hi Ana", "Hi Bob\r\n\x0c").body == "Hi Bob\r\n\x0c\n"


def test_a_header_that_is_gone_is_empty_but_for_from() -> None:
    assert edited("Bcc: audit@example.org\n", "").headers["Bcc"] == ""
    assert edited("From: Mara Lin <mara@example.org>\n", "").headers == WHOLE


def test_without_any_header_all_of_it_is_body_and_the_headers_stay() -> None:
    found = read(b"Dear Ana: hello\n", SHEET)

    assert (found.headers, found.body) == (WHOLE, "Dear Ana: hello\n")


@pytest.mark.parametrize(
    ("content", "body"),
    [
        ("Subject: x\nHi there\n\nmore\n", "Hi there\n\nmore\n"),
        ("Subject: x\n", ""),
        ("Subject: x", ""),
        ("Subject: x\r\n\r\nHi\r\n", "Hi\r\n"),
        ("\ufeffSubject: x\n\nHi\n", "Hi\n"),
        ("Subject: x\n \nHi\n", "Hi\n"),
    ],
)
def test_the_body_begins_where_the_headers_end(content: str, body: str) -> None:
    found = read(content.encode(), SHEET)

    assert (found.headers["Subject"], found.body) == ("x", body)


def test_the_line_end_that_an_editor_adds_is_not_taken() -> None:
    unended = Sheet(headers=WHOLE, body="Hi")

    assert read(written(unended).replace(b"Hi\n", b"Hi Bob\n"), unended).body == (
        "Hi Bob"
    )
    assert read(written(unended).replace(b"Hi\n", b"Hi\r\n"), unended).body == "Hi"
    assert read(written(unended).replace(b"Hi\n", b"Hi"), unended).body == "Hi"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("Cc: ", "Enclose: x", "no header “Enclose”"),
        ("Cc: ", "To: bob@example.net", "To is there twice"),
        ("From:", "\nFrom:", "not stand at the beginning"),
        ("From:", "Dear Ana\nFrom:", "not stand at the beginning"),
    ],
)
def test_headers_that_cannot_be_told_are_refused_whole(
    old: str, new: str, sentence: str
) -> None:
    """Else who is in Bcc would stand in the body, for all to read."""
    with pytest.raises(FieldError, match=sentence) as caught:
        edited(old, new)

    assert all(name in caught.value.hint for name in HEADERS)
    assert "nothing is lost" in caught.value.hint


def test_what_is_not_utf_8_is_refused_with_the_place() -> None:
    with pytest.raises(FieldError, match="from byte 4"):
        read(b"abc \xff", SHEET)
