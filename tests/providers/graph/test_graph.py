"""The way out through Microsoft Graph, against a Graph that misbehaves."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from typing import Final

import pytest

from tests.core.drafts import a_draft, address, attachment, rendered
from tests.providers.graph.fake_graph import PATH, FakeGraph, message_in, refusal
from tests.providers.http.conftest import patience
from tuimail.core.compose import envelope
from tuimail.core.service import ServiceOptions
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.errors import (
    ConfigurationError,
    SecretError,
    TemporarySecretError,
    UnsupportedFeatureError,
)
from tuimail.providers.base import ProviderAccount
from tuimail.providers.bcc import with_bcc
from tuimail.providers.graph.errors import JUDGEMENTS, NOT_TAKEN
from tuimail.providers.graph.provider import GraphProvider
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
    envelope_to,
)
from tuimail.testing.situations import FRESH, SECRET

ANA, BEN = "ana@example.net", "ben@example.net"
SENT, DEFERRED = VerdictKind.SENT, VerdictKind.DEFERRED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN
NOWHERE: Final = "http://127.0.0.1:1"
SCRIPTS: Final[dict[Situation, WebScript]] = {
    Situation.REFUSES: {"answer": refusal(403, "ErrorSendAsDenied")},
    Situation.BREAKS_OFF: {"mid-body": Close()},
    Situation.SILENT: {"after-taking": Close()},
    Situation.SLOW_DOWN: {
        "answer": refusal(429, "ApplicationThrottled", Retry_After="120")
    },
    Situation.FAILS: {"answer": refusal(503, "ErrorServerBusy")},
    Situation.GATEWAY_FAILS: {
        "answer": Respond(status=504, body="<h1>Gateway Time-out</h1>")
    },
    Situation.GATEWAY_IS_BUSY: {
        "answer": Respond(
            status=503, body="<h1>Back soon", headers={"Retry-After": "60"}
        )
    },
    Situation.GARBAGE: {"after-taking": Respond(status=202, body="<html>welcome")},
}


class TestGraph(ProviderContract):
    """It answers for everybody at once, so that nobody is refused alone."""

    situations = frozenset(Situation) - {Situation.REFUSES_SECOND}

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        tokens = {Situation.WRONG_LOGIN: "another", Situation.OLD_TOKEN: FRESH}
        graph = FakeGraph(tokens.get(situation, SECRET))
        is_renewed = situation is Situation.OLD_TOKEN
        account = self.account_with_tokens if is_renewed else self.account
        script = SCRIPTS.get(situation)
        async with ScriptedHttpServer(script, answer=graph.answer) as server:
            url = NOWHERE if situation is Situation.NOT_THERE else server.url
            yield Scene(
                provider=GraphProvider(account(url=f"{url}/v1.0")),
                copies=lambda: server.copies,
            )


def provider_at(
    url: str,
    *acts: WebAct,
    secret: Callable[[], str | None] = lambda: SECRET,
    renew: Callable[[], str | None] | None = None,
) -> GraphProvider:
    account = ProviderAccount(
        name="work",
        options={"url": f"{url}/v1.0"},
        secret=secret,
        renew_secret=renew,
    )
    return GraphProvider(account, limits=patience(*acts))


async def submitted(*acts: WebAct, recipients: tuple[str, ...] = (ANA,)) -> Verdicts:
    async with ScriptedHttpServer(
        answers=acts, answer=FakeGraph(SECRET).answer
    ) as server:
        return await provider_at(server.url, *acts).submit(RecordedJob(*recipients).job)


def kinds(verdicts: Verdicts) -> set[VerdictKind]:
    return {verdict.kind for verdict in verdicts.by_recipient}


async def test_what_arrives_is_what_was_approved_and_a_bcc() -> None:
    draft = a_draft(
        to=(address(f"Ana <{ANA}>"),), bcc=(address("hidden@bücher.example"),)
    )
    content, whom = rendered(draft), envelope(draft)
    recorded = RecordedJob(content=content, piece_bytes=100)
    async with ScriptedHttpServer(answer=FakeGraph(SECRET).answer) as server:
        verdicts = await provider_at(server.url).submit(
            replace(recorded.job, envelope=whom)
        )

    (request,) = server.requests
    assert (request.method, request.target) == ("POST", PATH)
    assert message_in(request) == with_bcc(content, whom)
    bcc = message_from_bytes(message_in(request))["Bcc"]
    assert bcc == "hidden@xn--bcher-kva.example"
    assert kinds(verdicts) == {SENT}
    assert verdicts.server == f"127.0.0.1:{server.port}"
    receipt = verdicts.by_recipient[0].receipt
    assert (receipt.code, receipt.provider_message_id) == (202, "b5a7e3d0")


async def test_a_mail_that_is_left_for_a_part_of_its_recipients_is_refused() -> None:
    """Graph would send to everybody in the header, those who have it included."""
    recorded = RecordedJob(BEN, content=f"To: {ANA}, {BEN}\r\n\r\nHi\r\n".encode())
    async with ScriptedHttpServer(answer=FakeGraph(SECRET).answer) as server:
        verdicts = await provider_at(server.url).submit(recorded.job)

    assert kinds(verdicts) == {REFUSED}
    assert ANA in verdicts.by_recipient[0].receipt.text
    assert server.connections == 0
    assert "point" not in recorded.events


OUTCOMES: Final[list[tuple[int, str, VerdictKind | AccountFault]]] = [
    (403, "ErrorSendAsDenied", REFUSED),
    (400, "ErrorInvalidRecipients", REFUSED),
    (400, "ErrorMessageSizeExceeded", REFUSED),
    (403, "ErrorMessageBlocked", REFUSED),
    (400, "ErrorMimeContentInvalidBase64String", REFUSED),
    (400, "ErrorMimeContentInvalid", REFUSED),
    (413, "RequestEntityTooLarge", REFUSED),
    (400, "BadRequest", REFUSED),
    (401, "InvalidAuthenticationToken", AccountFault.LOGIN),
    (403, "ErrorAccessDenied", AccountFault.LOGIN),
    (403, "Authorization_RequestDenied", AccountFault.LOGIN),
    (403, "ErrorMessageSubmissionBlocked", AccountFault.LOGIN),
    (403, "ErrorAccountSuspend", AccountFault.LOGIN),
    (400, "ErrorAccountSuspendShowTierUpgrade", AccountFault.LOGIN),
    (404, "MailboxNotEnabledForRESTAPI", AccountFault.SETTINGS),
    (401, "MailboxNotSupportedForRESTAPI", AccountFault.SETTINGS),
    (404, "ResourceNotFound", AccountFault.SETTINGS),
    (400, "ErrorInvalidLicense", AccountFault.SETTINGS),
    (507, "ErrorQuotaExceeded", AccountFault.QUOTA),
    (403, "ErrorSubmissionQuotaExceeded", AccountFault.QUOTA),
    (429, "ErrorExceededMessageLimit", AccountFault.QUOTA),
    (400, "ErrorExceededMessageLimitShowTierUpgrade", AccountFault.QUOTA),
    (400, "ErrorExceededMaxRecipientLimit", AccountFault.QUOTA),
    (400, "ErrorExceededMaxRecipientLimitShowTierUpgrade", AccountFault.QUOTA),
    (400, "ErrorExceededHourlyMessageLimit", AccountFault.QUOTA),
    (429, "ApplicationThrottled", DEFERRED),
    (429, "MailboxConcurrency", DEFERRED),
    (503, "ErrorServerBusy", DEFERRED),
    (500, "ErrorMailboxStoreUnavailable", DEFERRED),
    (503, "ServiceUnavailable", DEFERRED),
    (503, "serviceNotAvailable", DEFERRED),
    (500, "ErrorInternalServerError", UNKNOWN),
    (500, "UnknownError", UNKNOWN),
    (502, "BadGateway", UNKNOWN),
    (504, "ServiceUnavailable", UNKNOWN),
]


@pytest.mark.parametrize(("status", "code", "outcome"), OUTCOMES)
async def test_an_error_ends_as_its_code_says(
    status: int, code: str, outcome: VerdictKind | AccountFault
) -> None:
    verdicts = await submitted(refusal(status, code), recipients=(ANA, BEN))

    if isinstance(outcome, AccountFault):
        assert (verdicts.fault, verdicts.by_recipient) == (outcome, ())
        assert code in verdicts.fault_receipt.text
    else:
        assert (verdicts.fault, kinds(verdicts)) == (None, {outcome})
        assert all(code in one.receipt.text for one in verdicts.by_recipient)


def test_every_code_that_is_judged_is_in_that_table() -> None:
    """A row that is added without a test would be noticed here."""
    assert {*JUDGEMENTS, *NOT_TAKEN} <= {code for _, code, _ in OUTCOMES}


@pytest.mark.parametrize(
    ("code", "wait"),
    [
        ("ErrorExceededMessageLimit", timedelta(days=1)),
        ("ErrorExceededHourlyMessageLimit", timedelta(hours=1)),
        ("ErrorQuotaExceeded", None),
    ],
)
async def test_a_share_that_is_used_up_comes_back_and_a_full_mailbox_does_not(
    code: str, wait: timedelta | None
) -> None:
    verdicts = await submitted(refusal(403, code))

    assert verdicts.wait == wait


@pytest.mark.parametrize(
    "answer",
    [
        Respond(status=200),
        Respond(status=202, body="<html>Log in to the hotel's network</html>"),
        Respond(status=202, body={"error": {"code": "Odd"}}),
        Respond(status=202, body={"error": {"code": "ErrorSendAsDenied"}}),
        Respond(status=500, body="<h1>Internal Server Error</h1>"),
        Respond(status=500, body={"error": "ErrorServerBusy"}),
        Respond(status=500, body={"error": {"code": 7}}),
        Respond(status=500, body=["ErrorServerBusy"]),
        Say(b"HTTP/1.1 202 Accepted\r\nContent-Length: 9\r\n\r\n"),
        Close(hard=True),
        Hang(),
    ],
    ids=lambda found: str(found)[:60],
)
async def test_what_graph_did_not_say_is_not_known(answer: WebAct) -> None:
    verdicts = await submitted(answer)

    assert kinds(verdicts) == {UNKNOWN}


async def test_a_yes_before_the_message_was_complete_is_none() -> None:
    script = {"mid-body": (Respond(status=202), Close())}
    recorded = RecordedJob(content=b"From: x\r\n\r\n" + b"x" * 5_000_000)
    async with ScriptedHttpServer(script) as server:
        verdicts = await provider_at(server.url).submit(recorded.job)

    assert kinds(verdicts) == {DEFERRED}


async def test_one_attempt_is_one_request() -> None:
    async with ScriptedHttpServer(
        answers=[refusal(503, "ErrorServerBusy")], answer=FakeGraph(SECRET).answer
    ) as server:
        await provider_at(server.url).submit(RecordedJob(ANA).job)

    assert len(server.requests) == 1


def accepts(**fields: object) -> None:
    draft = a_draft(**fields)
    provider = GraphProvider(
        ProviderAccount(name="work", options={}, secret=lambda: SECRET)
    )
    provider.accept(draft, envelope(draft))


def test_an_ordinary_mail_is_taken() -> None:
    accepts(attachments=(attachment(),), bcc=(address(BEN),))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"to": (address("jörg@example.net"),)}, "to"),
        ({"to": tuple(address(f"r{n}@example.net") for n in range(501))}, "to"),
        ({"attachments": (attachment(content=b"x" * 3_000_000),)}, "attach"),
        ({"service": ServiceOptions(track_opens=True)}, "track-opens"),
    ],
)
def test_what_graph_cannot_be_told_is_refused_with_its_field(
    fields: dict[str, object], field: str
) -> None:
    with pytest.raises(UnsupportedFeatureError, match="Microsoft 365") as raised:
        accepts(**fields)

    assert raised.value.field == field


async def test_a_check_asks_to_send_what_is_no_message() -> None:
    async with ScriptedHttpServer(answer=FakeGraph(SECRET).answer) as server:
        check = await provider_at(server.url).check()

    assert check.ok
    assert check.endpoint == f"127.0.0.1:{server.port}"
    assert check.limits["size_bytes"] == 3 * 1024 * 1024
    assert (len(server.requests), server.copies) == (1, 0)


async def test_a_check_renews_a_token_that_ran_out() -> None:
    tokens = [SECRET]

    def renew() -> str:
        tokens.append(FRESH)
        return FRESH

    async with ScriptedHttpServer(answer=FakeGraph(FRESH).answer) as server:
        check = await provider_at(
            server.url, secret=lambda: tokens[-1], renew=renew
        ).check()

    assert check.ok
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    ("answer", "fault", "error"),
    [
        (refusal(401, "InvalidAuthenticationToken"), AccountFault.LOGIN, "Invalid"),
        (refusal(403, "ErrorAccessDenied"), AccountFault.LOGIN, "ErrorAccessDenied"),
        (refusal(404, "MailboxNotEnabledForRESTAPI"), AccountFault.SETTINGS, "REST"),
        (refusal(403, "ErrorQuotaExceeded"), AccountFault.QUOTA, "Quota"),
        (refusal(503, "ErrorServerBusy"), None, "ErrorServerBusy"),
        (Respond(status=202), AccountFault.SETTINGS, "not Graph"),
        (Close(), None, "ended the connection"),
    ],
)
async def test_a_check_says_what_is_wrong(
    answer: WebAct, fault: AccountFault | None, error: str
) -> None:
    async with ScriptedHttpServer({"answer": answer}) as server:
        check = await provider_at(server.url).check()

    assert not check.ok
    assert check.fault is fault
    assert error in check.error
    assert check.hint


async def test_a_check_without_a_token_says_so() -> None:
    def fail() -> str:
        raise SecretError("The consent was withdrawn.", hint="Sign in again.")

    check = await provider_at(NOWHERE, secret=fail).check()

    assert check.fault is AccountFault.SECRET
    assert check.error == "The consent was withdrawn. Sign in again."


def test_the_token_goes_nowhere_in_clear() -> None:
    account = ProviderAccount(
        name="work", options={"url": "http://graph.example"}, secret=lambda: SECRET
    )

    with pytest.raises(ConfigurationError, match="in clear"):
        GraphProvider(account)


def test_whom_the_header_names_decides_and_not_the_order() -> None:
    assert with_bcc(b"To: b@x\r\n\r\n", envelope_to("a@x", "b@x")) == (
        b"To: b@x\r\nBcc: a@x\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (TemporarySecretError("The token service answers 500."), None),
        (SecretError("The consent was withdrawn."), AccountFault.SECRET),
    ],
)
async def test_a_token_that_cannot_be_had_sends_nothing(
    error: SecretError, fault: AccountFault | None
) -> None:
    def fail() -> str:
        raise error

    async with ScriptedHttpServer() as server:
        verdicts = await provider_at(server.url, secret=fail).submit(
            RecordedJob(ANA).job
        )

    assert verdicts.fault is fault
    assert kinds(verdicts) == (set() if fault else {DEFERRED})
    assert server.connections == 0
