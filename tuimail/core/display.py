"""Untrusted text made into text that no terminal can act on.

A subject that holds an escape sequence can make the terminal answer, and the
answer arrives as key presses: without this module an agent's draft could press
*approve*. Everything that is not a literal of ours passes ``display`` before it
is laid out; ``is_inert`` serves the second line, right before the screen.

Pure.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final
from unicodedata import category, east_asian_width

from tuimail.core.characters import INVISIBLE, JOINER, SELECTOR
from tuimail.core.patterns import regex

MARKS_LIMIT: Final = 30
"""Marks on one letter that are shown (UAX 15 §13, stream-safe text)."""
POSES: Final = "\u2039\u203a"
"""Brackets around letters that pose as those of another script."""
UNSURE_STAND_IN: Final = "□"
"""Stands for a character whose width terminals do not agree about."""

_TABLE_MARKS_LIMIT: Final = 4
_CUT_MARKS: Final = "\u2039…\u203a"
_DELETE: Final = "\x7f"

_CONTROLS: Final = "\x00-\x1f\x7f-\x9f"
_ACTIVE: Final = f"{INVISIBLE.pattern[1:-1]}\u2028\u2029\ud800-\udfff"
_TONES: Final = "\U0001f3fb-\U0001f3ff"
_PICTURES: Final = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2"
    "\u25a0-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\u303d\u3297\u3299"
    "\U0001f000-\U0001faff"
)
_IDEOGRAPHS: Final = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_JOINING_SCRIPTS: Final = (
    "\u0620-\u06ff\u0700-\u074f\u0750-\u077f\u0840-\u085f\u08a0-\u08ff"
    "\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff\u1820-\u18aa\ua840-\ua877"
)
_NEW_WIDTHS: Final = "\u2630-\u2637\u268a-\u268f\u4dc0-\u4dff\U0001d300-\U0001d376"
_PICTURE: Final = f"[{_PICTURES}][\ufe0e\ufe0f]?[{_TONES}]?"

LEGITIMATE: Final = (
    rf"(?:{_PICTURE}(?:\u200d{_PICTURE}){{0,3}}"
    rf"|[0-9#*]\ufe0f\u20e3"
    rf"|[{_IDEOGRAPHS}][\ufe00-\ufe02\U000e0100-\U000e01ef]"
    rf"|(?<=[{_JOINING_SCRIPTS}])[{JOINER}](?=[{_JOINING_SCRIPTS}])"
    rf"|(?<=[\u1820-\u18aa])[\u180b-\u180f])"
)
"""Where invisible characters belong: emoji, keycaps, variants of ideographs,
joiners inside Arabic and Indic words, Mongolian selectors. No longer chain of
emoji is in use, and a longer one would run over the next column."""

_SUSPECT: Final = regex(f"[{_CONTROLS}{_ACTIVE}{JOINER}{SELECTOR}]")
_NOT_INERT: Final = regex(f"[{_CONTROLS}{_ACTIVE}]")
_NOT_IN_TABLES: Final = regex(
    f"[{JOINER}{SELECTOR}\u20e3]|(?<=[{_PICTURES}\ufe0e\ufe0f])[{_TONES}]"
)
_UNSURE: Final = regex(f"[{_TONES}{_NEW_WIDTHS}]")
_LONG_FOREIGN: Final = {
    limit: regex(rf"[^\x00-\u02ff]{{{limit + 1},}}")
    for limit in (MARKS_LIMIT, _TABLE_MARKS_LIMIT)
}
_MARKS: Final = frozenset({"Mn", "Mc", "Me"})
_UNASSIGNED: Final = frozenset({"Cn", "Co"})
_WIDE: Final = frozenset({"W", "F"})
_HANGUL_TAILS: Final = (*range(0x1160, 0x1200), *range(0xD7B0, 0xD800))
_JOINED: Final = frozenset({*"\u200c\u200d", *map(chr, _HANGUL_TAILS)})


def display(text: str, *, keep_newlines: bool = False) -> str:
    """Return ``text`` with a visible stand-in for whatever could act or hide.

    Control characters become control pictures (``␛``), invisible characters
    and those that reorder the line become their number in angle quotes. What
    a joiner or selector is for, inside emoji and words, stays. Doing it twice
    changes nothing.

    Args:
        text: Anything from outside: mail, servers, agents, file names.
        keep_newlines: For bodies: LF and TAB stay, and CRLF becomes LF.
    """
    if keep_newlines:
        text = text.replace("\r\n", "\n")
    return _cap_marks(_substituted(text, keep_newlines=keep_newlines), MARKS_LIMIT)


def posing(text: str) -> tuple[tuple[int, int], ...]:
    """Return where letters of ``text`` stand that pose as those of another script.

    Nothing can act by them, and nothing hides: they say another word than the one
    that is read, in a name or in the address of a page.
    """
    if text.isascii():
        return ()
    from tuimail.core.checks.scripts import posing_letters  # noqa: PLC0415 - rare

    return tuple(posing_letters(text))


def mark_posing(text: str) -> str:
    """Return ``text`` with letters in brackets that pose as those of another script."""
    pieces: list[str] = []
    end = 0
    for start, stop in posing(text):
        pieces += text[end:start], f"{POSES[0]}{text[start:stop]}{POSES[1]}"
        end = stop
    return "".join((*pieces, text[end:])) if pieces else text


def safe_width(text: str) -> str:
    """Return ``text`` fit for tables and frames, where every cell counts.

    As ``display`` in one line, without the characters whose width Rich and
    terminals do not agree about: one wrong cell shifts the rest of the row and
    leaves pieces of it in other columns.
    """
    text = _substituted(text, keep_newlines=False)
    if text.isascii():
        return text
    plain = _NOT_IN_TABLES.sub("", text)
    sure = "".join(UNSURE_STAND_IN if _is_unsure(c) else c for c in plain)
    return _cap_marks(sure, _TABLE_MARKS_LIMIT)


def cell_width(text: str) -> int:
    """Return how many cells a terminal needs for ``safe_width`` text."""
    if text.isascii():
        return len(text)
    return sum(map(_cells, text))


def longest_pile(text: str) -> int:
    """Return how many marks are piled on one letter, 0 where no pile is cut."""
    runs = _LONG_FOREIGN[MARKS_LIMIT].findall(text)
    piles = (pile.group() for run in runs for pile in _piles(run, MARKS_LIMIT))
    return max(map(len, piles), default=0)


def is_inert(character: str) -> bool:
    """Return whether a terminal cannot act on ``character``, wherever it stands."""
    return _NOT_INERT.match(character) is None


def _substituted(text: str, *, keep_newlines: bool) -> str:
    if not _SUSPECT.search(text):
        return text
    return _unfit("\t\n" if keep_newlines else "").sub(_shown, text)


@cache
def _unfit(kept: str) -> re.Pattern[str]:
    """Compile on first use: most text has nothing to look for."""
    return re.compile(
        f"(?P<legitimate>{LEGITIMATE}{f'|[{kept}]' if kept else ''})"
        f"|[{_CONTROLS}{_ACTIVE}{JOINER}{SELECTOR}]"
    )


def _shown(match: re.Match[str]) -> str:
    return match.group("legitimate") or _stand_in(match.group())


def _stand_in(character: str) -> str:
    if character < " ":
        return chr(0x2400 + ord(character))
    if character == _DELETE:
        return "␡"
    return f"\u2039U+{ord(character):04X}\u203a"


def _cap_marks(text: str, limit: int) -> str:
    return _LONG_FOREIGN[limit].sub(lambda run: _capped(run.group(), limit), text)


def _capped(run: str, limit: int) -> str:
    kept: list[str] = []
    end = 0
    for pile in _piles(run, limit):
        kept += run[end : pile.start() + limit], _CUT_MARKS
        end = pile.end()
    return "".join((*kept, run[end:]))


def _piles(run: str, limit: int) -> Iterator[re.Match[str]]:
    """Yield where more than ``limit`` marks follow one another."""
    marks = "".join(sorted(filter(_is_mark, set(run))))
    if marks:
        yield from re.finditer(f"[{marks}]{{{limit + 1},}}", run)


def _is_mark(character: str) -> bool:
    return category(character) in _MARKS or character in JOINER


def _is_unsure(character: str) -> bool:
    return category(character) in _UNASSIGNED or _UNSURE.match(character) is not None


def _cells(character: str) -> int:
    if category(character) in _MARKS or character in _JOINED:
        return 0
    return 2 if east_asian_width(character) in _WIDE else 1
