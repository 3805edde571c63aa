"""Cloudflare temp email: one recipient, one form, and a mark to find it by."""

import base64
import json
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Final

import pytest

from tests.core.drafts import CONTENT, a_draft, address, attachment, image, rendered
from tests.providers.http.conftest import patience
from tests.providers.temp_email.fake_temp_email import FakeTempEmail
from tuimail.core import compose
from tuimail.core.draft import Body, Draft, Priority
from tuimail.core.http_reasons import HttpStage
from tuimail.core.submission import AccountFault, VerdictKind, Verdicts
from tuimail.errors import ConfigurationError, UnsupportedFeatureError
from tuimail.providers.base import LookUp, ProviderAccount
from tuimail.providers.http.request import Exchanged, HttpLimits
from tuimail.providers.temp_email.answers import judged
from tuimail.providers.temp_email.credentials import Mode
from tuimail.providers.temp_email.provider import TempEmailProvider
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
    envelope_to,
)
from tuimail.testing.situations import FIRST, FRESH, SECOND, SECRET

ANA, BEN = "ana@example.net", "ben@example.net"
SENT, DEFERRED = VerdictKind.SENT, VerdictKind.DEFERRED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN
NOWHERE: Final = "http://127.0.0.1:1"
NOON: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
KEYS: Final = {Situation.WRONG_LOGIN: "another", Situation.OLD_TOKEN: FRESH}


def no(text: str, *, status: int = 400) -> Respond:
    return Respond(status=status, body=text)


SCRIPTS: Final[dict[Situation, WebScript]] = {
    Situation.REFUSES: {"answer": no("Failed to send mail Address is blocked")},
    Situation.BREAKS_OFF: {"mid-body": Close()},
    Situation.SILENT: {"after-taking": Close()},
    Situation.SLOW_DOWN: {"answer": no("IP=::1 Rate limit exceeded for x", status=429)},
    Situation.GATEWAY_FAILS: {"answer": no("<h1>Bad gateway", status=502)},
    Situation.GATEWAY_IS_BUSY: {
        "answer": Respond(
            status=503, body="<h1>Back soon", headers={"Retry-After": "60"}
        )
    },
    Situation.GARBAGE: {"after-taking": Respond(body='{"status": ')},
}


class AsAddress(ProviderContract):
    """It says of no error of its own that nothing was sent."""

    situations = frozenset(Situation) - {Situation.REFUSES_SECOND, Situation.FAILS}
    several: ClassVar[tuple[str, ...]] = (FIRST,)
    mode: ClassVar[Mode] = Mode.ADDRESS

    @asynccontextmanager
    async def scene(self, situation: Situation) -> AsyncIterator[Scene]:
        api = FakeTempEmail(KEYS.get(situation, SECRET))
        is_old = situation is Situation.OLD_TOKEN
        account = self.account_with_tokens if is_old else self.account
        script = SCRIPTS.get(situation)
        async with ScriptedHttpServer(script, answer=api.answer) as server:
            url = NOWHERE if situation is Situation.NOT_THERE else server.url
            yield Scene(
                provider=TempEmailProvider(account(url=url, mode=self.mode.value)),
                copies=lambda: sum(
                    one.is_taken for one in server.requests if one.method == "POST"
                ),
            )


class TestAsAddress(AsAddress):
    pass


class TestByTheOtherDoor(AsAddress):
    mode = Mode.EXTERNAL


class TestAsAdmin(AsAddress):
    mode = Mode.ADMIN
    several = (FIRST, SECOND)


def provider_at(
    url: str,
    *,
    mode: Mode = Mode.ADDRESS,
    secret: str = SECRET,
    limits: HttpLimits | None = None,
) -> TempEmailProvider:
    account = ProviderAccount(
        name="work", options={"url": url, "mode": mode.value}, secret=lambda: secret
    )
    return TempEmailProvider(account, limits=limits)


