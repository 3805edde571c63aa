"""One mail as a file for an editor: its headers, an empty line, its body as it is.

Whatever stands in the body comes back byte for byte as the editor left it: line
ends of any kind, form feeds, separators that a screen cannot show.

Pure.
"""

import re
from collections.abc import Mapping
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, field
from tuimail.errors import FieldError

HEADERS: Final = ("From", "To", "Cc", "Bcc", "Subject")
"""What stands above the body, in this order."""
LONGEST_LINE: Final = 78
"""Cells of a line of addresses, before the next one begins (RFC 5322 §2.1.1)."""
_FOLDED: Final = frozenset({"To", "Cc", "Bcc"})
_MARK: Final = "\ufeff"
_HEADER: Final = regex(r"([!-9;-~]+)[ \t]*:[ \t]*(.*)", re.DOTALL)
_LINE: Final = regex(r"([^\r\n]*)(\r\n|\n|\r|\Z)")
_ANY: Final = regex(rf"^(?:{'|'.join(HEADERS)})[ \t]*:", re.MULTILINE | re.IGNORECASE)
_SEVERAL: Final = regex(r"(?<=,)\s+(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What an editor is given of a mail, and what it gives back."""

    headers: Mapping[str, str] = field(default_factory=dict)
    """Texts of the fields, by the names in ``HEADERS``."""
    body: str = ""


def written(sheet: Sheet) -> bytes:
    """Return ``sheet`` as the content of a file."""
    lines = [_header(name, sheet.headers.get(name, "")) for name in HEADERS]
    return "".join((*lines, "\n", sheet.body, _missing_end(sheet))).encode()


def read(content: bytes, before: Sheet) -> Sheet:
    """Return what an editor made of ``before``.

    A header whose line is gone is empty, but for From; where all of them are gone,
    they are as they were, and everything is body.

    Raises:
        FieldError: It is not UTF-8; or has a header that is not among the five, or
            one of them twice, or below something else. Then who is in Bcc would
            stand in the body, for all to read.
    """
    text = _decoded(content).removeprefix(_MARK)
    if not _ANY.match(text):
        if _ANY.search(text):
            raise _refused("The headers do not stand at the beginning.")
        return Sheet(headers=before.headers, body=_without_end(text, before))
    found, place = _headers(text)
    given, _ = _headers(written(before).decode())
    found = {"From": given["From"], **found}
    headers = {
        name: before.headers.get(name, "") if value == given[name] else value
        for name, value in ((name, found.get(name, "")) for name in HEADERS)
    }
    return Sheet(headers=headers, body=_without_end(text[place:], before))


def _header(name: str, value: str) -> str:
    whole = f"{name}: {value}"
    if name in _FOLDED and len(whole) > LONGEST_LINE:
        whole = _SEVERAL.sub("\n    ", whole)
    return f"{whole}\n"


def _missing_end(sheet: Sheet) -> str:
    """Return the line end without which many editors would add one."""
    return "" if sheet.body.endswith("\n") else "\n"


def _without_end(body: str, before: Sheet) -> str:
    """Return ``body`` without the line end that was added for the editor."""
    if not _missing_end(before) or not body.endswith("\n"):
        return body
    is_theirs = body.endswith("\r\n") and not before.body.endswith("\r")
    return body[: -2 if is_theirs else -1]


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FieldError(
            f"What the editor wrote is not UTF-8, from byte {error.start} on.",
            hint="Save it as UTF-8; nothing of it was taken, and nothing is lost.",
            field="text",
        ) from error


def _headers(text: str) -> tuple[dict[str, str], int]:
    """Return the headers at the beginning, and where the body begins."""
    found: dict[str, str] = {}
    name, place = "", 0
    while place < len(text) and (line := _LINE.match(text, place)):
        content = line[1]
        if name and content[:1] in {" ", "\t"} and content.strip():
            found[name] = f"{found[name]} {content.strip()}".strip()
        elif header := _HEADER.fullmatch(content):
            name = _named(header[1], found)
            found[name] = header[2].strip()
        else:
            return found, place if content.strip() else line.end()
        place = line.end()
    return found, place


def _named(name: str, found: Mapping[str, str]) -> str:
    """Return how a header is spelled here."""
    known = {one.lower(): one for one in HEADERS}.get(name.lower())
    if known is None:
        raise _refused(f"There is no header “{name[:40]}” here.")
    if known in found:
        raise _refused(f"The header {known} is there twice.")
    return known


def _refused(what: str) -> FieldError:
    names = ", ".join(HEADERS)
    return FieldError(
        what,
        hint=f"Above the first empty line stand {names}, each once. "
        "Nothing of the file was taken, and nothing is lost.",
        field="text",
    )
