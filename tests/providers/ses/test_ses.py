"""The way out through Amazon SES: the real client, against an SES that misbehaves."""

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.session import Session

from tests.core.drafts import a_draft, address, attachment, rendered
from tests.providers.conftest import Authority
from tests.providers.http.conftest import patience
from tests.providers.ses.fake_ses import (
    ACCOUNT,
    MESSAGE_ID,
    SEND,
    STATE,
    FakeSes,
    message_in,
    refusal,
)
from tuimail.core.compose import envelope
from tuimail.core.draft import Draft
from tuimail.core.service import ServiceOptions
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.errors import ConfigurationError, SecretError, UnsupportedFeatureError
from tuimail.providers.base import ProviderAccount
from tuimail.providers.ses.errors import JUDGEMENTS, THROTTLED
from tuimail.providers.ses.provider import SesProvider
from tuimail.testing import (
    Close,
    Drip,
    Hang,
    ProviderContract,
    Received,
    RecordedJob,
    Respond,
    Say,
    Scene,
    ScriptedHttpServer,
    Situation,
    WebAct,
    WebScript,
    standing_still_at_a_piece,
    standing_still_at_the_point,
)
from tuimail.testing.situations import SECRET

KEY_ID: Final = "AKIDEXAMPLE"
ANA, BEN = "ana@example.net", "ben@example.net"
SENT, DEFERRED = VerdictKind.SENT, VerdictKind.DEFERRED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN
NOWHERE: Final = "http://127.0.0.1:1"
SCRIPTS: Final[dict[Situation, WebScript]] = {
    Situation.REFUSES: {"answer": refusal(400, "MessageRejected")},
    Situation.BREAKS_OFF: {"mid-body": Close()},
    Situation.SILENT: {"after-taking": Close()},
    Situation.SLOW_DOWN: {
        "answer": refusal(400, "ThrottlingException", "Daily message quota exceeded.")
    },
    Situation.GATEWAY_FAILS: {"answer": Respond(status=504, body="<h1>Time-out</h1>")},
    Situation.GATEWAY_IS_BUSY: {
        "answer": Respond(
            status=503, body="<h1>Back soon", headers={"Retry-After": "60"}
        )
    },
    Situation.GARBAGE: {"after-taking": Respond(body="<html>welcome")},
}
LEFT_OUT: Final = frozenset({
    Situation.REFUSES_SECOND,  # one answer for everybody
    Situation.OLD_TOKEN,  # boto3 renews what it has, and our secret is no token
    Situation.FAILS,  # after its own errors, too, mail was seen to arrive
})  # fmt: skip


class TestSes(ProviderContract):
    situations = frozenset(Situation) - LEFT_OUT

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        is_wrong = situation is Situation.WRONG_LOGIN
        ses = FakeSes("ANOTHER" if is_wrong else KEY_ID)
        async with ScriptedHttpServer(
            SCRIPTS.get(situation), answer=ses.answer
        ) as server:
            url = NOWHERE if situation is Situation.NOT_THERE else server.url
            yield Scene(
                provider=SesProvider(self.account(**options(url))),
                copies=lambda: sum(
                    one.is_taken for one in server.requests if one.method == "POST"
                ),
            )


def options(url: str, **more: str) -> dict[str, str | int | bool]:
    return {
        "region": "eu-central-1",
        "access_key_id": KEY_ID,
        "url": url,
        **more,
    }


def provider_at(
    url: str,
    *acts: WebAct,
    without: str = "",
    **more: str,
) -> SesProvider:
    found = {
        key: value for key, value in options(url, **more).items() if key != without
    }
    account = ProviderAccount(name="work", options=found, secret=lambda: SECRET)
    return SesProvider(account, limits=patience(*acts))


async def submitted(*acts: WebAct, recipients: tuple[str, ...] = (ANA,)) -> Verdicts:
    server = ScriptedHttpServer(answers=acts, answer=FakeSes(KEY_ID).answer)
    async with server:
        return await provider_at(server.url, *acts).submit(RecordedJob(*recipients).job)


def kinds(verdicts: Verdicts) -> set[VerdictKind]:
    return {verdict.kind for verdict in verdicts.by_recipient}


async def sent(draft: Draft, **more: str) -> tuple[Received, Verdicts]:
    recorded = RecordedJob(content=rendered(draft), piece_bytes=100)
    job = replace(recorded.job, envelope=envelope(draft))
    async with ScriptedHttpServer(answer=FakeSes(KEY_ID).answer) as server:
        verdicts = await provider_at(server.url, **more).submit(job)
    (request,) = server.requests
    return request, verdicts


