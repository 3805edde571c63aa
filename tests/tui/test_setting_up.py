"""The pane where an account is set up: page after page, left, gone on with."""

import asyncio
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import keyring
import pytest
from textual import events
from textual.widgets import Input, TextArea

from tests.settings.conftest import FakeKeyring, no_keyring
from tests.tui.conftest import Desk, Stage
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.errors import SecretError
from tuimail.providers.base import AccountCheck
from tuimail.settings import keyrings
from tuimail.settings.discovery import finding
from tuimail.settings.discovery.found import Asked, Found, Login, Search, Source
from tuimail.settings.files import read_toml
from tuimail.settings.oauth import OAuth
from tuimail.testing import FakeProvider
from tuimail.tui import browsing
from tuimail.tui.app import run_app
from tuimail.tui.screens.over import ConfirmScreen
from tuimail.tui.screens.setting_up import PATIENCE, SetUpScreen
from tuimail.tui.widgets.notice import Notice
from tuimail.tui.widgets.picks import Picks, Stepper
from tuimail.tui.widgets.welcome import Welcome
from tuimail.workspace.sending import drain
from tuimail.workspace.setting_up import Setup
from tuimail.workspace.setup_desk import SetupDesk
from tuimail.workspace.signing_in import SignIn, SignInDesk, Way
from tuimail.workspace.unfinished import NAME

pytestmark = pytest.mark.slow

ADDRESS = "mara@example.org"
PASSWORD = "correct horse"
ENTRY = ("tuimail", "example")
OWN = Found(
    title="Example Mail",
    provider="fake",
    options={"host": "smtp.example.org", "port": 465, "username": ADDRESS},
    logins=(Login.PASSWORD,),
    source=Source.AUTOCONFIG,
    asked="https://autoconfig.example.org/mail/config-v1.1.xml",
    advice="Example Mail wants the password of the mailbox.",
    help_url="https://example.org/help",
)
ASKED = (
    Asked(source=Source.PRESET, what="example.org", outcome="no entry"),
    Asked(source=Source.AUTOCONFIG, what=OWN.asked, outcome="1 server"),
)
GOOD = AccountCheck(
    ok=True, endpoint="smtp.example.org:465", latency_ms=82,
    limits={"size_bytes": 25_000_000},
)  # fmt: skip
REFUSED = AccountCheck(
    ok=False, endpoint="smtp.example.org:465", fault=AccountFault.LOGIN,
    error="535 5.7.139 basic authentication is disabled",
)  # fmt: skip
OAUTH = OAuth(token_url="https://oauth2.example.org/token", client_id="me")


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Say what is found out about any address."""

    def say(*found: Found, asked: Sequence[Asked] = ASKED) -> None:
        async def find(
            _address: str, *, progress: Callable[[Asked], None], **_: object
        ) -> Search:
            for one in asked:
                progress(one)
            return Search(found=found, asked=tuple(asked))

        monkeypatch.setattr(finding, "find", find)

    say(OWN)
    return say


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[AccountCheck]:
    """What the next tests come to; afterwards, all is well."""
    found: list[AccountCheck] = []

    async def check(_provider: FakeProvider) -> AccountCheck:
        return found.pop(0) if found else GOOD

    monkeypatch.setattr(FakeProvider, "check", check)
    return found


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a keyring."""
    keyring.set_keyring(no_keyring())
    monkeypatch.setattr(keyrings, "ALLOWED_BACKENDS", frozenset[str]())


@pytest.fixture
def new(desk: Desk, finds: Callable[..., None], checks: list[AccountCheck]) -> Desk:
    """A desk without any account."""
    assert finds is not None
    assert checks == []
    desk.save()
    return desk


def accounts(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] = read_toml(desk.config.with_name("accounts.toml"))[
        "accounts"
    ]
    return found


def unfinished(desk: Desk) -> dict[str, Any]:
    return read_toml(desk.config.with_name(NAME))


async def to_server(stage: Stage) -> None:
    """Give the address, and wait for what is found."""
    await stage.press("f9")
    await stage.until_shown("Step 1 of 7")
    await stage.type_in(ADDRESS)
    await stage.press("enter", "enter")
    await stage.until_shown("Another server, typed in")


async def to_login(stage: Stage) -> None:
    await to_server(stage)
    await stage.press("enter")
    await stage.until_shown("Step 3 of 7")
    await stage.settle()


async def to_end_of_test(stage: Stage) -> None:
    await to_login(stage)
    await stage.type_in(PASSWORD)
    await stage.press("enter")
    await stage.until(lambda: "Step 3" not in stage.text and "…" not in stage.text)
    await stage.until(lambda: stage.app.focused is not None)
    await stage.settle()


async def to_saved(stage: Stage) -> None:
    await to_end_of_test(stage)
    await stage.press("ctrl+s", "ctrl+s")
    await stage.until_shown("Save the account")
    await stage.press("enter")
    await stage.until_shown("is saved")


