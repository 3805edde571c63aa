"""Accounts that are there, changed: a key, the password, the default, all of it."""

import tomllib
from typing import Any

import pytest

from tests.settings.conftest import FakeKeyring
from tests.workspace.conftest import BILLING, Desk, Script, account
from tuimail.core.submission import AccountFault
from tuimail.errors import ConfigurationError, NotAllowedError
from tuimail.providers.base import AccountCheck
from tuimail.settings.oauth import OAuth
from tuimail.workspace.setting_up import Setup, Step
from tuimail.workspace.workspace import Workspace

OTHER = '[accounts.mine]\nprovider = "fake"\naddress = "m@example.org"\n'
ENTRY = ("tuimail", "work")
REFUSED = AccountCheck(ok=False, endpoint="x", fault=AccountFault.LOGIN, error="535 no")
GOOD = AccountCheck(ok=True, endpoint="x")


def written(desk: Desk) -> dict[str, Any]:
    return tomllib.loads(desk.config.with_name("accounts.toml").read_text())


def checks(
    provider: Script, monkeypatch: pytest.MonkeyPatch, *found: AccountCheck
) -> None:
    """Have the next tests of any account come to ``found``."""
    left = list(found)

    async def check(_self: object) -> AccountCheck:
        return left.pop(0)

    monkeypatch.setattr(provider.kind, "check", check)


def test_another_account_becomes_the_default(desk: Desk, workspace: Workspace) -> None:
    desk.save(account(), account("home"))

    view = workspace.accounts.make_default("home")

    assert view.is_default
    assert written(desk)["default_account"] == "home"
    assert not workspace.accounts.view("work").is_default


def test_an_account_of_the_persons_file_can_be_the_default(
    desk: Desk, workspace: Workspace
) -> None:
    desk.config.write_text(OTHER)

    assert workspace.accounts.make_default("mine").is_default
    assert not workspace.accounts.view("mine").is_ours


@pytest.mark.parametrize("place", ["config.toml", "TUIMAIL_DEFAULT_ACCOUNT"])
def test_a_default_that_is_said_elsewhere_is_refused(desk: Desk, place: str) -> None:
    desk.save(account(), account("home"))
    is_file = place == "config.toml"
    if is_file:
        desk.config.write_text('default_account = "work"\n')

    with (
        Workspace.open(
            desk.root,
            config_path=desk.config,
            actor="person:mara",
            door="app",
            clock=desk.clock,
            environ={} if is_file else {place: "work"},
        ) as workspace,
        pytest.raises(ConfigurationError, match=place) as caught,
    ):
        workspace.accounts.make_default("home")

    assert caught.value.hint
    assert written(desk)["default_account"] == "work"


def test_keys_are_changed_and_taken_out(desk: Desk, workspace: Workspace) -> None:
    workspace.accounts.change("work", {"per_day": "500", "signature": "Mara"})
    view = workspace.accounts.change(
        "work", {"signature": "", "host": "smtp.example.net"}
    )

    kept = written(desk)["accounts"]["work"]
    assert kept["per_day"] == 500
    assert "signature" not in kept
    assert view.options["host"] == "smtp.example.net"
    assert view.limits[0].limit == 500


def test_a_switch_stays_one(desk: Desk, workspace: Workspace) -> None:
    desk.save(account(options={"host": "smtp.example.org", "strict": True}))

    workspace.accounts.change("work", {"strict": "false"})

    assert written(desk)["accounts"]["work"]["strict"] is False


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("noninteractive_send", "maybe", "noninteractive_send"),
        ("per_day", "many", "per_day"),
        ("oauth", "x", "one value"),
        ("adress", "x@example.org", "is not a setting"),
        ("password", "hunter2", "reference"),
        ("address", "", "address"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    desk: Desk, workspace: Workspace, key: str, value: str, said: str
) -> None:
    before = written(desk)

    with pytest.raises(ConfigurationError, match=said) as caught:
        workspace.accounts.change("work", {key: value})

    assert caught.value.hint
    assert "hunter2" not in str(caught.value)
    assert written(desk) == before


def test_the_persons_own_file_is_not_changed(desk: Desk, workspace: Workspace) -> None:
    desk.config.write_text(OTHER)

    with pytest.raises(ConfigurationError, match=r"config\.toml") as caught:
        workspace.accounts.change("mine", {"per_day": "5"})

    assert "[accounts.mine]" in caught.value.hint
    assert desk.config.read_text() == OTHER


