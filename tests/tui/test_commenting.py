"""Comments as a reviewer types them: on a line, on a field, or on all of it."""

import pytest

from tuimail.core.decision import Comment
from tuimail.errors import FieldError
from tuimail.tui.commenting import MOST_NUMBERED, comments_of, numbered, quoted

TEXT = ("Hi Ana,", "", "pay at \x1b[c example.org")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("3: not ours", Comment(text="not ours", field="text", line=3)),
        (" 1 :too short ", Comment(text="too short", field="text", line=1)),
        ("subject: too loud", Comment(text="too loud", field="subject")),
        ("Note: ask Bob first", Comment(text="Note: ask Bob first")),
        ("too long", Comment(text="too long")),
    ],
)
def test_a_comment_names_its_place(typed: str, meant: Comment) -> None:
    assert comments_of(typed, TEXT) == (meant,)


def test_each_line_is_a_comment_and_empty_ones_are_none() -> None:
    found = comments_of("3: a\n\n  \nbcc: b\n", TEXT)

    assert [one.text for one in found] == ["a", "b"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("4: there", "The text has 3 lines, and no line 4."),
        ("0: there", "no line 0"),
        ("2:", "A comment is missing"),
        ("to: " + "x" * 501, "500 is the most"),
    ],
)
def test_a_comment_on_nothing_is_refused(typed: str, said: str) -> None:
    with pytest.raises(FieldError, match=said) as caught:
        comments_of(typed, TEXT)

    assert caught.value.field == "comment"


def test_the_line_that_is_meant_is_quoted_and_acts_on_nothing() -> None:
    (line,) = quoted(comments_of("3: not ours\nsubject: no", TEXT), TEXT)

    assert line.label == "Line 3"
    assert line.text == "“pay at ␛[c example.org”"


def test_lines_are_shown_with_their_numbers_as_far_as_anybody_reads() -> None:
    found = numbered(["x"] * (MOST_NUMBERED + 1))

    assert [one.label for one in found[:2]] == ["1", "2"]
    assert len(found) == MOST_NUMBERED
