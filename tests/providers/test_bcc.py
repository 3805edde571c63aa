"""The copy that names blind recipients: as approved, but for one field."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

import pytest
from hypothesis import given

from tests.core.drafts import a_draft, address, drafts, rendered
from tuimail.core.compose import envelope
from tuimail.core.draft import Draft
from tuimail.core.message import Envelope, EnvelopeRecipient, Role
from tuimail.errors import PlanMismatchError, UnsupportedFeatureError
from tuimail.providers.bcc import with_bcc, with_bcc_ahead
from tuimail.testing import envelope_to

FIELD = re.compile(rb"^Bcc:[^\r]*\r\n(?: [^\r]*\r\n)*", re.MULTILINE)
EVERYBODY = {
    "to": (address("To Me <to@example.net>"),),
    "cc": (address("cc@example.net"),),
    "bcc": (address('"a b"@example.net'), address("hidden@bücher.example")),
}


def in_pieces(content: bytes, size: int) -> AsyncIterator[bytes]:
    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(content), size):
            yield content[start : start + size]

    return pieces()


def read(content: bytes) -> Message:
    return message_from_bytes(content)


def test_blind_recipients_are_named_at_the_end_of_the_header() -> None:
    draft = a_draft(**EVERYBODY)
    copy = with_bcc(rendered(draft), envelope(draft))

    found = read(copy)
    assert found.keys()[-1] == "Bcc"
    assert [one for _, one in getaddresses([found["Bcc"]])] == [
        '"a b"@example.net',
        "hidden@xn--bcher-kva.example",
    ]


@given(drafts())
def test_without_that_field_it_is_what_was_approved(draft: Draft) -> None:
    content, whom = rendered(draft), envelope(draft)
    copy = with_bcc(content, whom)

    hidden = [one for one in whom.recipients if one.role is Role.BCC]
    assert (copy == content) is not bool(hidden)
    assert FIELD.sub(b"", copy, count=bool(hidden)) == content
    assert FIELD.search(content.partition(b"\r\n\r\n")[0]) is None


def test_nobody_hidden_changes_nothing() -> None:
    draft = a_draft()

    assert with_bcc(rendered(draft), envelope(draft)) == rendered(draft)


def test_undisclosed_recipients_are_nobody() -> None:
    draft = a_draft(bcc=EVERYBODY["bcc"])
    content = rendered(draft)

    assert b"undisclosed-recipients" in content
    assert with_bcc(content, envelope(draft)).count(b"\r\nBcc: ") == 1


def test_whom_no_header_names_is_hidden_whatever_the_role() -> None:
    content = b"From: ada@example.org\r\n\r\nHi\r\n"

    assert with_bcc(content, envelope_to("a@example.net", "b@example.net")) == (
        b"From: ada@example.org\r\nBcc: a@example.net,\r\n b@example.net\r\n\r\nHi\r\n"
    )


def test_a_copy_for_fewer_than_the_header_names_is_refused() -> None:
    draft = a_draft(**EVERYBODY)
    whom = envelope(draft)
    fewer = replace(whom, recipients=whom.recipients[1:])

    with pytest.raises(UnsupportedFeatureError, match="header names to@") as raised:
        with_bcc(rendered(draft), fewer)

    assert raised.value.field == "to"


@pytest.mark.parametrize("field", [b"bcc: x@example.net", b"Resent-To: x@example.net"])
def test_a_header_that_names_more_is_none_of_ours(field: bytes) -> None:
    content = field + b"\r\nFrom: ada@example.org\r\n\r\nHi\r\n"

    with pytest.raises(PlanMismatchError, match="no header of ours"):
        with_bcc(content, envelope_to("a@example.net"))


@pytest.mark.parametrize(
    "content", [b"", b"From: ada@example.org\r\n", b"\r\n\r\n\r\n"]
)
def test_what_has_no_header_is_no_message(content: bytes) -> None:
    with pytest.raises(PlanMismatchError):
        with_bcc(content, envelope_to("a@example.net"))


@pytest.mark.parametrize(
    "wire", ["a@example.net, b@example.net", "a@example.net\r\nTo: b@example.net", "<a"]
)
def test_an_address_that_reads_otherwise_is_noticed(wire: str) -> None:
    """No address of ours is so; whatever it were, nothing leaves."""
    odd = Envelope(
        return_path="ada@example.org",
        recipients=(EnvelopeRecipient(role=Role.BCC, address=wire, wire_address=wire),),
    )

    with pytest.raises(PlanMismatchError, match="other recipients"):
        with_bcc(b"From: ada@example.org\r\n\r\nHi\r\n", odd)


@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_pieces_are_passed_on_as_they_come(size: int) -> None:
    draft = a_draft(**EVERYBODY)
    content = rendered(draft)

    added, pieces = await with_bcc_ahead(in_pieces(content, size), envelope(draft))

    whole = b"".join([piece async for piece in pieces])
    assert whole == with_bcc(content, envelope(draft))
    assert added == len(whole) - len(content)


async def test_pieces_without_a_header_are_no_message() -> None:
    with pytest.raises(PlanMismatchError, match="does not end"):
        await with_bcc_ahead(in_pieces(b"From: x\r\n", 3), envelope_to("a@example.net"))
