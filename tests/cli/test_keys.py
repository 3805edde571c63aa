from pathlib import Path

import pytest

from tests.cli.conftest import Shell, Time
from tuimail.demo.server import DemoServer
from tuimail.errors import StoreError
from tuimail.workspace.outbox import OutboxDesk

pytestmark = pytest.mark.usefixtures("account")
MAIL = ("--to", "bob@partner.example", "--subject", "Lunch", "--text", "At noon?")
KEY = ("--idempotency-key", "lunch-17")
PEOPLE = "email,number\nada@partner.example,1\nbob@partner.example,2\n"
EACH = (
    "--to", "{{ email }}", "--subject", "Invoice {{ number }}", "--text", "Please pay.",
    "--data", "people.csv",
)  # fmt: skip
KEYS = ("--idempotency-key", "invoice-{{ number }}")


@pytest.fixture(autouse=True)
def people(tuimail: Shell) -> Path:
    path = tuimail.folder / "people.csv"
    path.write_text(PEOPLE)
    return path


def test_sending_again_under_the_key_answers_the_same_and_sends_nothing(
    tuimail: Shell, server: DemoServer
) -> None:
    first = tuimail("send", *MAIL, *KEY, "--json")
    second = tuimail("send", *MAIL, *KEY, "--json")

    assert (first.code, first.json["status"]) == (0, "sent")
    assert (second.code, second.raw) == (0, first.raw)
    assert len(server.deliveries) == 1


def test_other_mail_under_the_key_is_a_conflict(
    tuimail: Shell, server: DemoServer
) -> None:
    first = tuimail("send", *MAIL, *KEY, "--json")

    second = tuimail("send", *MAIL, "--cc", "eve@x.example", *KEY, "--json")

    assert (second.code, second.error["code"]) == (1, "key-conflict")
    assert second.error["field"] == "idempotency-key"
    assert first.json["id"] in second.error["message"]
    assert "'lunch-17'" in second.error["message"]
    assert len(server.deliveries) == 1


def test_what_failed_is_tried_again_under_its_key(
    tuimail: Shell, server: DemoServer
) -> None:
    words = ("send", "--to", "gone@example.net", *KEY, "--json")

    first, second = tuimail(*words), tuimail(*words)

    assert [first.json["status"], second.json["status"]] == ["error"] * 2
    page = tuimail("show", first.json["id"], "--attempts", "--json").json
    assert (second.json["id"], len(page["attempts"])) == (first.json["id"], 2)


def test_what_nobody_knows_is_never_sent_again_by_that(
    tuimail: Shell, server: DemoServer
) -> None:
    words = ("send", "--to", "silent@example.net", *KEY, "--json")

    first, second = tuimail(*words), tuimail(*words)

    assert first.json["status"] == "unknown"
    assert (second.code, second.raw) == (3, first.raw)
    attempts = tuimail("show", first.json["id"], "--attempts", "--json").json
    assert len(attempts["attempts"]) == 1


def test_a_dry_run_uses_up_no_key(tuimail: Shell, server: DemoServer) -> None:
    tuimail("send", *MAIL, *KEY, "--dry-run")

    sent = tuimail("send", *MAIL, "--text", "Something else.", *KEY, "--json")

    assert (sent.code, sent.json["status"]) == (0, "sent")


@pytest.mark.parametrize("key", ["", "a b", "k\nX: 1", "ä", "k" * 256])
@pytest.mark.parametrize("way", [(), ("--dry-run",)])
def test_what_cannot_be_a_key_stores_nothing(
    tuimail: Shell, key: str, way: tuple[str, ...]
) -> None:
    answer = tuimail("send", *MAIL, *way, "--idempotency-key", key, "--json")

    assert (answer.code, answer.error["field"]) == (1, "idempotency-key")
    assert tuimail("list", "--json").json["mails"] == []


def test_what_is_handed_in_under_a_key_is_one_draft(tuimail: Shell) -> None:
    words = ("submit", *MAIL, *KEY, "--actor", "billing", "--json")

    first, second = tuimail(*words), tuimail(*words, "--note", "once more")
    other = tuimail("submit", *MAIL, *KEY, "--actor", "sales", "--json")

    assert first.json["id"] == second.json["id"] != other.json["id"]
    assert first.json["status"] == "review"


def test_a_message_that_is_handed_in_has_a_key_too(tuimail: Shell) -> None:
    path = tuimail.folder / "mail.eml"
    path.write_text("From: nora@example.org\nTo: bob@partner.example\n\nHello\n")
    words = ("import", "mail.eml", "--actor", "billing", *KEY, "--json")

    first, second = tuimail(*words), tuimail(*words)
    path.write_text(path.read_text() + "Bye\n")
    third = tuimail(*words)

    assert first.json == second.json
    assert third.error["code"] == "key-conflict"


@pytest.mark.parametrize("words", [("a.eml",), ("a.eml", "b.eml", "--actor", "x")])
def test_a_key_is_for_one_message_that_is_handed_in(
    tuimail: Shell, words: tuple[str, ...]
) -> None:
    answer = tuimail("import", *words, *KEY, "--json")

    assert (answer.code, answer.error["field"]) == (2, "idempotency-key")


class TestOneForEachRow:
    def test_each_row_has_its_own(
        self, tuimail: Shell, server: DemoServer, people: Path
    ) -> None:
        first = tuimail("send", *EACH, *KEYS, "--json").json["mails"]
        header, *rows = PEOPLE.splitlines()
        people.write_text("\n".join([header, "eve@partner.example,3", *rows[::-1]]))

        second = tuimail("send", *EACH, *KEYS, "--json").json["mails"]

        assert second[1:] == first[::-1]
        assert len(server.deliveries) == 3

    def test_one_key_for_several_is_refused(self, tuimail: Shell) -> None:
        answer = tuimail("send", *EACH, *KEY, "--json")

        assert (answer.code, answer.error["field"]) == (2, "idempotency-key")
        assert answer.error["message"] == "Rows 1 and 2 have the same key, 'lunch-17'."
        assert tuimail("list", "--json").json["mails"] == []

    @pytest.mark.parametrize("error", [StoreError("It is full."), KeyboardInterrupt()])
    def test_what_broke_off_goes_on_under_the_same_keys(
        self,
        tuimail: Shell,
        server: DemoServer,
        monkeypatch: pytest.MonkeyPatch,
        error: BaseException,
    ) -> None:
        send_new = OutboxDesk.send_new
        calls: list[object] = []

        def fails_later(*given: object, **named: object) -> object:
            calls.append(given)
            if len(calls) == 2:
                raise error
            return send_new(*given, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(OutboxDesk, "send_new", fails_later)
        broken = tuimail("send", *EACH, *KEYS)
        assert "ask again under the same keys" in broken.talk
        listed = tuimail("list", "--json").json["mails"]
        assert [one["status"] for one in listed] == ["ready"]

        again = tuimail("send", *EACH, *KEYS, "--json").json["mails"]

        assert [one["status"] for one in again] == ["sent", "sent"]
        assert again[0]["id"] == listed[0]["id"]
        assert len(server.deliveries) == 2

    def test_what_left_before_is_not_taken_back(
        self, tuimail: Shell, server: DemoServer, passing: Time
    ) -> None:
        tuimail("send", *EACH, *KEYS)

        def interrupt() -> None:
            raise KeyboardInterrupt

        passing.then = interrupt
        again = tuimail("send", *EACH, *KEYS, "--json", terminal=True)

        assert again.code == 130
        assert {one["status"] for one in again.json["mails"]} == {"sent"}
