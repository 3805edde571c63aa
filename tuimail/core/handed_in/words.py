"""Encoded words (RFC 2047), read in time that grows with the length.

Words that stand side by side in one charset are read as one, because many
programs split characters between them. A word that cannot be read stays as it
is: then no reader sees anything else.

Pure.
"""

import binascii
from itertools import groupby
from typing import Final

from tuimail.core.handed_in import charsets
from tuimail.core.patterns import regex

_WORD: Final = regex(r"=\?([^?\s]{1,60})\?([BbQq])\?([^?\s]*+)\?=")
_RUN: Final = regex(
    r"=\?[^?\s]{1,60}\?[BbQq]\?[^?\s]*+\?="
    r"(?:[ \t]*=\?[^?\s]{1,60}\?[BbQq]\?[^?\s]*+\?=)*"
)
_Q_ESCAPE: Final = regex(rb"=([0-9A-Fa-f]{2})")
_BASE64: Final = regex(r"[A-Za-z0-9+/]*+={0,2}")


def read_words(value: str) -> str:
    """Return ``value`` with its encoded words decoded."""
    if "=?" not in value:
        return value
    return _RUN.sub(lambda run: _read_run(run.group()), value)


def has_words(value: str) -> bool:
    """Return whether anything that looks like an encoded word is in ``value``."""
    return _WORD.search(value) is not None


def _read_run(run: str) -> str:
    text = ""
    for charset, words in groupby(_WORD.findall(run), key=_charset):
        pieces = [_octets(encoding, content) for _, encoding, content in words]
        if None in pieces:
            return run
        piece = charsets.decoded(b"".join(filter(None, pieces)), charset)
        if piece is None:
            return run
        text += piece
    return text


def _charset(word: tuple[str, str, str]) -> str:
    """Return the charset, without the language after it (RFC 2231 §5)."""
    return word[0].partition("*")[0].lower()


def _octets(encoding: str, content: str) -> bytes | None:
    if encoding in "Qq":
        return _q_octets(content)
    if not _BASE64.fullmatch(content):
        return None
    try:
        return binascii.a2b_base64(f"{content}==")
    except binascii.Error:
        return None


def _q_octets(content: str) -> bytes | None:
    octets = content.replace("_", " ").encode()
    if octets.count(b"=") != len(_Q_ESCAPE.findall(octets)):
        return None
    return _Q_ESCAPE.sub(lambda found: bytes([int(found[1], 16)]), octets)
