import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.address import parse_address
from tuimail.core.templates.values import (
    in_markdown,
    lifted,
    lowered,
    mailbox,
    path,
)
from tuimail.errors import FieldError

TEXTS = st.text(st.characters(max_codepoint=0xFFFFF, exclude_characters="\0")).filter(
    lambda text: text.isprintable() or "\n" in text
)


@given(TEXTS)
def test_a_value_comes_back_as_it_was(value: str) -> None:
    assert lowered(lifted(value)) == value


@given(TEXTS)
def test_a_lifted_value_may_be_lifted_again(value: str) -> None:
    assert lifted(lifted(value)) == lifted(value)


def test_letters_stay_where_they_are() -> None:
    assert lifted("Zoë Привет") == f"Zoë{chr(0x100020)}Привет"


def test_an_empty_value_is_something() -> None:
    assert lifted("") == "\U00100000"


def test_no_character_becomes_half_of_one() -> None:
    assert lowered("\U0010d800\U0010dfff").encode().decode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("O'Brien, Pat", "O'Brien, Pat"),
        ("Pat (Sales); <x@y.example>", "Pat (Sales); <x@y.example>"),
        ("evil@example.com", "evil@example.com"),
        ('Pat "PJ" O\\Brien', 'Pat "PJ" O\\Brien'),
        ('"O\'Brien, Pat"', "O'Brien, Pat"),
        (", ", ","),
        ("", ""),
    ],
)
def test_a_name_that_needs_quotes_gets_them(name: str, shown: str) -> None:
    found = parse_address(mailbox(f"{lifted(name)} <a@b.example>"), field="to")

    assert (found.name, found.text) == (shown, "a@b.example")


@pytest.mark.parametrize("name", ["O'Brien, Pat", 'Pat "PJ" B', "\\", '"', 'a", "b'])
def test_a_name_in_quotes_stays_within_them(name: str) -> None:
    found = parse_address(mailbox(f'"{lifted(name)}" <a@b.example>'), field="to")

    assert (found.name, found.text) == (name, "a@b.example")


def test_what_stands_beside_a_value_is_part_of_the_name() -> None:
    name = f"Dr. {lifted('O_Brien, Pat')} of {lifted('X')}"

    assert mailbox(f"{name} <a@b.example>") == '"Dr. O_Brien, Pat of X" <a@b.example>'


@pytest.mark.parametrize(
    "text", ["a@b.example", "Ada <a@b.example>", '"O, P" <a@b.example>', "", "a, b"]
)
def test_a_value_may_be_a_whole_mailbox(text: str) -> None:
    assert mailbox(lifted(text)) == mailbox(text) == text


@pytest.mark.parametrize("address", ["b@c.example> <d@e.example", "a, b", "a@b>,c@d"])
def test_a_value_within_brackets_is_never_more_than_one_address(address: str) -> None:
    with pytest.raises(FieldError):
        parse_address(mailbox(f"{lifted('O, P')} <{lifted(address)}>"), field="to")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"in/{lifted('R-5 (a).2')}.pdf", "in/R-5 (a).2.pdf"),
        (f"/in/{lifted('a')}/{lifted('b')}.pdf", "/in/a/b.pdf"),
        (f"../.in/a{lifted('.b')}{lifted('')}", "../.in/a.b"),
        (f"~/a{lifted('~')}", "~/a~"),
        ("", ""),
    ],
)
def test_a_value_is_a_part_of_a_path(text: str, found: str) -> None:
    assert path(text, field="attach") == found


@pytest.mark.parametrize(
    "text",
    [
        f"in/{lifted('../a')}.pdf",
        f"in/{lifted('a/b')}.pdf",
        lifted("/etc/passwd"),
        f"in/{lifted('..')}/a",
        f"in/.{lifted('.')}/a",
        f"in/.{lifted('')}/a",
        f"in/{lifted('.a')}",
        f"in/{lifted('')}.pdf",
        f"in/{lifted('')}/a",
        f"in/{lifted('')}",
        f"{lifted('~root')}/a",
        f"{lifted('')}~/a",
        f"in/{lifted('.')}{lifted('.')}/a",
    ],
)
def test_a_value_that_leads_elsewhere_is_refused(text: str) -> None:
    with pytest.raises(FieldError, match="cannot be a part of a path") as caught:
        path(text, field="attach")

    assert caught.value.field == "attach"
    assert caught.value.hint


def test_a_value_to_be_written_on_in_markdown_has_backslashes() -> None:
    text = f"**{lifted('*a* né')}** {lifted('')}"

    assert in_markdown(text) == r"**\*a\* né** "
