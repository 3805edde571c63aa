"""What all panes share: the lines around them, and how they ask the workspace."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, ParamSpec, TypeVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static
from textual.worker import Worker

from tuimail.errors import StoreError, TuimailError
from tuimail.tui import on_demand, wording
from tuimail.tui.asking import Answered, Call, Failed, Refused, WorkspaceChanged
from tuimail.tui.guard import QUIET_SECONDS, TOO_QUICK
from tuimail.tui.keymap import bindings, named
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.commanded import Commanded
from tuimail.tui.widgets.banner import Banner
from tuimail.tui.widgets.bar import Bar
from tuimail.tui.widgets.command_line import CommandLine
from tuimail.tui.widgets.key_line import KeyLine
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.top_line import TopLine
from tuimail.tui.widgets.undo_strip import UndoStrip
from tuimail.tui.widgets.welcome import Welcome
from tuimail.tui.window import size_of_terminal
from tuimail.workspace.lately import Lately
from tuimail.workspace.reaching import Reach
from tuimail.workspace.views import Counts, Row
from tuimail.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tuimail.tui.app import TuimailApp

T = TypeVar("T")
P = ParamSpec("P")
_TOO_SMALL: Final = "Too small. 80 columns by 24 lines are good."
_OF_THE_STRIP: Final = frozenset({"undo", "undo_all", "hurry"})
"""Actions on what was released a moment ago."""
_LEAST_COLUMNS: Final = 40
_LEAST_LINES: Final = 10


def _is_too_small(size: Size) -> bool:
    """Whether the style sheet hides the pane at this size."""
    return size.width < _LEAST_COLUMNS or size.height < _LEAST_LINES


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the lines around every pane show."""

    counts: Counts
    undoable: Sequence[Row]
    has_account: bool
    held: int
    """Accounts that nothing leaves through until a person says so."""
    reach: Reach
    """Whether servers were reached, as far as that was seen last."""
    trouble: str
    """Why nothing new can be stored, or empty."""
    lately: Lately
    """What happened last, for lists that have nothing to show."""


def overview(workspace: Workspace) -> Overview:
    """Return what the lines around every pane show."""
    return Overview(
        counts=workspace.drafts.counts(),
        undoable=workspace.outbox.undoable(),
        has_account=bool(workspace.config.accounts),
        held=len(workspace.accounts.held()),
        reach=workspace.accounts.reach(),
        trouble=_trouble(workspace),
        lately=workspace.lately(),
    )


def _trouble(workspace: Workspace) -> str:
    """Return why nothing new can be stored, or an empty text."""
    try:
        workspace.require_room()
    except StoreError as error:
        return str(error)
    return ""


