"""The verb ``bulk``: a mail for each row of a file."""

import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tuimail.api.bulk_ways import SendingWorker, ThroughWorkspace
from tuimail.cli import exits
from tuimail.demo.server import DemoServer

PEOPLE = "email,name\nada@example.net,Ada\nbob@example.net,Bob\n"
TEXTS = ("--subject", "Hi {{ name }}", "--text", "Dear {{ name }}\n")


@pytest.fixture
def people(tuimail: Shell, account: str) -> Path:
    """A file of two people; the account is there, too."""
    assert account
    path = tuimail.folder / "people.csv"
    path.write_text(PEOPLE)
    return path


def delivered(server: DemoServer) -> list[tuple[tuple[str, ...], bool]]:
    """Return whom each mail was for, and whether it greets them."""
    return sorted(
        (tuple(one.recipients), _greeting(one.recipients[0]) in one.content)
        for one in server.deliveries
    )


def _greeting(address: str) -> bytes:
    return b"Dear " + address.partition("@")[0].capitalize().encode()


BOTH = [(("ada@example.net",), True), (("bob@example.net",), True)]


def test_every_row_is_sent_once_however_often_it_is_typed(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    words = ("bulk", people.name, *TEXTS, "--yes", "--json")

    first, again = tuimail(*words), tuimail(*words)

    assert (first.code, again.code) == (exits.DONE, exits.DONE)
    assert delivered(server) == BOTH
    assert first.json["job"] == "people.csv"
    assert (first.json["sent"], first.json["earlier"]) == (2, 0)
    assert (again.json["sent"], again.json["earlier"]) == (2, 2)


def test_what_fails_is_told_by_its_row_and_stops_no_other(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    people.write_text(PEOPLE.replace("Ada", "Ada\nnobody,No\ngone@example.net,Gone"))

    answer = tuimail("bulk", people.name, *TEXTS, "--yes")

    assert answer.code == exits.REFUSED
    assert delivered(server) == BOTH
    assert "sent: 2\nfailed: 2\nunknown: 0\nwaiting: 0\n" in answer.text
    assert "row 2: error: The to address 'nobody' has no @." in answer.talk
    assert "row 3: error: There is no such mailbox: 550 5.1.1" in answer.talk


def test_a_dry_run_checks_all_and_sends_nothing(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    people.write_text(f"{PEOPLE}nobody,No\n")

    answer = tuimail("bulk", people.name, *TEXTS, "--dry-run", "--json")
    told = tuimail("bulk", people.name, *TEXTS, "--dry-run")

    assert (answer.code, told.code) == (exits.REFUSED, exits.REFUSED)
    assert not server.deliveries
    numbers = ("total", "ready", "earlier", "failed")
    assert [answer.json[one] for one in numbers] == [3, 2, 0, 1]
    assert [one["row"] for one in answer.json["errors"]] == [3]
    assert "ready: 2\n" in told.text
    assert told.talk.endswith("Nothing was sent.\n")
    assert tuimail("list", "--json").json["mails"] == []


def test_a_dry_run_after_a_run_tells_what_left_before(
    tuimail: Shell, people: Path
) -> None:
    tuimail("bulk", people.name, *TEXTS, "--yes")
    people.write_text(f"{PEOPLE}cid@example.net,Cid\n")

    answer = tuimail("bulk", people.name, *TEXTS, "--dry-run", "--json")

    assert (answer.json["ready"], answer.json["earlier"]) == (1, 2)


@pytest.mark.parametrize(("typed", "sent"), [("y\n", 2), ("n\n", 0), ("", 0)])
def test_a_person_is_asked_before(
    tuimail: Shell, people: Path, server: DemoServer, typed: str, sent: int
) -> None:
    answer = tuimail("bulk", people.name, *TEXTS, stdin=typed, terminal=True)

    assert "Send 2 mails as the job people.csv? [y/N]" in answer.talk
    assert len(server.deliveries) == sent
    assert (answer.code == exits.DONE) is bool(sent)
    assert ("2 of 2 (100 %)" in answer.talk) is bool(sent)


def test_where_nobody_can_be_asked_it_has_to_be_said_before(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    answer = tuimail("bulk", people.name, *TEXTS, "--json")

    assert answer.code == exits.USAGE
    assert answer.error["field"] == "yes"
    assert not server.deliveries


def test_rows_come_from_stdin_for_a_job_with_a_name(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    rows = '{"email": "ada@example.net", "name": "Ada"}\n'
    people.with_name("hi.txt").write_text("Subject: Hi {{ name }}\n\nDear {{ name }}\n")
    words = ("bulk", "-", "--template", "hi.txt", "--yes", "--json")

    nameless = tuimail(*words, stdin=rows)
    named = tuimail(*words, "--job", "greetings", stdin=rows)

    assert (nameless.code, nameless.error["field"]) == (exits.USAGE, "job")
    assert (named.code, named.json["job"]) == (exits.DONE, "greetings")
    assert delivered(server) == BOTH[:1]


def test_a_column_tells_the_rows_apart(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    people.write_text("id,email,name\n1,ada@example.net,Ada\n1,ada@example.net,Ada\n")

    answer = tuimail("bulk", people.name, *TEXTS, "--key", "id", "--yes", "--json")

    (error,) = answer.json["errors"]
    assert (answer.json["sent"], error["row"], error["field"]) == (1, 2, "key")
    assert delivered(server) == BOTH[:1]


def test_a_row_that_is_wrong_is_found_before_anything_is_sent(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    people.write_text(f"{PEOPLE}cid@example.net\n")

    answer = tuimail("bulk", people.name, *TEXTS, "--yes", "--json")

    assert answer.code == exits.REFUSED
    assert "Row 3" in answer.error["message"]
    assert not server.deliveries


def test_what_waits_is_left_to_the_outbox(tuimail: Shell, people: Path) -> None:
    people.write_text("email,name\nslow@example.net,Slow\nsilent@example.net,S\n")

    answer = tuimail("bulk", people.name, *TEXTS, "--yes")

    assert answer.code == exits.WAITS
    assert "unknown: 1\nwaiting: 1\n" in answer.text
    assert "What waits stays in the outbox: tuimail outbox" in answer.talk


def test_ctrl_c_ends_in_peace_and_the_rest_is_sent_by_typing_it_again(
    tuimail: Shell,
    people: Path,
    server: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hand = ThroughWorkspace.hand

    def interrupted(self: ThroughWorkspace, mails: object) -> object:
        found = hand(self, mails)  # type: ignore[arg-type]
        signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
        return found

    with monkeypatch.context() as patch:
        patch.setattr(ThroughWorkspace, "hand", interrupted)
        words = ("bulk", people.name, *TEXTS, "--yes")
        stopped = tuimail(*words, "--max-per-second", "1")
    again = tuimail(*words, "--json")

    assert stopped.code == exits.INTERRUPTED
    assert "total: 1\n" in stopped.text
    assert "Ctrl-C again leaves at once" in stopped.talk
    assert "Type it again for the rest: nothing is sent twice." in stopped.talk
    assert (again.code, again.json["sent"]) == (exits.DONE, 2)
    assert delivered(server) == BOTH
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_many_that_fail_are_told_by_their_number(tuimail: Shell, people: Path) -> None:
    people.write_text("email,name\n" + "nobody,No\n" * 25)

    answer = tuimail("bulk", people.name, *TEXTS, "--yes")

    assert answer.code == exits.REFUSED
    assert answer.talk.count("error: The to address") == 20
    assert "5 more rows are like that; --json lists them." in answer.talk


def test_who_gets_a_blind_copy_is_not_told(tuimail: Shell, people: Path) -> None:
    words = ("bulk", people.name, *TEXTS, "--bcc", "gone@example.net", "--json")

    answer = tuimail(*words, "--yes")

    assert answer.json["failed"] == 2
    assert "gone@example.net" not in answer.text + answer.talk


@pytest.mark.parametrize("number", ["nan", "0", "-1"])
def test_a_pace_that_is_none_is_refused_before_anybody_is_asked(
    tuimail: Shell, people: Path, number: str
) -> None:
    words = ("bulk", people.name, *TEXTS, f"--max-per-second={number}", "--json")

    answer = tuimail(*words)

    assert answer.error["field"] == "max-per-second"


def test_ctrl_c_before_anything_began_ends_it_at_once(
    tuimail: Shell,
    people: Path,
    server: DemoServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(*_given: object) -> None:
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(SendingWorker, "start", interrupted)

    answer = tuimail("bulk", people.name, *TEXTS, "--yes")

    assert answer.code == exits.INTERRUPTED
    assert not server.deliveries


def test_where_ctrl_c_is_not_listened_to_it_stays_so(
    tuimail: Shell, people: Path
) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        answer = tuimail("bulk", people.name, *TEXTS, "--yes")
        kept = signal.getsignal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

    assert answer.code == exits.DONE
    assert kept is signal.SIG_IGN


def test_a_dry_run_finds_what_a_run_would(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    """A row that says something else by now is not one that left before."""
    tuimail("bulk", people.name, *TEXTS, "--yes")
    words = ("bulk", people.name, "--subject", "Other", "--text", "Other", "--json")

    looked, real = tuimail(*words, "--dry-run"), tuimail(*words, "--yes")

    assert (looked.json["earlier"], looked.json["failed"]) == (0, 2)
    assert (real.json["earlier"], real.json["failed"]) == (0, 2)
    assert {one["code"] for one in looked.json["errors"]} == {"key-conflict"}


def test_a_job_leaves_at_its_time_and_not_after_its_end(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    when = ("--at", "2099-01-01 09:00", "--late", "send", "--expires", "5d")
    words = ("bulk", people.name, *TEXTS, "--yes", "--json")

    too_far = tuimail(*words, *when)
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat(timespec="minutes")
    first, again = (
        tuimail(*words, "--at", tomorrow, "--late", "send", "--expires", "5d")
        for _ in range(2)
    )
    mail = tuimail("show", tuimail("list", "--json").json["mails"][0]["id"], "--json")

    assert (too_far.code, too_far.json["failed"]) == (exits.REFUSED, 2)
    assert (first.code, first.json["waiting"]) == (exits.WAITS, 2)
    assert (again.json["waiting"], again.json["earlier"]) == (2, 2)
    assert mail.json["expires_at"]
    assert not server.deliveries


def test_another_column_that_tells_rows_apart_sends_nothing_again(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    words = ("bulk", people.name, *TEXTS, "--yes", "--json")
    tuimail(*words)

    answer = tuimail(*words, "--key", "email")

    assert (answer.code, answer.error["field"]) == (exits.REFUSED, "key")
    assert delivered(server) == BOTH


def test_files_are_in_the_rows_that_are_mails(
    tuimail: Shell, people: Path, server: DemoServer
) -> None:
    (tuimail.folder / "here.txt").write_text("Here\n")
    rows = people.with_name("rows.jsonl")
    rows.write_text(
        '{"to": "ada@example.net", "from": "nora@example.org", "subject": "Hi", '
        '"text": "Dear Ada", "attachments": ["here.txt", '
        '{"name": "there.txt", "content": "VGhlcmUK"}]}\n'
    )

    answer = tuimail("bulk", rows.name, "--yes", "--json")

    (mail,) = server.deliveries
    assert answer.json["sent"] == 1
    assert b'filename="here.txt"' in mail.content
    assert b'filename="there.txt"' in mail.content
