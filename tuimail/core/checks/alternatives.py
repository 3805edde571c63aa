"""Whether the text and the HTML of one mail say the same (RFC 2046 §5.1.4).

Who reads one of them must not be told something else than who reads the other.
Only wholly different ones are found: a text may be shorter, say less, or say only
that there is HTML; and a translation has its numbers and names in common.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final
from unicodedata import normalize

from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity
from tuimail.core.html.text import HtmlText

PLACE_LIMIT: Final = 200
COMPARED: Final = 100_000
"""Characters of each that are compared."""
SHARE: Final = 0.15
"""Of the words of the shorter one; unrelated mails in one language share less."""
POINTER_WORDS: Final = 60
"""Words of a text that only says where the HTML can be read."""

_URL: Final = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
_FOOTNOTE: Final = re.compile(r"\[\d{1,4}\]")
_LETTERS: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
)
"""Scripts that are written without spaces, or with long words."""
_PAIR: Final = re.compile(f"(?=([{_LETTERS}]{{2}}))")
_WORD: Final = re.compile(rf"[^\W_{_LETTERS}]{{4,40}}|\d{{2,20}}")
_COMMON: Final = frozenset({
    "avec", "best", "bitte", "bonjour", "click", "danke", "dans", "dear", "eine",
    "esta", "este", "freundlichen", "from", "gracias", "gr\u00fcssen", "haben", "hallo",
    "have", "hello", "here", "hola", "ihnen", "ihre", "kind", "liebe", "merci", "nicht",
    "nous", "para", "please", "pour", "regards", "saludos", "thank", "thanks", "that",
    "this", "usted", "view", "votre", "vous", "were", "werden", "will", "with", "your",
})  # fmt: skip
"""Words that mails about anything have."""
_SCRIPTS: Final = tuple(
    re.compile(f"[{letters}]")
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
_POINTER: Final = re.compile(
    r"html|browser|web ?mail|online|navigat|navegador|webversion|ブラウザ|浏览器|瀏覽器"
    r"|브라우저|браузер|المتصفح|דפדפן",
    re.IGNORECASE,
)


def check(draft: Draft, html: HtmlText) -> Iterator[Finding]:
    """Find a text that says something else than the HTML beside it."""
    text = draft.body.text
    if not text or draft.body.is_text_made or not html.text:
        return
    if not text.strip():
        yield _empty()
        return
    said, shown = _words(text), _words(html.text)
    if _differ(said, shown) and not _is_pointer(text, said):
        yield _mismatch(
            text, html.text, is_other_script=_script(said) != _script(shown)
        )


def _words(text: str) -> frozenset[str]:
    plain = normalize("NFKC", text[:COMPARED]).casefold()
    plain = _FOOTNOTE.sub(" ", _URL.sub(" ", plain))
    return frozenset((*_WORD.findall(plain), *_PAIR.findall(plain))) - _COMMON


def _differ(said: frozenset[str], shown: frozenset[str]) -> bool:
    fewer = min(len(said), len(shown))
    common = len(said & shown)
    is_apart = common < max(fewer * SHARE, 1)
    return fewer > 1 and is_apart and not _has_common_numbers(said, shown)


def _has_common_numbers(said: frozenset[str], shown: frozenset[str]) -> bool:
    """Return whether dates, prices and the like show one to be a translation."""
    return sum(1 for word in said & shown if word.isdecimal()) > 1


def _is_pointer(text: str, words: frozenset[str]) -> bool:
    return len(words) <= POINTER_WORDS and _POINTER.search(text) is not None


def _script(words: frozenset[str]) -> int:
    """Return the number of the script that most of ``words`` are written in."""
    together = " ".join(words)
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
