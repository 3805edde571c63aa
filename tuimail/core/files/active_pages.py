"""Whether a web page or a drawing does more than show itself.

A page that is attached opens in the receiver's browser, from the disk, with
whatever is in it. Looked for is what browsers act upon, in the forms in which it
hides: any case, an XML prefix, characters given by number, white space inside a
scheme, two-byte text. It is not parsed: readers of HTML, of SVG and of saved mail
differ, and what one of them runs has to be found.

Pure, piece by piece, and in linear time.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

_OVERLAP: Final = 4096
"""So much of what came before is looked at again with the next piece."""
_PREFIX: Final = r"<(?:[\w.-]{1,40}:)?"
_EVENTS: Final = (
    "abort|activate|after[a-z]+|animation[a-z]+|auxclick|before[a-z]+|begin|blur|bounce"
    "|canplay[a-z]*|cancel|change|click|close|contextmenu|copy|cuechange|cut|dblclick"
    "|drag[a-z]*|drop|durationchange|emptied|end|ended|error|filterchange|finish"
    "|focus[a-z]*|formdata|fullscreen[a-z]*|gesture[a-z]+|gotpointercapture|hashchange"
    "|help|input|invalid|key[a-z]+|languagechange|load[a-z]*|lostpointercapture"
    "|message[a-z]*|mouse[a-z]+|offline|online|page[a-z]+|paste|pause|play[a-z]*"
    "|pointer[a-z]+|popstate|progress|propertychange|ratechange|readystatechange"
    "|rejectionhandled|repeat|reset|resize|scroll[a-z]*|search|securitypolicyviolation"
    "|seek[a-z]+|select[a-z]*|show|slotchange|stalled|start|storage|submit|suspend"
    "|timeupdate|toggle|touch[a-z]+|transition[a-z]+|unhandledrejection|unload"
    "|volumechange|waiting|webkit[a-z]+|wheel|zoom"
)
_ATTRIBUTES: Final = (
    "action|background|code|codebase|content|data|formaction|from|href|longdesc"
    "|manifest|poster|src|to|url|values"
)
_OWN_STYLE_SHEET: Final = (
    r"<\?xml-stylesheet[^<]{0,400}?href\s*+=\s*+[\"']?\s*+(?:#|data:)"
)
"""One inside the file; invoices in XML name one elsewhere, which no browser
loads for a file on the disk."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """Something that a page may do, and how it looks in lower case."""

    what: str
    """As people call it."""
    hints: tuple[str, ...]
    """One of these is in it: looking for words is much faster than for patterns."""
    pattern: re.Pattern[str]
    is_in_tags: bool = False
    """Whether it is nothing but text between tags."""

    def is_in(self, text: str) -> bool:
        """Return whether ``text`` in lower case has it."""
        has_hint = any(hint in text for hint in self.hints)
        if not has_hint or not self.pattern.search(text):
            return False
        return not self.is_in_tags or any(map(self._is_in_tag, text.split("<")))

    def _is_in_tag(self, behind: str) -> bool:
        """Return whether it is in the tag at the start, or may be in one around it.

        Where a tag stands inside a value of another one, a quote comes after it.
        """
        tag = _CLOSED_TAG.match(behind)
        if tag is None or self.pattern.search(behind, 0, tag.end()):
            return self.pattern.search(behind) is not None
        quote = _QUOTE.search(behind, tag.end())
        return bool(quote and self.pattern.search(behind, quote.start()))


_MARKUP: Final = (
    _Sign(
        "a script",
        ("script",),
        regex(
            rf"{_PREFIX}script"
            r"(?!\s+type\s*=\s*[\"']?application/(?:ld\+)?json[\"']?\s*>)[\s/>]"
        ),
    ),
    _Sign(
        "code that an event runs",
        ("on",),
        regex(rf"[\s/\"'`]on(?:{_EVENTS})\s*="),
        is_in_tags=True,
    ),
    _Sign(
        "a form",
        ("form",),
        regex(rf"{_PREFIX}form[\s/>]|[\s/\"']formaction\s*="),
    ),
    _Sign(
        "another page or object inside",
        ("frame", "object", "embed", "applet", "portal"),
        regex(rf"{_PREFIX}(?:iframe|frame|object|embed|applet|portal)[\s/>]"),
    ),
    _Sign(
        "an order to go to another page",
        ("refresh",),
        regex(
            rf"{_PREFIX}meta[\s/][^<]{{0,3000}}?http-equiv\s*+=\s*+[\"']?\s*+refresh"
        ),
    ),
    _Sign("an application for Windows", ("hta:",), regex("<hta:application")),
    _Sign(
        "a style sheet that is a program",
        ("stylesheet",),
        regex(_OWN_STYLE_SHEET),
    ),
    _Sign(
        "text that becomes markup",
        ("entity",),
        regex(r"<!entity\s[^<>\"']{0,200}[\"'][^\"'<&]{0,2000}(?:<|&#)"),
    ),
    _Sign(
        "a part that cannot be looked into",
        ("base64",),
        regex(
            r"text/html[^<>]{0,200}?encoding:\s{0,9}base64"
            r"|encoding:\s{0,9}base64[^<>]{0,200}?text/html"
        ),
    ),
)
_TARGETS: Final = (
    _Sign(
        "a link that runs code",
        ("script:",),
        regex(
            rf"(?:{_ATTRIBUTES})=[\"'`]?(?:[^\"'<>;]{{1,200}};)?[\x01-\x1f]*+"
            r"(?:view-source:)?(?:java|vb|live)script:"
        ),
    ),
    _Sign(
        "a page inside a link",
        ("data:",),
        regex(
            rf"(?:{_ATTRIBUTES})=[\"'`]?[\x01-\x1f]*+"
            "data:(?:text/html|application/xhtml|text/xml)"
        ),
    ),
)
"""The same in text without white space, which browsers leave out."""
_CLOSED_TAG: Final = regex(
    r"/?[a-z][\w:-]*+"
    r"(?:\s++[\w:-]++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>=`]++))?)*+\s*+/?>"
)
"""Behind ``<``: one that every reader takes for the same tag."""
_QUOTE: Final = regex("[\"'`]")
_TYPED_IN: Final = regex(
    r"(?:\A|>)[^<>\"'`]{0,2000}+<textarea(?:\s[\w\s=-]{0,200})?>"
    r"(?:(?!--|</(?!script>|a>|b>|i>|p>))[^\"'`]){0,300}?</textarea>"
)
"""The content of a field, where nothing around it can make markup of it."""
_FOREIGN: Final = ("<svg", ":svg", "<math", "xml")
"""In drawings and in XML there are no such fields."""
_BROWSED_XML: Final = regex(rf"www\.w3\.org/(?:1999/xhtml|2000/svg)|{_OWN_STYLE_SHEET}")
_REFERENCE: Final = regex(
    r"&(?:#0*+(?P<decimal>\d{1,3})(?!\d)"
    r"|#x0*+(?P<hexadecimal>[0-9a-f]{1,2})(?![0-9a-f])|(?P<name>colon|newline|tab));?"
)
_NAMED: Final = {"colon": ":", "newline": "\n", "tab": "\t"}
_STRUCTURE: Final = "<>&\"'"
_QUOTED_PRINTABLE: Final = regex(r"=(?:\r?\n|([0-7][0-9a-f]))")


def activity(
    pieces: Iterable[bytes], *, is_saved_mail: bool = False, is_data: bool = False
) -> str:
    """Return what in a page does something, as people call it, or empty.

    Args:
        pieces: The content, from its beginning.
        is_saved_mail: Whether it is a page in the form of a mail (``.mht``).
        is_data: Whether it is XML, which a browser acts upon only where it says
            to be a page or a drawing.
    """
    found = ""
    is_browsed = not is_data
    for text in _windows(pieces):
        plain = _without_references(_decoded(text) if is_saved_mail else text)
        is_browsed = is_browsed or _BROWSED_XML.search(plain) is not None
        found = found or _found(plain)
        if found and is_browsed:
            return found
    return ""


def _windows(pieces: Iterable[bytes]) -> Iterator[str]:
    """Yield the text in lower case, each piece with the end of the one before.

    What is looked for is ASCII, so that every encoding may be read as Latin-1;
    without NULs, two-byte encodings read the same.
    """
    before = ""
    for piece in pieces:
        text = before + piece.replace(b"\x00", b"").decode("latin-1").lower()
        yield text
        before = text[-_OVERLAP:]


def _found(plain: str) -> str:
    if "<textarea" in plain and not any(sign in plain for sign in _FOREIGN):
        plain = _TYPED_IN.sub("> ", plain)
    return _first(_MARKUP, plain) or _first(_TARGETS, "".join(plain.split()))


def _first(signs: Iterable[_Sign], text: str) -> str:
    for sign in signs:
        if sign.is_in(text):
            return sign.what
    return ""


def _without_references(text: str) -> str:
    """Return ``text`` with its letters as letters, and its markup as it is."""
    return _REFERENCE.sub(_character, text) if "&" in text else text


def _character(reference: re.Match[str]) -> str:
    if reference["name"]:
        return _NAMED[reference["name"]]
    digits, base = reference["decimal"], 10
    if digits is None:
        digits, base = reference["hexadecimal"], 16
    character = chr(int(digits, base)).lower()
    return reference.group() if character in _STRUCTURE else character


def _decoded(text: str) -> str:
    """Return quoted-printable text as it was (RFC 2045 §6.7)."""
    return _QUOTED_PRINTABLE.sub(
        lambda found: chr(int(found[1], 16)) if found[1] else "", text
    )
