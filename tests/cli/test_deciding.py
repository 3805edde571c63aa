"""Decisions on the command line: as a reviewer, at a time, with codes; and edits."""

import getpass
import sys
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from tests.cli.conftest import Shell
from tuimail.cli import changes
from tuimail.core.diffs import diff

pytestmark = pytest.mark.usefixtures("account")
SECRET = (
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n"
)
PINS = {"alice": "483920", "bob": "771204"}


@pytest.fixture
def reviewers(tuimail: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two people who decide, and fingers that type their PINs."""
    monkeypatch.setattr("tuimail.workspace.reviewers._COST", 4)
    with tuimail.open() as workspace:
        for name, pin in PINS.items():
            workspace.reviewers.add(name, pin)

    def typed(prompt: str = "", **_further: Any) -> str:
        return PINS[prompt.removeprefix("PIN of ").removesuffix(": ")]

    monkeypatch.setattr(getpass, "getpass", typed)


def four_eyes(tuimail: Shell) -> None:
    say(tuimail, "[defaults]\nfour_eyes = true\n")


def say(tuimail: Shell, policy: str) -> None:
    with tuimail.open() as workspace:
        path = workspace.config_path.with_name("policy.toml")
    path.write_text(f"version = 1\n{policy}")
    path.chmod(0o600)


def status(tuimail: Shell, mail: str) -> str:
    return str(tuimail("show", mail, "--json").json["status"])


@pytest.mark.usefixtures("reviewers")
def test_a_reviewer_approves_with_a_pin_that_is_typed(tuimail: Shell) -> None:
    page = tuimail.submit()

    answer = tuimail("approve", page["id"], "--as", "alice", terminal=True)

    assert answer.code == 0
    (decision,) = tuimail("show", page["id"], "--json").json["decisions"]
    assert (decision["actor"], decision["role"]) == ("person:alice", "reviewer")
    assert PINS["alice"] not in answer.talk + answer.text


@pytest.mark.usefixtures("reviewers")
def test_a_pin_is_not_taken_from_a_pipe(tuimail: Shell) -> None:
    page = tuimail.submit()

    answer = tuimail("approve", page["id"], "--as", "alice", "--json", stdin="483920\n")

    assert (answer.code, answer.error["field"]) == (2, "as")
    assert status(tuimail, page["id"]) == "review"


@pytest.mark.usefixtures("reviewers")
def test_the_first_of_two_hears_that_it_waits_for_another(tuimail: Shell) -> None:
    four_eyes(tuimail)
    page = tuimail.submit()
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="minutes")

    first = tuimail(
        "approve", page["id"], "--as", "alice", "--at", later, terminal=True
    )
    looked_at = tuimail("review", page["id"]).text
    second = tuimail("approve", page["id"], "--as", "bob", terminal=True)

    assert "1 of 2 have approved it" in first.talk
    assert "Give --at with the last approval" in first.talk
    assert "Needs:       2 people; so far: person:alice" in looked_at
    assert "Policy:      defaults.four_eyes:" in looked_at
    assert second.code == 0
    assert status(tuimail, page["id"]) == "approved"


def test_a_review_says_what_is_in_the_way(tuimail: Shell) -> None:
    say(tuimail, '[recipients]\nblock = ["@partner.example"]\n')
    page = tuimail.submit()

    blocked = tuimail("review", page["id"]).text
    say(tuimail, "this is no policy")
    broken = tuimail("review", page["id"]).text

    assert "Blocked:     " in blocked
    assert "policy.toml" in broken.partition("Blocked:")[2]


def test_a_review_says_when_an_approval_runs_out(tuimail: Shell) -> None:
    page = tuimail.submit()
    digest = page["release_digest"][:6]
    tuimail("approve", page["id"], stdin=f"{digest}\n", terminal=True)

    assert "Runs out:    the approval, " in tuimail("review", page["id"]).text


def test_a_review_says_how_findings_of_level_block_are_overruled(
    tuimail: Shell,
) -> None:
    page = tuimail.submit("--text", SECRET)

    text = tuimail("review", page["id"]).text

    assert "a second person approves it too, or --overrule" in text
    assert "Type" not in text


def test_approve_at_a_time_lets_it_leave_then(tuimail: Shell) -> None:
    page = tuimail.submit()
    later = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="minutes")

    answer = tuimail(
        "approve", page["id"], "--at", later, "--json",
        stdin=page["release_digest"][:6] + "\n", terminal=True,
    )  # fmt: skip

    assert (answer.code, answer.json["status"]) == (0, "ready")
    assert answer.json["due_at"]


def test_findings_of_level_block_take_the_word_of_the_mail(tuimail: Shell) -> None:
    page = tuimail.submit("--text", SECRET)
    digest = page["release_digest"][:6]

    waits = tuimail("approve", page["id"], stdin=f"{digest}\n", terminal=True)
    wrong = tuimail(
        "approve", page["id"], "--overrule", stdin=f"{digest}\nyes\n", terminal=True
    )
    right = tuimail(
        "approve", page["id"], "--overrule",
        stdin=f"{digest}\npartner.example\n", terminal=True,
    )  # fmt: skip

    assert "1 of 2 have approved it" in waits.talk
    assert "is not the word" in wrong.talk
    assert right.code == 0
    assert "Overruled:   secret.private-key" in tuimail("show", page["id"]).text


def test_there_is_a_word_only_where_something_is_to_be_overruled(
    tuimail: Shell,
) -> None:
    page = tuimail.submit()

    answer = tuimail("approve", page["id"], "--overrule", "--json")

    assert (answer.code, answer.error["field"]) == (2, "overrule")


def test_the_word_is_not_taken_from_a_pipe(tuimail: Shell) -> None:
    page = tuimail.submit("--text", SECRET)

    answer = tuimail(
        "approve", page["id"], "--overrule", "--json", stdin="partner.example\n"
    )

    assert answer.error["code"] == "not-allowed"


def test_a_no_has_codes_and_comments(tuimail: Shell) -> None:
    page = tuimail.submit()

    answer = tuimail(
        "request-changes", page["id"], "--reason", "Not yet", "--code", "tone",
        "--code", "wrong-facts", "--comment", "1: whom?", "--comment", "subject:vague",
        terminal=True,
    )  # fmt: skip

    assert answer.code == 0
    (decision,) = tuimail("show", page["id"], "--json").json["decisions"]
    assert decision["codes"] == ["tone", "wrong-facts"]
    assert decision["comments"] == [
        {"field": "text", "line": 1, "text": " whom?"},
        {"field": "subject", "line": 0, "text": "vague"},
    ]
    shown = tuimail("show", page["id"]).text
    assert "(tone, wrong-facts): Not yet" in shown
    assert "Comment:     subject: vague" in shown


@pytest.mark.parametrize(
    ("flags", "field"),
    [
        (("--code", "tome"), "code"),
        (("--comment", "nowhere"), "comment"),
        (("--comment", "3 4:x"), "comment"),
        (("--comment", "0x3:x"), "comment"),
        (("--comment", "3:"), "comment"),
        ((), "reason"),
    ],
)
def test_a_no_that_cannot_be_read_is_refused(
    tuimail: Shell, flags: tuple[str, ...], field: str
) -> None:
    page = tuimail.submit()
    reason = () if field == "reason" else ("--reason", "No.")

    answer = tuimail("reject", page["id"], *reason, *flags, "--json", terminal=True)

    assert (answer.code, answer.error["field"]) == (1, field)
    assert status(tuimail, page["id"]) == "review"


@pytest.mark.usefixtures("reviewers")
def test_somebody_is_asked_and_then_anybody(tuimail: Shell) -> None:
    page = tuimail.submit()

    asked = tuimail("assign", page["id"], "bob", terminal=True)
    shown = tuimail("review", page["id"]).text
    anybody = tuimail("assign", page["id"], "--anybody", terminal=True)

    assert (asked.code, anybody.code) == (0, 0)
    assert "Asked of:    bob" in shown
    assert tuimail("show", page["id"], "--json").json["standing"]["assigned"] == ""


def test_somebody_unknown_is_not_asked(tuimail: Shell) -> None:
    page = tuimail.submit()

    answer = tuimail("assign", page["id"], "eve", "--json", terminal=True)

    assert answer.error["code"] == "not-found"


def test_mail_in_review_is_held_and_resumed_by_the_same_verbs(tuimail: Shell) -> None:
    page = tuimail.submit()

    held = tuimail("hold", page["id"], terminal=True)
    refused = tuimail(
        "approve", page["id"], "--json",
        stdin=page["release_digest"][:6] + "\n", terminal=True,
    )  # fmt: skip
    resumed = tuimail("resume", page["id"], terminal=True)

    assert (held.code, resumed.code) == (0, 0)
    assert "is held: Held by hand." in refused.error["message"]


class TestEdit:
    def test_what_is_typed_takes_the_place_of_what_was_there(
        self, tuimail: Shell
    ) -> None:
        page = tuimail.submit("--bcc", "eve@secret.example")

        answer = tuimail(
            "edit", page["id"], "--subject", "Changed", "--text-file", "-", "--json",
            stdin="Please pay soon.", terminal=True,
        )  # fmt: skip

        assert (answer.code, answer.json["revision"]) == (0, 2)
        after = tuimail("review", page["id"], "--json").json
        assert (after["subject"], after["text"]) == ("Changed", "Please pay soon.")
        assert after["to"] == page["to"]
        assert after["bcc"] == ["eve@secret.example"]
        assert after["status"] == "review"

    def test_nothing_typed_changes_nothing(self, tuimail: Shell) -> None:
        page = tuimail.submit()

        answer = tuimail("edit", page["id"])

        assert "Nothing changed." in answer.talk
        assert tuimail("show", page["id"], "--json").json["revision"] == 1

    def test_mail_that_was_sent_is_not_changed_any_more(self, tuimail: Shell) -> None:
        sent = tuimail("send", "--to", "bob@partner.example", "--json").json

        answer = tuimail("edit", sent["id"], "--subject", "x", "--json")

        assert answer.error["code"] == "transition"
        assert "is sent and cannot be changed" in answer.error["message"]

    def test_an_older_revision_than_the_newest_is_not_edited(
        self, tuimail: Shell
    ) -> None:
        page = tuimail.submit()
        tuimail("edit", page["id"], "--subject", "Changed")

        answer = tuimail(
            "edit", page["id"], "--revision", "1", "--subject", "x", "--json"
        )

        assert answer.error["code"] == "stale-approval"

    @pytest.mark.parametrize("flag", ["template", "data", "idempotency-key"])
    def test_what_is_for_new_mail_is_refused(self, tuimail: Shell, flag: str) -> None:
        page = tuimail.submit()

        answer = tuimail("edit", page["id"], f"--{flag}", "x", "--json")

        assert (answer.code, answer.error["field"]) == (2, flag)


class TestDiff:
    @pytest.fixture
    def page(self, tuimail: Shell) -> dict[str, Any]:
        page = tuimail.submit("--bcc", "eve@secret.example")
        for text in ("Please pay soon.", "Please pay very soon."):
            tuimail("edit", page["id"], "--text", text)
        return page

    def test_words_are_marked_within_their_line(
        self, tuimail: Shell, page: dict[str, Any]
    ) -> None:
        previous = tuimail("show", page["id"], "--diff").text
        first = tuimail("show", page["id"], "--diff", "first").text

        assert "Changed since the revision before:" in previous
        assert "~Please pay {+very +}soon." in previous
        assert "~Please pay{+ very soon+}." in first

    def test_programs_get_the_words(self, tuimail: Shell, page: dict[str, Any]) -> None:
        diff = tuimail("show", page["id"], "--diff", "previous", "--json").json["diff"]

        (line,) = diff["lines"]
        assert (diff["with"], diff["is_complete"]) == ("previous", True)
        assert line["kind"] == "changed"
        assert ["added", "very "] in line["words"]

    def test_blind_copies_are_in_it_for_who_asks_only(self, tuimail: Shell) -> None:
        page = tuimail.submit("--bcc", "eve@secret.example")
        tuimail("edit", page["id"], "--bcc", "mallory@secret.example")

        assert "secret.example" not in tuimail("show", page["id"], "--diff").text
        shown = tuimail("show", page["id"], "--diff", "--bcc").text
        assert "mallory" in shown.partition("Changed since")[2]

    def test_where_there_is_nothing_to_compare_it_says_so(self, tuimail: Shell) -> None:
        page = tuimail.submit()

        text = tuimail("show", page["id"], "--diff", "answered").text
        document = tuimail("show", page["id"], "--diff", "answered", "--json").json

        assert "There is nothing to compare: against the mail it answers." in text
        assert document["diff"] is None

    def test_it_compares_with_the_mail_that_is_answered(self, tuimail: Shell) -> None:
        sent = tuimail("send", "--to", "bob@partner.example", "--text", "How are you?",
                       "--json").json  # fmt: skip
        page = tuimail.submit(
            "--in-reply-to", sent["message_id"], "--text", "How are they?"
        )

        text = tuimail("show", page["id"], "--diff", "answered").text

        assert "~How are [-you-]{+they+}?" in text

    def test_the_bytes_alone_have_no_diff(self, tuimail: Shell) -> None:
        page = tuimail.submit()

        answer = tuimail("show", page["id"], "--raw", "--diff")

        assert answer.code == 2

    def test_every_field_that_changed_is_in_it(self, tuimail: Shell) -> None:
        page = tuimail.submit()
        tuimail(
            "edit", page["id"], "--header", "X-Kind=a", "--priority", "high",
            "--unsubscribe-url", "https://example.org/u", "--tag", "q3",
        )  # fmt: skip

        text = tuimail("show", page["id"], "--diff").text

        for line in (
            "+Header: X-Kind: a", "+Priority: high",
            "+Unsubscribe: https://example.org/u", "+Provider: tags: q3",
        ):  # fmt: skip
            assert line in text

    def test_one_that_stopped_says_so(
        self, tuimail: Shell, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = tuimail.submit("--text", "a b\nc d\ne f")
        tuimail("edit", page["id"], "--text", "e f\nc d\na b")
        monkeypatch.setattr(changes, "diff", partial(diff, limit=0))

        shown = tuimail("show", page["id"], "--diff")
        document = tuimail("show", page["id"], "--diff", "--json").json["diff"]

        assert "(Too much changed to compare it all" in shown.text
        assert not document["is_complete"]

    def test_a_very_long_one_says_that_there_is_more(self, tuimail: Shell) -> None:
        lines = "\n".join(f"line {number}" for number in range(300))
        page = tuimail.submit("--text", lines)
        tuimail("edit", page["id"], "--text", lines.replace("line", "row"))

        text = tuimail("show", page["id"], "--diff").text

        assert "(There is more that changed.)" in text


def test_a_repeated_mail_shows_what_was_said_about_the_first(tuimail: Shell) -> None:
    first = tuimail.submit()
    tuimail("reject", first["id"], "--reason", "Never.", terminal=True)

    again = tuimail.submit()

    text = tuimail("review", again["id"]).text
    assert f"Earlier:     it nearly repeats mail {first['id']}, rejected by" in text
    assert ": Never." in text
    assert again["duplicate_of"] == first["id"]


@pytest.mark.usefixtures("reviewers")
def test_a_reviewer_sees_the_revision_before_the_pin_is_asked_for(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tuimail.submit()
    tuimail("edit", page["id"], "--text", "Pay ninety thousand to Eve.")
    shown: list[str] = []

    def typed(prompt: str = "", **_further: Any) -> str:
        shown.append(sys.stderr.bytes.decode())  # type: ignore[union-attr]
        return PINS["alice"]

    monkeypatch.setattr(getpass, "getpass", typed)
    answer = tuimail("approve", page["id"], "--as", "alice", terminal=True)

    assert answer.code == 0
    assert "Pay ninety thousand to Eve." in shown[0]
    assert "Digest:" in shown[0]


@pytest.mark.parametrize("at", ["2036-01-01", "in 5h"])
def test_a_time_at_which_it_cannot_leave_leaves_it_in_review(
    tuimail: Shell, at: str
) -> None:
    page = tuimail.submit("--expires", "1h")

    answer = tuimail(
        "approve", page["id"], "--at", at, "--json",
        stdin=page["release_digest"][:6] + "\n", terminal=True,
    )  # fmt: skip

    assert answer.code != 0
    assert answer.error["field"] in {"at", "expires"}
    assert status(tuimail, page["id"]) == "review"


@pytest.mark.usefixtures("reviewers")
def test_a_name_is_made_inert_where_the_pin_is_asked_for(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tuimail.submit()
    asked: list[str] = []

    def typed(prompt: str = "", **_further: Any) -> str:
        asked.append(prompt)
        return "000000"

    monkeypatch.setattr(getpass, "getpass", typed)
    tuimail("approve", page["id"], "--as", "\x1b[31mEvil\u202e", terminal=True)

    (prompt,) = asked
    assert not {"\x1b", "\u202e"} & set(prompt)


@pytest.mark.usefixtures("reviewers")
def test_a_reviewer_takes_a_rejection_back(tuimail: Shell) -> None:
    mail = tuimail.submit()["id"]
    tuimail("reject", mail, "--code", "policy", terminal=True)

    unsigned = tuimail("reject", mail, "--undo", terminal=True)
    rejected = status(tuimail, mail)
    signed = tuimail("reject", mail, "--undo", "--as", "alice", terminal=True)

    assert "reject --undo" in unsigned.talk
    assert (rejected, signed.code) == ("rejected", 0)
    assert status(tuimail, mail) == "review"


@pytest.mark.usefixtures("reviewers")
def test_a_signed_edit_is_the_reviewers_who_then_may_not_approve(
    tuimail: Shell,
) -> None:
    say(tuimail, "[defaults]\neditor_may_approve = false\n")
    mail = tuimail.submit()["id"]

    edited = tuimail("edit", mail, "--text", "Else.", "--as", "alice", terminal=True)
    own = tuimail("approve", mail, "--as", "alice", terminal=True)
    other = tuimail("approve", mail, "--as", "bob", terminal=True)

    assert edited.code == other.code == 0
    assert "person:alice changed draft" in own.talk
