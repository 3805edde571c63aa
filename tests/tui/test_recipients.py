"""What is typed into a field for recipients, and what becomes of it."""

from collections.abc import Callable

import pytest

from tuimail.tui.recipients import Entry, chip, chip_of, entry_of, split

ANA = "Ana Novák <ana@example.net>"
BO = "bo@example.org"


def typing(text: str, entry: Entry | None = None) -> Entry:
    entry = entry or Entry()
    for character in text:
        entry = entry.with_character(character)
    return entry


def texts(entry: Entry) -> list[str]:
    return [one.text for one in entry.chips]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a@b.c, d@e.f; g@h.i\nj@k.l", ["a@b.c", "d@e.f", "g@h.i", "j@k.l"]),
        ("a@b.c\r\n\r\nd@e.f\r", ["a@b.c", "d@e.f"]),
        ("a@b.c d@e.f", ["a@b.c", "d@e.f"]),
        ("A <a@b.c> D <d@e.f>", ["A <a@b.c>", "D <d@e.f>"]),
        ("A <a@b.c>\tD <d@e.f>", ["A <a@b.c>", "D <d@e.f>"]),
        ("a@b.c\td@e.f", ["a@b.c", "d@e.f"]),
        ("Ana Novák\tana@example.net", ['"Ana Novák" <ana@example.net>']),
        ("7\tAna\ta@b.c\tnote", ["7", '"Ana" <a@b.c>', "note"]),
        ("Novák, Ana <a@b.c>; Roy, C <c@d.e>",
         ['"Novák, Ana" <a@b.c>', '"Roy, C" <c@d.e>']),
        ('"Novák, Ana" <a@b.c>, d@e.f', ['"Novák, Ana" <a@b.c>', "d@e.f"]),
        ("bob, ana@example.net", ["bob", "ana@example.net"]),
        ("a, b, C <c@d.e>", ["a", "b", "C <c@d.e>"]),
        ("mailto:a@b.c", ["a@b.c"]),
        ("a\u00a0@b.c", ["a @b.c"]),
        ('"a b@c d', ['"a b@c d']),
        (" , ;\n", []),
    ],
)  # fmt: skip
def test_items_are_told_apart_by_whatever_separates_them(
    text: str, items: list[str]
) -> None:
    assert list(split(text)) == items


def test_a_name_is_what_stands_for_somebody_else_the_address() -> None:
    assert chip(ANA).label == "Ana Novák"
    assert chip(BO).label == BO


def test_what_is_no_address_says_why_and_stays_as_it_was_typed() -> None:
    found = chip("bo@")

    assert (found.text, found.label, found.mailbox) == ("bo@", "bo@", None)
    assert found.reason == "The address 'bo@' has nothing after the @."


def test_a_name_with_a_comma_is_quoted_when_it_is_put_together() -> None:
    found = chip_of("Novák, Ana", "ana@example.net")

    assert found.text == '"Novák, Ana" <ana@example.net>'


@pytest.mark.parametrize(
    ("typed", "done", "rest"),
    [
        (f"{BO},", [BO], ""),
        (f"{BO};", [BO], ""),
        (f"{ANA},{BO}", [ANA], BO),
        ("Novák, Ana <ana@example.net>,", ['"Novák, Ana" <ana@example.net>'], ""),
        ("bo;", ["bo"], ""),
        ('"Novák, A', [], '"Novák, A'),
        ('"No;', [], '"No;'),
        (",", [], ","),
    ],
)
def test_a_comma_or_a_semicolon_ends_a_recipient(
    typed: str, done: list[str], rest: str
) -> None:
    entry = typing(typed)

    assert (texts(entry), entry.typed) == (done, rest)


def test_everything_is_one_text_that_is_read_as_the_same() -> None:
    entry = typing(f"{ANA},bo@,zo", Entry())

    assert entry.value == f"{ANA}, bo@, zo"
    assert entry_of(entry.value).value == entry.value


def test_what_is_not_done_yet_is_text_again_and_not_a_recipient() -> None:
    entry = entry_of(f"{BO}, ana@")

    assert (texts(entry), entry.typed, entry.cursor) == ([BO], "ana@", 4)


def test_what_a_terminal_could_act_upon_is_shown_and_is_no_address() -> None:
    entry = Entry().with_paste("a\x1b[31m@example.org, b\u202e@example.org")

    assert all(one.mailbox is None for one in entry.chips)
    assert "\x1b" not in entry.value
    assert "\u202e" not in entry.value


