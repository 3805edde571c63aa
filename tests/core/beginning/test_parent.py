"""A mail that another one begins from, read as far as it can be."""

import base64

import pytest

from tuimail.core.beginning.parent import read_parent

HTML = b"Content-Type: text/html\n\n<p>Hi <b>Ana</b></p><p>Bo</p>"
BOUNDARY = b'Content-Type: multipart/mixed; boundary="b"\n\n'


def mixed(*parts: bytes) -> bytes:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return BOUNDARY + body + b"--b--\n"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Subject: x\n\nHi\r\nAna\r\n", "Hi\nAna"),
        (HTML, "Hi Ana\n\nBo"),
        (mixed(b"Content-Type: text/plain\n\nHi", HTML), "Hi"),
        (mixed(b"\nHi", b"\nfooter"), "Hi\n\nfooter"),
        (mixed(b"\n ", HTML), "Hi Ana\n\nBo"),
        (b"Content-Type: text/plain; format=flowed\n\nHi \nAna\n", "Hi Ana"),
        (b"Content-Type: text/plain; charset=latin-1\n\ngr\xfc\xdfe", "grüße"),
        (b"Content-Type: text/html\n\n" + b"<div>" * 100_000, ""),
        (b"\na\x00b", "a\ufffdb"),
        (b"", ""),
    ],
    ids=[
        "plain", "html", "both", "footer", "empty-text", "flowed", "charset",
        "too-deep", "nul", "nothing",
    ],
)  # fmt: skip
def test_its_words_are_read_from_whatever_part_has_them(raw: bytes, text: str) -> None:
    assert read_parent(raw).text.strip() == text


def test_its_files_are_taken_along_and_a_mail_among_them_is_a_file() -> None:
    found = read_parent(
        mixed(
            b"\nHi",
            b"Content-Type: text/csv; name=a.csv\nContent-Disposition: attachment\n"
            b"Content-Transfer-Encoding: base64\n\n" + base64.b64encode(b"1,2"),
            b"Content-Type: message/rfc822\n\nSubject: within\n\nmail",
            b"Content-Type: image/png\nContent-Id: <x>\n\npicture",
            b"Content-Type: multipart/mixed; name=../\n\nbroken",
        )
    )

    assert [(one.name, one.content_type) for one in found.files] == [
        ("a.csv", "text/csv"),
        ("part-4.eml", "application/octet-stream"),
        ("part-5.bin", "image/png"),
        ("part-6.bin", "application/octet-stream"),
    ]
    assert found.files[0].content == b"1,2"
    assert b"Subject: within" in found.files[1].content


def test_nothing_in_it_is_refused() -> None:
    found = read_parent(
        b"From x@y Mon Mar  2 14:02:00 2026\n"
        b"From: =?utf-8?q?A=1Bna?= <ana@example.net>, bo@example.org\n"
        b"To: Team: a@b.c, d@e.f;, undisclosed-recipients:;\n"
        b"Cc: \xff\xfe <x@y.z>, not an address\n"
        b"Subject: a\n\tb\x1b[31m\n"
        b"Date: the day after\n"
        b"Message-ID: none\n"
        b"References: <1@x> rubbish <2@x>\n"
        b"\nHi"
    )

    assert [one.text for one in found.to] == ["a@b.c", "d@e.f"]
    assert found.date is None
    assert (found.message_id, found.references) == ("", ("<1@x>", "<2@x>"))
    assert "\x1b" not in found.subject
    assert "not an address" in found.left_out


def test_a_thread_is_known_by_what_it_answers_where_nothing_else_says() -> None:
    one = read_parent(b"In-Reply-To: <1@x>\n\n")
    several = read_parent(b"In-Reply-To: <1@x> <2@x>\n\n")

    assert (one.references, several.references) == (("<1@x>",), ())
