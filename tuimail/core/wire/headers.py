"""Header fields as they are meant, and as they are written.

A field keeps its value in the shape a reader is to get it back in: words, a
list of mailboxes, or tokens of ours.  Writing folds it at 76 characters, the
limit for lines with encoded words, wherever there is a place to fold, and never
over 998.

Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

from tuimail.core.address import Address, quoted, wire_address
from tuimail.core.lines import check_line
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.core.wire.encoding import WORD_LIMIT, encoded_words

FOLD_AT: Final = 76
_LONG_WORD: Final = 900
"""Words longer than this are encoded, so that no line is over 998."""
_SHORT_NAME: Final = 60
"""Names longer than this are encoded, so that they can be folded."""

_NAME: Final = regex(r"[!-9;-~]{1,76}")
_TOKEN: Final = regex(rf"[!-~](?:[ -~]{{0,{_LONG_WORD}}}[!-~])?")
_WORD: Final = regex(r"[ \t]*[^ \t]+(?:[ \t]++\Z)?|[ \t]+")
_PLAIN_WORD: Final = regex(rf"[ \t]+[!-~]{{1,{_LONG_WORD}}}")
_DECODABLE: Final = regex(r"=\?[^?]*\?[bq]\?", re.IGNORECASE)
"""What some reader would decode (RFC 2047), even with spaces inside."""
_ATOMS: Final = regex(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
)
_QUOTABLE: Final = regex(r"(?! )(?!.*  )[ -~]+(?<! )")


@dataclass(frozen=True, slots=True, kw_only=True)
class TextHeader:
    """A field that is read as words: Subject, and whatever people add."""

    name: str
    text: str

    def __post_init__(self) -> None:
        _check_name(self.name)
        check_line(self.text, field=self.name.lower(), what=f"The {self.name}")

    def words(self) -> Sequence[str]:
        """Return what is written, each word with the white space before it."""
        room = FOLD_AT - len(f"{self.name}: ")
        if not self.text:
            return ()
        if len(self.text) <= room and _is_plain_line(self.text):
            return (f" {self.text}",)
        return list(_folded_words(self.text, room))


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressHeader:
    """A field that is read as mailboxes: From, Reply-To, To, Cc."""

    name: str
    addresses: tuple[Address, ...]
    """Never empty."""

    def __post_init__(self) -> None:
        _check_name(self.name)
        if not self.addresses:
            raise ValueError(f"The header {self.name} names nobody.")

    def words(self) -> Sequence[str]:
        """Return what is written, each word with the white space before it."""
        room = FOLD_AT - len(f"{self.name}: ")
        words: list[str] = []
        for address in self.addresses:
            wire = wire_address(address)
            if address.name:
                words += _name_words(address.name, room)
                wire = f"<{wire}>"
            words.append(f" {wire},")
            room = WORD_LIMIT
        words[-1] = words[-1].removesuffix(",")
        return words


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHeader:
    """A field in a grammar of its own, which we write and nobody else.

    Tokens are never encoded; between two of them the line may be folded.
    """

    name: str
    tokens: tuple[str, ...]

    def __post_init__(self) -> None:
        _check_name(self.name)
        for token in self.tokens or ("",):
            if not _TOKEN.fullmatch(token):
                raise ValueError(f"The header {self.name} has a token of another kind.")

    def words(self) -> Sequence[str]:
        """Return what is written, each word with the white space before it."""
        return [f" {token}" for token in self.tokens]

    @property
    def value(self) -> str:
        """What is read when the line is unfolded."""
        return " ".join(self.tokens)


HeaderField = TextHeader | AddressHeader | TokenHeader


def write_header(header: HeaderField) -> str:
    """Return ``header`` folded, with the CRLF that ends it.

    Everything is ASCII, but a local part that is not (RFC 6532).
    """
    words = header.words()
    line = f"{header.name}:{''.join(words)}"
    return f"{line}\r\n" if len(line) <= FOLD_AT else _fold(f"{header.name}:", words)


def write_headers(headers: Iterable[HeaderField]) -> bytes:
    """Return ``headers`` as they stand in a message, without the empty line."""
    return "".join(map(write_header, headers)).encode()


def _fold(start: str, words: Sequence[str]) -> str:
    """Join ``words``, each with its own white space before it, into lines."""
    lines, line = [], start
    for word in words:
        if line != start and len(line) + len(word) > FOLD_AT:
            lines.append(line)
            line = word
        else:
            line += word
    return "\r\n".join((*lines, line, ""))


def _is_plain_line(text: str) -> bool:
    """Return whether ``text`` is sure to be plain; what is not may be, too."""
    is_plain = text.isascii() and text.isprintable() and "=?" not in text
    return is_plain and text[0] != " " and text[-1] != " "


def _folded_words(text: str, room: int) -> Iterator[str]:
    """Yield the words of ``text``, each with the white space before it.

    What stands between two that are encoded is encoded with them, because
    readers drop the space between encoded words (RFC 2047 §6.2).
    """
    words = _WORD.findall(f" {text}")
    mark = "=?" if "=?" in text and _DECODABLE.search(text) else "\x00"
    run = "" if text[0] not in " \t" else words.pop(0)
    for word in words:
        if not word.isascii() or mark in word or not _PLAIN_WORD.fullmatch(word):
            run += word
            continue
        if run:
            yield from _after_gap(run, room)
            run, room = "", WORD_LIMIT
        yield word
        room = WORD_LIMIT
    if run:
        yield from _after_gap(run, room)


def _after_gap(run: str, room: int) -> Iterator[str]:
    gap = run[0]
    for word in encoded_words(run[1:], room=room):
        yield f"{gap}{word}"
        gap = " "


def _name_words(name: str, room: int) -> Iterable[str]:
    plain = _plain_name(name)
    if plain:
        return (f" {plain}",)
    return (f" {word}" for word in encoded_words(name, room=room))


def _plain_name(name: str) -> str:
    """Return ``name`` as it is written in ASCII; empty where it has to be encoded."""
    if name.isascii() and len(name) <= _SHORT_NAME and "=?" not in name:
        if _ATOMS.fullmatch(name):
            return name
        if _QUOTABLE.fullmatch(name):
            return quoted(name)
    return ""


@lru_cache(maxsize=256)
def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not the name of a header.")
