"""The parts of a rendered message, as they stand in it."""

import base64

from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.wire.parts import PARAMETERS_LIMIT, Part, walk


def part(*lines: str, body: str | bytes = "hi") -> Part:
    content = body.encode() if isinstance(body, str) else body
    (found,) = walk("\r\n".join((*lines, "", "")).encode() + content)
    return found


def tree(raw: bytes) -> list[tuple[int, str, bool]]:
    return [(one.depth, one.content_type, one.is_container) for one in walk(raw)]


def test_containers_come_before_what_is_in_them() -> None:
    raw = (
        b"Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n"
        b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\none\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\ntwo\r\n--b--\r\n"
        b"--a\r\nContent-Type: image/png\r\n\r\nthree\r\n--a--\r\n"
    )

    found = tree(raw)

    assert found == [
        (0, "multipart/mixed", True),
        (1, "multipart/alternative", True),
        (2, "text/plain", False),
        (2, "text/html", False),
        (1, "image/png", False),
    ]


def test_a_part_says_what_it_is() -> None:
    found = part(
        'Content-Type: text/plain; charset="ISO-8859-1"; format=flowed',
        "Content-Disposition: INLINE; filename*=utf-8''%e2%82%ac.txt",
        "Content-Transfer-Encoding:  Base64 ",
        "Content-ID: <logo@corp.example>",
    )

    assert found.name == "\u20ac.txt"
    assert (found.disposition, found.is_file) == ("inline", False)
    assert (found.encoding, found.charset) == ("base64", "iso-8859-1")
    assert found.content_id == "logo@corp.example"
    assert found.parameter("format") == "flowed"


def test_a_part_that_says_nothing_has_empty_words() -> None:
    found = part()

    assert (found.name, found.disposition, found.encoding) == ("", "", "")
    assert (found.content_id, found.charset, found.parameter("format")) == ("", "", "")


def test_a_charset_in_an_encoded_parameter_is_used() -> None:
    found = part("Content-Type: text/plain; charset*=us-ascii'en'latin-1", body=b"\xe9")

    assert found.text(limit_bytes=9) == "\u00e9"


def test_a_null_where_a_charset_is_breaks_nothing() -> None:
    named = part("Content-Type: a/b; name*=u\x00tf'en'x%ff")
    container = part("Content-Type: multipart/mixed; boundary*=u\x00tf'en'x%ff")

    assert named.name == ""
    assert not container.is_container


def test_base64_that_is_cut_is_decoded_as_far_as_it_goes() -> None:
    encoded = base64.encodebytes(b"hello " * 30).replace(b"\n", b"\r\n")
    found = part("Content-Transfer-Encoding: base64", body=encoded)

    assert found.decoded(limit_bytes=83) == (b"hello " * 30)[:60]


def test_what_is_no_base64_stays_as_it_is() -> None:
    found = part("Content-Transfer-Encoding: base64", body="=a=b")

    assert found.decoded(limit_bytes=99) == b"=a=b"


def test_long_parameters_are_not_read() -> None:
    found = part(f"Content-Disposition: attachment; x={'y' * PARAMETERS_LIMIT}")

    assert found.disposition == ""


@given(st.text("ab\x00'*%0=;\"utf-8 \u00e9", max_size=60))
def test_no_parameter_breaks_a_part(value: str) -> None:
    found = next(walk(f"Content-Type: multipart/a; {value}\r\n\r\nx".encode()))

    assert isinstance(found.parameter("name"), str)
    assert isinstance(found.name + found.charset + found.text(limit_bytes=9), str)
