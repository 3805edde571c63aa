"""The pane Accounts: the ways out, whether they can be used, and what helps."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.errors import ConfigurationError, TuimailError
from tuimail.tui import accounts, wording
from tuimail.tui.accounts import Keys, Known, Tried
from tuimail.tui.browsing import open_browser
from tuimail.tui.keymap import bindings, named
from tuimail.tui.keys.in_panes import IN_PANES
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.logging_in import PasswordScreen, SignInScreen, WayScreen
from tuimail.tui.screens.over import ConfirmScreen
from tuimail.tui.screens.pane import Overview, PaneScreen
from tuimail.tui.widgets.account_table import AccountTable
from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.text_view import TextView
from tuimail.tui.widgets.welcome import Welcome
from tuimail.workspace.removing import Removed
from tuimail.workspace.setting_up import Trial
from tuimail.workspace.signing_in import SignedIn, SignIn, Way
from tuimail.workspace.views import AccountView, Row
from tuimail.workspace.workspace import Workspace

PATIENCE: Final = timedelta(minutes=10)
"""For a person who signs in."""
_KEYRING: Final = "keyring:"
_FAR: Final = "SSH_CONNECTION"
"""Set where the terminal is not on the machine that one sits at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begun:
    """A sign-in that was begun, and for which account."""

    name: str
    sign_in: SignIn


