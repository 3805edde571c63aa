import string
import time
from typing import Any

import pytest
from hypothesis import given, settings

from tests.core.corpus import rows
from tests.core.drafts import address, addresses
from tuimail.core import address as address_module
from tuimail.core.address import (
    Address,
    format_address,
    needs_smtputf8,
    parse_address,
    parse_addresses,
    quoted,
    split_items,
    wire_address,
    with_name,
)
from tuimail.errors import AddressError


@pytest.mark.parametrize("row", rows("address"))
def test_an_address_of_the_corpus_is_taken_or_refused(row: dict[str, Any]) -> None:
    """Findings about what is taken are for the checks, not for the grammar."""
    allowed = {row["expect"], *row.get("also_ok", ())}
    found = _parsed(row["input"]["value"])

    if isinstance(found, AddressError):
        assert "reject" in allowed
        assert found.field == "to"
    else:
        assert allowed - {"reject"}
        _check_must(found, row.get("must", {}))


def _parsed(text: str) -> Address | AddressError:
    try:
        return parse_address(text, field="to")
    except AddressError as error:
        return error


def _check_must(found: Address, must: dict[str, Any]) -> None:
    facts = {
        "addr": found.text,
        "name": found.name,
        "domain": found.domain,
        "wire_domain": wire_address(found).rpartition("@")[2],
        "needs_smtputf8": needs_smtputf8(found),
        "count": 1,
        "no_encoded_word_in_addr": "=?" not in wire_address(found),
    }
    assert must.items() - {("never_rcpt", must.get("never_rcpt"))} <= facts.items()
    assert wire_address(found) != must.get("never_rcpt")


