"""The question before mail leaves: to whom exactly, and what was found."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.core.finding import Severity
from tuimail.core.message import Role
from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.looks import labelled_findings
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.views import Page

DIGEST_SHOWN = 12


class ReleaseScreen(Over[bool]):
    """Shows what is about to leave; nothing is focused on yes."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.RELEASE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.RELEASE, Scope.TEXT)

    def __init__(self, page: Page, *, undo: timedelta) -> None:
        super().__init__()
        self._page = page
        self._undo = undo

    @property
    def title_text(self) -> str:
        number = len(self._page.recipients)
        return f"Release to {wording.count(number, 'person', 'people')}?"

    def content(self) -> ComposeResult:
        yield TextView(id="release-text")

    def on_mount(self) -> None:
        view = self.query_one(TextView)
        view.show(release_lines(self._page, self._undo))
        view.focus()

    def action_decide(self) -> None:
        self.decide(lambda: True)


def release_lines(page: Page, undo: timedelta) -> Sequence[Paragraph]:
    """Return everything a person must see before these bytes leave."""
    draft, row = page.draft, page.row
    return (
        Paragraph(label="As", text=wording.address(draft.sender)),
        Paragraph(label="Via", text=wording.line(row.account) or "no account"),
        Paragraph(label="Subject", text=wording.subject(draft.subject)),
        *_in_short(page),
        Paragraph(text=""),
        *_recipients(page),
        Paragraph(text=""),
        *_files(page),
        Paragraph(label="Bytes", text=f"{wording.size(page.size_bytes)} as sent"),
        *_found(page),
        Paragraph(
            label="Digest",
            text=f"{page.release_digest[:DIGEST_SHOWN]}…  revision {row.revision}",
        ),
        Paragraph(label="When", text=_when(undo)),
    )


def _in_short(page: Page) -> Iterable[Paragraph]:
    """Say above everything else how bad it is: on a small screen the rest is below."""
    number = Counter(one.severity for one in page.findings)
    parts = [
        wording.count(number[severity], one, several)
        for severity, one, several in _SERIOUS
        if number[severity]
    ]
    if parts:
        is_worst = bool(number[Severity.BLOCK])
        yield Paragraph(
            label="Found",
            text=f"{' and '.join(parts)}, see Checks below",
            kind=Kind.BLOCK if is_worst else Kind.WARNING,
        )


_SERIOUS: Final = (
    (Severity.BLOCK, "thing nobody should let pass", "things nobody should let pass"),
    (Severity.WARNING, "warning", "warnings"),
)


def _recipients(page: Page) -> Iterable[Paragraph]:
    for one in page.recipients:
        hidden = "   only you and the account see this" if one.role is Role.BCC else ""
        name = f"{wording.line(one.name)} " if one.name else ""
        yield Paragraph(
            label=one.role.value.capitalize(),
            text=f"{name}<{wording.line(one.address)}>{hidden}",
        )


def _files(page: Page) -> Iterable[Paragraph]:
    for file in page.draft.attachments:
        text = f"{wording.line(file.name)}  {wording.size(file.size_bytes)}"
        yield Paragraph(label="File", text=text)


def _found(page: Page) -> Iterable[Paragraph]:
    if not page.findings:
        yield Paragraph(label="Checks", text="nothing found", kind=Kind.GOOD)
    yield from labelled_findings(page.findings, "Checks")


def _when(undo: timedelta) -> str:
    if not undo:
        return "now; it cannot be taken back"
    return f"now; it can be taken back for {wording.duration(undo)}"
