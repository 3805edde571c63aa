"""A pane with a list of mails and the one that is selected beside or below it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.timer import Timer

from tuimail.core.files.pictures import Picture, pictures
from tuimail.errors import NotFoundError, TuimailError
from tuimail.tui import drawing, on_demand
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.looks import Look, look
from tuimail.tui.screens.listing_pane import ListingPane
from tuimail.tui.screens.pane import Overview
from tuimail.tui.widgets.detail import Detail
from tuimail.tui.widgets.filter_line import FilterLine
from tuimail.tui.widgets.layouts import Layout
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.tui.widgets.welcome import Welcome
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

LOOK_SECONDS: Final = 0.05
"""How long a selection must stand before its mail is read and parsed."""

GONE: Final = "The mail that was shown here is gone: old mail was purged."

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


class ListPane(ListingPane):
    """Keeps which mail is selected and which tab is open, and no mail."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.READING)]
    STATUSES: ClassVar[frozenset[str]]
    """Words of the mails that are listed."""
    LAYOUT: ClassVar[Layout]
    TAB: ClassVar[str] = "text"
    """The tab that is open first."""

    def __init__(self) -> None:
        super().__init__()
        self._look: Look | None = None
        self._looking: Timer | None = None
        self.is_reading = False
        """Whether the mail has the whole pane where there is room for one only."""

    def body(self) -> ComposeResult:
        yield MailTable(
            self.LAYOUT,
            guard=self.tuimail.guard,
            now=self.tuimail.now,
            empty="",
            id="list",
        )
        yield Detail(tab=self.TAB, id="detail")
        yield FilterLine()
        yield Welcome(self.tuimail.changed_keys)

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

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "act" and self.is_mounted:
            return not self._is_small and self._may(str(parameters[0]))
        if action == "back" and self.is_mounted:
            return self.is_reading
        if action == "tab":
            return not self.has_class("-welcome") and self._look is not None
        if action == "pipe":
            return self.is_mounted and self.row is not None
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
            self.ask(
                lambda ws: pictures(ws.drafts.message_bytes(target.id)),
                show,
                group="pictures",
            )
        else:
            self.notice.say(drawing.HOW_TO_GET_IT, is_error=False)

    def action_pipe(self) -> None:
        """Let a command of the person's read the message, Bcc-free as it leaves."""
        target = self.target
        if target is not None:
            self.ask(
                lambda ws: ws.drafts.message_bytes(target.id),
                self._ask_for_command,
                group="pipe",
            )

    def _ask_for_command(self, content: bytes) -> None:
        self.app.push_screen(on_demand.PipeScreen(content))

    def action_back(self) -> None:
        self._read(is_reading=False)

    def on_mount(self) -> None:
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
        """Read the mail once the selection stands still.

        The row of keys follows then: drawing it takes longer than the list does.
        """
        if self._looking is not None:
            self._looking.stop()
        self._looking = self.set_timer(LOOK_SECONDS, self._look_now)

    @on(MailTable.Opened)
    def _open(self) -> None:
        self._read(is_reading=True)

    def _may(self, verb: str) -> bool:
        row = self.row
        if row is None or self.table.selected_row is None:
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
        self.say_lately(found.lately)
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
            self.read_when_idle()

    def showed_rows(self) -> None:
        if self._look is None or self._look.page.row != self.table.selected_row:
            self._look_now()
        else:
            self.detail.remove_class("-elsewhere")
            self.look_closer(self._look)

    def _look_now(self) -> None:
        selected = self.table.selected
        if selected:
            self.ask(
                look(selected, self.tuimail.names),
                self._show_look,
                otherwise=partial(self._not_looked, selected),
                group="look",
            )
        else:
            self._show_nothing()

    def _show_look(self, found: Look) -> None:
        if found.page.row.id != self.table.selected:
            return
        self.remove_class("-empty")
        if self.notice.text == GONE:
            self.notice.clear()
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
            self.app.push_screen(on_demand.PictureScreen(found))

    def _not_looked(self, row_id: str, error: TuimailError) -> None:
        if not isinstance(error, NotFoundError):
            self.refused(error)
        elif row_id == self.table.selected:
            self.gone(row_id)

    def gone(self, row_id: str) -> None:
        """Show nothing of a mail that is not there any more, and say so."""
        del row_id
        self._show_nothing()
        self.notice.say(GONE, is_error=False)

    def _show_nothing(self) -> None:
        """Leave the pane to what the list says; nobody types into what is not there."""
        self._look = None
        self.detail.show(None)
        if self.is_reading:
            self._read(is_reading=False)
        elif self.detail.has_focus_within:
            self.table.focus()
        self.add_class("-empty")
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