async def submitted(
    *acts: WebAct, mode: Mode = Mode.ADDRESS, secret: str = SECRET
) -> Verdicts:
    api = FakeTempEmail(secret)
    async with ScriptedHttpServer(answers=acts, answer=api.answer) as server:
        provider = provider_at(
            server.url, mode=mode, secret=secret, limits=patience(*acts)
        )
        return await provider.submit(RecordedJob(ANA).job)


async def handed_over(
    mode: Mode, *, secret: str = SECRET, site_password: str = ""
) -> tuple[Any, Any]:
    """Return path and body of one mail, and the headers it came with."""
    key = json.loads(secret)["key"] if secret.startswith("{") else secret
    api = FakeTempEmail(key, site_password=site_password)
    async with ScriptedHttpServer(answer=api.answer) as server:
        provider = provider_at(server.url, mode=mode, secret=secret)
        verdicts = await provider.submit(RecordedJob(ANA).job)
    assert kinds(verdicts) == [SENT]
    return api.taken[0], server.requests[0].headers


def kinds(verdicts: Verdicts | None) -> list[VerdictKind]:
    return [] if verdicts is None else [one.kind for one in verdicts.by_recipient]


class TestTheRequest:
    async def test_is_one_for_one_recipient_with_a_mark(self) -> None:
        (path, body), headers = await handed_over(Mode.ADDRESS)

        assert path == "/api/send_mail"
        assert body == {
            "from_name": "",
            "to_name": "",
            "to_mail": ANA,
            "subject": "dots",
            "is_html": False,
            "content": ".\n..two\nplain\n",
            "client_ref": "key",
        }
        assert headers["x-lang"] == "en"
        assert "x-custom-auth" not in headers

    async def test_has_the_token_in_it_by_the_other_door(self) -> None:
        (path, body), _ = await handed_over(Mode.EXTERNAL)

        assert path == "/external/api/send_mail"
        assert (body["token"], body["client_ref"]) == (SECRET, "key")

    async def test_has_the_form_of_the_binding_for_an_admin(self) -> None:
        (path, body), headers = await handed_over(Mode.ADMIN)

        assert path == "/admin/send_mail_by_binding"
        assert body == {
            "from": "ada@example.org",
            "to": [ANA],
            "subject": "dots",
            "text": ".\n..two\nplain\n",
        }
        assert headers["x-admin-auth"] == SECRET
        assert "authorization" not in headers

    @pytest.mark.parametrize("mode", Mode)
    async def test_shows_the_password_of_the_site(self, mode: Mode) -> None:
        secret = json.dumps({"key": SECRET, "site_password": "open sesame"})
        _, headers = await handed_over(mode, secret=secret, site_password="open sesame")

        assert headers["x-custom-auth"] == "open sesame"

    async def test_is_not_made_with_a_secret_that_is_broken(self) -> None:
        for secret in (
            '{"key":',
            '{"key": "a "}',
            '{"key": "a", "site_password": " b"}',
            '{"key": ""}',
            '{"key": 7}',
            '{"key": "a", "more": "b"}',
            '{"key": "a", "site_password": "\\u00e9"}',
            '{"site_password": "a\\nb", "key": "a"}',
        ):
            verdicts = await provider_at(NOWHERE, secret=secret).submit(
                RecordedJob(ANA).job
            )

            assert verdicts.fault is AccountFault.SECRET
            assert "site_password" in verdicts.fault_receipt.text

    def test_tells_html_as_html(self) -> None:
        draft = a_draft(
            sender=address("Ada <ada@b.example>"),
            to=(address("Bob <bob@bücher.example>"),),
            body=Body(html="<p>Hi"),
        )
        found = json.loads(payload(draft))

        assert (found["from_name"], found["to_name"]) == ("Ada", "Bob")
        assert found["to_mail"] == "bob@xn--bcher-kva.example"
        assert (found["is_html"], found["content"]) == (True, "<p>Hi\n")

    def test_tells_a_rich_mail_for_an_admin(self) -> None:
        draft = a_draft(
            sender=address("Ada <ada@b.example>"),
            to=(address("Bob <bob@b.example>"),),
            cc=(address("c@b.example"),),
            bcc=(address("d@b.example"),),
            reply_to=(address("team@b.example"),),
            body=Body(text="Hi", html='<img src="cid:logo">'),
            attachments=(image(), attachment("f.pdf")),
            headers=(("X-A", "1"),),
        )
        found = json.loads(payload(draft, mode=Mode.ADMIN))
        inline, saved = found.pop("attachments")

        assert found == {
            "from": {"email": "ada@b.example", "name": "Ada"},
            "to": [{"email": "bob@b.example", "name": "Bob"}],
            "cc": ["c@b.example"],
            "bcc": ["d@b.example"],
            "replyTo": "team@b.example",
            "subject": "Hello",
            "text": "Hi\n",
            "html": '<img src="cid:logo">\n',
            "headers": {"X-A": "1"},
        }
        assert base64.b64decode(inline.pop("content")) == CONTENT
        assert inline == {
            "filename": "logo.png",
            "type": "image/png",
            "disposition": "inline",
            "contentId": "logo",
        }
        assert saved["disposition"] == "attachment"
        assert "contentId" not in saved

    async def test_is_not_made_for_another_sender_than_the_tokens(self) -> None:
        """The service would send it from the token's address, without a word."""
        verdicts = await provider_at(NOWHERE, secret=token("eve@b.example")).submit(
            RecordedJob(ANA).job
        )

        assert kinds(verdicts) == [REFUSED]
        text = verdicts.by_recipient[0].receipt.text
        assert "for eve@b.example, and the mail is from ada@example.org" in text

    @pytest.mark.parametrize(
        "secret",
        ["a.b.c", "x.W10.y", "x.eyJhIjoxfQ.y", "x.=.y"],
    )
    async def test_is_made_where_the_token_does_not_say_whose_it_is(
        self, secret: str
    ) -> None:
        assert kinds(await submitted(secret=secret)) == [SENT]

    async def test_is_made_for_the_tokens_own_address(self) -> None:
        assert kinds(await submitted(secret=token("Ada@Example.org"))) == [SENT]

    async def test_is_not_made_for_a_mail_to_several(self) -> None:
        verdicts = await provider_at(NOWHERE).submit(RecordedJob(ANA, BEN).job)

        assert kinds(verdicts) == [REFUSED, REFUSED]
        assert "one recipient" in verdicts.by_recipient[1].receipt.text

    @pytest.mark.parametrize("number", [0, 1, 2])
    async def test_an_admin_shows_nobody_another_list_than_was_approved(
        self, number: int
    ) -> None:
        draft = a_draft(
            to=(address(ANA),), cc=(address(BEN),), bcc=(address("c@b.example"),),
            body=Body(text="x"),
        )  # fmt: skip
        envelope = compose.envelope(draft)
        alone = replace(envelope, recipients=(envelope.recipients[number],))
        job = replace(RecordedJob(content=rendered(draft)).job, envelope=alone)
        async with ScriptedHttpServer() as server:
            provider = provider_at(server.url, mode=Mode.ADMIN)
            verdicts = await provider.submit(job)

        assert kinds(verdicts) == [REFUSED]
        assert "this attempt is not for" in verdicts.by_recipient[0].receipt.text
        assert server.connections == 0


