import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

import pytest

from tests.core.corpus import rows
from tests.core.drafts import (
    CONTENT,
    DATE,
    MESSAGE_ID,
    SAID_TO_THE_PROVIDER,
    a_draft,
    address,
    attachment,
    head,
    header,
    image,
    planned,
    reader,
    rendered,
)
from tuimail.core import compose
from tuimail.core.address import Address, with_name
from tuimail.core.draft import Attachment, Body, Draft, Priority
from tuimail.core.message import EnvelopeRecipient, Role
from tuimail.core.service import ServiceOptions
from tuimail.core.wire.headers import TextHeader
from tuimail.core.wire.mime import FilePart, MultiPart, Part, TextPart
from tuimail.errors import FieldError, NotComposableError, PlanMismatchError

EVERYTHING = Draft(
    sender=address("Käthe Groß <k.gross@bücher.example>"),
    to=(address('"Doe, Jane" <jane@partner.example>'), address("bob@partner.example")),
    cc=(address("用户 <user@partner.example>"), address('"a b"@[192.0.2.1]')),
    bcc=(address("hidden@elsewhere.example"),),
    reply_to=(address("Antworten <antwort@bücher.example>"),),
    subject="Grüße aus Köln: der Bericht für das dritte Quartal 💩 und noch viel mehr",
    body=Body(
        text="Hallo,\r\nanbei der Bericht.\n\nFrom here on: = signs \nTschüß",
        html="<p>Hallo,<br>anbei der <b>Bericht</b>.<img src='cid:logo'></p>\r" * 3,
        is_flowed=True,
    ),
    attachments=(
        attachment("bericht.pdf"),
        image(),
        attachment("Übersicht für Köln.pdf"),
    ),
    headers=(("X-Campaign", "weekly"), ("X-Note", "Ünïcode " * 20)),
    in_reply_to="<1@partner.example>",
    references=("<0@partner.example>", "<1@partner.example>"),
    priority=Priority.HIGH,
    unsubscribe_url="https://corp.example/end?list=weekly&token=x",
    service=ServiceOptions(tags=(SAID_TO_THE_PROVIDER,)),
)