class PaneScreen(Commanded):
    """One of the panes, with the lines around it.

    Screens ask the workspace and keep no mail: whatever changed, they read
    again.
    """

    AUTO_FOCUS: ClassVar[str | None] = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PANE)]
    MODE: ClassVar[str]
    """Name of the pane, as ``App.switch_mode`` knows it."""
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.PANE, Scope.APP)
    """What the help screen explains here."""

    _is_small = False
    _had_focus: Widget | None = None
    """What had the focus when the terminal became too small."""

    def compose(self) -> ComposeResult:
        keys = self.tuimail.changed_keys
        yield TopLine(self.MODE, keys=keys)
        yield Banner(keys=keys)
        with Container(id="body"):
            yield from self.body()
        yield Static(_TOO_SMALL, id="too-small", markup=False)
        yield Notice()
        yield CommandLine()
        yield UndoStrip(key=named("pane.undo", keys), now=self.tuimail.now)
        yield KeyLine()

    def keys_changed(self) -> None:
        """Say the keys that work now."""
        self.query_one(Banner).say_again()
        for bar in self.query(Bar):
            bar.refresh()
        for welcome in self.query(Welcome):
            welcome.refresh(recompose=True)

    def body(self) -> ComposeResult:
        """Yield what the pane shows between its lines."""
        yield from ()

    @property
    def tuimail(self) -> "TuimailApp":
        """The app this pane belongs to."""
        return cast("TuimailApp", self.app)

    def on_resize(self, event: events.Resize) -> None:
        """Give the keyboard back after the terminal was too small.

        Textual takes the focus away from what it hides, and leaves it nowhere.
        """
        was_small, self._is_small = self._is_small, _is_too_small(event.size)
        if self._is_small and not was_small:
            self._had_focus = self.focused
        elif was_small and not self._is_small and self._had_focus is not None:
            self.call_after_refresh(self._had_focus.focus)
        if was_small is not self._is_small:
            self.refresh_bindings()

    @property
    def notice(self) -> Notice:
        """The row for what went wrong."""
        return self.query_one(Notice)

    def ask(
        self,
        call: Call[T],
        then: Callable[[T], None],
        *,
        otherwise: Callable[[TuimailError], None] | None = None,
        group: str = "",
        is_awaited: bool = True,
    ) -> None:
        """Have the workspace do ``call``, and go on with ``then`` afterwards.

        Args:
            call: Runs in the workspace's thread.
            then: Runs here, with what ``call`` returned.
            otherwise: Runs here when the workspace refuses; else it is shown.
            group: Only the newest call of a group is answered. For reading.
            is_awaited: Whether keys wait for the answer to what a key asked.
        """
        ask = self.tuimail.bridge.call
        no = otherwise or self.refused
        if is_awaited and not group and self.tuimail.ahead.is_acting:
            then, no = self.before_keys(then, no)
        self._ask(lambda: ask(call), then, no, group)

    def before_keys(
        self, then: Callable[P, None], otherwise: Callable[[TuimailError], None]
    ) -> tuple[Callable[P, None], Callable[[TuimailError], None]]:
        """Have keys wait until one of both was called; returns what to call."""
        let_keys_on = self.tuimail.ahead.hold()

        def done(*answers: P.args, **named: P.kwargs) -> None:
            then(*answers, **named)
            let_keys_on()

        def refused(error: TuimailError) -> None:
            otherwise(error)
            let_keys_on()

        return done, refused

    def ask_aside(
        self,
        call: Call[T],
        then: Callable[[T], None],
        *,
        otherwise: Callable[[TuimailError], None] | None = None,
    ) -> None:
        """Do the same beside all other calls: ``call`` may take long."""
        ask = self.tuimail.bridge.aside
        self._ask(lambda: ask(call), then, otherwise or self.refused, "")

    def ask_for(
        self,
        answer: "asyncio.Future[T]",
        then: Callable[[T], None],
        *,
        otherwise: Callable[[TuimailError], None],
    ) -> None:
        """Go on with what was asked already, which outlives this pane."""
        self._ask(lambda: asyncio.shield(answer), then, otherwise, "")

    def reload(self) -> None:
        """Read again what is shown."""
        self.ask(overview, self.show_overview, group="overview")

    def refused(self, error: TuimailError) -> None:
        """Show why the workspace said no."""
        self.notice.say(str(error), hint=error.hint)

    def complain(self, text: str) -> None:
        """Say in the pane's own row what is wrong."""
        self.notice.say(text)

    def decide(self, then: Callable[[], None]) -> None:
        """Run ``then`` if the key just pressed may decide about mail.

        Waits a moment first: a burst of keys is no decision, and its first key
        looks like any other.
        """
        if not self.tuimail.guard.allows():
            self.notice.say(TOO_QUICK, is_error=False)
            if self.tuimail.guard.is_burst:
                self.tuimail.refuse_burst()
            return
        presses = self.tuimail.guard.presses
        let_keys_on = self.tuimail.ahead.hold()

        def decided() -> None:
            self._decided(presses, then)
            let_keys_on()

        self.set_timer(QUIET_SECONDS, decided)

    def done(self, row: Row, text: str) -> None:
        """Confirm what the person did to ``row``, and read everything again."""
        self.notice.clear()
        self.tuimail.say(f"{wording.subject(row.subject)}: {text}")
        self.tuimail.workspace_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in _OF_THE_STRIP and self.is_mounted:
            return self.query_one(UndoStrip).offers(action)
        return super().check_action(action, parameters)

    def action_go(self, mode: str) -> None:
        self.tuimail.go(mode)

    def action_add_account(self) -> None:
        self.tuimail.set_up()

    def action_new_mail(self) -> None:
        self.tuimail.write_new()

    def action_redraw(self) -> None:
        size = size_of_terminal(self.app.size)
        if size != self.app.size:
            self.app.post_message(events.Resize(size, size))
        self.refresh(repaint=True, layout=True)

    def action_write_elsewhere(self) -> None:
        self.tuimail.write_elsewhere()

    def action_undo(self) -> None:
        row = self.query_one(UndoStrip).newest
        if row is not None:  # its time may have run out just now
            self.take_back(row.id)

    def action_undo_all(self) -> None:
        """Take back all that still can be, the newest first."""
        ids = [row.id for row in self.query_one(UndoStrip).rows]
        self.ask(lambda ws: ws.queue.take_all_back(ids), self._all_back)

    def action_hurry(self) -> None:
        """Let what was released last leave without waiting any longer."""
        row = self.query_one(UndoStrip).newest
        if row is not None:
            self.decide(partial(self._hurry, row.id))

    def _all_back(self, rows: Sequence[Row]) -> None:
        """Show them where they can be changed; one alone is opened there."""
        if len(rows) == 1:
            self.tuimail.came_back(rows[0])
            return
        self.tuimail.say(f"{wording.count(len(rows), 'message')} taken back.")
        self.tuimail.workspace_changed()
        if rows:
            is_own = "send" in rows[0].actions
            self.tuimail.go("drafts" if is_own else "review", select=rows[0].id)

    def _hurry(self, row_id: str) -> None:
        self.ask(lambda ws: ws.queue.hurry(row_id), self._hurried)

    def _hurried(self, row: Row) -> None:
        self.done(row, "leaves now")
        self.tuimail.wake_sender()

    def take_back(self, row_id: str) -> None:
        """Undo a release; what comes back is opened where it can be changed."""
        self.ask(lambda ws: ws.outbox.take_back(row_id), self.tuimail.came_back)

    def on_mount(self) -> None:
        self.watch(self.tuimail, "sender_state", self._show_sender)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        del event
        self.tuimail.guard.disarm()
        self.reload()

    def on_paste(self, event: events.Paste) -> None:
        """Take no key out of a paste, and none right after it."""
        event.stop()
        self.tuimail.guard.disarm()

    def on_workspace_changed(self, message: WorkspaceChanged) -> None:
        message.stop()
        self.reload()

    def on_answered(self, message: Answered) -> None:
        message.stop()
        message.then(message.answer)

    def on_refused(self, message: Refused) -> None:
        message.stop()
        message.otherwise(message.error)

    def on_failed(self, message: Failed) -> None:
        message.stop()
        self.tuimail.mistakes.append(message.error)
        self.tuimail.ahead.let_go()
        self.app.push_screen(on_demand.MistakeScreen(message.error))

    @on(TopLine.Chosen)
    def _go_to_chosen(self, message: TopLine.Chosen) -> None:
        self.tuimail.go(message.mode)

    def _ask(
        self,
        ask: Callable[[], Awaitable[T]],
        then: Callable[[T], None],
        otherwise: Callable[[TuimailError], None],
        group: str,
    ) -> Worker[None]:
        async def work() -> None:
            await self._asked(ask, then, otherwise)

        return self.run_worker(work, group=group or "acting", exclusive=bool(group))

    async def _asked(
        self,
        ask: Callable[[], Awaitable[T]],
        then: Callable[[T], None],
        otherwise: Callable[[TuimailError], None],
    ) -> None:
        try:
            answer = await ask()
        except TuimailError as error:
            self.post_message(Refused(otherwise, error))
        except Exception as error:  # noqa: BLE001 - the outermost edge of a face
            self.post_message(Failed(error))
        else:
            self.post_message(Answered(then, answer))

    def _decided(self, presses: int, then: Callable[[], None]) -> None:
        if self.tuimail.guard.presses == presses:
            self.notice.clear()
            then()
        else:
            self.notice.say(TOO_QUICK, is_error=False)
            self.tuimail.refuse_burst()

    def show_overview(self, found: Overview) -> None:
        """Show what the lines around the pane say."""
        top = self.query_one(TopLine)
        top.counts, top.held, top.reach = found.counts, found.held, found.reach
        self.query_one(Banner).trouble = found.trouble
        self.query_one(UndoStrip).show(found.undoable)
        self.refresh_bindings()

    def _show_sender(self, state: str) -> None:
        self.query_one(TopLine).sender = state
        self.query_one(Banner).sender = state