class AccountsScreen(PaneScreen):
    """Keeps which account is selected, and what testing them came to."""

    MODE = "accounts"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.WAYS_OUT)]
    SCOPES = IN_PANES[MODE]

    def __init__(self) -> None:
        super().__init__()
        self._views: Sequence[AccountView] = ()
        self._tested: dict[str, Tried] = {}
        self._signed_in: Mapping[str, SignedIn] = {}
        self._has_asked_keyring = False
        self._signing_in: SignInScreen | None = None
        """The box that waits while a person signs in."""
        self.is_reading = False

    def body(self) -> ComposeResult:
        disarm = self.tuimail.guard.disarm
        yield AccountTable(now=self.tuimail.now, changed=disarm, id="list")
        yield TextView(id="detail")
        yield Welcome(self.tuimail.changed_keys)

    @property
    def table(self) -> AccountTable:
        """The list."""
        return self.query_one(AccountTable)

    @property
    def view(self) -> AccountView | None:
        """The selected account as it was read last."""
        known = self.table.known
        return known.view if known else None

    def reload(self) -> None:
        super().reload()
        self.ask(lambda ws: ws.accounts.views(), self._show_views, group="accounts")

    def on_mount(self) -> None:
        self.table.focus()
        self.set_interval(1, self._tick)

    def show_overview(self, found: Overview) -> None:
        super().show_overview(found)
        is_new = not found.has_account
        self.set_class(is_new, "-welcome")
        if is_new and self.table.has_focus:
            self.query_one(Welcome).focus()
        elif not is_new and self.query_one(Welcome).has_focus:
            self.table.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action in _ABOUT_ONE and self.is_mounted:
            view = self.view
            return view is not None and _ABOUT_ONE[action](view)
        if action in {"read", "back"}:
            return self.is_reading is (action == "back") and self.view is not None
        return super().check_action(action, parameters)

    def action_read(self) -> None:
        self._read(is_reading=True)

    def action_back(self) -> None:
        self._read(is_reading=False)

    def action_test(self) -> None:
        view = self.view
        if view is not None and not self._is_testing(view.name):
            self.try_out(view.name, lambda ws: ws.setting_up.test_account(view.name))

    def action_mail_oneself(self) -> None:
        view = self.view
        if view is not None:
            self._confirm(
                "Send a mail to yourself?",
                (
                    _line("To", view.address),
                    _line("Account", view.name),
                    Paragraph(text=""),
                    Paragraph(text="It leaves at once, through the outbox."),
                ),
                partial(self._mail_oneself, view.name),
            )

    def action_hold(self) -> None:
        view = self.view
        if view is not None:
            done = f"{wording.line(view.name)} is held; its mail waits."
            self._act(lambda ws: ws.accounts.hold(view.name), done)

    def action_resume(self) -> None:
        view = self.view
        if view is not None:
            done = f"{wording.line(view.name)} sends again."
            self.decide(
                lambda: self._act(lambda ws: ws.accounts.resume(view.name), done)
            )

    def action_make_default(self) -> None:
        view = self.view
        if view is not None:
            done = f"{wording.line(view.name)} is the default now."
            self._act(lambda ws: ws.accounts.make_default(view.name), done)

    def action_edit(self) -> None:
        view = self.view
        if view is not None:
            self.tuimail.set_up(change=view.name)

    def action_remove(self) -> None:
        view = self.view
        if view is not None:
            self._confirm(
                f"Remove the account {wording.line(view.name)}?",
                _cost_of_removing(view),
                partial(self._take_away, view.name),
            )

    def action_log_in(self) -> None:
        if self.view is not None:
            self._log_in_to(self.view)

    def log_in(self, name: str) -> None:
        """Log in again to the account called ``name``, whatever is selected."""
        self.table.choose(name)
        self.ask(lambda ws: ws.accounts.view(name), self._log_in_to)

    def _log_in_to(self, view: AccountView) -> None:
        if view.signs_in:
            ask_ways = partial(_ways, view.name)
            self.ask(ask_ways, partial(self._ask_way, view.name))
        elif view.secret == _KEYRING:
            self._ask_password(view.name)
        else:
            where = view.secret or "nowhere, as it logs in without one"
            self.notice.say(
                f"The password of “{view.name}” is {where}.",
                hint=f"Change it there; {self._key('accounts.test')} tests it then.",
            )

    @on(AccountTable.Selected)
    def _look(self) -> None:
        self._show_facts()

    @on(Welcome.Wanted)
    def _begin_somewhere(self, message: Welcome.Wanted) -> None:
        if message.what == "demo":
            self.tuimail.open_demo()
        else:
            self.tuimail.set_up()

    def try_out(self, name: str, call: Callable[[Workspace], Trial]) -> None:
        """Have ``call`` log in, and show what came of it with the account."""
        self._tested[name] = Tried(at=self.tuimail.now())
        self._show_all()
        self.ask_aside(
            call,
            partial(self._tried_out, name),
            otherwise=partial(self._not_tried, name),
        )

    def _tried_out(self, name: str, trial: Trial) -> None:
        self._tested[name] = Tried(at=self.tuimail.now(), trial=trial)
        self._ask_keyring()
        if trial.is_good and any(
            one.name == name and one.held_reason for one in self._views
        ):
            self.notice.say(
                f"Logged in, and “{name}” is still held.",
                hint=f"{self._key('accounts.resume')} resumes it.",
                is_error=False,
            )
        else:
            self.notice.clear()
        self._show_all()

    def _not_tried(self, name: str, error: TuimailError) -> None:
        self._tested.pop(name, None)
        self._show_all()
        self.refused(error)

    def _is_testing(self, name: str) -> bool:
        tested = self._tested.get(name)
        return tested is not None and tested.trial is None

    def _confirm(
        self, question: str, paragraphs: Sequence[Paragraph], then: Callable[[], None]
    ) -> None:
        def answered(answer: bool | None) -> None:
            if answer:
                then()

        self.app.push_screen(ConfirmScreen(question, paragraphs), answered)

    def _act(self, call: Callable[[Workspace], AccountView], done: str) -> None:
        def say(_view: AccountView) -> None:
            self.notice.clear()
            self.tuimail.say(done)
            self.tuimail.wake_sender()
            self.tuimail.workspace_changed()

        self.ask(call, say)

    def _mail_oneself(self, name: str) -> None:
        self.ask(lambda ws: ws.setting_up.mail_oneself(name), self._mailed)

    def _mailed(self, row: Row) -> None:
        self.tuimail.wake_sender()
        outbox = self._key("pane.outbox")
        self.done(row, f"on its way; {outbox} shows what becomes of it")

    def _take_away(self, name: str) -> None:
        self.ask_aside(lambda ws: ws.accounts.remove(name), self._removed)

    def _removed(self, removed: Removed) -> None:
        self._tested.pop(removed.name, None)
        if removed.problem:
            self.notice.say(
                "Its password may still be in the keyring:", hint=removed.problem
            )
        self.tuimail.say(f"{wording.line(removed.name)} is removed.")
        self.tuimail.workspace_changed()

    def _ask_password(self, name: str, said: str = "") -> None:
        screen = PasswordScreen(name, said=said)
        self.app.push_screen(screen, partial(self._answered_password, name))

    def _answered_password(self, name: str, secret: str | None) -> None:
        if secret:
            self.try_out(name, lambda ws: ws.setting_up.renew_secret(name, secret))

    def _ask_way(self, name: str, ways: Sequence[Way]) -> None:
        if not ways:
            error = ConfigurationError(
                f"How “{name}” signs in is not known here.",
                hint=f"See: tuimail accounts show {name}",
            )
            self.refused(error)
            return
        first = Way.PASTE if _FAR in os.environ else Way.BROWSER
        ordered = sorted(ways, key=lambda one: one is not first)
        screen = WayScreen(name, ordered)
        self.app.push_screen(screen, partial(self._answered_way, name))

    def _answered_way(self, name: str, way: Way | None) -> None:
        if way is not None:
            self.ask_aside(
                lambda ws: ws.sign_in.begin_again(name, way=way),
                lambda sign_in: self._wait(_Begun(name=name, sign_in=sign_in)),
            )

    def _wait(self, begun: _Begun) -> None:
        """Show where the person signs in, and wait until they did."""
        self._signing_in = SignInScreen(begun.sign_in)
        self.app.push_screen(self._signing_in)
        if begun.sign_in.way is Way.BROWSER:
            open_browser(begun.sign_in.url)
        self.ask_aside(
            lambda _ws: begun.sign_in.wait(PATIENCE),
            lambda _oauth: self._signed_in_again(begun.name),
            otherwise=self._not_signed_in,
        )

    def _signed_in_again(self, name: str) -> None:
        self._end_waiting()
        self.try_out(name, lambda ws: ws.setting_up.test_account(name))

    def _not_signed_in(self, error: TuimailError) -> None:
        if self._end_waiting():
            self.refused(error)

    def _end_waiting(self) -> bool:
        """Close the box that waits; say whether it was still there."""
        box, self._signing_in = self._signing_in, None
        if box is None or box.is_left:
            return False
        box.dismiss(None)
        return True

    def _show_views(self, views: Sequence[AccountView]) -> None:
        self._views = views
        self._show_all()
        if not self._has_asked_keyring:
            self._has_asked_keyring = True
            self._ask_keyring()

    def _ask_keyring(self) -> None:
        """Look when tokens end, where there are such; the keyring may take long."""
        if any(view.signs_in for view in self._views):
            self.ask_aside(lambda ws: ws.sign_in.status(), self._show_signed_in)

    def _show_signed_in(self, found: Sequence[SignedIn]) -> None:
        self._signed_in = {one.account: one for one in found}
        self._show_all()

    def _show_all(self) -> None:
        self.table.show(
            [
                Known(
                    view=view,
                    tested=self._tested.get(view.name),
                    signed_in=self._signed_in.get(view.name),
                )
                for view in self._views
            ]
        )
        self._show_facts(is_same=True)

    def _show_facts(self, *, is_same: bool = False) -> None:
        known = self.table.known
        shown: Sequence[Paragraph] = ()
        if known is not None:
            shown = accounts.facts(known, self.tuimail.now(), keys=self._keys)
        self.query_one("#detail", TextView).show(shown, is_same=is_same)
        self.refresh_bindings()

    def _tick(self) -> None:
        """Let ages move on."""
        if self.is_current:
            self.table.refresh()

    def _read(self, *, is_reading: bool) -> None:
        self.is_reading = is_reading
        self.set_class(is_reading, "-reading")
        detail = self.query_one("#detail", TextView)
        (detail if is_reading else self.table).focus()
        self.refresh_bindings()

    @property
    def _keys(self) -> Keys:
        return Keys(
            log_in=self._key("accounts.login"),
            resume=self._key("accounts.resume"),
            test=self._key("accounts.test"),
        )

    def _key(self, id_: str) -> str:
        return named(id_, self.tuimail.changed_keys)


def _ways(name: str, workspace: Workspace) -> tuple[Way, ...]:
    return workspace.sign_in.ways(name)


def _line(label: str, text: str) -> Paragraph:
    return Paragraph(label=label, text=wording.line(text))


def _cost_of_removing(view: AccountView) -> tuple[Paragraph, ...]:
    """Return what goes with an account, and what stays."""
    keyring = Paragraph(text="What the keyring has for it goes as well.")
    if not view.waiting:
        return (keyring,)
    mails = wording.count(view.waiting, "message waits", "messages wait")
    held = f"{mails} for it: held as soon as it would leave, and can be rerouted."
    return (Paragraph(text=held), keyring)


def _is_stopped(view: AccountView) -> bool:
    return bool(view.held_reason or view.rest_reason)


_ABOUT_ONE: Final[Mapping[str, Callable[[AccountView], bool]]] = {
    "test": lambda _view: True,
    "mail_oneself": lambda view: not view.problem,
    "log_in": lambda _view: True,
    "hold": lambda view: not view.held_reason,
    "resume": _is_stopped,
    "make_default": lambda view: not view.is_default,
    "edit": lambda _view: True,
    "remove": lambda _view: True,
}
"""Keys about the selected account, and when each makes sense."""
