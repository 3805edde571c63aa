"""Which elements of a mail are there but not shown.

This is about elements and all that is in them; what depends on colours and sizes
is in ``looks``.

Pure.
"""

from typing import Final

from tuimail.core.html.css import Styles
from tuimail.core.html.sheet import Attributes
from tuimail.core.patterns import regex

PIXEL_LIMIT: Final = 2
"""Pictures up to this size in both directions are there to be counted."""
OUTSIDE: Final = -400
"""Pixels to the left of the mail, or above it, where nobody sees anything."""
FAINT: Final = 0.05
"""Opacity below which nobody sees anything."""

_LENGTH: Final = regex(r"(\d{0,4}\.?\d{1,4})\s?(?:px|pt)?")
_NUMBER: Final = regex(r"([-+]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s?([a-z%]{0,4})")
_NOTHING_LEFT: Final = regex(
    r"(?:rect\(\s?[01](?:px)?(?:[\s,]+[01](?:px)?){3}\s?\)"
    r"|inset\(\s?(?:100|[5-9]\d)%.{0,40}\)|circle\(\s?0.{0,40}\))"
)
_SCALED_AWAY: Final = regex(r"scale[xy]?\(\s?0(?:\.0{1,9})?\s?[,)]")
_FILTERED_AWAY: Final = regex(r"opacity\(\s?0(?:\.0{1,9})?%?\s?\)")
_PIXELS_EACH: Final = {"": 1.0, "px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0}


def is_hidden(attributes: Attributes, styles: Styles) -> bool:
    """Return whether an element is not shown, with all that is in it.

    The size of its text hides nothing for sure: a widespread tool (MJML) writes
    ``font-size:0`` on every column, and the text inside sets its own.
    """
    if "hidden" in attributes and styles.get("display", "none") == "none":
        return True
    return bool(styles) and _is_styled_away(styles)


def is_pixel(attributes: Attributes, styles: Styles) -> bool:
    """Return whether a picture is so small that it is there to be counted."""
    sizes = [
        styles.get(side) or attributes.get(side) or "" for side in ("width", "height")
    ]
    return all(_pixels(size) <= PIXEL_LIMIT for size in sizes)


def _is_styled_away(styles: Styles) -> bool:
    return (
        styles.get("display") == "none"
        or _is_faint(styles.get("opacity"))
        or _is_clipped(styles)
        or _is_outside(styles)
        or _SCALED_AWAY.search(styles.get("transform", "")) is not None
        or _FILTERED_AWAY.search(styles.get("filter", "")) is not None
    )


def _is_faint(value: str | None) -> bool:
    found = _NUMBER.fullmatch(value or "")
    if found is None:
        return False
    return float(found[1]) / (100 if found[2] == "%" else 1) < FAINT


def _is_clipped(styles: Styles) -> bool:
    sides = ("max-height", "height", "max-width", "width")
    is_cut = styles.get("overflow", "").split(" ")[0] in {"hidden", "clip"}
    if is_cut and any(_pixels(styles.get(side, "")) <= 1 for side in sides):
        return True
    clips = (styles.get("clip", ""), styles.get("clip-path", ""))
    return any(_NOTHING_LEFT.fullmatch(clip) for clip in clips)


def _is_outside(styles: Styles) -> bool:
    if _offset(styles.get("text-indent")) <= OUTSIDE:
        return True
    is_moved = styles.get("position") in {"absolute", "fixed"}
    return is_moved and any(
        _offset(styles.get(side)) <= OUTSIDE for side in ("left", "top", "right")
    )


def _offset(value: str | None) -> float:
    found = _NUMBER.fullmatch(value or "")
    return float(found[1]) * _PIXELS_EACH.get(found[2], 0) if found else 0


def _pixels(value: str) -> float:
    found = _LENGTH.fullmatch(value.strip())
    return float(found[1]) if found else float("inf")
