from dataclasses import replace
from typing import Any

import pytest

from tests.core.drafts import a_draft, address
from tuimail.core.characters import NOT_IN_A_LINE
from tuimail.core.draft import (
    Attachment,
    Body,
    Priority,
    check_idempotency_key,
    check_message_id,
    file_digest,
)
from tuimail.core.header_names import agents_may_set, check_header
from tuimail.core.lines import check_line
from tuimail.core.origin import is_agent
from tuimail.errors import FieldError


def attached(name: str, content_type: str = "application/pdf") -> Attachment:
    return Attachment(name=name, content_type=content_type, digest="", size_bytes=1)


@pytest.mark.parametrize(
    ("actor", "claim"),
    [("agent:billing", True), ("person:eve", False), ("tuimail", False)],
)
def test_an_agent_is_known_by_its_prefix(actor: str, *, claim: bool) -> None:
    assert is_agent(actor) is claim


def test_recipients_are_everybody_in_the_order_to_cc_bcc() -> None:
    one, two, three = (address(f"{name}@b.example") for name in "abc")

    assert a_draft(bcc=(three,), cc=(two,), to=(one,)).recipients == (one, two, three)


@pytest.mark.parametrize(
    ("fields", "field", "named"),
    [
        ({"subject": "Hi\r\nBcc: x@y"}, "subject", "a carriage return"),
        ({"subject": "Hi\n"}, "subject", "a line break"),
        ({"subject": "nul\x00"}, "subject", "a NUL"),
        ({"subject": "a\u2028b"}, "subject", r"U\+2028"),
        ({"subject": "a\ud800"}, "subject", r"U\+D800"),
        ({"body": Body(text="a\x00")}, "text", "a NUL"),
        ({"body": Body(html="a\udfff")}, "html", r"U\+DFFF"),
        ({"headers": (("X-A", "a\nb"),)}, "header", "a line break"),
    ],
)
def test_a_character_that_mail_cannot_carry_is_refused_with_its_field(
    fields: dict[str, Any], field: str, named: str
) -> None:
    with pytest.raises(FieldError, match=named) as caught:
        a_draft(**fields)

    assert caught.value.field == field


def test_text_may_hold_what_a_terminal_would_act_on() -> None:
    """Mail can carry it; the checks report it and the faces show a stand-in."""
    assert a_draft(body=Body(text="\x1b[2J\r\n\u202e")).body.text == "\x1b[2J\r\n\u202e"


@pytest.mark.parametrize(
    "name",
    ["Bcc", "FROM", "to", "Sender", "Content-Type", "content-id", "Resent-To",
     "DKIM-Signature", "ARC-Seal", "Received", "MIME-Version", "Message-ID"],
)  # fmt: skip
def test_a_reserved_header_is_refused(name: str) -> None:
    with pytest.raises(
        FieldError, match=f"The header {name} is set by tuimail"
    ) as caught:
        check_header(name, "x")

    assert caught.value.field == "header"


@pytest.mark.parametrize("name", ["", "X A", "X:A", "X\r\nBcc", "Ä", "X" * 77])
def test_what_is_no_header_name_is_refused(name: str) -> None:
    with pytest.raises(FieldError, match="is not the name of a header"):
        check_header(name, "x")


def test_any_other_header_is_taken() -> None:
    draft = a_draft(headers=(("X-Tag", "a\tb é"), ("List-Unsubscribe", "<https://a>")))

    assert [name for name, _ in draft.headers] == ["X-Tag", "List-Unsubscribe"]


def test_a_header_longer_than_servers_keep_is_refused() -> None:
    check_line("x" * 10_000, field="subject", what="The subject")

    with pytest.raises(FieldError, match="10001 characters, which is more than 10000"):
        check_line("x" * 10_001, field="subject", what="The subject")


def test_a_line_is_refused_for_the_same_characters_whatever_else_is_in_it() -> None:
    """One that is plainly harmless is not looked through."""
    for character in map(chr, range(0x3000)):
        is_refused = NOT_IN_A_LINE.search(character) is not None
        for line in (f"Order{character}1", f"Größe{character}1"):
            assert _is_refused(line) == is_refused


def _is_refused(line: str) -> bool:
    try:
        check_line(line, field="subject", what="The subject")
    except FieldError:
        return True
    return False


@pytest.mark.parametrize(
    "name", ["a.pdf", "...", ".profile", "ü" * 127, " a", "a b (1)"]
)
def test_a_plain_file_name_is_taken(name: str) -> None:
    assert attached(name).name == name


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "a/b", "a\\b", "../a", "ü" * 128, "x" * 256]
)
def test_what_is_no_plain_file_name_is_refused(name: str) -> None:
    with pytest.raises(
        FieldError, match="cannot be the name of an attachment"
    ) as caught:
        attached(name)

    assert caught.value.field == "attach"


def test_a_file_name_with_a_line_break_is_refused() -> None:
    with pytest.raises(
        FieldError, match="The name of an attachment contains a carriage"
    ):
        attached('a.txt"\r\nX-Evil: 1')


