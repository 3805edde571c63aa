import pytest

from tests.core.drafts import address
from tuimail.core.address import Address
from tuimail.core.wire.headers import (
    AddressHeader,
    TextHeader,
    TokenHeader,
    write_header,
    write_headers,
)
from tuimail.errors import FieldError


def text(value: str, *, name: str = "Subject") -> str:
    return write_header(TextHeader(name=name, text=value))


def mailboxes(*items: str) -> str:
    return write_header(AddressHeader(name="To", addresses=tuple(map(address, items))))


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Hello there", "Subject: Hello there\r\n"),
        ("", "Subject:\r\n"),
        ("a  b\tc", "Subject: a  b\tc\r\n"),
        ("Köln in Bonn", "Subject: =?utf-8?q?K=C3=B6ln?= in Bonn\r\n"),
        ("Köln Tür", "Subject: =?utf-8?q?K=C3=B6ln_T=C3=BCr?=\r\n"),
        ("a\té", "Subject: a\t=?utf-8?b?w6k=?=\r\n"),
        ("a  é", "Subject: a =?utf-8?q?_=C3=A9?=\r\n"),
        (" a b", "Subject: =?utf-8?q?_a?= b\r\n"),
        ("a b ", "Subject: a =?utf-8?q?b_?=\r\n"),
        (" ", "Subject: =?utf-8?q?_?=\r\n"),
        ("=?utf-8?q?x?=", "Subject: =?utf-8?q?=3D=3Futf-8=3Fq=3Fx=3F=3D?=\r\n"),
        ("=?a b?q?x y?=", "Subject: =?utf-8?b?PT9h?= b?q?x y?=\r\n"),
        ("/?a=?b", "Subject: /?a=?b\r\n"),
        ("\ta", "Subject: =?utf-8?q?=09a?=\r\n"),
        ("é a é", "Subject: =?utf-8?b?w6k=?= a =?utf-8?b?w6k=?=\r\n"),
    ],
)  # fmt: skip
def test_text_is_written_so_that_it_reads_back_the_same(
    value: str, written: str
) -> None:
    assert text(value) == written


def test_text_is_folded_before_a_word() -> None:
    lines = text("word " * 40 + "end").split("\r\n")

    assert all(len(line) <= 76 for line in lines)
    assert "".join(lines) == "Subject: " + "word " * 40 + "end"


def test_encoded_text_is_folded_within_76_characters() -> None:
    lines = text("Ünïcödé " * 40 + "end").split("\r\n")

    assert len(lines) > 10
    assert all(len(line) <= 76 for line in lines)


def test_a_long_word_without_a_place_to_fold_stays_on_its_line() -> None:
    """Such as a link: encoding it would keep programs from reading it."""
    link = f"<https://a.example/{'x' * 700}>"

    assert text(f"{link}, {link}", name="List-Unsubscribe") == (
        f"List-Unsubscribe: {link},\r\n {link}\r\n"
    )


def test_a_word_too_long_for_any_line_is_encoded() -> None:
    lines = text("x" * 5_000).split("\r\n")

    assert all(len(line) <= 76 for line in lines)
    assert lines[0].startswith("Subject: =?utf-8?q?xxx")


def test_a_name_that_leaves_no_room_still_gets_its_first_word() -> None:
    first, *others, end = text("é" * 60, name="X" * 76).split("\r\n")

    assert first.startswith("X" * 76 + ": =?utf-8?")
    assert all(len(line) <= 76 for line in others)
    assert end == ""


