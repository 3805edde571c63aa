"""What a part holds: its transfer encoding and its charset undone.

Pure.
"""

import binascii
import re
from typing import Final

from tuimail.core.handed_in import charsets
from tuimail.core.handed_in.entities import Entity
from tuimail.core.handed_in.notes import REPLACEMENT, Notes, refused
from tuimail.core.patterns import regex

_UNENCODED: Final = frozenset({"8bit", "binary"})
_SEVEN_BIT: Final = frozenset({"", "7bit"})
_QP: Final = regex(
    rb"=(?:([0-9A-Fa-f]{2})|[ \t]*+(?:\r?\n|\Z))|(?<![ \t])[ \t]++(?=\r?\n|\Z)"
)
"""An escape, a line end that is none, or blanks that some server appended."""
_QP_BROKEN: Final = regex(rb"=(?![0-9A-Fa-f]{2}|[ \t]*+(?:\r?\n|\Z))")
_NOT_BASE64: Final = regex(rb"[^A-Za-z0-9+/= \t\r\n]")
_PADDING: Final = b"= \t\r\n"
NUL: Final = "\0"
_NOTED: Final = "noted"
"""In the place of a charset of which everything was said."""


def read_content(raw: bytes, entity: Entity, notes: Notes) -> bytes:
    """Return the octets of ``entity``, decoded.

    Raises:
        FieldError: It is in an encoding that is unknown, or not in the one it says.
    """
    if entity.encoding in _SEVEN_BIT:
        content = raw[entity.start : entity.end]
        _note_eight_bit(entity, content, notes)
        return content
    if entity.encoding in _UNENCODED:
        return raw[entity.start : entity.end]
    if entity.encoding == "quoted-printable":
        return _from_quoted_printable(raw[entity.start : entity.end], entity, notes)
    if entity.encoding == "base64":
        return _from_base64(raw, entity, notes)
    raise refused(
        f"{entity.called} is in the encoding {entity.encoding[:60]!r}, which is "
        "unknown, so nobody can look at what it holds.",
        hint="Use base64 or quoted-printable (RFC 2045 §6).",
    )


def read_text(raw: bytes, entity: Entity, notes: Notes) -> str:
    """Return the text of ``entity``; line ends are LF.

    Text that is not in the charset it says is taken where it is UTF-8, which
    other text hardly ever is by chance. What is none at all is shown as U+FFFD where
    the notes are lenient.

    Raises:
        FieldError: It is no text in any charset that it could be in.
    """
    content = read_content(raw, entity, notes)
    charset = _charset(entity)
    text = charsets.decoded(content, charset)
    if text is None:
        text = charsets.decoded(content, "utf-8")
        if text is None and notes.is_lenient:
            text = charsets.replaced(content, charset)
            _note_replaced(entity, "mime.charset", f"not text in {charset[:60]}", notes)
            charset = _NOTED
        if text is None:
            raise refused(
                f"{entity.called} is not text in {charset[:60]}"
                f"{'' if charsets.is_known(charset) else ', which is unknown'}.",
                hint="Write it in UTF-8, and say so: charset=utf-8.",
            )
        _note_charset(entity, charset, text, notes)
    if NUL in text and notes.is_lenient:
        text = text.replace(NUL, REPLACEMENT)
        _note_replaced(entity, "mime.encoding", "a NUL in places", notes)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _charset(entity: Entity) -> str:
    words = entity.media.plain("charset").split()
    return words[0].strip("'").lower() if words else "us-ascii"


def _note_replaced(entity: Entity, code: str, what: str, notes: Notes) -> None:
    notes.warn(
        code,
        f"{entity.called} is {what}; it shows “{REPLACEMENT}” there.",
        field="text",
        hint="Look at where it comes from, if what is missing matters.",
    )


def _note_charset(entity: Entity, charset: str, text: str, notes: Notes) -> None:
    if charset in {"us-ascii", _NOTED}:
        return
    notes.warn(
        "mime.charset",
        f"{entity.called} says that it is in {charset[:60]}; it was read as "
        f"{'ASCII' if text.isascii() else 'UTF-8'}.",
        field="text",
        hint="Read it to see that every letter is right.",
    )


def _note_eight_bit(entity: Entity, content: bytes, notes: Notes) -> None:
    if not content.isascii():
        notes.info(
            "mime.encoding",
            f"{entity.called} has 8-bit characters, though it says 7bit; it goes "
            "out encoded.",
            field="message",
        )


def _from_quoted_printable(content: bytes, entity: Entity, notes: Notes) -> bytes:
    broken = len(_QP_BROKEN.findall(content))
    if broken:
        notes.info(
            "mime.encoding",
            f"{entity.called} has {broken} “=” in quoted-printable that begin no "
            "escape; they were kept as they are.",
            field="message",
        )
    return _QP.sub(_unescaped, content)


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes([int(found[1], 16)]) if found[1] else b""


def _from_base64(raw: bytes, entity: Entity, notes: Notes) -> bytes:
    padding = raw.find(b"=", entity.start, entity.end)
    rest = raw[padding : entity.end] if padding >= 0 else b""
    is_clean = _NOT_BASE64.search(raw, entity.start, entity.end) is None
    if not is_clean or rest.translate(None, _PADDING):
        raise _not_base64(entity)
    with memoryview(raw) as whole, whole[entity.start : entity.end] as content:
        try:
            return binascii.a2b_base64(content)
        except binascii.Error:
            return _unpadded(bytes(content), entity, notes)


def _unpadded(content: bytes, entity: Entity, notes: Notes) -> bytes:
    try:
        found = binascii.a2b_base64(content + b"==")
    except binascii.Error:
        raise _not_base64(entity) from None
    notes.info(
        "mime.encoding",
        f"{entity.called} is in base64 without the “=” at its end.",
        field="message",
    )
    return found


def _not_base64(entity: Entity) -> Exception:
    return refused(
        f"{entity.called} is not the base64 that it says it is.",
        hint="Encode it again; nothing may stand after its end.",
    )
