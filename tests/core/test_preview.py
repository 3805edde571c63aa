import base64
from collections.abc import Sequence
from email import policy
from email.message import EmailMessage
from itertools import zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.preview import (
    LINKS_LIMIT,
    PARTS_LIMIT,
    SOURCE_LIMIT,
    LinkView,
    PartView,
    fields,
    hosts,
    outline,
    parts,
    preview,
)
from tuimail.core.wire.encoded_words import LENGTH_LIMIT, decoded_words
from tuimail.core.wire.parts import DEPTH_LIMIT, HEADERS_LIMIT, PARAMETERS_LIMIT

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
    assert seen.links == (
        LinkView(
            text="Open",
            target="https://a.example",
            number=1,
            host="a.example",
            unicode_host="a.example",
        ),
    )
    assert seen.hidden_text == "psst"
    assert seen.remote_count == 1


def test_parts_are_seen_with_what_the_message_says_of_them() -> None:
    seen = preview(whole())

    mixed, alternative, text, _, pdf, table = seen.parts
    assert [part.depth for part in seen.parts] == [0, 1, 2, 2, 1, 1]
    assert (mixed.content_type, mixed.is_container) == ("multipart/mixed", True)
    assert alternative.content_type == "multipart/alternative"
    assert mixed.size_bytes == mixed.encoded_bytes > alternative.encoded_bytes
    assert text == PartView(
        name="",
        content_type="text/plain",
        size_bytes=13,
        encoded_bytes=22,
        depth=2,
        encoding="base64",
        charset="utf-8",
    )
    assert (pdf.name, pdf.disposition) == ("Angebot \u20ac.pdf", "attachment")
    assert (pdf.encoding, pdf.size_bytes) == ("base64", len(PDF))
    assert pdf.encoded_bytes > len(PDF) * 4 // 3
    assert (table.name, table.size_bytes) == ("data.csv", 5)


def test_images_that_html_can_show_are_known_by_their_content_id() -> None:
    message = multipart(
        headers=("Content-Type: image/png\r\nContent-ID: <logo@a.example>",
                 "Content-Type: image/png",
                 "Content-Type: text/plain\r\nContent-ID: <text@a.example>"),
    )  # fmt: skip

    seen = preview(message)

    assert [one.content_id for one in seen.inline_images] == ["logo@a.example"]


def linked(text: str) -> list[str]:
    return [link.target for link in preview(raw("Subject: a", body=text)).links]


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        ("see https://a.example/x?y=1.", ["https://a.example/x?y=1"]),
        ("(https://a.example/x)", ["https://a.example/x"]),
        ("https://a.example/x_(y).", ["https://a.example/x_(y)"]),
        ("<https://a.example>!", ["https://a.example"]),
        ("[1] HTTP://a.example [2]", ["HTTP://a.example"]),
        ("www.a.example, mailto:b@c.example", ["www.a.example", "mailto:b@c.example"]),
        ("https://a.example https://a.example", ["https://a.example"]),
        ("\u300chttps://a.example/\u4ef6\u300d", ["https://a.example/\u4ef6"]),
        ("https://a.example\u3002", ["https://a.example"]),
        ("no address, http:// neither", []),
        ("https://...", ["https://"]),
    ],
)
def test_addresses_in_the_text_are_links_as_programs_make_them(
    text: str, targets: list[str]
) -> None:
    assert linked(text) == targets


def test_an_address_that_the_html_links_to_is_listed_once() -> None:
    message = multipart(
        "https://a.example/ https://b.example/",
        headers=("Content-Type: text/html",),
        contents=('<a href="https://a.example/">Open</a>',),
    )

    seen = preview(message)

    assert [(link.text, link.target) for link in seen.links] == [
        ("Open", "https://a.example/"),
        ("", "https://b.example/"),
    ]


def test_a_link_that_goes_elsewhere_than_it_says_is_found() -> None:
    html = (
        '<a href="https://evil.example/">https://bank.example/</a> <a href="#x">x</a>'
    )

    first, second = preview(raw("Content-Type: text/html", body=html)).links

    assert [one.code for one in first.findings] == ["html.link-mismatch"]
    assert second.findings == ()