@pytest.mark.parametrize(
    ("item", "written"),
    [
        ("a@b.example", "To: a@b.example\r\n"),
        ("Jane Doe <a@b.example>", "To: Jane Doe <a@b.example>\r\n"),
        ("J. Doe <a@b.example>", 'To: "J. Doe" <a@b.example>\r\n'),
        ('"Doe, Jane" <a@b.example>', 'To: "Doe, Jane" <a@b.example>\r\n'),
        (r'"a\"b\\" <a@b.example>', 'To: "a\\"b\\\\" <a@b.example>\r\n'),
        ("Jörg <a@ü.org>", "To: =?utf-8?q?J=C3=B6rg?= <a@xn--tda.org>\r\n"),
        ("=?us?q?x?= <a@b.c>", "To: =?utf-8?b?PT91cz9xP3g/PQ==?= <a@b.c>\r\n"),
        ('"a  b" <a@b.example>', "To: =?utf-8?q?a__b?= <a@b.example>\r\n"),
        ('" a" <a@b.example>', "To: =?utf-8?q?_a?= <a@b.example>\r\n"),
        ('"a " <a@b.example>', "To: =?utf-8?q?a_?= <a@b.example>\r\n"),
        ("jörg@b.example", "To: jörg@b.example\r\n"),
    ],
)  # fmt: skip
def test_a_mailbox_is_written_without_touching_its_address(
    item: str, written: str
) -> None:
    assert mailboxes(item) == written


def test_mailboxes_are_folded_and_their_commas_stay_outside_words() -> None:
    written = mailboxes("x" * 60 + "@b.example", "ä <a@b.example>", "c@d.example")

    assert written == (
        f"To: {'x' * 60}@b.example,\r\n =?utf-8?b?w6Q=?= <a@b.example>, c@d.example\r\n"
    )


@pytest.mark.parametrize(
    "name", ["N" * 61, "word " * 60 + "x", "a@b.example " + "y" * 99]
)
def test_a_long_name_is_encoded_so_that_it_can_be_folded(name: str) -> None:
    one = Address(local="a", domain="b.example", name=name)
    lines = write_header(AddressHeader(name="To", addresses=(one, one))).split("\r\n")

    assert all(len(line) <= 76 for line in lines)
    assert all("@" not in line.replace("<a@b.example>", "") for line in lines)


def test_twenty_thousand_mailboxes_are_folded_like_two() -> None:
    one = Address(local="a", domain="b.example", name="Jane Döe")

    written = write_header(AddressHeader(name="To", addresses=(one,) * 20_000))

    assert written.count("<a@b.example>") == 20_000
    assert max(map(len, written.split("\r\n"))) <= 76


def test_tokens_are_folded_between_and_never_within() -> None:
    ids = tuple(f"<{'x' * 30}{number}@b.example>" for number in range(3))
    header = TokenHeader(name="References", tokens=ids)

    assert write_header(header) == f"References: {ids[0]}\r\n {ids[1]}\r\n {ids[2]}\r\n"
    assert header.value == " ".join(ids)


def test_headers_are_written_one_after_the_other() -> None:
    headers = (TextHeader(name="A", text="x"), TokenHeader(name="B", tokens=("y",)))

    assert write_headers(headers) == b"A: x\r\nB: y\r\n"


@pytest.mark.parametrize("value", ["a\r\nBcc: b@c.example", "a\n", "a\x00", "a\u2028b"])
def test_no_text_is_taken_that_could_end_the_line(value: str) -> None:
    with pytest.raises(FieldError) as caught:
        TextHeader(name="X-Tag", text=value)

    assert caught.value.field == "x-tag"


@pytest.mark.parametrize("name", ["", "X:A", "X A", "X\r\nBcc", "Ä", "X" * 77])
def test_no_name_is_taken_that_is_not_one(name: str) -> None:
    with pytest.raises(ValueError, match="is not the name of a header"):
        TextHeader(name=name, text="x")


@pytest.mark.parametrize(
    "tokens", [(), ("",), ("a\r\nb",), ("é",), (" a",), ("x" * 903,)]
)
def test_no_token_is_taken_that_could_not_stand_in_a_line(
    tokens: tuple[str, ...],
) -> None:
    with pytest.raises(ValueError, match="has a token of another kind"):
        TokenHeader(name="X-Tag", tokens=tokens)


def test_a_list_of_mailboxes_names_somebody() -> None:
    with pytest.raises(ValueError, match="The header Cc names nobody"):
        AddressHeader(name="Cc", addresses=())
