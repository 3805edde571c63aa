import base64
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.encoded_words import LENGTH_LIMIT, decoded_words
from tuimail.core.parts import DEPTH_LIMIT, HEADERS_LIMIT, PARAMETERS_LIMIT
from tuimail.core.preview import PARTS_LIMIT, SOURCE_LIMIT, PartView, preview
from tuimail.core.html.reading import Link

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20


def written(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=policy.SMTP.clone(cte_type="7bit"))


def whole() -> bytes:
    message = EmailMessage()
    message["From"] = "J\u00f6rg M\u00fcller <j@corp.example>"
    message["Subject"] = "\u898b\u7a4d\u66f8\u306e\u4ef6 " + "and more words " * 9
    message.set_content("Gr\u00fc\u00dfe\n\nBob\n")
    message.add_alternative(
        '<p>Gr\u00fc\u00dfe</p><p hidden>psst</p><a href="https://a.example">Open</a>'
        '<img src="https://t.example/o.gif" width=1 height=1>',
        subtype="html",
    )
    message.add_attachment(
        PDF, maintype="application", subtype="pdf", filename="Angebot \u20ac.pdf"
    )
    message.add_attachment("a,b\r\n", subtype="csv", filename="data.csv")
    return written(message)


def raw(*lines: str, body: str = "") -> bytes:
    return "\r\n".join((*lines, "", body)).encode("utf-8", "surrogateescape")


def test_a_message_is_shown_as_its_readers_see_it() -> None:
    seen = preview(whole())

    assert seen.text == "Gr\u00fc\u00dfe\n\nBob"
    assert seen.html_text == "Gr\u00fc\u00dfe\n\nOpen [1]\n\n[1] https://a.example"
    assert seen.links == (Link(text="Open", target="https://a.example", number=1),)
    assert seen.hidden_text == "psst"
    assert seen.remote_count == 1
    assert seen.parts == (
        PartView(name="", content_type="text/plain", size_bytes=13),
        PartView(name="", content_type="text/html", size_bytes=122),
        PartView(
            name="Angebot \u20ac.pdf",
            content_type="application/pdf",
            size_bytes=len(PDF),
        ),
        PartView(name="data.csv", content_type="text/csv", size_bytes=5),
    )


def test_headers_are_unfolded_and_decoded() -> None:
    headers = dict(preview(whole()).headers)

    assert headers["From"] == "J\u00f6rg M\u00fcller <j@corp.example>"
    assert headers["Subject"].startswith(
        "\u898b\u7a4d\u66f8\u306e\u4ef6 and more words"
    )
    assert "\n" not in headers["Subject"]


def test_the_source_is_shown_byte_for_byte() -> None:
    message = raw("Subject: a", body="x\xffy\u0000z")

    seen = preview(message)

    assert seen.source == message.decode("latin-1").replace("\r\n", "\n")
    assert not seen.is_source_cut


def test_a_long_source_is_cut_and_says_so() -> None:
    seen = preview(raw("Subject: a", body="x" * SOURCE_LIMIT))

    assert len(seen.source) <= SOURCE_LIMIT
    assert seen.is_source_cut


def test_a_message_without_html_has_none() -> None:
    seen = preview(raw("Subject: a", body="x\r\n"))

    assert seen.html_text is None
    assert (seen.text, seen.links, seen.hidden_text) == ("x", (), "")


def test_html_that_is_too_complex_says_so_in_its_place() -> None:
    seen = preview(raw("Content-Type: text/html", body="<div>" * 5000))

    assert seen.html_text is not None
    assert seen.html_text.startswith("(The HTML nests deeper")


def test_raw_utf8_in_a_header_is_read() -> None:
    """Allowed where a local part needs it (RFC 6532)."""
    seen = preview(raw("To: \u7528\u6237@example.com", "X: \udcff"))

    assert seen.headers == (("To", "\u7528\u6237@example.com"), ("X", "\ufffd"))


