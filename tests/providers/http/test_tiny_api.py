"""A whole provider over HTTP, against a service that misbehaves."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import pytest

from tests.providers.http.conftest import patience
from tests.providers.http.tiny_api import TinyApi, TinyProvider
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.errors import SecretError, TemporarySecretError
from tuimail.providers.base import ProviderAccount
from tuimail.providers.http.request import HttpLimits
from tuimail.testing import (
    Close,
    Hang,
    ProviderContract,
    RecordedJob,
    Respond,
    Say,
    Scene,
    ScriptedHttpServer,
    Situation,
    WebAct,
    WebScript,
)
from tuimail.testing.situations import FRESH as RENEWED
from tuimail.testing.situations import SECOND, SECRET

ANA, BEN, CIA = "ana@example.net", "ben@example.net", "cia@example.net"
KEY, FRESH = "an old token", "a fresh token"
SENT, DEFERRED = VerdictKind.SENT, VerdictKind.DEFERRED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN

NOWHERE: Final = "http://127.0.0.1:1"
"""Where nobody listens."""
SCRIPTS: Final[dict[Situation, WebScript]] = {
    Situation.REFUSES: {"answer": Respond(status=422, body={"error": "no subject"})},
    Situation.BREAKS_OFF: {"mid-body": Close()},
    Situation.SILENT: {"after-taking": Close()},
    Situation.SLOW_DOWN: {
        "answer": Respond(
            status=429, body={"error": "busy"}, headers={"Retry-After": "120"}
        )
    },
    Situation.FAILS: {"answer": Respond(status=500, body={"error": "try again"})},
    Situation.GATEWAY_FAILS: {"answer": Respond(status=502, body="<h1>Bad Gateway")},
    Situation.GATEWAY_IS_BUSY: {
        "answer": Respond(
            status=503, body="<h1>Back soon", headers={"Retry-After": "60"}
        )
    },
    Situation.GARBAGE: {"after-taking": Respond(body="\x00\x01 queued? perhaps")},
}
KEYS: Final = {
    Situation.WRONG_LOGIN: "another key",
    Situation.OLD_TOKEN: RENEWED,
}
"""What is right where it is not the account's."""


class TestTinyApi(ProviderContract):
    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        api = TinyApi(KEYS.get(situation, SECRET))
        if situation is Situation.REFUSES_SECOND:
            api.kinds[SECOND] = "rejected"
        script = SCRIPTS.get(situation)
        is_old = situation is Situation.OLD_TOKEN
        account = self.account_with_tokens if is_old else self.account
        async with ScriptedHttpServer(script, answer=api.answer) as server:
            url = NOWHERE if situation is Situation.NOT_THERE else server.url
            yield Scene(
                provider=TinyProvider(account(url=url)),
                copies=lambda: sum(
                    one.is_taken for one in server.requests if one.method == "POST"
                ),
            )


def provider_at(
    url: str,
    *,
    secret: Callable[[], str | None] = lambda: KEY,
    renew: Callable[[], str | None] | None = None,
    limits: HttpLimits | None = None,
) -> TinyProvider:
    account = ProviderAccount(
        name="work", options={"url": url}, secret=secret, renew_secret=renew
    )
    return TinyProvider(account, limits=limits)


async def submitted(
    *acts: WebAct, script: WebScript | None = None, recipients: tuple[str, ...] = (ANA,)
) -> Verdicts:
    server = ScriptedHttpServer(script, answers=acts, answer=TinyApi(KEY).answer)
    async with server:
        limits = patience(*acts, script=script)
        return await provider_at(server.url, limits=limits).submit(
            RecordedJob(*recipients).job
        )


def kinds(verdicts: Verdicts) -> list[VerdictKind]:
    return [verdict.kind for verdict in verdicts.by_recipient]