async def pick(stage: Stage, text: str) -> None:
    """Mark the choice that begins with ``text``, and take it."""
    picks = stage.one(Picks)
    picks.focus()
    await stage.pilot.pause()
    while f"▸ {text}" not in stage.text:
        before = picks.place
        await stage.press("down")
        assert picks.place != before, stage.text
    await stage.press("enter")


async def test_an_account_is_set_up_from_its_address_to_a_first_mail(
    new: Desk, desktop: FakeKeyring
) -> None:
    async with new.show() as stage:
        await to_end_of_test(stage)
        await stage.type_in("Mara Lin")
        await stage.press("enter", "ctrl+s")
        await stage.until_shown("Save the account")
        await stage.press("enter")
        await stage.until_shown("The account “example” is saved.")
        await stage.press("enter")
        await stage.until_shown("The mail to yourself")
        await asyncio.to_thread(drain, new.open)
        await stage.until_shown("is sent: the server took it")
        await stage.press("enter")
        await stage.until(lambda: stage.app.current_mode == "review")

    assert accounts(new)["example"] == {
        "provider": "fake",
        "address": "Mara Lin <mara@example.org>",
        "password": "keyring:",
        **OWN.options,
    }
    assert desktop.kept == {ENTRY: PASSWORD}
    assert new.only("sent").row.to == (ADDRESS,)
    assert not new.config.with_name(NAME).exists()
    assert "wake" in new.sender.calls