@pytest.mark.parametrize(
    ("text", "local", "domain", "name"),
    [
        ("a@b", "a", "b", ""),
        ("  a@b  ", "a", "b", ""),
        ("a@LocalHost", "a", "localhost", ""),
        ("A.b@Example.TEST", "A.b", "example.test", ""),
        ("Jane  Doe <jane@b.example>", "jane", "b.example", "Jane Doe"),
        ("Dr. J. Doe <jane@b.example>", "jane", "b.example", "Dr. J. Doe"),
        ('"Doe, Jane"<jane@b.example>', "jane", "b.example", "Doe, Jane"),
        (r'"J \"JD\" \\ Doe" <j@b.example>', "j", "b.example", r'J "JD" \ Doe'),
        ('"" <j@b.example>', "j", "b.example", ""),
        ("Zoë 👩‍💻 ❤️ <z@b.example>", "z", "b.example", "Zoë 👩‍💻 ❤️"),
        (
            "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627 <a@b.example>",
            "a",
            "b.example",
            "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627",
        ),
        ("葛\U000e0100城 <k@b.example>", "k", "b.example", "葛\U000e0100城"),
        ('"john"@b.example', "john", "b.example", ""),
        ('"john doe"@b.example', '"john doe"', "b.example", ""),
        ("a@[192.0.2.1]", "a", "[192.0.2.1]", ""),
        ("a@[ipv6:2001:DB8::1]", "a", "[IPv6:2001:db8::1]", ""),
        ("a@[IPv6:2001:db8:0::1]", "a", "[IPv6:2001:db8::1]", ""),
        ("a@[IPv6:2001:0db8:0:0:0:0:0:1]", "a", "[IPv6:2001:db8::1]", ""),
        ("a@[IPv6:::ffff:c000:201]", "a", "[IPv6:::ffff:192.0.2.1]", ""),
        ("a@[IPv6:::FFFF:192.0.2.1]", "a", "[IPv6:::ffff:192.0.2.1]", ""),
        ("a@XN--BCHER-KVA.example", "a", "bücher.example", ""),
        ("a@straße.example", "a", "straße.example", ""),
        ("a@r3---sn-x.example", "a", "r3---sn-x.example", ""),
        ("a%b.example@c.example", "a%b.example", "c.example", ""),
        ("a+tag@b.example", "a+tag", "b.example", ""),
        ("1@2.example", "1", "2.example", ""),
        (
            "a@\u043f\u043e\u0447\u0442\u0430.\u0440\u0444",
            "a",
            "\u043f\u043e\u0447\u0442\u0430.\u0440\u0444",
            "",
        ),
        ("\u0938@b.example", "\u0938", "b.example", ""),
        ("O'Neil <o'neil@b.example>", "o'neil", "b.example", "O'Neil"),
    ],
)
def test_one_mailbox_is_read(text: str, local: str, domain: str, name: str) -> None:
    found = parse_address(text, field="to")

    assert found == Address(local=local, domain=domain, name=name)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "'' is empty"),
        ("   ", "'' is empty"),
        ("plain", "'plain' has no @"),
        ("<>", "'<>' has no @"),
        ("@b.example", "has nothing before the @"),
        ("Jo <@b.example>", "has nothing before the @"),
        ("a@", "has nothing after the @"),
        ("a@b.example, c@d.example", "names more than one mailbox"),
        ("a@b.example; c@d.example", "names more than one mailbox"),
        ("Bob <bob@b.example> <evil@d.example>", "names more than one mailbox"),
        ("a@b.example <c@d.example>", "names more than one mailbox"),
        ("a@b.example,", "has a comma or semicolon outside quotes"),
        ("Doe, Jane <j@b.example>", "has a comma or semicolon outside quotes"),
        ("team: a@b.example, c@d.example;", "is a group"),
        ("Nobody:;", "is a group"),
        ("mailto:a@b.example", "has a colon outside quotes"),
        ("Jane (work) <j@b.example>", "has a comment in brackets"),
        ("a@b.example (work)", "has a comment in brackets"),
        ('"Jane <j@b.example>', "has a quote that is not closed"),
        ("<<a@b.example>>", "has an angle bracket out of place"),
        ("a@b.example>", "has an angle bracket out of place"),
        ("Jane <a@b.example> x", "has an angle bracket out of place"),
        ("a b@c.example", "has a space where none may be"),
        ("a..b@c.example", "has a dot where none may be"),
        (".a@c.example", "has a dot where none may be"),
        ("a.@c.example", "has a dot where none may be"),
        ("a@c..example", "has a dot where none may be"),
        ("a@c.example.", "has a dot where none may be"),
        (r"a\b@c.example", "has a character that may not stand there"),
        ('"a@b"@c.example', "has a character that may not stand there"),
        ('"a,b"@c.example', "has a character that may not stand there"),
        ('""@c.example', "has a character that may not stand there"),
        ("=?utf-8?q?a?=@c.example", "has an encoded word before the @"),
        ("a\u00a0b@c.example", "has U+00A0 before the @"),
        ("\uff41@c.example", "has U+FF41 before the @"),
        ("می\u200cخ@c.example", "has U+200C before the @"),
        ("a@exam_ple.com", "has 'exam_ple', which cannot be part of a domain"),
        ("a@-b.example", "has '-b', which cannot be part of a domain"),
        ("a@\uff42.example", "cannot be part of a domain (IDNA 2008, lower case)"),
        ("a@BÜCHER.example", "cannot be part of a domain (IDNA 2008, lower case)"),
        ("a@xn--a.example", "cannot be part of a domain (IDNA 2008, lower case)"),
        ("a@192.0.2.1", "ends in a number; an IP address goes into brackets"),
        ("a@b.123", "ends in a number; an IP address goes into brackets"),
        ("a@[192.0.2.1", "has a character that may not stand there"),
        ("a@[192.0.2]", "has brackets without an IP address"),
        ("a@[IPv6:::1%lo]", "has a colon outside quotes"),
        ("a@b\uff0eexample", "cannot be part of a domain (IDNA 2008, lower case)"),
        ("a@\u200bb.example", "the invisible character U+200B"),
        ("a@\U0001f4a9.example", "cannot be part of a domain (IDNA 2008, lower case)"),
        ("a@xn--b.example", "cannot be part of a domain (IDNA 2008, lower case)"),
        ("a\uff20b.example", "has no @"),
        ("Jo <a@b.example> (x)", "has a comment in brackets"),
        ("@relay.example:a@b.example", "names more than one mailbox"),
        ('"a"b@c.example', "has a character that may not stand there"),
        ("a@b@c.example", "names more than one mailbox"),
        ("a@[192.0.02.1]", "has brackets without an IP address"),
        ("a@[example.com]", "has brackets without an IP address"),
        ("a@[IPv6:1::2::3]", "has brackets without an IP address"),
    ],
)
def test_anything_else_is_refused_in_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(AddressError) as caught:
        parse_address(text, field="cc")

    assert str(caught.value).startswith("The cc address ")
    assert reason in str(caught.value)
    assert caught.value.field == "cc"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a@b.example\r\nBcc: c@d.example", "a carriage return"),
        ("a@b.example\n", "a line break"),
        ("a\x00@b.example", "a NUL"),
        ("a\t@b.example", "a TAB"),
        ("Bob\x1b[2J <a@b.example>", "the control character U+001B"),
        ("Bob\u200b <a@b.example>", "the invisible character U+200B"),
        ("Bob \u202e <a@b.example>", "the invisible character U+202E"),
        ("Bob\u200d <a@b.example>", "the invisible character U+200D"),
        ("é\u200d\u200dé <a@b.example>", "the invisible character U+200D"),
        ("Bob\ufe0f <a@b.example>", "the invisible character U+FE0F"),
        ("❤\ufe0f\ufe0f <a@b.example>", "the invisible character U+FE0F"),
        ("Bob\ud800 <a@b.example>", "the broken character U+D800"),
    ],
)
def test_a_character_that_could_do_harm_is_named(text: str, name: str) -> None:
    with pytest.raises(
        AddressError, match=f"contains {name.replace('+', '.')}"
    ) as caught:
        parse_address(text, field="to")

    assert caught.value.field == "to"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        (f"{'x' * 65}@b.example", "has 65 octets before the @, where 64 are"),
        (f"{'é' * 33}@b.example", "has 66 octets before the @, where 64 are"),
        (f"a@{'x' * 64}.example", "has 64 characters between two dots, where 63 are"),
        (f"a@{'.'.join(['x' * 60] * 4)}.example.org", "has 257 octets, where 254 are"),
        (f"a@{'.'.join(['ü' * 56] * 4)}.org", "has 257 octets, where 254 are"),
        (f"{'N' * 501} <a@b.example>", "has 501 characters, which is more than 500"),
    ],
)
def test_limits_are_said_in_numbers(text: str, numbers: str) -> None:
    with pytest.raises(AddressError, match=numbers):
        parse_address(text, field="to")


