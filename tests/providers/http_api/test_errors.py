"""Each row of each service's table of errors, and what its lists say of each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from tests.providers.http_api import fakes
from tests.providers.http_api.conftest import CLASSES, kinds, submitted
from tests.providers.http_api.fakes import Fake
from tuimail.core.http_reasons import HttpStage
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.providers.http.request import Exchanged
from tuimail.providers.http.verdicts import verdicts
from tuimail.providers.http_api.judging import read
from tuimail.providers.http_api.reading import definition_of
from tuimail.testing import RecordedJob, Respond

ANA, BEN = "ana@example.net", "ben@example.net"
SENT, QUEUED, DEFERRED = VerdictKind.SENT, VerdictKind.QUEUED, VerdictKind.DEFERRED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN
LOGIN, QUOTA = AccountFault.LOGIN, AccountFault.QUOTA
SETTINGS = AccountFault.SETTINGS
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def error(status: int, body: object, **headers: str) -> Respond:
    return Respond(status=status, body=body, headers=headers)


def resend(status: int, name: str, **headers: str) -> Respond:
    body = {"statusCode": status, "name": name, "message": "No."}
    return error(status, body, **headers)


def postmark(status: int, code: int) -> Respond:
    return error(status, {"ErrorCode": code, "Message": "No."})


def sendgrid(status: int, message: str, field: str | None = None) -> Respond:
    return error(status, {"errors": [{"message": message, "field": field}]})


def brevo(status: int, code: str) -> Respond:
    return error(status, {"code": code, "message": "No."})


def mailjet(status: int, code: str) -> Respond:
    found = {"ErrorCode": code, "StatusCode": status, "ErrorMessage": "No."}
    return error(status, {"Messages": [{"Status": "error", "Errors": [found]}]})


def mailjet_whole(status: int, code: str) -> Respond:
    return error(status, {"ErrorCode": code, "ErrorMessage": "No."})


def mailjet_both(status: int, code: str) -> Respond:
    """Return a yes that is a no as well."""
    one = {"Status": "success", "Errors": [{"ErrorCode": code, "ErrorMessage": "No."}]}
    people = [{"Email": ANA, "MessageID": 1}, {"Email": BEN, "MessageID": 2}]
    return error(status, {"Messages": [{**one, "To": people}]})


def mailtrap(*ids: object, success: object = True, **more: object) -> Respond:
    return Respond(body={"success": success, "message_ids": list(ids), **more})


def said_ok(code: object) -> Respond:
    """Return Postmark's words for a yes, under this code."""
    return Respond(body={"ErrorCode": code, "Message": "OK", "MessageID": "1"})


def scaleway(status: int, kind: str) -> Respond:
    return error(status, {"type": kind, "message": "No."})


def sparkpost(status: int, code: str) -> Respond:
    return error(status, {"errors": [{"message": "No.", "code": code}]})


FAULTS: Final[
    tuple[tuple[type[Fake], Respond, AccountFault, timedelta | None], ...]
] = (
    (fakes.Resend, resend(401, "missing_api_key"), LOGIN, None),
    (fakes.Resend, resend(401, "restricted_api_key"), LOGIN, None),
    (fakes.Resend, resend(403, "invalid_api_key"), LOGIN, None),
    (fakes.Resend, resend(404, "not_found"), SETTINGS, None),
    (fakes.Resend, resend(405, "method_not_allowed"), SETTINGS, None),
    (fakes.Resend, resend(429, "daily_quota_exceeded"), QUOTA, DAY),
    (fakes.Resend, resend(429, "monthly_quota_exceeded"), QUOTA, DAY),
    (
        fakes.Resend,
        resend(429, "daily_quota_exceeded", **{"Retry-After": "3600"}),
        QUOTA,
        HOUR,
    ),
    (fakes.Postmark, postmark(401, 10), LOGIN, None),
    (fakes.Postmark, postmark(422, 405), QUOTA, DAY),
    (fakes.Postmark, postmark(422, 413), SETTINGS, None),
    (fakes.SendGrid, sendgrid(401, "The provided key is wrong"), LOGIN, None),
    (fakes.SendGrid, sendgrid(401, "Maximum credits exceeded"), QUOTA, DAY),
    (fakes.SendGrid, sendgrid(403, "access forbidden"), LOGIN, None),
    (fakes.Brevo, brevo(401, "unauthorized"), LOGIN, None),
    (fakes.Brevo, brevo(400, "permission_denied"), LOGIN, None),
    (fakes.Brevo, brevo(400, "not_enough_credits"), QUOTA, DAY),
    (fakes.Brevo, brevo(402, "not_enough_credits"), QUOTA, DAY),
    (fakes.Brevo, brevo(403, "account_under_validation"), SETTINGS, None),
    (fakes.Mailjet, mailjet_whole(401, "mj-0002"), LOGIN, None),
    (fakes.Mailjet, mailjet_whole(401, "mj-0001"), SETTINGS, None),
    (fakes.Mailtrap, error(401, {"error": "Unauthorized"}), LOGIN, None),
    (fakes.Mailtrap, error(403, {"errors": ["Forbidden"]}), LOGIN, None),
    (fakes.MailerSend, error(401, {"message": "Unauthenticated."}), LOGIN, None),
    (fakes.Scaleway, scaleway(401, "denied_authentication"), LOGIN, None),
    (fakes.Scaleway, scaleway(403, "permissions_denied"), LOGIN, None),
    (fakes.Scaleway, scaleway(403, "quotas_exceeded"), QUOTA, DAY),
    (fakes.Scaleway, scaleway(404, "resource_not_found"), SETTINGS, None),
    (fakes.SparkPost, sparkpost(401, "1303"), LOGIN, None),
    (fakes.SparkPost, sparkpost(403, "1100"), LOGIN, None),
    (fakes.SparkPost, sparkpost(420, "2101"), QUOTA, HOUR),
    (fakes.SparkPost, sparkpost(420, "2102"), QUOTA, DAY),
    (fakes.SparkPost, sparkpost(420, "2103"), QUOTA, DAY),
    (fakes.Mailgun, error(401, "Forbidden"), LOGIN, None),
    (fakes.Mailgun, error(404, {"message": "Domain not found"}), SETTINGS, None),
)

