"""The Accounts pane: what it says of a way out, and what its keys do."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from textual import events

from tests.settings.conftest import FakeKeyring
from tests.tui.conftest import NOW, Desk, Stage
from tuimail.core.address import parse_address
from tuimail.core.status import NOT_REACHED
from tuimail.core.submission import AccountFault
from tuimail.errors import FullDiskError, SecretError
from tuimail.providers.base import AccountCheck
from tuimail.settings.account import AccountSettings
from tuimail.settings.config import load, save_accounts
from tuimail.settings.oauth import OAuth
from tuimail.testing import FakeProvider
from tuimail.tui import accounts as words
from tuimail.tui.accounts import Keys, Known, Tried
from tuimail.tui.screens import accounts as pane
from tuimail.tui.screens.accounts import AccountsScreen
from tuimail.tui.screens.compose import ComposeScreen
from tuimail.tui.screens.logging_in import PasswordScreen, SignInScreen, WayScreen
from tuimail.tui.screens.over import ConfirmScreen
from tuimail.tui.widgets.account_table import AccountTable
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.picks import Stepper
from tuimail.tui.widgets.prose import Kind
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace import pacing
from tuimail.workspace.holding import hold_account
from tuimail.workspace.setting_up import Trial
from tuimail.workspace.signing_in import SignedIn, SignIn, SignInDesk, Way
from tuimail.workspace.views import AccountView, LimitUse
from tuimail.workspace.workspace import Workspace

pytestmark = pytest.mark.slow

GOOD = AccountCheck(ok=True, endpoint="smtp.example.org:465", latency_ms=82)
REFUSED = AccountCheck(
    ok=False, endpoint="x", fault=AccountFault.LOGIN, error="535 5.7.8 go away"
)
OAUTH = OAuth(token_url="https://oauth2.googleapis.com/token", client_id="me")
KEYS = Keys(log_in="L", resume="R", test="t")
ENTRY = ("tuimail", "work")


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[AccountCheck]:
    """What the next tests come to; afterwards, all is well."""
    found: list[AccountCheck] = []

    async def check(_provider: FakeProvider) -> AccountCheck:
        return found.pop(0) if found else GOOD

    monkeypatch.setattr(FakeProvider, "check", check)
    return found


def account(name: str, **changes: Any) -> AccountSettings:
    values: dict[str, Any] = {
        "name": name,
        "provider": "fake",
        "address": parse_address(f"Mara Lin <mara@{name}.example>", field="from"),
    }
    return AccountSettings(**(values | changes))


def save(desk: Desk, *accounts: AccountSettings) -> None:
    path = desk.config.with_name("accounts.toml")
    save_accounts(path, accounts, accounts[0].name)


def hold(desk: Desk, name: str, *, fault: AccountFault | None = None) -> None:
    with desk.open() as workspace, workspace._stores.database.transaction():
        hold_account(workspace._stores, name, reason="Token refused.", fault=fault)


def shows(stage: Stage, kind: type[object]) -> bool:
    return isinstance(stage.app.screen, kind)


def toast(stage: Stage) -> str:
    """What is confirmed at the moment."""
    return " ".join(one.message for one in stage.app._notifications)


def said(stage: Stage) -> str:
    """What the row for what went wrong says, wherever a dialog is."""
    assert stage.app.pane is not None
    return " ".join(one.text for one in stage.app.pane.query(Notice))


async def test_the_ways_out_are_listed_and_one_is_told_about(desk: Desk) -> None:
    desk.save("work", "home")
    await desk.sent()

    async with desk.show(start="accounts", size=(120, 36)) as stage:
        await stage.until_shown("not used yet")
        listed = stage.text
        await stage.press("j")
        await stage.until_shown("Account    home")
        await stage.press("k")
        await stage.until_shown("Account    work, the default")
        await stage.press("enter")
        is_reading = stage.one(TextView).has_focus
        await stage.press("q")

        assert "ok just now" in listed
        assert "5 Accounts" in stage.lines[0]
        assert "● net ok" in stage.lines[0]
        assert is_reading
        assert stage.one(AccountTable).has_focus


async def test_an_account_is_tested_without_sending(
    desk: Desk, checks: list[AccountCheck]
) -> None:
    checks.append(REFUSED)

    async with desk.show(start="accounts") as stage:
        await stage.press("t")
        await stage.until_shown("failed just now")
        refused = stage.text
        await stage.press("t")
        await stage.until_shown("Logged in at smtp.example.org:465 in 82 ms")

    assert "535 5.7.8 go away" in refused
    assert "→" in refused


async def test_what_is_held_is_resumed_after_a_good_test(
    desk: Desk, checks: list[AccountCheck]
) -> None:
    assert checks == []
    hold(desk, "work", fault=AccountFault.LOGIN)

    async with desk.show(start="accounts") as stage:
        await stage.until_shown("Token refused.")
        shown = stage.text
        await stage.press("t")
        await stage.until(lambda: "still held" in said(stage))
        await stage.press("R")
        await stage.until(lambda: "work sends again." in toast(stage))
        await stage.press("P")
        await stage.until(lambda: "work is held; its mail waits." in toast(stage))

    assert "Token refused." in shown
    assert "L logs in again, then R resumes it." in shown
    assert desk.sender.calls.count("wake") == 2


async def test_a_mail_to_oneself_is_asked_about_first(desk: Desk) -> None:
    async with desk.show(start="accounts") as stage:
        await stage.press("T")
        await stage.until(lambda: shows(stage, ConfirmScreen))
        await stage.press("escape")
        nothing = desk.rows("ready")
        await stage.press("T")
        await stage.until_shown("mara@work.example")
        await stage.press("y")
        await stage.until(lambda: "on its way; 3 shows" in toast(stage))

    assert nothing == ()
    (row,) = desk.rows("ready")
    assert row.to == ("mara@work.example",)
    assert "wake" in desk.sender.calls


async def test_another_account_is_made_the_default_and_one_is_removed(
    desk: Desk,
) -> None:
    desk.save("work", "home")
    waiting = desk.release(account="work")

    async with desk.show(start="accounts") as stage:
        await stage.press("j", "d")
        await stage.until(lambda: "home is the default now." in toast(stage))
        assert stage.app.ways_out.table.cursor_offset == (0, 2)
        await stage.press("k", "X")
        await stage.until_shown("1 message waits for it")
        await stage.press("y")
        table = stage.app.ways_out.table
        await stage.until(lambda: list(table.names) == ["home"])
        selected, cursor = table.selected, table.cursor_offset

    assert cursor == (0, 1)
    assert waiting.account == "work"
    assert selected == "home"
    found = load(desk.config, {})
    assert ([one.name for one in found.accounts], found.default_account) == (
        ["home"], "home",
    )  # fmt: skip


async def test_a_removal_says_what_the_keyring_kept(
    desk: Desk, desktop: FakeKeyring
) -> None:
    save(desk, account("work", secret="keyring:"), account("home"))
    desktop.kept[ENTRY] = "old"
    desktop.fails = RuntimeError("locked")

    async with desk.show(start="accounts") as stage:
        await stage.press("X")
        await stage.until(lambda: shows(stage, ConfirmScreen))
        await stage.press("y")
        await stage.until(lambda: "may still be in the keyring" in said(stage))


async def test_a_new_password_is_tried_and_then_kept(
    desk: Desk, desktop: FakeKeyring, checks: list[AccountCheck]
) -> None:
    save(desk, account("work", secret="keyring:"))
    desktop.kept[ENTRY] = "old"
    checks.append(REFUSED)

    async with desk.show(start="accounts") as stage:
        await stage.press("L")
        await stage.until(lambda: shows(stage, PasswordScreen))
        await stage.press("enter")
        await stage.until_shown("Nothing was typed.")
        await stage.type_in("one\ntwo")
        await stage.until_shown("2 lines were pasted")
        await stage.type_in("wrong")
        masked = stage.text
        await stage.press("enter")
        await stage.until_shown("failed just now")
        after_refusal = desktop.kept[ENTRY]
        await stage.press("L")
        await stage.type_in("right")
        await stage.press("enter")
        await stage.until_shown("ok just now")

    assert "wrong" not in masked
    assert after_refusal == "old"
    assert desktop.kept[ENTRY] == "right"


async def test_a_password_elsewhere_is_changed_there(desk: Desk) -> None:
    save(desk, account("work", secret="env:MAIL"), account("home"))

    async with desk.show(start="accounts") as stage:
        await stage.press("L")
        await stage.until(lambda: "env:MAIL" in said(stage))
        await stage.press("j", "L")
        await stage.until(lambda: "without one" in said(stage))

        assert "tests it then" in said(stage)


async def test_a_keyring_in_trouble_is_said_and_nothing_was_tested(
    desk: Desk, desktop: FakeKeyring
) -> None:
    save(desk, account("work", secret="keyring:"))
    desktop.kept[ENTRY] = "old"

    async with desk.show(start="accounts") as stage:
        await stage.press("L")
        await stage.type_in("right")
        desktop.fails = RuntimeError("locked")
        await stage.press("enter")
        await stage.until(lambda: "keyring" in said(stage))
        await stage.until_shown("not used yet")


@dataclass
class Signing:
    """A sign-in that ends when the test says so."""

    done: threading.Event = field(default_factory=threading.Event)
    pasted: list[str] = field(default_factory=list)
    error: SecretError | None = None
    cancelled: bool = False

    def begin(self, way: Way) -> SignIn:
        sign_in = SignIn(way, OAUTH, self._finish)
        sign_in.url = "https://accounts.example.com/begin"
        sign_in.user_code = "ABCD-EFGH"
        sign_in.verification_url = "https://example.com/device"
        sign_in._offer = self._offer
        sign_in._stop = self._stop
        return sign_in

    def _finish(self, _limit: timedelta) -> OAuth:
        assert self.done.wait(10)
        if self.cancelled:
            raise SecretError("It was cancelled.")
        if self.error is not None:
            raise self.error
        return OAUTH

    def _offer(self, text: str) -> None:
        if "code=" not in text:
            raise SecretError("That is no address of this sign-in.", hint="Look again.")
        self.pasted.append(text)
        self.done.set()

    def _stop(self) -> None:
        self.cancelled |= not self.done.is_set()
        self.done.set()


@pytest.fixture
def signing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signing]:
    """Have accounts sign in, at a service of the test's own."""
    found = Signing()
    save(desk, account("work", secret="oauth:", oauth=OAUTH))
    status = SignedIn(
        account="work", service="Google", scope="", is_signed_in=True,
        until=NOW + timedelta(minutes=50),
    )  # fmt: skip
    monkeypatch.setattr(SignInDesk, "begin_again", lambda *_, way: found.begin(way))
    monkeypatch.setattr(SignInDesk, "ways", lambda *_: tuple(Way))
    monkeypatch.setattr(SignInDesk, "status", lambda _desk: (status,))
    monkeypatch.setattr(pane, "open_browser", found.pasted.append)
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    yield found
    found.done.set()