def test_an_agent_changes_no_account(workspace: Workspace) -> None:
    desk = workspace.accounts
    with workspace.acting_as(BILLING, door="http"):
        for call in (
            lambda: desk.make_default("work"),
            lambda: desk.change("work", {"per_day": "5"}),
            lambda: desk.renew_secret("work", "x"),
            workspace.setting_up.begin_changing,
        ):
            with pytest.raises(NotAllowedError):
                call()


def test_a_password_that_works_takes_the_place_of_the_old_one(
    desk: Desk,
    workspace: Workspace,
    provider: Script,
    desktop: FakeKeyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk.save(account(secret="keyring:"))
    desktop.kept[ENTRY] = "old"
    checks(provider, monkeypatch, REFUSED, GOOD, GOOD)

    refused = workspace.accounts.renew_secret("work", "wrong")
    after_refusal = desktop.kept[ENTRY]
    taken = workspace.accounts.renew_secret("work", "right")

    assert (refused.ok, after_refusal) == (False, "old")
    assert (taken.ok, desktop.kept[ENTRY]) == (True, "right")


@pytest.mark.parametrize(
    ("secret", "said"), [("env:MAIL", "env:MAIL"), ("", "nowhere")]
)
def test_a_password_elsewhere_is_changed_elsewhere(
    desk: Desk, workspace: Workspace, secret: str, said: str
) -> None:
    desk.save(account(secret=secret))

    with pytest.raises(ConfigurationError, match=said):
        workspace.accounts.renew_secret("work", "x")


def test_an_account_is_asked_through_again_as_it_is(
    desk: Desk, workspace: Workspace
) -> None:
    desk.save(account(signature="Mara", secret="keyring:"))

    setup = workspace.setting_up.of_account("work")

    assert setup.step is Step.HABITS
    assert (setup.replaces, setup.signature, setup.is_default) == ("work", "Mara", True)
    assert setup.asks == ("host",)
    assert not workspace.setting_up.begin_changing().is_kept


@pytest.mark.parametrize(
    ("changes", "login"),
    [
        ({}, "none"),
        ({"secret": "env:X"}, "password"),
        ({"secret": "oauth:", "oauth": "https://login.microsoftonline.com/t"},
         "microsoft"),
        ({"secret": "oauth:", "oauth": "https://oauth2.googleapis.com/token"},
         "google"),
    ],
)  # fmt: skip
def test_its_login_is_known_by_what_it_shows(
    desk: Desk, workspace: Workspace, changes: dict[str, Any], login: str
) -> None:
    url = changes.pop("oauth", "")
    oauth = OAuth(token_url=url, client_id="me") if url else None
    desk.save(account(oauth=oauth, **changes))

    found = workspace.setting_up.of_account("work").login

    assert found is not None
    assert found.value == login


def test_what_is_saved_again_keeps_what_was_not_asked(
    desk: Desk, workspace: Workspace
) -> None:
    workspace.accounts.change("work", {"per_day": "7", "on_unknown": "resend"})
    desks = workspace.setting_up
    setup = desks.of_account("work").with_identity(sender_name="M. Lin")

    saved = desks.save(setup)

    kept = written(desk)["accounts"]["work"]
    assert saved.is_saved
    assert kept["address"] == "M. Lin <mara@example.org>"
    assert (kept["per_day"], kept["on_unknown"]) == (7, "resend")


def test_another_server_is_tested_before_it_is_saved(
    workspace: Workspace, provider: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    desks = workspace.setting_up
    setup = desks.of_account("work").with_options({"host": "smtp.example.net"})
    checks(provider, monkeypatch, GOOD)

    untested = setup.step
    tested = desks.test(setup)

    assert untested is Step.TEST
    assert desks.save(tested).is_saved
    assert workspace.accounts.view("work").options["host"] == "smtp.example.net"


def test_an_account_elsewhere_is_not_asked_through(
    desk: Desk, workspace: Workspace
) -> None:
    desk.config.write_text(OTHER)

    with pytest.raises(ConfigurationError, match=r"config\.toml"):
        workspace.setting_up.of_account("mine")


def test_what_is_gone_meanwhile_is_not_written_again(
    desk: Desk, workspace: Workspace
) -> None:
    setup: Setup = workspace.setting_up.of_account("work")
    desk.save(account(), account("home"))
    workspace.accounts.make_default("home")
    workspace.accounts.remove("work")

    with pytest.raises(ConfigurationError):
        workspace.setting_up.save(setup)

    assert set(written(desk)["accounts"]) == {"home"}


def test_a_mail_to_oneself_goes_the_way_of_all_mail(workspace: Workspace) -> None:
    row = workspace.setting_up.mail_oneself("work")

    assert row.status == "ready"
    assert row.to == ("mara@example.org",)
    assert "tuimail can send" in row.subject
    assert workspace.accounts.view("work").waiting == 1