@pytest.mark.parametrize(
    ("pasted", "done", "rest"),
    [
        (f"{ANA}\n{BO}", [ANA, BO], ""),
        (BO, [BO], ""),
        ("half", [], "half"),
        ("Ana\n", [], "Ana"),
        ("bob; ana@", ["bob", "ana@"], ""),
        ("  ", [], "  "),
    ],
)
def test_a_paste_is_recipients_if_it_can_be(
    pasted: str, done: list[str], rest: str
) -> None:
    entry = Entry().with_paste(pasted)

    assert (texts(entry), entry.typed) == (done, rest)


def test_a_paste_behind_text_goes_on_with_it() -> None:
    assert typing("an").with_paste("a@example.net").typed == "ana@example.net"
    assert texts(typing("an").with_paste("a@b.c, d@e.f")) == ["ana@b.c", "d@e.f"]


def test_leaving_the_field_makes_recipients_only_of_what_is_some() -> None:
    assert texts(typing(BO).settled()) == [BO]
    assert typing("bo@").settled().typed == "bo@"


def test_backspace_marks_a_recipient_and_then_removes_it() -> None:
    entry = entry_of(f"{ANA}, {BO}, x").backspaced()
    marked = entry.backspaced()
    removed = marked.backspaced()

    assert entry.typed == ""
    assert marked.marked == chip(BO)
    assert texts(removed) == [ANA]
    assert removed.marked == chip(ANA)
    assert removed.backspaced() == Entry()
    assert removed.backspaced().backspaced() == Entry()


def test_letters_are_removed_on_both_sides_of_the_cursor() -> None:
    entry = typing("abcd").moved(-2)

    assert entry.backspaced().typed == "acd"
    assert entry.deleted().typed == "abd"
    assert entry.with_character("x").typed == "abxcd"


def test_delete_removes_the_marked_recipient() -> None:
    entry = entry_of(f"{ANA}, {BO}").choosing(0).deleted()

    assert (texts(entry), entry.marked) == ([BO], chip(BO))
    assert entry.at_end().without_marked() == entry.at_end()


def test_the_cursor_goes_through_text_and_recipients_and_back() -> None:
    entry = entry_of(f"{ANA}, {BO}, x")
    steps: list[Callable[[Entry], Entry]] = [
        lambda one: one.moved(-1),
        lambda one: one.moved(-1),
        lambda one: one.moved(-1),
        lambda one: one.moved(-1),
        lambda one: one.moved(1),
        lambda one: one.moved(1),
        lambda one: one.moved(1),
        lambda one: one.moved(1),
    ]
    places = []
    for step in steps:
        entry = step(entry)
        places.append((entry.chosen, entry.cursor))

    assert [chosen for chosen, _ in places] == [None, 1, 0, 0, 1, None, None, None]
    assert [cursor for _, cursor in places][-3:] == [0, 1, 1]


def test_home_goes_to_the_text_first_and_end_back_behind_it() -> None:
    entry = entry_of(f"{ANA}, {BO}, xyz")

    assert (entry.at_start().chosen, entry.at_start().cursor) == (None, 0)
    assert entry.at_start().at_start().chosen == 0
    assert entry.at_start().at_start().at_end().cursor == 3
    assert Entry().at_start() == Entry()


def test_a_recipient_is_typed_again_where_it_ends() -> None:
    entry = typing(BO, entry_of(f"bo@, {ANA}, ")).choosing(0).edited()

    assert (texts(entry), entry.typed, entry.cursor) == ([ANA, BO], "bo@", 3)
    assert entry.edited() == entry


def test_a_word_or_all_that_is_typed_is_taken_off_at_once() -> None:
    entry = typing("Ana Novák <an")

    assert entry.without_word().typed == "Ana Novák "
    assert entry.without_word().without_word().typed == "Ana "
    assert entry.without_text().typed == ""


def test_typing_takes_the_mark_off() -> None:
    entry = entry_of(f"{ANA}, {BO}").choosing(0).with_character("x")

    assert (entry.chosen, entry.typed) == (None, "x")


def test_who_was_meant_takes_the_place_of_what_was_typed() -> None:
    entry = typing("an", entry_of(f"{BO}, ")).with_chip(chip(ANA))

    assert entry.value == f"{BO}, {ANA}"
    assert entry.typed == ""
