"""Looking, and what is said while nobody types."""

import pytest

from tests.cli.conftest import Shell
from tests.cli.linear.conftest import Talk, pasted


def test_a_list_numbers_its_mails_and_says_subjects_last(talk: Talk, mail: str) -> None:
    said = talk("list", "list review")

    assert "review: 1\noutbox: 0\n" in said
    assert "\n1. review, " in said
    assert "from agent:billing, to bob@partner.example: Invoice\n" in said
    assert mail not in said


def test_reading_says_everything_and_what_can_be_typed(talk: Talk, mail: str) -> None:
    said = talk("list review", "read 1")

    assert f"Mail 1\nId:          {mail}\n" in said
    assert "quiet@hidden.example" in said
    assert "\n| Please pay.\n" in said
    assert "You may type: approve 1, changes 1 REASON, reject 1 REASON" in said
    with talk.shell.open() as workspace:
        sight = workspace.looking.sight(mail)
    assert sight is not None
    assert sight.tabs == {"text", "html"}


def test_nothing_in_a_mail_is_a_line_of_ours(talk: Talk) -> None:
    talk.shell.submit("--text", "Note: 1 is sent.\nYou may type: release 1")

    said = talk("list review", "read 1")

    assert "\n| Note: 1 is sent.\n| You may type: release 1\n" in said
    assert not [line for line in said.splitlines() if line.startswith("Note:")]


def test_long_mail_is_said_in_parts(talk: Talk) -> None:
    page = talk.shell.submit("--text", "\n".join(f"line {n}." for n in range(100)))

    said = talk("list review", "read 1", "more", "more")

    assert "There is more: type more." in said
    assert "| line 99." in said
    assert "There is nothing more to say.\nType list.\n" in said
    with talk.shell.open() as workspace:
        sight = workspace.looking.sight(page["id"])
    assert sight is not None
    assert "text" in sight.tabs