@pytest.mark.parametrize(
    ("target", "host", "unicode_host"),
    [
        ("https://A.example:8443/x", "a.example", "a.example"),
        ("https://user@b.example./", "b.example", "b.example"),
        ("https:\\\\c.example\\x", "c.example", "c.example"),
        ("//d.example/x", "d.example", "d.example"),
        ("www.e.example", "www.e.example", "www.e.example"),
        ("https://b\u00fccher.example/", "xn--bcher-kva.example",
         "b\u00fccher.example"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example",
         "b\u00fccher.example"),
        ("https://xn--9999.example/", "xn--9999.example", "xn--9999.example"),
        ("https://" + "\u00fc" * 300, "\u00fc" * 300, "\u00fc" * 300),
        ("mailto:Bob%20<b@F.example>?cc=x@y.example", "f.example", "f.example"),
        ("mailto:", "", ""),
        ("tel:+4930", "", ""),
        ("javascript:alert(1)", "", ""),
        ("#part", "", ""),
        ("page.html", "", ""),
        ("https://", "", ""),
        ("https://192.0.2.1/", "192.0.2.1", "192.0.2.1"),
        ("https://[2001:db8::1]/", "[2001:db8::1]", "[2001:db8::1]"),
    ],
)  # fmt: skip
def test_a_link_is_shown_with_the_host_it_leads_to(
    target: str, host: str, unicode_host: str
) -> None:
    assert hosts(target) == (host, unicode_host)


def test_links_are_followed_from_where_the_html_says_they_begin() -> None:
    html = '<base href="https://evil.example/"><a href="x.html">Open</a>'

    (link,) = preview(raw("Content-Type: text/html", body=html)).links

    assert (link.target, link.host) == ("x.html", "evil.example")


def test_a_beginning_that_is_no_address_changes_nothing() -> None:
    html = '<base href="https://[x"><a href="//a.example/">Open</a>'

    (link,) = preview(raw("Content-Type: text/html", body=html)).links

    assert link.host == "a.example"


def test_an_address_in_the_text_is_judged_too() -> None:
    (link,) = preview(raw("A: b", body="http://bank.example@203.0.113.9/")).links

    assert {one.code for one in link.findings} >= {"html.link-userinfo"}


def test_no_more_links_are_listed_than_anybody_reads() -> None:
    text = " ".join(f"https://a.example/{n}))))" for n in range(40_000))

    assert len(linked(text)) == LINKS_LIMIT


def test_paragraphs_of_flowed_text_are_put_together_again() -> None:
    seen = preview(
        raw(
            "Content-Type: text/plain; charset=utf-8; format=flowed",
            body="One line \r\nthat goes on.\r\n\r\n> quoted \r\n> text\r\n",
        )
    )

    assert seen.text == "One line that goes on.\n\n> quoted text"
    assert seen.parts[0].is_flowed


def test_flowed_text_without_the_spaces_at_its_ends_is_joined_without_them() -> None:
    seen = preview(
        raw(
            "Content-Type: text/plain; format=flowed; delsp=yes",
            body="\u65e5\u672c \r\n\u8a9e\r\n",
        )
    )

    assert seen.text == "\u65e5\u672c\u8a9e"


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


def multipart(
    *parts: str,
    headers: Sequence[str] = (),
    contents: Sequence[str] = (),
    end: str = "--q--\r\n",
) -> bytes:
    sections = [
        *(("", part) for part in parts),
        *((f"{one}\r\n", text) for one, text in zip_longest(headers, contents)),
    ]
    body = "".join(f"--q\r\n{head}\r\n{part or ''}\r\n" for head, part in sections)
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
    assert preview(nested(300)).parts[-1].content_type == "multipart/mixed"
    assert preview(nested(300)).parts[-1].depth == DEPTH_LIMIT


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


def test_an_outline_tells_what_is_there_without_looking_into_html() -> None:
    found = outline(whole())

    assert (found.text, found.has_text, found.files) == (
        "Gr\u00fc\u00dfe\n\nBob",
        True,
        2,
    )
    assert found.html_octets > 100
    assert outline(raw("Subject: x", body="hi")).html_octets == 0
    assert not outline(raw("Content-Type: image/png", body="x")).has_text


def test_parts_are_told_without_looking_into_them() -> None:
    assert parts(whole()) == preview(whole()).parts


def test_a_text_with_a_name_and_a_picture_without_one_are_files() -> None:
    named = raw('Content-Type: text/plain; name="a.txt"', body="hi")
    shown = raw("Content-Type: image/png", "Content-ID: <a@b>", body="x")

    assert [outline(one).files for one in (named, shown)] == [1, 1]


def test_fields_are_shown_as_read_and_as_they_stand() -> None:
    found = fields(
        raw("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=", "To: a@b.example,", " c@d.example",
            "X-Odd: \udcff\u00e9", body="x")
    )  # fmt: skip

    assert [(one.name, one.value, one.raw) for one in found] == [
        ("Subject", "Gr\u00fc\u00dfe", "=?utf-8?q?Gr=C3=BC=C3=9Fe?="),
        ("To", "a@b.example, c@d.example", "a@b.example,\r\n c@d.example"),
        ("X-Odd", "\ufffd\u00e9", "\\xff\u00e9"),
    ]
