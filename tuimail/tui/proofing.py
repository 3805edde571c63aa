"""What is shown beside the fields while somebody writes: the mail as it would be.

Made in the workspace's thread, from what stands in the fields; nothing is stored for
it. Every text in it is safe to show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tuimail.core.finding import Finding
from tuimail.core.preview import outline
from tuimail.tui import contents, editing, wording
from tuimail.tui.editing import Opened, Typed
from tuimail.tui.tabs import Tab
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.proofing import Proof
from tuimail.workspace.workspace import Workspace

SHOWN_FINDINGS: Final = 4
LONGEST_FINDING: Final = 160
"""Cells; the whole preview has all of it."""
_TABS: Final = ("html", "text", "source")
"""Names of those that are shown, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proofed:
    """A mail as it would be received."""

    tabs: tuple[Tab, ...]
    why_not: str
    """Why there is nothing to look at; safe text."""
    noticed: tuple[Paragraph, ...]


def proofed(typed: Typed, opened: Opened) -> Callable[[Workspace], Proofed]:
    """Return the call that makes a proof of what stands in the fields."""

    def call(workspace: Workspace) -> Proofed:
        draft = editing.built(typed, opened)(workspace)
        proof = workspace.proofing.proof(draft)
        return Proofed(
            tabs=tuple(_tabs(proof.raw)) if proof.raw else (),
            why_not=wording.line(proof.why_not),
            noticed=noticed(proof),
        )

    return call


def noticed(proof: Proof) -> tuple[Paragraph, ...]:
    """Return the worst of what was noticed, and how much more there is."""
    if proof.findings is None:
        return ()
    shown = tuple(map(finding, proof.findings[:SHOWN_FINDINGS]))
    more = len(proof.findings) - SHOWN_FINDINGS
    if more <= 0:
        return shown
    text = f"and {wording.count(more, 'more finding')}"
    return (*shown, Paragraph(text=text, kind=Kind.MUTED))


def _tabs(raw: bytes) -> list[Tab]:
    made = {tab.name: tab for tab in contents.tabs(raw, outline(raw))}
    return [made[name] for name in _TABS if name in made]


def finding(noticed: Finding) -> Paragraph:
    """Return one finding, in short."""
    line = contents.finding_line(noticed)
    text = wording.clipped(line.text, LONGEST_FINDING)
    return Paragraph(text=text, kind=contents.kind_of(noticed.severity))
