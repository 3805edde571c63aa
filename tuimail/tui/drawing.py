"""Pictures on the screen, by a package that people may leave out.

``textual-image`` asks the terminal what it can do while it is imported. In a
running app the answer would arrive as key presses, so it is imported with no
terminal in its sight, and what the terminal can is told from its name.
"""

import importlib
import os
import struct
import sys
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO, StringIO
from typing import Final

from textual.widget import Widget

from tuimail.core.files.pictures import PIXELS_LIMIT, Picture

HOW_TO_GET_IT: Final = "Pictures need one more package: pip install 'tuimail[images]'"
LONGEST_EDGE: Final = 1_600
"""In pixels; more than any terminal shows."""
_CELL: Final = 20
"""Pixels that one cell stands for; what is smaller would not be seen."""
_LONGEST_SHAPE: Final = 20
"""How many times as long as wide a picture is drawn; a line would vanish."""
_DAMAGED: Final = "It is damaged or of a kind that cannot be shown."
_TOO_BIG: Final = "It is bigger than it says, and is not shown."
_HAVE_GRAPHICS: Final = ("xterm-kitty", "xterm-ghostty")
"""Terminals that draw pixels where they see placeholders."""
_FAULTS: Final = (
    ArithmeticError, AttributeError, EOFError, LookupError, MemoryError, OSError,
    SyntaxError, TypeError, ValueError, struct.error, zlib.error,
)  # fmt: skip
"""What decoders raise at files that are not what they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A picture that was decoded, or why it could not be."""

    picture: Picture
    image: object = None
    """What the widget takes; None where there is a problem."""
    widget_class: type[Widget] | None = None
    problem: str = ""


def is_available() -> bool:
    """Return whether pictures can be shown, without loading anything."""
    return find_spec("textual_image") is not None and find_spec("PIL") is not None


def draw(picture: Picture) -> Drawn:
    """Return ``picture`` ready to be shown; takes up to a second or two."""
    if picture.problem:
        return Drawn(picture=picture, problem=picture.problem)
    try:
        image = _decoded(picture)
    except _FAULTS:
        return Drawn(picture=picture, problem=_DAMAGED)
    if image is None:
        return Drawn(picture=picture, problem=_TOO_BIG)
    return Drawn(picture=picture, image=image, widget_class=_widget_class(os.environ))


def _decoded(picture: Picture) -> object | None:
    """Return the picture on white, no bigger than a screen; None if it lied.

    Only the decoder of the kind that the first bytes say is tried, and of moving
    pictures the first frame is taken.
    """
    pil = importlib.import_module("PIL.Image")
    turned = importlib.import_module("PIL.ImageOps").exif_transpose
    with pil.open(BytesIO(picture.content), formats=(picture.kind,)) as image:
        if image.width * image.height > PIXELS_LIMIT:
            return None
        image.draft("RGB", (LONGEST_EDGE, LONGEST_EDGE))
        image.thumbnail((LONGEST_EDGE, LONGEST_EDGE))
        shown = turned(image).convert("RGBA")
    width, height = shown.size
    least = max(_CELL, width // _LONGEST_SHAPE, height // _LONGEST_SHAPE)
    page = pil.new("RGBA", (max(width, least), max(height, least)), "white")
    page.alpha_composite(shown)
    flat: object = page.convert("RGB")
    return flat


def _widget_class(environ: Mapping[str, str]) -> type[Widget]:
    with _no_terminal():
        widgets = importlib.import_module("textual_image.widget")
    has_graphics = environ.get("TERM") in _HAVE_GRAPHICS
    found: type[Widget] = widgets.TGPImage if has_graphics else widgets.HalfcellImage
    return found


@contextmanager
def _no_terminal() -> Iterator[None]:
    """Let what is imported meanwhile find no terminal; the app draws on stderr."""
    before = sys.__stdout__
    vars(sys)["__stdout__"] = StringIO()
    try:
        yield
    finally:
        vars(sys)["__stdout__"] = before
