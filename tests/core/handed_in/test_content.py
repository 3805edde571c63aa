import pytest

from tests.core.handed_in.mails import codes, read, the_one
from tuimail.core.finding import Severity
from tuimail.errors import FieldError


def encoded(encoding: str, *lines: str | bytes, kind: str = "text/plain") -> str:
    return read(
        f"Content-Type: {kind}", f"Content-Transfer-Encoding: {encoding}", "", *lines
    ).text


def test_line_ends_of_a_text_are_line_feeds() -> None:
    assert read("", "a\rb\nc", "d").text == "a\nb\nc\nd\n"


def test_dots_at_the_begin_of_a_line_are_text() -> None:
    assert read("", ".hidden", "..two", ".", "after").text == (
        ".hidden\n..two\n.\nafter\n"
    )


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (("a=3Db=\r\nc",), "a=bc\n"),
        (("soft =  \r\nbreak",), "soft break\n"),
        (("blanks \t\r\ncut",), "blanks\ncut\n"),
        (("kept=20",), "kept \n"),
        (("caf=c3=A9",), "café\n"),
        (("ends=",), "ends"),
        (("ghp=\r\n_FAKE",), "ghp_FAKE\n"),
    ],
)
def test_quoted_printable_is_decoded(lines: tuple[str, ...], text: str) -> None:
    kind = "text/plain; charset=utf-8"

    assert encoded("Quoted-Printable", *lines, kind=kind) == text


def test_an_escape_that_is_none_stays_and_is_noted() -> None:
    found = read("Content-Transfer-Encoding: quoted-printable", "", "a=ZZ =\rb")

    assert found.text == "a=ZZ =\nb\n"
    assert "2 “=”" in found.noticed[-1].message


@pytest.mark.parametrize(
    "lines", [("aGVs", "bG8="), ("  aGVsbG8=", ""), ("aGVsbG8= ",)]
)
def test_base64_is_decoded(lines: tuple[str, ...]) -> None:
    assert encoded("BASE64", *lines) == "hello"


def test_base64_without_its_padding_is_taken_and_noted() -> None:
    found = read("Content-Transfer-Encoding: base64", "", "aGVsbG8")

    assert (found.text, codes(found)) == ("hello", ["mime.encoding"])


@pytest.mark.parametrize(
    "line", ["aGVs*bG8=", "aGVsbG8=QUJD", "--", "aGVsb", "aGVsbG8=\r\nfooter"]
)
def test_what_is_not_the_base64_that_it_says_is_refused(line: str) -> None:
    """Some programs stop at the padding and others read on."""
    with pytest.raises(FieldError, match="base64") as caught:
        encoded("base64", line)

    assert caught.value.field == "message"


@pytest.mark.parametrize("encoding", ["x-rot13", "x-uuencode", "gzip", "7bits"])
def test_an_unknown_encoding_is_refused(encoding: str) -> None:
    with pytest.raises(FieldError, match="which is unknown"):
        encoded(encoding, "uryyb")


@pytest.mark.parametrize("encoding", ["7bit", "", "7bit (really)"])
def test_eight_bit_text_that_says_seven_is_taken_and_noted(encoding: str) -> None:
    found = read(
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Transfer-Encoding: {encoding}", "", "café",
    )  # fmt: skip

    assert found.text == "café\n"
    assert the_one(found).code == "mime.encoding"
    assert the_one(found).severity is Severity.INFO


@pytest.mark.parametrize("encoding", ["8bit", "binary"])
def test_eight_bit_text_that_says_so_is_no_news(encoding: str) -> None:
    found = read(
        "Content-Type: text/plain; charset=iso-8859-1",
        f"Content-Transfer-Encoding: {encoding}", "", b"caf\xe9",
    )  # fmt: skip

    assert (found.text, found.noticed) == ("café\n", ())


def test_utf8_that_says_nothing_is_taken() -> None:
    found = read("Content-Transfer-Encoding: 8bit", "", "café")

    assert (found.text, found.noticed) == ("café\n", ())


@pytest.mark.parametrize(("content", "what"), [("hello", "ASCII"), ("café", "UTF-8")])
def test_text_in_an_unknown_charset_is_taken_where_it_can_only_be_one(
    content: str, what: str
) -> None:
    found = read(
        "Content-Type: text/plain; charset=x-unknown-9",
        "Content-Transfer-Encoding: 8bit", "", content,
    )  # fmt: skip

    assert found.text == f"{content}\n"
    assert the_one(found).code == "mime.charset"
    assert what in the_one(found).message


@pytest.mark.parametrize(
    ("charset", "reason"),
    [
        ("x-unknown-9", "x-unknown-9, which is unknown"),
        ("utf-8", r"not text in utf-8\."),
        ("us-ascii", r"not text in us-ascii\."),
        ("'iso-8859-99'", "iso-8859-99, which is unknown"),
    ],
)
def test_text_that_nobody_can_read_is_refused(charset: str, reason: str) -> None:
    with pytest.raises(FieldError, match=reason):
        read(
            f"Content-Type: text/plain; charset={charset}",
            "Content-Transfer-Encoding: 8bit", "", b"caf\xe9",
        )  # fmt: skip


def test_a_comment_after_the_charset_is_no_part_of_it() -> None:
    found = read("Content-Type: text/plain; charset=utf-8 (Unicode)", "", "a")

    assert found.noticed == ()


@pytest.mark.parametrize(
    ("encoding", "line"),
    [
        ("quoted-printable", " " * 2_000_000 + "x"),
        ("quoted-printable", "= " * 1_000_000),
        ("quoted-printable", (" " * 1_000 + "x") * 2_000),
        ("8bit", "x" * 10_000_000),
        ("base64", "A\tA A" * 1_000_000 + "AA"),
    ],
)
def test_long_lines_are_read_at_once(encoding: str, line: str) -> None:
    assert len(encoded(encoding, line)) > 100_000
