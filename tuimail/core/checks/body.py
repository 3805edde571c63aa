"""Whether the mail says anything, and whether blanks in it were left open.

Blanks are searched in the author's own words only, and not where code is shown:
mail about templates has braces too. Mail that a service fills in for each
recipient has them by design.

Pure.
"""

import re
from collections.abc import Iterator
from typing import Final

from tuimail.core.characters import is_blank
from tuimail.core.checks.attachments import own_lines
from tuimail.core.checks.hints import Hints
from tuimail.core.draft import Draft
from tuimail.core.finding import PLACE_LIMIT, Finding, Severity
from tuimail.core.patterns import regex
from tuimail.core.signature import unsigned

_LINE_LIMIT: Final = 10_000
"""Nobody writes longer lines; those are data."""

_PICTURE: Final = regex(r"<(?:img|picture|svg|video|object|embed)\b", re.IGNORECASE)

_FIELD: Final = r"[A-Za-z_][\w. ]{0,60}?"
_PERSONAL: Final = (
    r"(?:(?:your|first|last|full|sur|recipient'?s?|customer'?s?|contact'?s?|user|company"
    r"|client'?s?) ?names?|name|salutation|insert [^\[\]\n]{1,60}|your [^\[\]\n]{1,40}"
    r"|vor-? ?und nachname|vorname|nachname|firmenname|ihr name|anrede|nom|pr[ée]nom"
    r"|nombre|apellidos?|cognome|naam|voornaam|imię|imya|имя)"
)
_NAMED: Final = r"(?=(?-i:[^\Wa-z])|[^\[\]\n]{1,30} )"
"""A capital, or several words: ``[name]`` alone is what programs write."""
_GREETING: Final = (
    r"(?:dear|hi|hello|hey|hallo|liebe[rs]?|sehr geehrte[rs]?(?: (?:frau|herr|herrn))?"
    r"|guten tag(?: (?:frau|herr))?|bonjour|ch[eè]re?|hola|estimad[oa]|querid[oa]|ciao"
    r"|gentile|ol[áa]|beste|drogi|уважаем(?:ый|ая)|здравствуйте)"
)
_NOBODY: Final = (
    r"(?:none|null|undefined|nan|xxx+|\.\.\.|…|name|first ?name|vorname|nom|nombre)"
)
_UNFINISHED: Final = (
    r"insert|add|fill|write|replace|change|update|paste|link|price|text|image|date|name"
)
_SIGNED: Final = tuple(
    regex(pattern, flags)
    for pattern, flags in (
        (rf"(?<![$\w]){{{{ ?{_FIELD}(?: ?\| ?[\w ]{{1,40}})? ?}}}}", 0),
        (r"\{% ?(?:if|for|end\w{2,8}|else|include|block|set) ?[^%\n]{0,80}%\}", 0),
        (rf"<<{_FIELD}>>|\[\[{_FIELD}\]\]|\*\|{_FIELD}\|\*", 0),
        (r"(?<![\w%=\\;])%{1,2}[A-Z][A-Z_]{3,40}%{1,2}(?![\w%;\\/])", 0),
        (rf"(?<![\w\]!])\[{_NAMED}{_PERSONAL}\](?![(:\[])", re.IGNORECASE),
        (r"\blorem ipsum\b", re.IGNORECASE),
        (r"[\[(<{](?:TODO|TBD|FIXME|TBA|XXX+)\b[^\[\](){}<>\n]{0,80}[\])>}]", 0),
        (rf"\bTODO: ?(?i:{_UNFINISHED})\b", 0),
        (r"(?:[:=$€£]|EUR|USD) ?X{3,6}(?:[.,]X{2})?(?: ?(?:€|EUR|USD|\$))?\s*\Z", 0),
    )
)
_SIGNS: Final = Hints((
    "{{", "{%", "<<", "[", "*|", "%", "lorem", "todo", "tbd", "fixme", "xxx",
))  # fmt: skip
"""In every line that one of those fits there is one of these, in whatever case."""
_NOBODY_HINTS: Final = Hints((
    " ,", "none", "null", "undef", "nan", "...", "…", "name", "nom",
))  # fmt: skip
"""In every line that greets nobody there is one of these, or of those above. They have
none of the letters, such as an ``i``, that letters beyond ASCII are taken for."""
_GREETING_NOBODY: Final = regex(
    rf"\W{{0,3}}{_GREETING} (?:,|{_NOBODY}\s?[,!:])", re.IGNORECASE
)
_CODE: Final = regex(
    r"    |\t|\s*(?:[-+@]{1,3} |//|#include|\$ |\w+\(|<[a-z/!])|.*[;{]\s*\Z"
    r"|[+-]? ?(?:def|class|import|from|return|if|for|var|let|const|func|fn)\b.*[:;({=]"
)
_ABOUT_TEMPLATES: Final = regex(
    r"\b(?:templates?|templat(?:ing|ed)|variables?|placeholders?|syntax|jinja\w*|liquid"
    r"|mustaches?|handlebars|render(?:s|ed|ing)?|platzhalter|vorlagen?)\b",
    re.IGNORECASE,
)
_FENCE: Final = regex(r"\s{0,3}(?:```|~~~)")
_CODE_MARKS: Final = ("`", "~~~")
_INLINE_CODE: Final = regex(r"`[^`]*`")


