"""A pane that remembers what of its mail was looked at, and noted about it."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar, Final

from textual import on

from tuimail.core.decision import Comment
from tuimail.tui import standing, wording
from tuimail.tui.looks import Look
from tuimail.tui.screens.answering import AnsweringPane
from tuimail.tui.screens.comment import CommentScreen
from tuimail.tui.screens.list_pane import Target
from tuimail.tui.widgets.detail import Seen
from tuimail.tui.widgets.layouts import Layout
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.review_card import ReviewCard, badge
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace.foretelling import Reading
from tuimail.workspace.looking import Sight
from tuimail.workspace.views import Row

_NO_TEXT: Final = "It has no text to comment on. The reason is for all of it."


class LookingPane(AnsweringPane):
    """Tells what is news, and keeps no mail."""

    LAYOUT: ClassVar[Layout]

    def __init__(self) -> None:
        super().__init__()
        self.LAYOUT = ReviewCard(self._badge)  # type: ignore[misc]
        self._sights: Mapping[str, Sight] = {}
        self._news = ("", 0, "")
        """The revision that is selected, and what was new of it when it was opened."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "remark" and self.is_mounted:
            return self.row is not None and "request_changes" in self.row.actions
        return super().check_action(action, parameters)

    def action_remark(self) -> None:
        target = self.target
        if target is not None:
            self.ask(
                lambda ws: (
                    ws.reading(target.id),
                    ws.looking.remarks(target.id, target.revision),
                ),
                partial(self._ask_remark, target),
            )

    def showed_rows(self) -> None:
        self._read_sights()
        super().showed_rows()
        if self.table.selected_row is not None:
            self._tell_elsewhere()

    def looked(self, found: Look) -> None:
        """Remember that it was opened, and say who decided about it meanwhile."""
        row = found.page.row
        if self._news[:2] != (row.id, row.revision):
            news = badge(row, self._sights.get(row.id))
            self._news = (row.id, row.revision, news)
            self.table.refresh()
        if self.detail.display:
            self.ask(
                lambda ws: ws.looking.opened(row.id, row.revision),
                lambda _done: self._read_sights(),
                group="opened",
            )
        self._tell_elsewhere()

    def _tick(self) -> None:
        super()._tick()
        if self.is_current and self.table.selected_row is None:
            self._tell_elsewhere()

    def _tell_elsewhere(self) -> None:
        shown = self.detail.shown
        is_here = shown is None or self.table.selected_row is not None
        if is_here or shown is None:
            self.detail.tell_elsewhere("")
        else:
            told = standing.elsewhere(shown.page, self.tuimail.now())
            self.detail.tell_elsewhere(told)

    @on(MailTable.Opened)
    def _read_it(self) -> None:
        """Where there was no room beside the list, it is opened only now."""
        shown = self.detail.shown
        if shown is not None:
            self.call_after_refresh(self.looked, shown)

    @on(TextView.EndShown)
    def _end_shown(self, message: TextView.EndShown) -> None:
        message.stop()
        what = message.what
        if isinstance(what, Seen):
            self.ask(
                lambda ws: ws.looking.read(what.id, what.revision, what.tab),
                lambda _done: self._was_read(),
                is_awaited=False,
            )

    def _was_read(self) -> None:
        """Show that it was; and where the policy asks for it, what is left."""
        self._read_sights()
        shown = self.detail.shown
        if shown is not None and shown.page.standing.unread:
            self._look_now()

    def _read_sights(self) -> None:
        self.ask(lambda ws: ws.looking.sights(), self._show_sights, group="sights")

    def _show_sights(self, sights: Mapping[str, Sight]) -> None:
        self._sights = sights
        self.table.refresh()
        row = self.row
        sight = sights.get(row.id) if row else None
        if row is not None and sight is not None and sight.revision == row.revision:
            self.detail.mark_read(sight.tabs)

    def _badge(self, row: Row) -> str:
        if (row.id, row.revision) == self._news[:2]:
            return self._news[2]
        return badge(row, self._sights.get(row.id))

    def _ask_remark(
        self, target: Target, found: tuple[Reading, tuple[Comment, ...]]
    ) -> None:
        reading, remarks = found
        if not any(reading.text):
            self.notice.say(_NO_TEXT, is_error=False)
            return
        dialog = CommentScreen(reading.text, remarks, line=self.detail.line_shown)
        self.app.push_screen(dialog, partial(self._note, target))

    def _note(self, target: Target, remarks: tuple[Comment, ...] | None) -> None:
        if remarks is not None:
            self.ask(
                lambda ws: ws.looking.remark(target.id, target.revision, remarks),
                self._noted,
            )

    def _noted(self, remarks: tuple[Comment, ...]) -> None:
        if remarks:
            number = wording.count(len(remarks), "comment")
            self.tuimail.say(f"{number} noted; told when you say no.")
        self._look_now()
