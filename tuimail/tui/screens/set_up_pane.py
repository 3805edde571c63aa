"""What setting an account up shows, keeps, and leaves behind; not what it asks.

What was answered is kept after every page. What takes as long as a network does
is asked beside all other calls, and what it answers is dropped once the person
has gone elsewhere.
"""

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tuimail.errors import TuimailError
from tuimail.settings.discovery.found import Asked, Preset
from tuimail.tui import wording
from tuimail.tui.keymap import bindings, named
from tuimail.tui.keys.in_panes import IN_PANES
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.one_at_a_time import OneAtATime
from tuimail.tui.screens.over import ConfirmScreen
from tuimail.tui.set_up import pages
from tuimail.tui.set_up.values import Around, Page, View
from tuimail.tui.widgets.picks import Picks
from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.step_panel import PlainField, StepPanel
from tuimail.workspace.setting_up import SIGN_IN, Setup, Step
from tuimail.workspace.signing_in import Way
from tuimail.workspace.unfinished import Unfinished
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

_FAR: Final = "SSH_CONNECTION"
"""Set where the terminal is not on the machine that one sits at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What setting an account up begins with."""

    unfinished: Unfinished
    setup: Setup
    taken: frozenset[str]
    services: tuple[Preset, ...]
    undo_seconds: int
    has_default: bool


