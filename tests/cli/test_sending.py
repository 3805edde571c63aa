from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SENDER, GoneStream, Shell, Time
from tuimail.core.draft import Draft
from tuimail.demo.server import DemoServer
from tuimail.errors import StoreError
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.outbox import OutboxDesk
from tuimail.workspace.views import Row

pytestmark = pytest.mark.usefixtures("account")
TO = ("--to", "bob@partner.example")
MAIL = (*TO, "--subject", "Lunch", "--text", "At noon?")


def _set_account(tuimail: Shell, line: str) -> None:
    path = tuimail.folder / "settings" / "accounts.toml"
    path.write_text(f"{path.read_text()}\n{line}\n")


def test_send_delivers_the_stored_bytes(tuimail: Shell, server: DemoServer) -> None:
    answer = tuimail("send", *MAIL, "--json")

    sent = answer.json
    assert answer.code == 0
    assert (sent["status"], sent["provider"], sent["error"]) == ("sent", "smtp", None)
    assert sent["sent_at"].endswith("Z")
    assert server.deliveries[0].content == tuimail("show", sent["id"], "--raw").raw


def test_send_tells_a_person_five_facts(tuimail: Shell) -> None:
    lines = tuimail("send", *MAIL).text.splitlines()

    assert [line.partition(":")[0] for line in lines][:5] == [
        "id",
        "status",
        "provider",
        "provider_message_id",
        "error",
    ]
    assert "status: sent" in lines


def test_everything_that_is_typed_arrives(tuimail: Shell, server: DemoServer) -> None:
    Path("report.pdf").write_bytes(b"%PDF-1.4")
    Path("mail.html").write_text("<p>At noon?</p>")

    answer = tuimail(
        "send", *MAIL, "--from-name", "Nora Lind", "--to", "Zoë <zoe@x.example>",
        "--cc", "cc@x.example", "--reply-to", "desk@x.example", "--html-file",
        "mail.html", "--attach", "report.pdf", "--header", "X-Kind=a: b=c",
        "--header", "X-Two: d", "--in-reply-to", "<1@x.example>",
        "--references", "<0@x.example> <1@x.example>",
    )  # fmt: skip

    content = server.deliveries[0].content
    message = message_from_bytes(content, policy=policy.default)
    assert answer.code == 0
    assert message["From"] == f"Nora Lind <{SENDER}>"
    assert message["To"] == "bob@partner.example, Zoë <zoe@x.example>"
    assert (message["Cc"], message["Reply-To"]) == ("cc@x.example", "desk@x.example")
    assert (message["X-Kind"], message["X-Two"]) == ("a: b=c", "d")
    assert message["References"] == "<0@x.example> <1@x.example>"
    assert b"report.pdf" in content


@pytest.mark.parametrize("flag", ["--text", "--text-file"])
def test_text_is_taken_from_stdin(
    tuimail: Shell, server: DemoServer, flag: str
) -> None:
    tuimail("send", *TO, flag, "-", stdin="\ufeffLine\r\nnext\n")

    assert server.deliveries[0].content.endswith(b"\r\n\r\nLine\r\nnext\r\n")


def test_a_blind_copy_gets_it_and_nobody_sees(
    tuimail: Shell, server: DemoServer
) -> None:
    sent = tuimail("send", *MAIL, "--bcc", "eve@secret.example", "--json")

    id_ = sent.json["id"]
    assert "eve@secret.example" in server.deliveries[0].recipients
    for answer in (
        sent,
        tuimail("list", "--json"),
        tuimail("list"),
        tuimail("show", id_, "--json"),
        tuimail("show", id_, "--attempts", "--headers"),
        tuimail("show", id_, "--raw"),
    ):
        assert b"eve@" not in answer.raw
        assert b"bcc" not in answer.raw.lower()
    assert tuimail("show", id_, "--bcc", "--json").json["bcc"] == ["eve@secret.example"]
    assert b"eve@secret.example" in tuimail("show", id_, "--bcc").raw


def test_a_blind_copy_that_is_refused_is_not_named_either(tuimail: Shell) -> None:
    sent = tuimail("send", *MAIL, "--bcc", "gone@example.net", "--json")

    id_ = sent.json["id"]
    assert (sent.code, sent.json["status"]) == (1, "partial")
    for answer in (
        sent,
        tuimail("show", id_, "--json", "--attempts"),
        tuimail("show", id_, "--attempts"),
    ):
        assert b"gone@example.net" not in answer.raw
    assert b"gone@example.net" in tuimail("show", id_, "--bcc", "--attempts").raw


def test_a_list_does_not_name_a_blind_copy_that_was_refused(tuimail: Shell) -> None:
    tuimail("send", *MAIL, "--bcc", "gone@example.net")

    assert b"gone@example.net" not in tuimail("list", "--json").raw
    assert b"gone@example.net" not in tuimail("list").raw


