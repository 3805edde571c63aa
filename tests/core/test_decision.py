"""What somebody who decides may say: bounded, and stable for programs."""

import pytest

from tuimail.core.decision import (
    CODES,
    LONGEST_REASON,
    MOST_COMMENTS,
    Comment,
    check_codes,
    check_comments,
    check_words,
)
from tuimail.errors import FieldError


def test_the_codes_are_those_that_programs_know() -> None:
    assert CODES == (
        "wrong-recipient", "wrong-facts", "tone", "wrong-time", "not-needed", "policy",
        "duplicate", "other",
    )  # fmt: skip


def test_codes_are_kept_in_order_and_once() -> None:
    assert check_codes(["tone", "policy", "tone"]) == ("tone", "policy")


def test_a_code_that_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(FieldError, match="'tome'") as refused:
        check_codes(["tome"])

    assert refused.value.field == "code"
    assert "Did you mean tone?" in refused.value.hint


def test_a_code_like_no_other_is_refused_with_all_there_are() -> None:
    with pytest.raises(FieldError) as refused:
        check_codes(["zzz"])

    assert refused.value.hint == f"There are: {', '.join(CODES)}."


@pytest.mark.parametrize("words", ["", "  \n", "a" * (LONGEST_REASON + 1), "a\0b"])
def test_words_that_nobody_could_read_are_refused(words: str) -> None:
    with pytest.raises(FieldError) as refused:
        check_words(words, field="reason", what="The reason")

    assert refused.value.field == "reason"


def test_words_lose_the_blanks_around_them() -> None:
    assert check_words(" too long \n", field="reason", what="The reason") == "too long"


@pytest.mark.parametrize("line", [-1, 10_000_000])
def test_a_comment_is_about_a_line_that_a_mail_may_have(line: int) -> None:
    with pytest.raises(FieldError, match="is not a line"):
        Comment(text="no", line=line)


def test_a_comment_says_something() -> None:
    with pytest.raises(FieldError, match="A comment is missing"):
        Comment(text=" ")


def test_more_comments_than_somebody_reads_are_refused() -> None:
    comments = [Comment(text="no", line=1)] * MOST_COMMENTS

    assert len(check_comments(comments)) == MOST_COMMENTS
    with pytest.raises(FieldError, match=f"{MOST_COMMENTS} is the most"):
        check_comments([*comments, Comment(text="one more")])
