"""A file name that no receiver's system acts upon.

Some programs save under the declared name as it is (RFC 2183 §2.3 warns of it),
and the receiver's system may be any. So folders are cut off, and what means
something to a file system is replaced: a colon names a drive or a hidden stream
on Windows, ``<>|?*`` are its wildcards and pipes, dots and spaces at an edge hide
a file or vanish. A quotation mark stays: it is common in names made elsewhere, acts
nowhere, and mail quotes it. Letters stay as they are, composed or not: normalising
turns some Japanese names into other characters.

Pure.
"""

from typing import Final

from tuimail.core.draft import FILE_NAME_LIMIT
from tuimail.core.lines import check_line
from tuimail.core.patterns import regex
from tuimail.errors import FieldError

BIDI_CONTROLS: Final = regex("[\u202a-\u202e\u2066-\u2069]")
"""What turns the order of letters round, so that ``exe.pdf`` shows for
``fdp.exe``."""

_SEPARATOR: Final = regex(r"[/\\]")
_STAND_INS: Final = str.maketrans({"\t": " "} | dict.fromkeys(":<>|?*", "_"))
_EDGES: Final = (
    ". \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u202f\u205f\u3000"
)
"""The dot and every kind of space."""
_ENDING_LIMIT: Final = 20
"""Octets; what is longer after the last dot is no ending."""


def clean_name(name: str) -> tuple[str, bool]:
    """Return the name to send ``name`` under, and whether it is another one.

    Raises:
        FieldError: It has control characters, or nothing of it is left.
    """
    check_line(name, field="attach", what="The name of an attachment")
    plain = BIDI_CONTROLS.sub("", name)
    cleaned = _short(_last_part(plain).translate(_STAND_INS).strip(_EDGES))
    if not cleaned:
        raise FieldError(
            f"{name[:60]!r} cannot be the name of an attachment.",
            hint="Use a plain file name such as report.pdf.",
            field="attach",
        )
    return cleaned, cleaned != name


def has_folders(name: str) -> bool:
    """Return whether ``name`` is a path and not only a file's name."""
    return _SEPARATOR.search(name) is not None


def _last_part(name: str) -> str:
    parts = [part for part in _SEPARATOR.split(name) if part]
    return parts[-1] if parts else ""


def _short(name: str) -> str:
    """Return ``name`` cut to what file systems take, its ending kept."""
    if len(name.encode()) <= FILE_NAME_LIMIT:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > _ENDING_LIMIT:
        stem, dot, ending = name, "", ""
    room = FILE_NAME_LIMIT - len((dot + ending).encode())
    kept = stem.encode()[:room].decode(errors="ignore").rstrip(_EDGES)
    return kept + dot + ending
