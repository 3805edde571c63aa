"""What a service cannot be told is refused, with the field named."""

from dataclasses import replace
from typing import Any

import pytest

from tests.core.drafts import a_draft, address, attachment, image, rendered
from tuimail.core import compose
from tuimail.core.address import with_name
from tuimail.core.draft import Body, Draft, Priority
from tuimail.errors import UnsupportedFeatureError
from tuimail.providers.parts import parts_of
from tuimail.providers.sayable import (
    Sayable,
    further_headers,
    is_read_otherwise,
    refuse_unsayable,
    rendered_bytes,
)

TWO = (address("Ada <a@b.example>"), address("b@b.example"))
HTML = Body(html='<img src="cid:logo">')
NOTHING = Sayable(
    most_recipients=1,
    has_cc=False,
    has_bcc=False,
    has_sender_name=False,
    has_recipient_names=False,
    most_reply_to=0,
    has_both_bodies=False,
    has_attachments=False,
    has_inline=False,
    most_bytes=100_000,
    may_say=lambda _name, _value: False,
)


def refusal(draft: Draft, sayable: Sayable) -> UnsupportedFeatureError:
    with pytest.raises(UnsupportedFeatureError) as caught:
        refuse_unsayable(draft, compose.envelope(draft), sayable, provider="The Post")
    return caught.value


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"cc": TWO[1:]}, "cc", "copies"),
        ({"bcc": TWO[1:]}, "bcc", "blind"),
        ({"to": TWO}, "to", "one recipient at a time, and there are 2"),
        ({"reply_to": TWO[1:]}, "reply-to", "takes no address for answers"),
        ({"sender": TWO[0]}, "from-name", "beside the sender"),
        ({"to": TWO[:1]}, "to", "no name beside a@b.example"),
        ({"body": Body(text="a", html="b")}, "html", "not both"),
        ({"attachments": (attachment(),)}, "attach", "no files"),
        ({"attachments": (image(),), "body": HTML}, "inline", "pictures"),
        ({"attachments": (image(),)}, "inline", "no files"),
        ({"headers": (("X-Tag", "a"),)}, "header", "X-Tag"),
        ({"in_reply_to": "<a@b>"}, "in-reply-to", "In-Reply-To"),
        ({"references": ("<a@b>",)}, "references", "References"),
        ({"priority": Priority.LOW}, "priority", "X-Priority"),
        ({"unsubscribe_url": "https://a.example/"}, "unsubscribe-url", "List-Unsub"),
        ({"body": Body(text="x\n" * 60_000)}, "text", "100,000 bytes"),
        ({"body": Body(html="x\n" * 60_000)}, "html", "about 180,"),
    ],
)
def test_what_cannot_be_said_is_named(
    fields: dict[str, Any], field: str, words: str
) -> None:
    error = refusal(a_draft(**fields), NOTHING)

    assert error.field == field
    assert str(error).startswith("The Post ")
    assert words in str(error)
    assert error.hint


WORD = "=?utf-8?Q?Chief_Executive?="
NAMED = with_name(address("a@b.example"), WORD, field="to")
LOOK_ALIKES: list[tuple[dict[str, Any], str]] = [
    ({"sender": NAMED}, "from-name"),
    ({"to": (NAMED,)}, "to"),
    ({"cc": (NAMED,)}, "cc"),
    ({"reply_to": (NAMED,)}, "reply-to"),
    ({"subject": WORD}, "subject"),
    ({"subject": "a=?iso-8859-1?b?QQ==?=b"}, "subject"),
    ({"subject": "=?x?q?with space?="}, "subject"),
    ({"attachments": (attachment(f"{WORD}.pdf"),)}, "attach"),
]


@pytest.mark.parametrize(("fields", "field"), LOOK_ALIKES)
def test_what_would_be_read_otherwise_is_refused_where_it_is_told(
    fields: dict[str, Any], field: str
) -> None:
    draft = a_draft(**fields)

    error = refusal(draft, Sayable(is_told=True))
    refuse_unsayable(draft, compose.envelope(draft), Sayable(), provider="The Post")

    assert error.field == field
    assert "encoded word" in str(error)
    assert is_read_otherwise(parts_of(rendered(draft), compose.envelope(draft)))


@pytest.mark.parametrize("subject", ["Why=? a?b", "=?=", "?q?", "=?q?=", "a =?b?= c"])
def test_what_only_has_the_signs_of_a_word_is_taken(subject: str) -> None:
    draft = a_draft(subject=subject)
    envelope = compose.envelope(draft)

    refuse_unsayable(draft, envelope, Sayable(is_told=True), provider="The Post")

    assert not is_read_otherwise(parts_of(rendered(draft), envelope))


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"to": TWO},
        {"cc": TWO, "bcc": TWO},
        {"reply_to": TWO},
        {"sender": TWO[0]},
        {"body": Body(text="a", html="b")},
        {"attachments": (attachment(), image()), "body": HTML},
        {"headers": (("X-Tag", "a"),), "priority": Priority.HIGH},
    ],
)
def test_what_can_be_said_is_not_refused(fields: dict[str, Any]) -> None:
    draft = a_draft(**fields)

    refuse_unsayable(draft, compose.envelope(draft), Sayable(), provider="The Post")


def test_the_least_of_mails_can_be_said_to_anybody() -> None:
    draft = a_draft(body=Body(text="x"))

    refuse_unsayable(draft, compose.envelope(draft), NOTHING, provider="The Post")


def test_too_many_recipients_are_named_where_the_first_is_too_many() -> None:
    draft = a_draft(to=TWO, cc=(address("c@b.example"),), bcc=(address("d@b.example"),))

    assert refusal(draft, Sayable(most_recipients=2)).field == "cc"
    assert refusal(draft, Sayable(most_recipients=3)).field == "bcc"


def test_too_many_addresses_for_answers_are_counted() -> None:
    error = refusal(a_draft(reply_to=TWO), Sayable(most_reply_to=1))

    assert "takes no more than 1 address for answers, and there are 2" in str(error)


def test_a_name_beside_a_copy_is_named_as_such() -> None:
    draft = a_draft(to=TWO[1:], cc=TWO[:1])

    assert refusal(draft, Sayable(has_recipient_names=False)).field == "cc"


def test_a_header_is_judged_by_the_value_that_will_be_told() -> None:
    draft = a_draft(headers=(("X-Note", "Grüße " * 30), ("Comments", "plain")))
    told = parts_of(rendered(draft), compose.envelope(draft)).headers

    assert tuple(one[1:] for one in further_headers(draft)) == told
    assert {field for field, _, _ in further_headers(draft)} == {"header"}


def test_the_size_is_about_what_is_rendered() -> None:
    body = Body(text="Grüße\n" * 9_000, html="<p>x" * 9_000)
    draft = a_draft(body=body, attachments=(attachment(), image()))

    assert abs(len(rendered(draft)) - rendered_bytes(draft)) < 2_000


def test_long_headers_and_blind_recipients_count() -> None:
    """Some services are told of them in a header, and all of it is in one request."""
    few = a_draft(headers=(("X-Note", "y" * 900),))
    many = replace(few, bcc=tuple(address(f"b{n}@example.net") for n in range(100)))

    assert rendered_bytes(few) > rendered_bytes(a_draft()) + 900
    assert rendered_bytes(many) > rendered_bytes(few) + 1_500
