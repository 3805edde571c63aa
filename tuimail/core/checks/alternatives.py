"""Whether the text and the HTML of one mail say the same (RFC 2046 §5.1.4).

Who reads one of them must not be told something else than who reads the other.
Only wholly different ones are found, and other numbers in the same words: a text
may be shorter, say less, or say only that there is HTML; and a translation has its
numbers and names in common. Of a few words one has to be in the other, be it a
greeting where nothing else is said.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final
from unicodedata import normalize

from tuimail.core.checks.hints import Hints
from tuimail.core.checks.numbers import other_number
from tuimail.core.draft import Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.html.text import HtmlText
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

COMPARED: Final = 100_000
"""Characters of each that are compared."""
SHARE: Final = 0.15
"""Of the words of the shorter one; unrelated mails in one language share less."""
FEW_WORDS: Final = 4
"""With fewer long words than this, short ones are looked at as well."""
POINTER_WORDS: Final = 60
"""Words of a text that only says where the HTML can be read."""
MANY_WORDS: Final = 12
LITTLE: Final = 6
"""So many times fewer words are next to nothing."""

_URL: Final = regex(r"https?://\S{1,2000}")
_FOOTNOTE: Final = regex(r"\[\d{1,4}\]")
_LETTERS: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
)
"""Scripts that are written without spaces, or with long words."""
_PAIR: Final = regex(f"(?=([{_LETTERS}]{{2}}))")
_LETTER: Final = regex(f"[{_LETTERS}]")
_LONG: Final = regex(rf"[^\W_{_LETTERS}]{{4,40}}|\d{{2,20}}")
_SHORT: Final = regex(rf"[^\W_{_LETTERS}]{{1,40}}")
_COMMON: Final = frozenset({
    "avec", "best", "bitte", "bonjour", "click", "danke", "dans", "dear", "eine",
    "esta", "este", "freundlichen", "from", "gracias", "gr\u00fcssen", "haben", "hallo",
    "have", "hello", "here", "hey", "hi", "hola", "ihnen", "ihre", "kind", "liebe",
    "merci", "nicht", "nous", "para", "please", "pour", "regards", "saludos", "thank",
    "thanks", "that", "this", "usted", "view", "votre", "vous", "were", "werden",
    "will", "with", "your",
})  # fmt: skip
"""Words that mails about anything have."""
_GLUE: Final = frozenset({
    "a", "al", "am", "an", "and", "are", "as", "at", "auf", "be", "but", "by", "che",
    "da", "das", "de", "del", "den", "der", "des", "di", "die", "do", "du", "e", "el",
    "em", "en", "er", "es", "est", "et", "for", "f\u00fcr", "he", "het", "i", "ich",
    "if", "il", "im", "in", "is", "ist", "it", "its", "je", "la", "las", "le", "les",
    "lo", "los", "me", "mit", "my", "ne", "no", "not", "o", "of", "on", "or", "os",
    "our", "per", "que", "she", "sie", "so", "the", "they", "to", "tu", "um", "un",
    "und", "una", "une", "us", "van", "von", "was", "we", "wir", "y", "you", "zu",
    "\u0430", "\u0432", "\u0432\u044b", "\u0438", "\u043c\u044b", "\u043d\u0430",
    "\u043d\u0435", "\u043f\u043e", "\u0441", "\u044d\u0442\u043e", "\u044f", "\u00e0",
})  # fmt: skip
"""Words that any sentence has."""
_SCRIPTS: Final = tuple(
    regex(f"[{letters}]")
    for letters in (
        "a-z\u00df-\u024f",
        "\u0370-\u03ff",
        "\u0400-\u052f",
        "\u0590-\u05ff",
        "\u0600-\u06ff",
        "\u0900-\u0dff",
        _LETTERS,
    )
)
_POINTER: Final = regex(
    r"html|browser|web ?mail|online|navigat|navegador|webversion|ブラウザ|浏览器|瀏覽器"
    r"|브라우저|браузер|المتصفح|דפדפן",
    re.IGNORECASE,
)
_POINTER_HINTS: Final = Hints(("html", "browser", "web", "online", "navig"))
"""In every plain text that says where the HTML is there is one of these."""


@dataclass(frozen=True, slots=True)
class _Words:
    """What a text says, as words that can be compared."""

    plain: str
    long: frozenset[str]
    """Long words, numbers, and pairs of letters where nobody writes spaces."""
    short: frozenset[str]
    """Words of any length."""
    letters: frozenset[str]
    """Single ones where nobody writes spaces."""

    @property
    def all(self) -> frozenset[str]:
        return self.long | self.short | self.letters

    def telling(self) -> frozenset[str]:
        """Return the words that say most, of a text that has few."""
        spoken = self.long | self.short
        return spoken - _GLUE - _COMMON or spoken - _GLUE or spoken or self.letters


def check(draft: Draft, html: HtmlText) -> Iterator[Finding]:
    """Find a text that says something else than the HTML beside it."""
    text = draft.body.text
    if not text or draft.body.is_text_made or draft.body.is_html_made:
        return
    if not text.strip():
        if html.text:
            yield _empty()
        return
    yield from _compared(text, html.text)


def _compared(text: str, html: str) -> Iterator[Finding]:
    said, shown = _words(text), _words(html)
    if not said.all or _is_pointer(text, said):
        return
    if len(said.long) >= MANY_WORDS and len(shown.all) * LITTLE < len(said.long):
        yield _says_little(text, html, is_silent=not shown.all)
    elif shown.all and _differ(said, shown):
        yield _mismatch(text, html, is_other_script=_script(said) != _script(shown))
    else:
        numbers = other_number(said.plain, shown.plain)
        if numbers:
            yield _other_number(*numbers)


def _words(text: str) -> _Words:
    plain = normalize("NFKC", text[:COMPARED]).casefold()
    plain = _FOOTNOTE.sub(" ", _URL.sub(" ", plain))
    is_spaced = plain.isascii()
    pairs = () if is_spaced else _PAIR.findall(plain)
    return _Words(
        plain,
        frozenset((*_LONG.findall(plain), *pairs)) - _COMMON,
        frozenset(_SHORT.findall(plain)),
        frozenset(() if is_spaced else _LETTER.findall(plain)),
    )


def _differ(said: _Words, shown: _Words) -> bool:
    fewer = min(len(said.long), len(shown.long))
    if fewer < FEW_WORDS:
        shorter, longer = sorted((said, shown), key=lambda words: len(words.all))
        few = shorter.telling()
        return len(few & longer.all) < max(len(few) * SHARE, 1)
    common = said.long & shown.long
    return len(common) < max(fewer * SHARE, 1) and not _has_numbers(common)


def _has_numbers(common: frozenset[str]) -> bool:
    """Return whether dates, prices and the like show one to be a translation."""
    return sum(1 for word in common if word.isdecimal()) > 1


def _is_pointer(text: str, said: _Words) -> bool:
    if len(said.long) > POINTER_WORDS:
        return False
    if text.isascii() and not _POINTER_HINTS.are_in(text.lower()):
        return False
    return _POINTER.search(text) is not None


def _script(words: _Words) -> int:
    """Return the number of the script that most of ``words`` are written in."""
    together = " ".join(words.all)
    counts = [len(script.findall(together)) for script in _SCRIPTS]
    return counts.index(max(counts))


def _empty() -> Finding:
    return Finding(
        code="mime.alternative-mismatch",
        severity=Severity.INFO,
        field="text",
        message="The text beside the HTML is empty: who reads text sees no mail.",
        hint="Leave the text out, and it is made from the HTML.",
    )


def _says_little(text: str, html: str, *, is_silent: bool) -> Finding:
    """Tell of HTML that leaves nearly all out; it may be a picture of the words."""
    return Finding(
        code="mime.alternative-mismatch",
        severity=Severity.INFO if is_silent else Severity.WARNING,
        field="text",
        message=f"The HTML says {'nothing' if is_silent else 'next to nothing'} of "
        "what the text says: who reads HTML sees another mail.",
        hint="Say in the HTML what the text says.",
        place=f"{_start(text)} ≠ {_start(html)}"[:PLACE_LIMIT],
    )


def _other_number(said: str, shown: str) -> Finding:
    return Finding(
        code="mime.alternative-mismatch",
        severity=Severity.WARNING,
        field="text",
        message="The text and the HTML of the mail say different numbers: "
        f"“{said[:90]}” and “{shown[:90]}”.",
        hint="Look which one is right, or leave the text out: it is made from the "
        "HTML.",
        place=f"{_start(said)} ≠ {_start(shown)}"[:PLACE_LIMIT],
    )


def _mismatch(text: str, html: str, *, is_other_script: bool) -> Finding:
    return Finding(
        code="mime.alternative-mismatch",
        severity=Severity.INFO if is_other_script else Severity.WARNING,
        field="text",
        message="The text and the HTML of the mail have next to no word in common"
        + (", and are written in different scripts." if is_other_script else "."),
        hint="Leave the text out, and it is made from the HTML.",
        place=f"{_start(text)} ≠ {_start(html)}"[:PLACE_LIMIT],
    )


def _start(text: str) -> str:
    return " ".join(text[:PLACE_LIMIT].split())[:90]
