"""Atmos: a request where it says everything, and its SMTP where it does not."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from tests.core.drafts import a_draft, address, attachment, rendered
from tests.providers.atmos.fake_atmos import DID, STANDING, FakeAtmos, no
from tests.providers.http.conftest import patience
from tuimail.core import compose
from tuimail.core.draft import Body, Draft
from tuimail.core.message import Envelope
from tuimail.core.service import Category, ServiceOptions
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.providers.atmos.answers import Standing, slowed_down
from tuimail.providers.atmos.options import smtp_account
from tuimail.providers.atmos.provider import AtmosProvider
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
    Script,
    ScriptedHttpServer,
    ScriptedSmtpServer,
    Situation,
    WebAct,
    WebScript,
)
from tuimail.testing.situations import FRESH, SECOND, SECRET

ANA, BEN, CIA = "ana@example.net", "ben@example.net", "cia@example.net"
SENT, DEFERRED = VerdictKind.SENT, VerdictKind.DEFERRED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN
NOWHERE: Final = "http://127.0.0.1:1"
NO_WAIT: Final = timedelta(0)
SCRIPTS: Final[dict[Situation, WebScript]] = {
    Situation.REFUSES: {"answer": no(400, "INVALID_REQUEST")},
    Situation.SILENT: {"after-taking": Close()},
    Situation.SLOW_DOWN: {"answer": no(429, "RATE_LIMITED")},
    Situation.FAILS: {"answer": no(503, "QUEUE_FULL")},
    Situation.GATEWAY_FAILS: {"answer": Respond(status=502, body="<h1>Bad gateway")},
    Situation.GATEWAY_IS_BUSY: {
        "answer": Respond(
            status=503, body="<h1>Back soon", headers={"Retry-After": "60"}
        )
    },
    Situation.GARBAGE: {"after-taking": Respond(body="ok")},
}
SMTP_SCRIPTS: Final[dict[Situation, Script]] = {
    Situation.BREAKS_OFF: {"mid-data": Close()},
}
"""The contract's large message is one that no request can hold."""
KEYS: Final = {Situation.WRONG_LOGIN: "another", Situation.OLD_TOKEN: FRESH}


class TestAtmos(ProviderContract):
    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        api = FakeAtmos(KEYS.get(situation, SECRET))
        if situation is Situation.REFUSES_SECOND:
            api.rejected[SECOND] = "suppressed"
        is_old = situation is Situation.OLD_TOKEN
        account = self.account_with_tokens if is_old else self.account
        smtp = ScriptedSmtpServer(SMTP_SCRIPTS.get(situation), logins={DID: SECRET})
        web = ScriptedHttpServer(SCRIPTS.get(situation), answer=api.answer)
        async with web, smtp:
            url = NOWHERE if situation is Situation.NOT_THERE else web.url
            yield Scene(
                provider=AtmosProvider(account(url=url, did=DID, smtp_port=smtp.port)),
                copies=lambda: (
                    sum(one.is_taken for one in web.requests if one.method == "POST")
                    + sum(one.is_accepted for one in smtp.deliveries)
                ),
            )


def provider_at(
    url: str, *, limits: HttpLimits | None = None, **options: str | int | bool
) -> AtmosProvider:
    account = ProviderAccount(
        name="work",
        options={"url": url, "did": DID, **options},
        secret=lambda: SECRET,
    )
    return AtmosProvider(account, limits=limits)


async def submitted(
    *acts: WebAct,
    api: FakeAtmos | None = None,
    script: WebScript | None = None,
    to: tuple[str, ...] = (ANA,),
) -> Verdicts:
    api = api or FakeAtmos(SECRET)
    async with ScriptedHttpServer(script, answers=acts, answer=api.answer) as server:
        limits = patience(*acts, script=script)
        provider = provider_at(server.url, limits=limits)
        return await provider.submit(RecordedJob(*to).job)


