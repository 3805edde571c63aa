"""What is put into Gmail, and what is asked of it, by the real client library."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.core.drafts import a_draft, address, attachment, rendered
from tests.providers.gmail.fake_gmail import FakeGmail, failure, gmail_at, odd_at
from tests.providers.http.conftest import QUICK
from tuimail.core.compose import envelope
from tuimail.core.service import ServiceOptions
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.errors import (
    ConfigurationError,
    SecretError,
    TemporarySecretError,
    UnsupportedFeatureError,
)
from tuimail.providers.base import LookUp, ProviderAccount
from tuimail.providers.gmail.provider import GmailProvider
from tuimail.providers.http.request import HttpLimits
from tuimail.testing import (
    Close,
    Hang,
    RecordedJob,
    Respond,
    ScriptedHttpServer,
    envelope_to,
)

ANA, BEN = "ana@example.net", "ben@example.net"
TOKEN = "the-token"
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
SENT, DEFERRED = VerdictKind.SENT, VerdictKind.DEFERRED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN
CONTENT = b"From: ada@example.org\r\nTo: ana@example.net\r\nSubject: x\r\n\r\nHi\r\n"
HIDDEN = CONTENT.replace(b"\r\n\r\n", b"\r\nBcc: ben@example.net\r\n\r\n", 1)


def provider_at(
    url: str,
    *,
    secret: Callable[[], str | None] = lambda: TOKEN,
    renew: Callable[[], str | None] | None = None,
    limits: HttpLimits | None = None,
    now: datetime = NOW,
) -> GmailProvider:
    account = ProviderAccount(
        name="work", options={"url": url}, secret=secret, renew_secret=renew
    )
    return GmailProvider(account, limits=limits, now=lambda: now)


async def submitted(
    fake: FakeGmail, recorded: RecordedJob | None = None, **options: Any
) -> Verdicts:
    async with gmail_at(fake) as server:
        provider = provider_at(server.url, **options)
        try:
            return await provider.submit((recorded or a_job()).job)
        finally:
            await provider.close()


def a_job(*recipients: str, **options: Any) -> RecordedJob:
    return RecordedJob(*(recipients or (ANA,)), content=CONTENT, **options)


def kinds(verdicts: Verdicts) -> list[VerdictKind]:
    return [verdict.kind for verdict in verdicts.by_recipient]


async def test_the_message_arrives_with_its_blind_recipients_and_nothing_else() -> None:
    fake = FakeGmail()
    verdicts = await submitted(fake, a_job(ANA, BEN, piece_bytes=7))

    assert fake.taken == [HIDDEN]
    assert kinds(verdicts) == [SENT, SENT]


async def test_without_blind_recipients_the_very_bytes_arrive() -> None:
    fake = FakeGmail()
    await submitted(fake, a_job(ANA))

    assert fake.taken == [CONTENT]


async def test_ids_and_labels_are_in_the_receipt() -> None:
    verdicts = await submitted(FakeGmail())

    receipt = verdicts.by_recipient[0].receipt
    assert (receipt.stage, receipt.code) == ("reply", 200)
    assert receipt.provider_message_id == "19a0"
    assert '"threadId": "19a0"' in receipt.text
    assert '"labelIds": ["SENT"]' in receipt.text


async def test_two_requests_say_what_they_need_and_no_more() -> None:
    async with gmail_at(FakeGmail()) as server:
        provider = provider_at(server.url)
        await provider.submit(a_job().job)
        await provider.close()

    opening, content = server.requests
    usual = {"accept", "accept-encoding", "authorization", "content-length", "host"}
    usual |= {"user-agent"}
    assert opening.method == "POST"
    assert opening.target == (
        "/upload/gmail/v1/users/me/messages/send?alt=json&uploadType=resumable"
    )
    assert opening.headers.keys() - usual == {
        "x-upload-content-length",
        "x-upload-content-type",
    }
    assert opening.headers["content-length"] == "0"
    assert content.method == "PUT"
    assert content.headers.keys() - usual == {"content-range"}
    assert (
        content.headers["content-range"] == f"bytes 0-{len(CONTENT) - 1}/{len(CONTENT)}"
    )
    assert content.headers["user-agent"] == "tuimail"


async def test_the_session_is_kept_before_the_last_piece_leaves() -> None:
    fake, recorded = FakeGmail(), a_job(ANA, BEN)
    async with gmail_at(fake) as server:
        provider = provider_at(server.url)
        await provider.submit(recorded.job)
        await provider.close()

    size, _, uri = recorded.handle.partition(" ")
    assert int(size) == len(HIDDEN)
    assert uri == server.url + server.requests[1].target
    assert recorded.events[-3:] == ["point", "dot.written", "reply.read"]


async def test_a_session_that_is_open_is_said_to_be_so() -> None:
    """Others of the account may follow then."""
    recorded = a_job()
    await submitted(FakeGmail(), recorded)

    assert recorded.events.index("mail") < recorded.events.index("connected")


async def test_a_mail_goes_into_the_conversation_that_it_names() -> None:
    fake = FakeGmail()
    await submitted(fake, threaded("18c2f3a4b5d6e7f8"))

    assert fake.sessions[0].metadata == {"threadId": "18c2f3a4b5d6e7f8"}
    assert fake.sessions[0].message["threadId"] == "18c2f3a4b5d6e7f8"


@pytest.mark.parametrize("where", ["at_opening", "at_content"])
async def test_a_conversation_that_is_not_there_refuses_the_mail(where: str) -> None:
    fake = odd_at(where, failure(404, "notFound"))
    verdicts = await submitted(fake, threaded("18c2f3a4b5d6e7f8"))

    assert kinds(verdicts) == [REFUSED]


def threaded(thread: str) -> RecordedJob:
    recorded = a_job()
    asked_for = ServiceOptions(metadata=(("gmail-thread", thread),))
    whom = replace(recorded.job.envelope, service=asked_for)
    recorded.job = replace(recorded.job, envelope=whom)
    return recorded


async def test_a_copy_for_fewer_than_the_header_names_is_never_made() -> None:
    """Gmail would send to everybody in the header, once more."""
    fake = FakeGmail()
    verdicts = await submitted(fake, a_job(BEN))

    assert kinds(verdicts) == [REFUSED]
    assert "header names ana@example.net" in verdicts.by_recipient[0].receipt.text
    assert fake.sessions == []


async def test_what_is_no_message_of_ours_is_never_sent() -> None:
    fake = FakeGmail()
    recorded = RecordedJob(ANA, content=b"Bcc: x@example.net\r\n\r\nHi\r\n")
    verdicts = await submitted(fake, recorded)

    assert kinds(verdicts) == [REFUSED]
    assert fake.sessions == []


async def test_a_mail_that_is_too_big_is_never_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The blind recipients count as well."""
    monkeypatch.setattr("tuimail.providers.gmail.refusals.MOST_BYTES", len(CONTENT))
    fake = FakeGmail()
    fits = await submitted(fake, a_job(ANA))
    verdicts = await submitted(fake, a_job(ANA, BEN))

    assert kinds(fits) == [SENT]
    assert kinds(verdicts) == [REFUSED, REFUSED]
    assert f"{len(HIDDEN)}" in verdicts.by_recipient[0].receipt.text
    assert len(fake.sessions) == 1


