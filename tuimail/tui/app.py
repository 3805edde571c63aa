"""The terminal app: one shell around the panes, and what they all need."""

import asyncio
import atexit
import gc
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final, cast

from rich.text import Text
from textual import work
from textual.binding import BindingType
from textual.message import Message
from textual.reactive import reactive

from tuimail.errors import TuimailError
from tuimail.settings.files import expanded
from tuimail.settings.paths import log_path
from tuimail.tui import from_files, keymap, mistakes, on_demand, terminal_input
from tuimail.tui.asking import Sends, WorkspaceChanged
from tuimail.tui.commanding import Command
from tuimail.tui.configured import Settings, Written, settings
from tuimail.tui.departure import STOP_SECONDS, UNANSWERED, Departure
from tuimail.tui.dressed import WATCH_SECONDS
from tuimail.tui.keyed import KeyedApp
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.notices import Teller
from tuimail.tui.panes import CALLED
from tuimail.tui.screens.list_pane import ListPane
from tuimail.tui.screens.over import Over
from tuimail.tui.screens.pane import PaneScreen
from tuimail.tui.terminal_driver import TerminalDriver
from tuimail.tui.widgets.top_line import is_nobody
from tuimail.workspace import documentation
from tuimail.workspace.beginning import FirstDraft
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.keepers import Machine, this_machine
from tuimail.workspace.progress import Watch
from tuimail.workspace.sending import SenderThread
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tuimail.tui.on_demand import AccountsScreen, ComposeScreen, SetUpScreen

POLL_SECONDS: Final = 0.5
"""How often other processes' changes are looked for."""
CLOSE_SECONDS: Final = 0.5
"""How long leaving waits for the workspace; a person's choice takes two at most."""
TOAST_SECONDS: Final = 4.0


