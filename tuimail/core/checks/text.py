"""Characters that hide something from the person who reads.

What a script or an emoji needs is left alone: joiners inside Persian and Indic
words, spaces of no width in Thai and Khmer, one selector after a picture or an
ideograph, the tags of the three registered flags. What programs put in for good
reasons, such as a soft hyphen, is noted and no more. Findings show what was hidden,
decoded.

Pure.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from typing import Final

from tuimail.core.characters import JOINER, SELECTOR
from tuimail.core.checks.people import people_of
from tuimail.core.checks.scripts import mixed_words
from tuimail.core.display import LEGITIMATE, longest_pile
from tuimail.core.draft import Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.html.references import unescaped
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, replace

FOUND_LIMIT: Final = 10_000
"""So many of one kind are looked at; text that has more is not read by anybody."""
_AROUND: Final = 40
_DECODED: Final = 20 * PLACE_LIMIT
"""Characters that are decoded, of which up to ten make one."""

_TAG: Final = "\U000e0000-\U000e007f"
_FLAG: Final = "\U0001f3f4(?:{})\U000e007f".format(
    "|".join(
        "".join(chr(0xE0000 + ord(letter)) for letter in region)
        for region in ("gbeng", "gbsct", "gbwls")
    )
)
_SHORT_SELECTORS: Final = "\ufe00-\ufe0f"
_LONG_SELECTORS: Final = "\U000e0100-\U000e01ef"
_SELECTORS: Final = "".join(
    map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)))
)
"""The 256 variation selectors, in the order in which they stand for bytes."""
_JOINING: Final = (
    "\u0620-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff\u1820-\u18aa\ua840-\ua877"
)
"""Scripts in which a joiner shapes the letter before it, at its end too."""
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1980-\u19df"
"""Scripts that mark where a line may break by a space of no width."""
_RIGHT_TO_LEFT: Final = regex("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_HIDING: Final = (
    f"{JOINER}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b"
    "\u2060-\u2065\u206a-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0080-\U000e00ff\U000e01f0-\U000e0fff"
)
_MARK: Final = "(?<=[A-Za-z0-9])[\u200e\u200f\u061c](?=[A-Za-z0-9])"
"""Marks of direction belong beside right-to-left letters or punctuation."""


def _nothing(_found: str) -> str:
    return ""


def _tags(found: str) -> str:
    return "".join(chr(ord(tag) - 0xE0000) for tag in found)


def _selected(found: str) -> str:
    places = (_SELECTORS.find(character) for character in found)
    return bytes(place for place in places if place >= 0).decode(errors="replace")


def _warning(_found: list[str]) -> Severity:
    return Severity.WARNING


def _note(_found: list[str]) -> Severity:
    return Severity.INFO


def _turning(found: list[str]) -> Severity:
    """Judge controls of direction: programs put them around names, in pairs."""
    is_much = len(found) > FOUND_LIMIT
    is_harm = is_much or any(map(_is_turned, found))
    return Severity.WARNING if is_harm else Severity.INFO


def _is_turned(found: str) -> bool:
    """Return whether a pair turns what stands in it, or there is no pair.

    Letters that run the way the pair says are not turned; an override turns all.
    """
    runs_left = _RIGHT_TO_LEFT.search(found) is not None
    opening = found[0] if len(found) > 1 else ""
    if opening in {"\u2067", "\u202b"}:
        return not runs_left
    return runs_left if opening in {"\u2066", "\u202a"} else opening != "\u2068"


@dataclass(frozen=True, slots=True)
class _Kind:
    code: str
    pattern: re.Pattern[str]
    counted: re.Pattern[str]
    """The characters that are counted within what was found."""
    one: str
    several: str
    hint: str
    decoded: Callable[[str], str] = _nothing
    severity: Callable[[list[str]], Severity] = _warning


_DIRECTIONS: Final = "\u202a-\u202e\u2066-\u2069"

_CONTROL: Final = _Kind(
    "text.control-chars",
    regex("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"),
    regex("."),
    "that is no text but a command to a terminal",
    "that are no text but commands to a terminal",
    "Remove them.",
)
"""All that plain ASCII can have."""
_PLAIN: Final = b"\t\n\r" + bytes(range(0x20, 0x7F))
_UNUSUAL: Final = regex(
    "[^\t\n\r -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf]"
)
"""Of these one is in every text in which something is found: Latin letters, quotes,
dashes and signs of currencies hide nothing."""
_KINDS: Final = (
    _Kind(
        "text.bidi-control",
        regex(
            f"[\u2066-\u2068][^\n{_DIRECTIONS}]{{0,200}}\u2069"
            f"|[\u202a\u202b][^\n{_DIRECTIONS}]{{0,200}}\u202c|[{_DIRECTIONS}]"
        ),
        regex(f"[{_DIRECTIONS}]"),
        "that turns the order of letters round",
        "that turn the order of letters round",
        "Remove them, unless a name in another script stands between them.",
        severity=_turning,
    ),
    _Kind(
        "text.tag-chars",
        regex(f"[{_TAG}]"),
        regex(f"[{_TAG}]"),
        "that nobody sees and programs read",
        "that nobody sees and programs read",
        "Remove them; they were put there to be hidden.",
        _tags,
    ),
    _Kind(
        "text.variation-smuggling",
        regex(
            f"[{_LONG_SELECTORS}][{SELECTOR}]*|[{_SHORT_SELECTORS}][{SELECTOR}]+"
            "|(?:[\\w ]{1,3}[\ufe00-\ufe0d]){2,200}"
        ),
        regex(f"[{SELECTOR}]"),
        "that selects nothing and can carry hidden bytes",
        "that select nothing and can carry hidden bytes",
        "Remove them; they were put there to be hidden.",
        _selected,
    ),
    _CONTROL,
)
_INVISIBLE: Final = _Kind(
    "text.invisible",
    regex(rf"(?!\A\ufeff)[{_HIDING}]|{_MARK}"),
    regex("."),
    "that nobody sees",
    "that nobody sees",
    "Remove them; they break up words so that filters miss them.",
)
_INVISIBLE_IN_A_WORD: Final = replace(
    _INVISIBLE, pattern=regex(rf"(?<=\w)[{_HIDING}](?=\w)|{_MARK}")
)
"""Newsletters pad their first line with zero-width characters; only those
inside words deceive."""
_NOTED: Final = _Kind(
    "text.invisible",
    regex("\u00ad|\\A\ufeff"),
    regex("."),
    "that is not seen, such as a soft hyphen",
    "that are not seen, such as soft hyphens",
    "They come with copied text and do no harm, but searching may miss the words.",
    severity=_note,
)


def check(draft: Draft) -> Iterator[Finding]:
    """Find characters that hide, in every text that somebody will read."""
    for field, label, text in _texts(draft):
        yield from _check_text(text, field, label, (_INVISIBLE, _NOTED))
    if draft.body.html:
        source = unescaped(draft.body.html)
        yield from _check_text(source, "html", "HTML", (_INVISIBLE_IN_A_WORD,))


def _texts(draft: Draft) -> Iterator[tuple[str, str, str]]:
    yield "subject", "subject", draft.subject
    yield "text", "text", draft.body.text
    for field, people in people_of(draft):
        names = "\n".join([one.name for one in people])
        label = "the sender" if field == "from" else f"somebody in {field}"
        yield field, f"name of {label}", names
    files = "\n".join(attachment.name for attachment in draft.attachments)
    yield "attach", "name of an attachment", files
    yield "header", "value of a header", "\n".join(v for _, v in draft.headers)


def _check_text(
    text: str, field: str, label: str, invisible: tuple[_Kind, ...]
) -> Iterator[Finding]:
    if text.isascii():
        if text.encode().translate(None, _PLAIN):
            yield from _found(text, text, field, label, (_CONTROL,))
    elif _UNUSUAL.search(text) is not None:
        yield from _check_unusual(text, field, label, invisible)


def _check_unusual(
    text: str, field: str, label: str, invisible: tuple[_Kind, ...]
) -> Iterator[Finding]:
    bare = _without_needed(text)
    yield from _found(bare, text, field, label, (*_KINDS, *invisible))
    yield from _piled(text, field, label)
    yield from _mixed(text, field, label)


def _found(
    bare: str, text: str, field: str, label: str, kinds: tuple[_Kind, ...]
) -> Iterator[Finding]:
    for kind in kinds:
        found = list(islice(kind.pattern.finditer(bare), FOUND_LIMIT + 1))
        if found:
            yield _hidden(kind, field, label, text, found)


def _without_needed(text: str) -> str:
    return _needed().sub(lambda needed: " " * len(needed.group()), text)


@cache
def _needed() -> re.Pattern[str]:
    """Compile on first use: most text is plain."""
    return re.compile(
        f"{_FLAG}|{LEGITIMATE}|(?<=[{_JOINING}])[{JOINER}](?![{JOINER}])"
        f"|(?<=[{_UNSPACED}])\u200b(?=[{_UNSPACED}])"
    )


def _hidden(
    kind: _Kind, field: str, label: str, text: str, found: list[re.Match[str]]
) -> Finding:
    pieces = [match.group() for match in found]
    decoded = kind.decoded("".join(pieces)[:_DECODED])[:PLACE_LIMIT]
    start = max(found[0].start() - _AROUND, 0)
    return Finding(
        code=kind.code,
        severity=kind.severity(pieces),
        field=field,
        message=f"The {label} has {_what(kind, pieces)}."
        + (f" Decoded: “{decoded}”" if decoded else ""),
        hint=kind.hint,
        place=text[start : found[0].end() + _AROUND][:PLACE_LIMIT],
    )


def _what(kind: _Kind, pieces: list[str]) -> str:
    number = sum(len(kind.counted.findall(piece)) for piece in pieces)
    if number == 1:
        return f"a character {kind.one}"
    if len(pieces) > FOUND_LIMIT:
        return f"more than {FOUND_LIMIT:,} characters {kind.several}"
    return f"{number} characters {kind.several}"


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
