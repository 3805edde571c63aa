"""Which part is read and which is a file."""

import pytest

from tests.core.handed_in.mails import codes, file, multipart, read, text, the_one
from tuimail.core.finding import Severity
from tuimail.errors import FieldError

PICTURE = (
    "Content-Type: image/png; name=logo.png", "Content-ID: <logo@corp.example>",
    "Content-Transfer-Encoding: base64", "Content-Disposition: inline", "", "aGk=",
)  # fmt: skip
HTML = text('<img src="cid:logo@corp.example">', "html")


def test_a_message_without_a_type_is_plain_text() -> None:
    found = read("", "hello")

    assert (found.text, found.html, found.files) == ("hello\n", "", ())


def test_html_alone_stays_alone() -> None:
    found = read("Content-Type: text/html", "", "<p>hello")

    assert (found.text, found.html) == ("", "<p>hello\n")


def test_text_and_html_are_both_taken_where_they_are_alternatives() -> None:
    found = read(*multipart("alternative", text("plain"), text("<p>rich", "html")))

    assert (found.text, found.html, found.files) == ("plain", "<p>rich", ())


def test_alternatives_may_be_in_another_order() -> None:
    found = read(*multipart("alternative", text("<p>rich", "html"), text("plain")))

    assert (found.text, found.html) == ("plain", "<p>rich")


@pytest.mark.parametrize(
    "part",
    [
        multipart("related", HTML, PICTURE),
        multipart("alternative", text("plain"), multipart("related", HTML, PICTURE)),
        multipart("related", multipart("alternative", text("plain"), HTML), PICTURE),
        multipart("mixed", multipart("related", HTML, PICTURE), file()),
        multipart("alternative", text("plain"), multipart("mixed", HTML, PICTURE)),
        multipart("mixed", HTML, PICTURE),
    ],
)
def test_a_picture_stays_in_the_html_that_asks_for_it(part: tuple[str, ...]) -> None:
    found = read(*part)

    assert found.html == HTML[-1]
    assert (found.files[0].content_id, found.files[0].content) == (
        "logo@corp.example",
        b"hi",
    )
    assert found.noticed == ()


def test_the_root_of_related_parts_may_stand_elsewhere() -> None:
    html = ("Content-ID: <root>", *HTML)
    lines = multipart("related", PICTURE, html)
    start = f'{lines[0]!s}; start="<root>"'

    found = read(start, *lines[1:])

    assert found.html == HTML[-1]
    assert found.files[0].content_id == "logo@corp.example"


def test_a_root_that_is_nowhere_is_the_first_part() -> None:
    lines = multipart("related", HTML, PICTURE)

    assert read(f'{lines[0]!s}; start="<x>"', *lines[1:]).html == HTML[-1]


def test_a_multipart_among_related_parts_is_sorted_too() -> None:
    found = read(*multipart("related", HTML, multipart("mixed", PICTURE, file())))

    assert [one.content_id for one in found.files] == ["logo@corp.example", ""]


def test_a_further_text_is_attached_and_noted() -> None:
    pair = multipart("alternative", text("one"), text("<p>1", "html"))

    found = read(*multipart("mixed", pair, text("two"), text("<p>3", "html")))

    assert found.text == "one"
    assert [(one.name, one.content_type, one.content) for one in found.files] == [
        ("part-5.txt", "text/plain", b"two"),
        ("part-6.html", "text/html", b"<p>3"),
    ]
    assert codes(found) == ["mime.structure"] * 2


def test_plain_texts_side_by_side_are_one_text() -> None:
    """As mailing lists put their footer below."""
    found = read(
        *multipart("mixed", text("one\r\n"), file(), text("two"), text("3 \r\n4"))
    )

    assert found.text == "one\n\ntwo\n\n3\n4"
    assert len(found.files) == 1
    assert codes(found) == []


def test_a_footer_that_flows_is_put_below() -> None:
    footer = ("Content-Type: text/plain; format=flowed", "", "so \r\nlong")

    assert read(*multipart("mixed", text("one"), footer)).text == "one\n\nso long"


def test_plain_texts_beside_an_alternative_of_them_are_not_joined() -> None:
    side = multipart("mixed", text("one"), text("two"))

    found = read(*multipart("alternative", side, text("<p>1", "html")))

    assert (found.text, found.html) == ("one", "<p>1")
    assert [one.content for one in found.files] == [b"two"]


def test_a_further_text_goes_as_utf8() -> None:
    other = (
        "Content-Type: text/plain; charset=iso-8859-1",
        "Content-Transfer-Encoding: 8bit", "", b"caf\xe9",
    )  # fmt: skip

    found = read(*multipart("mixed", text("<p>1", "html"), other))

    assert found.files[0].content == b"caf\xc3\xa9"


