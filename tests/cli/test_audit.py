import json

import apsw
import pytest

from tests.cli.conftest import Shell


@pytest.fixture(autouse=True)
def told(tuimail: Shell, account: str) -> None:
    """A journal with lines in it."""
    tuimail.submit()
    tuimail.submit()


def _tamper(tuimail: Shell, sql: str) -> None:
    connection = apsw.Connection(str(tuimail.folder / "workspace" / "tuimail.db"))
    for trigger in ("journal_never_changes", "journal_stays"):
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute(sql)
    connection.close()


def test_a_whole_journal_is_said_to_be_whole(tuimail: Shell) -> None:
    answer = tuimail("audit", "verify", "--json")

    assert (answer.code, answer.json["is_whole"]) == (0, True)
    assert answer.json["head"] == tuimail("audit", "head", "--json").json
    assert tuimail("audit", "verify").text.startswith("The journal is whole: ")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal SET actor = 'person:eve' WHERE number = 2",
        "DELETE FROM journal WHERE number = 2",
    ],
)
def test_the_place_of_a_change_is_named(tuimail: Shell, sql: str) -> None:
    _tamper(tuimail, sql)

    answer, found = tuimail("audit", "verify"), tuimail("audit", "verify", "--json")

    assert answer.code == found.code == 1
    assert answer.text == "Line 2 of the journal was changed or removed.\n"
    assert (found.json["first_bad"], found.json["is_whole"]) == (2, False)


def test_an_end_that_was_cut_is_found_with_the_head_that_was_kept(
    tuimail: Shell,
) -> None:
    head = tuimail("audit", "head").text.strip()
    assert tuimail("audit", "verify", "--head", head).code == 0
    number = int(head.partition(":")[0])
    (tuimail.folder / "workspace" / "journal.head").unlink(missing_ok=True)
    _tamper(tuimail, f"DELETE FROM journal WHERE number >= {number}")

    answer = tuimail("audit", "verify", "--head", head)

    assert answer.code == 1
    assert answer.text.startswith(f"Line {number} of the journal is gone, or is ")
    assert tuimail("audit", "verify", "--head", head, "--json").json["is_cut"] is True


@pytest.mark.parametrize("text", ["3", "3:abc", f"x:{'0' * 64}", f"3:{'G' * 64}"])
def test_a_head_that_is_none_is_refused(tuimail: Shell, text: str) -> None:
    answer = tuimail("audit", "verify", "--head", text, "--json")

    assert (answer.code, answer.error["field"]) == (2, "head")


def test_the_export_is_one_line_of_json_each(tuimail: Shell) -> None:
    lines = [json.loads(one) for one in tuimail("audit", "export").text.splitlines()]
    document = tuimail("audit", "export", "--json").json

    assert [line["number"] for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0]["event"] == "draft_created"
    assert document == {"lines": lines}