async def tap(stage: Stage, key: str) -> None:
    """Press a key, and do not wait for what is under way."""
    stage.desk.ticks.pass_by(2)
    await stage.pilot.press(key)


async def choose(stage: Stage, *keys: str) -> None:
    await stage.press("L")
    await stage.until(lambda: shows(stage, WayScreen))
    for key in (*keys, "enter"):
        await tap(stage, key)
    await stage.until(lambda: shows(stage, SignInScreen))


async def paste(stage: Stage, text: str) -> None:
    stage.app.post_message(events.Paste(text))
    await stage.pilot.pause()


async def test_one_signs_in_again_with_a_browser(
    desk: Desk, signing: Signing, checks: list[AccountCheck]
) -> None:
    assert checks == []
    async with desk.show(start="accounts") as stage:
        await stage.until_shown("renewed by itself")
        await choose(stage)
        shown = stage.text
        signing.done.set()
        await stage.until(lambda: shows(stage, AccountsScreen))
        await stage.until_shown("ok just now")

    assert "https://accounts.example.com/begin" in shown
    assert signing.pasted == ["https://accounts.example.com/begin"]


async def test_one_pastes_where_a_browser_elsewhere_ended(
    desk: Desk,
    signing: Signing,
    checks: list[AccountCheck],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert checks == []
    monkeypatch.setenv("SSH_CONNECTION", "yes")
    async with desk.show(start="accounts") as stage:
        await choose(stage)
        await paste(stage, "https://elsewhere.example")
        await tap(stage, "enter")
        await stage.until_shown("That is no address of this sign-in.")
        await paste(stage, "?code=7")
        await tap(stage, "enter")
        await stage.until_shown("ok just now")

    assert signing.pasted == ["https://elsewhere.example?code=7"]


async def test_a_sign_in_is_waited_for_no_more(desk: Desk, signing: Signing) -> None:
    async with desk.show(start="accounts") as stage:
        await choose(stage, "down", "down")
        await stage.until_shown("ABCD-EFGH")
        await tap(stage, "escape")
        await stage.until(lambda: signing.cancelled)
        await stage.settle()
        quiet = said(stage)

    assert quiet == ""


async def test_a_sign_in_that_fails_says_why(desk: Desk, signing: Signing) -> None:
    signing.error = SecretError("The service said no.", hint="Ask its owner.")

    async with desk.show(start="accounts") as stage:
        await choose(stage)
        signing.done.set()
        await stage.until(lambda: "The service said no." in said(stage))

        assert shows(stage, AccountsScreen)


async def test_no_way_is_asked_for_where_none_is_known(desk: Desk) -> None:
    oauth = OAuth(token_url="https://login.example.org/token", client_id="me")
    save(desk, account("work", secret="oauth:", oauth=oauth))

    async with desk.show(start="accounts") as stage:
        await stage.press("L")
        await stage.until(lambda: "is not known here" in said(stage))


async def test_an_account_is_changed_step_by_step(
    desk: Desk, checks: list[AccountCheck]
) -> None:
    assert checks == []
    save(desk, account("work", options={"host": "smtp.example.org", "strict": True}))

    async with desk.show(start="accounts") as stage:
        await stage.press("e")
        await stage.until_shown("Change work")
        await stage.press("enter")
        await stage.until_shown("Your name")
        await stage.press("ctrl+s")
        await stage.until_shown("Save the changes")
        await stage.press("j", "enter")
        await stage.until_shown("Strict")
        await stage.press("ctrl+b")
        await stage.until_shown("Save the changes")
        await stage.press("j", "enter")
        await stage.until_shown("Strict")
        await stage.press("end")
        await stage.type_in(".uk")
        await stage.press("enter")
        await stage.until_shown("Save the changes")
        await stage.press("h", "enter")
        await stage.until_shown("Go on")
        stage.one(Stepper).focus()
        await stage.press("space", "enter")
        await stage.until_shown("mail of scripts: review")
        await stage.press("s", "s", "enter")
        await stage.until(lambda: "work is changed." in toast(stage))
        await stage.until(lambda: stage.app.current_mode == "accounts")

    (found,) = load(desk.config, {}).accounts
    assert found.options == {"host": "smtp.example.org.uk", "strict": True}
    assert found.noninteractive_send == "review"


async def test_changes_are_not_dropped_without_a_question(desk: Desk) -> None:
    desk.save("work", "home")
    async with desk.show(start="accounts") as stage:
        await stage.press("e", "enter")
        await stage.until_shown("Your name")
        await stage.press("up", "end")
        await stage.type_in(" the Elder")
        await stage.press("ctrl+s", "ctrl+s")
        await stage.until_shown("Mara Lin the Elder")
        await stage.press("alt+5", "j", "e")
        await stage.until_shown("Here is work, half done.")
        await stage.press("escape")
        await stage.until_shown("Drop the changes?")
        await stage.press("escape", "escape")
        await stage.until_shown("Drop the changes?")
        await stage.press("y")
        await stage.until(lambda: stage.app.current_mode == "accounts")
        await stage.press("e")
        await stage.until_shown("Change home")
        await stage.press("alt+5", "k", "e")
        await stage.until_shown("Change work")
        await stage.press("escape")
        await stage.until(lambda: stage.app.current_mode == "accounts")

    assert [one.address.name for one in load(desk.config, {}).accounts] == [
        "Mara Lin", "Mara Lin",
    ]  # fmt: skip


async def test_the_persons_own_file_is_not_changed_here(desk: Desk) -> None:
    desk.save()
    desk.configure('[accounts.mine]\nprovider = "fake"\naddress = "m@example.org"\n')

    async with desk.show(start="accounts") as stage:
        await stage.until_shown("your own file")
        await stage.press("e")
        await stage.until(lambda: "tuimail does not write" in said(stage))


async def test_without_an_account_the_pane_says_how_to_begin(desk: Desk) -> None:
    desk.save()

    async with desk.show(start="accounts") as stage:
        await stage.until_shown("No account yet.")
        await stage.press("enter")
        await stage.until_shown("Step 1 of 7")
        await stage.press("escape", "d")
        await stage.until(lambda: stage.app.wants_demo)


async def test_an_account_is_gone_to_from_elsewhere(desk: Desk) -> None:
    desk.save("work", "home")

    async with desk.show(start="review") as stage:
        stage.app.log_in("home")
        await stage.until(lambda: "without one" in said(stage))

        assert stage.one(AccountTable).selected == "home"


async def test_a_click_selects_and_many_accounts_scroll(desk: Desk) -> None:
    names = [f"a{number:02}" for number in range(30)]
    desk.save(*names)

    async with desk.show(start="accounts") as stage:
        await stage.pilot.click(AccountTable, offset=(4, 2))
        clicked = stage.one(AccountTable).selected
        await stage.pilot.click(AccountTable, offset=(4, 0))
        await stage.press(*["pagedown"] * 4)
        at_end = stage.one(AccountTable).selected
        end_shown = stage.text
        await stage.press(*["pageup"] * 4)

        assert stage.one(AccountTable).selected == "a00"
    assert clicked == "a01"
    assert at_end == "a29"
    assert "▸ a29" in end_shown


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 20), (40, 10), (12, 3)])
async def test_no_size_ends_the_pane(desk: Desk, size: tuple[int, int]) -> None:
    async with desk.show(start="accounts", size=size) as stage:
        await stage.press("enter", "q")

        assert stage.app.current_mode == "accounts"