@pytest.mark.parametrize(
    ("recipients", "status", "code"),
    [
        (("gone@example.net",), "error", 1),
        (("bob@x.example", "gone@example.net"), "partial", 1),
        (("slow@example.net",), "deferred", 3),
        (("silent@example.net",), "unknown", 3),
    ],
)
def test_the_exit_code_says_what_came_of_it(
    tuimail: Shell, recipients: tuple[str, ...], status: str, code: int
) -> None:
    flags = [word for one in recipients for word in ("--to", one)]

    answer = tuimail("send", *flags, "--text", "x", "--json")

    assert (answer.json["status"], answer.code) == (status, code)
    assert answer.json["error"]


def test_a_dry_run_is_stored_and_not_sent(tuimail: Shell, server: DemoServer) -> None:
    answer = tuimail("send", *MAIL, "--dry-run", "--json")

    assert (answer.code, answer.json["status"]) == (0, "dry_run")
    assert answer.json["message_digest"]
    assert server.deliveries == ()


def test_findings_are_told(tuimail: Shell) -> None:
    words = ("send", *TO, "--text", "See the attached file.", "--dry-run")

    codes = [one["code"] for one in tuimail(*words, "--json").json["findings"]]
    assert "att.forgotten" in codes
    assert "warning: " in tuimail(*words).talk


def test_mail_for_later_is_not_waited_for(tuimail: Shell, server: DemoServer) -> None:
    later = datetime.now(UTC) + timedelta(days=1)

    answer = tuimail("send", *MAIL, "--at", later.isoformat(), "--json")

    assert (answer.code, answer.json["status"]) == (0, "ready")
    assert datetime.fromisoformat(answer.json["due_at"]) == later
    assert server.deliveries == ()


def test_without_a_wait_it_stays_in_the_outbox(
    tuimail: Shell, server: DemoServer
) -> None:
    answer = tuimail("send", *MAIL, "--wait", "0")

    assert answer.code == 0
    assert "status: ready" in answer.text
    assert "tuimail outbox run --drain" in answer.talk
    assert server.deliveries == ()


def test_without_an_account_it_says_how_to_add_one(tuimail: Shell) -> None:
    (tuimail.folder / "settings" / "accounts.toml").unlink()

    answer = tuimail("send", *MAIL, "--json")

    assert answer.code == 4
    assert "tuimail accounts add" in answer.error["hint"]


def test_the_account_can_ask_for_review_where_nobody_sits(
    tuimail: Shell, server: DemoServer
) -> None:
    _set_account(tuimail, 'noninteractive_send = "review"')

    answer = tuimail("send", *MAIL, "--json")

    assert (answer.code, answer.json["status"]) == (3, "review")
    assert server.deliveries == ()


def test_the_account_can_refuse_where_nobody_sits(tuimail: Shell) -> None:
    _set_account(tuimail, 'noninteractive_send = "block"')

    answer = tuimail("send", *MAIL, "--json")

    assert (answer.code, answer.error["code"]) == (1, "not-allowed")


def test_ctrl_c_in_the_undo_window_takes_it_back(
    tuimail: Shell, passing: Time, server: DemoServer
) -> None:
    def press() -> None:
        if passing.seconds >= 3:
            raise KeyboardInterrupt

    passing.then = press

    answer = tuimail("send", *MAIL, terminal=True)

    assert answer.code == 130
    assert "Leaves in 10 s; Ctrl-C takes it back." in answer.talk
    assert "Leaves in 8 s" in answer.talk
    assert "Taken back" in answer.talk
    assert "status: draft" in answer.text
    assert server.deliveries == ()