# Tokens.


async def test_a_token_that_ran_out_is_renewed_and_the_session_opened_again() -> None:
    """Nothing of the mail was out, so that the same attempt goes on."""
    tokens = ["an old one"]

    def renew() -> str:
        tokens.append(TOKEN)
        return TOKEN

    fake, recorded = FakeGmail(), a_job()
    verdicts = await submitted(fake, recorded, secret=lambda: tokens[-1], renew=renew)

    assert kinds(verdicts) == [SENT]
    assert len(fake.sessions) == 1
    assert recorded.events.count("point") == 1


async def test_a_token_that_runs_out_after_that_is_renewed_for_the_next_attempt() -> (
    None
):
    tokens = [TOKEN]

    def renew() -> str:
        tokens.append("a fresh one")
        return "a fresh one"

    fake = FakeGmail(at_content=failure(401, "authError"))
    verdicts = await submitted(fake, secret=lambda: tokens[-1], renew=renew)

    assert kinds(verdicts) == [DEFERRED]
    assert tokens == [TOKEN, "a fresh one"]
    assert len(fake.sessions) == 1


async def test_a_fresh_token_that_is_refused_holds_the_account() -> None:
    tokens = ["an old one"]

    def renew() -> str:
        tokens.append("a fresh one")
        return "a fresh one"

    fake = FakeGmail()
    verdicts = await submitted(fake, secret=lambda: tokens[-1], renew=renew)

    assert verdicts.fault is AccountFault.LOGIN
    assert tokens == ["an old one", "a fresh one"]


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (SecretError("Google says: invalid_grant."), AccountFault.SECRET),
        (TemporarySecretError("Google's token service answers 503."), None),
    ],
)
async def test_a_token_that_cannot_be_had_says_why(
    error: SecretError, fault: AccountFault | None
) -> None:
    def fail() -> str:
        raise error

    verdicts = await submitted(FakeGmail(), secret=fail)

    assert verdicts.fault is fault
    assert kinds(verdicts) == ([] if fault else [DEFERRED])