async def sent_over_smtp(
    draft: Draft, script: Script | None = None, *, api: FakeAtmos | None = None
) -> tuple[Verdicts, ScriptedSmtpServer]:
    web = ScriptedHttpServer(answer=(api or FakeAtmos(SECRET)).answer)
    async with web, ScriptedSmtpServer(script, logins={DID: SECRET}) as smtp:
        provider = provider_at(web.url, smtp_port=smtp.port)
        recorded = RecordedJob(content=rendered(draft), piece_bytes=1000)
        job = replace(recorded.job, envelope=compose.envelope(draft))
        verdicts = await provider.submit(job)
        await provider.close()
    assert not [one for one in web.requests if one.method == "POST"]
    return verdicts, smtp


def kinds(verdicts: Verdicts) -> list[VerdictKind]:
    return [verdict.kind for verdict in verdicts.by_recipient]


def told(draft: Draft, *, named_from: bool = False) -> Any:
    """Return the request for ``draft``; None where it goes over SMTP."""
    provider = provider_at(NOWHERE, named_from=named_from)
    payload = provider.payload(rendered(draft), compose.envelope(draft))
    return json.loads(payload) if payload.startswith(b"{") else None


class TestOverHttp:
    async def test_a_plain_mail_is_told_in_one_request(self) -> None:
        api = FakeAtmos(SECRET)
        verdicts = await submitted(api=api, to=(ANA, BEN))

        assert kinds(verdicts) == [SENT, SENT]
        assert api.taken == [
            {
                "from": "ada@example.org",
                "to": [ANA, BEN],
                "subject": "dots",
                "text": ".\n..two\nplain\n",
            }
        ]
        ids = [one.receipt.provider_message_id for one in verdicts.by_recipient]
        assert ids == ["448", "449"]

    def test_says_all_that_it_can(self) -> None:
        draft = a_draft(
            to=(address("a@bücher.example"),),
            reply_to=(address("team@b.example"),),
            subject="Grüße",
            body=Body(text="Hi", html="<p>Hi"),
            headers=(("X-A", "1"), ("List-Unsubscribe", "<https://a.example>")),
            service=ServiceOptions(category=Category.TRANSACTIONAL),
        )

        assert told(draft) == {
            "from": "agent@corp.example",
            "to": ["a@xn--bcher-kva.example"],
            "subject": "Grüße",
            "text": "Hi\n",
            "html": "<p>Hi\n",
            "replyTo": "team@b.example",
            "headers": {"X-A": "1", "List-Unsubscribe": "<https://a.example>"},
            "category": "transactional",
        }

    def test_leaves_out_a_text_that_is_not_there(self) -> None:
        found = told(a_draft(body=Body(html="<p>Hi")))

        assert "text" not in found
        assert found["html"] == "<p>Hi\n"

    def test_says_the_senders_name_where_it_is_allowed_to(self) -> None:
        draft = a_draft(
            sender=address('"A \\"x\\"" <a@b.example>'), body=Body(text="x")
        )

        assert told(draft) is None
        found = told(draft, named_from=True)
        assert found["from"] == '"A \\"x\\"" <a@b.example>'

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({"accepted": [{"recipient": ANA, "messageId": "x-9"}]}, SENT),
            ({"accepted": [{"recipient": ANA, "messageId": None}]}, SENT),
            ({"accepted": [], "rejected": None}, REFUSED),
            ({"accepted": []}, REFUSED),
            ({"accepted": None, "rejected": [{"recipient": ANA}]}, REFUSED),
            ({"accepted": [{"recipient": BEN}], "rejected": []}, UNKNOWN),
            ({"accepted": ["odd", {"recipient": 7}]}, UNKNOWN),
            ({"accepted": None}, UNKNOWN),
            ({"status": "ok"}, UNKNOWN),
            ([], UNKNOWN),
        ],
    )
    async def test_a_yes_is_read_for_each_recipient(
        self, body: object, expected: VerdictKind
    ) -> None:
        verdicts = await submitted(Respond(body=body))

        assert kinds(verdicts) == [expected]

    async def test_who_is_rejected_has_the_reason(self) -> None:
        api = FakeAtmos(SECRET)
        api.rejected[BEN] = "recipient is suppressed"
        verdicts = await submitted(api=api, to=(ANA, BEN))

        assert kinds(verdicts) == [SENT, REFUSED]
        assert verdicts.by_recipient[1].receipt.text == "recipient is suppressed"

    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (no(403, "DOMAIN_MISMATCH"), REFUSED),
            (no(400, "INVALID_REQUEST"), REFUSED),
            (no(400, "SOMETHING_NEW"), REFUSED),
            (no(429, "RATE_LIMITED"), DEFERRED),
            (no(503, "QUEUE_FULL"), DEFERRED),
            (no(503, "TEMPORARILY_UNAVAILABLE"), DEFERRED),
            (no(500, "INTERNAL_ERROR"), DEFERRED),
            (no(500, "SOMETHING_NEW"), DEFERRED),
            (Respond(status=500, body="panic"), UNKNOWN),
            (Respond(status=500, body={"error": "no code"}), UNKNOWN),
            (Respond(status=400, body="bad request"), REFUSED),
            (Respond(status=422, body={"error": "no code"}), REFUSED),
            (Hang(), UNKNOWN),
        ],
        ids=lambda found: str(found)[:80],
    )
    async def test_an_answer_ends_as_the_table_says(
        self, answer: WebAct, kind: VerdictKind
    ) -> None:
        verdicts = await submitted(answer, to=(ANA, BEN))

        assert verdicts.fault is None
        assert kinds(verdicts) == [kind, kind]

    @pytest.mark.parametrize(
        ("status", "code", "fault"),
        [
            (400, "AUTH_REQUIRED", AccountFault.LOGIN),
            (400, "INVALID_DID", AccountFault.SETTINGS),
            (401, "AUTH_FAILED", AccountFault.LOGIN),
            (403, "MEMBER_SUSPENDED", AccountFault.SETTINGS),
        ],
    )
    async def test_what_every_message_would_meet_is_the_accounts_fault(
        self, status: int, code: str, fault: AccountFault
    ) -> None:
        verdicts = await submitted(no(status, code))

        assert verdicts.fault is fault
        assert code in verdicts.fault_receipt.text

    async def test_a_key_that_is_not_there_holds_the_account(self) -> None:
        account = ProviderAccount(name="work", options={"did": DID}, secret=lambda: "")
        verdicts = await AtmosProvider(account).submit(RecordedJob(ANA).job)

        assert verdicts.fault is AccountFault.SECRET


