"""What is known of mail that may have arrived, and the answers that settle it."""

from collections.abc import Iterable, Iterator
from typing import Final

from textual import events

from tuimail.tui import wording
from tuimail.tui.widgets.appearing import Appearing
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.evidence import Evidence, Fact
from tuimail.workspace.views import Row

MAY_HAVE_ARRIVED: Final = (
    "It may have arrived. tuimail will not send it again by itself."
)
_IS_WRITTEN: Final = "All of it went out, so sending it again may make a second copy."
_LONGEST_QUOTE: Final = 300
_LINES_BELOW: Final = 2
"""Keys and what can be taken back stand there, in every pane."""


def evidence_lines(
    row: Row, found: Evidence, *, said: str, offered: Iterable[tuple[str, str]]
) -> tuple[Paragraph, ...]:
    """Return the panel's text.

    Args:
        row: The mail.
        found: What is known.
        said: What came of asking the provider; empty where nobody asked.
        offered: Keys that work now, each with what it means.
    """
    subject = wording.clipped(wording.subject(row.subject), _LONGEST_QUOTE)
    title = f"{subject} → {wording.people(row.to)}"
    keys = "   ".join(f"{key} {meaning}" for key, meaning in offered)
    return (
        Paragraph(label="unknown", text=title, kind=Kind.WARNING),
        *(line for fact in found.facts for line in _fact(fact)),
        *([Paragraph(text=wording.line(said))] if said else ()),
        Paragraph(text=_conclusion(found), kind=Kind.HEADING),
        *([Paragraph(text=keys)] if keys else ()),
    )


def _fact(fact: Fact) -> Iterator[Paragraph]:
    at = f"{fact.at.astimezone():%H:%M:%S}" if fact.at else ""
    yield Paragraph(label=at, text=wording.line(fact.text))
    if fact.quote:
        words = wording.clipped(wording.line(fact.quote), _LONGEST_QUOTE)
        yield Paragraph(text=f"“{words}”", kind=Kind.QUOTE)


def _conclusion(found: Evidence) -> str:
    return f"{MAY_HAVE_ARRIVED} {_IS_WRITTEN}" if found.is_written else MAY_HAVE_ARRIVED


class EvidencePanel(Appearing, can_focus=False):
    """Takes no room but while mail of unknown fate is selected."""

    DEFAULT_CSS = "EvidencePanel { max-height: 60%; border-top: solid $warning; }"

    def told_anew(self) -> None:
        self.call_after_refresh(self._keep_clear)

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self._keep_clear()

    def _keep_clear(self) -> None:
        """Have short messages stand above the panel, which somebody decides by."""
        height = self.outer_size.height if self.display else 0
        for rack in self.screen.query("ToastRack"):
            rack.styles.margin = (0, 0, _LINES_BELOW + height, 0)