@pytest.mark.parametrize(
    "text",
    [
        f"{'x' * 64}@b.example",
        f"a@{'x' * 63}.example",
        f"a@{'.'.join(['x' * 61] * 4)}.exam",
        f"{'N' * 500} <a@b.example>",
    ],
)
def test_what_is_exactly_at_a_limit_is_taken(text: str) -> None:
    assert parse_address(text, field="to").domain in text


def test_a_long_item_is_shown_shortened() -> None:
    with pytest.raises(AddressError) as caught:
        parse_address("x" * 100_000, field="to")

    assert len(str(caught.value)) < 120


@pytest.mark.parametrize(
    "unit", ['"', '\\"', "<", "a@", "a.", ".", "a,", ":;", '"\\', "=?", "(", " "]
)
def test_refusing_takes_time_in_proportion_to_length(unit: str) -> None:
    """Half a million characters would take minutes if it were quadratic."""
    text = f"a{unit * (500_000 // len(unit))}b"
    start = time.process_time()
    with pytest.raises(AddressError):
        parse_address(text, field="to")

    assert time.process_time() - start < 5


def test_every_item_of_a_list_is_one_mailbox() -> None:
    found = parse_addresses(["a@b.example", "C <c@d.example>"], field="to")

    assert [one.text for one in found] == ["a@b.example", "c@d.example"]


def test_a_list_is_refused_for_its_first_wrong_item() -> None:
    with pytest.raises(AddressError, match="'c' has no @"):
        parse_addresses(["a@b.example", "c", "d"], field="to")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("", ()),
        (" , ;\n", ()),
        ("a@b, c@d;e@f\ng@h", ("a@b", "c@d", "e@f", "g@h")),
        ('"Doe, Jane" <j@b>, k@b', ('"Doe, Jane" <j@b>', "k@b")),
        (r'"a\", b" <j@b>,k@b', (r'"a\", b" <j@b>', "k@b")),
        ('"open, j@b', ('"open, j@b',)),
        ('"open\\', ('"open\\',)),
    ],
)
def test_a_typed_list_is_split_outside_quotes(
    text: str, items: tuple[str, ...]
) -> None:
    assert split_items(text) == items


def test_a_name_may_be_given_apart() -> None:
    named = with_name(address("a@b.example"), "Doe, Jane", field="from-name")

    assert named == Address(local="a", domain="b.example", name="Doe, Jane")


@pytest.mark.parametrize("name", ["a\r\nb", "a\u202eb", "a\u200d"])
def test_a_name_given_apart_is_checked_under_its_own_field(name: str) -> None:
    with pytest.raises(AddressError, match="The from name contains") as caught:
        with_name(address("a@b.example"), name, field="from-name")

    assert caught.value.field == "from-name"