async def test_what_arrives_is_what_was_approved_and_whom_it_is_for() -> None:
    draft = a_draft(
        to=(address(f"Ana <{ANA}>"),),
        cc=(address(BEN),),
        bcc=(address("hidden@bücher.example"),),
    )
    request, verdicts = await sent(draft)

    assert (request.method, request.target) == ("POST", SEND)
    assert message_in(request) == rendered(draft)
    assert request.json["Destination"] == {
        "ToAddresses": [ANA],
        "CcAddresses": [BEN],
        "BccAddresses": ["hidden@xn--bcher-kva.example"],
    }
    assert request.json["FromEmailAddress"] == "agent@corp.example"
    assert request.json.keys() == {"FromEmailAddress", "Destination", "Content"}
    assert kinds(verdicts) == {SENT}
    receipt = verdicts.by_recipient[0].receipt
    assert (receipt.code, receipt.provider_message_id) == (200, MESSAGE_ID)


async def test_tags_and_configuration_set_are_told() -> None:
    draft = a_draft(
        service=ServiceOptions(tags=("invoice",), metadata=(("order", "17"),))
    )
    request, _ = await sent(draft, configuration_set="reports")

    assert request.json["ConfigurationSetName"] == "reports"
    assert request.json["EmailTags"] == [
        {"Name": "order", "Value": "17"},
        {"Name": "invoice", "Value": "1"},
    ]


async def test_what_leaves_is_what_was_signed() -> None:
    """Signed by boto3 and sent by us; a header changed on the way would break it."""
    request, _ = await sent(a_draft())

    authorization = request.headers["authorization"]
    names = authorization.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    again = AWSRequest(
        method="POST",
        url=f"http://{request.headers['host']}{SEND}",
        data=request.body,
        headers={name: request.headers[name] for name in names if name != "host"},
    )
    again.context["timestamp"] = request.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(KEY_ID, SECRET), "ses", "eu-central-1")
    canonical = signer.canonical_request(again)
    signature = signer.signature(signer.string_to_sign(again, canonical), again)
    assert authorization.endswith(f"Signature={signature}")
    assert "host" in names


async def test_nothing_is_told_about_the_machine() -> None:
    request, _ = await sent(a_draft())

    assert request.headers["user-agent"] == "tuimail"


