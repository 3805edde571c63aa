"""Cloudflare Email Service: the bytes as they are, and a verdict for everybody."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import pytest

from tests.core.drafts import CONTENT, a_draft, address, attachment, rendered
from tests.providers.cloudflare.fake_cloudflare import (
    FakeCloudflare,
    envelope,
    failure,
)
from tests.providers.http.conftest import patience
from tuimail.core import compose
from tuimail.core.draft import Body, Draft, Priority
from tuimail.core.submission import AccountFault, Verdict, VerdictKind, Verdicts
from tuimail.errors import (
    ConfigurationError,
    TemporarySecretError,
    UnsupportedFeatureError,
)
from tuimail.providers.base import ProviderAccount
from tuimail.providers.cloudflare.provider import CloudflareProvider
from tuimail.providers.http.request import HttpLimits
from tuimail.testing import (
    Close,
    Hang,
    ProviderContract,
    RecordedJob,
    Respond,
    Scene,
    ScriptedHttpServer,
    Situation,
    WebAct,
    WebScript,
)
from tuimail.testing.situations import FRESH, SECOND, SECRET

ANA, BEN, CIA = "ana@example.net", "ben@example.net", "cia@example.net"
SENT, QUEUED = VerdictKind.SENT, VerdictKind.QUEUED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN
DEFERRED = VerdictKind.DEFERRED
NOWHERE: Final = "http://127.0.0.1:1"
SCRIPTS: Final[dict[Situation, WebScript]] = {
    Situation.REFUSES: {"answer": failure(400, 10001, "email.sending.error.schema")},
    Situation.BREAKS_OFF: {"mid-body": Close()},
    Situation.SILENT: {"after-taking": Close()},
    Situation.SLOW_DOWN: {
        "answer": replace(failure(429, 10004), headers={"Retry-After": "120"})
    },
    Situation.FAILS: {"answer": failure(503, 10100)},
    Situation.GATEWAY_FAILS: {"answer": Respond(status=502, body="<h1>Bad gateway")},
    Situation.GATEWAY_IS_BUSY: {
        "answer": Respond(
            status=503, body="<h1>Back soon", headers={"Retry-After": "60"}
        )
    },
    Situation.GARBAGE: {"after-taking": Respond(body='{"success": tr')},
}
KEYS: Final = {Situation.WRONG_LOGIN: "another", Situation.OLD_TOKEN: FRESH}


class TestCloudflare(ProviderContract):
    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        api = FakeCloudflare(KEYS.get(situation, SECRET))
        if situation is Situation.REFUSES_SECOND:
            api.lists[SECOND] = "permanent_bounces"
        is_old = situation is Situation.OLD_TOKEN
        account = self.account_with_tokens if is_old else self.account
        script = SCRIPTS.get(situation)
        async with ScriptedHttpServer(script, answer=api.answer) as server:
            url = NOWHERE if situation is Situation.NOT_THERE else server.url
            yield Scene(
                provider=CloudflareProvider(account(url=url, account_id="abc123")),
                copies=lambda: sum(
                    one.is_taken for one in server.requests if one.method == "POST"
                ),
            )


def provider_at(
    url: str,
    *,
    limits: HttpLimits | None = None,
    renew: Callable[[], str] | None = None,
) -> CloudflareProvider:
    account = ProviderAccount(
        name="work",
        options={"url": url, "account_id": "abc123"},
        secret=lambda: SECRET,
        renew_secret=renew,
    )
    return CloudflareProvider(account, limits=limits)


async def submitted(
    *acts: WebAct,
    api: FakeCloudflare | None = None,
    script: WebScript | None = None,
    to: tuple[str, ...] = (ANA,),
) -> Verdicts:
    api = api or FakeCloudflare(SECRET)
    async with ScriptedHttpServer(script, answers=acts, answer=api.answer) as server:
        limits = patience(*acts, script=script)
        provider = provider_at(server.url, limits=limits)
        return await provider.submit(RecordedJob(*to).job)


def kinds(verdicts: Verdicts) -> list[VerdictKind]:
    return [verdict.kind for verdict in verdicts.by_recipient]


def of(verdicts: Verdicts, number: int) -> Verdict:
    return verdicts.by_recipient[number]


async def test_the_bytes_go_out_as_they_are_to_the_envelope_alone() -> None:
    recorded = RecordedJob(ANA, BEN)
    api = FakeCloudflare(SECRET)
    async with ScriptedHttpServer(answer=api.answer) as server:
        verdicts = await provider_at(server.url).submit(recorded.job)

    ((path, body),) = api.taken
    assert path == "/send_raw"
    assert body == {
        "from": "ada@example.org",
        "recipients": [ANA, BEN],
        "mime_message": recorded.content.decode(),
    }
    assert of(verdicts, 0).receipt.provider_message_id == "<4F2A@example.org>"


async def test_everybody_has_the_list_they_are_in() -> None:
    api = FakeCloudflare(SECRET)
    api.lists |= {BEN: "queued", CIA: "suppressed_recipients"}
    verdicts = await submitted(api=api, to=(ANA, BEN, CIA))

    assert kinds(verdicts) == [SENT, QUEUED, REFUSED]
    assert of(verdicts, 2).receipt.text == f"suppressed_recipients: {CIA}"
    assert "delivered" in of(verdicts, 0).receipt.text


@pytest.mark.parametrize(
    "result",
    [
        {"message_id": "<1@x>"},
        {"delivered": None, "queued": "ana@example.net"},
        {"delivered": [{"address": ANA}, 7], "message_id": 9},
        [],
    ],
)
async def test_who_is_in_no_list_is_unknown(result: object) -> None:
    verdicts = await submitted(Respond(body=envelope(result)))

    assert kinds(verdicts) == [UNKNOWN]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failure(400, 10001), REFUSED),
        (failure(400, 10200), REFUSED),
        (failure(400, 10201), REFUSED),
        (failure(400, 7), REFUSED),
        (failure(500, 10002), UNKNOWN),
        (failure(500, 10003), REFUSED),
        (failure(500, 10099), UNKNOWN),
        (failure(503, 10100), DEFERRED),
        (failure(429, 10004), DEFERRED),
        (failure(200, 10001), REFUSED),
        (failure(200, 7), UNKNOWN),
        (failure(200, 10002), UNKNOWN),
        (Respond(body={"success": True}), UNKNOWN),
        (Respond(body={"success": False, "errors": {}}), UNKNOWN),
        (Respond(body={"success": False, "errors": ["odd", {"code": "x"}]}), UNKNOWN),
        (Respond(status=500, body="<h1>Error 1101"), UNKNOWN),
        (Respond(status=400, body="bad"), REFUSED),
        (Respond(body=[1]), UNKNOWN),
        (Hang(), UNKNOWN),
    ],
    ids=lambda found: str(found)[:90],
)
async def test_an_answer_ends_as_the_table_says(
    answer: WebAct, kind: VerdictKind
) -> None:
    verdicts = await submitted(answer)

    assert verdicts.fault is None
    assert kinds(verdicts) == [kind]


@pytest.mark.parametrize(
    ("status", "code", "fault"),
    [
        (401, 10101, AccountFault.LOGIN),
        (401, 10103, AccountFault.LOGIN),
        (401, 1000, AccountFault.LOGIN),
        (400, 6003, AccountFault.LOGIN),
        (403, 10102, AccountFault.LOGIN),
        (403, 10105, AccountFault.SETTINGS),
        (403, 10203, AccountFault.SETTINGS),
        (404, 10000, AccountFault.SETTINGS),
    ],
)
async def test_what_every_message_would_meet_is_the_accounts_fault(
    status: int, code: int, fault: AccountFault
) -> None:
    verdicts = await submitted(failure(status, code), to=(ANA, BEN))

    assert verdicts.fault is fault
    assert verdicts.by_recipient == ()
    assert str(code) in verdicts.fault_receipt.text


async def test_a_share_that_is_used_up_is_waited_for() -> None:
    busy = replace(failure(429, 10004), headers={"Retry-After": "3600"})
    verdicts = await submitted(busy)

    assert verdicts.wait == timedelta(hours=1)


async def test_an_inner_error_before_the_message_was_out_took_nothing() -> None:
    big = RecordedJob(ANA, content=b"From: a@b.example\r\n\r\n" + b"x" * 9_000_000)
    script = {"mid-body": (failure(500, 10002), Close())}
    async with ScriptedHttpServer(script) as server:
        verdicts = await provider_at(server.url).submit(big.job)

    assert kinds(verdicts) == [DEFERRED]


class TestOneBecauseOfWhomNobodyGetsIt:
    async def test_is_refused_and_the_others_get_it(self) -> None:
        api = FakeCloudflare(SECRET)
        api.poisoned = {BEN}
        verdicts = await submitted(api=api, to=(ANA, BEN, CIA))

        assert kinds(verdicts) == [SENT, REFUSED, SENT]
        assert "suppressed" in of(verdicts, 1).receipt.text
        assert [body["recipients"] for _, body in api.taken] == [[ANA], [CIA]]

    async def test_the_others_get_the_bytes_as_they_are(self) -> None:
        content, envelope = as_sent(full_draft())
        api = FakeCloudflare(SECRET)
        api.poisoned = {"bob@b.example"}
        job = replace(RecordedJob(content=content).job, envelope=envelope)
        async with ScriptedHttpServer(answer=api.answer) as server:
            verdicts = await provider_at(server.url).submit(job)

        assert kinds(verdicts) == [REFUSED, SENT, SENT]
        assert [path for path, _ in api.taken] == ["/send_raw"] * 2
        assert {body["mime_message"] for _, body in api.taken} == {content.decode()}

    async def test_alone_is_refused_at_once(self) -> None:
        api = FakeCloudflare(SECRET)
        api.poisoned = {ANA}
        async with ScriptedHttpServer(answer=api.answer) as server:
            verdicts = await provider_at(server.url).submit(RecordedJob(ANA).job)

        assert kinds(verdicts) == [REFUSED]
        assert len(server.requests) == 1

    async def test_passes_the_point_of_no_return_once(self) -> None:
        api = FakeCloudflare(SECRET)
        api.poisoned = {BEN}
        recorded = RecordedJob(ANA, BEN)
        async with ScriptedHttpServer(answer=api.answer) as server:
            await provider_at(server.url).submit(recorded.job)

        assert recorded.events.count("point") == 1

    async def test_leaves_the_others_for_later_when_the_service_wants_time(
        self,
    ) -> None:
        busy = replace(failure(429, 10004), headers={"Retry-After": "60"})
        verdicts = await submitted(
            failure(400, 10099), taken(ANA), busy, to=(ANA, BEN, CIA)
        )

        assert kinds(verdicts) == [SENT, DEFERRED, DEFERRED]
        assert of(verdicts, 2).wait == verdicts.wait == timedelta(minutes=1)
        assert of(verdicts, 2).receipt.code == 429

    async def test_keeps_what_is_known_when_the_account_is_refused(self) -> None:
        verdicts = await submitted(
            failure(400, 10099), taken(ANA), failure(403, 10203), to=(ANA, BEN, CIA)
        )

        assert verdicts.fault is AccountFault.SETTINGS
        assert kinds(verdicts) == [SENT]

    async def test_asks_on_after_silence_about_one(self) -> None:
        verdicts = await submitted(
            failure(400, 10099), Close(), taken(BEN), to=(ANA, BEN)
        )

        assert kinds(verdicts) == [UNKNOWN, SENT]

    async def test_hides_no_unknown_behind_a_fault(self) -> None:
        verdicts = await submitted(
            failure(400, 10099), Close(), failure(401, 10101), to=(ANA, BEN, CIA)
        )

        assert verdicts.fault is None
        assert kinds(verdicts) == [UNKNOWN, DEFERRED, DEFERRED]
        assert of(verdicts, 1).receipt.code == 401

    async def test_defers_the_rest_when_the_token_ends_between(self) -> None:
        def fail() -> str:
            raise TemporarySecretError("The token service is down.")

        answers = (failure(400, 10099), taken(ANA), failure(401, 10101))
        async with ScriptedHttpServer(answers=answers) as server:
            provider = provider_at(server.url, renew=fail)
            verdicts = await provider.submit(RecordedJob(ANA, BEN, CIA).job)

        assert kinds(verdicts) == [SENT, DEFERRED, DEFERRED]


def taken(*delivered: str) -> Respond:
    return Respond(body=envelope({"delivered": list(delivered)}))


def full_draft() -> Draft:
    return a_draft(
        sender=address("Ada <ada@b.example>"),
        to=(address("Bob <bob@b.example>"),),
        cc=(address("cc@bücher.example"),),
        bcc=(address("hidden@b.example"),),
        reply_to=(address("team@b.example"),),
        subject="Grüße",
        body=Body(text="Hi", html='<img src="cid:logo">'),
        attachments=(
            attachment("l.png", content_type="image/png", content_id="logo"),
            attachment("f.pdf"),
        ),
        headers=(("X-A", "1"),),
    )


def as_sent(draft: Draft) -> tuple[bytes, Any]:
    return rendered(draft), compose.envelope(draft)


class TestTellingItInParts:
    async def test_is_what_is_done_where_the_bytes_cannot_be_read(self) -> None:
        api = FakeCloudflare(SECRET)
        api.reads_raw = False
        recorded = RecordedJob(ANA, BEN)
        async with ScriptedHttpServer(answer=api.answer) as server:
            verdicts = await provider_at(server.url).submit(recorded.job)

        ((path, body),) = api.taken
        assert kinds(verdicts) == [SENT, SENT]
        assert recorded.events.count("point") == 1
        assert path == "/send"
        assert body == {
            "from": "ada@example.org",
            "to": [ANA, BEN],
            "subject": "dots",
            "text": ".\n..two\nplain\n",
        }

    async def test_goes_on_when_one_recipient_is_in_the_way(self) -> None:
        api = FakeCloudflare(SECRET)
        api.reads_raw, api.poisoned = False, {ANA}
        verdicts = await submitted(api=api, to=(ANA, BEN))

        assert kinds(verdicts) == [REFUSED, SENT]
        assert [path for path, _ in api.taken] == ["/send"]

    async def test_shows_nobody_another_list_than_was_approved(self) -> None:
        """One of three is in the way; alone, each of the others would be shown less."""
        content, envelope = as_sent(full_draft())
        api = FakeCloudflare(SECRET)
        api.reads_raw, api.poisoned = False, {"bob@b.example"}
        job = replace(RecordedJob(content=content).job, envelope=envelope)
        async with ScriptedHttpServer(answer=api.answer) as server:
            verdicts = await provider_at(server.url).submit(job)

        assert kinds(verdicts) == [REFUSED] * 3
        assert len(server.requests) == 2
        assert api.taken == []

    @pytest.mark.parametrize("number", [0, 1, 2])
    async def test_is_not_tried_for_one_of_those_whom_it_names(
        self, number: int
    ) -> None:
        content, envelope = as_sent(full_draft())
        alone = replace(envelope, recipients=(envelope.recipients[number],))
        api = FakeCloudflare(SECRET)
        api.reads_raw = False
        job = replace(RecordedJob(content=content).job, envelope=alone)
        async with ScriptedHttpServer(answer=api.answer) as server:
            verdicts = await provider_at(server.url).submit(job)

        assert kinds(verdicts) == [REFUSED]
        assert [one.target.rpartition("/")[2] for one in server.requests] == [
            "send_raw"
        ]

    async def test_is_not_tried_where_a_subject_would_be_read_otherwise(self) -> None:
        draft = a_draft(subject="=?utf-8?q?Boss?=", body=Body(text="Hi"))
        provider = provider_at(NOWHERE)

        provider.accept(draft, compose.envelope(draft))

        assert provider.payload(*as_sent(draft)) == rendered(draft)

    async def test_that_fails_too_is_refused(self) -> None:
        unreadable = failure(400, 10202)
        verdicts = await submitted(unreadable, unreadable)

        assert kinds(verdicts) == [REFUSED]

    @pytest.mark.parametrize(
        "content",
        [
            b"From: ada@b.example\r\nSubject: empty\r\n\r\n",
            b"From: ada@b.example\r\nReply-To: a@b.example, b@b.example\r\n\r\nx\r\n",
            b"From: ada@b.example\r\nX-A: 1\r\nx-a: 2\r\n\r\nx\r\n",
            b"From: ada@b.example\r\nContent-Type: a/b\r\n\r\nx\r\n",
        ],
    )
    async def test_is_not_tried_where_it_would_say_something_else(
        self, content: bytes
    ) -> None:
        recorded = RecordedJob(ANA, content=content)
        async with ScriptedHttpServer(answers=[failure(400, 10202)]) as server:
            provider = provider_at(server.url)
            verdicts = await provider.submit(recorded.job)

        assert kinds(verdicts) == [REFUSED]
        assert len(server.requests) == 1
        assert provider.payload(content, recorded.job.envelope) == content

    def test_says_all_that_the_mail_says(self) -> None:
        provider = provider_at(NOWHERE)
        found = json.loads(provider.payload(*as_sent(full_draft())))
        files = [one["content"] for one in found.pop("attachments")]

        assert found == {
            "from": {"address": "ada@b.example", "name": "Ada"},
            "to": [{"address": "bob@b.example", "name": "Bob"}],
            "cc": ["cc@xn--bcher-kva.example"],
            "bcc": ["hidden@b.example"],
            "reply_to": "team@b.example",
            "subject": "Grüße",
            "text": "Hi\n",
            "html": '<img src="cid:logo">\n',
            "headers": {"X-A": "1"},
        }
        assert list(map(base64.b64decode, files)) == [CONTENT, CONTENT]

    def test_says_which_file_is_shown_within_the_text(self) -> None:
        found = json.loads(provider_at(NOWHERE).payload(*as_sent(full_draft())))
        inline, saved = found["attachments"]
        inline.pop("content")
        saved.pop("content")

        assert inline == {
            "filename": "l.png",
            "type": "image/png",
            "disposition": "inline",
            "content_id": "logo",
        }
        assert saved == {
            "filename": "f.pdf",
            "type": "application/pdf",
            "disposition": "attachment",
        }

    def test_is_what_an_approval_is_bound_to(self) -> None:
        assert CloudflareProvider.capabilities.derivation == "cloudflare 2"


LONG_THREAD: Final = tuple(f"<{number}@{'x' * 80}>" for number in range(30))
TOO_MUCH: Final = attachment(content=b"x" * 4_000_000)


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"to": tuple(address(f"r{n}@b.example") for n in range(51))}, "to", "50"),
        ({"to": (address("jörg@b.example"),)}, "to", "ASCII"),
        ({"subject": "x" * 999}, "subject", "998"),
        ({"headers": (("Date-Of", "x"),)}, "header", "Date-Of"),
        ({"headers": (("Feedback-ID", "x"),)}, "header", "Feedback-ID"),
        ({"headers": (("X-Long", "word " * 420),)}, "header", "X-Long"),
        ({"headers": (("X-A!", "x"),)}, "header", "X-A!"),
        ({"headers": (("List-Unsubscribe", "<http://a.ex>"),)}, "header", "List"),
        ({"headers": (("List-Unsubscribe-Post", "Yes"),)}, "header", "List"),
        ({"references": LONG_THREAD}, "references", "References"),
        ({"headers": (("Keywords", "a"),) * 21}, "header", "21 headers"),
        ({"headers": (("X-A", "wörd " * 120),) * 18}, "header", "16,384"),
        ({"attachments": (TOO_MUCH,)}, "attach", "5,242,880"),
    ],
)
def test_what_the_service_does_not_take_is_refused_when_it_is_approved(
    fields: dict[str, Any], field: str, words: str
) -> None:
    draft = a_draft(**fields)
    with pytest.raises(UnsupportedFeatureError, match=words) as caught:
        provider_at(NOWHERE).accept(draft, compose.envelope(draft))

    assert caught.value.field == field
    assert "Cloudflare" in str(caught.value)


@pytest.mark.parametrize(
    "fields",
    [
        {"subject": "x" * 998, "body": Body(text="a", html="b")},
        {"priority": Priority.HIGH, "unsubscribe_url": "https://a.example/?x=1"},
        {"in_reply_to": "<a@b>", "references": ("<a@b>", "<c@d>")},
        {
            "headers": (
                ("X-Anything_1", "Grüße"),
                ("List-Unsubscribe", "<https://a.example>, <mailto:a@b.example>"),
                ("Auto-Submitted", "auto-generated"),
            )
        },
        {"cc": (address("a@b.example"),), "bcc": (address("b@b.example"),)},
    ],
)
def test_what_the_service_takes_is_not_refused(fields: dict[str, Any]) -> None:
    draft = a_draft(**fields)

    provider_at(NOWHERE).accept(draft, compose.envelope(draft))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "account_id .* is missing"),
        ({"account_id": "../x"}, "none of Cloudflare's"),
        ({"account_id": "abc", "url": "http://a.example"}, "in clear"),
    ],
)
def test_settings_that_lead_nowhere_are_refused(
    given: dict[str, str], words: str
) -> None:
    account = ProviderAccount(name="work", options=given, secret=lambda: SECRET)
    with pytest.raises(ConfigurationError, match=words):
        CloudflareProvider(account)


async def test_a_check_says_what_the_account_may_send() -> None:
    api = FakeCloudflare(SECRET)
    async with ScriptedHttpServer(answer=api.answer) as server:
        check = await provider_at(server.url).check()

    assert check.ok
    assert check.limits == {"size_bytes": 5_242_880, "recipients": 50}
    assert [one.method for one in server.requests] == ["GET"]
    assert server.requests[0].target.endswith("/abc123/email/sending/suppressions")


@pytest.mark.parametrize(
    ("answer", "fault", "hint"),
    [
        (failure(403, 10102), AccountFault.LOGIN, "Email Sending: Edit"),
        (failure(404, 10000), AccountFault.SETTINGS, "account_id"),
        (Respond(body="<html>"), None, "url"),
        (Close(), None, "network"),
    ],
)
async def test_a_check_says_what_to_do(
    answer: WebAct, fault: AccountFault | None, hint: str
) -> None:
    async with ScriptedHttpServer(answers=[answer]) as server:
        check = await provider_at(server.url).check()

    assert (check.ok, check.fault) == (False, fault)
    assert hint in check.hint
    assert check.error


async def test_a_check_gets_a_fresh_token_once() -> None:
    tokens = [SECRET]

    def renew() -> str:
        tokens.append(FRESH)
        return FRESH

    account = ProviderAccount(
        name="work",
        options={"account_id": "abc123"},
        secret=lambda: tokens[-1],
        renew_secret=renew,
    )
    async with ScriptedHttpServer(answer=FakeCloudflare(FRESH).answer) as server:
        options = {"account_id": "abc123", "url": server.url}
        check = await CloudflareProvider(replace(account, options=options)).check()

    assert check.ok
    assert tokens == [SECRET, FRESH]


async def test_an_answer_that_repeats_the_token_is_kept_without_it() -> None:
    answer = failure(401, 10101, f"no such token: {SECRET}")
    async with ScriptedHttpServer(answers=[answer, answer]) as server:
        provider = provider_at(server.url)
        verdicts = await provider.submit(RecordedJob(ANA).job)
        check = await provider.check()

    assert "no such token: (the password)" in verdicts.fault_receipt.text
    assert SECRET not in repr((verdicts, check))


async def test_an_account_without_a_key_says_so() -> None:
    account = ProviderAccount(
        name="work", options={"account_id": "abc123"}, secret=lambda: None
    )
    provider = CloudflareProvider(account)
    check = await provider.check()
    verdicts = await provider.submit(RecordedJob(ANA).job)

    assert (check.ok, check.fault) == (False, AccountFault.SECRET)
    assert verdicts.fault is AccountFault.SECRET
    assert check.endpoint == "api.cloudflare.com:443"
