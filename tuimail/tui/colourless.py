"""No colours at all, for who asked for none: no-color.org.

What stood out by its background is drawn in reverse instead, so that the selected
mail and the selected text can still be seen.

Pure.
"""

from typing import Final

from rich.color import Color as RichColor
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

STANDS_OUT: Final = 1.6
"""Contrast with the screen above which a background means something."""

_DEFAULT: Final = RichColor.default()
_PLAIN: Final = Style.from_color(_DEFAULT, _DEFAULT)
_REVERSED: Final = Style(reverse=True)
_DARKEST: Final = 0.05
"""Added to both sides of a contrast, for the light that a screen reflects."""
_LINEAR_BELOW: Final = 0.04045


class ColourlessFilter(LineFilter):
    """Takes colours out of every segment."""

    def __init__(self, behind: str) -> None:
        """Begin for a theme with the background ``behind``."""
        super().__init__()
        self._behind = Color.parse(behind)

    def apply(
        self,
        segments: list[Segment],
        background: Color,  # noqa: ARG002 - of a widget, where the screen's is asked
    ) -> list[Segment]:
        return [
            Segment(text, self._plain(style), control)
            for text, style, control in segments
        ]

    def _plain(self, style: Style | None) -> Style | None:
        if style is None:
            return None
        over = _REVERSED if self._means_something(style) else Style.null()
        return style + _PLAIN + over

    def _means_something(self, style: Style) -> bool:
        colour = style.bgcolor
        if colour is None or colour.type is ColorType.DEFAULT:
            return False
        if colour.triplet is None:
            return True
        return contrast(Color(*colour.triplet), self._behind) >= STANDS_OUT


def contrast(one: Color, other: Color) -> float:
    """Return how well two colours are told apart, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + _DARKEST) / (darker + _DARKEST)


def _luminance(colour: Color) -> float:
    red, green, blue = map(_linear, (colour.r, colour.g, colour.b))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: int) -> float:
    share = part / 255
    if share <= _LINEAR_BELOW:
        return share / 12.92
    return ((share + 0.055) / 1.055) ** 2.4  # type: ignore[no-any-return]