OUTCOMES: Final[list[tuple[int, str, VerdictKind | AccountFault]]] = [
    (429, "TooManyRequestsException", DEFERRED),
    (400, "Throttling", DEFERRED),
    (400, "ThrottlingException", DEFERRED),
    (400, "ThrottledException", DEFERRED),
    (400, "RequestThrottled", DEFERRED),
    (400, "RequestThrottledException", DEFERRED),
    (400, "LimitExceededException", AccountFault.QUOTA),
    (400, "AccountSuspendedException", AccountFault.SETTINGS),
    (400, "SendingPausedException", AccountFault.SETTINGS),
    (400, "MailFromDomainNotVerifiedException", REFUSED),
    (400, "MessageRejected", REFUSED),
    (400, "BadRequestException", REFUSED),
    (400, "SomethingNewException", REFUSED),
    (404, "NotFoundException", AccountFault.SETTINGS),
    (403, "AccessDenied", AccountFault.LOGIN),
    (403, "AccessDeniedException", AccountFault.LOGIN),
    (403, "UnrecognizedClientException", AccountFault.LOGIN),
    (403, "InvalidSignatureException", AccountFault.LOGIN),
    (403, "SignatureDoesNotMatch", AccountFault.LOGIN),
    (403, "InvalidClientTokenId", AccountFault.LOGIN),
    (400, "IncompleteSignature", AccountFault.LOGIN),
    (403, "MissingAuthenticationTokenException", AccountFault.LOGIN),
    (400, "RequestExpired", AccountFault.LOGIN),
    (403, "ExpiredToken", AccountFault.LOGIN),
    (403, "ExpiredTokenException", AccountFault.LOGIN),
    (500, "InternalServiceErrorException", UNKNOWN),
    (500, "InternalFailure", UNKNOWN),
    (502, "BadGateway", UNKNOWN),
    (503, "ServiceUnavailable", UNKNOWN),
    (504, "GatewayTimeout", UNKNOWN),
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
    assert {*JUDGEMENTS, *THROTTLED} <= {code for _, code, _ in OUTCOMES}


async def test_too_much_in_a_second_is_over_soon() -> None:
    busy = refusal(400, "Throttling", "Maximum sending rate exceeded.")
    verdicts = await submitted(busy)

    assert kinds(verdicts) == {DEFERRED}
    assert verdicts.wait == timedelta(seconds=30)


async def test_too_much_in_a_day_holds_the_account_for_hours() -> None:
    busy = refusal(429, "TooManyRequestsException", "Daily message quota exceeded.")
    verdicts = await submitted(busy)

    assert verdicts.fault is AccountFault.QUOTA
    assert verdicts.wait == timedelta(hours=1)


@pytest.mark.parametrize(
    "answer",
    [
        Respond(body={}),
        Respond(body={"MessageId": ""}),
        Respond(body={"MessageId": ["x"]}),
        Respond(status=500, body={"code": {"a": 1}}),
        Respond(body=""),
        Respond(body=[1]),
        Respond(body='{"MessageId": "4F2A'),
        Respond(body="<html>Log in to the hotel's network</html>"),
        Respond(status=500, body="<h1>Internal Server Error</h1>"),
        Say(b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"MessageId": "4"}'),
        Say(b"220 smtp.example ESMTP\r\n\r\n"),
        Close(hard=True),
        Hang(),
        Drip(),
    ],
    ids=lambda found: str(found)[:60],
)
async def test_what_ses_did_not_say_is_not_known(answer: WebAct) -> None:
    verdicts = await submitted(answer)

    assert (verdicts.fault, kinds(verdicts)) == (None, {UNKNOWN})


@pytest.mark.parametrize(
    ("status", "fault", "expected"),
    [(400, None, {VerdictKind.REFUSED}), (403, AccountFault.LOGIN, set())],
)
@pytest.mark.parametrize("code", [{"a": 1}, ["a"], 7, None])
async def test_an_error_in_a_form_that_is_none_ends_as_its_status_says(
    status: int, fault: AccountFault | None, expected: set[VerdictKind], code: object
) -> None:
    verdicts = await submitted(Respond(status=status, body={"code": code}))

    assert (verdicts.fault, kinds(verdicts)) == (fault, expected)


@pytest.mark.parametrize("act", [Hang(), refusal(500, "InternalFailure"), Close()])
async def test_one_attempt_is_one_request(act: WebAct) -> None:
    """boto3 by itself would make three, each of them a mail that may arrive."""
    async with ScriptedHttpServer({"after-taking": act}) as server:
        server.answer = FakeSes(KEY_ID).answer
        verdicts = await provider_at(server.url, act).submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {UNKNOWN}
    assert (len(server.requests), server.copies) == (1, 1)


@pytest.mark.parametrize("act", [Hang(), Close(), Close(hard=True)])
@pytest.mark.parametrize("stage", ["connect", "head", "mid-body"])
async def test_what_ends_before_the_body_is_complete_means_later(
    stage: str, act: WebAct
) -> None:
    recorded = RecordedJob(ANA, content=b"From: x\r\n\r\n" + b"x" * 5_000_000)
    async with ScriptedHttpServer({stage: act}) as server:
        verdicts = await provider_at(server.url, act).submit(recorded.job)

    assert kinds(verdicts) == {DEFERRED}
    assert "point" not in recorded.events


async def test_a_name_that_is_not_known_means_later() -> None:
    verdicts = await provider_at("https://ses.invalid").submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {DEFERRED}
    assert verdicts.is_unreachable


@pytest.mark.parametrize("problem", ["unknown CA", "wrong host", "expired"])
async def test_a_server_that_does_not_prove_itself_is_asked_nothing(
    authority: Authority, tmp_path: Path, problem: str
) -> None:
    context = authority.context(
        names=("other.example",) if problem == "wrong host" else ("127.0.0.1",),
        is_expired=problem == "expired",
    )
    trust = {} if problem == "unknown CA" else {"ca_file": str(authority.file)}
    async with ScriptedHttpServer(tls=context) as server:
        verdicts = await provider_at(server.url, **trust).submit(RecordedJob(ANA).job)

    assert verdicts.fault is AccountFault.CERTIFICATE
    assert server.requests == []


async def test_a_server_with_an_authority_of_its_own_is_trusted(
    authority: Authority,
) -> None:
    server = ScriptedHttpServer(tls=authority.context(), answer=FakeSes(KEY_ID).answer)
    async with server:
        verdicts = await provider_at(server.url, ca_file=str(authority.file)).submit(
            RecordedJob(ANA).job
        )

    assert kinds(verdicts) == {SENT}


async def test_a_ca_file_that_is_none_holds_the_account(tmp_path: Path) -> None:
    provider = provider_at("https://127.0.0.1", ca_file=str(tmp_path / "none.pem"))
    verdicts = await provider.submit(RecordedJob(ANA).job)

    assert verdicts.fault is AccountFault.SETTINGS
    assert "none.pem" in verdicts.fault_receipt.text


async def test_no_proxy_and_no_endpoint_of_the_environment_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with (
        ScriptedHttpServer(answer=FakeSes(KEY_ID).answer) as server,
        ScriptedHttpServer() as other,
    ):
        monkeypatch.setenv("HTTP_PROXY", other.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL", other.url)
        await provider_at(server.url).submit(RecordedJob(ANA).job)

    assert (server.copies, other.connections) == (1, 0)


async def test_credentials_are_found_where_aws_keeps_them(aws_folder: Path) -> None:
    write_credentials(aws_folder, "default", KEY_ID)
    async with ScriptedHttpServer(answer=FakeSes(KEY_ID).answer) as server:
        provider = provider_at(server.url, without="access_key_id")
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {SENT}


async def test_a_profile_names_other_credentials(aws_folder: Path) -> None:
    write_credentials(aws_folder, "mail", KEY_ID)
    async with ScriptedHttpServer(answer=FakeSes(KEY_ID).answer) as server:
        provider = provider_at(server.url, without="access_key_id", profile="mail")
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert kinds(verdicts) == {SENT}


@pytest.mark.parametrize(
    ("profile", "fault", "text"),
    [
        ({}, AccountFault.SECRET, "credentials"),
        ({"profile": "missing"}, AccountFault.SETTINGS, "missing"),
    ],
)
async def test_a_machine_without_credentials_holds_the_account(
    profile: dict[str, str], fault: AccountFault, text: str
) -> None:
    async with ScriptedHttpServer() as server:
        provider = provider_at(server.url, without="access_key_id", **profile)
        verdicts = await provider.submit(RecordedJob(ANA).job)
        check = await provider.check()

    assert verdicts.fault is fault
    assert text in verdicts.fault_receipt.text
    assert (check.ok, check.fault) == (False, fault)
    assert check.hint
    assert server.connections == 0


async def test_a_token_service_that_is_not_there_means_later(aws_folder: Path) -> None:
    """Credentials are asked for over the network, and nobody answers."""
    (aws_folder / "config").write_text(
        "[profile mail]\nrole_arn = arn:aws:iam::1:role/mail\nregion = eu-central-1\n"
        f"source_profile = base\nservices = here\n[services here]\nsts =\n"
        f"  endpoint_url = {NOWHERE}\n"
    )
    write_credentials(aws_folder, "base", KEY_ID)
    async with ScriptedHttpServer() as server:
        provider = provider_at(server.url, without="access_key_id", profile="mail")
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert (verdicts.fault, kinds(verdicts)) == (None, {DEFERRED})
    assert server.connections == 0


async def test_a_token_service_that_refuses_holds_the_account(aws_folder: Path) -> None:
    denied = Respond(
        status=403,
        body="<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message>"
        "</Error></ErrorResponse>",
    )
    async with ScriptedHttpServer({"answer": denied}) as service:
        (aws_folder / "config").write_text(
            "[profile mail]\nrole_arn = arn:aws:iam::1:role/mail\n"
            "region = eu-central-1\nsource_profile = base\nservices = here\n"
            f"[services here]\nsts =\n  endpoint_url = {service.url}\n"
        )
        write_credentials(aws_folder, "base", KEY_ID)
        provider = provider_at(service.url, without="access_key_id", profile="mail")
        verdicts = await provider.submit(RecordedJob(ANA).job)

    assert verdicts.fault is AccountFault.SECRET
    assert SEND not in {request.target for request in service.requests}


async def test_credentials_that_ran_out_are_read_anew_once(aws_folder: Path) -> None:
    """Another program may have written fresh ones meanwhile."""
    write_credentials(aws_folder, "default", "OLDONE")
    ses = FakeSes("OLDONE")
    ran_out = refusal(403, "ExpiredTokenException")
    async with ScriptedHttpServer(answer=ses.answer) as server:
        provider = provider_at(server.url, without="access_key_id")
        told = [await provider.submit(RecordedJob(ANA).job)]
        server.answers.append(ran_out)
        told.append(await provider.submit(RecordedJob(ANA).job))
        write_credentials(aws_folder, "default", KEY_ID)
        ses.access_key_id = KEY_ID
        told.append(await provider.submit(RecordedJob(ANA).job))
        server.answers.extend([ran_out, ran_out])
        told.append(await provider.submit(RecordedJob(ANA).job))
        told.append(await provider.submit(RecordedJob(ANA).job))

    assert [kinds(one) for one in told[:4]] == [{SENT}, {DEFERRED}, {SENT}, {DEFERRED}]
    assert told[4].fault is AccountFault.LOGIN


async def test_a_secret_that_cannot_be_read_holds_the_account() -> None:
    def fail() -> str:
        raise SecretError("The keyring is locked.")

    account = ProviderAccount(name="work", options=options(NOWHERE), secret=fail)
    provider = SesProvider(account)
    verdicts = await provider.submit(RecordedJob(ANA).job)
    check = await provider.check()

    assert verdicts.fault is AccountFault.SECRET
    assert (check.fault, check.error) == (AccountFault.SECRET, "The keyring is locked.")


async def test_what_boto3_will_not_say_is_refused() -> None:
    """Nothing that was approved is so; it must not be tried for days."""
    recorded = RecordedJob(ANA)
    whom = replace(recorded.job.envelope, return_path=7)  # type: ignore[arg-type]
    async with ScriptedHttpServer() as server:
        verdicts = await provider_at(server.url).submit(
            replace(recorded.job, envelope=whom)
        )

    assert kinds(verdicts) == {REFUSED}
    assert "FromEmailAddress" in verdicts.by_recipient[0].receipt.text
    assert server.connections == 0


@pytest.mark.parametrize(
    "stopping", [standing_still_at_a_piece, standing_still_at_the_point]
)
async def test_what_is_given_up_leaves_nothing_behind(stopping: Any) -> None:
    job, stop = stopping(RecordedJob(ANA).job)
    async with ScriptedHttpServer(answer=FakeSes(KEY_ID).answer) as server:
        submitting = asyncio.create_task(provider_at(server.url).submit(job))
        await stop.is_reached.wait()
        submitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await submitting
        stop.goes_on.set()

    assert server.copies == 0


async def test_a_request_that_comes_too_late_is_not_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """boto3 was still signing when nobody waited any more."""
    signing, goes_on = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    real = Session.create_client

    def slowly(*arguments: Any, **named: Any) -> Any:
        loop.call_soon_threadsafe(signing.set)
        asyncio.run_coroutine_threadsafe(goes_on.wait(), loop).result()
        client = real(*arguments, **named)
        client.meta.events.register(
            "response-received.sesv2", lambda **_: loop.call_soon_threadsafe(ended.set)
        )
        return client

    monkeypatch.setattr(Session, "create_client", slowly)
    async with ScriptedHttpServer(answer=FakeSes(KEY_ID).answer) as server:
        submitting = asyncio.create_task(
            provider_at(server.url).submit(RecordedJob(ANA).job)
        )
        await signing.wait()
        submitting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await submitting
        goes_on.set()
        await ended.wait()

    assert server.connections == 0


async def test_no_log_has_the_message(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await sent(a_draft(subject="Between the two of us"))

    assert "QmV0d2Vlbi" not in caplog.text
    assert "Between" not in caplog.text


def accepts(**fields: Any) -> None:
    draft = a_draft(**fields)
    provider_at(NOWHERE).accept(draft, envelope(draft))


def test_an_ordinary_mail_is_taken() -> None:
    accepts(
        attachments=(attachment(),),
        headers=(("X-Campaign", "spring"),),
        service=ServiceOptions(tags=("a-b_c", "a-b_c"), metadata=(("order", "17"),)),
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"to": (address("jörg@example.net"),)}, "to"),
        ({"to": tuple(address(f"r{n}@example.net") for n in range(51))}, "to"),
        ({"headers": (("X-SES-Configuration-Set", "x"),)}, "header"),
        ({"attachments": (attachment(content=b"x" * 30_000_000),)}, "attach"),
        ({"service": ServiceOptions(template_id="welcome")}, "template-id"),
        ({"service": ServiceOptions(tags=("two words",))}, "tag"),
        ({"service": ServiceOptions(tags=("schön",))}, "tag"),
        ({"service": ServiceOptions(metadata=(("order", "a.b"),))}, "meta"),
        ({"service": ServiceOptions(metadata=(("a.b", "order"),))}, "meta"),
        ({"service": ServiceOptions(metadata=(("order", ""),))}, "meta"),
        (
            {"service": ServiceOptions(tags=("order",), metadata=(("order", "17"),))},
            "tag",
        ),
    ],
)
def test_what_ses_cannot_be_told_is_refused_with_its_field(
    fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(UnsupportedFeatureError, match="Amazon SES") as raised:
        accepts(**fields)

    assert raised.value.field == field


async def checked(state: Mapping[str, object]) -> Any:
    ses = FakeSes(KEY_ID)
    ses.state = dict(state)
    async with ScriptedHttpServer(answer=ses.answer) as server:
        check = await provider_at(server.url).check()
    assert [one.target for one in server.requests] == [ACCOUNT]
    assert check.endpoint == f"127.0.0.1:{server.port}"
    return check


async def test_a_check_says_what_may_be_sent() -> None:
    check = await checked(STATE)

    assert check.ok
    assert check.limits == {"per_day": 50000, "per_second": 14, "sent_today": 17}
    assert check.capabilities == ("production",)
    assert check.hint == ""


async def test_a_check_says_that_it_is_a_sandbox() -> None:
    check = await checked(STATE | {"ProductionAccessEnabled": False})

    assert check.ok
    assert check.capabilities == ("sandbox",)
    assert "verified" in check.hint


async def test_a_check_says_that_sending_is_switched_off() -> None:
    check = await checked(STATE | {"SendingEnabled": False})

    assert (check.ok, check.fault) == (False, AccountFault.SETTINGS)
    assert "switched off" in check.error
    assert check.hint


async def test_a_check_without_a_limit_states_none() -> None:
    check = await checked({"SendQuota": {"Max24HourSend": -1.0}})

    assert check.ok
    assert check.limits == {}


@pytest.mark.parametrize("number", [math.inf, math.nan, 1e300, None])
async def test_a_limit_that_is_no_number_is_none(number: float | None) -> None:
    check = await checked({"SendQuota": {"Max24HourSend": number}})

    assert check.ok
    assert check.limits == {}


async def test_a_check_whose_answer_has_no_form_is_no_good_one() -> None:
    check = await checked({"SendQuota": {"Max24HourSend": "many"}})

    assert not check.ok
    assert "many" in check.error


async def test_an_answer_that_is_no_account_is_no_good_check() -> None:
    check = await checked({"welcome": "to the hotel"})

    assert not check.ok


async def test_a_key_that_may_only_send_is_good_all_the_same() -> None:
    denied = refusal(403, "AccessDeniedException")
    async with ScriptedHttpServer({"answer": denied}) as server:
        check = await provider_at(server.url).check()

    assert check.ok
    assert check.limits == {}
    assert "ses:GetAccount" in check.hint


async def test_a_check_of_a_service_that_is_not_there_says_so() -> None:
    check = await provider_at(NOWHERE).check()

    assert (check.ok, check.fault) == (False, None)
    assert "refused" in check.error
    assert check.hint


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"region": ""}, "region"),
        ({"region": "Frankfurt"}, "region"),
        ({"region": "fips-us-east-1"}, "region"),
        ({"region": "eu-central-1.evil.example"}, "region"),
        ({"profile": "mail"}, "access_key_id"),
        ({"url": "http://ses.example"}, "url"),
        ({"region_name": "x"}, "region_name"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(given: dict[str, str], field: str) -> None:
    account = ProviderAccount(
        name="work", options=options(NOWHERE) | given, secret=lambda: SECRET
    )

    with pytest.raises(ConfigurationError) as raised:
        SesProvider(account)

    assert raised.value.field == field
    assert raised.value.hint


def test_where_it_asks_is_known_before_it_does() -> None:
    provider = provider_at("", without="url")

    assert provider._server == "email.eu-central-1.amazonaws.com:443"


def test_without_boto3_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)

    with pytest.raises(ConfigurationError, match="boto3") as raised:
        provider_at(NOWHERE)

    assert raised.value.hint == "Install it: pip install 'tuimail[ses]'"


def write_credentials(folder: Path, profile: str, key_id: str) -> None:
    (folder / "credentials").write_text(
        f"[{profile}]\naws_access_key_id = {key_id}\naws_secret_access_key = {SECRET}\n"
    )