async def test_a_token_that_an_answer_repeats_is_not_kept() -> None:
    """Some servers write what they were sent into their errors."""
    fake = FakeGmail(at_opening=failure(403, "forbidden", f"Bearer {TOKEN} is weak"))
    verdicts = await submitted(fake)

    assert TOKEN not in verdicts.fault_receipt.text
    assert "Bearer (the password) is weak" in verdicts.fault_receipt.text


async def test_a_session_elsewhere_is_not_shown_the_token() -> None:
    async with ScriptedHttpServer() as other:
        fake = FakeGmail(location=f"{other.url}/upload?upload_id=0")
        verdicts = await submitted(fake)

    assert verdicts.fault is AccountFault.SETTINGS
    assert other.connections == 0


# Asking afterwards.


def question(handle: str, *, age: timedelta = timedelta(minutes=5)) -> LookUp:
    return LookUp(
        submission_id="submission",
        message_id="<one@example.org>",
        envelope=envelope_to(ANA, BEN),
        idempotency_key="key",
        committed_at=NOW - age,
        handle=handle,
    )


async def asked(
    fake: FakeGmail,
    recorded: RecordedJob,
    *,
    age: timedelta = timedelta(minutes=5),
    **options: Any,
) -> tuple[Verdicts, Verdicts | None]:
    """Submit to a fake, then ask; it behaves by then, but for ``at_question``."""
    async with gmail_at(fake) as server:
        provider = provider_at(server.url, **options)
        told = await provider.submit(recorded.job)
        found = await provider.look_up(question(recorded.handle, age=age))
        await provider.close()
        return told, found


async def test_silence_is_settled_by_asking_the_session() -> None:
    fake = FakeGmail(after_taking=Close())
    told, found = await asked(fake, a_job(ANA, BEN))

    assert kinds(told) == [UNKNOWN, UNKNOWN]
    assert found is not None
    assert kinds(found) == [SENT, SENT]
    assert found.by_recipient[0].receipt.provider_message_id == "19a0"
    assert len(fake.taken) == 1


async def test_a_mail_that_is_not_all_there_is_sent_again() -> None:
    fake = FakeGmail(at_content=Close())
    told, found = await asked(fake, a_job(ANA, BEN))

    assert kinds(told) == [UNKNOWN, UNKNOWN]
    assert found is not None
    assert kinds(found) == [DEFERRED, DEFERRED]
    assert fake.taken == []


async def test_what_may_still_be_under_way_is_not_said_to_be_missing() -> None:
    fake = FakeGmail(at_content=Close())
    _, found = await asked(fake, a_job(), age=timedelta(seconds=119))

    assert found is None


ALL_THERE = {"Range": f"bytes=0-{len(CONTENT) - 1}"}


@pytest.mark.parametrize(
    "answer",
    [
        failure(404, "notFound"),
        Respond(status=410),
        failure(400, "invalidArgument", "Invalid To header"),
        failure(500, "backendError"),
        failure(429, "rateLimitExceeded"),
        Respond(body="<html>Log in to the hotel's network</html>"),
        Respond(body={"threadId": "19a0"}),
        Respond(body={"id": 7}),
        Respond(body=[]),
        Respond(status=204, body=""),
        Respond(status=308, body="", headers=ALL_THERE),
        Respond(status=308, body="", headers={"Range": "bytes=7-"}),
        Respond(status=308, body="", headers={"Range": "bytes=1-2"}),
        Respond(status=308, body="", headers={"Range": "bytes=0--1"}),
        Respond(status=308, body="", headers={"Location": "https://login.example"}),
        Close(),
    ],
    ids=lambda found: str(found)[:60],
)
async def test_what_proves_nothing_settles_nothing(answer: Any) -> None:
    fake = FakeGmail(at_content=Close(), at_question=answer)
    _, found = await asked(fake, a_job())

    assert found is None


