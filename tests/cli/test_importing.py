"""Whole messages that are named on the command line, and what is said of them."""

import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SENDER, Shell
from tests.core.handed_in.mails import file, mail, multipart, text

pytestmark = pytest.mark.usefixtures("account")
HEAD = (f"From: {SENDER}", "To: bob@partner.example", "Subject: Lunch")
LUNCH = mail("", "At noon?", head=HEAD)


@pytest.fixture
def lunch() -> str:
    Path("lunch.eml").write_bytes(LUNCH)
    return "lunch.eml"


def shown(tuimail: Shell, draft_id: str) -> dict[str, Any]:
    return tuimail("show", draft_id, "--bcc", "--json").json


def test_a_message_becomes_a_draft_of_ones_own(tuimail: Shell, lunch: str) -> None:
    answer = tuimail("import", lunch, "--json")

    (record,) = answer.json["mails"]
    assert (answer.code, record["status"], record["account"]) == (0, "draft", "main")
    draft = shown(tuimail, record["id"])
    assert (draft["subject"], draft["text"]) == ("Lunch", "At noon?\n")
    assert draft["to"] == ["bob@partner.example"]


def test_a_person_is_told_id_status_and_what_was_noticed(tuimail: Shell) -> None:
    Path("a.eml").write_bytes(mail("Bcc: eve@secret.example", "", "a\nb", head=HEAD))

    answer = tuimail("import", "a.eml")

    assert answer.text.startswith("id: ")
    assert "status: draft" in answer.text
    assert "warning: The message mixes line ends" in answer.talk
    assert "eve@secret.example" not in answer.text + answer.talk


def test_what_an_agent_imports_goes_to_review(tuimail: Shell, lunch: str) -> None:
    answer = tuimail(
        "import", lunch, "--actor", "agent:billing", "--note", "as asked", "--json"
    )

    (record,) = answer.json["mails"]
    assert record["status"] == "review"
    assert shown(tuimail, record["id"])["origin"]["actor"] == "agent:billing"
    assert shown(tuimail, record["id"])["origin"]["note"] == "as asked"


def test_a_message_is_taken_from_stdin(tuimail: Shell) -> None:
    answer = tuimail("import", "-", "--json", stdin=LUNCH)

    assert shown(tuimail, answer.json["mails"][0]["id"])["subject"] == "Lunch"


def test_a_message_is_taken_from_the_shell(tuimail: Shell) -> None:
    reading, writing = os.pipe()
    os.write(writing, LUNCH)
    os.close(writing)

    answer = tuimail("import", f"/dev/fd/{reading}", "--json")

    os.close(reading)
    assert answer.json["mails"][0]["status"] == "draft"


def test_several_messages_become_several_drafts(tuimail: Shell, lunch: str) -> None:
    raw = mail(*multipart("mixed", text("see a.csv"), file()), head=HEAD)
    Path("table.eml").write_bytes(raw)

    answer = tuimail("import", lunch, "table.eml")

    assert answer.text.count("status: draft") == 2
    assert len(tuimail("list", "--json").json["mails"]) == 2


def test_one_that_is_wrong_leaves_none_behind(tuimail: Shell, lunch: str) -> None:
    Path("bad.eml").write_bytes(b"hello")

    answer = tuimail("import", lunch, "bad.eml", "--json")

    assert (answer.code, answer.error["field"]) == (1, "message")
    assert answer.error["message"].startswith("bad.eml: The header has 'hello'")
    assert tuimail("list", "--json").json["mails"] == []


@pytest.mark.parametrize(
    ("line", "code", "field"),
    [
        ("To: bob", "address", "to"),
        ("From: eve@evil.example", "field", "message"),
        ("Resent-Bcc: eve@evil.example", "field", "message"),
    ],
)
def test_bad_input_is_one_sentence_about_one_field(
    tuimail: Shell, line: str, code: str, field: str
) -> None:
    head = HEAD[:1] if line.startswith("To") else HEAD
    Path("a.eml").write_bytes(mail(line, "", "x", head=head))

    answer = tuimail("import", "a.eml", "--json")

    assert (answer.code, answer.error["code"], answer.error["field"]) == (
        1,
        code,
        field,
    )
    assert answer.error["hint"]


def test_a_sender_that_is_not_the_accounts_is_refused(tuimail: Shell) -> None:
    head = ("From: eve@evil.example", *HEAD[1:])
    Path("a.eml").write_bytes(mail("", "x", head=head))

    assert tuimail("import", "a.eml", "--json").error["field"] == "from"


def test_an_agent_has_to_name_a_recipient(tuimail: Shell) -> None:
    Path("a.eml").write_bytes(mail("", "x", head=HEAD[:1]))

    answer = tuimail("import", "a.eml", "--actor", "billing", "--json")

    assert (answer.error["code"], answer.error["field"]) == ("not-composable", "to")


def test_a_person_may_add_the_recipient_later(tuimail: Shell) -> None:
    Path("a.eml").write_bytes(mail("", "x", head=HEAD[:1]))

    assert tuimail("import", "a.eml", "--json").json["mails"][0]["status"] == "draft"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("none.eml", "No such file"),
        (".", "no maildir"),
        ("pipe", "regular file"),
        ("a" * 300, "too long"),
    ],
)
def test_what_is_no_file_is_refused(tuimail: Shell, path: str, reason: str) -> None:
    os.mkfifo("pipe")

    answer = tuimail("import", path, "--json")

    assert (answer.code, answer.error["field"]) == (1, "path")
    assert reason in answer.error["message"]


def test_a_path_with_a_nul_is_refused(tuimail: Shell) -> None:
    assert "not a path" in tuimail("import", "a\0b", "--json").error["message"]


def test_a_message_that_is_too_long_is_refused(
    tuimail: Shell, lunch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.workspace.mailboxes.MESSAGE_LIMIT_BYTES", 10)
    monkeypatch.setattr("tuimail.workspace.importing.MESSAGE_LIMIT_BYTES", 10)

    assert "11 bytes" in tuimail("import", lunch, "--json").error["message"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ((), "path"),
        (("-", "-"), "path"),
        (("lunch.eml", "--actor", ""), "actor"),
        (("lunch.eml", "--actor", "a" * 65), "actor"),
    ],
)
def test_a_wrong_command_line_says_where(
    tuimail: Shell, lunch: str, words: tuple[str, ...], field: str
) -> None:
    answer = tuimail("import", *words, "--json")

    assert (answer.code, answer.error["field"]) == (2, field)


def test_an_account_that_is_not_there_is_a_setting(tuimail: Shell, lunch: str) -> None:
    assert tuimail("import", lunch, "--account", "nowhere").code == 4
