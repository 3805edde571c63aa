"""Connections that stay open: reused, shared, replaced, and never a mail twice."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

import pytest

import tuimail
from tests.api.conftest import Place
from tuimail.testing.acts import Close, Say
from tuimail.testing.smtp_server import PIPELINED, ScriptedSmtpServer

ADDRESS = "Mara <mara@example.org>"


@pytest.fixture
async def scripted() -> AsyncIterator[ScriptedSmtpServer]:
    async with ScriptedSmtpServer(extensions=PIPELINED) as running:
        yield running


def leading_to(scripted: ScriptedSmtpServer, **options: object) -> tuimail.Account:
    return tuimail.Account(
        host=scripted.host,
        port=scripted.port,
        tls="none",
        address=ADDRESS,
        options=options,
    )


def people(number: int) -> list[str]:
    return [f"n{one}@example.net" for one in range(number)]


async def test_mails_share_a_connection_that_ends_with_the_block(
    scripted: ScriptedSmtpServer,
) -> None:
    async with tuimail.aconnection(leading_to(scripted), workspace=None) as connection:
        results = [await connection.send(to=one, text="Hi") for one in people(5)]

    assert all(one.is_success for one in results)
    assert scripted.connections == 1
    assert scripted.verbs.count("EHLO") == 1
    assert scripted.verbs[-1] == "QUIT"


def _sent_by_threads(account: tuimail.Account, to: list[str]) -> list[tuimail.Result]:
    with (
        tuimail.connection(account, workspace=None) as connection,
        ThreadPoolExecutor(8) as threads,
    ):
        sending = [threads.submit(connection.send, to=one, text="Hi") for one in to]
        return [one.result() for one in sending]


async def test_threads_share_one_and_each_mail_leaves_once(
    scripted: ScriptedSmtpServer,
) -> None:
    account = leading_to(scripted, connections=2)

    results = await asyncio.to_thread(_sent_by_threads, account, people(40))

    assert all(one.is_success for one in results)
    delivered = [one.recipients for one in scripted.deliveries]
    assert sorted(delivered) == sorted((one,) for one in people(40))
    assert scripted.most_at_once <= 2


@pytest.mark.parametrize("act", [Close(), Close(hard=True)])
async def test_one_that_the_server_dropped_is_replaced(
    scripted: ScriptedSmtpServer, act: Close
) -> None:
    """Found dead when the second mail was to begin, of which nothing was out."""
    scripted.script["mail:2"] = act

    async with tuimail.aconnection(leading_to(scripted), workspace=None) as connection:
        results = [await connection.send(to=one, text="Hi") for one in people(3)]

    assert all(one.is_success for one in results)
    assert scripted.connections == 2
    assert [one.recipients for one in scripted.deliveries] == [
        (one,) for one in people(3)
    ]


async def test_a_line_that_drops_in_the_middle_harms_one_mail_of_five(
    scripted: ScriptedSmtpServer,
) -> None:
    scripted.script["after-end-of-data:2"] = Close()

    async with tuimail.aconnection(leading_to(scripted), workspace=None) as connection:
        results = [await connection.send(to=one, text="Hi") for one in people(5)]

    statuses = [one.status for one in results]
    assert statuses == ["sent", "unknown", "sent", "sent", "sent"]
    assert set(scripted.copies().values()) == {1}


async def test_a_recipient_who_fails_in_one_mail_does_not_hide_in_another(
    scripted: ScriptedSmtpServer,
) -> None:
    scripted.script["rcpt:2"] = Say("550 5.1.1 no such mailbox")

    async with tuimail.aconnection(leading_to(scripted), workspace=None) as connection:
        failing = await connection.send(to="a@example.net, b@example.net", text="Hi")
        going = await connection.send(to="b@example.net", text="Hi")

    assert failing.failed == ("b@example.net",)
    assert going.successful == ("b@example.net",)


async def test_a_wrong_password_is_offered_once_however_many_mails_there_are(
    scripted: ScriptedSmtpServer,
) -> None:
    scripted.logins = {"mara": "right"}
    account = tuimail.Account(
        host=scripted.host,
        port=scripted.port,
        tls="none",
        username="mara",
        password="wrong",
        address=ADDRESS,
        options={"allow_clear_auth": True},
    )

    async with tuimail.aconnection(account, workspace=None) as connection:
        results = [await connection.send(to=one, text="Hi") for one in people(3)]

    assert all(one.failed for one in results)
    assert scripted.verbs.count("AUTH") == 1


async def test_one_that_is_over_sends_nothing(scripted: ScriptedSmtpServer) -> None:
    async with tuimail.aconnection(leading_to(scripted), workspace=None) as connection:
        pass

    with pytest.raises(tuimail.StoreError, match="closed"):
        await connection.send(to="a@example.net", text="Hi")
    silent = await connection.send(to="a@example.net", text="Hi", fail_silently=True)
    assert silent.failed == ("a@example.net",)


async def test_what_needs_a_workspace_is_refused_without_one(
    scripted: ScriptedSmtpServer,
) -> None:
    async with tuimail.aconnection(leading_to(scripted), workspace=None) as connection:
        with pytest.raises(tuimail.FieldError):
            await connection.send(to="a@example.net", text="Hi", idempotency_key="a")
    with tuimail.connection(leading_to(scripted), workspace=None) as blocking:
        refused = blocking.send(
            to="a@example.net", text="Hi", idempotency_key="a", fail_silently=True
        )

    assert isinstance(refused.error, tuimail.FieldError)


def test_without_an_account_each_mail_goes_by_its_own(place: Place) -> None:
    place.account(MORE)

    with tuimail.connection(workspace=None) as connection:
        work = connection.send(to="a@example.net", text="Hi")
        home = connection.send(to="a@example.net", text="Hi", from_="ada@home.example")
        named = connection.send(to="a@example.net", text="Hi", from_="ada@example.org")

    assert [one.account for one in (work, home, named)] == ["work", "home", "work"]
    assert all(one.is_success for one in (work, home, named))
    assert not place.root.exists()


def test_an_account_that_is_set_up_anew_meanwhile_is_opened_anew(place: Place) -> None:
    with tuimail.connection("work", workspace=None) as connection:
        before = connection.send(to="a@example.net", text="Hi")
        place.account(port=1)
        after = connection.send(to="a@example.net", text="Hi")

    assert before.is_success
    assert after.failed == ("a@example.net",)


def test_with_a_workspace_each_mail_is_durable_and_this_process_sends(
    place: Place,
) -> None:
    with tuimail.connection("work") as connection:
        results = [connection.send(to=one, text="Hi") for one in people(2)]

    assert all(one.id and one.is_success for one in results)
    assert len(place.delivered) == 2
    assert place.root.exists()


async def test_with_a_workspace_a_loop_is_not_kept_waiting(place: Place) -> None:
    async with tuimail.aconnection() as connection:
        result = await connection.send(to="a@example.net", text="Hi")

    assert result.id
    assert result.is_success


async def test_with_a_workspace_too_one_that_is_over_sends_nothing(
    place: Place,
) -> None:
    with tuimail.connection() as connection:
        pass
    async with tuimail.aconnection() as waiting:
        pass

    with pytest.raises(tuimail.StoreError, match="connection is closed"):
        connection.send(to="a@example.net", text="Hi")
    with pytest.raises(tuimail.StoreError, match="connection is closed"):
        await waiting.send(to="a@example.net", text="Hi")
    assert place.delivered == ()


MORE = """
[accounts.home]
provider = "dummy"
address = "ada@home.example"
"""