@pytest.mark.parametrize(
    ("lines", "body", "text"),
    [
        ((), "no header", "no header"),
        (("Content-Type: text/plain; charset=iso-8859-1",), "=E9", "=E9"),
        (
            (
                "Content-Type: text/plain; charset=iso-8859-1",
                "Content-Transfer-Encoding: Quoted-Printable",
            ),
            "caf=E9",
            "caf\u00e9",
        ),
        (("Content-Transfer-Encoding: base64",), "aGk=", "hi"),
        (("Content-Transfer-Encoding: base64",), "a", "a"),
        (("Content-Transfer-Encoding: x-rot13",), "uryyb", "uryyb"),
        (("Content-Type: text/plain; charset=x-unknown-9",), "hi", "hi"),
        (("Content-Type: text/plain; charset=punycode",), "hi-", "hi-"),
        (("Content-Type: text/plain; charset=hex",), "6869", "6869"),
        (("Content-Type: text/plain; charset=\u00e9",), "hi", "hi"),
        (('Content-Type: text/plain; charset="a\x00b"',), "hi", "hi"),
        (("Content-Disposition: attachment",), "hi", ""),
        (("Content-Type: image/png",), "hi", ""),
    ],
)
def test_texts_are_decoded_as_far_as_they_can_be(
    lines: tuple[str, ...], body: str, text: str
) -> None:
    assert preview(raw(*lines, body=body)).text == text


def test_bare_line_feeds_end_lines_too() -> None:
    seen = preview(b"Subject: a\n b\n\nbody\n")

    assert seen.headers == (("Subject", "a b"),)
    assert seen.text == "body"


def multipart(*parts: str, end: str = "--q--\r\n") -> bytes:
    body = "".join(f"--q\r\n\r\n{part}\r\n" for part in parts)
    return raw("Content-Type: multipart/mixed; boundary=q", body=f"{body}{end}")


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (multipart("one", "two"), "one\n\ntwo"),
        (multipart("one", end=""), "one"),
        (multipart("one", end="--q-- \r\n--q\r\n\r\nafter"), "one"),
        (multipart("--qq\r\n --q", "x --q"), "--qq\n --q\n\nx --q"),
        (multipart("one", end="--q--"), "one"),
        (multipart(), ""),
        (raw("Content-Type: multipart/mixed; boundary=q", body="none"), ""),
        (raw("Content-Type: multipart/mixed", body="no boundary"), ""),
        (raw("Content-Type: multipart/mixed; boundary*=utf-8''%C3%A9",
             body="--\u00e9\r\n\r\nx\r\n--\u00e9--"), "x"),
    ],
)  # fmt: skip
def test_parts_are_found_between_delimiter_lines(message: bytes, text: str) -> None:
    assert preview(message).text == text


def nested(depth: int) -> bytes:
    start = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"
        for n in range(depth)
    )
    return (start + "\r\nbottom").encode()


def test_parts_are_looked_for_to_a_depth() -> None:
    assert preview(nested(DEPTH_LIMIT)).text == "bottom"
    assert preview(nested(300)).text == ""
    assert preview(nested(300)).parts[0].content_type == "multipart/mixed"


def test_parts_are_listed_up_to_a_number() -> None:
    assert len(preview(multipart(*["x"] * 20_000)).parts) == PARTS_LIMIT


def test_endless_headers_are_not_read() -> None:
    assert preview(b"A: b\r\n" * HEADERS_LIMIT).text == ""


def test_endless_parameters_are_not_read() -> None:
    """The standard library needs minutes for many quoted semicolons."""
    parameters = '; a=";' * PARAMETERS_LIMIT

    seen = preview(raw(f"Content-Type: text/html{parameters}", body="x"))

    assert seen.text == "x"


def test_the_size_of_a_file_is_known_without_decoding_it() -> None:
    for size in range(1, 130):
        encoded = base64.encodebytes(b"x" * size).replace(b"\n", b"\r\n").decode()

        seen = preview(raw("Content-Transfer-Encoding: base64", body=encoded))

        assert seen.parts[0].size_bytes == size


@given(st.binary(max_size=300))
def test_nothing_breaks_the_preview(message: bytes) -> None:
    assert preview(message).source == message.decode("latin-1").replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?caf=C3=A9?= bar", "caf\u00e9 bar"),
        ("=?utf-8?b?a?=", "=?utf-8?b?a?="),
        ("=?x-none?q?a?=", "=?x-none?q?a?="),
        ("\u00e9 =?utf-8?q?x?=", "\u00e9 =?utf-8?q?x?="),
        ("=?utf-8?q?x?= " * LENGTH_LIMIT, "=?utf-8?q?x?= " * LENGTH_LIMIT),
    ],
)
def test_encoded_words_are_decoded_where_readers_can(value: str, words: str) -> None:
    assert decoded_words(value) == words
