"""What somebody who decides about a mail may say beside yes and no.

Programs read the codes and the comments, so both are stable and bounded: a
reason is for people, a code is what a program acts upon.

Pure.
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from tuimail.core.characters import describe, not_in_a_body
from tuimail.core.values import dataclass
from tuimail.errors import FieldError

LONGEST_REASON: Final = 500
"""Characters; of one comment as well."""
MOST_COMMENTS: Final = 20
FARTHEST_LINE: Final = 1_000_000


class Code(StrEnum):
    """Why somebody did not let a mail leave as it was."""

    WRONG_RECIPIENT = "wrong-recipient"
    """Somebody it is for must not get it, or somebody is missing."""
    WRONG_FACTS = "wrong-facts"
    """What it says is not so."""
    TONE = "tone"
    """It is said in the wrong way."""
    WRONG_TIME = "wrong-time"
    """It is too early, or too late."""
    NOT_NEEDED = "not-needed"
    """Nobody has to be written to about it."""
    POLICY = "policy"
    """The owner's rules do not allow it."""
    DUPLICATE = "duplicate"
    """The same was said already."""
    OTHER = "other"
    """The reason says why."""


CODES: Final = tuple(code.value for code in Code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """What a reviewer said about one place."""

    text: str
    field: str = ""
    line: int = 0
    """Of the text as it was handed in, counted from 1; 0 for all of the field."""

    def __post_init__(self) -> None:
        check_words(self.text, field="comment", what="A comment")
        if not 0 <= self.line <= FARTHEST_LINE:
            raise FieldError(
                f"{self.line} is not a line of a mail.",
                hint="Lines count from 1: --comment 3:TEXT",
                field="comment",
            )


def check_words(text: str, *, field: str, what: str) -> str:
    """Return what a reviewer wrote, without blanks around it.

    Raises:
        FieldError: It is empty, has over ``LONGEST_REASON`` characters, or one
            that no mail could carry either.
    """
    words = text.strip()
    if not words:
        raise FieldError(
            f"{what} is missing; the author will read it.",
            hint=f"Say what is wrong in a sentence: --{field} TEXT",
            field=field,
        )
    if len(words) > LONGEST_REASON:
        raise FieldError(
            f"{what} has {len(words)} characters; {LONGEST_REASON} is the most.",
            hint="Say it shorter.",
            field=field,
        )
    found = not_in_a_body(words)
    if found:
        raise FieldError(
            f"{what} contains {describe(found)}, which cannot be handed on.",
            hint="Leave it out.",
            field=field,
        )
    return words


def check_codes(codes: Iterable[str]) -> tuple[str, ...]:
    """Return ``codes``, none of them twice.

    Raises:
        FieldError: One of them is no ``Code``.
    """
    given = tuple(dict.fromkeys(codes))
    for code in given:
        if code not in CODES:
            raise FieldError(
                f"{code[:60]!r} is not a code for a decision.",
                hint=f"{_nearest(code)}There are: {', '.join(CODES)}.",
                field="code",
            )
    return given


def check_comments(comments: Iterable[Comment]) -> tuple[Comment, ...]:
    """Return ``comments``, if they are not more than somebody reads.

    Raises:
        FieldError: There are over ``MOST_COMMENTS``.
    """
    given = tuple(comments)
    if len(given) > MOST_COMMENTS:
        raise FieldError(
            f"There are {len(given)} comments; {MOST_COMMENTS} is the most.",
            hint="Say the rest in the reason.",
            field="comment",
        )
    return given


def _nearest(code: str) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - for a mistake only

    near = get_close_matches(code[:60], CODES, n=1)
    return f"Did you mean {near[0]}? " if near else ""