def test_a_second_pair_of_alternatives_is_attached() -> None:
    pair = multipart("alternative", text("a"), text("<p>b", "html"))

    found = read(*multipart("mixed", text("one"), pair))

    assert [one.content for one in found.files] == [b"a", b"<p>b"]


def test_a_second_plain_text_among_alternatives_is_attached() -> None:
    found = read(*multipart("alternative", text("a"), text("b")))

    assert (found.text, found.files[0].content) == ("a", b"b")


def test_alternatives_with_nothing_to_read_leave_room_for_a_text() -> None:
    files = multipart("alternative", file())

    assert read(*multipart("mixed", files, text("one"))).text == "one"


@pytest.mark.parametrize(
    "header",
    [
        "Content-Disposition: attachment",
        "Content-Disposition: inline; filename=a.txt",
        "Content-Disposition: inline; filename*=utf-8''a.txt",
    ],
)
def test_a_text_that_is_a_file_is_no_body(header: str) -> None:
    found = read(*multipart("mixed", (header, *text("file")), text("body")))

    assert (found.text, found.files[0].content) == ("body", b"file")
    assert found.noticed == ()


def test_a_message_may_be_nothing_but_a_file() -> None:
    found = read(*file())

    assert (found.text, found.files[0].name) == ("", "a.csv")


@pytest.mark.parametrize("subtype", ["parallel", "digest", "mixed"])
def test_parts_that_stand_side_by_side_are_no_news(subtype: str) -> None:
    assert read(*multipart(subtype, text(), file())).noticed == ()


def test_an_unknown_multipart_is_read_as_mixed_and_noted() -> None:
    found = read(*multipart("x-new", text(), file()))

    assert (found.text, len(found.files)) == ("hello", 1)
    assert the_one(found).severity is Severity.WARNING


@pytest.mark.parametrize(
    "subtype",
    [
        "signed", "encrypted", "report", "form-data", "byteranges",
        "x-mixed-replace",
    ],
)  # fmt: skip
def test_a_multipart_that_cannot_be_said_anew_is_refused(subtype: str) -> None:
    with pytest.raises(FieldError, match=f"multipart/{subtype}") as caught:
        read(*multipart("mixed", multipart(subtype, text(), file())))

    assert caught.value.field == "message"


@pytest.mark.parametrize(
    "kind",
    [
        "message/external-body; access-type=URL", "message/partial; id=a; number=1",
        "application/pkcs7-mime; smime-type=enveloped-data",
        "application/x-pkcs7-mime", "message/delivery-status", "message/http",
    ],
)  # fmt: skip
def test_a_message_that_nobody_can_look_at_is_refused(kind: str) -> None:
    with pytest.raises(FieldError, match=kind.partition(";")[0]):
        read(f"Content-Type: {kind}", "", "x")


@pytest.mark.parametrize("subtype", ["mixed", "related", "alternative"])
@pytest.mark.parametrize("kind", ["external-body", "partial"])
def test_so_is_such_a_part_wherever_it_stands(subtype: str, kind: str) -> None:
    with pytest.raises(FieldError, match=kind):
        read(*multipart(subtype, text(), (f"Content-Type: message/{kind}", "", "x")))


def test_an_encrypted_file_is_a_file() -> None:
    part = ("Content-Type: application/pkcs7-mime; name=smime.p7m", "", "x")

    assert read(*multipart("mixed", text(), part)).files[0].name == "smime.p7m"


def test_an_invitation_becomes_a_file_and_is_noted() -> None:
    calendar = ("Content-Type: text/calendar; method=REQUEST", "", "BEGIN:VCALENDAR")

    found = read(*multipart("alternative", text(), text("<p>", "html"), calendar))

    assert (found.files[0].name, found.files[0].content_type) == (
        "part-4.ics",
        "text/calendar",
    )
    assert "invitation" in the_one(found).message


@pytest.mark.parametrize(
    "kind", ["text/x-amp-html", "text/enriched", "application/rtf", "image/png"]
)
def test_another_alternative_is_refused(kind: str) -> None:
    """Some readers would show only that, and nobody would have looked at it."""
    with pytest.raises(FieldError, match="alternative"):
        read(*multipart("alternative", text(), (f"Content-Type: {kind}", "", "x")))


def test_a_file_among_the_alternatives_is_a_file() -> None:
    found = read(*multipart("alternative", text(), file()))

    assert found.files[0].name == "a.csv"