class TuimailApp(KeyedApp):
    """Opens the workspace, runs the sender, and switches between the panes."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.APP)]
    CSS_PATH = "styles/app.tcss"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-tiny"),
        (40, "-narrow"),
        (80, "-normal"),
        (120, "-wide"),
    ]
    VERTICAL_BREAKPOINTS = [  # noqa: RUF012 - as Textual declares it
        (0, "-flat"),
        (10, "-short"),
        (20, "-low"),
        (30, "-high"),
    ]
    TITLE = "tuimail"

    signer = ""
    """Name of the reviewer who signed last; never a PIN."""
    sender_state: reactive[str] = reactive("")
    """Who sends, in the sender's own words."""

    @dataclass
    class Opened(Message):
        """The workspace is open."""

        settings: Settings

    @dataclass
    class VersionSeen(Message):
        """The workspace's data version was read."""

        version: int

    def __init__(
        self,
        bridge: Bridge,
        *,
        sender: Sends,
        start: str = "review",
        first: FirstDraft | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
        theme_folder: Path | None = None,
        is_kept: bool = True,
        machine: Machine | None = None,
    ) -> None:
        super().__init__(theme_folder=theme_folder, ticks=ticks)
        self.bridge = bridge
        self.now = now
        self._written = Written(Settings(keys={}), os.environ)
        self.wants_demo = False
        """Whether the person left to try the demo."""
        self.is_lent = False
        """Whether the person's own editor has the terminal."""
        self.teller = Teller(self.ring)
        self.mistakes: list[Exception] = []
        """What went wrong in tuimail itself."""
        self.failure: TuimailError | None = None
        """Why the workspace could not be opened."""
        self._sender = sender
        self._start = start
        self._first = first
        self._departure = Departure(self, is_kept=is_kept, machine=machine)
        self._data_version = -1

    @property
    def settings(self) -> Settings:
        """What the person configured, as it stands now."""
        return self._written.found

    @property
    def pane(self) -> PaneScreen | None:
        """The pane that is shown, maybe below a dialog."""
        return self.panes.get(self.current_mode)

    @property
    def writing(self) -> "ComposeScreen":
        """The Compose pane, which outlives what is written in it."""
        return cast("ComposeScreen", self.panes["compose"])

    @property
    def setting_up(self) -> "SetUpScreen":
        """The pane where an account is set up, which outlives being left."""
        return cast("SetUpScreen", self.panes["account"])

    @property
    def ways_out(self) -> "AccountsScreen":
        """The Accounts pane."""
        return cast("AccountsScreen", self.panes["accounts"])

    @property
    def composing(self) -> "ComposeScreen | None":
        """The Compose pane, once it was shown."""
        was_shown = "compose" in self.panes and self.writing.is_mounted
        return self.writing if was_shown else None

    def on_mount(self) -> None:
        self.ahead.hold()
        self._open()
        if not self.is_headless:
            self._departure.on_signals()

    async def on_unmount(self) -> None:
        """End the sender and close the workspace, however the app ended."""
        await asyncio.gather(
            _in_time(self._leave_behind(), STOP_SECONDS),
            asyncio.to_thread(self._sender.stop, timeout=self._departure.patience),
        )
        if not await _in_time(self.bridge.close(), CLOSE_SECONDS):
            self._exit_renderables.append(Text(UNANSWERED))

    async def _leave_behind(self) -> None:
        if "account" in self.panes:
            await self.setting_up.leave_behind()

    def on_tuimail_app_opened(self, message: Opened) -> None:
        """Show the first pane, with the person's own theme and keys."""
        self._written = Written(message.settings, os.environ)
        self.teller.is_loud = message.settings.notify
        self.note_problems(self.dress(message.settings.looks))
        for name in CALLED:
            self.add_mode(name, partial(self.panes.__getitem__, name))
        self.use_keys(message.settings)
        self.sender_state = self._sender.state
        self.call_after_refresh(self._sender.start)  # it looks through all mail
        self.set_interval(POLL_SECONDS, self._poll)
        self.set_interval(WATCH_SECONDS, self.look_at_settings)
        self.go(self._start)
        if self._first is not None:
            self.begin(self._first)
        self._tell_problems()
        self.ahead.let_go()
        if not self.is_headless:
            self.call_after_refresh(_look_for_no_garbage)

    def look_at_settings(self) -> None:
        """Follow the person's own files; what was set stays where they are broken."""
        before = self.settings
        try:
            found = self._written.changed()
        except TuimailError as error:
            self.complain(f"{error} {error.hint} Until then all stays as it was.")
            return
        if found is not None:
            self.teller.is_loud = found.notify
            self.problems = ()
            self.note_problems(self.dress_anew(found.looks, before.looks))
            self.use_keys(found)
            self.say_keys_anew()
            self.workspace_changed()
            self._tell_problems()

    def on_tuimail_app_version_seen(self, message: VersionSeen) -> None:
        """Tell the pane when another process, or the sender, wrote something."""
        if message.version != self._data_version:
            self._data_version = message.version
            self.workspace_changed()

    def workspace_changed(self) -> None:
        """Have the pane read again what it shows."""
        if self.pane is not None:
            self.pane.post_message(WorkspaceChanged())
            self.teller.look(self.pane)
        self._departure.look_again()

    def wake_sender(self) -> None:
        """Have the sender look at the outbox now."""
        self._sender.wake()

    @property
    def is_sending(self) -> bool:
        """Whether this app is who sends."""
        return self._sender.state == "here"

    @property
    def sender_watch(self) -> Watch:
        """How far the attempts of this app are, and what providers said."""
        return self._sender.watch

    def get_driver_class(self) -> type[TerminalDriver]:
        """Return what draws and reads where there is a terminal."""
        return TerminalDriver

    def inquire(self, draft_id: str) -> bool:
        """Have a provider asked about mail of unknown fate; false if others send."""
        return self._sender.inquire(draft_id)

    def log_in(self, name: str) -> None:
        """Show an account, to log in to it again."""
        self.go("accounts")
        self.ways_out.call_later(self.ways_out.log_in, name)

    def say(self, text: str) -> None:
        """Confirm with a short message that goes by itself; safe text."""
        self.clear_notifications()
        self.notify(text, timeout=TOAST_SECONDS, markup=False)

    def ring(self, sequence: str) -> None:
        """Have the terminal itself tell something; a sequence of ours, safe text."""
        is_ours = not (self.is_headless or self.is_web or self.is_lent)
        if self._driver is not None and is_ours:
            self._driver.write(sequence)

    def go(self, mode: str, *, select: str = "") -> None:
        """Show a pane, and select a mail in it."""
        self.switch_mode(mode)
        pane = self.panes[mode]
        if select and isinstance(pane, ListPane):
            pane.call_later(pane.choose, select)

    def write_new(self) -> None:
        """Write a new mail; what was being written becomes a draft."""
        self._write(None)

    def begin(self, first: FirstDraft) -> None:
        """Write a mail that was begun already, as ``write_new`` does."""
        self._write(first)

    def edit(self, draft_id: str, *, back_to: str, in_editor: bool = False) -> None:
        """Open a stored draft in Compose, and there in the person's own editor."""
        self.go("compose")
        how = self.writing.edit_in_editor if in_editor else self.writing.edit
        self.writing.call_later(how, draft_id, back_to=back_to)

    def set_up(self, *, change: str = "") -> None:
        """Set an account up, or go on with one that was begun.

        Args:
            change: Name of an account that is there, to be changed instead.
        """
        if self.current_mode != "account":
            self.setting_up.begin_with(change, came_from=self.current_mode)
            self.go("account")

    def write_elsewhere(self, path: str = "") -> None:
        """Save what is being written as a file, where the workspace takes nothing.

        Args:
            path: Where; it is asked for if empty.
        """
        pane, writing = self.pane, self.composing
        if pane is None:
            return
        if writing is None or writing.is_blank:
            pane.complain("Nothing is being written that could be saved elsewhere.")
        else:
            writing.save_elsewhere(pane, expanded(Path(path)) if path else None)

    def open_demo(self) -> None:
        """Leave, to try everything with a mail server inside."""
        self.wants_demo = True
        self.action_leave()

    def came_back(self, row: Row) -> None:
        """Show what was taken back where it can be changed."""
        self.say("Taken back; it was not sent.")
        self.workspace_changed()
        is_own = "send" in row.actions
        if not is_own:
            self.go("review", select=row.id)
        elif self.composing is None or self.composing.is_blank:
            self.edit(row.id, back_to="")
        else:
            self.go("drafts", select=row.id)

    def named_commands(self) -> tuple[Command, ...]:
        """Return what can be done by name that no key does."""
        write = Command(
            name="write",
            help="Save what is being written as a file in another place: :write PATH",
            takes="PATH",
            act=self.write_elsewhere,
        )
        docs = Command(
            name="docs",
            help="Read a page of the docs: :docs PAGE",
            choices=documentation.names(),
            act=self.read_docs,
        )
        return (self.theme_command(), write, docs, *from_files.commands(self))

    def read_docs(self, name: str) -> None:
        """Show a page of the docs over whatever is there."""
        self.push_screen(on_demand.LeafScreen(name))

    def complain(self, text: str) -> None:
        """Say in the pane's own row what is wrong."""
        if self.pane is not None:
            self.pane.complain(text)

    def action_keys(self) -> None:
        screen = self.screen
        kind = on_demand.HelpScreen
        if isinstance(screen, PaneScreen | Over) and not isinstance(screen, kind):
            self.push_screen(kind(screen.SCOPES, self.changed_keys, self.problems))

    def action_tell_how_to_leave(self) -> None:
        self.say(f"{keymap.named('app.quit', self.changed_keys)} leaves tuimail.")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "start_sender":
            return is_nobody(self.sender_state)
        return super().check_action(action, parameters)

    def action_start_sender(self) -> None:
        """Have this app send, where nobody does."""
        self._sender.start()
        self._poll()

    def action_leave(self) -> None:
        self._departure.begin()

    def leave_at_once(self) -> None:
        """Leave without asking: the session or the terminal has ended."""
        self._departure.at_once()

    def _handle_exception(self, error: Exception) -> None:
        """Leave with one line; Textual's report would print local variables."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            log = log_path(os.environ)
            path = mistakes.kept(error, log.parent if log else None)
            self._exit_renderables.append(Text(mistakes.farewell(error, path)))
        self._close_messages_no_wait()

    @work(group="opening")
    async def _open(self) -> None:
        try:
            await self.bridge.start()
            found = await self.bridge.call(settings)
        except TuimailError as error:
            self.failure = error
            self.exit(return_code=error.exit_code)
        else:
            self.post_message(self.Opened(found))

    @work(group="poll", exclusive=True)
    async def _read_version(self) -> None:
        try:
            version = await self.bridge.call(Workspace.data_version)
        except TuimailError:
            """The disk is in trouble; whatever is asked next says so."""
        else:
            self.post_message(self.VersionSeen(version))

    def _poll(self) -> None:
        self.sender_state = self._sender.state
        self._read_version()

    def _write(self, first: FirstDraft | None) -> None:
        self.go("compose")
        self.writing.call_later(self.writing.write, first)

    def _tell_problems(self) -> None:
        """Say what of the configuration could not be used."""
        if self.problems and self.pane is not None:
            first, *others = self.problems
            key = keymap.named("app.help", self.changed_keys)
            more = f" And {len(others)} more: {key} shows all." if others else ""
            self.pane.call_later(self.pane.complain, first + more)


def run_app(
    opener: Callable[[], Workspace],
    *,
    start: str = "review",
    first: FirstDraft | None = None,
    is_kept: bool = True,
    has_mouse: bool = True,
) -> int:
    """Show the workspace that ``opener`` opens, and return an exit code.

    Args:
        opener: Called in each thread that needs a workspace of its own.
        start: Name of the first pane.
        first: What Compose begins with, not stored yet.
        is_kept: Whether the workspace outlives the app, so that it makes sense
            to say what still waits in it.
        has_mouse: Whether clicks are ours; else the terminal selects with them.

    Raises:
        TuimailError: The workspace cannot be opened.
    """
    terminal_input.set_up()
    _look_for_no_garbage()
    atexit.register(_look_for_no_garbage)  # the end frees everything anyway
    app = TuimailApp(
        Bridge(opener),
        sender=SenderThread(opener),
        start=start,
        first=first,
        is_kept=is_kept,
        machine=this_machine(os.environ),
    )
    app.run(mouse=has_mouse)
    if app.failure is not None:
        raise app.failure
    if app.wants_demo:
        from tuimail.demo.app import run_demo  # noqa: PLC0415 - a mail server

        return run_demo(run_app)
    return app.return_code or 0


def _look_for_no_garbage() -> None:
    """Have what there is now taken for what stays.

    Looking through hundreds of modules, and all that is on the screen, takes ten
    times as long as a key may.
    """
    gc.freeze()


async def _in_time(ending: Awaitable[None], seconds: float) -> bool:
    """Wait for ``ending``, and no longer than a person who leaves does.

    Returns whether it came.
    """
    with suppress(TimeoutError):
        await asyncio.wait_for(ending, seconds)
        return True
    return False
