import pytest

from tests.core.handed_in.mails import codes, read, the_one
from tuimail.core.address import format_address
from tuimail.core.finding import Severity
from tuimail.core.handed_in.mailboxes import read_mailboxes, without_comments
from tuimail.core.handed_in.notes import Notes
from tuimail.errors import AddressError


def found(*values: str) -> list[str]:
    read = read_mailboxes(values, field="to", notes=Notes())
    return [format_address(one) for one in read]


@pytest.mark.parametrize(
    ("value", "mailboxes"),
    [
        ("bob@b.example", ["bob@b.example"]),
        (
            "Bob Lee <bob@b.example>,\tann@a.example",
            ["Bob Lee <bob@b.example>", "ann@a.example"],
        ),
        (
            '"Lee, Bob; jr. (x)" <bob@b.example>, <ann@a.example>',
            ['"Lee, Bob; jr. (x)" <bob@b.example>', "ann@a.example"],
        ),
        (
            r'"a \"b\" c" <bob@b.example>',
            [r'"a \"b\" c" <bob@b.example>'],
        ),
        ("a@[IPv6:2001:db8::1], b@b.example", ["a@[IPv6:2001:db8::1]", "b@b.example"]),
        (", a@b.example, ,", ["a@b.example"]),
        ("", []),
        ("undisclosed-recipients:;", []),
        ('"Nobody at all": ;, a@b.example', ["a@b.example"]),
        ("=?utf-8?q?Lin=2C_M=C3=A4ra?= <m@b.example>", ['"Lin, Mära" <m@b.example>']),
        ("Mära <m@b.example>", ["Mära <m@b.example>"]),
        ("bob@bücher.example", ["bob@bücher.example"]),
        ("Bob (the \\) (inner) man) <bob@b.example> (end)", ["Bob <bob@b.example>"]),
        ('"(no comment)" <bob@b.example>', ['"(no comment)" <bob@b.example>']),
    ],
)
def test_a_list_is_read_mailbox_by_mailbox(value: str, mailboxes: list[str]) -> None:
    assert found(value) == mailboxes


@pytest.mark.parametrize(
    "value",
    [
        "Team: ann@a.example, bob@b.example;",
        "Team: ann@a.example",
        "ann@a.example; bob@b.example",
        "bob@b.example(comment)evil.example",
        "bob(comment)@b.example",
        "bob@b.example)",
        "(bob@b.example",
        '"Bob <bob@b.example>',
        "<<bob@b.example>",
        "<bob@b.example",
        "mailto:bob@b.example",
        "<@route.example:bob@b.example>",
        "bob",
        "=?utf-8?q?bob=40b.example?=",
        "Bob <bob@b.example> <eve@e.example>",
        "bob@[IPv6:zz",
    ],
)
def test_what_is_not_one_mailbox_is_refused_by_the_name_of_its_field(
    value: str,
) -> None:
    with pytest.raises(AddressError) as caught:
        found(value)

    assert caught.value.field == "to"


def test_a_comment_is_left_out_and_noted() -> None:
    finding = the_one(read("Cc: ann@a.example (Ann)", "", "x"))

    assert (finding.code, finding.severity) == ("addr.comment", Severity.INFO)
    assert (finding.field, finding.place) == ("cc", "(Ann)")


@pytest.mark.parametrize("depth", [1, 3, 20_000])
def test_comments_nest_to_any_depth(depth: int) -> None:
    assert found("(" * depth + ")" * depth + " bob@b.example") == ["bob@b.example"]


def test_a_comment_never_joins_what_is_around_it() -> None:
    assert without_comments("a(b)c") == ("a c", "(b)")


def test_a_name_in_an_unknown_charset_stays_and_is_noted() -> None:
    note = read("Cc: =?x-none?q?a?= <a@a.example>", "", "x")

    assert note.cc[0].name == "=?x-none?q?a?="
    assert codes(note) == ["mime.charset"]


def test_a_name_that_decodes_to_a_line_end_is_refused() -> None:
    with pytest.raises(AddressError, match="line break"):
        found("=?utf-8?q?a=0AB?= <a@a.example>")


@pytest.mark.parametrize(
    "value",
    ['"\\' * 500_000, "<a" * 500_000, ":" * 900_000, "[" * 900_000, "(" * 900_000],
)
def test_a_megabyte_of_beginnings_is_refused_at_once(value: str) -> None:
    with pytest.raises(AddressError):
        found(value)


def test_twenty_thousand_mailboxes_are_read() -> None:
    value = ", ".join(f"N <user{number}@a.example>" for number in range(20_000))

    assert len(found(value)) == 20_000