def token(of: str) -> str:
    claims = json.dumps({"address": of, "address_id": 1}).encode()
    return f"e30.{base64.urlsafe_b64encode(claims).decode().rstrip('=')}.c2ln"


def payload(draft: Draft, *, mode: Mode = Mode.ADDRESS) -> bytes:
    provider = provider_at(NOWHERE, mode=mode)
    return provider.payload(rendered(draft), compose.envelope(draft))


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("answer", "kind"),
        [
            (no("Failed to send mail Invalid recipient address"), REFUSED),
            (no("Failed to send mail Address is blocked"), REFUSED),
            (no("Failed to send mail Subject is empty"), REFUSED),
            (no("Failed to send mail Content is empty."), REFUSED),
            (no("Failed to send mail Invalid domain"), REFUSED),
            (no("Failed to send mail: Address not found"), REFUSED),
            (no("Failed to send mail Resend error: validation_error x"), UNKNOWN),
            (no("Failed to send mail Invalid domain of the token at x"), UNKNOWN),
            (no("Failed to send mail 550 5.7.1 no"), UNKNOWN),
            (no("Failed to send mail E_RECIPIENT_SUPPRESSED"), UNKNOWN),
            (no("Failed to send mail"), UNKNOWN),
            (no("Bad request"), REFUSED),
            (no("IP=::1 Rate limit exceeded for /api", status=429), DEFERRED),
            (no("Exceeded daily limit", status=429), DEFERRED),
            (no("SyntaxError Unexpected end of JSON input", status=500), REFUSED),
            (no("Error D1_ERROR: no such table", status=500), UNKNOWN),
            (no("down", status=503), UNKNOWN),
            (Respond(body={"status": "no"}), UNKNOWN),
            (Respond(body="ok"), UNKNOWN),
            (Respond(body=["ok"]), UNKNOWN),
            (Hang(), UNKNOWN),
        ],
        ids=lambda found: str(found)[:90],
    )
    async def test_ends_as_the_table_says(
        self, answer: WebAct, kind: VerdictKind
    ) -> None:
        verdicts = await submitted(answer)

        assert verdicts.fault is None
        assert kinds(verdicts) == [kind]

    @pytest.mark.parametrize(
        ("answer", "fault"),
        [
            (no("Invalid address credential", status=401), AccountFault.LOGIN),
            (no("Custom auth password is wrong", status=401), AccountFault.LOGIN),
            (no("Failed to send mail No balance"), AccountFault.QUOTA),
            (
                no(
                    "Failed to send mail Please enable resend, smtp or SEND_MAIL for "
                    "this domain (b.example)"
                ),
                AccountFault.SETTINGS,
            ),
            (no("Access denied: country", status=403), AccountFault.SETTINGS),
        ],
        ids=lambda found: str(found)[:90],
    )
    async def test_that_every_message_would_meet_is_the_accounts_fault(
        self, answer: Respond, fault: AccountFault
    ) -> None:
        verdicts = await submitted(answer)

        assert verdicts.fault is fault
        assert verdicts.wait is None
        assert verdicts.fault_receipt.text == answer.body

    @pytest.mark.parametrize(
        ("text", "wait"),
        [
            ("Server daily send quota has been reached", timedelta(hours=12)),
            ("Server monthly send quota has been reached", timedelta(days=9.5)),
        ],
    )
    def test_that_a_share_is_used_up_says_until_when(
        self, text: str, wait: timedelta
    ) -> None:
        found = judged(
            answered(f"Failed to send mail {text}"), now=NOON, mode=Mode.ADDRESS
        )

        assert (found.fault, found.wait) == (AccountFault.QUOTA, wait)

    @pytest.mark.parametrize(
        ("text", "mode"),
        [
            ("invalid JWT token: THETOKEN", Mode.EXTERNAL),
            ("token(THETOKEN) signature mismatched", Mode.EXTERNAL),
            ("Failed to send mail invalid JWT token: THETOKEN", Mode.EXTERNAL),
            ("Failed to send mail JwtTokenInvalid", Mode.EXTERNAL),
            ("Whatever stands before the sending", Mode.EXTERNAL),
            ("Invalid address credential", Mode.ADDRESS),
        ],
    )
    async def test_about_a_wrong_token_holds_the_account_and_hides_it(
        self, text: str, mode: Mode
    ) -> None:
        verdicts = await submitted(no(text), mode=mode, secret="THETOKEN")

        assert verdicts.fault is AccountFault.LOGIN
        assert "THETOKEN" not in repr(verdicts)

    async def test_with_the_password_of_the_site_hides_it(self) -> None:
        secret = json.dumps({"key": SECRET, "site_password": "open sesame"})
        verdicts = await submitted(no("not open sesame", status=401), secret=secret)

        assert verdicts.fault_receipt.text == "not (the password)"

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("Operation failed", UNKNOWN),
            ("Failed to send mail E_DELIVERY_FAILED", UNKNOWN),
            ("Failed to send mail E_RECIPIENT_SUPPRESSED: x", REFUSED),
            ("E_HEADER_NOT_ALLOWED X", REFUSED),
            ("E_RATE_LIMIT_EXCEEDED", DEFERRED),
            ("E_NEW", UNKNOWN),
        ],
    )
    async def test_of_the_binding_is_read_by_its_code(
        self, text: str, kind: VerdictKind
    ) -> None:
        verdicts = await submitted(no(text), mode=Mode.ADMIN)

        assert (verdicts.fault, kinds(verdicts)) == (None, [kind])
        assert (verdicts.wait is not None) is (kind is DEFERRED)

    @pytest.mark.parametrize(
        ("code", "fault"),
        [
            ("E_SENDER_NOT_VERIFIED", AccountFault.SETTINGS),
            ("E_DAILY_LIMIT_EXCEEDED", AccountFault.QUOTA),
        ],
    )
    async def test_of_the_binding_may_be_the_accounts_fault(
        self, code: str, fault: AccountFault
    ) -> None:
        verdicts = await submitted(no(f"Error {code}: no"), mode=Mode.ADMIN)

        assert verdicts.fault is fault
        assert (verdicts.wait is not None) is (fault is AccountFault.QUOTA)

    def test_that_came_before_the_message_was_out_is_no_unknown(self) -> None:
        early = answered("Operation failed", stage=HttpStage.REQUEST)

        assert judged(early, now=NOON, mode=Mode.ADMIN).kind is REFUSED

    def test_that_is_cut_off_is_not_read(self) -> None:
        cut = answered("Failed to send mail No bal", error="It broke off.")

        assert judged(cut, now=NOON, mode=Mode.ADDRESS).fault is None


