"""How the text of an element looks, as far as that can make it invisible.

Colour, size and visibility are inherited, and an element inside may set its own:
only the words themselves can be said to be invisible. What is not known for sure
(a picture in the background, a size that depends on a rule) hides nothing.

Pure.
"""

from typing import Final

from tuimail.core.html.colour import CLEAR, Colour, colour_of, is_alike, paper_of
from tuimail.core.html.css import Styles
from tuimail.core.html.sheet import Attributes
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, replace

SMALLEST: Final = 2.0
"""Pixels of a letter's height up to which nobody reads it."""

_USUAL_SIZE: Final = 16.0
_SIZE: Final = regex(
    r"(?:.{0,60}\s)?(?P<number>\d{1,6}(?:\.\d{0,6})?|\.\d{1,6})"
    r"(?P<unit>px|pt|em|rem|%|)(?:\s?[/\s].*)?"
)
"""Of ``font-size``, or within what ``font`` says."""
_SIZE_WORDS: Final = regex(r"(?:xx?x?-)?(?:small|large)|medium|initial")
_PIXELS_EACH: Final = {"": 1.0, "px": 1.0, "pt": 4 / 3, "rem": _USUAL_SIZE}
_INHERITED: Final = frozenset({"", "inherit", "currentcolor", "unset"})
_INVISIBLE: Final = frozenset({"hidden", "collapse"})
_OWN_PAPER: Final = frozenset({"button", "input", "mark", "select", "textarea"})
_SPEAKING: Final = frozenset({
    "a", "body", "font", "table", "td", "th", "tr", *_OWN_PAPER,
})  # fmt: skip
"""Elements whose looks are not only a matter of styles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What text inherits; None for what is not known."""

    is_visible: bool = True
    size: float | None = _USUAL_SIZE
    ink: Colour | None = (0, 0, 0)
    paper: Colour | None = (255, 255, 255)

    @property
    def is_seen(self) -> bool:
        """Whether words that look so can be read."""
        is_tiny = self.size is not None and self.size <= SMALLEST
        is_lost = self.ink == CLEAR or is_alike(self.ink, self.paper)
        return self.is_visible and not is_tiny and not is_lost

    def inside(self, tag: str, attributes: Attributes, styles: Styles) -> "Looks":
        """Return the looks of what stands in an element that stands here."""
        if not styles and tag not in _SPEAKING:
            return self
        visibility = styles.get("visibility", "inherit")
        return replace(
            self,
            is_visible=self.is_visible
            if visibility in _INHERITED
            else visibility not in _INVISIBLE,
            size=self._size(tag, attributes, styles.get("font-size", "")),
            ink=self._ink(tag, attributes, styles.get("color", "")),
            paper=self._paper(tag, attributes, styles),
        )

    def _size(self, tag: str, attributes: Attributes, value: str) -> float | None:
        """In old documents a table does not inherit the size of its text."""
        is_reset = tag == "table" or (tag == "font" and "size" in attributes)
        inherited = _USUAL_SIZE if is_reset else self.size
        if value in _INHERITED:
            return inherited
        found = _SIZE.fullmatch(value)
        if found is None:
            return _USUAL_SIZE if _SIZE_WORDS.fullmatch(value) else None
        number, unit = float(found["number"]), found["unit"]
        if unit in _PIXELS_EACH:
            return number * _PIXELS_EACH[unit]
        share = number / 100 if unit == "%" else number
        return None if inherited is None else inherited * share

    def _ink(self, tag: str, attributes: Attributes, value: str) -> Colour | None:
        """A link has a colour of its own if it is not told another one."""
        if not value and tag == "a" and "href" in attributes:
            return None
        named = {"font": "color", "body": "text"}.get(tag, "")
        said = value or (attributes.get(named) or "").lower()
        return self.ink if said in _INHERITED else colour_of(said)

    def _paper(self, tag: str, attributes: Attributes, styles: Styles) -> Colour | None:
        image = styles.get("background-image", "none")
        if tag in _OWN_PAPER or image != "none" or attributes.get("background"):
            return None
        said = styles.get("background-color") or attributes.get("bgcolor") or ""
        return paper_of(said.lower(), around=self.paper)
