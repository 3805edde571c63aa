"""When mail may leave, and until when it is of use, from the command line."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import Shell
from tuimail.demo.server import DemoServer

pytestmark = pytest.mark.usefixtures("account")
MAIL = ("--to", "bob@partner.example", "--subject", "Lunch", "--text", "At noon?")


@pytest.fixture
def day() -> datetime:
    """Noon, some days from now."""
    now = datetime.now(UTC) + timedelta(days=30)
    return now.replace(hour=12, minute=0, second=0, microsecond=0)


def test_a_zone_by_name_is_answered_in_utc_and_in_local_time(
    tuimail: Shell, day: datetime, server: DemoServer
) -> None:
    at = f"{day:%Y-%m-%d} 12:00 UTC"

    answer = tuimail("send", *MAIL, "--at", at, "--json")

    found = answer.json
    assert (answer.code, found["status"]) == (0, "ready")
    assert found["due_at"] == f"{day:%Y-%m-%d}T12:00:00Z"
    assert datetime.fromisoformat(found["due_at_local"]) == day
    assert f"({day:%Y-%m-%d} 12:00 UTC)." in answer.talk
    assert server.deliveries == ()


def test_the_mail_says_when_it_leaves(tuimail: Shell, day: datetime) -> None:
    id_ = tuimail("send", *MAIL, "--at", day.isoformat(), "--json").json["id"]

    headers = tuimail("show", id_, "--headers").text
    assert f"Date: {day:%a, %d %b %Y} 12:00:00 +0000" in headers


@pytest.mark.parametrize("verb", ["send", "submit"])
def test_until_when_it_is_of_use_is_kept_and_shown(
    tuimail: Shell, verb: str, day: datetime
) -> None:
    words = (verb, *MAIL, "--expires", day.isoformat())
    id_ = tuimail(*words, *(("--wait", "0") if verb == "send" else ()), "--json").json[
        "id"
    ]

    page = tuimail("show", id_, "--json").json
    assert page["expires_at"] == f"{day:%Y-%m-%d}T12:00:00Z"
    assert "Expires:" in tuimail("show", id_).text


def test_it_may_be_said_as_a_time_from_now(tuimail: Shell) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    found = tuimail("send", *MAIL, "--expires", "3d", "--dry-run", "--json").json

    left = datetime.fromisoformat(found["expires_at"]) - before
    assert timedelta(days=3) <= left < timedelta(days=3, minutes=1)


def test_a_release_may_have_an_end_of_its_own(tuimail: Shell, day: datetime) -> None:
    id_ = tuimail("send", *MAIL, "--dry-run", "--json").json["id"]
    tuimail("approve", id_)

    tuimail("release", id_, "--expires", "2h", "--wait", "0")

    page = tuimail("show", id_, "--json").json
    left = datetime.fromisoformat(page["gives_up_at"]) - datetime.now(UTC)
    assert timedelta(hours=1) < left <= timedelta(hours=2)
    assert page["expires_at"] is None


@pytest.mark.parametrize(
    ("words", "field", "code"),
    [
        (("--at", "2020-01-01 08:00 UTC"), "at", 1),
        (("--expires", "2020-01-01 08:00 UTC"), "expires", 1),
        (("--at", "soon"), "at", 2),
        (("--expires", "soon"), "expires", 2),
        (("--at", "2027-01-01 08:00 Nowhere/Atall"), "at", 2),
    ],
)
def test_a_time_that_cannot_be_is_refused_and_nothing_is_stored(
    tuimail: Shell, words: tuple[str, ...], field: str, code: int
) -> None:
    answer = tuimail("send", *MAIL, *words, "--json")

    assert (answer.code, answer.error["field"]) == (code, field)
    assert tuimail("list", "--json").json["mails"] == []


def test_a_review_shows_that_the_end_was_changed(tuimail: Shell, day: datetime) -> None:
    page = tuimail.submit("--expires", day.isoformat())

    assert "Expires:" in tuimail("review", page["id"]).text


def test_mail_that_waits_gets_another_time_or_none(
    tuimail: Shell, day: datetime, server: DemoServer
) -> None:
    id_ = tuimail("send", *MAIL, "--at", day.isoformat(), "--json").json["id"]
    later = day + timedelta(days=2)

    moved = tuimail("plan", id_, "--at", later.isoformat(), "--late", "send", "--json")
    events = [line["event"] for line in tuimail(
        "show", id_, "--attempts", "--json").json["journal"]]  # fmt: skip
    now = tuimail("plan", id_, "--now", "--json")

    assert (moved.code, moved.json["due_at"]) == (0, f"{later:%Y-%m-%d}T12:00:00Z")
    assert events.count("submission_planned") == 2
    assert datetime.fromisoformat(now.json["due_at"]) < day
    assert server.deliveries == ()


@pytest.mark.parametrize("verb", ["send", "plan"])
def test_a_word_about_late_mail_that_is_none_is_refused(
    tuimail: Shell, day: datetime, verb: str
) -> None:
    what = MAIL if verb == "send" else (tuimail("send", *MAIL, "--at",
        day.isoformat(), "--json").json["id"],)  # fmt: skip

    answer = tuimail(verb, *what, "--at", day.isoformat(), "--late", "never", "--json")

    assert answer.code == 2
    assert "'never'" in answer.error["message"]
    assert "--help" in answer.error["hint"]