class TestANewMember:
    async def test_waits_for_the_next_hour(self) -> None:
        verdicts = await submitted(no(429, "RATE_LIMITED"))

        wait = verdicts.wait or NO_WAIT
        assert timedelta(minutes=15) <= wait <= timedelta(hours=1)
        assert verdicts.by_recipient[0].wait == wait

    async def test_waits_as_long_as_the_relay_asks(self) -> None:
        busy = replace(no(429, "RATE_LIMITED"), headers={"Retry-After": "7200"})
        verdicts = await submitted(busy)

        assert verdicts.wait == timedelta(hours=2)

    async def test_asks_whether_the_day_is_over(self) -> None:
        api = FakeAtmos(SECRET)
        api.standing |= {"daily_sends": [50, {"day": "x", "count": 50}]}
        before = datetime.now(UTC)
        verdicts = await submitted(no(429, "RATE_LIMITED"), api=api)
        after = datetime.now(UTC)

        until_then = [tomorrow(moment) - moment for moment in (after, before)]
        wait = verdicts.wait or NO_WAIT
        assert until_then[0] <= wait <= max(until_then[1], timedelta(minutes=15))

    async def test_waits_an_hour_where_that_is_not_said(self) -> None:
        verdicts = await submitted(no(429, "RATE_LIMITED"), Respond(status=500))

        assert (verdicts.wait or NO_WAIT) <= timedelta(hours=1)

    async def test_waits_an_hour_where_the_key_is_gone_meanwhile(self) -> None:
        keys = iter([SECRET, None])
        async with ScriptedHttpServer(answers=[no(429, "RATE_LIMITED")]) as server:
            account = ProviderAccount(
                name="work",
                options={"did": DID, "url": server.url},
                secret=lambda: next(keys),
            )
            verdicts = await AtmosProvider(account).submit(RecordedJob(ANA).job)

        assert kinds(verdicts) == [DEFERRED]
        assert (verdicts.wait or NO_WAIT) <= timedelta(hours=1)

    def test_is_left_alone_for_a_quarter_of_an_hour_at_least(self) -> None:
        """Nobody knows whether the relay counts by the clock."""
        late = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)
        day = Standing(status="active", per_day=10, sent_today=10)

        for standing in (None, day):
            found = slowed_down(None, standing=standing, now=late)
            assert found.wait == timedelta(minutes=15)

    def test_whose_day_is_not_over_waits_for_an_hour(self) -> None:
        noon = datetime(2026, 11, 21, 12, 10, tzinfo=UTC)
        day = Standing(status="active", per_day=10, sent_today=9)

        found = slowed_down(None, standing=day, now=noon)
        assert found.wait == timedelta(minutes=50)

    async def test_is_told_so_over_smtp_as_well(self) -> None:
        api = FakeAtmos(SECRET)
        script = {"rcpt:1": Say("451 4.7.1 warming: hourly limit reached")}
        verdicts, _ = await sent_over_smtp(rich_draft(), script, api=api)

        wait = verdicts.wait or NO_WAIT
        assert kinds(verdicts) == [DEFERRED]
        assert timedelta(minutes=15) <= wait <= timedelta(hours=1)
        assert verdicts.by_recipient[0].wait == wait


