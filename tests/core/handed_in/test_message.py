import pytest

from tests.core.handed_in.mails import codes, mail, read, the_one
from tuimail.core.finding import Severity
from tuimail.core.handed_in.message import read_message
from tuimail.errors import AddressError, FieldError


def test_a_message_says_what_a_draft_can_say() -> None:
    found = read(
        "From: Mära <m@corp.example>", "To: Bob <bob@b.example>, ann@a.example",
        "Cc:", "Reply-To: a@corp.example, b@corp.example",
        "Subject: =?utf-8?q?caf=C3=A9?= at\r\n noon", "", "hello", head=(),
    )  # fmt: skip

    assert found.sender is not None
    assert (found.sender.name, found.sender.text) == ("Mära", "m@corp.example")
    assert [one.text for one in found.to] == ["bob@b.example", "ann@a.example"]
    assert (found.cc, found.bcc, len(found.reply_to)) == ((), (), 2)
    assert (found.subject, found.text) == ("café at noon", "hello\n")
    assert found.noticed == ()


def test_a_message_may_have_no_sender_no_subject_and_no_text() -> None:
    found = read("To: bob@b.example", "", head=())

    assert (found.sender, found.subject, found.text) == (None, "", "")


@pytest.mark.parametrize(
    "lines",
    [
        ("Bcc: carol@c.example, dan@d.example",),
        ("Bcc:\r\n carol@c.example,\r\n dan@d.example",),
        ("BCC: carol@c.example", "bcc: dan@d.example"),
    ],
)
def test_blind_copies_are_taken_out_of_the_headers(lines: tuple[str, ...]) -> None:
    found = read(*lines, "", "x")

    assert [one.text for one in found.bcc] == ["carol@c.example", "dan@d.example"]
    assert (found.headers, found.to[0].text) == ((), "bob@partner.example")
    finding = the_one(found)
    assert (finding.code, finding.field) == ("mime.bcc-header-removed", "bcc")
    assert (finding.severity, "carol" in finding.message) == (Severity.INFO, False)


def test_an_empty_bcc_is_no_news() -> None:
    assert read("Bcc:", "", "x").noticed == ()


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (("From: a@a.example, b@b.example",), "2 people"),
        (("From: a@a.example", "Sender: b@b.example"), "not the author"),
        (("Sender: b@b.example",), "not the author"),
    ],
)
def test_more_than_one_author_is_refused(lines: tuple[str, ...], reason: str) -> None:
    with pytest.raises(FieldError, match=reason) as caught:
        read(*lines, "", "x", head=())

    assert caught.value.field == "message"


def test_a_sender_who_is_the_author_is_no_news() -> None:
    assert read("Sender: Agent <agent@corp.example>", "", "x").noticed == ()


def test_a_wrong_address_is_refused_by_the_name_of_its_field() -> None:
    with pytest.raises(AddressError) as caught:
        read("Cc: a@b@c.example", "", "x")

    assert caught.value.field == "cc"


def test_a_subject_in_an_unknown_charset_stays_and_is_noted() -> None:
    found = read("Subject: =?x-none?q?a?=", "", "x", head=())

    assert (found.subject, codes(found)) == ("=?x-none?q?a?=", ["mime.charset"])


def test_the_from_line_of_a_mailbox_is_no_header() -> None:
    found = read_message(b"From agent Mon Nov  2 10:00:00 2026\r\n" + mail("", "x"))

    assert (found.headers, found.subject, found.noticed) == ((), "t", ())


def test_a_byte_order_mark_is_no_header() -> None:
    assert read_message(b"\xef\xbb\xbf" + mail("", "x")).subject == "t"


def test_a_mailbox_of_several_messages_is_refused() -> None:
    one = b"From agent Mon Nov  2 10:00:00 2026\n" + mail("", "x").replace(b"\r", b"")

    with pytest.raises(FieldError, match="several messages"):
        read_message(one + b"\n" + one)


def test_a_text_that_begins_a_line_with_from_is_no_mailbox() -> None:
    raw = b"From agent Mon\n" + mail("", "x", "", "From here on:", "see: there")

    assert read_message(raw).text == "x\n\nFrom here on:\nsee: there\n"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b" \r\n\r\n", "empty"),
        (b"From agent Mon\n", "empty"),
        (b"\r\nSubject: t\r\n\r\nhello", "no header"),
        (b"hello", "no header field"),
        (b"%PDF-1.4\n...", "no header field"),
        (b"Subject: t\r\n\r\na\0b", "NUL, at byte 16"),
        ("Subject: t\n\nx".encode("utf-16"), "NUL"),
    ],
)
def test_what_is_no_message_is_refused(raw: bytes, reason: str) -> None:
    with pytest.raises(FieldError, match=reason) as caught:
        read_message(raw)

    assert (caught.value.field, bool(caught.value.hint)) == ("message", True)


@pytest.mark.parametrize(
    ("raw", "severity"),
    [
        (b"Subject: t\n\nhello\n.\nMAIL FROM:<x@evil.example>\n", Severity.INFO),
        (
            b"Subject: t\r\n\r\nhello\n.\r\nMAIL FROM:<x@e.example>\r\n",
            Severity.WARNING,
        ),
        (b"Subject: t\r\n\r\nhello\r.\r\nMAIL\r\n", Severity.WARNING),
        (b"Subject: t\n\nhello\r.\rMAIL\n", Severity.WARNING),
    ],
)
def test_line_ends_that_are_not_crlf_are_noted(raw: bytes, severity: Severity) -> None:
    found = read_message(raw)

    assert found.text.splitlines()[:2] == ["hello", "."]
    assert (the_one(found).code, the_one(found).severity) == (
        "mime.bare-newline",
        severity,
    )


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ("format=flowed", "a paragraph that goes on\n-- \nMara\n"),
        ("Format=Flowed; DelSp=yes", "a paragraph thatgoes on\n-- \nMara\n"),
    ],
)
def test_paragraphs_that_may_be_wrapped_anew_are_one_line_each(
    parameters: str, text: str
) -> None:
    found = read(
        f"Content-Type: text/plain; {parameters}", "",
        "a paragraph that ", "goes on", "-- ", "Mara",
    )  # fmt: skip

    assert (found.is_flowed, found.text) == (True, text)


def test_other_text_is_not_flowed() -> None:
    found = read("Content-Type: text/plain; format=fixed", "", "a ", "b")

    assert (found.is_flowed, found.text) == (False, "a \nb\n")
