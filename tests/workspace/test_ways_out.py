"""From an account's settings to secrets that its provider reads."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.settings.conftest import FakeKeyring
from tests.workspace.conftest import Desk, Script, account
from tuimail.errors import SecretError
from tuimail.providers.base import ProviderAccount
from tuimail.settings.oauth import OAuth
from tuimail.settings.paths import locks_path
from tuimail.testing import FakeProvider, Received, Respond, ScriptedHttpServer
from tuimail.workspace.ways_out import capabilities, is_pipelined, make_provider
from tuimail.workspace.workspace import Workspace


def made(workspace: Workspace, **changes: Any) -> ProviderAccount:
    provider = make_provider(workspace._stores, account(**changes))
    assert isinstance(provider, FakeProvider)
    assert provider.account is not None
    return provider.account


def test_a_password_is_read_when_it_is_wanted(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "password"
    given = made(workspace, secret=f"file:{file}")
    file.write_text("hunter2\n")
    file.chmod(0o600)

    assert given.secret() == "hunter2"
    assert given.renew_secret is None


async def test_an_account_with_tokens_reads_and_renews_them(
    desk: Desk, desktop: FakeKeyring, home: Path
) -> None:
    desktop.kept["tuimail", "work"] = "consent"
    desktop.kept["tuimail", "work (client secret)"] = "client"

    def answer(received: Received) -> Respond:
        assert b"client_secret=client" in received.body
        return Respond(body={"access_token": f"token-{len(server.requests)}"})

    server = ScriptedHttpServer(answer=answer)
    async with server:
        oauth = OAuth(
            token_url=server.url, client_id="tuimail", client_secret="keyring:"
        )
        seen = await _in_a_thread(desk, oauth)

    assert seen == ["token-1", "token-1", "token-2"]
    assert [file.name for file in locks_path().iterdir()] == ["oauth-work.lock"]
    assert locks_path().is_relative_to(home)


async def _in_a_thread(desk: Desk, oauth: OAuth) -> list[str | None]:
    def read() -> list[str | None]:
        with desk.open() as workspace:
            given = made(workspace, secret="oauth:", oauth=oauth)
            assert given.renew_secret is not None
            found = [given.secret(), given.renew_secret()]
            desk.advance(300)
            return [*found, given.renew_secret()]

    return await asyncio.to_thread(read)


def test_an_account_without_consent_says_so(
    workspace: Workspace, desktop: FakeKeyring
) -> None:
    oauth = OAuth(token_url="https://login.example.org", client_id="tuimail")
    given = made(workspace, secret="oauth:", oauth=oauth)

    with pytest.raises(SecretError, match="not signed in"):
        given.secret()


def test_a_provider_that_is_gone_can_do_nothing(
    provider: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()

    assert not is_pipelined(account(provider="gone"))
    assert not capabilities("gone").is_idempotent


def test_what_reads_a_secret_shows_nothing_of_what_it_holds(
    desk: Desk, provider: Script
) -> None:
    """It goes with a provider's account, which somebody may print."""
    desk.save(account(secret="env:WORK_PASSWORD"))
    with Workspace.open(
        desk.root, config_path=desk.config, actor="person:mara", door="cli",
        environ={"WORK_PASSWORD": "hunter2"},
    ) as workspace:  # fmt: skip
        workspace.accounts.views()

    found = provider.made[0].account
    assert found is not None
    assert found.secret() == "hunter2"
    assert "hunter2" not in f"{found!r} {found.secret!r}"
