import pytest

from tests.core.drafts import address
from tuimail.core.address import Address
from tuimail.core.wire.headers import (
    AddressHeader,
    HeaderField,
    TextHeader,
    TokenHeader,
    write_headers,
)
from tuimail.core.wire.reparse import compare
from tuimail.errors import PlanMismatchError

SUBJECT = TextHeader(name="Subject", text="Köln, =?utf-8?q?x?= and so on " * 10)
TO = AddressHeader(
    name="To",
    addresses=(
        Address(local="a", domain="bücher.example", name='Jörg "J" (x), <y@z>'),
        address('"a b"@[192.0.2.1]'),
        address('"Doe, J" <jörg@[IPv6:2001:db8::1]>'),
    ),
)
DATE = TokenHeader(name="Date", tokens=("Sat,", "21 Nov 2026"))
CONTENT = b"Content-Type: text/plain;\r\n charset=utf-8\r\n"


def check(block: bytes, *headers: HeaderField) -> None:
    names = (*(header.name for header in headers), "Content-Type")
    compare(
        block + CONTENT + b"\r\n",
        headers=headers,
        names=names,
        content_type="text/plain",
    )


def test_a_reader_gets_back_what_was_meant() -> None:
    check(write_headers((SUBJECT, TO, DATE)), SUBJECT, TO, DATE)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"Subject: x\r\nSubject: x\r\n",
        b"subject: x\r\n",
        b"Subject: x\r\nBcc: y\r\n",
        b"Subject: x\nBcc: y\r\n",
        b"Subject: x\rBcc: y\r\n",
        b"Subject: x\r\n\r\nmore\r\n",
    ],
)
def test_other_names_are_noticed(block: bytes) -> None:
    with pytest.raises(PlanMismatchError, match="reads other headers"):
        check(block, TextHeader(name="Subject", text="x"))


@pytest.mark.parametrize("value", [b"y", b"x y", b"", b"=?utf-8?q?y?="])
def test_another_text_is_noticed(value: bytes) -> None:
    with pytest.raises(PlanMismatchError, match="reads another Subject"):
        check(b"Subject: " + value + b"\r\n", TextHeader(name="Subject", text="x"))


@pytest.mark.parametrize(
    "value", [b"=?utf-8?q?=FF?=", b"=?nonsense?q?x?=", b"=?utf-8?b?a?="]
)
def test_text_that_cannot_be_decoded_is_noticed(value: bytes) -> None:
    with pytest.raises(PlanMismatchError, match="another parser cannot read"):
        check(b"Subject: " + value + b"\r\n", TextHeader(name="Subject", text="x"))


@pytest.mark.parametrize(
    "value",
    [
        b"b@b.example",
        b"a@b.example, c@d.example",
        b"a@b.example c@d.example",
        b"Jane <a@b.example>",
        b"Bob <a@b.example>, <c@d.example>",
        b'"Bob" <=?utf-8?q?a?=@b.example>',
        b"undisclosed-recipients:;",
    ],
)
def test_other_mailboxes_are_noticed(value: bytes) -> None:
    meant = AddressHeader(name="To", addresses=(address("Bob <a@b.example>"),))

    with pytest.raises(PlanMismatchError, match="reads another To"):
        check(b"To: " + value + b"\r\n", meant)


def test_another_token_is_noticed() -> None:
    with pytest.raises(PlanMismatchError, match="reads another Date"):
        check(b"Date: Sun, 22 Nov 2026\r\n", DATE)


def test_another_content_type_is_noticed() -> None:
    block = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"

    with pytest.raises(PlanMismatchError, match="reads multipart/mixed"):
        compare(block, headers=(), names=("Content-Type",), content_type="text/plain")


@pytest.mark.slow
def test_twenty_thousand_mailboxes_can_be_read_back() -> None:
    """The standard library's newer parser takes 40 seconds."""
    one = Address(local="a", domain="b.example", name="Jane Döe, Dr.")
    header = AddressHeader(name="To", addresses=(one,) * 20_000)

    check(write_headers((header,)), header)