@pytest.mark.slow
def test_after_the_undo_window_it_leaves(
    tuimail: Shell, server: DemoServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TUIMAIL_UNDO_SECONDS", "1")

    answer = tuimail("send", *MAIL, "--json", terminal=True)

    assert (answer.code, answer.json["status"]) == (0, "sent")
    assert "Leaves in 1 s" in answer.talk
    assert len(server.deliveries) == 1


def test_no_undo_means_no_countdown(tuimail: Shell, passing: Time) -> None:
    answer = tuimail("send", *MAIL, "--no-undo", terminal=True)

    assert (answer.code, passing.seconds) == (0, 0)
    assert "Leaves" not in answer.talk


def test_ctrl_c_while_waiting_leaves_it_in_the_outbox(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def press(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("tuimail.workspace.sending.send_now", press)

    answer = tuimail("send", *MAIL)

    assert answer.code == 130
    assert "the mail stays in the outbox" in answer.talk
    assert "status: ready" in answer.text


def test_a_reader_that_has_gone_does_not_make_a_sent_mail_fail(
    tuimail: Shell, server: DemoServer
) -> None:
    answer = tuimail("send", *MAIL, "--json", out=GoneStream())

    assert (answer.code, len(server.deliveries)) == (0, 1)


def test_release_sends_what_was_approved(tuimail: Shell, server: DemoServer) -> None:
    id_ = tuimail("send", *MAIL, "--dry-run", "--json").json["id"]

    refused = tuimail("release", id_, "--json")
    approved = tuimail("approve", id_)
    released = tuimail("release", id_[-6:], "--json")

    assert (refused.code, refused.error["code"]) == (1, "transition")
    assert "status: approved" in approved.text
    assert (released.code, released.json["status"]) == (0, "sent")
    assert len(server.deliveries) == 1


def test_retry_sends_again_to_who_is_left(tuimail: Shell, server: DemoServer) -> None:
    id_ = tuimail("send", "--to", "slow@example.net", *TO, "--json").json["id"]

    answer = tuimail("retry", id_, "--json")

    assert (answer.code, answer.json["status"]) == (0, "sent")
    assert [one.recipients for one in server.deliveries] == [
        ("bob@partner.example",),
        ("slow@example.net",),
    ]


def test_what_an_agent_hands_in_waits_for_a_person(
    tuimail: Shell, server: DemoServer
) -> None:
    answer = tuimail(
        "submit", *MAIL, "--actor", "billing", "--note", "As agreed", "--json"
    )

    page: dict[str, Any] = tuimail("show", answer.json["id"], "--json").json
    assert (answer.code, answer.json["status"]) == (0, "review")
    assert page["origin"] == {
        "actor": "agent:billing",
        "door": "cli",
        "note": "As agreed",
        "run_url": "",
        "revises": "",
    }
    assert server.deliveries == ()


def test_a_person_can_ask_for_review_too(tuimail: Shell) -> None:
    answer = tuimail("submit", *MAIL, "--json")

    page = tuimail("show", answer.json["id"], "--json").json
    assert answer.json["status"] == "review"
    assert page["origin"]["actor"].startswith("person:")


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb", "a\x1bb", "agent:"])
def test_an_agent_has_a_name_that_can_be_shown(tuimail: Shell, name: str) -> None:
    answer = tuimail("submit", *MAIL, "--actor", name, "--json")

    assert answer.code in {1, 2}
    assert answer.error["field"] == "actor"
    assert tuimail("list", "--json").json["mails"] == []


def test_submit_waits_for_a_decision_no_longer_than_asked(
    tuimail: Shell, passing: Time
) -> None:
    answer = tuimail("submit", *MAIL, "--wait", "5", "--json")

    assert (answer.code, answer.json["status"]) == (3, "review")
    assert 5 <= passing.seconds < 6


def test_submit_ends_with_the_decision(tuimail: Shell, passing: Time) -> None:
    def reject() -> None:
        with tuimail.open() as workspace:
            (row,) = workspace.drafts.rows()
            workspace.reviews.reject(row.id, revision=1, reason="No call was made.")

    passing.then = reject

    answer = tuimail("submit", *MAIL, "--actor", "sales", "--wait", "600", "--json")

    assert (answer.code, answer.json["status"]) == (1, "rejected")
    assert answer.json["error"] == "No call was made."
    assert passing.seconds < 1


class TestOneMailForEachRow:
    PEOPLE = "email,name\nada@partner.example,Ada\nbob@partner.example,Bob\n"
    MERGE = (
        "--to", "{{ email }}", "--subject", "Hi {{ name }}", "--text",
        "Dear {{ name }}", "--data", "people.csv",
    )  # fmt: skip

    @pytest.fixture(autouse=True)
    def people(self, tuimail: Shell) -> None:
        (tuimail.folder / "people.csv").write_text(self.PEOPLE)

    def test_each_gets_its_own(self, tuimail: Shell, server: DemoServer) -> None:
        answer = tuimail("send", *self.MERGE, "--json")

        mails = answer.json["mails"]
        assert (answer.code, [one["status"] for one in mails]) == (0, ["sent", "sent"])
        assert [one.recipients for one in server.deliveries] == [
            ("ada@partner.example",),
            ("bob@partner.example",),
        ]
        for one, name in zip(server.deliveries, (b"Ada", b"Bob"), strict=True):
            assert b"Dear " + name in one.content
        assert b"Bob" not in server.deliveries[0].content

    def test_people_read_one_record_after_another(self, tuimail: Shell) -> None:
        first, second = tuimail("send", *self.MERGE).text.split("\n\n")

        assert "status: sent" in first
        assert "status: sent" in second

    def test_a_dry_run_shows_each(self, tuimail: Shell) -> None:
        found = tuimail("send", *self.MERGE, "--dry-run", "--json").json["mails"]
        text = tuimail("send", *self.MERGE, "--dry-run").text

        assert [one["text"] for one in found] == ["Dear Ada", "Dear Bob"]
        assert text.count("status: dry_run") == 2
        assert "| Dear Bob" in text

    def test_one_object_is_one_mail(self, tuimail: Shell) -> None:
        data = '{"email": "ada@partner.example", "name": "Ada"}'

        answer = tuimail("send", *self.MERGE[:-1], data, "--dry-run", "--json")

        assert answer.json["text"] == "Dear Ada"

    def test_they_can_be_handed_in(self, tuimail: Shell) -> None:
        answer = tuimail("submit", *self.MERGE, "--actor", "billing", "--json")

        statuses = [one["status"] for one in answer.json["mails"]]
        assert (answer.code, statuses) == (0, ["review", "review"])

    def test_a_row_that_is_no_mail_is_named_and_nothing_is_stored(
        self, tuimail: Shell
    ) -> None:
        (tuimail.folder / "people.csv").write_text("email,name\na@b.example,A\nc,C\n")

        answer = tuimail("send", *self.MERGE, "--json")

        assert answer.code == 1
        assert "Row 2" in answer.error["message"]
        assert answer.error["field"] == "to"
        assert tuimail("list", "--json").json["mails"] == []

    def test_what_cannot_be_released_is_not_kept(self, tuimail: Shell) -> None:
        answer = tuimail("send", *self.MERGE, "--track-opens", "--json")

        assert answer.error["code"] == "unsupported"
        listed = tuimail("list", "--json").json["mails"]
        assert listed == []

    def test_all_can_be_taken_back(self, tuimail: Shell, passing: Time) -> None:
        def interrupt() -> None:
            raise KeyboardInterrupt

        passing.then = interrupt

        answer = tuimail("send", *self.MERGE, terminal=True, shown=True)

        assert answer.code == 130
        assert "all are drafts again" in answer.talk
        listed = tuimail("list", "--json").json["mails"]
        assert {one["status"] for one in listed} == {"draft"}

    def test_a_wait_that_is_broken_off_leaves_the_rest_in_the_outbox(
        self, tuimail: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("tuimail.cli.several.wait_for_verdict", interrupted)

        answer = tuimail("send", *self.MERGE, "--json")

        assert answer.code == 130
        assert {one["status"] for one in answer.json["mails"]} == {"ready"}

    def test_nobody_waits_where_nobody_wants_to(self, tuimail: Shell) -> None:
        answer = tuimail("send", *self.MERGE, "--wait", "0", "--json")

        assert answer.code == 0
        assert {one["status"] for one in answer.json["mails"]} == {"ready"}

    @pytest.mark.parametrize(
        ("words", "desk_call"),
        [
            (("send", "--dry-run"), (DraftDesk, "dry_run")),
            (("send",), (OutboxDesk, "send_new")),
            (("submit", "--actor", "billing"), (DraftDesk, "submit")),
        ],
    )
    @pytest.mark.parametrize(
        "error", [StoreError("The disk is full."), KeyboardInterrupt()]
    )
    def test_either_all_are_stored_or_none(
        self,
        tuimail: Shell,
        monkeypatch: pytest.MonkeyPatch,
        words: tuple[str, ...],
        desk_call: tuple[type, str],
        error: BaseException,
    ) -> None:
        store = getattr(*desk_call)
        calls: list[object] = []

        def fails_later(*given: object, **named: object) -> object:
            calls.append(given)
            if len(calls) > 1:
                raise error
            return store(*given, **named)

        monkeypatch.setattr(*desk_call, fails_later)

        answer = tuimail(*words, *self.MERGE)

        assert answer.code == (130 if isinstance(error, KeyboardInterrupt) else 1)
        assert "1 of 2 mails had been stored; none is kept." in answer.talk
        listed = tuimail("list", "--json").json["mails"]
        assert [one["status"] for one in listed] == ["discarded"]

    def test_what_could_not_be_thrown_away_is_named(
        self, tuimail: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuses(*_: object, **__: object) -> None:
            raise StoreError("The disk is full.")

        store = DraftDesk.dry_run
        rows: list[Row] = []

        def once(desk: DraftDesk, draft: Draft, **_: object) -> Row:
            if rows:
                refuses()
            rows.append(store(desk, draft))
            return rows[0]

        monkeypatch.setattr(DraftDesk, "dry_run", once)
        monkeypatch.setattr(DraftDesk, "discard", refuses)

        answer = tuimail("send", *self.MERGE, "--dry-run")

        assert f"these are kept: {rows[0].id}." in answer.talk
