"""Which elements of a mail are there but not shown.

Pure.
"""

import re
from collections.abc import Mapping
from typing import Final

Attributes = Mapping[str, str | None]
"""Attributes of one element, names in lower case; None where no value is given."""
Styles = Mapping[str, str]
"""What a ``style`` attribute says, in lower case."""

PIXEL_LIMIT: Final = 2
"""Pictures up to this size in both directions are there to be counted."""

_LENGTH: Final = re.compile(r"(\d{0,4}\.?\d{1,4})\s?(?:px|pt)?")
_ZERO: Final = re.compile(r"(?:0{1,9}(?:\.0{0,9})?|\.0{1,9})(?:[a-z]{1,4}|%)?")


def declarations(style: str | None) -> Styles:
    """Return what a ``style`` attribute declares; the last of two wins."""
    if not style:
        return {}
    pairs = (part.split(":", 1) for part in style.lower().split(";") if ":" in part)
    return {name.strip(): _value(value) for name, value in pairs}


def is_hidden(attributes: Attributes, styles: Styles) -> bool:
    """Return whether an element is not shown, by attribute or inline style.

    ``font-size:0`` alone hides nothing: a widespread tool (MJML) writes it on
    every column, and the text inside sets its own.
    """
    return "hidden" in attributes or (bool(styles) and _is_styled_away(styles))


def is_pixel(attributes: Attributes) -> bool:
    """Return whether a picture is so small that it is there to be counted."""
    styles = declarations(attributes.get("style"))
    sizes = [
        styles.get(side) or attributes.get(side) or "" for side in ("width", "height")
    ]
    return all(_pixels(size) <= PIXEL_LIMIT for size in sizes)


def _is_styled_away(styles: Styles) -> bool:
    return (
        styles.get("display") == "none"
        or styles.get("visibility") in {"hidden", "collapse"}
        or _is_zero(styles.get("opacity"))
        or _is_clipped(styles)
        or (_is_tiny(styles.get("font-size")) and _is_tiny(styles.get("line-height")))
    )


def _value(value: str) -> str:
    return value.replace("!important", "").strip()


def _is_clipped(styles: Styles) -> bool:
    heights = (styles.get("max-height"), styles.get("height"))
    return styles.get("overflow") == "hidden" and any(map(_is_zero, heights))


def _is_zero(value: str | None) -> bool:
    return value is not None and _ZERO.fullmatch(value) is not None


def _is_tiny(value: str | None) -> bool:
    return _is_zero(value) or (value is not None and _pixels(value) <= 1)


def _pixels(value: str) -> float:
    found = _LENGTH.fullmatch(value.strip())
    return float(found[1]) if found else float("inf")