def parsed(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    return message


def names(draft: Draft) -> list[str]:
    return re.findall(r"^([!-9;-~]+):", head(draft), re.MULTILINE)


def test_the_same_draft_date_and_id_give_these_bytes_on_every_python() -> None:
    """Approvals name this digest, so no release may change it unasked."""
    digest = hashlib.sha256(rendered(EVERYTHING)).hexdigest()

    assert digest == (
        "99daab11f293398c12ea884bc3fc7f1d3e863c1ea71c998c841505406761dd35"
    )


def test_the_headers_stand_in_this_order() -> None:
    assert names(EVERYTHING) == [
        "Date", "From", "Reply-To", "To", "Cc", "Subject", "Message-ID",
        "In-Reply-To", "References", "X-Priority", "Importance", "X-MSMail-Priority",
        "List-Unsubscribe", "List-Unsubscribe-Post", "X-Campaign", "X-Note",
        "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert tuple(names(EVERYTHING)) == planned(EVERYTHING).header_names


def test_a_plain_mail_has_only_the_headers_it_needs() -> None:
    assert names(a_draft(body=Body(text="Hi"))) == [
        "Date", "From", "To", "Subject", "Message-ID", "MIME-Version",
        "Content-Type", "Content-Transfer-Encoding",
    ]  # fmt: skip


def test_nobody_reads_of_a_blind_recipient() -> None:
    raw = rendered(EVERYTHING)

    assert b"hidden" not in raw
    assert b"bcc" not in raw.lower()


def test_a_mail_with_blind_recipients_only_names_an_empty_group() -> None:
    draft = a_draft(bcc=(address("hidden@b.example"),))

    assert header(draft, "To") == "To: undisclosed-recipients:;"
    compose.compare_with_parser(_block(draft), planned(draft))


def test_a_mail_with_cc_only_needs_no_to() -> None:
    assert "To" not in names(a_draft(cc=(address("bob@b.example"),)))


@pytest.mark.parametrize(
    ("date", "written"),
    [
        (DATE, "Sat, 21 Nov 2026 05:36:53 +0000"),
        (
            datetime(2026, 1, 2, 1, 2, 3, 999_999, tzinfo=timezone(timedelta(hours=2))),
            "Thu, 01 Jan 2026 23:02:03 +0000",
        ),
        (datetime(987, 6, 5, tzinfo=UTC), "Tue, 05 Jun 0987 00:00:00 +0000"),
    ],
)
def test_the_date_is_written_in_utc_to_the_second(date: datetime, written: str) -> None:
    plan = compose.plan(a_draft(), message_id=MESSAGE_ID, date=date)

    block = next(compose.render(plan, read=reader()))
    assert block.startswith(f"Date: {written}\r\n".encode())
    assert plan.date == date.astimezone(UTC).replace(microsecond=0)


def test_a_date_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="has a time zone"):
        compose.plan(a_draft(), message_id=MESSAGE_ID, date=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize("message_id", ["", "a@b", "<a b>", "<a>\r\nBcc: x@y", "<a>\n"])
def test_a_message_id_that_is_none_is_refused(message_id: str) -> None:
    with pytest.raises(FieldError) as caught:
        compose.plan(a_draft(), message_id=message_id, date=DATE)

    assert caught.value.field == "message-id"


@pytest.mark.parametrize("of", [planned, compose.envelope])
def test_a_mail_for_nobody_is_refused_at_its_to(of: Any) -> None:
    with pytest.raises(NotComposableError, match="to, cc and bcc are empty") as caught:
        of(a_draft(to=()))

    assert caught.value.field == "to"


TEXT = TextPart(content_type="text/plain", text="t")
HTML = TextPart(content_type="text/html", text="h")
FILE = FilePart(
    name="report.pdf",
    content_type="application/pdf",
    digest=hashlib.sha256(CONTENT).hexdigest(),
    size_bytes=len(CONTENT),
)
IMAGE = FilePart(
    name="logo.png",
    content_type="image/png",
    digest=FILE.digest,
    size_bytes=FILE.size_bytes,
    content_id="logo",
    is_inline=True,
)
BOTH = MultiPart(subtype="alternative", parts=(TEXT, HTML))
EMPTY = TextPart(content_type="text/plain", text="")


def related(*parts: Part) -> MultiPart:
    return MultiPart(subtype="related", parts=parts)


def mixed(*parts: Part) -> MultiPart:
    return MultiPart(subtype="mixed", parts=parts)


@pytest.mark.parametrize(
    ("body", "attachments", "root"),
    [
        (Body(), (), EMPTY),
        (Body(text="t"), (), TEXT),
        (Body(text="t", is_flowed=True), (), replace(TEXT, is_flowed=True)),
        (Body(html="h"), (), HTML),
        (Body(text="t", html="h"), (), BOTH),
        (Body(), (attachment(),), mixed(EMPTY, FILE)),
        (Body(text="t", html="h"), (attachment(),), mixed(BOTH, FILE)),
        (Body(html="h"), (image(),), related(HTML, IMAGE)),
        (Body(text="t", html="h"), (image(),), related(BOTH, IMAGE)),
        (
            Body(text="t", html="h"),
            (image(), attachment(), image("second")),
            mixed(related(BOTH, IMAGE, replace(IMAGE, content_id="second")), FILE),
        ),
        (Body(text="t"), (image(),), mixed(TEXT, replace(IMAGE, is_inline=False))),
    ],
)
def test_parts_are_put_together_as_readers_expect(
    body: Body, attachments: tuple[Attachment, ...], root: MultiPart
) -> None:
    assert planned(a_draft(body=body, attachments=attachments)).root == root


@pytest.mark.parametrize(
    ("priority", "written"),
    [
        (Priority.HIGH, ("1", "high", "High")),
        (Priority.NORMAL, ("3", "normal", "Normal")),
        (Priority.LOW, ("5", "low", "Low")),
    ],
)
def test_how_urgent_it_is_is_said_in_the_words_of_every_program(
    priority: Priority, written: tuple[str, ...]
) -> None:
    message = parsed(rendered(a_draft(priority=priority)))

    names = ("X-Priority", "Importance", "X-MSMail-Priority")
    assert tuple(message[name] for name in names) == written


def test_a_subscription_can_be_ended_with_one_click() -> None:
    draft = a_draft(unsubscribe_url="https://corp.example/end?token=" + "x" * 850)

    assert header(draft, "List-Unsubscribe") == (
        f"List-Unsubscribe: <{draft.unsubscribe_url}>"
    )
    assert header(draft, "List-Unsubscribe-Post") == (
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
    )


def test_what_is_said_to_the_provider_is_not_in_the_bytes() -> None:
    silent = replace(EVERYTHING, service=a_draft().service)

    assert rendered(EVERYTHING) == rendered(silent)


def _block(draft: Draft) -> bytes:
    return next(compose.render(planned(draft), read=reader()))


def test_bytes_that_differ_from_the_plan_are_not_handed_out() -> None:
    """Not even the first piece: whoever writes them has written nothing yet."""
    plan = planned(a_draft())
    evil = replace(plan, headers=(*plan.headers, TextHeader(name="Bcc", text="x@y")))

    with pytest.raises(PlanMismatchError, match="Bcc"):
        next(compose.render(evil, read=reader()))


def test_a_header_block_of_another_draft_is_noticed_twice() -> None:
    plan = planned(a_draft())
    other = _block(a_draft(cc=(address("c@d.example"),)))

    with pytest.raises(PlanMismatchError, match="its headers are"):
        compose.check_block(other, plan)
    with pytest.raises(PlanMismatchError, match="reads other headers"):
        compose.compare_with_parser(other, plan)


def test_a_mailbox_of_another_draft_is_noticed_by_the_parser() -> None:
    plan = planned(a_draft())
    other = _block(a_draft(to=(address("evil@b.example"),)))

    with pytest.raises(PlanMismatchError, match="reads another To"):
        compose.compare_with_parser(other, plan)


def test_a_body_that_is_said_to_be_of_another_kind_is_noticed_by_the_parser() -> None:
    plan = planned(a_draft(body=Body(text="t", is_flowed=True)))
    other = _block(a_draft(body=Body(text="t")))

    with pytest.raises(PlanMismatchError, match="reads another Content-Type"):
        compose.compare_with_parser(other, plan)


@pytest.mark.parametrize(
    ("fields", "is_ascii"),
    [
        ({"to": (address("jörg@b.example"),)}, False),
        ({"to": (address("Jörg <j@bücher.example>"),)}, True),
        ({"bcc": (address("jörg@b.example"),)}, True),
    ],
)
def test_only_a_local_part_makes_a_header_utf8(
    fields: dict[str, Any], *, is_ascii: bool
) -> None:
    assert _block(a_draft(**fields)).isascii() is is_ascii


def test_the_envelope_names_everybody_once_in_order() -> None:
    draft = a_draft(
        sender=address("A <a@bücher.example>"),
        to=(address("B <b@B.example>"), address("Same@b.example")),
        cc=(address("other name <b@b.EXAMPLE>"), address("c@ü.example")),
        bcc=(address("same@b.example"), address("c@xn--tda.example")),
    )

    envelope = compose.envelope(draft)

    assert envelope.return_path == "a@xn--bcher-kva.example"
    assert not envelope.needs_smtputf8
    assert envelope.recipients == (
        EnvelopeRecipient(
            role=Role.TO, address="b@b.example", wire_address="b@b.example"
        ),
        EnvelopeRecipient(
            role=Role.TO, address="Same@b.example", wire_address="Same@b.example"
        ),
        EnvelopeRecipient(
            role=Role.CC, address="c@ü.example", wire_address="c@xn--tda.example"
        ),
        EnvelopeRecipient(
            role=Role.BCC, address="same@b.example", wire_address="same@b.example"
        ),
    )


@pytest.mark.parametrize("field", ["sender", "to", "cc", "bcc", "reply_to"])
def test_any_local_part_that_is_not_ascii_needs_smtputf8(field: str) -> None:
    """One in a header is as much of a reason as one in the envelope."""
    one = address("jörg@b.example")
    draft = a_draft(
        **{
            "to": (address("b@b.example"),),
            field: one if field == "sender" else (one,),
        }
    )

    assert compose.envelope(draft).needs_smtputf8


def test_an_attachment_is_not_read_before_its_part() -> None:
    def read(_digest: str) -> Iterator[bytes]:
        raise AssertionError("read too early")
        yield b""

    draft = a_draft(attachments=(attachment(),))

    assert next(compose.render(planned(draft), read=read)).endswith(b"\r\n\r\n")


LEFT_OUT = frozenset(
    {
        "hdr-028",  # an idempotency key is not mail
    }
)


@pytest.mark.parametrize("row", rows("header", leaving_out=LEFT_OUT))
def test_a_header_of_the_corpus_is_refused_or_comes_out_as_it_should(
    row: dict[str, Any],
) -> None:
    found = _draft_of(row["input"])
    allowed = {row["expect"], *row.get("also_ok", ())}

    if isinstance(found, FieldError):
        assert "reject" in allowed
        assert found.field
    else:
        assert allowed - {"reject"}
        _check_must(rendered(found), row.get("must", {}))


def _draft_of(given: dict[str, Any]) -> Draft | FieldError:
    try:
        return a_draft(**_fields_of(given))
    except FieldError as error:
        return error


def _fields_of(given: dict[str, Any]) -> dict[str, Any]:
    value, field = given["value"], given.get("header", given.get("field", ""))
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        "Subject": lambda: {"subject": value},
        "In-Reply-To": lambda: {"in_reply_to": value},
        "attachment.filename": lambda: {"attachments": (attachment(value),)},
        "attachment.content_id": lambda: {"attachments": (image(value),)},
        "attachment.mimetype": lambda: {"attachments": (_typed(value),)},
        "to": lambda: {"to": tuple(map(address, value))},
        "display_name": lambda: {"to": (_named(value),)},
    }
    if field in makers:
        return makers[field]()
    return {"headers": ((field, value),)}


def _typed(content_type: str) -> Attachment:
    return replace(attachment(), content_type=content_type)


def _named(name: str) -> Address:
    return with_name(address("bob@partner.example"), name, field="to")


def _check_must(raw: bytes, must: dict[str, Any]) -> None:
    message = parsed(raw)
    mailboxes = message["To"].addresses
    forbidden = must.get("no_header", "Bcc")
    read = {
        "subject": message["Subject"],
        "header_value": message["X-Campaign-ID"],
        "reparsed_count": len(mailboxes),
        "reparsed_addrs": [one.addr_spec for one in mailboxes],
        "wire_has_no_nul": b"\0" not in raw,
        "max_line": max(998, *map(len, raw.split(b"\r\n"))),
        "no_header": None if forbidden in message else forbidden,
    }

    assert {name: read[name] for name in must} == must


@pytest.mark.parametrize("row", [row for row in rows("spoof") if row.id == "spoof-008"])
def test_a_mail_of_the_corpus_for_nobody_is_refused(row: dict[str, Any]) -> None:
    given = row["input"]
    draft = a_draft(**{role: tuple(given[role]) for role in ("to", "cc", "bcc")})

    with pytest.raises(NotComposableError):
        planned(draft)


def test_an_attachment_type_keeps_its_letters() -> None:
    one = Attachment(
        name="a", content_type="application/vnd.x+zip", digest="", size_bytes=768
    )

    assert b'\r\nContent-Type: application/vnd.x+zip; name="a"\r\n' in rendered(
        a_draft(attachments=(one,))
    )
