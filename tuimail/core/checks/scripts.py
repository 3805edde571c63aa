"""Words and labels that mix letters of scripts which look alike.

After UTS 39 §5, with what deceives in practice: Latin, Cyrillic, Greek, Armenian
and Cherokee share shapes; Chinese, Arabic or Thai beside Latin deceive nobody.

Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.patterns import regex

_CYRILLIC: Final = "\u0400-\u052f\u1c80-\u1c8a\u2de0-\u2dff\ua640-\ua69f"
_GREEK: Final = "\u0370-\u03ff\u1f00-\u1fff"
_ARMENIAN: Final = "\u0531-\u058f"
_CHEROKEE: Final = "\u13a0-\u13ff\uab70-\uabbf"
_LATIN_LETTERS: Final = (
    "A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u1d00-\u1d25"
    "\u1e00-\u1eff\ua720-\ua7ff"
)
_GREEK_DOUBLES: Final = (
    "\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7\u03f2\u03f3"
)
"""Greek letters that have a Latin double: in ``kΩ`` nothing poses as another."""

_ENDINGS: Final = (
    "\u044b|\u0438|\u043e\u043c|\u0430\u043c\u0438?|\u043e\u0432|\u043e\u0439"
    "|\u0438\u0442\u044c|\u0447\u0438\u043a|\u043a\u0438"
)
"""Russian endings with a letter that no Latin one looks like; a small a is none."""

_WORD: Final = regex(r"[^\W\d_]+")
_LATIN: Final = regex(f"[{_LATIN_LETTERS}]")
_DOUBLES: Final = regex(f"[{_CYRILLIC}{_ARMENIAN}{_CHEROKEE}{_GREEK_DOUBLES}]")
_LATIN_RUN: Final = regex(f"[{_LATIN_LETTERS}]+")
_FOREIGN: Final = regex(f"[^{_LATIN_LETTERS}]+")
_ALIKE: Final = tuple(
    regex(f"[{letters}]")
    for letters in (_LATIN_LETTERS, _CYRILLIC, _GREEK, _ARMENIAN, _CHEROKEE)
)
_OPEN: Final = regex(
    "[A-Z]+[\u03b1-\u03c9\u0430-\u044f]{1,4}|[\u03b1-\u03c9][A-Z]+"
    f"|[A-Za-z]{{3,}}(?:{_ENDINGS})"
)
"""TNF with a small alpha, a Russian case ending on SMS or on mail: capitals of one
script beside small letters of another are science, or grammar, and look like what
they are. So does a whole Latin word before a Russian ending."""


def mixed_words(text: str) -> Iterator[str]:
    """Yield the words of ``text`` in which one script poses as another."""
    if not text.isascii() and _DOUBLES.search(text):
        for word in _WORD.findall(text):
            if _LATIN.search(word) and _DOUBLES.search(word) and not _is_open(word):
                yield word


def posing_letters(text: str) -> Iterator[tuple[int, int]]:
    """Yield where letters stand that pose as others, from and to.

    Of a word that mixes two scripts, those of which it has fewer.
    """
    if text.isascii() or not _DOUBLES.search(text):
        return
    for word in _WORD.finditer(text):
        found = word.group()
        if _LATIN.search(found) and _DOUBLES.search(found) and not _is_open(found):
            latin = len(_LATIN.findall(found))
            odd = _FOREIGN if 2 * latin >= len(found) else _LATIN_RUN
            yield from (run.span() for run in odd.finditer(text, *word.span()))


def is_mixed(text: str) -> bool:
    """Return whether a word of ``text`` mixes scripts that look alike."""
    return next(mixed_words(text), None) is not None


def is_mixed_label(label: str) -> bool:
    """Return whether a part of an address mixes scripts that look alike.

    Stricter than for words: nobody writes units or grammar there, and a hyphen
    does not begin another word.
    """
    if label.isascii():
        return False
    return sum(1 for script in _ALIKE if script.search(label)) > 1


def _is_open(word: str) -> bool:
    return _OPEN.fullmatch(word) is not None