def tomorrow(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def rich_draft(**fields: Any) -> Draft:
    return a_draft(
        **{
            "body": Body(text="Hi"),
            "attachments": (attachment(),),
            "to": (address(ANA),),
            **fields,
        }
    )


class TestOverSmtp:
    async def test_the_bytes_go_as_they_are(self) -> None:
        draft = rich_draft()
        verdicts, smtp = await sent_over_smtp(draft)

        assert kinds(verdicts) == [SENT]
        assert smtp.deliveries[0].content == rendered(draft)
        assert verdicts.server == f"127.0.0.1:{smtp.port}"

    async def test_the_category_is_told_ahead(self) -> None:
        draft = rich_draft(service=ServiceOptions(category=Category.TRANSACTIONAL))
        _, smtp = await sent_over_smtp(draft)

        head = b"X-Atmos-Category: transactional\r\n"
        assert smtp.deliveries[0].content == head + rendered(draft)
        payload = provider_at(NOWHERE).payload(rendered(draft), compose.envelope(draft))
        assert payload == smtp.deliveries[0].content

    async def test_a_message_of_many_bytes_is_not_held_in_memory(self) -> None:
        content = b"From: ada@b.example\r\n\r\n" + (b"x" * 98 + b"\r\n") * 43_000
        async with ScriptedSmtpServer(logins={DID: SECRET}) as smtp:
            provider = provider_at(NOWHERE, smtp_port=smtp.port)
            recorded = RecordedJob(ANA, content=content, piece_bytes=65_536)
            verdicts = await provider.submit(recorded.job)
            await provider.close()

        assert kinds(verdicts) == [SENT]
        assert recorded.events.index("rcpt") < recorded.events.index("piece")

    @pytest.mark.parametrize(
        "fields",
        [
            {"cc": (address("c@b.example"),)},
            {"bcc": (address("c@b.example"),)},
            {"to": (address("Ana <a@b.example>"),)},
            {"to": tuple(address(f"r{n}@b.example") for n in range(51))},
            {"reply_to": (address("c@b.example"), address("d@b.example"))},
            {"reply_to": (address("Team <c@b.example>"),)},
            {"sender": address("Ada <a@b.example>")},
            {"attachments": (attachment(),)},
            {"headers": (("X-A", "1"), ("x-a", "2"))},
            {"headers": (("X-Atmos-Category", "mfa-otp"),)},
            {"subject": "=?utf-8?q?Boss?="},
            {"body": Body()},
            {"body": Body(text="xx\n" * 1_100_000)},
            {"body": Body(text="x\n" * 400_000)},
        ],
        ids=lambda fields: str(fields)[:70],
    )
    def test_is_the_way_of_what_a_request_cannot_say(
        self, fields: dict[str, Any]
    ) -> None:
        assert told(a_draft(**{"body": Body(text="x"), **fields})) is None

    def test_is_the_way_for_who_is_left_of_several(self) -> None:
        """The others could not be named to them any more."""
        draft = a_draft(to=(address(ANA), address(BEN)), body=Body(text="x"))
        whole = compose.envelope(draft)
        rest = Envelope(return_path=whole.return_path, recipients=whole.recipients[1:])
        provider = provider_at(NOWHERE)

        assert provider.payload(rendered(draft), whole).startswith(b"{")
        assert provider.payload(rendered(draft), rest) == rendered(draft)

    def test_is_the_way_of_what_is_no_mail_of_ours(self) -> None:
        content = b"From: a@b.example\r\nContent-Type: a/b\r\n\r\nx\r\n"
        provider = provider_at(NOWHERE)

        assert provider.payload(content, RecordedJob(ANA).job.envelope) == content

    @pytest.mark.parametrize(
        ("script", "kind"),
        [
            ({"end-of-data": Say("451 4.4.2 queue full")}, DEFERRED),
            ({"mail": Say("550 5.1.0 From not allowed")}, REFUSED),
            ({"rcpt:1": Say("550 5.7.1 suppressed")}, REFUSED),
        ],
    )
    async def test_a_reply_ends_as_the_table_says(
        self, script: Script, kind: VerdictKind
    ) -> None:
        verdicts, _ = await sent_over_smtp(rich_draft(), script)

        assert verdicts.fault is None
        assert verdicts.wait is None
        assert kinds(verdicts) == [kind]

    @pytest.mark.parametrize(
        ("script", "fault"),
        [
            ({"login": Say("535 5.7.8 wrong key")}, AccountFault.LOGIN),
            ({"greeting": Say("521 member suspended")}, AccountFault.SETTINGS),
        ],
    )
    async def test_a_member_who_is_refused_is_the_accounts_fault(
        self, script: Script, fault: AccountFault
    ) -> None:
        verdicts, _ = await sent_over_smtp(rich_draft(), script)

        assert verdicts.fault is fault
        assert verdicts.by_recipient == ()
        assert verdicts.fault_receipt.code in {521, 535}


def a_member(**options: str | int | bool) -> ProviderAccount:
    return ProviderAccount(name="work", options=options, secret=lambda: SECRET)


class TestSettings:
    def test_the_same_key_logs_in_where_mail_is_handed_in(self) -> None:
        found = smtp_account(a_member(did=DID, handle="ada.example.org")).options

        assert found == {
            "host": "smtp.atmos.email",
            "port": 587,
            "tls": "starttls",
            "username": "ada.example.org",
            "auth": "password",
        }

    def test_a_relay_of_ones_own_has_one_host(self) -> None:
        account = a_member(did=DID, url="https://mail.b.example/atmos", smtp_port=2587)
        found = smtp_account(account).options

        assert (found["host"], found["port"]) == ("mail.b.example", 2587)
        assert found["username"] == DID

    def test_what_is_told_elsewhere_can_be_said(self) -> None:
        found = smtp_account(a_member(did=DID, smtp_host="mx.b.example")).options

        assert found["host"] == "mx.b.example"

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({}, "did .* is missing"),
            ({"did": "ada.example.org"}, "did .* which is none"),
            ({"did": DID, "handle": "@ada"}, "handle .* which is none"),
            ({"did": DID, "named_from": "perhaps"}, "named_from"),
            ({"did": DID, "url": "http://a.example"}, "in clear"),
            ({"did": DID, "smtp_port": 0}, "smtp_port"),
            ({"did": DID, "smtp_host": "no host"}, "host"),
        ],
    )
    def test_that_lead_nowhere_are_refused(
        self, options: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(ConfigurationError, match=words):
            AtmosProvider(a_member(**options))


class TestApproval:
    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"to": (address("jörg@b.example"),)}, "to"),
            ({"service": ServiceOptions(track_opens=True)}, "track-opens"),
            (
                {
                    "service": ServiceOptions(category=Category.BULK),
                    "headers": (("X-Atmos-Category", "bulk"),),
                },
                "header",
            ),
        ],
    )
    def test_refuses_what_neither_way_says(
        self, fields: dict[str, Any], field: str
    ) -> None:
        draft = a_draft(**fields)
        with pytest.raises(UnsupportedFeatureError) as caught:
            provider_at(NOWHERE).accept(draft, compose.envelope(draft))

        assert caught.value.field == field

    @pytest.mark.parametrize(
        "draft",
        [
            rich_draft(cc=(address("c@b.example"),)),
            a_draft(headers=(("X-Atmos-Category", "mfa-otp"),)),
            a_draft(service=ServiceOptions(category=Category.BULK)),
        ],
    )
    def test_takes_what_one_of_them_says(self, draft: Draft) -> None:
        provider_at(NOWHERE).accept(draft, compose.envelope(draft))


