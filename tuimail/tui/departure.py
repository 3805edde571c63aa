"""The way out of the app: what was typed is saved, and mail under way asked about."""

import asyncio
import signal
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from rich.text import Text
from textual.timer import Timer

from tuimail.errors import TuimailError
from tuimail.tui import leaving, wording
from tuimail.tui.leaving import UnderWay
from tuimail.tui.screens.over import ConfirmScreen, LeavingScreen
from tuimail.tui.widgets.prose import Paragraph
from tuimail.workspace.aside import aside
from tuimail.workspace.keepers import Machine
from tuimail.workspace.services import Service

if TYPE_CHECKING:
    from tuimail.tui.app import TuimailApp

STOP_SECONDS: Final = 1.0
"""How long leaving waits for attempts that were begun."""
ANSWER_SECONDS: Final = 2.0
"""How long the workspace may take to say whether there is anything to ask."""
UNANSWERED: Final = (
    "The workspace did not answer, as where its disk hangs; what it was asked last "
    "may not be done. Look at it: tuimail doctor"
)

_NO_ANSWER: Final = "The workspace does not answer. Leave all the same?"
_WITHOUT: Final = (
    Paragraph(
        text="Its disk may hang. What was typed since the last save is lost; mail "
        "that was released stays in the outbox."
    ),
)


class Departure:
    """Leaves for one app, as its person or its session says."""

    def __init__(
        self, app: "TuimailApp", *, is_kept: bool, machine: Machine | None
    ) -> None:
        self._app = app
        self._is_kept = is_kept
        self._machine = machine
        self._is_when_sent = False
        self.patience: float | None = STOP_SECONDS
        """Seconds for what was begun to be finished; None where it may take any."""
        self._late: Timer | None = None
        """Runs out where the workspace does not answer."""
        self._is_asking = False
        """Whether it is asked if the person leaves without an answer."""

    def begin(self) -> None:
        """Save what is being written, then leave unless there is something to ask."""
        self._expect_an_answer(self._ask_without_an_answer)
        composing = self._app.composing
        if composing is not None:
            composing.save_and(self._look, self._ask_to_lose)
        else:
            self._look()

    def look_again(self) -> None:
        """Something changed; leave now, if that is what was waited for."""
        if self._is_when_sent:
            self._look()

    def on_signals(self) -> None:
        """Save what is being written when the terminal or the session ends."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.at_once)

    def at_once(self) -> None:
        """Begin nothing more, and finish what was begun, however long it takes.

        For what nobody can be asked about: the session or the terminal has ended.
        """
        self.patience = None
        app = self._app
        if app.composing is None:
            app.exit(0)
        else:
            self._expect_an_answer(self._leave_without_an_answer)
            app.composing.save_and(app.exit, lambda _error: app.exit())

    def _expect_an_answer(self, otherwise: Callable[[], None]) -> None:
        """Have ``otherwise`` called where the workspace says nothing in time."""
        self._was_answered()
        self._late = self._app.set_timer(ANSWER_SECONDS, otherwise)

    def _was_answered(self) -> None:
        if self._late is not None:
            self._late.stop()
            self._late = None

    def _look(self) -> None:
        machine = self._machine if self._is_kept else None
        if self._app.pane is None:
            self._app.exit(0)
        else:
            self._app.pane.ask(
                partial(leaving.under_way, machine=machine), self._leave_unless_asked
            )

    def _leave_unless_asked(self, found: UnderWay) -> None:
        """Leave, unless mail that this app could send is left behind."""
        self._was_answered()
        is_here = self._app.is_sending
        if is_here and found.sending and self._is_when_sent:
            return
        can_go_on = found.service is not None
        if is_here and (found.sending or can_go_on) and not self._is_when_sent:
            question = LeavingScreen(
                leaving.title(found),
                leaving.question(found, self._app.sender_watch.under_way),
                can_wait=bool(found.sending),
                can_go_on=can_go_on,
            )
            self._app.push_screen(question, partial(self._answered, found.service))
            return
        words = leaving.last_words(found) if is_here and self._is_kept else ""
        self._app.exit(0, message=Text(words) if words else None)

    def _answered(self, service: Service | None, answer: str | None) -> None:
        if answer == "now":
            self._app.exit(0)
        elif answer == "wait":
            self._when_sent("Leaves as soon as the mail is handed over.")
        elif answer == "go_on" and service is not None:
            installing = self._install(service)
            self._app.run_worker(installing, group="installing", exclusive=True)

    def _when_sent(self, text: str) -> None:
        self._is_when_sent = True
        self._app.say(text)
        self._look()

    async def _install(self, service: Service) -> None:
        """Have the machine keep sending, and leave; or stay and say why it cannot."""
        try:
            await aside(service.install)
        except TuimailError as error:
            if self._app.pane is not None:
                self._app.pane.refused(error)
        else:
            self._when_sent("The machine keeps sending.")

    def _leave_without_an_answer(self) -> None:
        self.patience = STOP_SECONDS
        self._app.exit()

    def _ask_without_an_answer(self) -> None:
        if not self._is_asking:
            self._is_asking = True
            self._app.ahead.let_go()
            question = ConfirmScreen(_NO_ANSWER, _WITHOUT)
            self._app.push_screen(question, self._answered_leaving)

    def _answered_leaving(self, answer: bool | None) -> None:
        self._is_asking = False
        if answer:
            self._app.exit(0)

    def _ask_to_lose(self, error: TuimailError) -> None:
        self._was_answered()
        paragraphs = (
            Paragraph(text=wording.line(f"{error} {error.hint}")),
            Paragraph(text=""),
            Paragraph(text="What was typed since the last save is lost."),
        )
        question = ConfirmScreen("It cannot be saved. Leave all the same?", paragraphs)
        self._app.push_screen(question, self._answered_losing)

    def _answered_losing(self, answer: bool | None) -> None:
        if answer:
            self._look()
