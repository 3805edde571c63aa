"""A pane with a list of mails and the one that is selected beside or below it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from tuimail.core.files.pictures import Picture
from tuimail.tui import drawing, keymap
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.looks import Look, look
from tuimail.tui.screens.consenting import ConsentingPane
from tuimail.tui.screens.pane import Overview
from tuimail.tui.screens.picture import PictureScreen, pictures_of
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.layouts import Layout
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.welcome import Welcome
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

PAGE: Final = 100
"""Rows that are read at once; more when the selection comes near the end."""
LOOK_SECONDS: Final = 0.05
"""How long a selection must stand before its mail is read and parsed."""

NEEDS: Final = {
    "resend": (frozenset({"retry", "confirm"}), frozenset[str]()),
    "retry": (frozenset({"retry"}), frozenset({"confirm"})),
    "give_up": (frozenset({"give_up", "confirm"}), frozenset[str]()),
    "undo_reject": (frozenset({"take_back"}), frozenset[str]()),
}
"""Keys that stand for an action only beside, or only without, another one.

Where mail may be confirmed its fate is unknown: trying it again may deliver it
twice, so it has a key of its own.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a key was pressed about: it is this, whatever is selected later."""

    id: str
    revision: int


class ListPane(ConsentingPane):
    """Keeps which mail is selected and which tab is open, and no mail."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.READING)]
    STATUSES: ClassVar[frozenset[str]]
    """Words of the mails that are listed."""
    LAYOUT: ClassVar[Layout]
    EMPTY: ClassVar[str]
    """What is said when nothing is listed."""
    TAB: ClassVar[str] = "text"
    """The tab that is open first."""

    def __init__(self) -> None:
        super().__init__()
        self._limit = PAGE
        self._look: Look | None = None
        self._looking: Timer | None = None
        self.is_reading = False
        """Whether the mail has the whole pane where there is room for one only."""

    def body(self) -> ComposeResult:
        yield MailTable(
            self.LAYOUT,
            guard=self.tuimail.guard,
            now=self.tuimail.now,
            empty=keymap.filled(self.EMPTY, self.tuimail.changed_keys),
            id="list",
        )
        yield Detail(tab=self.TAB, id="detail")
        yield Welcome(self.tuimail.changed_keys)

    @property
    def table(self) -> MailTable:
        """The list."""
        return self.query_one(MailTable)

    @property
    def detail(self) -> Detail:
        """The selected mail."""
        return self.query_one(Detail)

    @property
    def row(self) -> Row | None:
        """The selected mail as it was read last."""
        if self._look is not None and self._look.page.row.id == self.table.selected:
            return self._look.page.row
        return self.table.selected_row

    @property
    def target(self) -> Target | None:
        """What a key pressed now is about."""
        row = self.row
        return Target(id=row.id, revision=row.revision) if row else None

    def has_tab(self, name: str) -> bool:
        """Return whether the mail that is shown has a tab called ``name``."""
        return self._look is not None and self._look.tab(name).name == name

    def order(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return ``rows`` in the order of the list: the newest change first."""
        return rows

    def choose(self, row_id: str) -> None:
        """Select a mail that may come into the list only now."""
        self.table.select(row_id)
        self.reload()

    def reload(self) -> None:
        super().reload()
        statuses, limit = self.STATUSES, self._limit
        self.ask(
            lambda ws: ws.drafts.rows(statuses=statuses, limit=limit),
            self._show_rows,
            group="rows",
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "act" and self.is_mounted:
            return self._may(str(parameters[0]))
        if action == "back" and self.is_mounted:
            return self.is_reading
        if action == "tab":
            return not self.has_class("-welcome")
        if action == "pictures":
            return self._look is not None and self._look.has_pictures
        return super().check_action(action, parameters)

    def action_tab(self, step: int) -> None:
        self.detail.step(step)

    def action_other(self, step: int) -> None:
        self.table.action_move(step)

    def action_pictures(self) -> None:
        target = self.target
        if target is None:
            return
        if drawing.is_available():
            show = partial(self._show_pictures, target)
            self.ask(pictures_of(target.id), show, group="pictures")
        else:
            self.notice.say(drawing.HOW_TO_GET_IT, is_error=False)

    def action_back(self) -> None:
        self._read(is_reading=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.table.focus()
        self.set_interval(1, self._tick)

    @on(Welcome.Wanted)
    def _begin_somewhere(self, message: Welcome.Wanted) -> None:
        if message.what == "demo":
            self.tuimail.open_demo()
        else:
            self.tuimail.set_up()

    @on(MailTable.Selected)
    def _look_soon(self) -> None:
        """Read the mail once the selection stands still."""
        if self._looking is not None:
            self._looking.stop()
        self._looking = self.set_timer(LOOK_SECONDS, self._look_now)
        self.refresh_bindings()

    @on(MailTable.Opened)
    def _open(self) -> None:
        self._read(is_reading=True)

    @on(MailTable.EndNear)
    def _more(self) -> None:
        if len(self.table.rows) >= self._limit:
            self._limit += PAGE
            self.reload()

    def _may(self, verb: str) -> bool:
        row = self.row
        if row is None:
            return False
        needed, unwanted = NEEDS.get(verb, (frozenset({verb}), frozenset[str]()))
        return needed <= row.actions and not unwanted & row.actions

    def _read(self, *, is_reading: bool) -> None:
        self.is_reading = is_reading
        self.set_class(is_reading, "-reading")
        (self.detail.text_view if is_reading else self.table).focus()
        self.refresh_bindings()

    def show_overview(self, found: Overview) -> None:
        super().show_overview(found)
        is_new = not found.has_account and found.counts.is_empty
        self.set_class(is_new, "-welcome")
        welcome = self.query_one(Welcome)
        if is_new and self.table.has_focus:
            welcome.focus()
        elif not is_new and welcome.has_focus:
            self.table.focus()

    def _tick(self) -> None:
        """Let ages and countdowns move on."""
        if self.is_current:
            self.table.refresh()

    def _show_rows(self, rows: tuple[Row, ...]) -> None:
        self.table.show(self.order(rows))
        if self._look is None or self._look.page.row != self.table.selected_row:
            self._look_now()
        else:
            self.look_closer(self._look)

    def _look_now(self) -> None:
        selected = self.table.selected
        if selected:
            self.ask(look(selected), self._show_look, group="look")
        else:
            self._show_nothing()

    def _show_look(self, found: Look) -> None:
        if found.page.row.id != self.table.selected:
            return
        before, self._look = self._look, found
        if before is not None and _is_changed(before, found):
            self.tuimail.guard.disarm()
        self.detail.show(found)
        self.detail.set_class(self.table.selected_row is None, "-elsewhere")
        self.looked(found)
        self.refresh_bindings()

    def looked(self, found: Look) -> None:
        """Take note of what is shown now."""

    def look_closer(self, shown: Look) -> None:
        """Look for changes that the list does not tell, where there are such."""

    def _show_pictures(self, target: Target, found: tuple[Picture, ...]) -> None:
        if found and target == self.target:
            self.app.push_screen(PictureScreen(found))

    def _show_nothing(self) -> None:
        self._look = None
        self.detail.show(None)
        self.refresh_bindings()

    def act_at_once(
        self, call: Callable[[Workspace], Row], done: str, *, leave: bool = False
    ) -> None:
        """Do ``call`` and say ``done``.

        Args:
            call: What to do, in the workspace's thread.
            done: What is said afterwards.
            leave: Whether the neighbour is selected then.
        """
        self.ask(call, lambda row: self.acted(row, done, leave=leave))

    def acted(self, row: Row, done: str, *, leave: bool) -> None:
        """Say ``done``; select the neighbour of a mail that was decided about."""
        if leave and row.id == self.table.selected:
            self.table.leave_selected()
        self.done(row, done)


def _is_changed(before: Look, after: Look) -> bool:
    old, new = before.page.row, after.page.row
    return (old.id, old.revision, old.status) != (new.id, new.revision, new.status)
