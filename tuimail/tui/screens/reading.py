"""A pane in which a mail is read: the keys that go about in it."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from tuimail.core.files.enclosed import Enclosed, enclosed
from tuimail.tui import on_demand
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.pane import PaneScreen
from tuimail.tui.widgets.detail import Detail


class ReadingPane(PaneScreen):
    """Finds, folds, and goes from place to place in the mail that is shown."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MAIL)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in Detail.ACTIONS:
            return any(detail.can(action) for detail in self.walk_children(Detail))
        return super().check_action(action, parameters)

    def action_finding(self, step: int) -> None:
        self.query_one(Detail).go_to_finding(step)

    def action_comment(self, step: int) -> None:
        self.query_one(Detail).go_to_comment(step, self.tuimail.now())

    def action_width(self) -> None:
        self.query_one(Detail).next_width()

    def action_fold(self) -> None:
        self.query_one(Detail).fold()

    def action_people(self) -> None:
        self.query_one(Detail).open_people()

    def action_inside(self) -> None:
        """Look into the files of the mail, beginning with the one that is shown."""
        detail = self.query_one(Detail)
        if detail.shown is not None:
            row_id, first = detail.shown.page.row.id, detail.file_shown
            self.ask(
                lambda ws: enclosed(ws.drafts.message_bytes(row_id)),
                partial(self._look_inside, row_id, first),
                group="inside",
            )

    def _look_inside(self, row_id: str, first: int, files: Sequence[Enclosed]) -> None:
        shown = self.query_one(Detail).shown
        if files and shown is not None and shown.page.row.id == row_id:
            self.app.push_screen(
                on_demand.InsideScreen(files, first=min(first, len(files) - 1))
            )
