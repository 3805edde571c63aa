"""Characters that hide something from the person who reads.

What a script or an emoji needs is left alone: joiners inside Persian and Indic
words, one selector after a picture, the tags of the three registered flags.
Findings show what was hidden, decoded.

Pure.
"""

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from tuimail.core.characters import JOINER, SELECTOR
from tuimail.core.checks.scripts import mixed_words
from tuimail.core.display import LEGITIMATE, longest_pile
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding, Severity

PLACE_LIMIT: Final = 200
_AROUND: Final = 40

_TAG: Final = "\U000e0000-\U000e007f"
_FLAG: Final = "\U0001f3f4(?:{})\U000e007f".format(
    "|".join(
        "".join(chr(0xE0000 + ord(letter)) for letter in region)
        for region in ("gbeng", "gbsct", "gbwls")
    )
)
_SELECTORS: Final = "".join(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
"""The 256 variation selectors, in the order in which they stand for bytes."""
_HIDING: Final = (
    f"{JOINER}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b"
    "\u2060-\u2064\u3164\ufeff\uffa0"
)


def _nothing(_found: str) -> str:
    return ""


def _tags(found: str) -> str:
    return "".join(chr(ord(tag) - 0xE0000) for tag in found)


def _selected(found: str) -> str:
    return bytes(map(_selected_byte, found)).decode(errors="replace")


def _selected_byte(selector: str) -> int:
    return _SELECTORS.index(selector)


@dataclass(frozen=True, slots=True)
class _Kind:
    code: str
    pattern: re.Pattern[str]
    least: int
    what: str
    hint: str
    decoded: Callable[[str], str] = _nothing


_KINDS: Final = (
    _Kind(
        "text.bidi-control",
        re.compile("[\u202a-\u202e\u2066-\u2069]"),
        1,
        "that turn the order of letters round",
        "Remove them; right-to-left text needs none.",
    ),
    _Kind(
        "text.tag-chars",
        re.compile(f"[{_TAG}]"),
        1,
        "that nobody sees and programs read",
        "Remove them; they were put there to be hidden.",
        _tags,
    ),
    _Kind(
        "text.variation-smuggling",
        re.compile(f"[{SELECTOR}]"),
        2,
        "that select nothing and can carry hidden bytes",
        "Remove them; they were put there to be hidden.",
        _selected,
    ),
    _Kind(
        "text.control-chars",
        re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
        1,
        "that are no text but commands to a terminal",
        "Remove them.",
    ),
)
_INVISIBLE: Final = _Kind(
    "text.invisible",
    re.compile(f"[{_HIDING}]"),
    1,
    "that nobody sees",
    "Remove them; they break up words so that filters miss them.",
)
_INVISIBLE_IN_A_WORD: Final = _Kind(
    _INVISIBLE.code,
    re.compile(rf"(?<=\w)[{_HIDING}](?=\w)"),
    1,
    _INVISIBLE.what,
    _INVISIBLE.hint,
)
"""Newsletters pad their first line with zero-width characters; only those
inside words deceive."""


def check(draft: Draft) -> Iterator[Finding]:
    """Find characters that hide, in every text that somebody will read."""
    for field, label, text in _texts(draft):
        yield from _check_text(text, field, label, _INVISIBLE)
    if draft.body.html:
        source = html.unescape(draft.body.html)
        yield from _check_text(source, "html", "HTML", _INVISIBLE_IN_A_WORD)


def _texts(draft: Draft) -> Iterator[tuple[str, str, str]]:
    yield "subject", "subject", draft.subject
    yield "text", "text", draft.body.text
    yield "from", "name of the sender", draft.sender.name
    for field, addresses in (("to", draft.to), ("cc", draft.cc), ("bcc", draft.bcc)):
        names = "\n".join(address.name for address in addresses)
        yield field, "name of a recipient", names
    files = "\n".join(attachment.name for attachment in draft.attachments)
    yield "attach", "name of an attachment", files
    yield "header", "value of a header", "\n".join(v for _, v in draft.headers)


def _check_text(
    text: str, field: str, label: str, invisible: _Kind
) -> Iterator[Finding]:
    bare = text if text.isascii() else _without_needed(text)
    for kind in (*_KINDS, invisible):
        found = list(kind.pattern.finditer(bare))
        if len(found) >= kind.least:
            yield _hidden(kind, field, label, text, found)
    yield from _piled(text, field, label)
    yield from _mixed(text, field, label)


def _without_needed(text: str) -> str:
    return _needed().sub(lambda needed: " " * len(needed.group()), text)


@cache
def _needed() -> re.Pattern[str]:
    """Compile on first use: most text is plain."""
    return re.compile(f"{_FLAG}|{LEGITIMATE}")


def _hidden(
    kind: _Kind, field: str, label: str, text: str, found: list[re.Match[str]]
) -> Finding:
    decoded = kind.decoded("".join(match.group() for match in found))[:PLACE_LIMIT]
    number = "a character" if len(found) == 1 else f"{len(found)} characters"
    start = max(found[0].start() - _AROUND, 0)
    return Finding(
        code=kind.code,
        severity=Severity.WARNING,
        field=field,
        message=f"The {label} has {number} {kind.what}."
        + (f" Decoded: “{decoded}”" if decoded else ""),
        hint=kind.hint,
        place=text[start : found[0].end() + _AROUND],
    )


def _piled(text: str, field: str, label: str) -> Iterator[Finding]:
    marks = longest_pile(text)
    if marks:
        yield Finding(
            code="text.combining-run",
            severity=Severity.WARNING,
            field=field,
            message=f"The {label} piles {marks} marks on one letter, "
            "which draw over the lines around it.",
            hint="Remove them.",
        )


def _mixed(text: str, field: str, label: str) -> Iterator[Finding]:
    word = next(mixed_words(text), "")[:PLACE_LIMIT]
    if word:
        yield Finding(
            code="text.mixed-script",
            severity=Severity.WARNING,
            field=field,
            message=f"The {label} has “{word}”, a word that mixes letters of two "
            "scripts which look alike.",
            hint="Type the word again by hand.",
            place=word,
        )
