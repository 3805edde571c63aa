"""Mail that waits, mail of unknown fate, accounts, and leaving."""

from dataclasses import replace

import pytest

from tests.cli.linear.conftest import Talk
from tuimail.tui.leaving import UnderWay
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.views import Row

RELEASED = ("list review", "read 1", "approve 1", "release 1")


@pytest.fixture
def lost(talk: Talk) -> str:
    """A mail of which nobody knows whether it arrived; its id."""
    answer = talk.shell(
        "send", "--to", "silent@example.net", "--subject", "Hello", "--text", "Hi.",
        "--no-undo", "--json",
    )  # fmt: skip
    assert answer.json["status"] == "unknown"
    return str(answer.json["id"])


def test_mail_is_held_let_go_on_and_withdrawn(talk: Talk, mail: str) -> None:
    said = talk(
        *RELEASED,
        "hold 1",
        "list outbox",
        "resume 1",
        "cancel 1",
        "",
        "cancel 1",
        "yes",
    )

    assert "\n1 held.\n" in said
    assert "\n1. held, " in said
    assert "   Why: " in said
    assert "\n1 goes on.\n" in said
    assert "It is not sent to anybody who does not have it already.\n" in said
    assert "Left as it was.\n" in said
    assert "\n1 withdrawn.\n" in said
    assert talk.status(mail) == "cancelled"


def test_mail_in_review_is_held_as_there(talk: Talk) -> None:
    talk.shell.submit()

    said = talk("list review", "hold 1", "resume 1")

    assert "1 held: nobody approves it until it goes on.\n" in said
    assert "1 can be decided about again.\n" in said


def test_a_refusal_names_what_is_typed_here(talk: Talk, mail: str) -> None:
    said = talk("list review", "retry 1")

    assert mail not in said
    assert "tuimail" not in said.partition("\n")[2]


def test_the_evidence_is_said_before_it_is_sent_again(talk: Talk, lost: str) -> None:
    said = talk(
        "list outbox", "read 1", "retry 1", "resend 1", "", "resend 1", "example.org",
        "resend 1", "example.net",
    )  # fmt: skip

    assert "\nEvidence at " in said
    assert "You may type: arrived 1, resend 1, give-up 1\n" in said
    assert "Type resend 1 to send it again.\n" in said
    assert "Type example.net to send it again, or nothing to leave it: " in said
    assert "Left as it was.\n" in said
    assert "1 is sent again.\n" in said
    assert talk.status(lost) == "ready"


@pytest.mark.parametrize(
    ("typed", "said", "status"),
    [("arrived 1", "marked as sent", "sent"), ("give-up 1", "given up", "error")],
)
def test_a_person_says_what_became_of_it(
    talk: Talk, lost: str, typed: str, said: str, status: str
) -> None:
    assert f"\n1 {said}.\n" in talk("list outbox", typed, "yes")
    assert talk.status(lost) == status


def test_nobody_is_asked_where_nobody_knows(talk: Talk, lost: str) -> None:
    said = talk("list outbox", "ask 1")

    assert "Nobody can be asked about mail 1.\n" in said
    assert f"inquire {lost}" not in talk.sender.asked


@pytest.mark.parametrize(
    ("is_here", "said"),
    [(True, "what it says is noted here"), (False, "Another program sends")],
)
def test_a_provider_that_keeps_a_record_is_asked(
    talk: Talk, lost: str, monkeypatch: pytest.MonkeyPatch, *, is_here: bool, said: str
) -> None:
    found = DraftDesk.row

    def row(desk: DraftDesk, draft_id: str) -> Row:
        return replace(found(desk, draft_id), actions=frozenset({"inquire"}))

    monkeypatch.setattr(DraftDesk, "row", row)
    talk.sender.inquires = is_here

    assert said in talk("list outbox", "ask 1")
    assert f"inquire {lost}" in talk.sender.asked


def test_an_account_is_held_and_sends_again(talk: Talk) -> None:
    said = talk("hold-account main", "accounts", "resume-account main")

    assert "The account main is held.\n" in said
    assert "resume-account main" in said
    assert "The account main sends again.\n" in said


@pytest.mark.parametrize(
    ("answer", "patience", "goes_on"),
    [("wait", None, False), ("now", 2.0, False), ("", 2.0, True)],
)
def test_leaving_asks_while_mail_is_handed_over(
    talk: Talk,
    mail: str,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    patience: float | None,
    *,
    goes_on: bool,
) -> None:
    with talk.shell.open() as workspace:
        row = workspace.drafts.row(mail)
    monkeypatch.setattr(
        "tuimail.cli.linear.dialogue.leaving.under_way",
        lambda _workspace: UnderWay(sending=(row,), waiting=0),
    )

    said = talk("quit", answer, "accounts")

    assert "nobody can tell whether it arrived" in said
    assert ("accounts: 1" in said) == goes_on
    assert talk.session is not None
    assert talk.session.patience == patience


def test_a_machine_that_ends_waits_for_what_was_begun(talk: Talk) -> None:
    def end() -> None:
        assert talk.session is not None
        talk.session.ends = lambda: True

    said = talk(end, "accounts")

    assert "accounts: 1" not in said
    assert talk.session is not None
    assert talk.session.patience is None
