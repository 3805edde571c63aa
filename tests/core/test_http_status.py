"""What a mail API's answer means, and how long it asks to wait."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tuimail.core.http_reasons import HttpStage, http_meaning
from tuimail.core.http_status import http_verdict, retry_after
from tuimail.core.retry import LONGEST_WAIT
from tuimail.core.status import Judgement, reason
from tuimail.core.submission import AccountFault, Receipt, VerdictKind

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
CONNECT, REQUEST, REPLY = HttpStage
SENT, DEFERRED = VerdictKind.SENT, VerdictKind.DEFERRED
REFUSED, UNKNOWN = VerdictKind.REFUSED, VerdictKind.UNKNOWN


def judged(
    status: int,
    *,
    stage: HttpStage = REPLY,
    has_structure: bool = True,
    wait: timedelta | None = None,
) -> Judgement:
    return http_verdict(
        stage=stage, status=status, has_structure=has_structure, wait=wait
    )


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_a_yes_counts_if_the_api_said_it(status: int) -> None:
    assert judged(status).kind is SENT
    assert judged(status, has_structure=False).kind is UNKNOWN


@pytest.mark.parametrize("status", [0, -1, 7, 100, 199, 600, 999])
def test_no_answer_is_judged_by_how_far_the_request_got(status: int) -> None:
    """An answer that nobody can read is none, and its wait is nobody's."""
    wait = timedelta(hours=1)

    assert judged(status, stage=CONNECT).kind is DEFERRED
    assert judged(status, stage=REQUEST).kind is DEFERRED
    assert judged(status, wait=wait) == Judgement(kind=UNKNOWN)


@pytest.mark.parametrize("has_structure", [False, True])
@pytest.mark.parametrize("status", [200, 202, 500, 502, 503, 504])
def test_nobody_can_have_what_did_not_go_out(
    *, status: int, has_structure: bool
) -> None:
    found = judged(status, stage=REQUEST, has_structure=has_structure)

    assert found.kind is DEFERRED


@pytest.mark.parametrize("has_structure", [False, True])
@pytest.mark.parametrize("stage", [REQUEST, REPLY])
@pytest.mark.parametrize("status", [300, 301, 302, 307, 308, 399])
def test_nobody_is_followed_with_a_key(
    *, status: int, stage: HttpStage, has_structure: bool
) -> None:
    """Every mail would be sent there alike: the account's address is wrong."""
    found = judged(status, stage=stage, has_structure=has_structure)

    assert (found.kind, found.fault) == (None, AccountFault.SETTINGS)


def test_what_is_to_be_seen_elsewhere_may_have_been_done() -> None:
    """RFC 9110 §15.4.4: 303 answers a request that was dealt with."""
    assert judged(303).kind is UNKNOWN
    assert judged(303, stage=REQUEST).fault is AccountFault.SETTINGS


@pytest.mark.parametrize("stage", [REQUEST, REPLY])
@pytest.mark.parametrize("has_structure", [False, True])
@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, AccountFault.LOGIN),
        (402, AccountFault.QUOTA),
        (403, AccountFault.LOGIN),
        (404, AccountFault.SETTINGS),
        (405, AccountFault.SETTINGS),
        (410, AccountFault.SETTINGS),
    ],
)
def test_what_every_message_would_meet_holds_the_account(
    *, status: int, fault: AccountFault, has_structure: bool, stage: HttpStage
) -> None:
    found = judged(status, has_structure=has_structure, stage=stage)

    assert (found.kind, found.fault) == (None, fault)


@pytest.mark.parametrize("status", [400, 406, 409, 411, 413, 415, 418, 422, 451, 499])
def test_a_request_that_is_wrong_is_refused(status: int) -> None:
    assert judged(status).kind is REFUSED
    assert judged(status, has_structure=False).kind is REFUSED
    assert judged(status, stage=REQUEST).kind is REFUSED


@pytest.mark.parametrize("status", [408, 425, 429])
def test_not_now_means_later_whoever_says_it(status: int) -> None:
    assert judged(status, has_structure=False).kind is DEFERRED


@pytest.mark.parametrize("status", [500, 501, 503, 507, 599])
def test_an_error_counts_if_the_api_said_it(status: int) -> None:
    assert judged(status).kind is DEFERRED
    assert judged(status, has_structure=False).kind is UNKNOWN


@pytest.mark.parametrize("status", [502, 504])
def test_nobody_knows_what_a_gateway_was_waiting_for(status: int) -> None:
    wait = timedelta(minutes=1)

    assert judged(status).kind is UNKNOWN
    assert judged(status, wait=wait).kind is UNKNOWN


