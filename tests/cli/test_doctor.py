from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tuimail.cli import doctor


def emptied(tuimail: Shell) -> str:
    """Lose the database of a workspace with one mail in it; return its id."""
    draft_id: str = tuimail.submit()["id"]
    (tuimail.folder / "workspace" / "tuimail.db").write_bytes(b"")
    return draft_id


def test_each_thing_is_one_line(tuimail: Shell, account: str) -> None:
    tuimail.submit()

    answer = tuimail("doctor")

    assert answer.code == 0
    lines = answer.text.splitlines()
    assert len(lines) > 15
    assert {line.split()[0] for line in lines} == {"ok"}
    assert "ok       messages: 1 message looked at" in answer.text


def test_programs_read_the_same(tuimail: Shell, account: str) -> None:
    document = tuimail("doctor", "--json").json

    assert document["ok"] is True
    assert document["workspace"] == str(tuimail.folder / "workspace")
    assert document["rebuilt"] is None
    assert document["mended"] == []
    assert {"name", "health", "message", "hint"} == set(document["checks"][0])


def test_what_is_wrong_is_the_exit_code_and_the_next_step(
    tuimail: Shell, account: str
) -> None:
    emptied(tuimail)

    answer = tuimail("doctor")

    assert answer.code == 1
    assert "problem  database: " in answer.text
    assert "→" in answer.text
    assert "tuimail doctor --repair" in answer.text


def test_other_verbs_name_the_doctor(tuimail: Shell, account: str) -> None:
    emptied(tuimail)

    answer = tuimail("list", "--json")

    assert answer.code == 1
    assert answer.error["code"] == "damaged"
    assert "tuimail doctor --repair" in answer.error["hint"]


def test_a_repair_says_what_was_mended_and_what_was_left(
    tuimail: Shell, account: str
) -> None:
    draft_id = emptied(tuimail)
    (tuimail.folder / "workspace" / "outbound" / "d1").mkdir()

    answer = tuimail("doctor", "--repair")

    assert answer.code == 0, answer
    assert answer.text.startswith("mended   Rebuilt the database from 1 mail")
    assert "left     d1: There is no message.json." in answer.text
    assert tuimail("show", draft_id, "--json").json["status"] == "review"


def test_programs_read_what_was_rebuilt(tuimail: Shell, account: str) -> None:
    emptied(tuimail)

    document = tuimail("doctor", "--repair", "--json").json

    assert document["rebuilt"] == {
        "mails": 1,
        "held": [],
        "unknown": [],
        "not_understood": [],
        "access_lost": None,
    }
    assert document["ok"] is True


def test_that_nobody_knows_who_may_do_what_is_said_and_is_a_problem(
    tuimail: Shell, account: str
) -> None:
    emptied(tuimail)
    (tuimail.folder / "workspace" / "access.json").unlink()

    document = tuimail("doctor", "--repair", "--json").json

    assert "access.json is missing." in document["rebuilt"]["access_lost"]
    assert document["ok"] is False
    bad = {one["name"] for one in document["checks"] if one["health"] == "problem"}
    assert bad == {"reviewers", "policy"}


def test_names_from_a_disk_are_inert_on_a_terminal(
    tuimail: Shell, account: str
) -> None:
    tuimail.submit()
    aside = tuimail.folder / "workspace" / "quarantine" / "\x1b]0;pwned\x07"
    aside.mkdir(parents=True)

    answer = tuimail("doctor", shown=True)

    assert "quarantine" in answer.text
    assert "\x1b" not in answer.text
    assert "\x07" not in answer.text


def test_a_copy_is_made_and_said_where(tuimail: Shell, account: str) -> None:
    draft_id = tuimail.submit()["id"]

    answer = tuimail("backup", "copy")

    dest = tuimail.folder / "copy"
    assert answer.code == 0
    assert answer.text.startswith(f"{dest}: mails 1, files ")
    assert "held" in answer.talk
    shown = tuimail("--workspace", str(dest), "show", draft_id, "--json").json
    assert shown["status"] == "review"


def test_programs_read_what_is_in_the_copy(
    tuimail: Shell, account: str, tmp_path: Path
) -> None:
    tuimail.submit()

    document = tuimail("backup", str(tmp_path / "copy"), "--json").json

    assert document["backup"] == str(tmp_path / "copy")
    assert (document["mails"], document["held"], document["unknown"]) == (1, 0, 0)
    assert document["files"] > 2
    assert document["size_bytes"] > 100


def test_a_place_for_it_that_will_not_do_is_a_refusal(
    tuimail: Shell, account: str
) -> None:
    answer = tuimail("backup", "workspace", "--json")

    assert answer.code == 1
    assert (answer.error["code"], answer.error["field"]) == ("field", "dest")


@pytest.mark.parametrize(
    ("words", "terminal", "is_told"),
    [((), True, True), ((), False, False), (("--quiet",), True, False)],
)
def test_a_person_who_waits_for_a_backup_is_told_how_far_it_is(
    tuimail: Shell,
    account: str,
    words: tuple[str, ...],
    *,
    terminal: bool,
    is_told: bool,
) -> None:
    tuimail.monkeypatch.setattr(doctor, "_OFTEN", 1)
    tuimail.submit()

    answer = tuimail("backup", "copy", *words, terminal=terminal)

    assert answer.code == 0
    assert ("\rCopied 2 files." in answer.talk) is is_told
