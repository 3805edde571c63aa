import pytest

from tests.core.handed_in.mails import codes, read, the_one
from tuimail.core.draft import Priority
from tuimail.core.finding import Severity
from tuimail.errors import FieldError


def test_headers_of_the_author_are_kept_with_their_words_decoded() -> None:
    found = read("X-Kind: a\r\n b", "Disposition-Notification-To: x@e.example",
                 "Comments: =?utf-8?q?caf=C3=A9?=", "", "x")  # fmt: skip

    assert found.headers == (
        ("X-Kind", "a b"),
        ("Disposition-Notification-To", "x@e.example"),
        ("Comments", "café"),
    )
    assert found.noticed == ()


def test_what_the_message_has_anew_is_left_out_without_a_word() -> None:
    found = read("Date: Mon, 02 Nov 2026 10:00:00 +0000", "Message-ID: <1@a.example>",
                 "MIME-Version: 1.0", "", "x")  # fmt: skip

    assert (found.headers, found.noticed) == ((), ())


def test_traces_are_left_out_and_named_once() -> None:
    names = ["Received", "Received", "DKIM-Signature", "ARC-Seal", "Return-Path",
             "Authentication-Results", "X-Spam-Score", "X-Bcc", "Content-Language",
             "Delivered-To", "Status", "MIME-Other"]  # fmt: skip

    found = read(*(f"{name}: x" for name in names), "X-Mine: y", "", "x")

    finding = the_one(found)
    assert found.headers == (("X-Mine", "y"),)
    assert (finding.severity, finding.field) == (Severity.INFO, "header")
    assert all(name in finding.message for name in names)
    assert finding.message.count("Received") == 1


def test_a_long_list_of_traces_is_cut() -> None:
    finding = the_one(read(*(f"X-Spam-{n}: x" for n in range(100)), "", "x"))

    assert finding.message.endswith("….")
    assert len(finding.message) < 400


@pytest.mark.parametrize("name", ["Resent-Bcc", "Resent-To", "RESENT-FROM"])
def test_a_message_that_was_resent_is_refused(name: str) -> None:
    with pytest.raises(FieldError, match="resent") as caught:
        read(f"{name}: carol@other.example", "", "x")

    assert caught.value.field == "message"


def test_a_header_in_an_unknown_charset_stays_and_is_noted() -> None:
    found = read("X-A: =?x-none?q?a?=", "", "x")

    assert found.headers == (("X-A", "=?x-none?q?a?="),)
    assert codes(found) == ["mime.charset"]


@pytest.mark.parametrize(
    "line",
    ["X-A: =?utf-8?q?a=0D=0ABcc:_eve?=", "X-A: " + "a" * 10_001, "X" * 77 + ": a"],
)
def test_a_header_that_cannot_be_written_is_refused(line: str) -> None:
    with pytest.raises(FieldError) as caught:
        read(line, "", "x")

    assert caught.value.field == "header"


@pytest.mark.parametrize(
    ("lines", "priority"),
    [
        (("X-Priority: 1 (Highest)", "Importance: High"), Priority.HIGH),
        (("X-MSMail-Priority: normal",), Priority.NORMAL),
        (("Priority: non-urgent", "X-Priority: 5"), Priority.LOW),
    ],
)
def test_a_priority_that_is_said_alike_is_the_drafts(
    lines: tuple[str, ...], priority: Priority
) -> None:
    found = read(*lines, "", "x")

    assert (found.priority, found.headers) == (priority, ())


@pytest.mark.parametrize(
    "lines",
    [
        ("X-Priority: 2",),
        ("X-Priority: 1", "Importance: low"),
        ("X-Priority: 1", "X-Priority: 3"),
        ("Importance: whatever",),
    ],
)
def test_a_priority_that_a_draft_cannot_say_stays_as_it_is(
    lines: tuple[str, ...],
) -> None:
    found = read(*lines, "", "x")

    assert found.priority is None
    assert [": ".join(one) for one in found.headers] == list(lines)


ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"


def test_one_click_unsubscribe_is_the_drafts() -> None:
    found = read("List-Unsubscribe: <https://a.example/u?x=1>", ONE_CLICK, "", "x")

    assert (found.unsubscribe_url, found.headers) == ("https://a.example/u?x=1", ())


@pytest.mark.parametrize(
    "lines",
    [
        ("List-Unsubscribe: <https://a.example/u>",),
        ("List-Unsubscribe: <mailto:u@a.example>, <https://a.example/u>", ONE_CLICK),
        ("List-Unsubscribe: <http://a.example/u>", ONE_CLICK),
        (ONE_CLICK,),
    ],
)
def test_another_way_to_unsubscribe_stays_as_it_is(lines: tuple[str, ...]) -> None:
    found = read(*lines, "", "x")

    assert found.unsubscribe_url == ""
    assert [": ".join(one) for one in found.headers] == list(lines)


def test_the_thread_is_kept() -> None:
    found = read("In-Reply-To: <1@a.example> (yesterday)",
                 "References: <0@a.example>\r\n\t<1@a.example>", "", "x")  # fmt: skip

    assert found.in_reply_to == "<1@a.example>"
    assert found.references == ("<0@a.example>", "<1@a.example>")
    assert found.noticed == ()


@pytest.mark.parametrize(
    ("line", "answered"),
    [
        ("In-Reply-To: Your message of Monday <1@a.example>", "<1@a.example>"),
        ("In-Reply-To: <1@a.example> <2@a.example>", "<1@a.example>"),
        ("In-Reply-To: your message", ""),
        ("In-Reply-To: <" + "a" * 1_000 + "@b>", ""),
        ("In-Reply-To: <é@b>", ""),
    ],
)
def test_what_is_no_message_id_is_left_out_and_noted(line: str, answered: str) -> None:
    found = read(line, "", "x")

    assert (found.in_reply_to, the_one(found).field) == (answered, "in-reply-to")
