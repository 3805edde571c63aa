"""Every error that Gmail is known for, by where it comes, and what it means."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.providers.gmail.fake_gmail import FakeGmail, failure, odd_at
from tests.providers.gmail.test_provider import (
    a_job,
    kinds,
    submitted,
    threaded,
)
from tuimail.core.submission import AccountFault, VerdictKind
from tuimail.testing import Close, Respond, Say

DEFERRED, REFUSED = VerdictKind.DEFERRED, VerdictKind.REFUSED
UNKNOWN = VerdictKind.UNKNOWN
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
"""Five in the morning in California."""
BOTH = ("at_opening", "at_content")
LATER = "User-rate limit exceeded.  Retry after 2026-07-01T15:00:00.500Z (Mail sending)"
MIDNIGHT = timedelta(hours=19)
MINUTE = timedelta(minutes=1)
NOT_GOOGLES = Respond(status=403, body="<h1>Blocked by your company</h1>")


@pytest.mark.parametrize("where", BOTH)
@pytest.mark.parametrize(
    ("answer", "wait"),
    [
        (failure(403, "rateLimitExceeded"), MINUTE),
        (failure(403, "userRateLimitExceeded"), MINUTE),
        (failure(403, "rateLimitExceeded", status="PERMISSION_DENIED"), MINUTE),
        (failure(429, "rateLimitExceeded", LATER), timedelta(hours=3, seconds=0.5)),
        (failure(403, "rateLimitExceeded", LATER), timedelta(hours=3, seconds=0.5)),
        (failure(429, "whatever"), MINUTE),
    ],
    ids=lambda found: str(found)[:50],
)
async def test_who_is_too_fast_waits_with_all_mail_of_the_account(
    where: str, answer: Respond, wait: timedelta
) -> None:
    verdicts = await submitted(odd_at(where, answer))

    assert kinds(verdicts) == [DEFERRED]
    assert verdicts.by_recipient[0].wait == wait
    assert verdicts.wait == wait
    assert not verdicts.is_unreachable


@pytest.mark.parametrize("where", BOTH)
@pytest.mark.parametrize("reason", ["dailyLimitExceeded", "quotaExceeded"])
async def test_a_share_that_is_used_up_is_new_at_midnight_in_california(
    where: str, reason: str
) -> None:
    fake = odd_at(where, failure(403, reason, status="PERMISSION_DENIED"))
    verdicts = await submitted(fake)

    assert verdicts.fault is AccountFault.QUOTA
    assert verdicts.wait == MIDNIGHT
    assert verdicts.by_recipient == ()


@pytest.mark.parametrize("where", BOTH)
@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (failure(401, "authError"), AccountFault.LOGIN),
        (failure(403, "insufficientPermissions"), AccountFault.SETTINGS),
        (failure(403, "accessNotConfigured"), AccountFault.SETTINGS),
        (failure(403, "domainPolicy"), AccountFault.SETTINGS),
        (failure(403, "forbidden"), AccountFault.SETTINGS),
        (failure(403, status="PERMISSION_DENIED"), AccountFault.SETTINGS),
        (failure(400, "failedPrecondition"), AccountFault.SETTINGS),
        (failure(400, status="FAILED_PRECONDITION"), AccountFault.SETTINGS),
        (failure(403, "whatever"), AccountFault.LOGIN),
    ],
    ids=lambda found: str(found)[:60],
)
async def test_what_every_mail_would_meet_holds_the_account(
    where: str, answer: Respond, fault: AccountFault
) -> None:
    verdicts = await submitted(odd_at(where, answer))

    assert verdicts.fault is fault
    assert verdicts.by_recipient == ()
    assert verdicts.wait is None


@pytest.mark.parametrize("where", BOTH)
@pytest.mark.parametrize(
    "answer",
    [
        failure(400, "invalidArgument", "Invalid To header"),
        failure(400, "invalidArgument", "Recipient address required"),
        failure(400, "badContent"),
        failure(413, "uploadTooLarge"),
    ],
    ids=lambda found: str(found)[:60],
)
async def test_what_is_wrong_with_a_mail_refuses_it(
    where: str, answer: Respond
) -> None:
    verdicts = await submitted(odd_at(where, answer), a_job())

    assert kinds(verdicts) == [REFUSED]
    assert verdicts.by_recipient[0].receipt.code == answer.status


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize("body", ["<h1>Error</h1>", {"error": {"code": 500}}])
async def test_an_error_of_googles_before_the_mail_is_out_means_later(
    status: int, body: Any
) -> None:
    answer = Respond(status=status, body=body)
    verdicts = await submitted(FakeGmail(at_opening=answer))

    assert kinds(verdicts) == [DEFERRED]
    assert verdicts.by_recipient[0].receipt.stage == "request"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
@pytest.mark.parametrize(
    "answer", [Respond(body="<h1>Error</h1>"), failure(500, "backendError")]
)
async def test_an_error_of_googles_after_that_is_left_to_the_session(
    status: int, answer: Respond
) -> None:
    said = Respond(status=status, body=answer.body, headers={"Retry-After": "9"})
    verdicts = await submitted(FakeGmail(at_content=said))

    assert kinds(verdicts) == [UNKNOWN]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Respond(body=""), DEFERRED),
        (Respond(status=201, body="{}"), DEFERRED),
        (Close(), DEFERRED),
        (Close(hard=True), DEFERRED),
        (Say(b"220 smtp.example ESMTP\r\n\r\n"), DEFERRED),
    ],
    ids=lambda found: str(found)[:60],
)
async def test_a_session_that_does_not_open_means_that_nothing_was_sent(
    answer: Any, kind: VerdictKind
) -> None:
    verdicts = await submitted(FakeGmail(at_opening=answer))

    assert verdicts.fault is None
    assert kinds(verdicts) == [kind]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (failure(404, "notFound"), DEFERRED),
        (Respond(body=""), UNKNOWN),
        (Respond(status=204, body=""), UNKNOWN),
        (Respond(body="<html>Thanks!</html>"), UNKNOWN),
        (Respond(body="[" * 100_000), UNKNOWN),
        (Respond(body=b'{"id": "19a0", "labelIds": ["\xff"]}'), UNKNOWN),
        (Respond(body={"threadId": "19a0"}), UNKNOWN),
        (Say(b'HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{"id": 1}'), UNKNOWN),
        (Say(b"220 smtp.example ESMTP\r\n\r\n"), UNKNOWN),
        (Close(), UNKNOWN),
        (Close(hard=True), UNKNOWN),
    ],
    ids=lambda found: str(found)[:60],
)
async def test_after_the_last_piece_only_what_gmail_said_counts(
    answer: Any, kind: VerdictKind
) -> None:
    waits_for_more = isinstance(answer, Say)
    fake = FakeGmail(at_content=(answer, Close()) if waits_for_more else answer)
    verdicts = await submitted(fake)

    assert verdicts.fault is None
    assert kinds(verdicts) == [kind]


def a_308(**headers: str) -> Respond:
    return Respond(status=308, body="", headers=headers)


SAYS_NOTHING = [
    # A session that is open, or is not, or is somebody else's.
    a_308(),
    a_308(Range="bytes=0-9"),
    a_308(Range="bytes=0-353"),
    a_308(Range="nonsense"),
    a_308(Location="https://portal.example/"),
    failure(410, "gone"),
    Respond(status=410, body=""),
    failure(409, "aborted"),
    failure(409, "alreadyExists"),
    failure(412, "conditionNotMet"),
    failure(416, "outOfRange"),
    failure(499, "cancelled"),
    # Not Gmail's own words, but a gateway's or a portal's.
    Respond(status=302, headers={"Location": "https://portal.example/"}),
    Respond(status=304, body=""),
    Respond(status=307, headers={"Location": "/elsewhere"}),
    *(
        Respond(status=status, body=body)
        for status in (400, 401, 403, 404, 405, 407, 408, 411, 413, 415, 422, 429, 451)
        for body in ("<h1>Blocked by your company</h1>", {"error": {"code": 200}})
    ),
    *(
        Respond(status=404, body=body)
        for body in ([1], "null", {"error": "text"}, {"error": {"status": "NOT_FOUND"}})
    ),
    Say(b'HTTP/1.1 404 No\r\nContent-Length: 99\r\n\r\n{"error": {"code": 404}}'),
]
"""Whether it was taken. Gmail took it, and something says this in its place."""


@pytest.mark.parametrize("thread", ["", "19a0"])
@pytest.mark.parametrize("answer", SAYS_NOTHING, ids=lambda found: str(found)[:90])
async def test_what_proves_nothing_after_the_last_piece_leaves_it_to_the_session(
    answer: Any, thread: str
) -> None:
    waits_for_more = isinstance(answer, Say)
    fake = FakeGmail(after_taking=(answer, Close()) if waits_for_more else answer)
    verdicts = await submitted(fake, threaded(thread) if thread else a_job())

    assert len(fake.taken) == 1
    assert verdicts.fault is None
    assert kinds(verdicts) == [UNKNOWN]


async def test_a_gateway_that_asks_to_slow_down_is_heeded_and_proves_nothing() -> None:
    said = Respond(status=429, body="slow", headers={"Retry-After": "90"})
    verdicts = await submitted(FakeGmail(after_taking=said))

    assert kinds(verdicts) == [UNKNOWN]
    assert verdicts.wait == 1.5 * MINUTE


async def test_a_portal_that_asks_for_a_login_after_that_has_no_token_renewed() -> None:
    """A renewal that fails would say that the mail was not taken."""
    renewed: list[str] = []

    def renew() -> str:
        renewed.append("again")
        return "fresh"

    portal = Respond(status=401, body="<h1>Log in</h1>")
    verdicts = await submitted(FakeGmail(after_taking=portal), renew=renew)

    assert kinds(verdicts) == [UNKNOWN]
    assert renewed == []


@pytest.mark.parametrize(
    "answer",
    [
        NOT_GOOGLES,
        Respond(status=429, body="slow"),
        Respond(status=410),
        Respond(status=302, headers={"Location": "/elsewhere"}),
        Respond(status=308, headers={"Range": "bytes=0-353"}),
    ],
)
async def test_while_no_mail_is_out_anybodys_word_is_enough(answer: Respond) -> None:
    verdicts = await submitted(FakeGmail(at_opening=answer))

    assert UNKNOWN not in kinds(verdicts)


async def test_a_thing_that_is_not_there_holds_the_account_if_no_thread_is_named() -> (
    None
):
    """The address is wrong, and every mail would meet the same."""
    verdicts = await submitted(FakeGmail(at_opening=Respond(status=404)))

    assert verdicts.fault is AccountFault.SETTINGS


@pytest.mark.parametrize(
    "body",
    [
        [1],
        {"error": "text"},
        {"error": {"errors": "text", "details": 7, "status": None}},
        {"error": {"errors": ["text", {"reason": 7}]}},
        "null",
    ],
)
async def test_an_error_in_any_form_can_be_judged(body: Any) -> None:
    verdicts = await submitted(FakeGmail(at_opening=Respond(status=403, body=body)))

    assert verdicts.fault is AccountFault.LOGIN