async def test_the_message_arrives_byte_for_byte() -> None:
    recorded = RecordedJob(ANA, BEN, piece_bytes=7)
    async with ScriptedHttpServer(answer=TinyApi(KEY).answer) as server:
        verdicts = await provider_at(server.url).submit(recorded.job)

    body = server.requests[0].json
    assert base64.b64decode(body["message"]) == recorded.content
    assert body["to"] == [ANA, BEN]
    assert kinds(verdicts) == [SENT, SENT]
    assert verdicts.server == f"127.0.0.1:{server.port}"
    receipt = verdicts.by_recipient[0].receipt
    assert (receipt.stage, receipt.code) == ("reply", 200)
    assert receipt.provider_message_id == "4F2A77"


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        ("86400000", timedelta(days=1)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=1)),
        ("Sat, 21 Nov 2020 12:02:00 GMT", None),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
async def test_a_wait_is_kept_by_the_message_and_the_account(
    value: str, wait: timedelta | None
) -> None:
    busy = Respond(status=429, headers={"Retry-After": value}, body={"error": "busy"})
    verdicts = await submitted(busy)

    assert kinds(verdicts) == [DEFERRED]
    assert verdicts.by_recipient[0].wait == wait
    assert verdicts.wait == wait
    assert not verdicts.is_unreachable


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Respond(status=500, body={"error": "try again"}), DEFERRED),
        (Respond(status=500, body="<h1>Internal Server Error</h1>"), UNKNOWN),
        (Respond(status=500, body={"message": "not ours"}), UNKNOWN),
        (Respond(status=502, body={"error": "bad gateway"}), UNKNOWN),
        (Respond(status=503, body={"error": "full"}), DEFERRED),
        (Respond(status=503, body="", headers={"Retry-After": "9"}), UNKNOWN),
        (Respond(status=503, body="down"), UNKNOWN),
        (Respond(status=504), UNKNOWN),
        (Respond(status=409, body={"error": "other content"}), REFUSED),
        (Respond(body=""), UNKNOWN),
        (Respond(body="<html>Log in to the hotel's network</html>"), UNKNOWN),
        (Respond(body={"login": "required"}), UNKNOWN),
        (Respond(body=[1]), UNKNOWN),
        (Respond(body='{"id": "4F2A77", "acc'), UNKNOWN),
        (Say(b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"id": 1}'), UNKNOWN),
        (Say(b"220 smtp.example ESMTP\r\n\r\n"), UNKNOWN),
        (Close(hard=True), UNKNOWN),
        (Hang(), UNKNOWN),
    ],
    ids=lambda found: str(found)[:60],
)
async def test_an_answer_ends_as_the_table_says(
    answer: WebAct, kind: VerdictKind
) -> None:
    verdicts = await submitted(answer, recipients=(ANA, BEN))

    assert verdicts.fault is None
    assert kinds(verdicts) == [kind, kind]


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, AccountFault.LOGIN),
        (402, AccountFault.QUOTA),
        (403, AccountFault.LOGIN),
        (404, AccountFault.SETTINGS),
        (302, AccountFault.SETTINGS),
    ],
)
async def test_what_every_message_would_meet_is_the_accounts_fault(
    status: int, fault: AccountFault
) -> None:
    verdicts = await submitted(Respond(status=status, body={"error": "no, " * 999}))

    assert verdicts.fault is fault
    assert verdicts.by_recipient == ()
    assert verdicts.fault_receipt.code == status
    assert len(verdicts.fault_receipt.text) == 2000


async def test_who_is_in_no_list_is_unknown() -> None:
    listed = {"id": "1", "accepted": [ANA.upper()], "queued": [CIA], "rejected": []}
    verdicts = await submitted(Respond(body=listed), recipients=(ANA, BEN, CIA))

    assert kinds(verdicts) == [SENT, UNKNOWN, VerdictKind.QUEUED]


async def test_a_service_that_is_not_there_is_said_to_be_unreachable() -> None:
    async with ScriptedHttpServer() as server:
        url = server.url
    verdicts = await provider_at(url).submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == [DEFERRED]
    assert verdicts.is_unreachable
    assert "refused" in verdicts.by_recipient[0].receipt.text


