"""Bodies that go through the editor keep every line that nobody edited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.tui.carrying import carried, shown_lines

BODY = "one\r\ntwo \n\x0cthree\u2028four\u0085\rfive\n\nlast"


def test_what_was_not_edited_is_what_it_was() -> None:
    assert carried(BODY, shown_lines(BODY)) == BODY


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("a\r\nb\r\nc", "a\nB\nc", "a\r\nB\nc"),
        ("a\r\nb", "a\nb\nc", "a\r\nb\nc"),
        ("a\r\nb\r\n", "a\n", "a\r\n"),
        ("a\nb\n", "b\n", "b\n"),
        ("", "new", "new"),
        ("a\r\nb", "", ""),
        ("a\rb\rc", "a\nx\nc", "a\rx\nc"),
        ("x\ny\nz", "z\nx\ny", "z\nx\ny"),
    ],
)
def test_only_the_edited_lines_differ(before: str, after: str, expected: str) -> None:
    assert carried(before, after) == expected


def test_hidden_characters_stay_in_lines_nobody_touched() -> None:
    body = "a\u202eb\nplain\n"
    edited = shown_lines(body).replace("plain", "changed")

    assert "\u202e" not in edited
    assert carried(body, edited) == "a\u202eb\nchanged\n"


LINES = st.lists(st.text("ab \u200b", max_size=4), max_size=8).map("\n".join)


@given(LINES, LINES)
def test_the_editors_text_is_always_what_is_shown_afterwards(
    before: str, edited: str
) -> None:
    assert shown_lines(carried(before, shown_lines(edited))) == shown_lines(edited)
