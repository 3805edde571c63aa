"""Messages taken apart: whatever our renderer writes comes back as it was meant."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from tests.core.drafts import (
    CONTENT,
    DATE,
    MESSAGE_ID,
    a_draft,
    address,
    attachment,
    drafts,
    image,
    rendered,
)
from tuimail.core import compose
from tuimail.core.address import Address, wire_address
from tuimail.core.draft import Attachment, Body, Draft, Priority
from tuimail.core.handed_in.words import read_words
from tuimail.core.message import Envelope
from tuimail.core.wire.encoding import with_lf
from tuimail.core.wire.flowed import trimmed
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.parts import Attached, Parts, parts_of
from tuimail.providers.sayable import further_headers
from tuimail.testing import RecordedJob
from tuimail.testing.jobs import envelope_to

PLAIN = b"From: ada@example.org\r\nTo: bob@example.net\r\n"
TO_BOB = envelope_to("bob@example.net")


def taken_apart(draft: Draft) -> Parts:
    return parts_of(rendered(draft), compose.envelope(draft))


def on_the_wire(addresses: tuple[Address, ...]) -> list[tuple[str, str]]:
    """Return addresses and names; who is named twice only once."""
    found = {wire_address(one): one.name for one in reversed(addresses)}
    order = dict.fromkeys(map(wire_address, addresses))
    return [(one, found[one]) for one in order]


def as_lines(text: str) -> str:
    lines = with_lf(text)
    return lines if not lines or lines.endswith("\n") else f"{lines}\n"


def as_attached(one: Attachment, *, is_inline: bool) -> Attached:
    return Attached(
        filename=one.name,
        content_type=one.content_type,
        content=CONTENT,
        content_id=one.content_id,
        is_inline=is_inline,
    )


@pytest.mark.slow
@settings(
    deadline=None,
    max_examples=200,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(drafts())
def test_every_field_of_every_draft_comes_back(draft: Draft) -> None:
    found = taken_apart(draft)

    to, cc, bcc = map(on_the_wire, (draft.to, draft.cc, draft.bcc))
    first = {one for one, _ in to}
    cc = [one for one in cc if one[0] not in first]
    shown = first | {one for one, _ in cc}
    assert on_the_wire((found.sender,)) == on_the_wire((draft.sender,))
    assert [(a.text, a.name) for a in found.to] == to
    assert [(a.text, a.name) for a in found.cc] == [
        one for one in cc if one[0] not in first
    ]
    assert [a.text for a in found.bcc] == [one for one, _ in bcc if one not in shown]
    assert found.others == ()
    assert found.subject == draft.subject
    _check_body(found, draft.body)
    _check_files(found, draft)
    _check_headers(found, draft)


def _check_body(found: Parts, body: Body) -> None:
    written = trimmed(with_lf(body.text)) if body.is_flowed else body.text
    assert found.html == (as_lines(body.html) if body.html else None)
    assert found.text == (as_lines(written) if body.text or not body.html else None)


def _check_files(found: Parts, draft: Draft) -> None:
    shown = {one.is_inline and bool(draft.body.html) for one in draft.attachments}
    assert found.attachments == tuple(
        as_attached(one, is_inline=is_shown)
        for is_shown in sorted(shown, reverse=True)
        for one in draft.attachments
        if (one.is_inline and bool(draft.body.html)) is is_shown
    )


def _check_headers(found: Parts, draft: Draft) -> None:
    assert found.headers == tuple(one[1:] for one in further_headers(draft))
    assert (found.message_id, found.date) == (
        MESSAGE_ID,
        DATE.strftime("%a, %d %b %Y %H:%M:%S +0000"),
    )
    by_hand = {name for name, _ in draft.headers}
    read = [(name, read_words(value)) for name, value in found.headers]
    assert [one for one in read if one[0] in by_hand] == list(draft.headers)


def test_a_letter_of_text_is_text_alone() -> None:
    draft = a_draft(body=Body(text="Grüße 🎉\n\n.\nEnde"))
    found = taken_apart(draft)

    assert found.text == "Grüße 🎉\n\n.\nEnde\n"
    assert (found.html, found.attachments, found.headers) == (None, (), ())


def test_html_without_text_has_none() -> None:
    found = taken_apart(a_draft(body=Body(html="<p>Hi</p>")))

    assert (found.text, found.html) == (None, "<p>Hi</p>\n")


def test_an_empty_text_is_a_text() -> None:
    assert taken_apart(a_draft()).text == ""


def test_a_byte_order_mark_in_a_text_stays_there() -> None:
    assert taken_apart(a_draft(body=Body(text="\ufeffx\n"))).text == "\ufeffx\n"


def test_paragraphs_that_were_cut_are_put_together() -> None:
    text = "Wort " * 40 + "Ende\n> " + "zitiert " * 20 + "Ende\n"
    found = taken_apart(a_draft(body=Body(text=text, is_flowed=True)))

    assert found.text == text


def test_all_that_a_mail_can_have_is_found_in_its_place() -> None:
    draft = a_draft(
        body=Body(text="Hi", html='<img src="cid:logo">'),
        attachments=(attachment("Übersicht 100%.pdf"), image()),
        reply_to=(address("Team <team@bücher.example>"),),
        priority=Priority.HIGH,
    )
    found = taken_apart(draft)

    assert [(one.filename, one.is_inline) for one in found.attachments] == [
        ("logo.png", True),
        ("Übersicht 100%.pdf", False),
    ]
    assert all(one.content == CONTENT for one in found.attachments)
    assert found.reply_to[0].text == "team@xn--bcher-kva.example"
    assert found.reply_to[0].name == "Team"
    assert found.headers[0] == ("X-Priority", "1")


def test_who_is_shown_and_not_asked_for_is_left_out() -> None:
    draft = a_draft(
        to=(address("a@b.example"), address("b@b.example")),
        cc=(address("c@b.example"),),
        bcc=(address("d@b.example"),),
    )
    everybody = compose.envelope(draft).recipients
    some = Envelope(return_path="x@b.example", recipients=everybody[1::2])
    found = parts_of(rendered(draft), some)

    assert [one.text for one in found.to] == ["b@b.example"]
    assert (found.cc, [one.text for one in found.bcc]) == ((), ["d@b.example"])
    assert {one.text for one in found.others} == {"a@b.example", "c@b.example"}


def test_who_is_named_twice_is_told_once() -> None:
    anna = address("Anna <a@b.example>")
    draft = a_draft(to=(anna, address("Other <a@b.example>")), cc=(anna,))
    found = taken_apart(draft)

    assert (found.to, found.cc) == ((anna,), ())


def test_blind_recipients_alone_are_no_more_than_that() -> None:
    found = taken_apart(a_draft(bcc=(address("d@b.example"),)))

    assert (found.to, [one.text for one in found.bcc]) == ((), ["d@b.example"])


def test_a_recipient_that_no_header_names_keeps_its_role() -> None:
    recorded = RecordedJob("first@example.net")
    found = parts_of(recorded.content, recorded.job.envelope)

    assert [one.text for one in found.to] == ["first@example.net"]
    assert (found.subject, found.text) == ("dots", ".\n..two\nplain\n")


def test_a_header_keeps_its_encoded_words() -> None:
    """What may not be 7-bit is told to a service as it would stand in a mail."""
    long = "Bücher und Wörter " * 9
    found = taken_apart(a_draft(headers=(("X-Note", long),)))

    ((name, value),) = found.headers
    assert name == "X-Note"
    assert value.isascii()
    assert read_words(value) == long


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"Subject: x\r\n\r\n", "From"),
        (b"From: a@b.example, c@b.example\r\n\r\n", "From"),
        (b"From: nobody\r\n\r\n", "no @"),
        (PLAIN + b"From: b@b.example\r\n\r\n", "2 times"),
        (PLAIN + b"Bcc: c@b.example\r\n\r\n", "Bcc"),
        (PLAIN + b"Sender: c@b.example\r\n\r\n", "Sender"),
        (PLAIN + b"Content-Type: text/calendar\r\n\r\n", "text/calendar"),
        (PLAIN + b"Content-Type: text/plain; name=a.txt\r\n\r\n", "text/plain"),
        (PLAIN + b"Content-Type: text/plain; charset=latin-1\r\n\r\n", "UTF-8"),
        (PLAIN + b"Content-Type: text/plain\r\n\r\n\xff\r\n", "UTF-8"),
        (
            PLAIN + b"Content-Type: text/plain\r\n"
            b"Content-Transfer-Encoding: x-odd\r\n\r\n",
            "x-odd",
        ),
        (PLAIN + b"Content-Type: multipart/mixed\r\n\r\n", "boundary"),
        (
            PLAIN + b"Content-Type: multipart/alternative; boundary=x\r\n\r\n"
            b"--x\r\nContent-Type: text/html\r\n\r\n\r\n"
            b"--x\r\n\r\n\r\n--x--\r\n",
            "text/html and text/plain",
        ),
        (
            PLAIN + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
            b"--x\r\n\r\nHi\r\n--x\r\n\r\nmore\r\n--x--\r\n",
            "neither text nor a file",
        ),
    ],
)
def test_what_we_never_write_is_not_guessed_at(content: bytes, why: str) -> None:
    with pytest.raises(UnsupportedFeatureError, match=re.escape(why)) as caught:
        parts_of(content, TO_BOB)

    assert caught.value.field == "message"


def test_a_file_without_a_name_has_none() -> None:
    content = (
        PLAIN + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
        b"--x\r\n\r\nHi\r\n--x\r\nContent-Type: image/PNG\r\n"
        b"Content-Disposition: attachment\r\n\r\nabc\r\n--x--\r\n"
    )
    found = parts_of(content, TO_BOB)

    assert found.attachments == (
        Attached(filename="", content_type="image/png", content=b"abc"),
    )


def test_the_same_bytes_give_the_same_parts() -> None:
    draft = a_draft(body=Body(text="Hi", html="<p>Hi"), attachments=(attachment(),))

    assert taken_apart(draft) == taken_apart(replace(draft, account="other"))