def answered(
    text: str, *, stage: HttpStage = HttpStage.REPLY, error: str = ""
) -> Exchanged:
    return Exchanged(
        stage=stage, server="x", status=400, body=text.encode(), error=error
    )


class TestAtApproval:
    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"to": (address(ANA), address(BEN))}, "to"),
            ({"to": (address("jörg@b.example"),)}, "to"),
            ({"cc": (address(ANA),)}, "cc"),
            ({"bcc": (address(ANA),)}, "bcc"),
            ({"reply_to": (address(ANA),)}, "reply-to"),
            ({"body": Body(text="a", html="b")}, "html"),
            ({"attachments": (attachment(),)}, "attach"),
            ({"headers": (("X-A", "1"),)}, "header"),
            ({"priority": Priority.LOW}, "priority"),
            ({"in_reply_to": "<a@b>"}, "in-reply-to"),
            ({"subject": ""}, "subject"),
            ({"subject": "=?utf-8?q?Boss?="}, "subject"),
            ({"body": Body()}, "text"),
        ],
    )
    def test_an_address_refuses_what_it_cannot_say(
        self, fields: dict[str, Any], field: str
    ) -> None:
        draft = a_draft(**{"body": Body(text="x"), **fields})
        with pytest.raises(UnsupportedFeatureError) as caught:
            provider_at(NOWHERE).accept(draft, compose.envelope(draft))

        assert caught.value.field == field

    @pytest.mark.parametrize(
        ("fields", "field"),
        [
            ({"headers": (("Feedback-ID", "1"),)}, "header"),
            ({"headers": (("X-A", "1"), ("x-a", "2"))}, "header"),
            ({"reply_to": (address(ANA), address(BEN))}, "reply-to"),
            ({"subject": ""}, "subject"),
            ({"subject": "=?utf-8?q?Boss?="}, "subject"),
            ({"body": Body()}, "text"),
        ],
    )
    def test_an_admin_refuses_what_cloudflare_does_not_take(
        self, fields: dict[str, Any], field: str
    ) -> None:
        draft = a_draft(**{"body": Body(text="x"), **fields})
        with pytest.raises(UnsupportedFeatureError) as caught:
            provider_at(NOWHERE, mode=Mode.ADMIN).accept(draft, compose.envelope(draft))

        assert caught.value.field == field

    def test_a_letter_is_taken(self) -> None:
        draft = a_draft(sender=address("Ada <ada@b.example>"), body=Body(html="<p>Hi"))

        provider_at(NOWHERE).accept(draft, compose.envelope(draft))

    def test_an_admin_takes_files_and_copies(self) -> None:
        draft = a_draft(
            cc=(address(ANA),),
            bcc=(address(BEN),),
            body=Body(text="a", html="b"),
            attachments=(attachment(),),
        )

        provider_at(NOWHERE, mode=Mode.ADMIN).accept(draft, compose.envelope(draft))