class TestCheck:
    async def test_says_how_much_the_member_may_send(self) -> None:
        check, requests = await self._checked(FakeAtmos(SECRET))

        assert check.ok
        assert check.limits == {
            "size_bytes": 100_000_000,
            "per_hour": 10,
            "per_day": 50,
            "sent_today": 5,
        }
        assert any("SMTP at 127.0.0.1" in one for one in check.capabilities)
        assert [one.method for one in requests] == ["GET"]

    async def test_leaves_out_what_is_not_said(self) -> None:
        api = FakeAtmos(SECRET)
        api.standing = {"status": "active", "daily_limit": "many", "daily_sends": []}
        check, _ = await self._checked(api)

        assert check.ok
        assert check.limits.keys() == {"size_bytes"}

    async def test_names_a_pause(self) -> None:
        api = FakeAtmos(SECRET)
        api.standing = {**STANDING, "status": "paused: bounce rate"}
        check, _ = await self._checked(api)

        assert (check.ok, check.fault) == (False, AccountFault.SETTINGS)
        assert "paused: bounce rate" in check.error

    async def test_names_what_is_wrong_with_smtp(self) -> None:
        check, _ = await self._checked(
            FakeAtmos(SECRET), {"login": Say("535 5.7.8 no")}
        )

        assert (check.ok, check.fault) == (False, AccountFault.LOGIN)
        assert check.endpoint.startswith("127.0.0.1")

    @pytest.mark.parametrize(
        ("answer", "fault"),
        [
            (Respond(body={"hello": 1}), None),
            (Respond(status=404, body="404"), AccountFault.SETTINGS),
            (no(400, "INVALID_DID"), AccountFault.SETTINGS),
            (Close(), None),
        ],
    )
    async def test_says_what_to_do(
        self, answer: WebAct, fault: AccountFault | None
    ) -> None:
        async with ScriptedHttpServer(answers=[answer]) as server:
            check = await provider_at(server.url).check()

        assert (check.ok, check.fault) == (False, fault)
        assert check.error
        assert check.hint

    async def test_without_a_key_says_so(self) -> None:
        account = ProviderAccount(name="work", options={"did": DID}, secret=lambda: "")
        check = await AtmosProvider(account).check()

        assert check.fault is AccountFault.SECRET

    async def _checked(
        self, api: FakeAtmos, script: Script | None = None
    ) -> tuple[Any, list[Any]]:
        web = ScriptedHttpServer(answer=api.answer)
        async with web, ScriptedSmtpServer(script, logins={DID: SECRET}) as smtp:
            provider = provider_at(web.url, smtp_port=smtp.port)
            check = await provider.check()
            await provider.close()
        assert not smtp.deliveries
        return check, web.requests
