"""Pictures in a message: which there are, of what kind, and how big.

The first bytes decide, never a name or what the message says, and the size in
pixels is read before anything is decoded: a file of a kilobyte can ask for
gigabytes. Only what is in the message is looked at; nothing is fetched.

Pure.
"""

import re
from itertools import islice
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.core.wire.parts import Part, walk

SIZE_LIMIT: Final = 10_000_000
"""Octets of a picture that is shown."""
PIXELS_LIMIT: Final = 40_000_000
PICTURES_LIMIT: Final = 200
"""So many pictures of one message are shown."""
PARTS_LIMIT: Final = 1_000

_HEAD: Final = 64
"""Encoded octets in which every signature lies."""
_BASE64_ROOM: Final = 2
_SEGMENTS_LIMIT: Final = 1_000
"""More stand before the size of no photograph."""
_FRAMES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
"""Markers of a JPEG file that are followed by its size (T.81, table B.1)."""
_MARKER: Final = regex(rb"\xff+([^\x00\xff])", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture of a message, still encoded as its kind of file is."""

    name: str
    """File name; untrusted, may be empty."""
    content_id: str
    kind: str
    """``PNG``, ``JPEG``, ``GIF``, ``WEBP``; empty where it is none of them."""
    width: int
    """In pixels, 0 where it is not known."""
    height: int
    size_bytes: int
    content: bytes
    """Empty where there is a problem."""
    problem: str = ""
    """Why it is not shown; a sentence, or empty."""


def pictures(raw: bytes) -> tuple[Picture, ...]:
    """Return the pictures in ``raw``, a whole message, in its order."""
    parts = islice(walk(raw), PARTS_LIMIT)
    return tuple(islice((_picture(p) for p in parts if is_picture(p)), PICTURES_LIMIT))


def is_picture(part: Part) -> bool:
    """Return whether ``part`` says or shows that it is a picture."""
    if part.is_container:
        return False
    head = part.decoded(limit_bytes=_HEAD)
    return part.content_type.startswith("image/") or bool(kind_of(head))


def kind_of(content: bytes) -> str:
    """Return which kind of picture ``content`` begins as, or empty."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    is_webp = content.startswith(b"RIFF") and content[8:12] == b"WEBP"
    return "WEBP" if is_webp else ""


def pixels_of(content: bytes) -> tuple[int, int]:
    """Return width and height as the file says them, zeros where it does not."""
    match kind_of(content):
        case "PNG":
            return _big(content[16:20]), _big(content[20:24])
        case "GIF":
            return _little(content[6:8]), _little(content[8:10])
        case "JPEG":
            return _jpeg_pixels(content)
        case "WEBP":
            return _webp_pixels(content)
        case _:
            return 0, 0


def _picture(part: Part) -> Picture:
    size_bytes = part.size_bytes()
    is_big = size_bytes > SIZE_LIMIT
    content = b"" if is_big else part.decoded(limit_bytes=_BASE64_ROOM * SIZE_LIMIT)
    width, height = pixels_of(content)
    problem = _problem(size_bytes, kind_of(content), width * height)
    return Picture(
        name=part.name,
        content_id=part.content_id,
        kind=kind_of(content),
        width=width,
        height=height,
        size_bytes=size_bytes,
        content=b"" if problem else content,
        problem=problem,
    )


def _problem(size_bytes: int, kind: str, pixels: int) -> str:
    if size_bytes > SIZE_LIMIT:
        return (
            f"It has {size_bytes / 1e6:.0f} MB, and pictures of more than "
            f"{SIZE_LIMIT // 1_000_000} MB are not shown."
        )
    if not kind:
        return "It is no PNG, JPEG, GIF or WebP, and other pictures are not shown."
    if not pixels:
        return f"It begins as a {kind} and does not say how big it is."
    if pixels > PIXELS_LIMIT:
        return (
            f"It has {pixels / 1e6:.0f} million pixels, and pictures of more than "
            f"{PIXELS_LIMIT // 1_000_000} million are not shown."
        )
    return ""


def _jpeg_pixels(content: bytes) -> tuple[int, int]:
    """Go from segment to segment until the one that has the size."""
    place = 2
    for _ in range(_SEGMENTS_LIMIT):
        found = _MARKER.match(content, place)
        if found is None:
            break
        start = found.end()
        length = _big(content[start : start + 2])
        if found[1][0] in _FRAMES:
            return (
                _big(content[start + 5 : start + 7]),
                _big(content[start + 3 : start + 5]),
            )
        place = start + max(length, 2)
    return 0, 0


def _webp_pixels(content: bytes) -> tuple[int, int]:
    match content[12:16]:
        case b"VP8X":
            return _little(content[24:27]) + 1, _little(content[27:30]) + 1
        case b"VP8L":
            bits = _little(content[21:25])
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF
        case _:
            return 0, 0


def _big(octets: bytes) -> int:
    return int.from_bytes(octets, "big")


def _little(octets: bytes) -> int:
    return int.from_bytes(octets, "little")
