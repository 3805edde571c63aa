"""Comments about places in a mail, as a reviewer types them: one a line.

``3: this host is not ours`` is about line 3 of the text, ``subject: too loud``
about a field, and anything else about the whole mail.

Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tuimail.core.decision import Comment, check_words
from tuimail.errors import FieldError
from tuimail.tui import wording
from tuimail.tui.widgets.prose import Kind, Paragraph

FIELDS: Final = ("to", "cc", "bcc", "from", "subject", "text", "html", "attach")
HOW: Final = "3: about line 3 of the text. subject: about a field. One a line."
MOST_NUMBERED: Final = 5_000
"""Lines that are shown with their numbers; a mail can have a million."""
_QUOTED_CELLS: Final = 60
_NOTED_CELLS: Final = 24
_TO: Final = re.compile(r"\(to line \d+\) ")
_ABOUT: Final = re.compile(r"\s*(?P<place>\d{1,7}|[a-z]+)\s*:(?P<words>.*)", re.DOTALL)


def comments_of(typed: str, text: Sequence[str]) -> tuple[Comment, ...]:
    """Return what is said about which place.

    Args:
        typed: One comment a line; empty ones say nothing.
        text: The lines of the mail's text.

    Raises:
        FieldError: The text has no such line, or nothing is said about it.
    """
    lines = (line for line in typed.split("\n") if line.strip())
    return tuple(_comment(line, text) for line in lines)


def quoted(comments: Sequence[Comment], text: Sequence[str]) -> Iterator[Paragraph]:
    """Yield the lines that are commented on, so that a wrong number is seen."""
    for one in comments:
        if one.line:
            line = wording.clipped(wording.line(text[one.line - 1]), _QUOTED_CELLS)
            yield Paragraph(label=f"Line {one.line}", text=f"“{line}”", kind=Kind.QUOTE)


def numbered(
    text: Sequence[str], remarks: Sequence[Comment] = ()
) -> tuple[Paragraph, ...]:
    """Return the lines of the mail's text, each with its number.

    Args:
        text: Untrusted.
        remarks: What was noted about it, which is said beside its line.
    """
    noted = {one.line: wording.line(one.text) for one in remarks if one.line}
    return tuple(
        Paragraph(
            label=f"{number}",
            text=wording.line(line),
            note=wording.clipped(noted.get(number, ""), _NOTED_CELLS),
        )
        for number, line in enumerate(text[:MOST_NUMBERED], start=1)
    )


def named(first: int, last: int) -> str:
    """Return how lines are called: ``Line 3``, ``Lines 3-5``."""
    return f"Line {first}" if first == last else f"Lines {first}-{last}"


def about_lines(words: str, first: int, last: int) -> Comment:
    """Return a comment on lines, which is kept with the first of them.

    Raises:
        FieldError: It cannot be said.
    """
    to = f"(to line {last}) " if last > first else ""
    return _said(to + words, field="text", line=first)


def words_of(comment: Comment) -> str:
    """Return what was typed for a comment on lines; safe text."""
    return wording.line(_TO.sub("", comment.text))


def typed(comments: Iterable[Comment]) -> str:
    """Return ``comments`` as they are typed, one a line."""
    return "\n".join(map(_typed, comments))


def _comment(line: str, text: Sequence[str]) -> Comment:
    match = _ABOUT.fullmatch(line)
    if match is None or not (match["place"].isdigit() or match["place"] in FIELDS):
        return _said(line)
    place, words = match["place"], match["words"]
    if not place.isdigit():
        return _said(words, field=place)
    number = int(place)
    if not 1 <= number <= len(text):
        raise FieldError(
            f"The text has {wording.count(len(text), 'line')}, and no line {number}.",
            hint="Count from 1, as the numbers beside the text do.",
            field="comment",
        )
    return _said(words, field="text", line=number)


def _said(words: str, *, field: str = "", line: int = 0) -> Comment:
    text = check_words(words, field="comment", what="A comment")
    return Comment(text=text, field=field, line=line)


def _typed(comment: Comment) -> str:
    place = str(comment.line) if comment.line else comment.field
    return f"{place}: {comment.text}" if place else comment.text