@pytest.mark.parametrize("status", [500, 503])
def test_a_gateway_that_names_a_time_may_have_passed_it_on(status: int) -> None:
    """It says when to come back, and not what became of this one."""
    wait = timedelta(minutes=1)
    found = judged(status, has_structure=False, wait=wait)

    assert found == Judgement(kind=UNKNOWN, wait=wait)
    assert judged(status, wait=wait) == Judgement(kind=DEFERRED, wait=wait)


def test_a_gateway_that_names_a_time_early_had_nothing_to_pass_on() -> None:
    wait = timedelta(minutes=1)
    found = judged(503, stage=REQUEST, has_structure=False, wait=wait)

    assert found == Judgement(kind=DEFERRED, wait=wait)


def test_the_wait_that_was_asked_for_is_passed_on() -> None:
    wait = timedelta(minutes=2)

    assert judged(429, wait=wait).wait == wait
    assert judged(429).wait is None


@given(
    status=st.integers(-10, 1000),
    stage=st.sampled_from(HttpStage),
    has_structure=st.booleans(),
    wait=st.none() | st.just(timedelta(minutes=1)),
)
def test_there_is_one_meaning_for_everything(
    *, status: int, stage: HttpStage, has_structure: bool, wait: timedelta | None
) -> None:
    found = judged(status, stage=stage, has_structure=has_structure, wait=wait)

    assert (found.kind is None) is (found.fault is not None)
    assert found.kind is not UNKNOWN or stage is REPLY


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("1", 1),
        ("86399", 86399),
        ("86401", 86400),
        ("999999999", 86400),
        ("Sat, 21 Nov 2026 12:02:00 GMT", 120),
        ("Saturday, 21-Nov-26 12:02:00 GMT", 120),
        ("Sat Nov 21 12:02:00 2026", 120),
        ("Tue Dec  1 12:00:00 2026", 86400),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 86400),
    ],
)
def test_a_wait_is_read_in_every_form_there_is(value: str, seconds: int) -> None:
    assert retry_after(value, now=NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "-5",
        "+5",
        "1.5",
        "1e3",
        "soon",
        "120 seconds",
        "12\u0660",
        "9" * 10,
        "9" * 5000,
        "Sat, 21 Nov 2026 12:00:00 GMT",
        "Sat, 21 Nov 2020 12:02:00 GMT",
        "Saturday, 21-Nov-94 12:02:00 GMT",
        "Sat, 31 Feb 2027 12:02:00 GMT",
        "Sat, 21 Nov 2026 25:02:00 GMT",
        "Sat, 21 Nov 0000 12:02:00 GMT",
        "Sat, 21 Nov 2026 12:02:00 +0100",
        "sat, 21 nov 2026 12:02:00 gmt",
        "Sat, 2\u0661 Nov 2026 12:02:00 GMT",
        "2026-11-21T12:02:00Z",
    ],
)
def test_a_wait_that_makes_no_sense_is_none(value: str) -> None:
    assert retry_after(value, now=NOW) is None


def test_a_year_of_two_digits_is_a_near_one() -> None:
    """RFC 9110 §5.6.7: what looks like more than 50 years ahead is past."""
    new_years_eve = datetime(2099, 12, 31, 23, 59, tzinfo=UTC)

    assert retry_after("Friday, 01-Jan-99 00:00:00 GMT", now=new_years_eve) is None
    assert retry_after("Friday, 31-Dec-76 00:00:00 GMT", now=NOW) == LONGEST_WAIT
    assert retry_after("Friday, 31-Dec-77 00:00:00 GMT", now=NOW) is None


@given(st.text() | st.integers().map(str))
def test_a_wait_is_never_less_than_something_nor_more_than_a_day(value: str) -> None:
    wait = retry_after(value, now=NOW)

    assert wait is None or timedelta(0) < wait <= LONGEST_WAIT


@given(st.integers(-10, 1000))
def test_there_are_words_for_every_status(status: int) -> None:
    assert "provider" in http_meaning(status)


@pytest.mark.parametrize(
    ("stage", "status", "outcome", "says"),
    [
        ("connect", 0, DEFERRED, "The server could not be reached"),
        ("request", 0, DEFERRED, "The connection broke off before the message"),
        ("request", 413, REFUSED, "The message is too big for the provider: 413"),
        ("reply", 429, DEFERRED, "The provider asks to slow down: 429"),
        ("reply", 451, REFUSED, "The provider does not take the message as it is"),
        ("reply", 302, REFUSED, "The provider sends us somewhere else"),
        ("reply", 0, UNKNOWN, "The whole message went out and no answer came"),
        ("reply", 504, UNKNOWN, "The whole message went out and the answer does not"),
        ("reply", 200, SENT, "Accepted by the provider: 200"),
    ],
)
def test_a_reason_says_what_the_answer_means(
    stage: str, status: int, outcome: VerdictKind, says: str
) -> None:
    assert reason(Receipt(stage=stage, code=status), outcome).startswith(says)
