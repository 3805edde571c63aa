"""Who may be meant, below a field in which recipients are typed."""

from dataclasses import dataclass

from tuimail.tui import wording
from tuimail.tui.widgets.offers import Offers


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Somebody who may be meant."""

    name: str
    address: str
    more: str
    """How they are known; safe text."""
    is_own: bool
    """Whether the workspace knows them, so that it can forget them."""

    @property
    def label(self) -> str:
        """Name and address on one line; safe text."""
        written = f"{self.name} <{self.address}>" if self.name else self.address
        return wording.line(written)


class Suggestions(Offers[Suggestion]):
    """The lines, over what stands below."""

    DEFAULT_CSS = """
    Suggestions {
        overlay: screen;
        constrain: inside inside;
        display: none;
        max-width: 72;
        background: $panel;
    }
    Suggestions.-open { display: block; }
    """
