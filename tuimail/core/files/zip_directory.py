"""The names in a ZIP archive, without unpacking anything.

They stand in the central directory at the end of the file, and again before each
file. Both are looked for by their signatures (APPNOTE.TXT §4.3.7, §4.3.12), so that
an archive that was cut, or that has something before or after it, is read as
well; one that is stored in another is found with it.

Pure.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass

DIRECTORY_BYTES: Final = 1024 * 1024
"""So much of the end is looked at: the names of some 10,000 files."""

_HEADERS: Final = (
    regex(rb"PK\x03\x04..(..).{18}(..)..", re.DOTALL),
    regex(rb"PK\x01\x02....(..).{18}(..).{16}", re.DOTALL),
)
"""Of one file and of the directory; the groups are flags and length of the name."""
_IS_ENCRYPTED: Final = 1
_NAME_BYTES: Final = 1024
"""Of a longer name, the end is what counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipEntry:
    """One file in an archive, as it is listed."""

    name: str
    """With its folders, divided by ``/``; what is no UTF-8 shows as such."""
    is_encrypted: bool


def zip_entries(end: bytes) -> Iterator[ZipEntry]:
    """Yield what is listed in ``end``, the last part of an archive or all of it.

    A file may come twice.
    """
    for header in _HEADERS:
        for found in header.finditer(end):
            flags, length = (
                int.from_bytes(field, "little") for field in found.groups()
            )
            name = end[found.end() : found.end() + length][-_NAME_BYTES:]
            yield ZipEntry(
                name=name.decode(errors="replace").replace("\\", "/"),
                is_encrypted=bool(flags & _IS_ENCRYPTED),
            )


def end_of(pieces: Iterable[bytes]) -> bytes:
    """Return the last ``DIRECTORY_BYTES`` of ``pieces``, never keeping much more."""
    kept = bytearray()
    for piece in pieces:
        kept += piece
        if len(kept) > 2 * DIRECTORY_BYTES:
            del kept[:-DIRECTORY_BYTES]
    return bytes(kept[-DIRECTORY_BYTES:])
