"""What is handed in says where it comes from, and can be waited for."""

from typing import Any

import pytest

from tests.cli.conftest import Shell, Time
from tuimail.cli import sending

pytestmark = pytest.mark.usefixtures("account")
MAIL = ("--to", "bob@partner.example", "--subject", "Invoice", "--text", "Pay.")


def submit(tuimail: Shell, *words: str, actor: str = "billing") -> dict[str, Any]:
    answer = tuimail("submit", *MAIL, "--actor", actor, "--json", *words)
    assert answer.code in {0, 1, 3}, answer
    return answer.json


def test_a_mail_says_where_it_comes_from(tuimail: Shell) -> None:
    first = submit(tuimail)["id"]

    second = submit(
        tuimail, "--run-url", "https://ci.example/7", "--revises", first[-6:]
    )["id"]

    origin = tuimail("show", second, "--json").json["origin"]
    assert origin["run_url"] == "https://ci.example/7"
    assert origin["revises"] == first
    shown = tuimail("review", second).text
    assert "https://ci.example/7" in shown
    assert first in shown


@pytest.mark.parametrize(
    ("words", "code", "where"),
    [
        (("--run-url", "javascript:alert(1)"), "field", "run-url"),
        (("--revises", "zzzzzz"), "not-found", "id"),
        (("--revises", "x"), "usage", "id"),
    ],
)
def test_a_claim_that_cannot_be_is_refused(
    tuimail: Shell, words: tuple[str, ...], code: str, where: str
) -> None:
    answer = tuimail("submit", *MAIL, "--actor", "billing", *words, "--json")

    assert answer.code != 0
    assert (answer.error["code"], answer.error["field"]) == (code, where)
    assert tuimail("list", "--json").json["mails"] == []


def test_nobody_takes_the_place_of_anothers_mail(tuimail: Shell) -> None:
    theirs = submit(tuimail)["id"]

    answer = tuimail("submit", *MAIL, "--actor", "sales", "--revises", theirs, "--json")

    assert answer.code == 1
    assert answer.error["message"] == "You have no mail with that id."


def test_programs_get_the_answer_that_every_door_gives(tuimail: Shell) -> None:
    document = submit(tuimail)

    assert document["status"] == document["state"] == "review"
    assert document["decision"] is None
    assert document["edited"] is False
    assert document["resubmit"] == "no"
    assert document["duplicate_of"] == ""


def test_a_person_who_hands_in_gets_it_too(tuimail: Shell) -> None:
    answer = tuimail("submit", *MAIL, "--json")

    assert answer.json["resubmit"] == "no"


def test_who_waits_is_told_what_was_decided(tuimail: Shell, passing: Time) -> None:
    def send_back() -> None:
        if passing.seconds != 3 * sending.POLL_SECONDS:
            return
        with tuimail.open() as workspace:
            (row,) = workspace.drafts.rows()
            workspace.reviews.request_changes(
                row.id, revision=1, reason="By when?", codes=["wrong-facts"]
            )

    passing.then = send_back
    answer = tuimail("submit", *MAIL, "--actor", "billing", "--wait", "60", "--json")

    assert answer.code == 1
    assert passing.seconds == 3 * sending.POLL_SECONDS
    assert answer.json["resubmit"] == "revise"
    decision = answer.json["decision"]
    assert decision.pop("at").endswith("Z")
    assert decision == {
        "verdict": "changes_requested",
        "codes": ["wrong-facts"],
        "reason": "By when?",
        "comments": [],
        "by_role": "owner",
    }


def test_who_waits_too_long_is_told_that_it_still_waits(
    tuimail: Shell, passing: Time
) -> None:
    answer = tuimail("submit", *MAIL, "--actor", "billing", "--wait", "2", "--json")

    assert answer.code == 3
    assert answer.json["status"] == "review"
    assert passing.seconds == 2


def test_it_is_looked_at_again_only_after_somebody_wrote(
    tuimail: Shell, passing: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tuimail.workspace.drafts import DraftDesk  # noqa: PLC0415 - to be counted

    looks, row = [], DraftDesk.row

    def counted(desk: DraftDesk, draft_id: str) -> object:
        looks.append(passing.seconds)
        return row(desk, draft_id)

    monkeypatch.setattr(DraftDesk, "row", counted)
    tuimail("submit", *MAIL, "--actor", "billing", "--wait", "10")

    assert passing.seconds == 10
    assert max(looks) <= sending.POLL_SECONDS