def begin(workspace: Workspace) -> Begun:
    """Return what was left unfinished, and what the pages show beside it."""
    desk = workspace.setting_up
    unfinished = desk.begin()
    return Begun(
        unfinished=unfinished,
        setup=desk.resume(unfinished),
        taken=desk.taken(unfinished),
        services=desk.services(),
        undo_seconds=int(desk.undo.total_seconds()),
        has_default=desk.has_default,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginFacts:
    """What the page about the login shows beside the answers."""

    problem: str
    ways: tuple[Way, ...]
    where_to_register: str
    token_file: str
    has_entry: bool
    """Whether the keyring has something under the account's name."""


def login_facts(setup: Setup, workspace: Workspace) -> LoginFacts:
    """Return what is to be known about logging in; may wait for the keyring."""
    desk = workspace.setting_up
    logins = setup.chosen.logins
    signing = [setup.by(one) for one in logins if one in SIGN_IN]
    return LoginFacts(
        problem=desk.keyring_problem(setup),
        ways=tuple(way for way in Way for one in signing if desk.has_way(one, way)),
        where_to_register=desk.where_to_register(signing[0]) if signing else "",
        token_file=desk.token_file(setup),
        has_entry=desk.has_entry(setup),
    )


def begin_changing(name: str, workspace: Workspace) -> Begun:
    """Return an account as it is, to be changed page by page; nothing is kept."""
    desk = workspace.setting_up
    return Begun(
        unfinished=desk.begin_changing(),
        setup=desk.of_account(name),
        taken=frozenset(),
        services=desk.services(),
        undo_seconds=int(desk.undo.total_seconds()),
        has_default=desk.has_default,
    )


class SetUpPane(OneAtATime):
    """Shows one page after the other, and can be left and gone on with at any."""

    MODE = "account"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.SET_UP)]
    SCOPES = IN_PANES[MODE]

    class Heard(Message):
        """A source has answered, or the test of the login has come to a stage."""

        def __init__(self, what: Asked | str, turn: int) -> None:
            super().__init__()
            self.what = what
            self.turn = turn

    def __init__(self) -> None:
        super().__init__()
        self.came_from = "review"
        """The pane that is shown again afterwards."""
        self._change = ""
        """Name of the account that is to be changed; empty for a new one."""
        self.begun: Begun | None = None
        self.setup = Setup()
        self.around = Around()
        self._is_opening = False
        """Whether what was left is being read, or being kept."""
        self._leaving: asyncio.Future[Setup] | None = None
        """What was left behind last, maybe still under way."""
        self._is_stuck = False
        """Whether what begins by itself failed, so that a key has to begin it."""
        self.panel: StepPanel | None = None
        """The page that is shown."""

    def body(self) -> ComposeResult:
        with Vertical(id="set-up"):
            yield Static("", id="set-up-title", markup=False)
            yield Static("", id="set-up-summary", markup=False)

    def reload(self) -> None:
        super().reload()
        if self.begun is None and not self._is_opening:
            self._is_opening = True
            call = partial(begin_changing, self._change) if self._change else begin
            self.ask(call, self._show_begun, otherwise=self._not_begun)
        elif self.setup.mail_id and not self.setup.is_over:
            setup = self.setup
            self.ask(lambda ws: ws.setting_up.mail_row(setup), self._show_row)

    def begin_with(self, change: str, *, came_from: str) -> None:
        """Take what is to be set up when this pane is shown next.

        What is half done stays: another account is gone to once that is left.

        Args:
            change: Name of an account that is there; empty for a new one.
            came_from: The pane to go back to.
        """
        self.came_from = came_from
        if self.begun is None:
            self._change = change
        elif self.setup.replaces != change and not self.is_changed:
            self._put_away()
            self._change = change
        elif self.setup.replaces != change:
            self.call_later(self._say_half_done)

    @property
    def is_changed(self) -> bool:
        """Whether something was answered that nothing keeps, or that is not over."""
        if self.begun is None:
            return False
        if not self.setup.replaces:
            return self.setup.is_begun
        before = replace(self.begun.setup, redoing=None)
        return replace(self.setup, redoing=None) != before and not self.setup.is_saved

    async def leave_behind(self) -> None:
        """Keep what was answered when the whole app ends; wait for it otherwise."""
        if self.begun is not None:
            self.stop_waiting()
            self._leaving = self._left_behind(self.begun.unfinished)
        if self._leaving is not None:
            with suppress(TuimailError):
                await self._leaving

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in {"add_account", "new_mail"}:
            return False
        if action in {"leave", "leave_changes"}:
            return bool(self.setup.replaces) is (action == "leave_changes")
        if action == "anew":
            is_new = self.setup.is_begun and not self.setup.is_saved
            return is_new and not self.setup.replaces
        if action == "step_back":
            return self._can_go_back()
        return super().check_action(action, parameters)

    def action_next(self) -> None:
        panel = self.panel
        if panel is None or not panel.is_ready or self.begun is None or self.is_busy:
            return
        self._is_stuck = False
        panel.settle()
        is_in_fields = not isinstance(self.focused, Picks)
        if is_in_fields and panel.focus_next_empty():
            return
        self.guarded(lambda: self.answer(panel.page.view, panel.values, panel.choice))

    def answer(self, view: View, values: Mapping[str, str], choice: str) -> None:
        """Take what stands on the page; one that waits begins again."""
        del view, values, choice
        self.show()

    def action_down(self) -> None:
        self.focus_next()

    def action_up(self) -> None:
        self.focus_previous()

    def action_step_back(self) -> None:
        self.stop_waiting()
        if self.setup.replaces:
            self.setup = self.setup.go_on()
            self.go_aside(View.PARTS)
        elif self.around.asks_for is not None:
            self.around = replace(self.around, asks_for=None, values={})
            self.show()
        else:
            self.keep(self.setup.back())

    def action_anew(self) -> None:
        said = "What was answered so far is forgotten."
        question = ConfirmScreen("Begin anew?", (Paragraph(text=said),))
        self.app.push_screen(question, self._answered_anew)

    def action_leave(self) -> None:
        self.leave()

    def action_leave_changes(self) -> None:
        if self.is_changed:
            said = "What was changed here is not saved."
            question = ConfirmScreen("Drop the changes?", (Paragraph(text=said),))
            self.app.push_screen(question, self._answered_dropping)
        else:
            self.leave()

    def leave(self) -> None:
        """Go back to where the person came from; what is worth it is kept."""
        self.stop_waiting()
        if self.panel is not None:
            self.panel.take_secret()
        if self.begun is None:
            self.tuimail.go(self.came_from)
            return
        self._put_away()
        self.tuimail.go(self.came_from)

    def _put_away(self) -> None:
        """Keep what is worth it, and begin with something else the next time."""
        if self.begun is None:
            return
        leaving = self._leaving = self._left_behind(self.begun.unfinished)
        self.begun, self.setup = None, Setup()
        self._is_opening = True
        self.ask_for(leaving, self._left, otherwise=self._left_badly)

    def _answered_dropping(self, answer: bool | None) -> None:
        if answer:
            self.leave()

    def _say_half_done(self) -> None:
        what = self.setup.replaces or "a new account"
        key = named("set-up.leave", self.tuimail.changed_keys)
        self.notice.say(f"Here is {what}, half done.", hint=f"{key} leaves it.")

    @on(StepPanel.Changed)
    def _choice_changed(self) -> None:
        self.remember()
        self.show()

    @on(PlainField.TooMany)
    def _say_too_many(self, message: PlainField.TooMany) -> None:
        self.notice.say(
            f"{message.count} lines were pasted, and nothing of them was taken: here "
            "stands one line.",
            is_error=True,
        )

    @on(Picks.Taken)
    def _picked(self) -> None:
        self.action_next()

    @on(Heard)
    def _tell_heard(self, message: Heard) -> None:
        message.stop()
        if message.turn == self.turn:
            self.around = self.around.hearing(message.what)
            self.show()

    def _tell(self) -> Callable[[Asked | str], None]:
        """Return what tells this pane, from any thread, how far the next call is."""
        turn = self.turn + 1

        def tell(what: Asked | str) -> None:
            self.post_message(self.Heard(what, turn))

        return tell

    def _not_begun(self, error: TuimailError) -> None:
        self._is_opening = False
        self.refused(error)

    def _show_begun(self, begun: Begun) -> None:
        self._is_opening = False
        self.begun, self.setup = begun, begun.setup
        self.around = Around(
            services=begun.services,
            undo_seconds=begun.undo_seconds,
            has_default=begun.has_default,
            is_far=_FAR in os.environ,
            asks_for=View.PARTS if begun.setup.replaces else None,
        )
        if not begun.setup.replaces and not begun.unfinished.is_kept:
            self.notice.say(
                "Another set-up is open elsewhere; what you answer here is not kept "
                "when you leave.",
                is_error=False,
            )
        self.show()

    def show(self) -> None:
        """Show the page that is next, and begin what it waits for."""
        page = pages.page_of(self.setup, self.around)
        name = self.setup.replaces
        what = f"Change {wording.line(name)}" if name else "New account"
        self.query_one("#set-up-title", Static).update(
            Content(f"{what}   {pages.title_of(self.setup)}".rstrip())
        )
        finished = pages.summary(self.setup)
        summary = self.query_one("#set-up-summary", Static)
        summary.set_class(not finished, "-empty")
        summary.update(Content("\n").join(finished))
        panel = self.panel
        if panel is not None and _is_same(panel.page, page):
            panel.note(page)
        else:
            self._replace(page)
        self.refresh_bindings()
        self._begin_waiting(page.view)

    def _replace(self, page: Page) -> None:
        old, focused = self.panel, self.focused
        is_same_view = old is not None and old.page.view is page.view
        focus = focused.id if is_same_view and focused is not None else None
        self.panel = StepPanel(page, focus=focus or "")
        if old is not None:
            old.remove()
        if not is_same_view:
            self.tuimail.guard.disarm()
        self.query_one("#set-up").mount(self.panel)

    def _begin_waiting(self, view: View) -> None:
        if self.is_busy or self._is_stuck:
            return
        setup = self.setup
        if view is View.LOOKING:
            self._look()
        elif view is View.TESTING:
            self._test()
        elif view is View.KEYRING:
            self.do(partial(login_facts, setup), self._show_facts, is_long=True)

    def _look(self) -> None:
        setup, tell = self.setup, self._tell()
        self.around = replace(self.around, looked=())
        self.do(lambda ws: ws.setting_up.search(setup, tell), self._found, is_long=True)

    def _test(self) -> None:
        setup, tell = self.setup, self._tell()
        self.around = replace(self.around, reached=())
        self.do(lambda ws: ws.setting_up.test(setup, tell), self.keep, is_long=True)

    def _found(self, setup: Setup) -> None:
        self.around = replace(self.around, asks_for=None)
        self.keep(setup)

    def _show_facts(self, facts: LoginFacts) -> None:
        self.around = replace(
            self.around,
            known_for=self.setup.way,
            problem=facts.problem,
            ways=facts.ways,
            where_to_register=facts.where_to_register,
            token_file=facts.token_file,
            has_entry=facts.has_entry,
        )
        self.show()

    def _show_row(self, row: Row) -> None:
        self.around = replace(self.around, row=row)
        self.show()

    def keep(self, after: Setup) -> None:
        """Keep ``after`` on disk, and show what is next."""
        begun, before = self.begun, self.setup
        if begun is None:
            return
        self.do(
            lambda ws: ws.setting_up.keep(begun.unfinished, before, after),
            self.kept,
            is_long=before.is_ours,
        )

    def kept(self, setup: Setup) -> None:
        self.setup = setup
        is_whole = setup.replaces and setup.step is Step.HABITS
        self.around = replace(
            self.around,
            asks_for=View.PARTS if is_whole else None,
            values={},
            known_for=None,
        )
        self.notice.clear()
        self.show()

    def go_aside(self, view: View) -> None:
        self.remember()
        self.around = replace(self.around, asks_for=view)
        self.show()

    def remember(self) -> None:
        """Have what stands in the fields survive a new page."""
        if self.panel is not None:
            values = {**self.around.values, **self.panel.values}
            self.around = replace(self.around, values=values)

    def failed(self, error: TuimailError) -> None:
        """Say why it did not happen; what begins by itself waits for a key now."""
        self.around = replace(self.around, sign_in=None)
        self._is_stuck = True
        super().failed(error)

    def complain_of(self, error: TuimailError) -> None:
        """Say it, and put the cursor where something is to be changed."""
        super().complain_of(error)
        if error.field == "name" and self.setup.step is not Step.ADDRESS:
            self.setup = self.setup.unnamed()
        self.show()
        if self.panel is not None:
            self.panel.focus_on(error.field.replace("-", "_"))

    def stop_waiting(self) -> None:
        """Drop what is under way; nobody waits for its answer any more."""
        self.drop()
        if self.around.sign_in is not None:
            self.around.sign_in.cancel()
            self.around = replace(self.around, sign_in=None)

    def _can_go_back(self) -> bool:
        if self.setup.replaces:
            return self.around.asks_for is not View.PARTS
        is_aside = self.around.asks_for is not None
        return is_aside or self.setup.back() != self.setup

    def _answered_anew(self, answer: bool | None) -> None:
        begun, setup = self.begun, self.setup
        if not answer or begun is None:
            return
        self.stop_waiting()
        self.do(
            lambda ws: ws.setting_up.give_up(begun.unfinished, setup),
            self.kept,
            is_long=True,
        )

    def _left_behind(self, unfinished: Unfinished) -> "asyncio.Future[Setup]":
        """Begin to keep what was answered; it goes on when the app ends."""
        setup = self.setup
        leaving = asyncio.ensure_future(
            self.tuimail.bridge.aside(lambda ws: ws.setting_up.leave(unfinished, setup))
        )
        leaving.add_done_callback(lambda _left: unfinished.close())
        return leaving

    def _left(self, left: Setup) -> None:
        self._read_again()
        if left.is_begun and not left.is_saved and not left.replaces:
            who = wording.line(left.address) or "it"
            key = named("pane.add-account", self.tuimail.changed_keys)
            self.tuimail.say(f"Kept unfinished: {key} goes on with {who}.")

    def _left_badly(self, error: TuimailError) -> None:
        self._read_again()
        if self.tuimail.pane is not None:
            self.tuimail.pane.refused(error)

    def _read_again(self) -> None:
        self._is_opening = False
        if self.is_current:
            self.reload()


def _is_same(old: Page, new: Page) -> bool:
    """Whether only the notes differ, so that no field loses what is typed."""
    return (old.view, old.fields, old.choices) == (new.view, new.fields, new.choices)