VERDICTS: Final[tuple[tuple[type[Fake], Respond, VerdictKind], ...]] = (
    (fakes.Resend, resend(400, "validation_error"), REFUSED),
    (fakes.Resend, resend(403, "validation_error"), REFUSED),
    (fakes.Resend, resend(409, "invalid_idempotent_request"), UNKNOWN),
    (fakes.Resend, error(409, "<h1>Conflict"), UNKNOWN),
    (fakes.Resend, Respond(body={"id": "1", "name": "validation_error"}), UNKNOWN),
    (fakes.Resend, Respond(body={"id": True}), UNKNOWN),
    (fakes.Resend, resend(409, "concurrent_idempotent_requests"), UNKNOWN),
    (fakes.Resend, resend(422, "invalid_attachment"), REFUSED),
    (fakes.Resend, resend(429, "rate_limit_exceeded"), DEFERRED),
    (fakes.Resend, resend(451, "security_error"), REFUSED),
    (fakes.Resend, resend(500, "application_error"), DEFERRED),
    (fakes.Resend, error(500, {"message": "somebody else's"}), UNKNOWN),
    (fakes.Postmark, postmark(422, 300), REFUSED),
    (fakes.Postmark, postmark(422, 400), REFUSED),
    (fakes.Postmark, postmark(422, 406), REFUSED),
    (fakes.Postmark, postmark(422, 412), REFUSED),
    (fakes.Postmark, postmark(503, 100), DEFERRED),
    (fakes.Postmark, postmark(500, 0), UNKNOWN),
    (fakes.Postmark, error(413, ""), REFUSED),
    (fakes.Postmark, said_ok(406), UNKNOWN),
    (fakes.Postmark, said_ok(405), UNKNOWN),
    (fakes.Postmark, said_ok(0.0), UNKNOWN),
    (fakes.Postmark, said_ok("0"), UNKNOWN),
    (fakes.SendGrid, sendgrid(400, "Bad Request", "content"), REFUSED),
    (fakes.SendGrid, sendgrid(403, "not a verified Sender Identity", "from"), REFUSED),
    (fakes.SendGrid, sendgrid(403, "No such identity", "from.email"), REFUSED),
    (fakes.SendGrid, sendgrid(413, "Payload Too Large"), REFUSED),
    (fakes.SendGrid, sendgrid(503, "not available"), DEFERRED),
    (fakes.SendGrid, Respond(status=200, body=""), UNKNOWN),
    (fakes.Brevo, brevo(400, "invalid_parameter"), REFUSED),
    (fakes.Brevo, brevo(500, "internal_error"), DEFERRED),
    (
        fakes.Brevo,
        Respond(status=201, body={"messageId": "1", "code": "unauthorized"}),
        UNKNOWN,
    ),
    (fakes.Mailjet, mailjet(400, "mj-0013"), REFUSED),
    (fakes.Mailjet, mailjet(200, "send-0003"), REFUSED),
    (fakes.Mailjet, mailjet(403, "send-0008"), REFUSED),
    (fakes.Mailjet, mailjet_whole(400, "mj-0002"), REFUSED),
    (fakes.Mailjet, mailjet_whole(500, "mj-0099"), DEFERRED),
    (fakes.Mailjet, Respond(body={"Messages": [{"Status": "who knows"}]}), UNKNOWN),
    (fakes.Mailjet, mailjet_both(200, "mj-0013"), UNKNOWN),
    (fakes.Mailtrap, error(400, {"errors": ["'to' is invalid"]}), REFUSED),
    (fakes.Mailtrap, error(500, {"errors": ["Internal server error"]}), DEFERRED),
    (fakes.Mailtrap, Respond(body={"success": False, "message_ids": ["1"]}), UNKNOWN),
    (fakes.Mailtrap, mailtrap("1", "2", success=1), UNKNOWN),
    (fakes.Mailtrap, mailtrap("1", "2", errors=["odd recipient"]), UNKNOWN),
    (fakes.Mailtrap, mailtrap("1"), UNKNOWN),
    (fakes.Mailtrap, mailtrap("1", "2", "3"), UNKNOWN),
    (fakes.Mailtrap, mailtrap("1", None), UNKNOWN),
    (fakes.Mailtrap, mailtrap("1", ""), UNKNOWN),
    (fakes.Mailtrap, mailtrap("1", {"error": "x"}), UNKNOWN),
    (fakes.Mailtrap, mailtrap("1", "2", errors=[]), QUEUED),
    (fakes.MailerSend, error(408, {"message": "There is an error."}), DEFERRED),
    (fakes.MailerSend, error(421, {"message": "Maintenance."}), DEFERRED),
    (fakes.MailerSend, error(422, {"message": "The domain."}), REFUSED),
    (fakes.MailerSend, Respond(status=202, body=""), UNKNOWN),
    (fakes.Scaleway, scaleway(400, "invalid_arguments"), REFUSED),
    (fakes.Scaleway, scaleway(429, "too_many_requests"), DEFERRED),
    (fakes.SparkPost, sparkpost(400, "7001"), REFUSED),
    (fakes.SparkPost, sparkpost(422, "1902"), REFUSED),
    (fakes.SparkPost, sparkpost(500, "1500"), DEFERRED),
    (fakes.Mailgun, error(400, {"message": "to is not an address"}), REFUSED),
    (fakes.Mailgun, error(500, {"message": "Internal Server Error"}), DEFERRED),
    (fakes.Mailgun, Respond(body="Mailgun Magnificent API"), UNKNOWN),
)


