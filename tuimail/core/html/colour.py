"""What colour a style names, where it is known.

Pure.
"""

from typing import Final

from tuimail.core.patterns import regex

Colour = tuple[int, ...]
"""Red, green and blue; ``CLEAR`` for what is transparent."""

CLEAR: Final[Colour] = ()
ALIKE: Final = 16
"""Colours that differ by no more in red, green and blue look the same."""

_HEX: Final = regex(r"#?([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})")
_RGB: Final = regex(
    r"rgba?\(\s?(\d{1,3})[\s,]{1,3}(\d{1,3})[\s,]{1,3}(\d{1,3})"
    r"(?:[\s,/]{1,3}(\d{0,3}\.?\d{0,9})%?)?\s?\)"
)
_NAMES: Final[dict[str, Colour]] = {
    "black": (0, 0, 0),
    "floralwhite": (255, 250, 240),
    "ghostwhite": (248, 248, 255),
    "ivory": (255, 255, 240),
    "mintcream": (245, 255, 250),
    "snow": (255, 250, 250),
    "transparent": CLEAR,
    "white": (255, 255, 255),
    "whitesmoke": (245, 245, 245),
}
"""Names of colours that differ little from paper, or from ink."""
_PICTURE: Final = regex(r"url\(|gradient\(|image")
_AS_AROUND: Final = frozenset({"", "0", "inherit", "initial", "none", "unset"})


def colour_of(value: str) -> Colour | None:
    """Return the colour that ``value`` names, in lower case, if it is known."""
    if value in _NAMES:
        return _NAMES[value]
    found = _HEX.fullmatch(value)
    if found is not None:
        return _from_digits(found[1])
    found = _RGB.fullmatch(value)
    if found is None:
        return None
    return _with_opacity(tuple(map(int, found.groups()[:3])), found[4] or "1")


def paper_of(value: str, *, around: Colour | None) -> Colour | None:
    """Return the background that ``value`` asks for, on the one around it."""
    if _PICTURE.search(value):
        return None
    found = _RGB.search(value)
    colour = colour_of(found[0] if found else value.partition(" ")[0])
    is_as_around = value in _AS_AROUND or colour == CLEAR
    return around if is_as_around else colour


def is_alike(ink: Colour | None, paper: Colour | None) -> bool:
    """Return whether text of the one colour cannot be read on the other."""
    if ink is None or paper is None:
        return False
    return all(abs(a - b) <= ALIKE for a, b in zip(ink, paper, strict=True))


def _from_digits(digits: str) -> Colour | None:
    if len(digits) <= 4:  # noqa: PLR2004 - one digit each, and perhaps opacity
        digits = "".join(digit * 2 for digit in digits)
    opacity = {"": "1", "ff": "1", "00": "0"}.get(digits[6:], "")
    colour = tuple(int(digits[start : start + 2], 16) for start in (0, 2, 4))
    return _with_opacity(colour, opacity)


def _with_opacity(colour: Colour, opacity: str) -> Colour | None:
    """Return nothing for what shines through, because it is on something."""
    if opacity in {"1", "1.0", "100"}:
        return colour
    return None if opacity.strip("0.") or not opacity else CLEAR
