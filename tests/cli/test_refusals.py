"""What is refused is refused in words that can be typed."""

from collections.abc import Callable

import pytest

from tests.cli.conftest import Shell
from tuimail.cli import refusals
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

pytestmark = pytest.mark.usefixtures("account")


def _send(tuimail: Shell, to: str = "bob@partner.example", *words: str) -> str:
    answer = tuimail("send", "--to", to, "--text", "x", *words, "--json")
    found: str = answer.json["id"]
    return found


@pytest.mark.parametrize(
    ("to", "verb", "message", "hint"),
    [
        (
            "bob@partner.example",
            ("retry",),
            "is sent and cannot be tried again.",
            "It was sent; nothing more can be done.",
        ),
        (
            "bob@partner.example",
            ("cancel",),
            "is sent and cannot be withdrawn.",
            "It was sent; nothing more can be done.",
        ),
        (
            "gone@example.net",
            ("resume",),
            "has failed and cannot be resumed.",
            "Try it again: tuimail retry {id} (or reroute)",
        ),
        (
            "silent@example.net",
            ("hold",),
            "is unknown and cannot be held.",
            "Say what became of it: tuimail resolve {id} --sent|--resend|--give-up",
        ),
        (
            "slow@example.net",
            ("resolve", "--resend"),
            "is deferred, not unknown.",
            "Try it now: tuimail retry {id} (or hold, cancel, reroute)",
        ),
        (
            "bob@partner.example",
            ("approve",),
            "",
            "It was sent; nothing more can be done.",
        ),
    ],
)
def test_a_refusal_says_what_can_be_typed_about_this_mail(
    tuimail: Shell, to: str, verb: tuple[str, ...], message: str, hint: str
) -> None:
    id_ = _send(tuimail, to)

    answer = tuimail(verb[0], id_[-6:], *verb[1:], "--json")

    assert (answer.code, answer.error["code"]) == (1, "transition")
    assert answer.error["hint"] == hint.format(id=id_)
    assert id_ in answer.error["message"]
    assert answer.error["message"].endswith(message)


def test_what_is_held_is_resumed_and_not_retried(tuimail: Shell) -> None:
    id_ = _send(tuimail, "bob@partner.example", "--wait", "0")
    tuimail("hold", id_)

    answer = tuimail("retry", id_, "--json")

    assert answer.error["message"] == f"Mail {id_} is held and cannot be tried again."
    hint = f"Let it go on: tuimail resume {id_} (or cancel, reroute)"
    assert answer.error["hint"] == hint


def test_where_the_account_is_held_that_is_what_is_resumed(tuimail: Shell) -> None:
    tuimail("accounts", "hold", "main")
    id_ = _send(tuimail)

    answer = tuimail("resolve", id_, "--sent", "--json")

    assert answer.error["hint"] == "Its account is held: tuimail accounts resume main"


def test_what_is_no_draft_any_more_is_told_so(tuimail: Shell) -> None:
    id_ = _send(tuimail, "bob@partner.example", "--dry-run")
    tuimail("discard", id_)

    answer = tuimail("approve", id_, "--json")

    assert answer.error["message"].startswith(f"Mail {id_} is discarded")
    assert "thrown away" in answer.error["hint"]


def test_who_leaves_between_the_last_dot_and_the_answer_is_told_the_truth(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def leave(opener: Callable[[], Workspace], _id: str, **_: object) -> Row:
        with opener() as workspace:
            (claim,) = workspace.delivery.claim()
            workspace.delivery.commit(claim)
        raise KeyboardInterrupt

    monkeypatch.setattr("tuimail.workspace.sending.send_now", leave)

    answer = tuimail("send", "--to", "bob@partner.example", "--text", "x")

    assert answer.code == 130
    assert "stays in the outbox" not in answer.talk
    assert "nobody can say whether it arrived: tuimail show " in answer.talk


def test_every_status_has_something_that_can_be_typed() -> None:
    states = {*DraftState, *SubmissionState} - {DraftState.RELEASED}

    assert set(refusals._NEXT) == {state.value for state in states}


def test_a_rejection_that_there_is_not_cannot_be_taken_back(
    tuimail: Shell, account: str
) -> None:
    """It is in review and could well be rejected; that is not what was asked."""
    mail = tuimail.submit()["id"]

    error = tuimail("reject", mail, "--undo", "--json", terminal=True).error

    assert error["message"] == (
        f"Mail {mail} is in review and cannot be put before a reviewer again."
    )