@pytest.mark.parametrize(("fake", "answer", "fault", "wait"), FAULTS)
async def test_what_every_mail_would_meet_is_the_accounts_fault(
    fake: type[Fake], answer: Respond, fault: AccountFault, wait: timedelta | None
) -> None:
    verdicts = await submitted(fake, answer, ANA)

    assert verdicts.fault is fault
    assert verdicts.wait == wait
    assert verdicts.by_recipient == ()
    assert verdicts.fault_receipt.code == answer.status


@pytest.mark.parametrize(("fake", "answer", "kind"), VERDICTS)
async def test_an_answer_ends_as_its_table_says(
    fake: type[Fake], answer: Respond, kind: VerdictKind
) -> None:
    verdicts = await submitted(fake, answer, ANA, BEN)

    assert verdicts.fault is None
    assert kinds(verdicts) == [kind, kind]


@pytest.mark.parametrize("name", CLASSES)
def test_every_word_of_a_table_is_shown_by_a_test(name: str) -> None:
    """A row that nobody tries may be misspelt."""
    pairs = [(fake, answer) for fake, answer, _, _ in FAULTS]
    pairs += [(fake, answer) for fake, answer, _ in VERDICTS]
    tried = " ".join(
        f"{answer.body} {answer.status} " for fake, answer in pairs if fake.name == name
    )
    rows = definition_of(name).errors.rows

    assert [code for row in rows for code in row.codes if code not in tried] == []
    assert [
        one
        for row in rows
        for one in row.statuses
        if not row.codes and f" {one} " not in tried
    ] == []


