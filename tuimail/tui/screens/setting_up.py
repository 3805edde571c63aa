"""The pane where an account is set up: what each of its pages does.

A password is taken from its field when Enter is pressed, and is in the keyring
before anything else happens; neither the page nor this keeps it.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from tuimail.tui import wording
from tuimail.tui.browsing import open_browser
from tuimail.tui.screens.set_up_pane import SetUpPane
from tuimail.tui.set_up import login_pages
from tuimail.tui.set_up import values as words
from tuimail.tui.set_up.values import View
from tuimail.workspace.setting_up import SIGN_IN, Setup, Step
from tuimail.workspace.setup_desk import own_entry
from tuimail.workspace.setup_ways import typed_server
from tuimail.workspace.signing_in import SignIn, Way
from tuimail.workspace.workspace import Workspace

PATIENCE: Final = timedelta(minutes=10)
"""For a person who signs in."""
_LONGEST_PORT: Final = 5


class SetUpScreen(SetUpPane):
    """Asks what an account needs, one page at a time."""

    def answer(self, view: View, values: Mapping[str, str], choice: str) -> None:
        """Take what stands on the page, each in its own way."""
        found = self._answers.get(view)
        if found is None:
            super().answer(view, values, choice)
        else:
            found(values, choice)

    @property
    def _answers(self) -> Mapping[View, Callable[[Mapping[str, str], str], None]]:
        return {
            View.PARTS: self._answer_parts,
            View.ADDRESS: self._answer_address,
            View.SERVER: self._answer_server,
            View.TYPED: self._answer_typed,
            View.SERVICES: self._answer_services,
            View.ASKED: self._answer_asked,
            View.CONSENT: self._answer_consent,
            View.LOGIN: self._answer_login,
            View.SIGNING_IN: self._answer_signing_in,
            View.FAILED: self._answer_failed,
            View.IDENTITY: self._answer_identity,
            View.HABITS: self._answer_habits,
            View.MAIL: self._answer_mail,
            View.MAILED: self._answer_mailed,
        }

    def _answer_parts(self, _values: Mapping[str, str], choice: str) -> None:
        """Go to a part of an account that is there, and come back afterwards."""
        if choice == words.DROP:
            self.action_leave_changes()
        elif choice == words.SAVE:
            self._save(self.setup)
        elif choice == Step.SERVER.value:
            self.go_aside(View.ASKED)
        elif choice == Step.HABITS.value:
            self.go_aside(View.HABITS)
        else:
            self.keep_going(self.setup.back(Step(choice)))

    def keep_going(self, setup: Setup) -> None:
        """Show a step again; there is nothing to be kept yet."""
        self.setup = setup
        self.around = replace(self.around, asks_for=None, values={}, known_for=None)
        self.show()

    def _answer_address(self, values: Mapping[str, str], choice: str) -> None:
        if choice == words.SERVICE:
            self.go_aside(View.SERVICES)
        elif choice == words.DEMO:
            self.action_leave()
            self.tuimail.open_demo()
        else:
            taken = self.begun.taken if self.begun else frozenset()
            after = self.setup.with_address(
                values["address"], name=values["name"], taken=taken
            )
            self._serve(after, after.service)

    def _answer_server(self, _values: Mapping[str, str], choice: str) -> None:
        if choice == words.OTHER:
            self.go_aside(View.TYPED)
        elif choice == words.SERVICE:
            self.go_aside(View.SERVICES)
        elif choice == words.AGAIN:
            self.go_aside(View.LOOKING)
        elif self.setup.search is not None:
            self.keep(self.setup.choose(self.setup.search.found[int(choice)]))

    def _answer_typed(self, values: Mapping[str, str], _choice: str) -> None:
        port = values["port"]
        is_number = port.isdecimal() and port.isascii() and len(port) <= _LONGEST_PORT
        self.keep(
            self.setup.choose(
                typed_server({**values, "port": int(port) if is_number else port})
            )
        )

    def _answer_services(self, _values: Mapping[str, str], choice: str) -> None:
        self._serve(self.setup.unchosen(), choice)

    def _answer_asked(self, values: Mapping[str, str], _choice: str) -> None:
        options = self.setup.chosen.options
        read = {
            key: _as_before(options.get(key), value) for key, value in values.items()
        }
        self.keep(self.setup.with_options(read))

    def _answer_consent(self, _values: Mapping[str, str], choice: str) -> None:
        is_agreed = choice == words.YES
        self.keep(self.setup.agree() if is_agreed else self.setup.unchosen())

    def _answer_login(self, values: Mapping[str, str], _choice: str) -> None:
        login = login_pages.login_of(self.setup, replace(self.around, values=values))
        setup = self.setup.by(login)
        if login in SIGN_IN:
            self._sign_in(setup, values)
            return
        if values.get("username"):
            setup = setup.with_options({"username": values["username"]})
        if "reference" in values:
            reference = f"{values['place']}{values['reference']}"
            self.do(lambda ws: ws.setting_up.refer(setup, reference), self.keep)
        else:
            self._store(setup)

    def _answer_signing_in(self, values: Mapping[str, str], _choice: str) -> None:
        sign_in = self.around.sign_in
        if sign_in is not None and values.get("pasted"):
            sign_in.paste(values["pasted"])

    def _answer_failed(self, _values: Mapping[str, str], choice: str) -> None:
        setup = self.setup
        if choice == words.RETRY:
            self.setup = replace(setup, tested=None)
            self.show()
        elif choice == words.HOLD:
            self.keep(setup.held())
        else:
            step = Step.SERVER if choice == words.SERVER else Step.LOGIN
            self.keep(setup.back(step))

    def _answer_identity(self, values: Mapping[str, str], _choice: str) -> None:
        self.keep(
            self.setup.with_identity(
                sender_name=values["sender_name"],
                reply_to=values["reply_to"],
                signature=values["signature"],
            )
        )

    def _answer_habits(self, values: Mapping[str, str], _choice: str) -> None:
        is_first = not self.around.has_default
        setup = self.setup.with_habits(
            noninteractive_send=values["noninteractive_send"],
            is_default=is_first or values.get("is_default") == words.YES,
        )
        if setup.replaces:
            self.kept(setup)
        else:
            self._save(setup)

    def _save(self, setup: Setup) -> None:
        before = self.begun.setup if self.begun and setup.replaces else None
        save = partial(_save, setup, before)
        self.do(save, self._saved)

    def _answer_mail(self, _values: Mapping[str, str], choice: str) -> None:
        setup = self.setup
        if choice == words.YES:
            self.decide(lambda: self.do(partial(_send, setup), self._mailed))
        else:
            self._finish()

    def _answer_mailed(self, _values: Mapping[str, str], _choice: str) -> None:
        self._finish()

    def _serve(self, setup: Setup, key: str) -> None:
        """Go on with a service from the list, or without one."""
        if not key or setup.way is not None:
            self.keep(setup)
        else:
            self.do(lambda ws: ws.setting_up.service(setup, key), self.keep)

    def _store(self, setup: Setup) -> None:
        secret = self.panel.take_secret() if self.panel else ""

        def call(workspace: Workspace) -> Setup:
            desk = workspace.setting_up
            return desk.store(setup, secret) if secret else desk.refer_to_keyring(setup)

        self.do(call, self.keep, is_long=True)

    def _sign_in(self, setup: Setup, values: Mapping[str, str]) -> None:
        setup = self.setup = replace(setup, entry=own_entry(setup))
        self.do(
            lambda ws: ws.setting_up.begin_sign_in(
                setup,
                client=values["client"],
                client_secret=values["client_secret"],
                way=Way(values["way"]),
                token_file=values.get("token_file", ""),
            ),
            partial(
                self._wait_for_person,
                entry="" if values.get("token_file") else setup.entry,
            ),
            is_long=True,
        )

    def _wait_for_person(self, sign_in: SignIn, *, entry: str) -> None:
        self.around = replace(self.around, sign_in=sign_in)
        self.show()
        if sign_in.way is Way.BROWSER:
            open_browser(sign_in.url)
        setup = self.setup
        self.do(
            lambda _ws: setup.signed_in(sign_in.wait(PATIENCE), entry=entry),
            self._signed_in,
            is_long=True,
        )
        self.is_busy = False

    def _signed_in(self, setup: Setup) -> None:
        self.around = replace(self.around, sign_in=None)
        self.keep(setup)

    def _saved(self, setup: Setup) -> None:
        self.tuimail.workspace_changed()
        if setup.replaces:
            self.setup = setup.over()
            self.leave()
            self.tuimail.say(f"{wording.line(setup.name)} is changed.")
        else:
            self.keep(setup)

    def _mailed(self, setup: Setup) -> None:
        self.keep(setup)
        self.tuimail.wake_sender()
        self.tuimail.workspace_changed()

    def _finish(self) -> None:
        self.setup = self.setup.over()
        self.action_leave()


def _as_before(before: object, text: str) -> str | int | bool:
    """Return what was typed as the kind of value that stood there."""
    if isinstance(before, bool):
        return {"true": True, "false": False}.get(text.lower(), text)
    return int(text) if isinstance(before, int) and text.isdecimal() else text


def _save(setup: Setup, before: Setup | None, workspace: Workspace) -> Setup:
    return workspace.setting_up.save(setup, before=before)


def _send(setup: Setup, workspace: Workspace) -> Setup:
    return workspace.setting_up.mail(setup)