def question(*, mark: str = "the-mark", at: datetime = NOON) -> LookUp:
    return LookUp(
        submission_id="submission",
        message_id="<1@example.org>",
        envelope=envelope_to(ANA),
        idempotency_key=mark,
        committed_at=at,
    )


class TestLookingUp:
    @pytest.mark.parametrize(
        ("number", "shown", "text"),
        [
            (7, "7", "It is number 7 in the sendbox."),
            ("x" * 10_000, "x" * 500, f"It is number {'x' * 500} in the sendbox."),
            ("\x1b[31m", "\\x1b[31m", "It is number \\x1b[31m in the sendbox."),
            ("\ud800", "\\ud800", "It is number \\ud800 in the sendbox."),
            ({"a": 1}, "", "It is in the sendbox."),
            (True, "", "It is in the sendbox."),
            (math.nan, "", "It is in the sendbox."),
        ],
    )
    async def test_shows_a_number_that_is_one(
        self, number: object, shown: str, text: str
    ) -> None:
        raw = json.dumps({"client_ref": "the-mark"})
        row = {"id": number, "raw": raw, "created_at": "2026-11-21 12:00:00"}
        page = Respond(body=json.dumps({"results": [row]}))
        async with ScriptedHttpServer(answers=[page]) as server:
            found = await provider_at(server.url).look_up(question())

        assert kinds(found) == [SENT]
        assert found is not None
        receipt = found.by_recipient[0].receipt
        assert (receipt.provider_message_id, receipt.text) == (shown, text)

    async def test_finds_a_mail_by_its_mark(self) -> None:
        api = FakeTempEmail(SECRET)
        api.sent("other")
        api.sent("the-mark")
        api.sent("another")
        verdicts, _ = await self._asked(api)

        assert kinds(verdicts) == [SENT]
        assert verdicts is not None
        receipt = verdicts.by_recipient[0].receipt
        assert receipt.provider_message_id == "1"
        assert verdicts.by_recipient[0].wire_address == ANA

    async def test_finds_what_was_sent_before_the_answer_was_lost(self) -> None:
        api = FakeTempEmail(SECRET)
        script: WebScript = {"after-taking": Close()}
        async with ScriptedHttpServer(script, answer=api.answer) as server:
            provider = provider_at(server.url)
            before = await provider.submit(RecordedJob(ANA).job)
            server.script.clear()
            after = await provider.look_up(question(mark="key"))

        assert (kinds(before), kinds(after)) == ([UNKNOWN], [SENT])

    async def test_turns_the_pages_back_to_when_it_left(self) -> None:
        api = FakeTempEmail(SECRET)
        api.sent("the-mark", at="2026-11-21 12:00:01")
        for _ in range(250):
            api.sent("other", at="2026-11-21 13:00:00")
        verdicts, targets = await self._asked(api)

        assert kinds(verdicts) == [SENT]
        assert [one.rpartition("=")[2] for one in targets] == ["0", "100", "200"]
        assert all("limit=100" in one for one in targets)

    async def test_stops_a_day_before_that(self) -> None:
        api = FakeTempEmail(SECRET)
        for _ in range(250):
            api.sent("other", at="2026-11-20 11:59:59")
        verdicts, targets = await self._asked(api)

        assert verdicts is None
        assert len(targets) == 1

    async def test_stops_after_so_many_pages(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("tuimail.providers.temp_email.provider.MOST_PAGES", 2)
        api = FakeTempEmail(SECRET)
        for _ in range(250):
            api.sent("other", at="when?")
        verdicts, targets = await self._asked(api)

        assert verdicts is None
        assert len(targets) == 2

    async def test_that_finds_nothing_proves_nothing(self) -> None:
        verdicts, _ = await self._asked(FakeTempEmail(SECRET))

        assert verdicts is None

    @pytest.mark.parametrize(
        "results",
        [
            None,
            "x",
            ["x", 7],
            [{"raw": 7}],
            [{"raw": "{"}],
            [{"raw": "[]"}],
            [{"raw": '{"client_ref": 7}'}],
            [{"raw": '{"subject": "client_ref the-mark"}'}],
        ],
    )
    async def test_makes_nothing_of_what_it_cannot_read(self, results: object) -> None:
        page = Respond(body={"results": results, "count": 1})
        async with ScriptedHttpServer({"answer": page}) as server:
            assert await provider_at(server.url).look_up(question()) is None

    @pytest.mark.parametrize("status", [400, 401, 500])
    async def test_that_is_refused_proves_nothing(self, status: int) -> None:
        script = {"answer": no("no", status=status)}
        async with ScriptedHttpServer(script) as server:
            assert await provider_at(server.url).look_up(question()) is None

    async def test_without_a_key_proves_nothing(self) -> None:
        assert await provider_at(NOWHERE, secret="").look_up(question()) is None

    async def test_is_not_for_an_admin_of_whose_mail_there_is_no_record(self) -> None:
        provider = provider_at(NOWHERE, mode=Mode.ADMIN)

        assert await provider.look_up(question()) is None

    async def _asked(self, api: FakeTempEmail) -> tuple[Verdicts | None, list[str]]:
        async with ScriptedHttpServer(answer=api.answer) as server:
            verdicts = await provider_at(server.url).look_up(question())
        return verdicts, [one.target for one in server.requests]


class TestCheck:
    async def test_says_how_much_the_address_may_send(self) -> None:
        check = await self._checked(FakeTempEmail(SECRET))

        assert (check.ok, check.hint) == (True, "")
        assert check.limits == {"send_balance": 7}
        assert check.capabilities == ("ada@mail.example",)

    async def test_says_what_to_do_where_that_is_nothing(self) -> None:
        api = FakeTempEmail(SECRET)
        api.balance = 0
        check = await self._checked(api)

        assert check.ok
        assert "who runs the service" in check.hint

    async def test_tries_the_admin_password(self) -> None:
        check = await self._checked(FakeTempEmail(SECRET), mode=Mode.ADMIN)

        assert (check.ok, check.limits, check.capabilities) == (True, {}, ())

    @pytest.mark.parametrize(
        ("answer", "fault", "hint"),
        [
            (no("Invalid address credential", status=401), AccountFault.LOGIN, "token"),
            (no("404", status=404), AccountFault.SETTINGS, "url"),
            (Respond(body="<html>"), None, "url"),
            (Close(), None, "network"),
        ],
    )
    async def test_says_what_is_wrong(
        self, answer: WebAct, fault: AccountFault | None, hint: str
    ) -> None:
        async with ScriptedHttpServer(answers=[answer]) as server:
            check = await provider_at(server.url).check()

        assert (check.ok, check.fault) == (False, fault)
        assert hint in check.hint

    async def test_without_a_key_says_so(self) -> None:
        check = await provider_at(NOWHERE, secret="").check()

        assert check.fault is AccountFault.SECRET

    async def _checked(self, api: FakeTempEmail, *, mode: Mode = Mode.ADDRESS) -> Any:
        async with ScriptedHttpServer(answer=api.answer) as server:
            check = await provider_at(server.url, mode=mode).check()
        assert [one.method for one in server.requests] == ["GET"]
        return check


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "url .* is missing"),
        ({"url": "http://a.example"}, "in clear"),
        ({"url": "https://a.example", "mode": "root"}, "mode"),
    ],
)
def test_settings_that_lead_nowhere_are_refused(
    given: dict[str, str], words: str
) -> None:
    account = ProviderAccount(name="work", options=given, secret=lambda: SECRET)
    with pytest.raises(ConfigurationError, match=words):
        TempEmailProvider(account)