@pytest.mark.parametrize(
    ("fake", "answer", "ids"),
    [
        (fakes.Resend, Respond(body={"id": "4F"}), ["4F", "4F"]),
        (
            fakes.Mailtrap,
            Respond(body={"success": True, "message_ids": ["1", "2"]}),
            ["1", "2"],
        ),
        (
            fakes.SendGrid,
            Respond(status=202, body="", headers={"X-Message-Id": "abc"}),
            ["abc", "abc"],
        ),
        (
            fakes.Mailjet,
            Respond(
                body={
                    "Messages": [
                        {
                            "Status": "success",
                            "To": [{"Email": ANA, "MessageID": 70368744188491213}],
                            "Cc": [{"Email": BEN, "MessageID": 2}],
                        }
                    ]
                }
            ),
            ["70368744188491213", "2"],
        ),
    ],
)
async def test_ids_are_kept(fake: type[Fake], answer: Respond, ids: list[str]) -> None:
    verdicts = await submitted(fake, answer, ANA, BEN)

    found = [one.receipt.provider_message_id for one in verdicts.by_recipient]
    assert kinds(verdicts) == [QUEUED, QUEUED]
    assert found == ids


def inactive(names: str) -> str:
    return (
        f"Message OK, but will not deliver to these inactive addresses: {names}. "
        "Inactive recipients are ones that have generated a hard bounce."
    )


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("OK", [SENT, SENT]),
        ("Test job accepted", [SENT, SENT]),
        ("Message accepted, but delivery may be delayed.", [SENT, SENT]),
        (inactive(BEN), [SENT, REFUSED]),
        (inactive(f"{ANA}, {BEN.upper()}"), [REFUSED, REFUSED]),
        (inactive("somebody@else.example"), [UNKNOWN, UNKNOWN]),
        (f"It goes not to {BEN}, and delivery may be delayed.", [UNKNOWN, UNKNOWN]),
        ("OK, but for some of them", [UNKNOWN, UNKNOWN]),
        (17, [UNKNOWN, UNKNOWN]),
        ("inactive addresses: " * 1000, [UNKNOWN, UNKNOWN]),
    ],
)
async def test_postmarks_sentence_says_who_is_left_out(
    message: object, expected: list[VerdictKind]
) -> None:
    body = {"ErrorCode": 0, "MessageID": "1", "Message": message}
    verdicts = await submitted(fakes.Postmark, Respond(body=body), ANA, BEN)

    assert kinds(verdicts) == expected


def suppressed(*names: str) -> dict[str, Any]:
    people = [{"email": one, "reasons": ["blocklisted"]} for one in names]
    return {"warnings": [{"type": "SOME_SUPPRESSED", "recipients": people}]}


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ("", {"X-Message-Id": "1"}, [QUEUED, QUEUED]),
        (suppressed(BEN), {"X-Message-Id": "1"}, [QUEUED, REFUSED]),
        (suppressed(ANA, BEN), {}, [REFUSED, REFUSED]),
        (suppressed(BEN), {}, [UNKNOWN, REFUSED]),
        (suppressed(BEN.upper()), {"X-Message-Id": "1"}, [QUEUED, REFUSED]),
        ({"warnings": []}, {"X-Message-Id": "1"}, [QUEUED, QUEUED]),
    ],
)
async def test_mailersend_lists_whom_it_left_out(
    body: object, headers: dict[str, str], expected: list[VerdictKind]
) -> None:
    """Where nobody gets it there is no id, and 202 all the same."""
    answer = Respond(status=202, body=body, headers=headers)
    verdicts = await submitted(fakes.MailerSend, answer, ANA, BEN)

    assert kinds(verdicts) == expected
    if REFUSED in expected:
        assert "blocklisted" in verdicts.by_recipient[1].receipt.text


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Welcome",
        [1],
        {"warnings": "some"},
        {"warnings": {"type": "SOME_SUPPRESSED", "recipients": [{"email": BEN}]}},
        {"warnings": [{"type": "ALL_SUPPRESSED"}]},
        {"warnings": [{"type": "ALL_SUPPRESSED", "recipients": []}]},
        {"warnings": [{"type": "SOME_SUPPRESSED", "recipients": [BEN]}]},
        {"warnings": [{"type": "SOME_SUPPRESSED", "recipients": {"email": BEN}}]},
        {"warnings": [*suppressed(BEN)["warnings"], {"type": "ANOTHER"}]},
        suppressed("somebody@else.example"),
        {"errors": {"to": ["No."]}},
    ],
)
async def test_mailersend_has_to_name_whom_it_left_out_as_it_documents(
    body: object,
) -> None:
    answer = Respond(status=202, body=body, headers={"X-Message-Id": "1"})
    verdicts = await submitted(fakes.MailerSend, answer, ANA, BEN)

    assert kinds(verdicts) == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("sandbox.api.mailtrap.io:443", [QUEUED, QUEUED]),
        ("send.api.mailtrap.io:443", [UNKNOWN, UNKNOWN]),
    ],
)
def test_the_sandbox_of_mailtrap_has_one_id_for_all(
    server: str, expected: list[VerdictKind]
) -> None:
    body = b'{"success": true, "message_ids": ["1"]}'
    envelope = RecordedJob(ANA, BEN).job.envelope
    found = Exchanged(stage=HttpStage.REPLY, server=server, status=200, body=body)

    reading = read(definition_of("mailtrap"), found, envelope, now=datetime.now(UTC))

    told = verdicts(envelope, found, reading.judgement, told=reading.told)
    assert kinds(told) == expected