async def test_part_of_a_mail_is_not_all_of_it() -> None:
    there = Respond(status=308, body="", headers={"Range": "bytes=0-42"})
    fake = FakeGmail(at_content=Close(), at_question=there)
    _, found = await asked(fake, a_job())

    assert found is not None
    assert kinds(found) == [DEFERRED, DEFERRED]


async def test_a_question_gets_a_fresh_token_too() -> None:
    tokens = [TOKEN]
    fake = FakeGmail(after_taking=Close())
    recorded = a_job()
    async with gmail_at(fake) as server:

        def renew() -> str:
            tokens.append("a fresh one")
            return "a fresh one"

        provider = provider_at(server.url, secret=lambda: tokens[-1], renew=renew)
        await provider.submit(recorded.job)
        fake.token = "a fresh one"
        found = await provider.look_up(question(recorded.handle))
        await provider.close()

    assert found is not None
    assert kinds(found) == [SENT, SENT]


@pytest.mark.parametrize(
    "handle",
    [
        "",
        "7",
        "7 ",
        "x http://127.0.0.1:1/",
        "7 http://127.0.0.1:1/ x",
        "7 https://evil.example/upload?upload_id=1",
        "7 http://[/",
    ],
)
async def test_only_a_session_of_this_place_is_asked(handle: str) -> None:
    provider = provider_at("https://gmail.googleapis.com")

    assert await provider.look_up(question(handle)) is None


async def test_without_a_token_nothing_is_asked() -> None:
    fake, recorded = FakeGmail(after_taking=Close()), a_job()
    async with gmail_at(fake) as server:
        await provider_at(server.url).submit(recorded.job)
        before = server.connections
        other = provider_at(server.url, secret=lambda: None)
        found = await other.look_up(question(recorded.handle))

    assert found is None
    assert server.connections == before


# What is accepted.


@pytest.mark.parametrize(
    ("draft", "field", "what"),
    [
        ({"to": [f"r{number}@example.net" for number in range(101)]}, "to", "101"),
        ({"to": ["müller@example.net"]}, "to", "not ASCII before the @"),
        ({"bcc": ["müller@example.net"]}, "bcc", "not ASCII before the @"),
        ({"sender": ["müller@example.net"]}, "from", "not ASCII before the @"),
    ],
)
def test_what_gmail_cannot_be_told_is_refused(
    draft: dict[str, list[str]], field: str, what: str
) -> None:
    found = {
        name: tuple(address(one) for one in values) for name, values in draft.items()
    }
    if "sender" in found:
        written = a_draft(sender=found["sender"][0])
    else:
        written = a_draft(**found)

    with pytest.raises(UnsupportedFeatureError, match=re.escape(what)) as raised:
        provider_at("https://gmail.googleapis.com").accept(written, envelope(written))

    assert raised.value.field == field
    assert raised.value.hint


def test_files_that_are_too_big_are_refused() -> None:
    file = replace(attachment(), size_bytes=27_000_000)
    written = a_draft(attachments=(file,))

    with pytest.raises(UnsupportedFeatureError, match="36,700,160") as raised:
        provider_at("https://gmail.googleapis.com").accept(written, envelope(written))

    assert raised.value.field == "attach"


@pytest.mark.parametrize(
    ("asked_for", "field"),
    [
        (ServiceOptions(template_id="welcome"), "template-id"),
        (ServiceOptions(track_opens=True), "track-opens"),
        (ServiceOptions(metadata=(("gmail-thread", "../x"),)), "meta"),
    ],
)
def test_what_gmail_does_not_do_is_refused(
    asked_for: ServiceOptions, field: str
) -> None:
    written = a_draft(service=asked_for)

    with pytest.raises(UnsupportedFeatureError) as raised:
        provider_at("https://gmail.googleapis.com").accept(written, envelope(written))

    assert raised.value.field == field


