import pytest

from tests.core.handed_in.mails import codes, file, multipart, read, text, the_one
from tuimail.core.handed_in.files import wanted_ids
from tuimail.core.handed_in.message import HandedIn
from tuimail.errors import FieldError


def with_file(*headers: str, content: str = "x,y") -> HandedIn:
    return read(*multipart("mixed", text(), file(*headers, content=content)))


def with_picture(content_id: str, html: str, *headers: str) -> HandedIn:
    picture = ("Content-Type: image/png", f"Content-ID: {content_id}", *headers, "", "")
    return read(*multipart("related", text(html, "html"), picture))


def test_a_file_keeps_name_type_and_octets() -> None:
    (one,) = with_file().files

    assert (one.name, one.content_type, one.content, one.content_id) == (
        "a.csv",
        "text/csv",
        b"x,y",
        "",
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/pdf", "part-3.pdf"),
        ("text/calendar", "part-3.ics"),
        ("image/JPEG", "part-3.jpg"),
        ("application/x-new", "part-3.bin"),
    ],
)
def test_a_file_without_a_name_gets_one(kind: str, name: str) -> None:
    assert with_file(f"Content-Type: {kind}").files[0].name == name


@pytest.mark.parametrize(
    ("parameters", "name", "noted"),
    [
        ("name=b.pdf", "b.pdf", []),
        ("name=b.pdf; name*=utf-8''%C3%A9.pdf", "é.pdf", []),
        ("name=b.exe; name*=utf-8''b.pdf", "b.pdf", ["mime.structure"]),
    ],
)
def test_the_name_of_the_type_counts_where_there_is_no_other(
    parameters: str, name: str, noted: list[str]
) -> None:
    found = with_file(f"Content-Type: application/pdf; {parameters}")

    assert (found.files[0].name, codes(found)) == (name, noted)


def test_two_names_of_two_kinds_are_noted() -> None:
    found = with_file(
        "Content-Type: application/pdf; name=invoice.exe",
        "Content-Disposition: attachment; filename=invoice.pdf",
    )

    assert found.files[0].name == "invoice.pdf"
    assert the_one(found).place == "invoice.exe"


def test_two_ways_to_write_one_name_are_no_news() -> None:
    found = with_file(
        'Content-Type: application/pdf; name="=?utf-8?q?caf=C3=A9.pdf?="',
        "Content-Disposition: attachment; filename=_.PDF; "
        "filename*=utf-8''caf%C3%A9.pdf",
    )

    assert (found.files[0].name, found.noticed) == ("café.pdf", ())


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        (("Content-Type: message/rfc822",), "part-3.eml"),
        (("Content-Type: message/rfc822; name=Re: lunch",), "Re: lunch.eml"),
        (("Content-Type: message/global; name=a.EML",), "a.EML"),
    ],
)
def test_a_mail_within_the_mail_becomes_a_file(
    headers: tuple[str, ...], name: str
) -> None:
    found = with_file(*headers, content="Subject: inner\r\n\r\nhello")

    (one,) = found.files
    assert (one.name, one.content_type) == (name, "application/octet-stream")
    assert one.content == b"Subject: inner\r\n\r\nhello"
    assert "own headers" in the_one(found).message


def test_the_parts_of_a_digest_are_mails() -> None:
    found = read(*multipart("digest", ("", "Subject: inner", "", "hello")))

    assert found.files[0].name == "part-2.eml"


@pytest.mark.parametrize(
    ("charset", "content", "noted"),
    [
        ("", "é", []),
        ("; charset=UTF-8", "é", []),
        ("; charset=iso-8859-1", "plain", []),
        ("; charset=iso-8859-1", "é", ["mime.charset"]),
    ],
)
def test_a_charset_that_is_not_said_any_more_is_noted(
    charset: str, content: str, noted: list[str]
) -> None:
    found = with_file(
        f"Content-Type: text/csv{charset}", "Content-Transfer-Encoding: 8bit",
        content=content,
    )  # fmt: skip

    assert (found.files[0].content, codes(found)) == (content.encode(), noted)


def test_a_content_id_that_nobody_asks_for_means_nothing() -> None:
    found = with_file("Content-Type: application/pdf", "Content-ID: <a@b>")

    assert found.files[0].content_id == ""


@pytest.mark.parametrize(
    ("content_id", "html"),
    [
        ("<a@b>", '<img src="CID:a@b">'),
        ("a@b", "<div style='background:url(cid:a@b)'>"),
        ("<a+b>", '<img src="cid:a%2Bb">'),
        ("<a&b>", '<img src="cid:a&amp;b">'),
        ("<unused>", "<p>"),
    ],
)
def test_a_picture_that_belongs_to_the_html_keeps_its_content_id(
    content_id: str, html: str
) -> None:
    found = with_picture(content_id, html)

    assert found.files[0].content_id == content_id.strip("<>")


def test_a_file_among_the_related_parts_is_a_file() -> None:
    found = with_picture("<a>", "<p>", "Content-Disposition: attachment")

    assert found.files[0].content_id == ""


def test_a_content_id_that_cannot_be_written_is_noted() -> None:
    found = with_picture("<a b>", "<p>")

    assert found.files[0].content_id == ""
    assert "Content-ID" in the_one(found).message


def test_a_name_in_an_unknown_charset_is_refused() -> None:
    with pytest.raises(FieldError, match="filename"):
        with_file("Content-Disposition: attachment; filename*=x-none''a")


def test_html_with_a_million_content_ids_is_read_at_once() -> None:
    assert wanted_ids("cid:" * 1_000_000) == frozenset({"cid:" * 999_999})
