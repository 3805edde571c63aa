"""Words that mix letters of two scripts which look alike.

A first version of UTS 39 §5.2, with what deceives in practice: Latin together
with Cyrillic, or with those Greek letters that have a Latin double. Units such
as ``kΩ`` and ``µF`` mix scripts too and deceive nobody.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_DOUBLES: Final = re.compile(
    "[\u0400-\u052f\u0391\u0392\u0395-\u0397\u0399\u039a\u039c\u039d\u039f\u03a1"
    "\u03a4\u03a5\u03a7\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7]"
)


def mixed_words(text: str) -> Iterator[str]:
    """Yield the words of ``text`` in which one script poses as another."""
    if _DOUBLES.search(text):
        for word in _WORD.findall(text):
            if _LATIN.search(word) and _DOUBLES.search(word):
                yield word


def is_mixed(text: str) -> bool:
    """Return whether a word of ``text`` mixes scripts that look alike."""
    return next(mixed_words(text), None) is not None