def test_an_ordinary_mail_is_accepted() -> None:
    asked_for = ServiceOptions(
        tags=("bill",), metadata=(("gmail-thread", "18c2f3a4b5d6e7f8"),)
    )
    written = a_draft(service=asked_for, bcc=(address("hidden@bücher.example"),))

    provider_at("https://gmail.googleapis.com").accept(written, envelope(written))
    assert b"hidden" not in rendered(written)


@pytest.mark.parametrize(
    "url", ["http://gmail.example", "gmail", "https://a@b.example"]
)
def test_a_token_leaves_behind_tls_or_not_at_all(url: str) -> None:
    with pytest.raises(ConfigurationError, match="url"):
        provider_at(url)


# The check.


async def test_a_check_opens_a_session_and_puts_nothing_in() -> None:
    fake = FakeGmail()
    async with gmail_at(fake) as server:
        provider = provider_at(server.url)
        found = await provider.check()
        await provider.close()

    assert found.ok
    assert found.endpoint == f"127.0.0.1:{server.port}"
    assert found.capabilities == ("resumable upload", "35 MiB")
    assert found.limits == {"size_bytes": 36_700_160, "recipients": 100}
    assert [one.method for one in server.requests] == ["POST"]
    assert [one.content for one in fake.sessions] == [b""]


@pytest.mark.parametrize(
    ("fake", "fault", "error", "hint"),
    [
        (FakeGmail(token="x"), AccountFault.LOGIN, "Invalid Cred", "Testing"),
        (
            FakeGmail(at_opening=failure(403, "accessNotConfigured", "Not enabled")),
            AccountFault.SETTINGS,
            "Not enabled",
            "gmail.send",
        ),
        (
            FakeGmail(at_opening=failure(403, "dailyLimitExceeded", "Enough")),
            AccountFault.QUOTA,
            "Enough",
            "California",
        ),
        (FakeGmail(at_opening=failure(503, "", "Down")), None, "Down", "later"),
        (FakeGmail(at_opening=Respond(body="")), None, "no session", "url"),
        (FakeGmail(location="https://evil.example/1"), None, "no session", "url"),
        (FakeGmail(at_opening=Close()), None, "ended the connection", "network"),
    ],
    ids=lambda found: str(found)[:40],
)
async def test_a_check_says_what_is_wrong_and_what_to_do(
    fake: FakeGmail, fault: AccountFault | None, error: str, hint: str
) -> None:
    async with gmail_at(fake) as server:
        provider = provider_at(server.url)
        found = await provider.check()
        await provider.close()

    assert not found.ok
    assert found.fault is fault
    assert error in found.error
    assert hint in found.hint


async def test_a_check_without_a_token_says_so() -> None:
    found = await provider_at(
        "https://gmail.googleapis.com", secret=lambda: None
    ).check()

    assert found.fault is AccountFault.SECRET
    assert "tuimail auth gmail work" in found.hint


async def test_a_check_of_what_is_closed_says_so() -> None:
    provider = provider_at("http://127.0.0.1:1")
    await provider.close()
    found = await provider.check()

    assert not found.ok
    assert "stopped" in found.error


async def test_a_service_that_never_answers_is_given_up() -> None:
    fake = FakeGmail(at_opening=Hang())
    verdicts = await submitted(fake, limits=QUICK)

    assert kinds(verdicts) == [DEFERRED]


async def test_uploads_at_the_same_time_do_not_wait_for_each_other() -> None:
    """Each has a thread, and what a mail waits for needs none of theirs."""
    fake = FakeGmail()
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
    standing = asyncio.Barrier(4)

    async def pieces() -> AsyncIterator[bytes]:
        yield CONTENT[:-4]
        await standing.wait()
        await asyncio.to_thread(int)
        yield CONTENT[-4:]

    async with gmail_at(fake) as server, asyncio.timeout(10):
        provider = provider_at(server.url)
        jobs = [replace(a_job().job, pieces=pieces) for _ in range(4)]
        told = await asyncio.gather(*map(provider.submit, jobs))
        await provider.close()

    assert [kinds(one) for one in told] == [[SENT]] * 4