@pytest.mark.parametrize(
    ("taken", "refused", "expected"),
    [
        (2, 0, [QUEUED, QUEUED]),
        (0, 2, [REFUSED, REFUSED]),
        (1, 1, [UNKNOWN, UNKNOWN]),
        (3, 0, [UNKNOWN, UNKNOWN]),
        (2, False, [UNKNOWN, UNKNOWN]),
        ("2", 0, [UNKNOWN, UNKNOWN]),
        (None, None, [UNKNOWN, UNKNOWN]),
    ],
)
async def test_sparkposts_numbers_name_nobody(
    taken: object, refused: object, expected: list[VerdictKind]
) -> None:
    body = {
        "results": {
            "id": "1",
            "total_accepted_recipients": taken,
            "total_rejected_recipients": refused,
        }
    }
    verdicts = await submitted(fakes.SparkPost, Respond(body=body), ANA, BEN)

    assert kinds(verdicts) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("new", QUEUED),
        ("sending", QUEUED),
        ("sent", SENT),
        ("failed", REFUSED),
        ("canceled", REFUSED),
        ("unknown", UNKNOWN),
        ("a new word", UNKNOWN),
    ],
)
async def test_scaleway_has_a_word_for_each(status: str, expected: VerdictKind) -> None:
    emails = [{"id": "1", "mail_rcpt": ANA, "status": status}]
    verdicts = await submitted(
        fakes.Scaleway, Respond(body={"emails": emails}), ANA, BEN
    )

    assert kinds(verdicts) == [expected, UNKNOWN]


async def test_of_whom_scaleway_says_two_things_nothing_is_known() -> None:
    emails = [
        {"id": str(number), "mail_rcpt": one, "status": status}
        for number, (one, status) in enumerate(
            [(ANA, "failed"), (ANA, "sent"), (ANA, "sent"), (BEN, "new"), (BEN, "new")]
        )
    ]
    verdicts = await submitted(
        fakes.Scaleway, Respond(body={"emails": emails}), ANA, BEN
    )

    assert kinds(verdicts) == [UNKNOWN, QUEUED]


@pytest.mark.parametrize("status", [400, 402, 429])
async def test_how_fast_one_may_ask_says_nothing_about_credits(status: int) -> None:
    """Brevo says on every answer when its second is over."""
    out = brevo(status, "not_enough_credits")
    headers = {"x-sib-ratelimit-reset": "1"}
    verdicts = await submitted(fakes.Brevo, replace(out, headers=headers), ANA)

    assert verdicts.fault is QUOTA
    assert verdicts.wait == DAY


@pytest.mark.parametrize("fake", [fakes.Brevo, fakes.SendGrid])
@pytest.mark.parametrize("value", ["", "soon", "-3", "1", "1" * 30])
async def test_a_wait_that_makes_no_sense_is_none(fake: type[Fake], value: str) -> None:
    name = next(iter(fake.slow))
    answer = Respond(status=429, body=fake().error(429), headers={name: value})
    verdicts = await submitted(fake, answer, ANA)

    assert kinds(verdicts) == [DEFERRED]
    is_short = fake is fakes.Brevo and value == "1"
    assert verdicts.wait == (timedelta(seconds=1) if is_short else None)


async def test_a_long_wait_is_a_day() -> None:
    headers = {"x-sib-ratelimit-reset": "99999999"}
    answer = Respond(status=429, body=fakes.Brevo().error(429), headers=headers)
    verdicts = await submitted(fakes.Brevo, answer, ANA)

    assert verdicts.wait == DAY


async def test_a_gateway_in_front_of_brevo_is_not_taken_for_it() -> None:
    """Its header about the rate is on every answer, whoever gives that."""
    headers = {"x-sib-ratelimit-reset": "120"}
    verdicts = await submitted(
        fakes.Brevo, Respond(status=503, body="down", headers=headers), ANA
    )

    assert kinds(verdicts) == [UNKNOWN]
