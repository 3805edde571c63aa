"""Whether text that nobody sees is an ordinary part of a newsletter.

Nearly every newsletter begins with a hidden line that lists of mails show below
the subject, and some say things twice, for small screens. Other text that only
programs read is written for programs, such as those that answer mail by
themselves.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.html.reading import HiddenText
from tuimail.core.html.text import HtmlText
from tuimail.core.patterns import regex

PREVIEW_LIMIT: Final = 200
"""Characters of a preview line; no list of mails shows more."""
PIECES_LIMIT: Final = 50
"""So many pieces are compared with what is shown."""

_WORD: Final = regex(r"\w+")
_ORDER: Final = regex(
    r"""
    \b(?:ignor|disregard|forget|overrid|bypass|missacht|vergiss|oubli|olvid|dimentic
        |negeer|игнорир|забудь)\w{0,9}\b.{0,60}
    \b(?:previous|prior|above|earlier|instru|instruk|prompt|rules?\b|anweisung|consigne
        |istruzion|инструкц|anterior|pr[ée]c[ée]dent|precedent|vorherig)
    |\b(?:system|developer)[ ](?:prompt|message)
    |\b(?:you[ ]are|as|act[ ]as|to)[ ](?:an?|the|any|every|all)?[ ]?
        (?:ai|assistants?|(?:large[ ])?language[ ]models?|llms?|chat-?bots?|agents?)\b
    |\b(?:ai|llm)[ ](?:assistants?|agents?|models?|readers?)\b|\bchatgpt\b
    |\bdo[ ]not[ ](?:tell|mention|reveal|show|inform)\b
    |\b(?:send|forward|reply|bcc|export|upload|post|copy|transfer|wire|exfiltrate)\b
        .{0,60}\b(?:lists?|data|passwords?|credentials?|keys?|tokens?|contacts?|files?
        |documents?|conversations?|history|secrets?|everything|mails?|messages?)\b
    |忽略.{0,20}(?:指|提示|说明|說明)|(?:指示|命令).{0,20}無視|지시.{0,20}무시
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What is said to a program, in the languages in which it was seen."""
_ADDRESS: Final = regex(r"[^\s@<>]{1,64}@[^\s@<>]{1,64}\.|https?://", re.IGNORECASE)
"""What no preview line has."""
_COMMENT: Final = regex(r"<!--(.*?)(?:--!?>|\Z)", re.DOTALL)


def check(html: HtmlText, source: str = "") -> Iterator[Finding]:
    """Find text that is there but not shown.

    Args:
        html: What was read, and what was not.
        source: The HTML itself, for its comments: only those that tell a program
            what to do are found, because all others are ordinary.
    """
    comments = (" ".join(text.split()) for text in _COMMENT.findall(source))
    orders = [
        HiddenText(text=text, is_first=False)
        for text in comments
        if _ORDER.search(text)
    ]
    if orders:
        yield _strange(orders)
    pieces = [piece for piece in html.hidden if _WORD.search(piece.text)]
    if not pieces:
        return
    shown = _plain(html.text) if len(pieces) <= PIECES_LIMIT else ""
    strange = [piece for piece in pieces if not _is_usual(piece, shown)]
    yield _strange(strange) if strange else _usual(pieces)


def _is_usual(piece: HiddenText, shown: str) -> bool:
    if _ORDER.search(piece.text) or _ADDRESS.search(piece.text):
        return False
    is_preview = piece.is_first and len(piece.text) <= PREVIEW_LIMIT
    return is_preview or _plain(piece.text) in shown


def _plain(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _strange(pieces: list[HiddenText]) -> Finding:
    number = sum(len(piece.text) for piece in pieces)
    return Finding(
        code="html.hidden-text",
        severity=Severity.WARNING,
        field="html",
        message=f"The HTML has {number} characters of text that readers do not see, "
        "and programs do.",
        hint="Remove it, unless it is only the preview line of a newsletter.",
        place=_place(pieces),
    )


def _usual(pieces: list[HiddenText]) -> Finding:
    return Finding(
        code="html.hidden-text",
        severity=Severity.INFO,
        field="html",
        message="The HTML has a hidden preview line, as newsletters have, "
        "or says something twice.",
        hint="Check that it suits the mail: it is shown in the list of mails.",
        place=_place(pieces),
    )


def _place(pieces: list[HiddenText]) -> str:
    return " … ".join(piece.text[:PLACE_LIMIT] for piece in pieces[:3])[:PLACE_LIMIT]