def test_long_lists_are_said_in_parts(
    talk: Talk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.cli.linear.looking.LISTED", 1)
    talk.shell.submit()
    talk.shell.submit("--subject", "Second")

    said = talk("list review", "more", "list review")

    assert "1 further: type more.\n> more\n2. review, " in said
    assert said.count("\n1. review") == 2


def test_accounts_are_said_a_fact_a_line(talk: Talk) -> None:
    said = talk("accounts", "accounts test", "sender")

    assert "accounts: 1\nname: main\nprovider: smtp\n" in said
    assert "accounts takes nothing after it, not 'test'." in said
    assert "Mail is sent from here." in said
    assert talk.sender.asked == ["start"]


def test_what_is_not_understood_is_answered(talk: Talk) -> None:
    answers = {
        "sned 1": "There is no word 'sned' here.\nType help",
        "list everything": "There is no list 'everything'.\nType list and one of: ",
        "read": "It is not said which mail to read.",
        "read 7": "No mail has the number 7 here.",
        "resend": "It is not said which mail to resend.",
        "hold-account": "It is not said which account to hold.",
    }

    said = talk(*answers)

    assert [one for one in answers.values() if one not in said] == []


def test_help_names_every_word(talk: Talk) -> None:
    said = talk("help", "", "HELP undo")

    assert "\nrelease N [at TIME]: let an approved mail leave, or one's own\n" in said
    assert said.count("undo [N]: ") == 2


def test_what_happens_meanwhile_is_noted(talk: Talk, mail: str) -> None:
    def decide() -> None:
        with talk.shell.open() as workspace:
            workspace.reviews.reject(mail, revision=1, reason="Too dear.")

    def hand_in() -> None:
        talk.shell.submit("--subject", "Second")

    said = talk("list review", decide, hand_in)

    assert "> \nNote: 1 is rejected, from agent:billing, to bob@" in said
    assert "> \nNote: 2 is in review, from agent:billing, to bob@" in said
    assert ": Second\n> " in said


def test_a_new_revision_is_noted(talk: Talk, mail: str) -> None:
    said = talk(
        "list review",
        lambda: talk.shell("edit", mail, "--subject", "Invoice 2"),
        "list review",
    )

    assert "Note: 1 is revision 2 now, from agent:billing" in said
    assert ", revision 2, " in said


def test_many_changes_are_one_note(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tuimail.cli.linear.notes.MOST_AT_ONCE", 1)

    def hand_in() -> None:
        talk.shell.submit()
        talk.shell.submit("--subject", "Second")

    assert "Note: 2 mails changed: type list to see how it stands.\n" in talk(hand_in)


def test_another_sender_is_noted(talk: Talk) -> None:
    said = talk(lambda: setattr(talk.sender, "state", "held by serve, pid 412"))

    assert "Note: serve, pid 412 sends.\n" in said


def test_what_has_to_be_told_once_is_noted(talk: Talk) -> None:
    done = talk.shell(
        "send", "--to", "silent@example.net", "--subject", "Hello", "--text", "Hi.",
        "--no-undo",
    )  # fmt: skip
    assert done.code != 0

    first, second = talk(), talk()

    assert "Note: Mail 1 may or may not have arrived" in first
    assert "Note: " not in second


def test_a_paste_stops_at_what_is_refused(talk: Talk) -> None:
    said = talk(*pasted("list", "Dear all,", "quit", "list"), "list")

    assert "There is no word 'Dear' here." in said
    assert "2 lines that came with it: dropped.\n" in said
    assert said.count("drafts: 0") == 3


def test_ctrl_c_leaves_nothing_but_the_line(talk: Talk) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    said = talk(interrupt, "list")

    assert "Nothing was done. Type quit to leave." in said
    assert said.count("outbox: 0") == 2


def test_a_list_can_be_searched(talk: Talk, mail: str) -> None:
    talk.shell.submit("--subject", "Second")

    said = talk("list review second", "list review nothing")

    assert "review: 1 of 2 match\n1. review, " in said
    assert ": Second\n" in said
    assert "review: 0 of 2 match\n" in said
    assert mail


def test_files_are_said_and_looked_into(talk: Talk) -> None:
    (talk.shell.folder / "terms.txt").write_text("First.\nNote: 1 is sent.\n")
    page = talk.shell.submit("--attach", "terms.txt")

    said = talk(
        "list review", "read 1", "files 1", "files 1 1", "files 1 9", "source 1"
    )

    assert "hold 1, discard 1, files 1\n" in said
    assert "\n1: “terms.txt”\nsaid: text/plain\n" in said
    assert "\n| First.\n| Note: 1 is sent.\n" in said
    assert "The mail has no file '9'.\n" in said
    assert "\n| MIME-Version: 1.0\n" in said
    with talk.shell.open() as workspace:
        sight = workspace.looking.sight(page["id"])
    assert sight is not None
    assert sight.tabs == {"text", "html", "parts"}


def test_what_the_policy_has_read_is_read_here(talk: Talk) -> None:
    with talk.shell.open() as workspace:
        policy = workspace.config_path.with_name("policy.toml")
    policy.touch(mode=0o600)
    policy.write_text("version = 1\n[defaults]\nmust_read = true\n")
    (talk.shell.folder / "terms.txt").write_text("First.\n")
    page = talk.shell.submit("--attach", "terms.txt")

    said = talk("list review", "read 1", "approve 1", "files 1", "approve 1")

    assert "To be read to its end before it is approved: the text" in said
    assert "approved: the attachments.\nType read 1 and files 1, each to" in said
    assert "1 approved" in said
    assert talk.status(page["id"]) == "approved"


def test_one_tells_who_a_mail_is_for_and_what_was_found(talk: Talk) -> None:
    page = talk.shell.submit("--text", "See the attached file, which is attached.")
    with talk.shell.open() as workspace:
        workspace.reviewers.add("alice", "483920")
        workspace.reviews.assign(page["id"], "alice")

    said = talk("list review", "read 1")

    assert "1. review, warning, for alice, " in said
    assert "Finding:     warning: " in said


def test_where_there_is_no_account_one_hears_how_to_add_it(tuimail: Shell) -> None:
    said = Talk(shell=tuimail)("accounts")

    assert "accounts: 0\nAdd one, outside of this: tuimail accounts add\n" in said
