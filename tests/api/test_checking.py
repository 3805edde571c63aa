"""Whether an account can be used: an answer in all cases, and nothing is sent."""

import asyncio

import pytest

import tuimail
from tests.api.conftest import Place
from tuimail.providers.base import AccountCheck
from tuimail.testing.acts import Say
from tuimail.testing.provider import FakeProvider
from tuimail.testing.smtp_server import ScriptedSmtpServer


async def test_a_server_that_can_be_used_says_what_it_offers() -> None:
    async with ScriptedSmtpServer() as server:
        account = tuimail.Account(host=server.host, port=server.port, tls="none")

        found = await tuimail.acheck(account)
        blocking = await asyncio.to_thread(tuimail.check, account, workspace=None)

    assert found.ok
    assert found.error is None
    assert found.endpoint == f"{server.host}:{server.port}"
    assert "8BITMIME" in found.capabilities
    assert found.limits == {"size_bytes": 100_000_000}
    assert blocking.ok
    assert "MAIL" not in server.verbs


async def test_a_wrong_password_is_said_and_shown_nowhere() -> None:
    async with ScriptedSmtpServer(logins={"mara": "right"}) as server:
        account = tuimail.Account(
            host=server.host,
            port=server.port,
            tls="none",
            username="mara",
            password="hunter2",
            options={"allow_clear_auth": True},
        )

        found = await tuimail.acheck(account)

    assert not found.ok
    assert isinstance(found.error, tuimail.ConfigurationError)
    assert "535" in str(found.error)
    assert "password" in found.error.hint
    assert "hunter2" not in repr(found)


async def test_a_server_that_has_no_time_is_no_fault_of_the_account() -> None:
    async with ScriptedSmtpServer({"greeting": Say("421 later")}) as server:
        account = tuimail.Account(host=server.host, port=server.port, tls="none")

        found = await tuimail.acheck(account)

    assert isinstance(found.error, tuimail.NotSentError)


def test_settings_that_cannot_be_used_are_an_answer() -> None:
    found = tuimail.check(tuimail.Account(host="not a server"))

    assert not found.ok
    assert isinstance(found.error, tuimail.ConfigurationError)
    assert found.error.field == "host"


def test_an_account_that_is_set_up_is_checked_by_its_name(place: Place) -> None:
    workspace = tuimail.Workspace(place.root, config=place.config)

    found = [tuimail.check(), tuimail.check("work", workspace=workspace)]

    assert all(one.ok for one in found)
    assert place.delivered == ()
    assert not place.root.exists()
    with pytest.raises(tuimail.ConfigurationError, match="no account"):
        tuimail.check("another")


def test_a_provider_with_a_mistake_is_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Broken(FakeProvider):
        """Raises where it should answer."""

        async def check(self) -> AccountCheck:
            raise RuntimeError("hunter2")

    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", lambda _: Broken)

    found = tuimail.check(tuimail.Account())

    assert isinstance(found.error, tuimail.ConfigurationError)
    assert "hunter2" not in str(found.error)