async def test_a_token_that_ran_out_is_renewed_for_the_next_attempt() -> None:
    """The bytes went out with the old one, and go out once an attempt."""
    tokens = [KEY]
    async with ScriptedHttpServer(answer=TinyApi(FRESH).answer) as server:

        def renew() -> str:
            tokens.append(FRESH)
            return FRESH

        provider = provider_at(server.url, secret=lambda: tokens[-1], renew=renew)
        first = await provider.submit(RecordedJob(ANA).job)
        second = await provider.submit(RecordedJob(ANA).job)

    assert (kinds(first), kinds(second)) == ([DEFERRED], [SENT])
    assert server.copies == 1


async def test_a_fresh_token_that_is_refused_holds_the_account() -> None:
    tokens = [KEY]
    async with ScriptedHttpServer(answer=TinyApi("another").answer) as server:

        def renew() -> str:
            tokens.append(FRESH)
            return FRESH

        provider = provider_at(server.url, secret=lambda: tokens[-1], renew=renew)
        first = await provider.submit(RecordedJob(ANA).job)
        second = await provider.submit(RecordedJob(ANA).job)

    assert kinds(first) == [DEFERRED]
    assert second.fault is AccountFault.LOGIN
    assert tokens == [KEY, FRESH]


async def test_a_token_that_ran_out_again_is_renewed_again() -> None:
    tokens, api = [KEY], TinyApi(KEY)
    async with ScriptedHttpServer(answer=api.answer) as server:

        def renew() -> str:
            tokens.append(api.key)
            return api.key

        provider = provider_at(server.url, secret=lambda: tokens[-1], renew=renew)
        seen = []
        for right in ("second", "second", "third", "third"):
            api.key = right
            seen += kinds(await provider.submit(RecordedJob(ANA).job))

    assert seen == [DEFERRED, SENT, DEFERRED, SENT]


async def test_a_token_that_another_attempt_renewed_is_not_renewed_again() -> None:
    tokens = iter([KEY, FRESH])

    def never() -> str:
        raise AssertionError

    async with ScriptedHttpServer(answer=TinyApi("another").answer) as server:
        provider = provider_at(server.url, secret=lambda: next(tokens), renew=never)
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == [DEFERRED]


async def test_a_renewal_that_brings_the_same_token_is_none() -> None:
    async with ScriptedHttpServer(answer=TinyApi("another").answer) as server:
        provider = provider_at(server.url, renew=lambda: KEY)
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert verdicts.fault is AccountFault.LOGIN


@pytest.mark.parametrize("is_renewing", [False, True])
@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (TemporarySecretError("The token service answers 500."), None),
        (SecretError("The consent was withdrawn."), AccountFault.SECRET),
    ],
)
async def test_a_token_that_cannot_be_had_says_why(
    *, error: SecretError, fault: AccountFault | None, is_renewing: bool
) -> None:
    def fail() -> str:
        raise error

    async with ScriptedHttpServer(answer=TinyApi("another").answer) as server:
        provider = (
            provider_at(server.url, renew=fail)
            if is_renewing
            else provider_at(server.url, secret=fail)
        )
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert verdicts.fault is fault
    assert kinds(verdicts) == ([] if fault else [DEFERRED])
    assert len(server.requests) == is_renewing


@pytest.mark.parametrize(
    "key", ["two\nlines", "schlüssel", "nul\0", "a key ", " a key", "   "]
)
async def test_a_key_that_no_header_can_carry_holds_the_account(key: str) -> None:
    async with ScriptedHttpServer() as server:
        provider = provider_at(server.url, secret=lambda: key)
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert verdicts.fault is AccountFault.SECRET
    assert key not in verdicts.fault_receipt.text
    assert server.connections == 0


async def test_a_check_without_a_key_says_so() -> None:
    check = await provider_at("https://api.example.org", secret=lambda: None).check()

    assert check.fault is AccountFault.SECRET
