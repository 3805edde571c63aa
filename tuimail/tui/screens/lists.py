"""The panes Outbox, Sent and Drafts: which mails, which columns, which keys."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import BindingType

from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.stepping import SteppingPane
from tuimail.tui.widgets import layouts
from tuimail.tui.widgets.layouts import Columns
from tuimail.workspace.views import Row

_PLACES = (Scope.LIST, Scope.READING, Scope.PANE, Scope.APP)
_LATE = 9
_ORDER = {"unknown": 0, "held": 1, "error": 2, "sending": 3, "ready": 4, "deferred": 5}


def _urgency(row: Row) -> tuple[int, datetime]:
    return _ORDER.get(row.status, _LATE), row.due_at or row.updated_at


class OutboxScreen(SteppingPane):
    """What is on its way, why it waits, and what a person can do about it."""

    MODE = "outbox"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.OUTBOX)]
    SCOPES = (Scope.OUTBOX, *_PLACES)
    STATUSES = frozenset({"ready", "held", "sending", "deferred", "unknown", "error"})
    EMPTY = "Nothing waits to leave.\n\n{pane.sent} shows what was sent."
    TAB = "record"

    LAYOUT = Columns(
        (
            layouts.STATUS,
            layouts.WHEN,
            layouts.TO,
            layouts.SUBJECT,
            layouts.ACCOUNT,
            layouts.WHY,
        )
    )

    def order(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return what needs a person first, then what leaves next."""
        return sorted(rows, key=_urgency)


class SentScreen(SteppingPane):
    """What the provider took, with its receipt; also what was cancelled."""

    MODE = "sent"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SENT)]
    SCOPES = (Scope.SENT, *_PLACES)
    STATUSES = frozenset({"sent", "queued", "partial", "cancelled"})
    EMPTY = "Nothing was sent yet.\n\nSent means that the provider took it."
    TAB = "record"

    LAYOUT = Columns(
        (
            layouts.STATUS,
            layouts.WHEN,
            layouts.TO,
            layouts.SUBJECT,
            layouts.ACCOUNT,
            layouts.BY,
        )
    )


class DraftsScreen(SteppingPane):
    """What was postponed, sent back or rejected, to go on with."""

    MODE = "drafts"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.DRAFTS)]
    SCOPES = (Scope.DRAFTS, *_PLACES)
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
