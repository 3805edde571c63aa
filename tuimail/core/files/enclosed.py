"""The files that go along with a message, found in its bytes and looked into.

Pure.
"""

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Final

from tuimail.core.files.contents import (
    HEAD_BYTES,
    ZIP,
    contradicts_name,
    contradicts_type,
    is_binary,
    recognised,
)
from tuimail.core.files.zip_directory import ZipEntry, end_of, zip_entries
from tuimail.core.preview import PARTS_LIMIT, is_enclosed
from tuimail.core.values import dataclass, field
from tuimail.core.wire.parts import Part, walk

ENTRIES_LIMIT: Final = 1_000
"""So many names of an archive are listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosed:
    """One file of a message; its name and type are what the message says."""

    name: str
    content_type: str
    what: str
    """What it is by its first bytes, with its article; empty where that is not
    certain."""
    is_contradicted: bool
    """Whether that is something else than its name or its type says."""
    is_binary: bool
    digest: str
    """SHA-256 of the content, lower-case hexadecimal."""
    encoded_bytes: int
    content_id: str
    is_picture: bool
    content: bytes = field(repr=False)

    @property
    def size_bytes(self) -> int:
        """Octets, once it is saved."""
        return len(self.content)


def enclosed(raw: bytes) -> tuple[Enclosed, ...]:
    """Return every file of ``raw``, a whole message, in order."""
    parts = islice(walk(raw), PARTS_LIMIT)
    return tuple(_enclosed(one) for one in parts if is_enclosed(one))


def entries(content: bytes) -> tuple[ZipEntry, ...]:
    """Return what an archive lists, each name once; nothing where it is none."""
    if recognised(content[:HEAD_BYTES]) is not ZIP:
        return ()
    return tuple(islice(_once(content), ENTRIES_LIMIT))


def _once(content: bytes) -> Iterator[ZipEntry]:
    seen: set[str] = set()
    for entry in zip_entries(end_of((content,))):
        if entry.name not in seen:
            seen.add(entry.name)
            yield entry


def _enclosed(part: Part) -> Enclosed:
    content = part.decoded(limit_bytes=len(part.content))
    found = recognised(content[:HEAD_BYTES], may_be_prose=not part.name)
    is_other = found is not None and (
        contradicts_name(found, part.name) or contradicts_type(found, part.content_type)
    )
    return Enclosed(
        name=part.name,
        content_type=part.content_type,
        what=found.what if found else "",
        is_contradicted=is_other,
        is_binary=is_binary(content[:HEAD_BYTES]),
        digest=hashlib.sha256(content).hexdigest(),
        encoded_bytes=len(part.content),
        content_id=part.content_id,
        is_picture=part.content_type.startswith("image/"),
        content=content,
    )