async def test_the_app_ends_once_an_unproven_password_is_taken_out(
    new: Desk,
    checks: list[AccountCheck],
    desktop: FakeKeyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However soon somebody quits after they left."""
    checks.append(REFUSED)
    is_ending = threading.Event()
    leave, leave_behind = SetupDesk.leave, SetUpScreen.leave_behind

    def leave_late(*arguments: Any) -> Setup:
        is_ending.wait(10)
        return leave(*arguments)

    async def end(pane: SetUpScreen) -> None:
        is_ending.set()
        await leave_behind(pane)

    monkeypatch.setattr(SetupDesk, "leave", leave_late)
    monkeypatch.setattr(SetUpScreen, "leave_behind", end)

    async with new.show() as stage:
        await to_end_of_test(stage)
        typed = dict(desktop.kept)
        await stage.pilot.press("escape")
        await stage.until(lambda: stage.app.current_mode == "review")

    assert list(typed.values()) == [PASSWORD]
    assert desktop.kept == {}
    assert "secret" not in unfinished(new)


async def test_each_source_is_shown_as_soon_as_it_answered(
    new: Desk, desktop: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop is free meanwhile: help opens while a name server hangs."""
    answers = threading.Event()

    async def find(
        _address: str, *, progress: Callable[[Asked], None], **_: object
    ) -> Search:
        progress(ASKED[0])
        answers.wait(10)
        return Search(found=(OWN,), asked=ASKED)

    monkeypatch.setattr(finding, "find", find)

    async with new.show() as stage:
        await stage.press("f9")
        await stage.type_in(ADDRESS)
        stage.desk.ticks.pass_by(2)
        await stage.pilot.press("enter", "enter")
        await stage.until_shown("no entry (example.org)")
        looking = stage.text
        await stage.pilot.press("f1")
        await stage.until_shown("Take what stands here")
        await stage.pilot.press("escape")
        answers.set()
        await stage.until_shown("1 server")

    assert "Looking for the server of example.org …" in looking
    assert "1 server" not in looking
    assert desktop.kept == {}


@pytest.mark.usefixtures("desktop")
async def test_each_step_of_the_test_is_shown_as_soon_as_it_is_done(
    new: Desk, checks: list[AccountCheck], monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, found = threading.Event(), FakeProvider.check

    async def check(provider: FakeProvider) -> AccountCheck:
        assert provider.account is not None
        for stage in ("resolved", "connected", "tls"):
            provider.account.progress(stage)
        await asyncio.to_thread(goes_on.wait, 10)
        return await found(provider)

    checks.append(REFUSED)
    monkeypatch.setattr(FakeProvider, "check", check)

    async with new.show() as stage:
        await to_login(stage)
        await stage.type_in(PASSWORD)
        stage.desk.ticks.pass_by(2)
        await stage.pilot.press("enter")
        await stage.until_shown("the line is encrypted")
        testing = stage.text
        goes_on.set()
        await stage.until_shown("The test failed")
        failed = stage.text

    assert "Name     has an address" in testing
    assert "Server   connected" in testing
    assert "Login    accepted" not in failed
    assert failed.index("the line is encrypted") < failed.index("The test failed")


async def test_a_refused_login_says_the_servers_words_and_what_to_do(
    new: Desk, checks: list[AccountCheck], desktop: FakeKeyring
) -> None:
    checks.append(REFUSED)

    async with new.show() as stage:
        await to_end_of_test(stage)
        failed = stage.text
        await pick(stage, "Try the same")
        await stage.until_shown("Logged in at smtp.example.org:465 in 82 ms")

    assert "535 5.7.139 basic authentication is disabled" in failed
    assert "Sign in with Microsoft" in failed
    assert "https://example.org/help" in failed
    assert [*desktop.kept.values()] == [PASSWORD]


async def test_a_wrong_password_is_typed_again(
    new: Desk, checks: list[AccountCheck], desktop: FakeKeyring
) -> None:
    checks.append(REFUSED)

    async with new.show() as stage:
        await to_end_of_test(stage)
        await stage.press("enter")
        await stage.until_shown("Step 3 of 7")
        await stage.type_in("another")
        await stage.press("enter")
        await stage.until_shown("Step 5 of 7")

    assert [*desktop.kept.values()] == ["another"]


@pytest.mark.usefixtures("desktop")
async def test_another_server_is_chosen_after_a_failure(
    new: Desk, checks: list[AccountCheck]
) -> None:
    checks.append(REFUSED)

    async with new.show() as stage:
        await to_end_of_test(stage)
        await pick(stage, "Choose another server")
        await stage.until_shown("Step 2 of 7")


async def test_what_failed_can_be_saved_held(
    new: Desk, checks: list[AccountCheck], desktop: FakeKeyring
) -> None:
    checks.append(REFUSED)

    async with new.show() as stage:
        await to_end_of_test(stage)
        before = accounts(new)
        await pick(stage, "Save it held")
        await stage.until_shown("Step 5 of 7")
        await stage.until(lambda: isinstance(stage.app.focused, Input))
        await stage.press("ctrl+s", "ctrl+s")
        await stage.until_shown("Save the account")
        await stage.press("enter")
        await stage.until_shown("accounts resume example")
        await stage.press("enter")
        await stage.until(lambda: stage.app.current_mode == "review")

    with new.open() as workspace:
        held = workspace.accounts.view("example").held_reason
    assert before == {}
    assert "535 5.7.139" in held
    assert desktop.kept == {ENTRY: PASSWORD}


async def test_leaving_keeps_the_answers_and_takes_an_unproven_password_out(
    new: Desk, checks: list[AccountCheck], desktop: FakeKeyring
) -> None:
    checks.append(REFUSED)

    async with new.show() as stage:
        await to_end_of_test(stage)
        assert [*desktop.kept.values()] == [PASSWORD]
        await stage.press("escape")
        await stage.until(lambda: stage.app.current_mode == "review")
        await stage.until(lambda: desktop.kept == {})
        await stage.settle()
        kept = unfinished(new)
        await stage.press("f9")
        await stage.until_shown("Step 3 of 7")
        shown = stage.text

    assert kept["address"] == ADDRESS
    assert accounts(new) == {}
    assert "✓ Server" in shown


async def test_the_end_of_the_app_is_leaving_too(
    new: Desk, checks: list[AccountCheck], desktop: FakeKeyring
) -> None:
    checks.append(REFUSED)

    async with new.show() as stage:
        await to_end_of_test(stage)

    assert desktop.kept == {}
    assert unfinished(new)["name"] == "example"
    with new.open() as workspace:
        again = workspace.setting_up.begin()
        assert again.is_kept
        again.close()


async def test_an_answer_that_comes_after_leaving_changes_nothing(
    new: Desk, desktop: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, answers = threading.Event(), threading.Event()

    async def check(_provider: FakeProvider) -> AccountCheck:
        asked.set()
        answers.wait(10)
        return GOOD

    monkeypatch.setattr(FakeProvider, "check", check)

    async with new.show() as stage:
        await to_login(stage)
        await stage.type_in(PASSWORD)
        stage.desk.ticks.pass_by(2)
        await stage.pilot.press("enter")
        await stage.until(asked.is_set)
        await stage.until_shown("Logging in at")
        await stage.pilot.press("escape")
        await stage.until(lambda: desktop.kept == {})
        answers.set()
        await stage.settle()

    assert "secret" not in unfinished(new)
    assert "tested" not in unfinished(new)


@pytest.mark.usefixtures("desktop")
async def test_a_password_is_masked_and_leaves_its_field_with_enter(
    new: Desk, checks: list[AccountCheck]
) -> None:
    checks.append(REFUSED)

    async with new.show() as stage:
        await to_login(stage)
        await stage.type_in(PASSWORD)
        field_ = stage.one(Input, "#step-secret")
        typed = stage.text
        stage.desk.ticks.pass_by(2)
        await stage.pilot.press("enter")
        emptied = field_.value
        await stage.until_shown("The test failed")

    assert PASSWORD not in typed
    assert "•••" in typed
    assert emptied == ""


@pytest.mark.usefixtures("desktop")
async def test_nothing_typed_is_said_where_the_keyring_has_nothing(new: Desk) -> None:
    async with new.show() as stage:
        await to_login(stage)
        await stage.press("enter")
        await stage.until_shown("Nothing was typed")


async def test_what_the_keyring_has_already_is_taken(
    new: Desk, desktop: FakeKeyring
) -> None:
    desktop.kept[ENTRY] = PASSWORD

    async with new.show() as stage:
        await to_login(stage)
        await stage.press("enter")
        await stage.until_shown("Step 5 of 7")
        await stage.press("escape")
        await stage.settle()

    assert desktop.kept == {ENTRY: PASSWORD}


@pytest.mark.usefixtures("desktop")
async def test_a_foreign_server_wants_a_yes(
    new: Desk, finds: Callable[..., None]
) -> None:
    finds(replace(OWN, is_foreign=True))

    async with new.show() as stage:
        await to_server(stage)
        listed = stage.text
        await stage.press("enter")
        await stage.until_shown("does not belong to example.org")
        await stage.press("enter")
        await stage.until_shown("Another server, typed in")
        await stage.press("enter")
        await stage.until_shown("does not belong")
        await pick(stage, "Yes, log in there")
        await stage.until_shown("Step 3 of 7")

    assert "NOT OF THIS DOMAIN" in listed


@pytest.mark.usefixtures("desktop")
async def test_a_server_is_typed_in(new: Desk, finds: Callable[..., None]) -> None:
    finds()

    async with new.show() as stage:
        await to_server(stage)
        empty = stage.text
        await pick(stage, "Another server")
        await stage.until_shown("smtp.example.org")
        stage.one(Input, "#step-host").value = "mail.example.org"
        stage.one(Input, "#step-port").value = "587"
        stage.one(Stepper).focus()
        await stage.press("space", "enter")
        certificates = stage.one(Input, "#step-ca-file").has_focus
        await stage.press("enter")
        await stage.until_shown("mail.example.org:587, STARTTLS")

    assert "Nothing was found out about it." in empty
    assert certificates


@pytest.mark.usefixtures("desktop")
async def test_enter_in_a_signature_begins_a_line_and_another_key_goes_on(
    new: Desk,
) -> None:
    async with new.show() as stage:
        await to_end_of_test(stage)
        stage.one(TextArea).focus()
        await stage.type_in("Mara")
        await stage.press("enter")
        await stage.type_in("Lin")
        footer = stage.footer
        typed = stage.one(TextArea).text
        await stage.press("ctrl+s")
        await stage.until_shown("Save the account")

    assert typed == "Mara\nLin"
    assert "Ctrl-s next" in footer


@pytest.mark.usefixtures("desktop")
async def test_one_goes_back_from_a_page_that_was_gone_to_aside(new: Desk) -> None:
    async with new.show() as stage:
        await to_server(stage)
        await pick(stage, "A service from a list")
        await stage.until_shown("Amazon SES")
        await stage.press("ctrl+b")
        await stage.until_shown("Another server, typed in")


@pytest.mark.usefixtures("desktop")
async def test_a_service_is_picked_before_there_is_an_address(new: Desk) -> None:
    async with new.show() as stage:
        await stage.press("f9")
        await stage.settle()
        await pick(stage, "Pick a service")
        await stage.until_shown("Amazon SES")
        await stage.press("c")
        await stage.until_shown("▸ Cloudflare Email Service")
        await stage.press("enter")
        await stage.until_shown("leaves through Cloudflare Email Service")
        await stage.type_in(ADDRESS)
        await stage.press("enter", "enter")
        await stage.until_shown("Account ID")
        await stage.type_in("0" * 32)
        await stage.press("enter")
        await stage.until_shown("Cloudflare wants an API token")
        shown = stage.text

    assert "Key" in shown


@pytest.mark.usefixtures("desktop")
async def test_it_is_looked_for_again(new: Desk, finds: Callable[..., None]) -> None:
    finds()

    async with new.show() as stage:
        await to_server(stage)
        finds(OWN)
        await pick(stage, "Look again")
        await stage.until_shown("Example Mail")


@pytest.mark.usefixtures("desktop")
async def test_a_service_that_takes_no_mail_from_programs_is_refused(
    new: Desk, finds: Callable[..., None]
) -> None:
    finds(replace(OWN, can_send=False, advice="It has no SMTP."))

    async with new.show() as stage:
        await to_server(stage)
        await stage.press("enter")
        await stage.until_shown("It has no SMTP.")
        shown = stage.text

    assert "takes no mail from other programs" in shown


@pytest.mark.usefixtures("desktop")
async def test_a_bad_address_is_said_and_can_be_mended(new: Desk) -> None:
    async with new.show() as stage:
        await stage.press("f9")
        await stage.type_in("mara")
        await stage.press("ctrl+s", "ctrl+s")
        await stage.until_shown("Write one mailbox")
        focused = stage.app.focused
        assert isinstance(focused, Input)
        assert focused.value == "mara"
        await stage.type_in("@example.org")
        await stage.press("ctrl+s", "ctrl+s")
        await stage.until_shown("Step 2 of 7")


@pytest.mark.usefixtures("desktop")
async def test_a_name_that_is_taken_is_refused(new: Desk) -> None:
    new.save("example")

    async with new.show() as stage:
        await stage.press("f9")
        await stage.type_in(ADDRESS)
        await stage.press("enter")
        await stage.type_in("example")
        await stage.press("enter")
        await stage.until_shown("There is an account “example” already.")


@pytest.mark.usefixtures("desktop")
async def test_each_step_can_be_asked_again(new: Desk) -> None:
    async with new.show() as stage:
        await to_end_of_test(stage)
        await stage.press("ctrl+s", "ctrl+s")
        await stage.until_shown("Save the account")
        for step in (5, 3, 2, 1):
            while f"Step {step} of 7" not in stage.text:
                await stage.press("ctrl+b")
        await stage.press("ctrl+s")
        await stage.until_shown("Save the account")


async def test_one_begins_anew_after_a_question(
    new: Desk, desktop: FakeKeyring
) -> None:
    async with new.show() as stage:
        await to_end_of_test(stage)
        await stage.press("ctrl+n")
        await stage.until(lambda: isinstance(stage.app.screen, ConfirmScreen))
        await stage.press("escape")
        await stage.press("ctrl+n")
        await stage.press("y")
        await stage.until_shown("Step 1 of 7")
        shown = stage.text

    assert ADDRESS not in shown
    assert desktop.kept == {}
    assert unfinished(new) == {}


@pytest.mark.usefixtures("bare")
async def test_a_machine_without_a_keyring_offers_other_places(new: Desk) -> None:
    file = new.config.with_name("password")
    file.touch(mode=0o600)
    file.write_text(PASSWORD)

    async with new.show(size=(100, 30)) as stage:
        await to_login(stage)
        stage.one(Stepper, "#step-place").focus()
        await stage.pilot.pause()
        first = stage.text
        await stage.press("space")
        await stage.until_shown("a file has it")
        stage.one(Input, "#step-reference").focus()
        await stage.type_in(str(file))
        await stage.press("enter")
        await stage.until_shown("Step 5 of 7")

    assert "no desktop keyring" in first
    assert "a command prints it" in first
    assert unfinished(new)["secret"] == f"file:{file}"


@pytest.mark.usefixtures("desktop")
async def test_what_is_no_reference_is_refused(new: Desk) -> None:
    async with new.show() as stage:
        await to_login(stage)
        stage.one(Stepper, "#step-place").focus()
        await stage.press("left")
        await stage.until_shown("a variable has it")
        stage.one(Input, "#step-reference").focus()
        await stage.type_in("not a name")
        await stage.press("enter")
        await stage.until(lambda: "is not given as" in stage.one(Notice).text)


@pytest.mark.usefixtures("desktop")
async def test_identity_and_habits_are_written(new: Desk) -> None:
    new.save("work")

    async with new.show() as stage:
        await to_end_of_test(stage)
        stage.one(Input, "#step-sender-name").value = "Mara"
        stage.one(Input, "#step-reply-to").value = "team@example.org"
        stage.one(TextArea).text = "Mara\nEngines"
        await stage.press("ctrl+s")
        await stage.until_shown("Save the account")
        stage.one(Stepper, "#step-noninteractive-send").focus()
        await stage.press("space")
        stage.one(Stepper, "#step-is-default").focus()
        await stage.press("space")
        await pick(stage, "Save the account")
        await stage.until_shown("is saved")

    written = accounts(new)["example"]
    assert written["signature"] == "Mara\nEngines"
    assert written["reply_to"] == "team@example.org"
    assert written["noninteractive_send"] == "review"
    assert read_toml(new.config.with_name("accounts.toml"))["default_account"] == (
        "example"
    )


@pytest.mark.usefixtures("desktop")
async def test_a_mail_to_oneself_is_only_offered(new: Desk) -> None:
    async with new.show() as stage:
        await to_saved(stage)
        await pick(stage, "Done")
        await stage.until(lambda: stage.app.current_mode == "review")

    assert new.rows("ready", "sent") == ()


@pytest.mark.usefixtures("desktop")
async def test_a_mail_that_does_not_leave_is_said_with_its_reason(new: Desk) -> None:
    new.answers.append(VerdictKind.REFUSED)

    async with new.show() as stage:
        await to_saved(stage)
        await stage.press("enter")
        await stage.until_shown("The mail to yourself")
        await asyncio.to_thread(drain, new.open)
        await stage.until_shown("The mail to yourself is error: ")


async def test_a_second_wizard_says_that_it_keeps_nothing(
    new: Desk, desktop: FakeKeyring
) -> None:
    with new.open() as workspace:
        first = workspace.setting_up.begin()
        async with new.show() as stage:
            await stage.press("f9")
            await stage.until_shown("is not kept")
        first.close()

    assert desktop.kept == {}


async def test_before_there_is_an_account_the_app_says_how_to_begin(new: Desk) -> None:
    async with new.show() as stage:
        await stage.until_shown("No account yet.")
        shown = stage.text
        await stage.press("a")
        await stage.until_shown("Step 1 of 7")
        await stage.press("escape")
        await stage.until(lambda: stage.app.current_mode == "review")
        await stage.until(lambda: stage.one(Welcome).has_focus)

    assert "try the demo" in shown


async def test_with_an_account_there_is_no_welcome(desk: Desk) -> None:
    async with desk.show() as stage:
        shown = stage.text

    assert "No account yet." not in shown


async def test_the_welcome_goes_once_there_is_an_account(
    new: Desk, desktop: FakeKeyring
) -> None:
    async with new.show() as stage:
        await to_saved(stage)
        await pick(stage, "Done")
        await stage.until_shown("Nothing to review.")

    assert desktop.kept


async def test_the_demo_is_opened_after_the_app(
    new: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with new.show() as stage:
        await stage.press("d")
        await stage.until(lambda: not stage.app.is_running)

    assert stage.app.wants_demo


async def test_the_demo_is_one_of_the_first_choices(new: Desk) -> None:
    async with new.show() as stage:
        await stage.press("f9")
        await stage.settle()
        await pick(stage, "Leave, and try the demo")
        await stage.until(lambda: not stage.app.is_running)

    assert stage.app.wants_demo


def test_who_wants_the_demo_gets_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(app: Any, *_: object, **__: object) -> None:
        app.wants_demo = True

    monkeypatch.setattr("tuimail.tui.app.TuimailApp.run", run)
    monkeypatch.setattr("tuimail.demo.app.run_demo", lambda _run_app: 42)

    assert run_app(desk.open) == 42


@pytest.mark.usefixtures("desktop")
async def test_hostile_words_are_shown_and_do_nothing(
    new: Desk, finds: Callable[..., None], checks: list[AccountCheck]
) -> None:
    evil = "\x1b[>q\u202e[/b][@click=app.quit]x[/]"
    finds(
        replace(OWN, title=f"{evil}Mail", advice=f"{evil}advice"),
        asked=(Asked(source=Source.MX, what=f"{evil}mx", outcome=f"{evil}none"),),
    )
    checks.append(replace(REFUSED, error=f"535 {evil}"))

    async with new.show(size=(100, 30)) as stage:
        await to_server(stage)
        found = stage.text
        await stage.press("enter")
        await stage.until_shown("Step 3 of 7")
        await stage.settle()
        login = stage.text
        await stage.type_in(PASSWORD)
        await stage.press("enter")
        await stage.until_shown("The test failed")
        failed = stage.text

    for text in (found, login, failed):
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "[@click=app.quit]" in text


@pytest.mark.usefixtures("desktop")
@pytest.mark.parametrize("steps", [0, 1, 2, 3])
async def test_no_size_ends_a_page(
    new: Desk, checks: list[AccountCheck], steps: int
) -> None:
    checks.append(REFUSED)
    way = [to_server, to_login, to_end_of_test]

    async with new.show(size=(160, 50)) as stage:
        if steps:
            await way[steps - 1](stage)
        else:
            await stage.press("f9")
        for size in ((1, 1), (10, 3), (39, 9), (60, 20), (200, 2), (2, 40), (80, 24)):
            await stage.pilot.resize_terminal(*size)
        await stage.until_shown("New account")
        is_running = stage.app.is_running

    assert is_running


@dataclass
class Signing:
    """What the desk for signing in was asked, and how it ends."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    pasted: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    cancelled: list[Way] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    error: SecretError | None = None

    def begin(self, _desk: SignInDesk, service: str, **values: Any) -> SignIn:
        way: Way = values["way"]
        self.asked.append({"service": service, **values})
        sign_in = SignIn(way, OAUTH, self._finish)
        sign_in.url = "" if way is Way.DEVICE else "https://accounts.example.org/"
        sign_in.user_code = "ABCD-EFGH" if way is Way.DEVICE else ""
        sign_in.verification_url = "https://example.org/device"
        sign_in._offer = self._paste
        sign_in._stop = lambda: self._cancel(way)
        return sign_in

    def _paste(self, text: str) -> None:
        if "code=" not in text:
            raise SecretError("That is not where it ended.", hint="Paste it whole.")
        self.pasted.append(text)
        self.done.set()

    def _cancel(self, way: Way) -> None:
        self.cancelled.append(way)
        self.done.set()

    def _finish(self, limit: timedelta) -> OAuth:
        assert limit == PATIENCE
        self.done.wait(10)
        if self.error is not None:
            raise self.error
        return OAUTH


@pytest.fixture
def signing(monkeypatch: pytest.MonkeyPatch) -> Iterator[Signing]:
    made = Signing()

    def begin(desk: SignInDesk, service: str, **values: Any) -> SignIn:
        return made.begin(desk, service, **values)

    monkeypatch.setattr(SignInDesk, "begin", begin)
    monkeypatch.setattr(
        "tuimail.tui.screens.setting_up.open_browser", made.opened.append
    )
    monkeypatch.delenv("SSH_CONNECTION", raising=False)
    yield made
    made.done.set()


async def begin_sign_in(stage: Stage, *keys: str) -> None:
    await to_login(stage)
    await stage.until_shown("Client ID")
    stage.one(Input, "#step-client").value = "me"
    stage.one(Stepper, "#step-way").focus()
    await stage.press(*keys)
    stage.desk.ticks.pass_by(2)
    stage.one(Stepper, "#step-way").focus()
    await stage.pilot.press("enter")


@pytest.mark.usefixtures("desktop")
async def test_one_signs_in_with_a_browser_here(
    new: Desk, finds: Callable[..., None], signing: Signing
) -> None:
    finds(replace(OWN, logins=(Login.GOOGLE,)))

    async with new.show(size=(100, 30)) as stage:
        await begin_sign_in(stage)
        await stage.until_shown("https://accounts.example.org/")
        signing.done.set()
        await stage.until_shown("Step 5 of 7")

    assert signing.opened == ["https://accounts.example.org/"]
    assert signing.asked[0]["service"] == "gmail"
    assert signing.asked[0]["client_id"] == "me"
    assert unfinished(new)["oauth"]["client_id"] == "me"


@pytest.mark.usefixtures("desktop")
async def test_one_signs_in_elsewhere_and_pastes_where_it_ends(
    new: Desk,
    finds: Callable[..., None],
    signing: Signing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSH_CONNECTION", "far away")
    finds(replace(OWN, logins=(Login.GOOGLE,)))

    async with new.show(size=(100, 30)) as stage:
        await begin_sign_in(stage)
        await stage.until_shown("accounts.example.org")
        pasted = stage.one(Input, "#step-pasted")
        pasted.value = "something else"
        pasted.focus()
        await stage.pilot.press("enter")
        await stage.until_shown("That is not where it ended.")
        pasted.value = "http://localhost/?code=1"
        await stage.pilot.press("enter")
        await stage.until_shown("Step 5 of 7")

    assert signing.pasted == ["http://localhost/?code=1"]
    assert signing.opened == []


@pytest.mark.usefixtures("bare")
async def test_one_signs_in_with_a_code_and_keeps_what_lasts_in_a_file(
    new: Desk, finds: Callable[..., None], signing: Signing
) -> None:
    finds(replace(OWN, logins=(Login.APP_PASSWORD, Login.MICROSOFT)))

    async with new.show(size=(100, 30)) as stage:
        await to_login(stage)
        stage.one(Stepper, "#step-login").focus()
        await stage.press("space")
        await stage.until_shown("Client ID")
        stage.one(Input, "#step-client").value = "me"
        stage.one(Stepper, "#step-way").focus()
        await stage.press("left")
        await stage.until_shown("another device")
        stage.one(Stepper, "#step-way").focus()
        await stage.pilot.press("enter")
        await stage.until_shown("ABCD-EFGH")
        signing.done.set()
        await stage.until_shown("Step 5 of 7")

    assert signing.asked[0]["service"] == "microsoft"
    assert signing.asked[0]["refresh_token_at"].endswith("example.token")


@pytest.mark.usefixtures("desktop")
async def test_leaving_ends_a_sign_in(
    new: Desk, finds: Callable[..., None], signing: Signing
) -> None:
    finds(replace(OWN, logins=(Login.GOOGLE,)))

    async with new.show(size=(100, 30)) as stage:
        await begin_sign_in(stage)
        await stage.until_shown("accounts.example.org")
        await stage.pilot.press("escape")
        await stage.until(lambda: stage.app.current_mode == "review")
        await stage.settle()

    assert signing.cancelled
    assert "oauth" not in unfinished(new)


@pytest.mark.usefixtures("desktop")
async def test_a_sign_in_that_fails_is_said_and_begun_again(
    new: Desk, finds: Callable[..., None], signing: Signing
) -> None:
    finds(replace(OWN, logins=(Login.GOOGLE,)))
    signing.error = SecretError("The service said no.", hint="Ask it why.")
    signing.done.set()

    async with new.show(size=(100, 30)) as stage:
        await begin_sign_in(stage)
        await stage.until_shown("The service said no.")
        shown = stage.text

    assert "Client ID" in shown


def test_a_browser_gets_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[dict[str, Any]] = []

    def start(command: Sequence[str], **values: Any) -> None:
        started.append({"url": command[-1], **values})

    monkeypatch.setattr(subprocess, "Popen", start)

    browsing.open_browser("https://accounts.example.org/")

    assert started[0]["url"] == "https://accounts.example.org/"
    assert {started[0][one] for one in ("stdin", "stdout", "stderr")} == {
        subprocess.DEVNULL
    }


def test_a_machine_without_a_browser_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr(subprocess, "Popen", fail)

    browsing.open_browser("https://accounts.example.org/")


async def test_settings_that_cannot_be_written_are_said(new: Desk) -> None:
    new.config.with_name(f"{NAME}.lock").mkdir()

    async with new.show() as stage:
        await stage.press("f9")
        await stage.until(lambda: "cannot be written" in stage.one(Notice).text)
        await stage.press("escape")
        await stage.until(lambda: stage.app.current_mode == "review")


@pytest.mark.usefixtures("desktop")
async def test_the_pane_stays_where_it_is_while_others_are_looked_at(
    new: Desk,
) -> None:
    async with new.show() as stage:
        await to_server(stage)
        await stage.press("alt+4")
        await stage.until(lambda: stage.app.current_mode == "sent")
        await stage.press("f9")
        await stage.until_shown("Another server, typed in")
        screen = stage.app.screen

    assert isinstance(screen, SetUpScreen)


@pytest.mark.usefixtures("desktop")
async def test_a_choice_is_clicked_and_clicked_again_to_take_it(new: Desk) -> None:
    async with new.show() as stage:
        await to_server(stage)
        await stage.pilot.click(Picks, offset=(4, 1))
        await stage.settle()
        marked = stage.one(Picks).key
        await stage.pilot.click(Picks, offset=(4, 1))
        await stage.until_shown("Encryption")
        await stage.pilot.click(Stepper, offset=(2, 0))
        await stage.settle()
        shown = stage.text

    assert marked == "other"
    assert "STARTTLS" in shown


@pytest.mark.usefixtures("desktop")
async def test_a_long_list_keeps_the_marked_choice_in_sight(new: Desk) -> None:
    async with new.show() as stage:
        await stage.press("f9")
        await stage.settle()
        await pick(stage, "Pick a service")
        await stage.until_shown("Amazon SES")
        for _ in range(12):
            await stage.press("pagedown")
        last = stage.text
        for _ in range(12):
            await stage.press("pageup")
        first = stage.text
        await stage.press("m")
        await stage.until_shown("▸ M")

    assert "▸" in last
    assert "Cloudflare Email Service" not in last
    assert "▸ Gmail" in first


@pytest.mark.usefixtures("desktop")
async def test_what_begins_by_itself_begins_again_by_enter(
    new: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = SetupDesk.test
    errors = [SecretError("The keyring went away.", hint="Fetch it.")]

    def test(desk: SetupDesk, *given: Any) -> Setup:
        if errors:
            raise errors.pop()
        return found(desk, *given)

    monkeypatch.setattr(SetupDesk, "test", test)

    async with new.show() as stage:
        await to_login(stage)
        await stage.type_in(PASSWORD)
        await stage.press("enter")
        await stage.until_shown("The keyring went away. Fetch it.")
        await stage.press("enter")
        await stage.until_shown("Step 5 of 7")


@pytest.mark.usefixtures("desktop")
async def test_what_cannot_be_kept_is_said_where_one_is_then(new: Desk) -> None:
    async with new.show() as stage:
        await to_server(stage)
        path = new.config.with_name(NAME)
        path.unlink()
        path.mkdir()
        await stage.press("escape")
        await stage.until(lambda: "cannot be written" in stage.text)
        path.rmdir()

    assert stage.app.current_mode == "review"


@pytest.mark.usefixtures("desktop")
async def test_arrows_walk_through_fields_and_choices(new: Desk) -> None:
    async with new.show() as stage:
        await stage.press("f9")
        await stage.settle()
        await stage.press("down", "down")
        on_picks = isinstance(stage.app.focused, Picks)
        await stage.press("down", "up", "up")
        back = stage.app.focused

    assert on_picks
    assert back is not None
    assert back.id == "step-name"


async def test_keys_after_enter_are_no_part_of_what_it_took(
    new: Desk, checks: list[AccountCheck], desktop: FakeKeyring
) -> None:
    checks.append(REFUSED)

    async with new.show() as stage:
        await to_login(stage)
        for key in ("w", "r", "o", "enter", "g", "o", "o", "d"):
            stage.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await stage.until_shown("The test failed")
        kept = [*desktop.kept.values()]

    assert kept == ["wro"]


async def test_of_several_pasted_lines_none_is_taken_and_it_is_said(new: Desk) -> None:
    async with new.show() as stage:
        await stage.press("f9")
        await stage.until_shown("Step 1 of 7")
        stage.app.post_message(events.Paste("mara@example.org\neve@example.org\n"))
        await stage.until_shown("2 lines were pasted")
        typed = stage.one(Input).value

    assert typed == ""
