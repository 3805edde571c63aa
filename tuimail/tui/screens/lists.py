"""The panes Outbox, Sent and Drafts: which mails, which columns, which keys."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tuimail.tui import whys, wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.in_panes import IN_PANES
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.queueing import QueueingPane
from tuimail.tui.screens.stepping import SteppingPane
from tuimail.tui.widgets import layouts
from tuimail.tui.widgets.evidence_panel import EvidencePanel
from tuimail.tui.widgets.layouts import Column, Columns, DayColumns
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.obstacle_lines import ObstacleLines
from tuimail.tui.widgets.prose import Kind
from tuimail.workspace.views import Page, Row

_WHAT_SENT_IS = "Sent = the provider took it"


class OutboxScreen(QueueingPane):
    """What is on its way, why it waits, and what a person can do about it."""

    MODE = "outbox"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.OUTBOX)]
    SCOPES = IN_PANES[MODE]
    STATUSES = frozenset({"ready", "held", "sending", "deferred", "unknown", "error"})
    EMPTY = "Nothing waits to leave.\n\n{pane.sent} shows what was sent."
    TAB = "record"
    LAYOUT = Columns(())

    def __init__(self) -> None:
        super().__init__()
        self.LAYOUT = Columns(tuple(self._columns()))  # type: ignore[misc]  # its own

    def body(self) -> ComposeResult:
        for widget in super().body():
            yield widget
            if isinstance(widget, MailTable):
                yield ObstacleLines(id="obstacles")
                yield EvidencePanel(id="evidence")

    def _columns(self) -> Iterator[Column]:
        """Yield columns that know what the app sees beside the mails."""
        yield replace(layouts.STATUS, text=whys.status)
        yield replace(layouts.WHEN, text=self._when)
        yield replace(layouts.TO, cells=12, share=3)
        yield replace(layouts.SUBJECT, share=3)
        yield layouts.ACCOUNT
        why = replace(layouts.WHY, text=self._why, brief=self._brief)
        yield replace(why, cells=16, share=5)

    def _when(self, row: Row, now: datetime) -> str:
        return whys.when(row, now, self.around)

    def _why(self, row: Row, now: datetime) -> str:
        return whys.why(row, now, self.around)

    def _brief(self, row: Row, now: datetime) -> str:
        return whys.brief(row, now, self.around)


class SentScreen(SteppingPane):
    """What the provider took, with its receipt; also what was cancelled."""

    MODE = "sent"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SENT)]
    SCOPES = IN_PANES[MODE]
    STATUSES = frozenset({"sent", "queued", "partial", "cancelled"})
    EMPTY = "Nothing was sent yet."
    TAB = "record"
    LAYOUT = DayColumns(())
    DEFAULT_CSS = """
    SentScreen #sent-title { height: 1; padding: 0 1; color: $text-muted; }
    SentScreen.-reading #sent-title, SentScreen.-welcome #sent-title,
    SentScreen.-short #sent-title { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._reports: Mapping[str, str] = {}
        """By the mail's id."""
        self.LAYOUT = DayColumns(tuple(self._columns()))  # type: ignore[misc]  # its own

    def body(self) -> ComposeResult:
        yield Static(Content(_WHAT_SENT_IS), id="sent-title", markup=False)
        yield from super().body()

    def action_copy_id(self) -> None:
        """Have the terminal take the Message-ID, by which a server finds the mail."""
        target = self.target
        if target is not None:
            self.ask(lambda ws: ws.drafts.page(target.id), self._copy_id)

    def _copy_id(self, page: Page) -> None:
        id_ = wording.line(page.message_id)
        self.app.copy_to_clipboard(id_)
        self.tuimail.say(f"Copied, as far as this terminal allows it: {id_}")

    def showed_rows(self) -> None:
        """Have what was reported about the mails that are listed read, too."""
        super().showed_rows()
        ids = [row.id for row in self.table.rows]
        self.ask(
            lambda ws: ws.reports.in_short(ids), self._show_reports, group="reports"
        )

    def _show_reports(self, found: Mapping[str, str]) -> None:
        self._reports = found
        self.table.refresh()

    def _columns(self) -> Iterator[Column]:
        yield layouts.STATUS
        yield layouts.WHEN
        yield layouts.TO
        yield layouts.SUBJECT
        yield layouts.ACCOUNT
        yield Column(
            title="REPORT", text=self._report, cells=12, kind=self._tone, from_width=64
        )
        yield replace(layouts.BY, from_width=110)

    def _report(self, row: Row, _now: datetime) -> str:
        return self._reports.get(row.id, "-")

    def _tone(self, row: Row) -> Kind:
        found = self._reports.get(row.id, "")
        if found.startswith("bounced"):
            return Kind.BLOCK
        return Kind.GOOD if found == "delivered" else Kind.MUTED


class DraftsScreen(SteppingPane):
    """What was postponed, sent back or rejected, to go on with."""

    MODE = "drafts"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.DRAFTS)]
    SCOPES = IN_PANES[MODE]
    STATUSES = frozenset({"draft", "dry_run", "rejected"})
    EMPTY = "No drafts.\n\n{pane.new} writes a new mail."

    LAYOUT = Columns(
        (
            layouts.STATUS,
            layouts.WHEN,
            layouts.TO,
            layouts.SUBJECT,
            layouts.BY,
            layouts.WHY,
        )
    )
