"""What changed, told so that nothing in a mail can pretend to be a change."""

from dataclasses import replace
from typing import Any

import pytest

from tests.tui.conftest import Desk
from tuimail.core.display import is_inert
from tuimail.core.draft import Body, Priority
from tuimail.tui import comparing
from tuimail.tui.widgets.prose import Kind
from tuimail.workspace.views import Earlier, Page


@pytest.fixture
def page(desk: Desk) -> Page:
    return desk.page(desk.write().id)


def changed(page: Page, **changes: Any) -> Page:
    """Return ``page`` at revision 2, whose draft has ``changes``."""
    now = replace(page.draft, **changes)
    row = replace(page.row, revision=2)
    return replace(page, row=row, draft=now, previous=page.draft, first=page.draft)


def lines(page: Page, *, is_folded: bool = True) -> list[str]:
    (tab,) = comparing.tabs(page)
    shown = tab.folded if is_folded else tab.text
    assert shown is not None
    return [
        f"{one.label} {one.text}".strip()
        for number in range(len(shown))
        for one in shown.block(number)
    ]


def test_a_first_revision_that_answers_nothing_has_nothing_to_compare(
    page: Page,
) -> None:
    assert list(comparing.tabs(page)) == []


def test_words_are_marked_within_a_line_that_changed(page: Page) -> None:
    new = Body(text="Hi Ana,\n\nthe figures are below.\nBye\n")

    found = lines(changed(page, body=new))

    assert found[0] == "What changed from revision 1 to 2."
    assert "~ the [-numbers-]{+figures+} are below." in found
    assert "+ Bye" in found


def test_people_subject_files_and_what_is_asked_are_compared_too(page: Page) -> None:
    eve = replace(page.draft.to[0], local="eve", name="Eve")
    now = changed(
        page, to=(eve,), subject="Q4", account="", priority=Priority.HIGH,
        headers=(("X-Run", "7"),),
    )  # fmt: skip

    found = lines(now)

    assert "- To Ana Novák <ana@example.net>" in found
    assert "+ To Eve <eve@example.net>" in found
    assert "- Subject Q3 report" in found
    assert "+ Subject Q4" in found
    assert "- Via work" in found
    assert "+ Asks high" in found
    assert "+ Header X-Run: 7" in found


def test_letters_that_pose_as_others_are_marked_in_a_comparison(page: Page) -> None:
    new = Body(text="Hi Ana,\n\nthe numbers are at p\u0430ypal.\n")

    found = lines(changed(page, body=new, subject="From p\u0430ypal"))

    assert "+ Subject From p\u2039\u0430\u203aypal" in found
    assert any("at p\u2039\u0430\u203aypal" in one for one in found)


def test_text_with_marks_of_its_own_is_shown_in_two_lines(page: Page) -> None:
    was = Body(text="pay [-nobody-]{+Ana+} 5")
    now = Body(text="pay [-nobody-]{+Ana+} 6")
    shown = replace(changed(page, body=now), previous=replace(page.draft, body=was))

    found = lines(shown)

    assert "- pay [-nobody-]{+Ana+} 5" in found
    assert "+ pay [-nobody-]{+Ana+} 6" in found


def test_what_is_the_same_is_folded_and_said_so(page: Page) -> None:
    assert lines(changed(page))[1:] == ["Nothing changed."]


def test_lines_far_from_a_change_are_left_out(page: Page) -> None:
    text = "\n".join(f"line {number}" for number in range(20))
    before = replace(page.draft, body=Body(text=text))
    after = Body(text=text.replace("line 10", "tenth line"))

    found = lines(replace(changed(page, body=after), previous=before))

    assert "line 7" in found
    assert "line 6" not in found
    assert found.count("…") == 2
    assert "line 6" in lines(
        replace(changed(page, body=after), previous=before), is_folded=False
    )


def test_very_much_is_cut_and_told_to_be_rough(page: Page) -> None:
    before = "\n".join(f"{number} " + "a " * 40 for number in range(4_000))
    after = "\n".join(f"{number} " + "b " * 40 for number in range(4_000, 0, -1))
    was = replace(page.draft, body=Body(text=before))

    found = lines(replace(changed(page, body=Body(text=after)), previous=was))

    assert any("Too much changed" in line for line in found)
    assert found[-1] == "… it goes on, not shown here."
    assert len(found) < comparing.MOST_LINES + 10


def test_every_way_to_compare_has_its_turn(page: Page) -> None:
    parent = replace(page.draft, body=Body(text="When?\nWhere?\n"))
    reply = Body(text="> When?\n> Who?\nToday.\n")
    shown = changed(page, body=reply)
    earlier = Earlier(draft_id="abc", why="duplicate", decision=None, draft=page.draft)
    shown = replace(
        shown,
        row=replace(shown.row, revision=3),
        answered=parent,
        earlier_decision=earlier,
    )

    (tab,) = comparing.tabs(shown)
    titles = [tab.turned(count).title for count in range(5)]
    answered = [f"{one.label} {one.text}" for one in tab.turned(2).paragraphs]

    assert titles == [
        "Diff 1/4",
        "Diff 2/4",
        "Diff 3/4",
        "Diff 4/4",
        "Diff 1/4",
    ]
    assert " > When?" in answered
    assert "~ > [-Where-]{+Who+}?" in answered