@pytest.mark.parametrize(
    "content_type",
    [
        "multipart/mixed",
        "message/rfc822",
        "text/plain; charset=x",
        "text",
        "a/b\r\n",
        "",
    ],
)
def test_a_type_that_no_attachment_can_have_is_refused(content_type: str) -> None:
    with pytest.raises(
        FieldError, match="is not a type an attachment can have"
    ) as caught:
        attached("a", content_type)

    assert caught.value.field == "attach"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"in_reply_to": "a@b"}, "in-reply-to"),
        ({"in_reply_to": "<a@b>\r\nBcc: x@y"}, "in-reply-to"),
        ({"references": ("<a@b>", "<c d>")}, "references"),
        ({"references": ("",)}, "references"),
    ],
)
def test_what_is_no_message_id_is_refused_with_its_field(
    fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(FieldError, match="is not a Message-ID") as caught:
        a_draft(**fields)

    assert caught.value.field == field


def test_a_message_id_may_be_long_but_not_longer_than_a_line() -> None:
    check_message_id(f"<{'x' * 900}>", field="references")

    with pytest.raises(FieldError):
        check_message_id(f"<{'x' * 901}>", field="references")


def test_a_file_is_named_by_its_sha256() -> None:
    assert file_digest(b"abc").startswith("ba7816bf8f01cfea")


class TestWhatMailCanSay:
    @pytest.mark.parametrize("name", ["X-Priority", "importance", "X-MSMail-Priority"])
    def test_a_priority_and_its_header_by_hand_are_one_too_many(
        self, name: str
    ) -> None:
        with pytest.raises(FieldError, match="priority already"):
            a_draft(priority=Priority.HIGH, headers=((name, "1"),))

        assert a_draft(headers=((name, "1"),)).headers

    def test_an_unsubscribe_address_and_its_header_are_one_too_many(self) -> None:
        with pytest.raises(FieldError, match="unsubscribe-url already"):
            a_draft(
                unsubscribe_url="https://x.example/u",
                headers=(("List-Unsubscribe", "<https://y.example>"),),
            )

    @pytest.mark.parametrize(
        "url",
        [
            "http://x.example/u", "https://", "https:///u", "https://x.example/a b",
            "https://x.example/<", "https://x.example/\r\nBcc: a@b", "mailto:a@b.c",
            "https://bücher.example/", "https://[::1", "https://x.example/" + "a" * 900,
            "javascript:alert(1)", "//x.example", "https://user:pw@x.example/u",
            "https://localhost/u", "https://x.example:99999/u", "https://x.example:0/",
        ],
    )  # fmt: skip
    def test_only_one_https_address_can_end_a_subscription(self, url: str) -> None:
        with pytest.raises(FieldError) as caught:
            a_draft(unsubscribe_url=url)

        assert caught.value.field == "unsubscribe-url"

    @pytest.mark.parametrize(
        "content_id",
        ["<logo>", "lo go", "logo>\r\nX-Evil: 1", "é", '"', "a" * 201, "a\x00", "(a)"],
    )
    def test_a_content_id_cannot_end_its_header(self, content_id: str) -> None:
        with pytest.raises(FieldError) as caught:
            Attachment(
                name="a.png",
                content_type="image/png",
                digest="",
                size_bytes=1,
                content_id=content_id,
            )

        assert caught.value.field == "inline"

    def test_a_content_id_names_one_picture(self) -> None:
        logo = replace(attached("a.png", "image/png"), content_id="logo@corp.example")

        with pytest.raises(FieldError, match=r"logo@corp\.example"):
            a_draft(attachments=(logo, logo))

        assert logo.is_inline
        assert not attached("a.png").is_inline

    @pytest.mark.parametrize("key", ["", "k\r\nX: 1", "a b", "é", "k" * 256, "\x7f"])
    def test_a_key_that_cannot_stand_in_a_request_is_refused(self, key: str) -> None:
        with pytest.raises(FieldError) as caught:
            check_idempotency_key(key)

        assert caught.value.field == "idempotency-key"

    def test_a_key_of_visible_ascii_is_fine(self) -> None:
        check_idempotency_key("order-17/retry?" + "k" * 240)


@pytest.mark.parametrize("name", ["X-SMTPAPI", "X-MC-BccAddress", "x-msys-api"])
def test_a_header_cannot_send_the_mail_to_others(name: str) -> None:
    """Providers take their recipients, who are in no envelope, from these."""
    with pytest.raises(FieldError, match="not named in it") as caught:
        check_header(name, "{}")

    assert caught.value.field == "header"


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("X-Campaign-ID", True),
        ("List-Id", True),
        ("Auto-Submitted", True),
        ("Supersedes", False),
        ("Control", False),
        ("Anything", False),
    ],
)
def test_programs_may_set_some_headers(name: str, *, may: bool) -> None:
    assert agents_may_set(name) is may
