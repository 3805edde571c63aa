"""Mail that goes out to files: exact bytes, or records, and nothing overwritten."""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shell

pytestmark = pytest.mark.usefixtures("account")
EVE = "eve@secret.example"


def draft(tuimail: Shell, *words: str, subject: str = "Lunch") -> str:
    answer = tuimail(
        *("send", "--dry-run", "--to", "bob@partner.example", "--subject", subject),
        *("--text", "At noon?", "--json", *words),
    )
    assert answer.code == 0, answer
    found: str = answer.json["id"]
    return found


def records(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def test_a_message_is_written_byte_for_byte(tuimail: Shell) -> None:
    mail = draft(tuimail, "--bcc", EVE)
    raw = tuimail("show", mail, "--raw").raw

    named = tuimail("export", mail[-8:], "--output", "letter.eml", "--json")
    out = tuimail("export", mail, "--output", "-")

    assert Path("letter.eml").read_bytes() == out.raw == raw
    assert Path("letter.eml").stat().st_mode & 0o777 == 0o600
    (told,) = named.json["mails"]
    assert (told["id"], told["size_bytes"]) == (mail, len(raw))
    assert told["sha256"] == sha256(raw).hexdigest()
    assert EVE.encode() not in raw


@pytest.mark.parametrize("output", [None, "out", "out/"])
def test_several_messages_are_files_of_a_folder(
    tuimail: Shell, output: str | None
) -> None:
    mails = {draft(tuimail), draft(tuimail, subject="Dinner")}
    flags = ("--output", output) if output else ()

    answer = tuimail("export", *mails, *flags)

    folder = Path(output or ".")
    assert {path.stem for path in folder.glob("*.eml")} == mails
    assert answer.text.count(".eml\n") == 2
    assert "2 exported." in answer.talk


def test_nothing_is_overwritten_and_nothing_written_before_that_is_known(
    tuimail: Shell,
) -> None:
    first, second = draft(tuimail), draft(tuimail, subject="Dinner")
    Path(f"{second}.eml").symlink_to("nowhere")
    Path("all.jsonl").write_text("mine")

    files = tuimail("export", first, second, "--json")
    lines = tuimail("export", first, "--format", "jsonl", "--output", "all.jsonl")

    assert (files.code, files.error["field"]) == (1, "output")
    assert "nothing is overwritten" in files.error["message"]
    assert not Path(f"{first}.eml").exists()
    assert (lines.code, Path("all.jsonl").read_text()) == (1, "mine")


def test_records_name_blind_copies_where_somebody_asks(tuimail: Shell) -> None:
    mail = draft(tuimail, "--bcc", EVE)

    plain = tuimail("export", mail, "--format", "jsonl")
    full = tuimail("export", mail, "--format", "jsonl", "--bcc")

    (record,) = records(plain.raw)
    assert [one["address"] for one in record["recipients"]] == ["bob@partner.example"]
    assert EVE not in plain.text
    (record,) = records(full.raw)
    assert [one["address"] for one in record["recipients"]] == [
        "bob@partner.example",
        EVE,
    ]
    assert record["subject"] == "Lunch"
    assert "1 exported." in full.talk


def test_mail_is_found_by_words_and_by_status(tuimail: Shell) -> None:
    lunch = draft(tuimail)
    draft(tuimail, subject="Dinner")
    tuimail("send", "--to", "bob@partner.example", "--subject", "Lunch", "--wait", "60")

    both = tuimail("export", "--search", "lunch", "--format", "jsonl")
    dry = tuimail(
        "export", "--search", "lunch", "--status", "dry_run", "--format", "jsonl"
    )
    sent = tuimail("export", "--status", "sent", "--format", "jsonl")
    newest = tuimail("export", "--status", "dry_run", "--limit", "1", "--output", "x/")

    assert len(records(both.raw)) == 2
    assert [one["id"] for one in records(dry.raw)] == [lunch]
    assert [one["status"] for one in records(sent.raw)] == ["sent"]
    assert "1 exported." in newest.talk


def test_records_may_go_to_a_file(tuimail: Shell) -> None:
    mail = draft(tuimail)

    answer = tuimail(
        *("export", mail, "--format", "jsonl", "--output", "all.jsonl", "--json")
    )

    assert answer.json["count"] == 1
    assert Path(answer.json["path"]).name == "all.jsonl"
    assert records(Path("all.jsonl").read_bytes())[0]["id"] == mail


def test_one_that_is_no_message_stops_no_other(tuimail: Shell) -> None:
    Path("a.eml").write_text("From: nora@example.org\nSubject: x\n\nx\n")
    nobody = tuimail("import", "a.eml", "--json").json["mails"][0]["id"]
    mail = draft(tuimail)

    answer = tuimail("export", nobody, mail, "--output", "out", "--json")
    told = tuimail("export", nobody, "--output", "again")

    assert answer.code == told.code == 1
    assert [one["id"] for one in answer.json["mails"]] == [mail]
    (error,) = answer.json["errors"]
    assert (error["id"], error["code"]) == (nobody, "not-composable")
    assert "0 exported, 1 not." in told.talk
    assert nobody in told.talk


def test_a_mail_that_went_meanwhile_stops_no_other(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = draft(tuimail)
    monkeypatch.setattr(
        "tuimail.workspace.drafts.DraftDesk.ids", lambda *_: ("gone", mail)
    )

    answer = tuimail("export", "--status", "dry_run", "--format", "jsonl")

    assert (answer.code, len(records(answer.raw))) == (1, 1)
    assert "1 exported, 1 not." in answer.talk


@pytest.mark.parametrize(
    ("words", "code", "field"),
    [
        ((), 2, "id"),
        (("ID", "--status", "sent"), 2, "id"),
        (("ID", "--bcc"), 2, "bcc"),
        (("ID", "--output", "-"), 2, "json"),
        (("ID", "--format", "jsonl"), 2, "json"),
        (("--status", "sent"), 1, "id"),
        (("--search", "state:nowhere"), 1, "search"),
        (("ID", "--output", "none/there/x"), 1, "output"),
        (("ID", "--output", "none/there/"), 1, "output"),
        (("ID", "--output", "a\0b"), 1, "output"),
    ],
)
def test_what_cannot_be_is_one_sentence_about_one_field(
    tuimail: Shell, words: tuple[str, ...], code: int, field: str
) -> None:
    mail = draft(tuimail)

    answer = tuimail(
        "export", *(mail if one == "ID" else one for one in words), "--json"
    )

    assert (answer.code, answer.error["field"]) == (code, field)
    assert answer.error["hint"]


def test_stdout_takes_one_message(tuimail: Shell) -> None:
    mails = (draft(tuimail), draft(tuimail, subject="Dinner"))

    answer = tuimail("export", *mails, "--output", "-")

    assert (answer.code, answer.raw) == (2, b"")
    assert "Stdout takes one message, and these are 2." in answer.talk


def test_more_than_a_search_finds_is_refused(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tuimail.workspace.searching.MOST_HITS", 1)
    draft(tuimail)
    draft(tuimail)

    answer = tuimail("export", "--search", "lunch", "--output", "out", "--json")

    assert (answer.code, answer.error["field"]) == (1, "search")
    assert not Path("out").exists()


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_a_file_that_cannot_be_written_whole_is_not_there(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    mail = draft(tuimail)

    def fail(_records: object, *_: object) -> None:
        raise error

    monkeypatch.setattr("tuimail.cli.exporting._Export._records", fail_at_first(fail))

    answer = tuimail("export", mail, "--format", "jsonl", "--output", "all.jsonl")

    assert answer.code in {1, 130}
    assert not os.path.lexists("all.jsonl")


def fail_at_first(fail: Any) -> Any:
    """Return what fails once it is asked for something, not before."""

    def records(*given: object) -> Any:
        yield b"{}\n"
        fail(*given)

    return records
