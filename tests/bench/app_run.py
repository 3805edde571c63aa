"""Runs the app for the bench: ``python -m tests.bench.app_run ours FOLDER``.

``theirs`` is an app of Textual's with the same widgets and the same style sheet,
and nothing in them: what Textual itself takes. ``still`` is the same with a few rows
in the list that nobody reads again. ``sent`` is ours in another list, and ``body``
writes a mail of 10 KB. ``changes`` is no app: it changes
mail in the workspace, fifty times a second, until somebody ends it.
"""

import itertools
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from textual.app import App, ComposeResult
from textual.containers import Container

from tests.bench.places import fields, opened
from tuimail.tui import app
from tuimail.tui.guard import Guard
from tuimail.tui.screens.lists import OutboxScreen
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.filter_line import FilterLine
from tuimail.tui.widgets.key_line import KeyLine
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.welcome import Welcome
from tuimail.workspace.beginning import FirstDraft
from tuimail.workspace.lists import ListName, Wanted
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

EMPTY = "Nothing is listed here."
WRITTEN = "Dear Ms Miller"
"""What is painted of the mail that is being written."""
MARKS = [chr(code) for code in range(0x0410, 0x0450)]
"""Letters that stand in no mail here, nor in what terminals are told."""
_BODY = 10_000
_CHANGES_A_SECOND = 50
_CHANGED = 100
"""So many mails at the top of the list change in turn."""


class Empty(App[None]):
    """The widgets of a pane, and no workspace."""

    CSS_PATH = Path(app.__file__).with_name("styles") / "app.tcss"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, rows: tuple[Row, ...] = ()) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        with Container(id="body"):
            yield MailTable(
                OutboxScreen.LAYOUT,
                guard=Guard(time.monotonic),
                now=lambda: datetime.now(UTC),
                empty=EMPTY,
                id="list",
            )
            yield Detail(tab="record", id="detail")
            yield FilterLine()
            yield Welcome({})
        yield Notice()
        yield KeyLine()

    def on_mount(self) -> None:
        self.query_one(MailTable).focus()
        self.query_one(MailTable).show(self._rows)


def main(side: str, folder: str) -> None:
    """Run one side until it is ended."""
    if side == "theirs":
        Empty().run()
    elif side == "still":
        Empty(_rows(Path(folder))).run()
    elif side == "changes":
        _change(Path(folder))
    elif side == "body":
        app.run_app(_opener(folder), start="compose", first=_first(Path(folder)))
    else:
        start = "sent" if side == "sent" else "outbox"
        app.run_app(_opener(folder), start=start)


def _opener(folder: str) -> Callable[[], Workspace]:
    return lambda: opened(Path(folder), door="app")


def _first(folder: Path) -> FirstDraft:
    """Return a mail that is begun, with its first line in the view."""
    with opened(folder) as workspace:
        mail = fields(1, size=_BODY)
        return FirstDraft(draft=workspace.drafts.compose(mail))


def _rows(folder: Path) -> tuple[Row, ...]:
    with opened(folder) as workspace:
        return workspace.lists.window(ListName.OUTBOX, Wanted(below=500)).rows


def _change(folder: Path) -> None:
    with opened(folder) as workspace:
        found = workspace.lists.window(ListName.OUTBOX, Wanted(below=_CHANGED))
        database = workspace._stores.database
        for number, row in enumerate(itertools.cycle(found.rows)):
            with database.transaction():
                database.write(_CHANGE, (f"Waits for the {number}th time.", row.id))
            time.sleep(1 / _CHANGES_A_SECOND)


_CHANGE = "UPDATE submissions SET reason = ? WHERE draft_id = ?"


if __name__ == "__main__":
    main(*sys.argv[1:])
