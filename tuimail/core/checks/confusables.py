"""Letters and pairs of letters that are taken for others, as data.

From UTS 39 (``confusables.txt``), what is allowed in domains and looks the same in
the fonts that people read mail in: lower case, with its Latin double beside it.

Pure.
"""

from typing import Final


def _pairs(*runs: tuple[str, str]) -> dict[str, str]:
    return {
        letter: double
        for letters, doubles in runs
        for letter, double in zip(letters, doubles, strict=True)
    }


CYRILLIC: Final = _pairs(
    ("\u0430\u0455\u0441\u0501\u0435\u04bd\u04bb\u0456\u0458\u04cf", "ascdeehijl"),
    ("\u043e\u0440\u051b\u0443\u04af\u0475\u051d\u0461\u0445", "opqyyvwwx"),
)
GREEK: Final = _pairs(
    ("\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7", "aikvopux"),
)
ARMENIAN: Final = _pairs(
    ("\u0585\u0578\u057d\u0570\u0581\u0566\u0575\u057c\u056c\u0584", "onuhgqjnlp"),
)
LOOSE: Final = _pairs(
    ("\u043a\u0433\u043f\u044c\u0432\u043c\u043d\u0442\u0437\u0431", "krnbbmht36"),
    ("\u0438\u03b5\u03b7\u03c4\u03c3\u03c9\u03b3\u03b2\u0131\u0261", "uentowybig"),
    ("\u0251\u0142\u00f8\u0111\u0127\u0167\u0269\u0138\u0185\u0274", "alodhtikbn"),
    ("\u0280\u029f\u1d0f\u1d20\u1d21\u1d22\ua731\u05e1\u05d5\u0647", "rlovwzsolo"),
    ("\u0627\u0c66\u0966\u0e50", "looo"),
)
"""Of any script; alike enough beside a domain that is known, and not alone."""
DIGITS: Final = {"0": "o", "1": "l"}
PAIRS: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))
"""Read for one letter; in this order, and after the digits."""
LAST: Final = (("i", "l"),)
"""Read for another letter; after the pairs, for *cipher* is not *dpher*."""