def test_the_mail_that_is_replaced_is_called_so(page: Page) -> None:
    earlier = Earlier(draft_id="abc", why="revises", decision=None, draft=page.draft)

    (tab,) = comparing.tabs(replace(page, earlier_decision=earlier))

    assert tab.title == "Diff"
    assert tab.paragraphs[0].text == "The mail that is replaced, and this one."


def test_nothing_in_a_comparison_acts(page: Page) -> None:
    hostile = "\x1b[c \x9b31m \u202eabc \u200b \x0b\x0c \u2028 [/b]"
    before = replace(page.draft, body=Body(text=f"same {hostile}\nold {hostile}"))
    after = Body(text=f"same {hostile}\nnew {hostile}", html=hostile)

    (tab,) = comparing.tabs(replace(changed(page, body=after), previous=before))

    for one in tab.paragraphs:
        assert all(map(is_inert, one.text)), ascii(one.text)


def test_a_removed_line_and_an_added_one_differ_in_more_than_colour(
    page: Page,
) -> None:
    was = replace(page.draft, body=Body(text="gone"))

    (tab,) = comparing.tabs(
        replace(changed(page, body=Body(text="come")), previous=was)
    )
    marked = [(one.label, one.kind) for one in tab.paragraphs if one.label]

    assert marked == [("-", Kind.REMOVED), ("+", Kind.ADDED)]


def test_words_that_changed_are_counted(page: Page) -> None:
    now = replace(page.draft, body=Body(text="Hi Ana,\n\nthe figures are below.\n"))

    assert comparing.words_changed(page.draft, now) == 1
    assert comparing.words_changed(page.draft, page.draft) == 0


def test_marks_of_changed_words_have_colours_that_repeat_them(page: Page) -> None:
    now = changed(page, body=Body(text="Hi Ana,\n\nthe figures are below.\n"))

    (tab,) = comparing.tabs(now)
    (line,) = [one for one in tab.paragraphs if one.spans]

    assert [(line.text[a:b], kind) for a, b, kind in line.spans] == [
        ("[-numbers-]", Kind.REMOVED),
        ("{+figures+}", Kind.ADDED),
    ]


def test_what_was_seen_last_comes_first_where_it_is_not_the_one_before(
    page: Page,
) -> None:
    seen = replace(page.draft, subject="Q2")
    now = changed(page, subject="Q4")

    (tab,) = comparing.tabs(now, seen)
    (same,) = comparing.tabs(now, now.previous)

    assert tab.paragraphs[0].text == "What changed since you looked last."
    assert same.paragraphs[0].text == "What changed from revision 1 to 2."


def test_what_changed_stands_under_what_it_is(page: Page) -> None:
    eve = replace(page.draft.to[0], local="eve", name="Eve")
    now = changed(page, to=(eve,), subject="Q4", body=Body(text="Other.\n"))

    found = lines(now)

    headings = ("Header", "Recipients", "Text")
    assert [one for one in found if one in headings] == list(headings)


def test_many_new_quoted_lines_are_told_by_their_number(page: Page) -> None:
    quote = "".join(f"> line {number}\n" for number in range(6))
    now = changed(page, body=Body(text=page.draft.body.text + quote))

    assert "+ 6 quoted lines, new here; z shows them" in lines(now)
    beside = comparing.between(page.draft, now.draft, what="They differ.")
    assert "6 quoted lines, new here" in [one.text for one in beside]
    assert "+ > line 3" in lines(now, is_folded=False)
    assert "+ > line 3" not in lines(now)


def test_a_few_new_quoted_lines_are_shown(page: Page) -> None:
    now = changed(page, body=Body(text=page.draft.body.text + "> one\n"))

    assert "+ > one" in lines(now)


def test_new_words_of_a_text_are_found_by_line() -> None:
    found = comparing.changed_words("one\ntwo three\n", "one\ntwo four\tfive\nsix")

    assert {line: [span[:2] for span in spans] for line, spans in found.items()} == {
        1: [(4, 16)],
        2: [(0, 3)],
    }


def test_words_of_a_very_long_text_are_not_marked() -> None:
    assert comparing.changed_words("a" * comparing.MOST_MARKED, "b") == {}


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            "please find the quote",
            "here is the quote",
            "[-please find-]{+here is+} the quote",
        ),
        ("one two", "one 2 two", "one {+2 +}two"),
        ("a b, c", "x y, c", "[-a b-]{+x y+}, c"),
        ("keep gone", "keep", "keep[- gone-]"),
    ],
)
def test_words_that_were_replaced_together_are_told_as_one(
    page: Page, before: str, after: str, told: str
) -> None:
    was = replace(page.draft, body=Body(text=before))

    found = lines(replace(changed(page, body=Body(text=after)), previous=was))

    assert f"~ {told}" in found
