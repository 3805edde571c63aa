"""Accounts that are removed, with what the keyring has of them."""

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked

from tests.settings.conftest import FakeKeyring
from tests.workspace.conftest import BILLING, Desk, account
from tuimail.errors import ConfigurationError, NotAllowedError, TemporarySecretError
from tuimail.settings.oauth import OAuth
from tuimail.workspace import pacing, removing
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

OAUTH = OAuth(
    token_url="https://login.example.org/token",
    client_id="tuimail",
    client_secret="keyring:",
)


def test_an_account_is_taken_out_of_its_file(desk: Desk, workspace: Workspace) -> None:
    desk.save(account(), account("home"))

    removed = workspace.accounts.remove("home")

    written = tomllib.loads(desk.config.with_name("accounts.toml").read_text())
    assert (removed.name, removed.waiting, removed.problem) == ("home", 0, "")
    assert set(written["accounts"]) == {"work"}
    assert written["default_account"] == "work"


def test_the_only_one_left_is_the_default(desk: Desk, workspace: Workspace) -> None:
    desk.save(account(), account("home"))

    workspace.accounts.remove("work")

    assert workspace.config.default_account == "home"


def test_what_the_keyring_has_goes_with_it(
    desk: Desk, workspace: Workspace, desktop: FakeKeyring
) -> None:
    desk.save(account(secret="oauth:", oauth=OAUTH), account("other"))
    for user in ("work", "work (access token)", "work (client secret)", "other"):
        desktop.kept["tuimail", user] = "x"

    workspace.accounts.remove("work")

    assert list(desktop.kept) == [("tuimail", "other")]


def test_who_is_just_refreshing_is_waited_for(
    desk: Desk,
    workspace: Workspace,
    desktop: FakeKeyring,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Or a new token would be put back for an account that is gone."""
    desk.save(account(secret="oauth:", oauth=OAUTH), account("other"))
    asked: list[str] = []

    @contextmanager
    def changing(name: str) -> Iterator[None]:
        asked.append(name)
        raise TemporarySecretError("Another program keeps it from being changed.")
        yield

    monkeypatch.setattr(removing, "changing", changing)

    removed = workspace.accounts.remove("work")

    assert asked == ["work"]
    assert removed.problem == "Another program keeps it from being changed."


def test_a_token_that_is_in_a_file_is_the_persons_own(
    desk: Desk, workspace: Workspace, desktop: FakeKeyring, tmp_path: Path
) -> None:
    token = tmp_path / "token"
    token.write_text("consent")
    oauth = replace(OAUTH, refresh_token=f"file:{token}", client_secret="")
    desk.save(account(secret="oauth:", oauth=oauth), account("home"))
    desktop.kept["tuimail", "work"] = "of something else"

    workspace.accounts.remove("work")

    assert token.read_text() == "consent"
    assert desktop.kept


def test_a_password_that_is_elsewhere_asks_no_keyring(
    desk: Desk, workspace: Workspace, desktop: FakeKeyring
) -> None:
    desk.save(account(secret="env:X"), account("home"))
    desktop.fails = KeyringLocked()

    assert workspace.accounts.remove("work").problem == ""


def test_a_keyring_that_is_locked_is_said_and_the_account_is_gone(
    desk: Desk, workspace: Workspace, desktop: FakeKeyring
) -> None:
    desk.save(account(secret="keyring:"), account("home"))
    desktop.fails = KeyringLocked()

    removed = workspace.accounts.remove("work")

    assert "is locked" in removed.problem
    assert [one.name for one in workspace.accounts.views()] == ["home"]


def test_mail_that_waits_for_it_is_counted_and_stays(
    workspace: Workspace, write: Callable[..., Row]
) -> None:
    row = workspace.outbox.send_new(workspace.drafts.page(write().id).draft)

    removed = workspace.accounts.remove("work")

    assert removed.waiting == 1
    assert workspace.drafts.row(row.id).status == "ready"
    assert workspace.accounts.waiting("work") == 1


def test_a_later_account_of_that_name_begins_anew(
    desk: Desk, workspace: Workspace
) -> None:
    workspace.accounts.hold("work")
    stores = workspace._stores
    with stores.database.transaction():
        pacing.rest(stores, "work", reason="The server could not be reached")

    workspace.accounts.remove("work")
    desk.save(account())

    view = workspace.accounts.view("work")
    assert (view.held_reason, view.rest_reason) == ("", "")


def test_the_persons_own_file_is_left_alone(desk: Desk, workspace: Workspace) -> None:
    desk.config.write_text(
        '[accounts.mine]\nprovider = "fake"\naddress = "m@example.org"\n'
    )

    with pytest.raises(ConfigurationError, match=r"config\.toml") as caught:
        workspace.accounts.remove("mine")
    assert "[accounts.mine]" in caught.value.hint


def test_an_account_of_variables_is_not_ours_to_remove(desk: Desk) -> None:
    environ = {"TUIMAIL_ADDRESS": "eve@example.org", "TUIMAIL_PROVIDER": "fake"}
    with (
        Workspace.open(
            desk.root, config_path=desk.config, actor="person:mara", door="cli",
            environ=environ,
        ) as workspace,
        pytest.raises(ConfigurationError, match="variables") as caught,
    ):  # fmt: skip
        workspace.accounts.remove("environment")

    assert caught.value.hint == "Unset them: unset TUIMAIL_ADDRESS"


def test_a_default_elsewhere_would_be_left_without_its_account(
    desk: Desk, workspace: Workspace
) -> None:
    desk.config.write_text('default_account = "work"\n')

    with pytest.raises(ConfigurationError, match="is the default in"):
        workspace.accounts.remove("work")
    assert [one.name for one in workspace.accounts.views()] == ["work"]


def test_an_agent_removes_none(workspace: Workspace) -> None:
    with workspace.acting_as(BILLING, door="http"), pytest.raises(NotAllowedError):
        workspace.accounts.remove("work")
