"""Decisions typed in full: about what was read, by hand, with what the app asks."""

from datetime import timedelta

import pytest

from tests.cli.conftest import Shell
from tests.cli.linear.conftest import Talk, pasted
from tuimail.cli.linear.session import Session

SECRET = (
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n"
)
READ = ("list review", "read 1")
TOO_QUICK = "That was typed too quickly, or came with other lines: nothing was done.\n"


@pytest.fixture
def reviewers(tuimail: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuimail.workspace.reviewers._COST", 4)
    with tuimail.open() as workspace:
        workspace.reviewers.add("alice", "483920")
        workspace.reviewers.add("bob", "771204")


def test_a_mail_is_approved_released_and_taken_back(talk: Talk, mail: str) -> None:
    said = talk(*READ, "approve 1", "release 1", "undo", "undo")

    assert (
        "1 approved; it waits to be released.\nType release 1 to let it leave." in said
    )
    assert "\nBcc: <quiet@hidden.example>   only you and the account see this\n" in said
    assert "1 is released; type undo within 10 s to take it back.\n" in said
    assert "1 is taken back; it was not sent.\n" in said
    assert "Nothing can be taken back any more.\nType list outbox.\n" in said
    assert "Note:" not in said
    assert talk.status(mail) == "review"
    assert talk.sender.asked == ["wake"] * 3


def test_a_mail_leaves_at_a_time_that_is_typed(talk: Talk, mail: str) -> None:
    said = talk(
        *READ, "approve 1", "release 1 tomorrow", "release 1 at never",
        "release 1 at in 2h", "undo 1",
    )  # fmt: skip

    assert "release N takes at TIME after it, not 'tomorrow'." in said
    assert "'never'" in said
    assert "1 is released; it leaves " in said
    assert "1 is taken back" in said
    assert talk.status(mail) == "review"


def test_without_a_window_it_is_said_that_nothing_takes_it_back(
    talk: Talk, mail: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "undo", timedelta(0))

    said = talk(*READ, "approve 1", "release 1")

    assert "1 is released, and cannot be taken back.\n" in said
    assert talk.status(mail) == "ready"


def test_ones_own_mail_is_released_without_an_approval(talk: Talk) -> None:
    id_ = talk.shell(
        "send", "--to", "bob@partner.example", "--subject", "Own", "--text", "Hi.",
        "--dry-run", "--json",
    ).json["id"]  # fmt: skip

    said = talk("list drafts", "read 1", "release 1")

    assert "You may type: approve 1, release 1" in said
    assert "1 is released; type undo within 10 s" in said
    assert talk.status(id_) == "ready"


def test_what_was_not_read_is_not_decided(talk: Talk, mail: str) -> None:
    said = talk("list review", "approve 1", "reject 1 tone", "changes 1 x", "release 1")

    assert said.count("Mail 1 was not read here, and one does not ") == 4
    assert "one does not approve that.\nType read 1\n" in said
    assert talk.status(mail) == "review"


def test_what_was_changed_since_is_not_decided(talk: Talk, mail: str) -> None:
    def change() -> None:
        talk.shell("edit", mail, "--subject", "Another")

    said = talk(*READ, change, "approve 1", "approve 1")

    assert "Draft 1 is at revision 2; revision 1 is what was looked at.\n" in said
    assert "Look at what changed: read 1\n" in said
    assert "Mail 1 was not read here" in said
    assert talk.status(mail) == "review"


def test_what_is_not_approved_is_not_released(talk: Talk, mail: str) -> None:
    said = talk(*READ, "release 1")

    assert "Mail 1 is not approved yet.\nType approve 1\n" in said
    assert talk.status(mail) == "review"


def test_a_paste_decides_nothing(talk: Talk, mail: str) -> None:
    said = talk(
        *READ,
        *pasted("approve 1", "release 1"), "", *pasted("approve 1", ""), "",
        *pasted("list", "approve 1", "reject 1 tone"), "", *pasted("undo", "hold 1"),
    )  # fmt: skip

    assert said.count(TOO_QUICK) == 4
    assert talk.status(mail) == "review"
    assert not talk.sender.asked


def test_a_paste_answers_no_question(talk: Talk, mail: str) -> None:
    talk(*READ, "approve 1")

    said = talk("list review", "read 1", "release 1", "cancel 1", *pasted("yes", "a"))

    assert "Withdraw it? Type yes, or nothing to leave it: " in said
    assert TOO_QUICK in said
    assert talk.status(mail) == "ready"


def test_a_draft_is_sent_back_with_codes_and_a_reason(talk: Talk, mail: str) -> None:
    said = talk(*READ, "changes 1 wrong_recipient, tone: not to him", "reject 1 tone")

    assert "1 is sent back to its author.\n" in said
    assert "Mail 1 is a draft and cannot be decided about.\n" in said
    with talk.shell.open() as workspace:
        (decision,) = workspace.drafts.page(mail).decisions
    assert decision.codes == ("wrong-recipient", "tone")
    assert decision.reason == "not to him"


def test_a_no_needs_a_reason(talk: Talk, mail: str) -> None:
    said = talk(*READ, "reject 1", "reject 1 not needed any more")

    assert "It is not said why, and its author will ask.\n" in said
    assert "1 is rejected.\n" in said
    assert talk.status(mail) == "rejected"


@pytest.mark.usefixtures("reviewers")
def test_a_reviewer_approves_by_a_pin(talk: Talk, mail: str) -> None:
    talk.pins = ["000000", "483920"]

    said = talk(*READ, "approve 1", "alice", "approve 1", "")

    assert "Who decides: alice, bob, or nothing for alice: " in said
    assert "1 approved" in said
    assert "483920" not in said
    with talk.shell.open() as workspace:
        (decision,) = workspace.drafts.page(mail).decisions
    assert (decision.actor, decision.role) == ("person:alice", "reviewer")


@pytest.mark.usefixtures("reviewers")
def test_without_a_pin_nothing_is_decided(talk: Talk, mail: str) -> None:
    said = talk(*READ, "approve 1", "alice")

    assert "No PIN was typed, so nothing was done.\n" in said
    assert talk.status(mail) == "review"


@pytest.mark.usefixtures("reviewers")
def test_a_no_may_be_without_a_name(talk: Talk, mail: str) -> None:
    said = talk(*READ, "reject 1 tone", "")

    assert "or nothing for yourself: " in said
    assert talk.status(mail) == "rejected"


def test_what_blocks_is_overruled_by_a_word(talk: Talk) -> None:
    page = talk.shell.submit("--text", SECRET)

    said = talk(*READ, "approve 1", "wrong.example", "approve 1", "partner.example")

    assert "or you overrule it, which approve 1 asks\n" in said
    assert "Type partner.example to overrule what blocks it" in said
    assert talk.status(page["id"]) == "approved"


def test_nothing_is_typed_after_an_approval(talk: Talk, mail: str) -> None:
    said = talk(*READ, "approve 1 2", "approve 1 now")

    assert said.count("approve N takes nothing after it, not ") == 2
    assert talk.status(mail) == "review"


def test_a_question_that_the_line_broke_at_is_not_answered(talk: Talk) -> None:
    page = talk.shell.submit("--text", SECRET)

    said = talk(*READ, "approve 1")

    assert "Nobody answered, so nothing was done.\n" in said
    with talk.shell.open() as workspace:
        assert not workspace.drafts.page(page["id"]).decisions


def test_a_warning_is_let_stand_with_a_reason(talk: Talk) -> None:
    talk.shell.submit("--text", "See the attached file, which is attached.")

    said = talk(*READ, "accept 1", "accept 1 att.forgotten It is below", "read 1")

    assert "is no warning about this revision.\nThere are: " in said
    assert "\n1: att.forgotten may stand.\n" in said
    assert said.count("accept 1 att.forgotten REASON") == 1
    assert "\nAccepted: att.forgotten, by person:" in said
