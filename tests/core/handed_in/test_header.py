import pytest

from tests.core.handed_in.mails import mail, read
from tuimail.core.handed_in.header import read_header
from tuimail.core.handed_in.message import read_message
from tuimail.core.handed_in.notes import Notes
from tuimail.errors import FieldError


def fields(block: bytes) -> list[tuple[str, str]]:
    header, _ = read_header(block, 0, len(block), Notes())
    return [(one.name, one.value) for one in header.fields]


def test_fields_are_unfolded_and_kept_in_order() -> None:
    block = b"A:  one\r\n\ttwo \r\nb: x: y\r\nEmpty:\r\n\r\nA: body\r\n"

    assert fields(block) == [("A", "one\ttwo"), ("b", "x: y"), ("Empty", "")]


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_the_content_begins_after_the_empty_line(end: bytes) -> None:
    block = end.join([b"A: b", b"", b"body"])
    header, content = read_header(block, 0, len(block), Notes())

    assert (header.value("a"), block[content:]) == ("b", b"body")
    assert header.value("b") == ""


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_a_part_may_begin_with_the_empty_line(end: bytes) -> None:
    header, content = read_header(end + b"body", 0, len(end) + 4, Notes())

    assert (header.fields, content) == ((), len(end))


def test_a_header_without_a_body_is_all_there_is() -> None:
    assert fields(b"A: b") == [("A", "b")]


def test_utf8_in_a_header_is_taken() -> None:
    assert fields("Subject: café\r\n".encode()) == [("Subject", "café")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"NoColonHere", "no header field"),
        (b" folded first", "no header field"),
        (b"Subject : spaced", "no header field"),
        (b": nameless", "no header field"),
        (b"Na\xc3\xafve: x", "no header field"),
        (b">From agent Mon Nov  2", "no header field"),
        (b"X: a\r\n \t\r\n b", "line of blanks"),
        (b"X: a\r\n ", "line of blanks"),
        (b"X: a\rBcc: eve@evil.example", "carriage return"),
        (b"X: caf\xe9", "0xe9"),
        (b"X: a\x07", "U+0007"),
        ("X: a\u2028b".encode(), "U+2028"),
        ("X: a\x85b".encode(), "U+0085"),
    ],
)
def test_a_line_that_programs_read_differently_is_refused(
    line: bytes, reason: str
) -> None:
    with pytest.raises(FieldError) as caught:
        fields(b"A: b\r\n"[: 6 * (not line.startswith(b" "))] + line + b"\r\n\r\n")

    assert reason in str(caught.value)
    assert (caught.value.field, bool(caught.value.hint)) == ("message", True)


@pytest.mark.parametrize(
    "name",
    [
        "Subject", "From", "To", "Cc", "Reply-To", "Date", "Message-ID", "Sender",
        "In-Reply-To", "References", "MIME-Version", "Content-Type",
        "Content-Transfer-Encoding", "List-Unsubscribe",
    ],
)  # fmt: skip
def test_a_header_that_may_be_there_once_is_refused_twice(name: str) -> None:
    with pytest.raises(FieldError, match="2 times"):
        read_message(f"{name}: a\r\n{name.upper()}: b\r\n\r\nx\r\n".encode())


def test_a_header_that_may_be_repeated_is_kept_each_time() -> None:
    found = read("Comments: one", "Comments: two", "", "x")

    assert found.headers == (("Comments", "one"), ("Comments", "two"))


def test_a_part_may_not_say_two_types() -> None:
    with pytest.raises(FieldError, match="Content-Type is there 2 times"):
        read(
            "Content-Type: multipart/mixed; boundary=q", "", "--q",
            "Content-Type: text/plain", "Content-Type: text/html", "", "x", "--q--",
        )  # fmt: skip


def test_a_hundred_thousand_headers_are_refused() -> None:
    with pytest.raises(FieldError, match="100,003 fields"):
        read(*["X-Tag: a"] * 100_000, "", "x")


def test_a_header_without_end_is_refused() -> None:
    with pytest.raises(FieldError, match="are the limit"):
        read_message(mail("X: " + "a" * 10_000_000))
