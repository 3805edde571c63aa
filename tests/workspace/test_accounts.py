"""The desk for accounts: seen and added; secrets stay where they are."""

import os
import tomllib
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, NOW, Desk, Script, account
from tuimail.core.pacing import Limits
from tuimail.errors import AddressError, ConfigurationError, NotAllowedError
from tuimail.workspace import pacing
from tuimail.workspace.views import LimitUse
from tuimail.workspace.workspace import Workspace


def add(workspace: Workspace, **changes: Any) -> object:
    values: dict[str, Any] = {
        "name": "home",
        "provider": "fake",
        "address": "mara@example.net",
        "sender_name": "Mara",
        "options": {"host": "smtp.example.net"},
        "secret": "env:HOME_PASSWORD",
    }
    return workspace.accounts.add(**(values | changes))


def test_an_account_is_written_beside_the_persons_own_settings(
    desk: Desk, workspace: Workspace
) -> None:
    add(workspace)

    written = tomllib.loads(desk.config.with_name("accounts.toml").read_text())
    assert set(written["accounts"]) == {"work", "home"}
    assert written["default_account"] == "work"
    assert [one.name for one in workspace.accounts.views()] == ["work", "home"]


def test_a_new_account_can_become_the_default(workspace: Workspace) -> None:
    add(workspace, make_default=True)

    assert workspace.config.default_account == "home"


def test_a_name_is_used_once(workspace: Workspace) -> None:
    with pytest.raises(ConfigurationError) as caught:
        add(workspace, name="work")

    assert caught.value.field == "name"


def test_an_address_is_checked(workspace: Workspace) -> None:
    with pytest.raises(AddressError):
        add(workspace, address="nobody")


def test_an_agent_adds_no_account(workspace: Workspace) -> None:
    with (
        workspace.acting_as(BILLING, door="http"),
        pytest.raises(NotAllowedError),
    ):
        add(workspace)


def test_a_password_goes_to_the_keyring_only(
    desk: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(
        "tuimail.workspace.accounts.store_secret",
        lambda account, secret: kept.update({account: secret}),
    )

    view = add(workspace, secret="keyring:", secret_value="hunter2")

    assert kept == {"home": "hunter2"}
    assert "hunter2" not in str(view)
    for file in desk.root.parent.rglob("*"):
        if file.is_file():
            assert b"hunter2" not in file.read_bytes()


def test_a_test_logs_in_and_closes(workspace: Workspace, provider: Script) -> None:
    check = workspace.accounts.test("work")

    assert check.ok
    assert provider.made[-1].is_closed


def test_an_account_that_cannot_be_used_says_so(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_name: str) -> None:
        raise ConfigurationError("There is no provider fake.")

    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", refuse)

    (view,) = workspace.accounts.views()
    assert view.problem == "There is no provider fake."


def test_settings_of_the_same_length_and_date_are_read_again(
    desk: Desk, workspace: Workspace
) -> None:
    """Tools that link settings to a store give every file of it the same date."""
    path = desk.config.with_name("accounts.toml")
    status, settings = path.stat(), workspace._stores.settings
    before = settings.account("work")
    changed = path.with_name("changed")
    changed.write_text(path.read_text().replace("smtp.example.org", "mail.example.org"))
    changed.chmod(0o600)
    os.utime(changed, ns=(status.st_atime_ns, status.st_mtime_ns))
    changed.replace(path)

    after = settings.account("work")
    assert before is not None
    assert after is not None
    assert after.options["host"] == "mail.example.org"
    assert after.fingerprint != before.fingerprint


def test_resuming_an_account_that_is_not_held_changes_nothing(
    workspace: Workspace,
) -> None:
    assert workspace.accounts.resume("work").held_reason == ""


def test_a_provider_asks_for_the_secret_when_it_connects(
    desk: Desk, provider: Script
) -> None:
    desk.save(account(secret="env:WORK_PASSWORD"))

    with Workspace.open(
        desk.root,
        config_path=desk.config,
        actor="person:mara",
        door="cli",
        environ={"WORK_PASSWORD": "hunter2"},
    ) as workspace:
        workspace.accounts.views()

    (made,) = provider.made
    assert made.account is not None
    assert made.account.secret() == "hunter2"


class TestWhatKeepsItFromSending:
    def test_a_view_says_what_is_set_and_what_is_used(
        self, desk: Desk, workspace: Workspace
    ) -> None:
        limited = account(limits=Limits(per_day=10), on_unknown="resend", connections=2)
        desk.save(limited)
        stores = workspace._stores
        with stores.database.transaction():
            pacing.take(stores, limited, ["ana@example.net", "bo@example.net"], NOW)

        view = workspace.accounts.view()

        assert view.limits == (LimitUse(name="per_day", limit=10, used=2),)
        assert (view.on_unknown, view.connections) == ("resend", 2)

    def test_a_rest_is_shown_while_it_lasts(
        self, desk: Desk, workspace: Workspace
    ) -> None:
        self.rest(workspace)
        resting = workspace.accounts.view("work")
        desk.advance(10)
        after = workspace.accounts.view("work")

        assert resting.rest_reason == "The server could not be reached"
        assert resting.rests_until == NOW + timedelta(seconds=10)
        assert (after.rest_reason, after.rests_until) == ("", None)

    def test_resuming_ends_a_rest_too(self, workspace: Workspace) -> None:
        self.rest(workspace)

        assert workspace.accounts.resume("work").rests_until is None

    def test_resuming_lifts_no_limit(self, desk: Desk, workspace: Workspace) -> None:
        limited = account(limits=Limits(per_day=1))
        desk.save(limited)
        stores = workspace._stores
        with stores.database.transaction():
            pacing.take(stores, limited, ["ana@example.net"], NOW)

        workspace.accounts.resume("work")

        assert pacing.waits_until(stores, limited, NOW) is not None

    def test_an_account_that_is_not_there_has_no_view(
        self, workspace: Workspace
    ) -> None:
        with pytest.raises(ConfigurationError):
            workspace.accounts.view("other")

    @staticmethod
    def rest(workspace: Workspace) -> None:
        stores = workspace._stores
        with stores.database.transaction():
            pacing.rest(stores, "work", reason="The server could not be reached")