async def test_nothing_that_cannot_be_stored_is_lost(
    desk: Desk,
) -> None:
    async with desk.show(start="compose") as stage:
        await stage.press("f10")
        await stage.until(lambda: "Nothing is being written" in said(stage))
        writing: ComposeScreen = stage.app.writing
        writing.form.query_one("#subject").focus()
        await stage.type_in("Q3 report")
        await stage.press("f10")
        await stage.until_shown("~/Q3-report.eml")
        await stage.press("enter")
        await stage.until(lambda: "only you can read it." in toast(stage))
        stage.app.write_elsewhere("~/Q3-report.eml")
        await stage.until(lambda: "is there already" in said(stage))


class TestWords:
    """What is said of an account, without any screen."""

    @staticmethod
    def view(**changes: Any) -> AccountView:
        values: dict[str, Any] = {
            "name": "work", "provider": "smtp", "address": "m@example.org",
            "sender_name": "", "is_default": False, "reply_to": "", "identities": (),
            "options": {}, "secret": "", "on_unknown": "ask",
            "noninteractive_send": "allow", "connections": 4, "held_reason": "",
            "held_until": None, "rest_reason": "", "rests_until": None, "limits": (),
            "problem": "", "is_ours": True, "signs_in": False, "needs_login": False,
            "last_taken_at": None, "taken_today": 0, "waiting": 0,
        }  # fmt: skip
        return AccountView(**(values | changes))

    @pytest.mark.parametrize(
        ("changes", "said", "kind"),
        [
            ({}, "not used yet", Kind.MUTED),
            ({"problem": "no host"}, "unusable", Kind.BLOCK),
            ({"held_reason": "x"}, "held", Kind.WARNING),
            ({"held_reason": "x", "held_until": NOW + timedelta(hours=2)}, "held 2 h",
             Kind.WARNING),
            ({"rests_until": NOW + timedelta(minutes=4)}, "rests 4 m", Kind.WARNING),
            ({"last_taken_at": NOW - timedelta(hours=3)}, "ok 3 h ago", Kind.GOOD),
        ],
    )  # fmt: skip
    def test_its_state_is_a_word(
        self, changes: dict[str, Any], said: str, kind: Kind
    ) -> None:
        assert words.state(Known(view=self.view(**changes)), NOW) == (said, kind)

    def test_what_is_newer_counts(self) -> None:
        view = self.view(last_taken_at=NOW - timedelta(hours=1))
        tested = Tried(at=NOW - timedelta(hours=2), trial=Trial(is_good=False))

        assert words.state(Known(view=view, tested=tested), NOW)[0] == "ok 1 h ago"

    @pytest.mark.parametrize(
        ("limits", "said"),
        [
            ((), "7 mails"),
            ((LimitUse(name="per_hour", limit=5, used=1),), "7 mails"),
            ((LimitUse(name="per_day", limit=500, used=9),), "9/500 copies"),
        ],
    )
    def test_a_day_is_held_against_its_limit(
        self, limits: tuple[LimitUse, ...], said: str
    ) -> None:
        assert words.today(self.view(taken_today=7, limits=limits)) == said

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"waiting": 1, "held_reason": "x"}, "R resumes it and its message."),
            ({"waiting": 3, "held_reason": "x"}, "R resumes it and its 3 messages."),
            ({"reply_to": "o@example.org"}, "go to o@example.org"),
            ({"identities": ("b@example.org",)}, "b@example.org"),
            ({"waiting": 2}, "0 messages sent, 2 waiting"),
            ({"signs_in": True}, "by tokens of a service"),
            ({"secret": "keyring:"}, "in the keyring"),
        ],
    )
    def test_its_facts_say_all(self, changes: dict[str, Any], said: str) -> None:
        found = words.facts(Known(view=self.view(**changes)), NOW, keys=KEYS)

        assert said in [one.text for one in found]

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"is_signed_in": False}, "signed in nowhere"),
            ({"is_signed_in": False, "problem": "No keyring."}, "No keyring."),
            ({}, "at Google; the next mail gets a token"),
            ({"until": NOW}, "at Google; its token ended, the next mail gets another"),
        ],
    )
    def test_a_sign_in_says_until_when(
        self, changes: dict[str, Any], said: str
    ) -> None:
        values: dict[str, Any] = {
            "account": "work", "service": "Google", "scope": "", "is_signed_in": True,
        }  # fmt: skip
        signed_in = SignedIn(**(values | changes))
        known = Known(view=self.view(signs_in=True), signed_in=signed_in)

        assert said in [one.text for one in words.facts(known, NOW, keys=KEYS)]

    def test_a_test_says_what_the_server_offers(self) -> None:
        trial = Trial(is_good=True, endpoint="x", limits={"size_bytes": 25_000_000})
        known = Known(view=self.view(), tested=Tried(at=NOW, trial=trial))

        found = [one.text for one in words.facts(known, NOW, keys=KEYS)]

        assert "It takes messages of up to 25 MB." in found

    def test_a_failed_test_says_why_before_anything_else(self) -> None:
        trial = Trial(is_good=False, error="535 no")
        view = self.view(rest_reason="not reached")

        assert words.why(Known(view=view)) == "not reached"
        assert (
            words.why(Known(view=view, tested=Tried(at=NOW, trial=trial))) == "535 no"
        )

    def test_limits_are_said_with_what_they_are_for(self) -> None:
        view = self.view(limits=(LimitUse(name="per_minute", limit=20, used=3),))

        found = [one.text for one in words.facts(Known(view=view), NOW, keys=KEYS)]

        assert "3 of 20 copies in a minute" in found

    def test_what_is_under_way_is_said(self) -> None:
        known = Known(view=self.view(), tested=Tried(at=NOW))

        found = [one.text for one in words.facts(known, NOW, keys=KEYS)]

        assert "logging in; nothing is sent …" in found
        assert words.state(known, NOW) == ("testing …", Kind.PLAIN)

    def test_a_failure_without_words_is_still_one(self) -> None:
        known = Known(
            view=self.view(), tested=Tried(at=NOW, trial=Trial(is_good=False))
        )

        found = [one.text for one in words.facts(known, NOW, keys=KEYS)]

        assert "Just now: It failed, and nobody says why." in found


async def test_the_network_is_told_as_it_was_seen_last(desk: Desk) -> None:
    desk.save("work", "home")

    def rest(name: str) -> Callable[[], None]:
        def do() -> None:
            with desk.open() as workspace, workspace._stores.database.transaction():
                reason = f"{NOT_REACHED}: Connection refused"
                pacing.rest(workspace._stores, name, reason=reason)

        return do

    async with desk.show(start="accounts", size=(120, 30)) as stage:
        untried = stage.lines[0]
        rest("home")()
        await stage.until_shown("NO NETWORK")
        desk.advance(60)
        await desk.sent()
        await stage.until_shown("a server not reached")

    assert "net" not in untried


async def test_a_full_disk_is_told_for_as_long_as_it_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_workspace: Workspace) -> None:
        raise FullDiskError("The disk is full.", hint="Make room.")

    monkeypatch.setattr(Workspace, "require_room", full)
    async with desk.show(start="review") as stage:
        await stage.until_shown("NOTHING CAN BE STORED: The disk is full. F10 saves")
        monkeypatch.undo()
        stage.app.workspace_changed()
        await stage.until(lambda: "NOTHING CAN BE STORED" not in stage.text)
