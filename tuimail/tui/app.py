"""The terminal app: one shell around the panes, and what they all need."""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

import textual.constants
from rich.text import Text
from textual import events, work
from textual.app import App
from textual.binding import BindingType
from textual.filter import LineFilter
from textual.message import Message
from textual.reactive import reactive

from tuimail.core.draft import Draft
from tuimail.errors import TuimailError
from tuimail.tui import keymap, leaving, mistakes, themes, wording
from tuimail.tui.asking import Sends, WorkspaceChanged
from tuimail.tui.guard import Guard
from tuimail.tui.inert import InertFilter
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.leaving import UnderWay
from tuimail.tui.notices import Teller
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.help import HelpScreen
from tuimail.tui.screens.list_pane import ListPane
from tuimail.tui.screens.lists import DraftsScreen, OutboxScreen, SentScreen
from tuimail.tui.screens.over import ConfirmScreen, LeavingScreen, Over
from tuimail.tui.screens.pane import PaneScreen
from tuimail.tui.screens.review import ReviewScreen
from tuimail.tui.screens.setting_up import SetUpScreen
from tuimail.tui.widgets.prose import Paragraph
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.keepers import Machine, this_machine
from tuimail.workspace.sending import SenderThread
from tuimail.workspace.services import Service
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

POLL_SECONDS: Final = 0.5
"""How often other processes' changes are looked for."""
STOP_SECONDS: Final = 2.0
"""How long leaving waits for attempts that were begun."""
TOAST_SECONDS: Final = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person configured, as far as the app itself is concerned."""

    undo: timedelta = timedelta(0)
    """How long a release can be taken back."""
    theme: str = ""
    notify: bool = True
    """Whether notices are told beyond the app."""
    keys: Mapping[str, str]


def settings(workspace: Workspace) -> Settings:
    """Return what the person configured."""
    config = workspace.config
    return Settings(
        undo=config.undo, theme=config.theme, notify=config.notify, keys=config.keys
    )


class TuimailApp(App[int]):
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
    class ServiceInstalled(Message):
        """The machine keeps sending, or an error says why it does not."""

        error: TuimailError | None

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
        draft: Draft | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
        theme_folder: Path | None = None,
        is_kept: bool = True,
        machine: Machine | None = None,
    ) -> None:
        super().__init__()
        self.bridge = bridge
        self.now = now
        self.guard = Guard(ticks)
        self.settings = Settings(keys={})
        self.changed_keys: Mapping[str, str] = {}
        self.writing = ComposeScreen()
        """The Compose pane, which outlives what is written in it."""
        self.setting_up = SetUpScreen()
        """The pane where an account is set up, which outlives being left."""
        self.wants_demo = False
        """Whether the person left to try the demo."""
        self.panes: dict[str, PaneScreen] = {}
        self.teller = Teller(self.ring)
        self.mistakes: list[Exception] = []
        """What went wrong in tuimail itself."""
        self.failure: TuimailError | None = None
        """Why the workspace could not be opened."""
        self._sender = sender
        self._start = start
        self._draft = draft
        self._is_kept = is_kept
        self._machine = machine
        self._theme_folder = theme_folder or themes.folder()
        self._problems: tuple[str, ...] = ()
        self._data_version = -1
        self._leaves_when_sent = False
        self._patience: float | None = STOP_SECONDS
        self._filter = InertFilter()

    @property
    def pane(self) -> PaneScreen | None:
        """The pane that is shown, maybe below a dialog."""
        return self.panes.get(self.current_mode)

    @property
    def composing(self) -> ComposeScreen | None:
        """The Compose pane, once it was shown."""
        return self.writing if self.writing.is_mounted else None

    def get_line_filters(self) -> list[LineFilter]:
        """Return Textual's filters and, last, the one that keeps text inert."""
        return [*super().get_line_filters(), self._filter]

    def on_mount(self) -> None:
        self._open()
        if not self.is_headless:
            self._leave_on_signals()

    async def on_unmount(self) -> None:
        """End the sender and close the workspace, however the app ended."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.setting_up.leave_behind(), STOP_SECONDS)
        await asyncio.to_thread(self._sender.stop, timeout=self._patience)
        await self.bridge.close()

    async def on_event(self, event: events.Event) -> None:
        """Take note of every key before anything acts on it."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.guard.pressed(event.key)
        await super().on_event(event)

    def on_tuimail_app_opened(self, message: Opened) -> None:
        """Show the first pane, with the person's own theme and keys."""
        self.settings = message.settings
        self.teller.is_loud = message.settings.notify
        self._use_theme(message.settings.theme)
        self._use_keys(message.settings.keys)
        others = (ReviewScreen(), OutboxScreen(), SentScreen(), DraftsScreen())
        for pane in (self.writing, self.setting_up, *others):
            self.panes[pane.MODE] = pane
            self.add_mode(pane.MODE, partial(_itself, pane))
        self._sender.start()
        self.set_interval(POLL_SECONDS, self._poll)
        self.go(self._start)
        if self._draft is not None:
            self._write(self._draft)
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
        if self._leaves_when_sent:
            self._look_before_leaving()

    def wake_sender(self) -> None:
        """Have the sender look at the outbox now."""
        self._sender.wake()

    def say(self, text: str) -> None:
        """Confirm with a short message that goes by itself; safe text."""
        self.clear_notifications()
        self.notify(text, timeout=TOAST_SECONDS, markup=False)

    def ring(self, sequence: str) -> None:
        """Have the terminal itself tell something; a sequence of ours, safe text."""
        if self._driver is not None and not (self.is_headless or self.is_web):
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

    def edit(self, draft_id: str, *, back_to: str) -> None:
        """Open a stored draft in Compose."""
        self.go(ComposeScreen.MODE)
        self.writing.call_later(self.writing.edit, draft_id, back_to=back_to)

    def set_up(self) -> None:
        """Set an account up, or go on with one that was begun."""
        if self.current_mode != SetUpScreen.MODE:
            self.setting_up.came_from = self.current_mode
            self.go(SetUpScreen.MODE)

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

    def action_keys(self) -> None:
        screen = self.screen
        if isinstance(screen, PaneScreen | Over) and not isinstance(screen, HelpScreen):
            help_ = HelpScreen(screen.SCOPES, self.changed_keys, self._problems)
            self.push_screen(help_)

    def action_tell_how_to_leave(self) -> None:
        self.say(f"{keymap.named('app.quit', self.changed_keys)} leaves tuimail.")

    def action_leave(self) -> None:
        if self.composing is not None:
            self.composing.save_and(self._look_before_leaving, self._ask_to_lose)
        else:
            self._look_before_leaving()

    def _handle_exception(self, error: Exception) -> None:
        """Leave with one line; Textual's report would print local variables."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
            self._exit_renderables.append(Text(mistakes.farewell(error)))
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

    def _write(self, draft: Draft | None) -> None:
        self.go(ComposeScreen.MODE)
        self.writing.call_later(self.writing.write, draft)

    def _use_theme(self, name: str) -> None:
        chosen = themes.choose(name, self._theme_folder)
        self.register_theme(chosen.theme)
        self.theme = chosen.theme.name
        if chosen.problem:
            self._problems = (*self._problems, chosen.problem)

    def _use_keys(self, wanted: Mapping[str, str]) -> None:
        changed = keymap.remap(wanted)
        self.changed_keys = changed.accepted
        self.set_keymap(dict(changed.accepted))
        self._problems = (*self._problems, *changed.problems)

    def _tell_problems(self) -> None:
        """Say what of the configuration could not be used."""
        if self._problems and self.pane is not None:
            self.pane.call_later(self.pane.complain, self._problems[0])

    def _look_before_leaving(self) -> None:
        machine = self._machine if self._is_kept else None
        if self.pane is None:
            self.exit(0)
        else:
            self.pane.ask(
                partial(leaving.under_way, machine=machine), self._leave_unless_asked
            )

    def _leave_unless_asked(self, found: UnderWay) -> None:
        """Leave, unless mail that this app could send is left behind."""
        is_here = self._sender.state == "here"
        if is_here and found.sending and self._leaves_when_sent:
            return
        can_go_on = found.service is not None
        if is_here and (found.sending or can_go_on) and not self._leaves_when_sent:
            question = LeavingScreen(
                leaving.title(found),
                leaving.question(found),
                can_wait=bool(found.sending),
                can_go_on=can_go_on,
            )
            self.push_screen(question, partial(self._answered_leaving, found.service))
            return
        words = leaving.last_words(found) if is_here and self._is_kept else ""
        self.exit(0, message=Text(words) if words else None)

    def _answered_leaving(self, service: Service | None, answer: str | None) -> None:
        if answer == "now":
            self.exit(0)
        elif answer == "wait":
            self._leave_when_sent("Leaves as soon as the mail is handed over.")
        elif answer == "go_on" and service is not None:
            self._install(service)

    def _leave_when_sent(self, text: str) -> None:
        self._leaves_when_sent = True
        self.say(text)
        self._look_before_leaving()

    @work(group="installing", exclusive=True)
    async def _install(self, service: Service) -> None:
        try:
            await asyncio.to_thread(service.install)
        except TuimailError as error:
            self.post_message(self.ServiceInstalled(error))
        else:
            self.post_message(self.ServiceInstalled(None))

    def on_tuimail_app_service_installed(self, message: ServiceInstalled) -> None:
        """Leave, or stay and say why mail would not."""
        if message.error is None:
            self._leave_when_sent("The machine keeps sending.")
        elif self.pane is not None:
            self.pane.refused(message.error)

    def _ask_to_lose(self, error: TuimailError) -> None:
        paragraphs = (
            Paragraph(text=wording.line(f"{error} {error.hint}")),
            Paragraph(text=""),
            Paragraph(text="What was typed since the last save is lost."),
        )
        question = ConfirmScreen("It cannot be saved. Leave all the same?", paragraphs)
        self.push_screen(question, self._answered_losing)

    def _answered_losing(self, answer: bool | None) -> None:
        if answer:
            self._look_before_leaving()

    def _leave_on_signals(self) -> None:
        """Save what is being written when the terminal or the session ends."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self._leave_at_once)

    def _leave_at_once(self) -> None:
        """Begin nothing more, and finish what was begun, however long it takes."""
        self._patience = None
        if self.composing is None:
            self.exit(0)
        else:
            self.composing.save_and(self.exit, lambda _error: self.exit())


def run_app(
    opener: Callable[[], Workspace],
    *,
    start: str = "review",
    draft: Draft | None = None,
    is_kept: bool = True,
) -> int:
    """Show the workspace that ``opener`` opens, and return an exit code.

    Args:
        opener: Called in each thread that needs a workspace of its own.
        start: Name of the first pane.
        draft: What Compose begins with, not stored yet.
        is_kept: Whether the workspace outlives the app, so that it makes sense
            to say what still waits in it.

    Raises:
        TuimailError: The workspace cannot be opened.
    """
    textual.constants.PRESS = ""  # type: ignore[misc]  # it would type keys
    app = TuimailApp(
        Bridge(opener),
        sender=SenderThread(opener),
        start=start,
        draft=draft,
        is_kept=is_kept,
        machine=this_machine(os.environ),
    )
    app.run()
    if app.failure is not None:
        raise app.failure
    if app.wants_demo:
        from tuimail.demo.app import run_demo  # noqa: PLC0415 - a mail server

        return run_demo(run_app)
    return app.return_code or 0


def _itself(pane: PaneScreen) -> PaneScreen:
    return pane
