"""Which words of a mail somebody wrote themselves, and could have misspelt.

Quotes and signatures are somebody else's or always the same. Addresses, names of
files, code and what has digits in it are no words.

Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.patterns import regex

SHOWN_WORDS: Final = 5
_SIGNATURE: Final = regex(r"--[ ]?$")
_QUOTE: Final = regex(r"[ \t]{0,3}>")
_FENCE: Final = regex(r"[ \t]{0,3}(?:```|~~~)")
_NO_WORDS: Final = regex(
    r"[a-z][a-z0-9+.-]{1,15}:[^\s]+"
    r"|\S+@\S+"
    r"|(?<=\])\([^()\s]*\)"
    r"|`[^`]*`"
    r"|<[^<>]{1,200}>"
    r"|\{\{.*?\}\}"
    r"|[\w.~-]*/[\w./~-]+"
    r"|\b(?:www\.)?\w[\w-]*(?:\.\w[\w-]*)+",
    re.IGNORECASE,
)
_WORD: Final = regex(r"(?<!\w)[^\W\d_]{2,60}(?:['\u2019][^\W\d_]{1,20})*(?!\w)")


class Word(NamedTuple):
    """One word, and where it stands."""

    row: int
    start: int
    end: int
    text: str
    """With a straight apostrophe, as dictionaries have it."""


def words(lines: Iterable[str]) -> Iterator[Word]:
    """Yield the words of a text that its author may have misspelt."""
    is_code = False
    for row, line in enumerate(lines):
        if _SIGNATURE.match(line):
            return
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            yield from words_of(line, row)


def words_of(line: str, row: int = 0) -> Iterator[Word]:
    """Yield the words of one line."""
    if _QUOTE.match(line):
        return
    plain = _NO_WORDS.sub(lambda found: " " * len(found.group()), line)
    for found in _WORD.finditer(plain):
        text = found.group().replace("\u2019", "'")
        yield Word(row, *found.span(), text)


def findings(found: Sequence[Word]) -> Iterator[Finding]:
    """Yield what is said of misspelt words: good to know, and never more than that."""
    if found:
        different = list(dict.fromkeys(one.text for one in found))
        more = ", …" if len(different) > SHOWN_WORDS else ""
        listed = ", ".join(different[:SHOWN_WORDS]) + more
        yield Finding(
            code="text.spelling",
            severity=Severity.INFO,
            field="text",
            message=f"Not in the dictionary: {listed}.",
            hint="Go through the words, one after the other.",
            place=different[0][:PLACE_LIMIT],
        )
