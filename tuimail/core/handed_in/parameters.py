"""Header values with parameters: Content-Type and Content-Disposition.

RFC 2045 §5.1 with RFC 2231, and names in encoded words as many programs write
them. Nothing that two programs could read differently is taken.

Pure.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from tuimail.core.handed_in import charsets
from tuimail.core.handed_in.mailboxes import without_comments
from tuimail.core.handed_in.notes import refused, shown
from tuimail.core.handed_in.words import read_words
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

VALUE_LIMIT: Final = 20_000
"""Characters; no file name or boundary needs as many."""

_PARAMETER: Final = regex(
    r';[ \t]*+([^ \t;="]++)[ \t]*+=[ \t]*+("(?:[^"\\]|\\.)*+"[ \t]*+(?=;|\Z)|[^;"]*+)'
)
_ESCAPED: Final = regex(r"\\(.)")
_SECTION: Final = regex(r"([^*]+)\*(0|[1-9][0-9]{0,3})(\*?)")


@dataclass(frozen=True, slots=True)
class Value:
    """One such value."""

    word: str
    """What stands before the first parameter, lower case."""
    parameters: Mapping[str, str]
    """By lower-case name, as written: with the asterisks of RFC 2231."""

    def plain(self, name: str) -> str:
        """Return a parameter that is a word, such as ``charset``."""
        return self.parameters.get(name, "").strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """Return every reading of a parameter for people, the best first.

        What RFC 2231 wrote comes before the plain form, which is there for
        programs that do not know it.

        Raises:
            FieldError: It is in a charset that cannot be read, or incomplete.
        """
        readings = (
            self._extended(name),
            self._continued(name),
            read_words(self.parameters.get(name, "")),
        )
        return tuple(one for one in readings if one)

    def _extended(self, name: str) -> str:
        written = self.parameters.get(f"{name}*", "")
        return _decoded([(written, True)], name) if written else ""

    def _continued(self, name: str) -> str:
        sections = sorted(
            (int(found[2]), text, bool(found[3]))
            for found, text in (
                (_SECTION.fullmatch(key), text) for key, text in self.parameters.items()
            )
            if found is not None and found[1] == name
        )
        if [number for number, _, _ in sections] != list(range(len(sections))):
            raise refused(
                f"The parameter {name} is in pieces, and not all of them are there.",
                hint="Write it in one piece.",
            )
        return _decoded([one[1:] for one in sections], name) if sections else ""


def read_value(text: str, *, name: str) -> Value:
    """Return what the header ``name`` says in ``text``.

    Raises:
        FieldError: It is too long, malformed, or gives one parameter twice.
    """
    if len(text) > VALUE_LIMIT:
        raise refused(
            f"The header {name} has {len(text):,} characters, where {VALUE_LIMIT:,} "
            "are the limit.",
            hint="Shorten it.",
        )
    head, semicolon, rest = text.partition(";")
    word, _ = without_comments(head)
    return Value(word.strip(" \t").lower(), _parameters(semicolon + rest, name))


def _parameters(text: str, name: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for key, written in _PARAMETER.findall(text):
        if key.lower() in found:
            raise refused(
                f"The header {name} gives {key[:60]} twice, and programs take "
                "different ones.",
                hint="Leave one of them.",
            )
        found[key.lower()] = _unquoted(written)
    rest = _PARAMETER.sub("", text).strip("; \t")
    if rest:
        raise refused(
            f"The header {name} has {shown(rest)}, which is no parameter.",
            hint='A parameter is NAME=VALUE or NAME="VALUE", with ; before it.',
        )
    return found


def _unquoted(written: str) -> str:
    written = written.strip(" \t")
    if not written.startswith('"'):
        return written
    return _ESCAPED.sub(r"\1", written[1:-1])


def _decoded(sections: list[tuple[str, bool]], name: str) -> str:
    """Return the text of percent-encoded and of plain sections, joined."""
    charset, octets = "utf-8", b""
    for number, (text, is_encoded) in enumerate(sections):
        if is_encoded and number == 0 and text.count("'") > 1:
            charset, _, text = text.split("'", 2)  # noqa: PLW2901 - the rest of it
        octets += unquote_to_bytes(text) if is_encoded else text.encode()
    found = charsets.decoded(octets, charset or "utf-8")
    if found is None:
        raise refused(
            f"The parameter {name} is not text in {charset[:60]}.",
            hint="Write it in UTF-8 (RFC 2231).",
        )
    return found