def check(draft: Draft, *, text: str) -> Iterator[Finding]:
    """Find mail that says nothing, and blanks that nobody has filled in.

    Args:
        draft: What is checked.
        text: What the receiver will read; quotes marked by ``>``.
    """
    yield from _empty(draft, text)
    if draft.service.template_id or draft.service.merge or draft.service.merge_for:
        return
    for field, words in (("subject", draft.subject), (_field(draft), text)):
        yield from _open(field, words)


def _field(draft: Draft) -> str:
    return "text" if draft.body.text else "html"


def _empty(draft: Draft, text: str) -> Iterator[Finding]:
    says = not is_blank(unsigned(text)) or _PICTURE.search(draft.body.html)
    if not says and not draft.attachments and not draft.service.template_id:
        yield Finding(
            code="text.empty-body",
            severity=Severity.WARNING,
            field=_field(draft) if draft.body.html else "text",
            message="The mail has no text, no picture and no attachment.",
            hint="Write something, or attach what is to be sent.",
        )


def _open(field: str, text: str) -> Iterator[Finding]:
    found = list(_placeholders(text))
    if found:
        blank, line = found[0]
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        yield Finding(
            code="text.placeholder",
            severity=Severity.WARNING,
            field=field,
            message=f"The {field} seems to have a blank that was not filled in: "
            f"{blank.strip()[:80]}{more}.",
            hint="Fill it in, or take it out.",
            place=line.strip()[:PLACE_LIMIT],
        )


def _placeholders(text: str) -> Iterator[tuple[str, str]]:
    lower = text.lower()
    has_signs = _SIGNS.are_in(lower)
    if not has_signs and not _NOBODY_HINTS.are_in(lower):
        return
    for line, words in _prose(text):
        blank = _blank(words, has_signs=has_signs)
        if blank and not (_CODE.match(line) or _ABOUT_TEMPLATES.search(line)):
            yield blank, words


def _prose(text: str) -> Iterator[tuple[str, str]]:
    """Yield the author's own lines, each also without the code that is in it."""
    if not any(mark in text for mark in _CODE_MARKS):
        yield from ((line, line) for line in own_lines(text))
        return
    is_fenced = False
    for line in own_lines(text):
        if _FENCE.match(line):
            is_fenced = not is_fenced
        elif not is_fenced:
            yield line, _INLINE_CODE.sub("`", line)


def _blank(line: str, *, has_signs: bool) -> str:
    """Return what was not filled in, or empty."""
    if len(line) > _LINE_LIMIT:
        return ""
    if has_signs and _SIGNS.are_in(line.lower()):
        for pattern in _SIGNED:
            found = pattern.search(line)
            if found:
                return found.group()
    found = _GREETING_NOBODY.match(line)
    return found.group() if found else ""