@pytest.mark.parametrize(
    ("local", "domain", "name"),
    [
        ("a b", "c", ""),
        ("a>", "c", ""),
        ("", "c", ""),
        ("a", "", ""),
        ("a", "b>c", ""),
        ("a", "b c", ""),
        ("a", "[evil]", ""),
        ("a\r\n", "c", ""),
        ("a", "c\n", ""),
        ("a", "c", "x\r\ny"),
    ],
)
def test_no_address_is_born_that_could_break_a_header(
    local: str, domain: str, name: str
) -> None:
    with pytest.raises(AddressError):
        Address(local=local, domain=domain, name=name)


@pytest.mark.parametrize(
    ("text", "wire"),
    [
        ("a@b.example", "a@b.example"),
        ("a@bücher.straße.example", "a@xn--bcher-kva.xn--strae-oqa.example"),
        ("ü@b.example", "ü@b.example"),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
    ],
)
def test_the_wire_gets_a_labels(text: str, wire: str) -> None:
    assert wire_address(address(text)) == wire


@pytest.mark.parametrize(
    ("text", "needed"), [("ü@b.example", True), ("u@ü.example", False)]
)
def test_only_a_local_part_that_is_not_ascii_needs_smtputf8(
    text: str, *, needed: bool
) -> None:
    assert needs_smtputf8(address(text)) is needed


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a@b.example", "a@b.example"),
        ('"Jane Doe" <a@b.example>', "Jane Doe <a@b.example>"),
        ('"Doe, Jane" <a@b.example>', '"Doe, Jane" <a@b.example>'),
        ('" Jane" <a@b.example>', '" Jane" <a@b.example>'),
        ('"Jane " <a@b.example>', '"Jane " <a@b.example>'),
        ('"J  D" <a@b.example>', '"J  D" <a@b.example>'),
        (r'"a\"b\\c" <a@b.example>', r'"a\"b\\c" <a@b.example>'),
        ("Jörg <a@bücher.example>", "Jörg <a@bücher.example>"),
    ],
)
def test_an_address_is_written_for_people(text: str, written: str) -> None:
    assert format_address(address(text)) == written


@settings(deadline=None, database=None)
@given(addresses())
def test_what_is_written_for_people_reads_back_the_same(one: Address) -> None:
    assert parse_address(format_address(one), field="to") == one


def test_quotes_and_backslashes_are_escaped_in_quotes() -> None:
    assert quoted(r'a"b\c') == r'"a\"b\\c"'


@pytest.mark.parametrize("shown", ["␛", "␀", "\u2039U+202E\u203a"])
def test_what_only_stands_for_an_unseen_character_is_in_no_address(shown: str) -> None:
    """A face shows it so, and what is typed again must not be another mailbox."""
    with pytest.raises(AddressError, match=r"has U\+2[04]"):
        parse_address(f"a{shown}b@example.org", field="to")


def test_what_may_stand_in_an_atom_is_what_the_standard_says_and_all_beyond() -> None:
    """RFC 5322 §3.2.3 with RFC 6531 §3.3; the grammar says what may not."""
    atext = set(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~")
    may = {
        sign for sign in map(chr, range(0x100)) if address_module._LOCAL.fullmatch(sign)
    }

    assert may == atext | {chr(code) for code in range(0x80, 0x100)}


@pytest.mark.parametrize(
    ("domain", "read"),
    [("EXAMPLE.org", "example.org"), ("B\u00fcCHER.example", "b\u00fccher.example")],
)
def test_a_domain_is_read_alike_however_often(domain: str, read: str) -> None:
    found = {parse_address(f"a@{domain}", field="to").domain for _ in range(3)}

    assert found == {read}


@pytest.mark.parametrize("domain", ["-a.example", "xn--a.example", "a.x..example"])
def test_a_wrong_domain_is_refused_however_often(domain: str) -> None:
    def refusal() -> str:
        with pytest.raises(AddressError) as caught:
            parse_address(f"a@{domain}", field="to")
        return str(caught.value)

    assert refusal() == refusal()


def test_what_may_stand_in_a_domain_is_lower_case_and_all_beyond_ascii() -> None:
    may = {
        sign
        for sign in map(chr, range(0x100))
        if address_module._DOMAIN.fullmatch(sign)
    }

    assert may == set(string.ascii_lowercase + string.digits + ".-") | {
        chr(code) for code in range(0x80, 0x100)
    }


def test_nothing_printable_in_ascii_is_refused_by_what_looks_beyond_it() -> None:
    """So a text of nothing else is not looked through."""
    plain = "".join(map(chr, range(0x20, 0x7F)))

    assert plain.isprintable()
    assert address_module._REFUSED.search(plain) is None
    assert address_module._LOOSE_IN_A_NAME.search(plain) is None
    assert address_module._NOT_IN_A_LOCAL.search(plain) is None
