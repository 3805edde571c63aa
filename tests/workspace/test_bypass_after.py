"""Approval cannot be bypassed: whatever changes once somebody said yes.

Each case ends with the mail in review, held or rejected, and with a real server
that was given nothing.
"""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import Desk, account
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    BOB,
    LATER,
    Case,
    cheap_pins,
    handed_in,
    name_reviewers,
    opened_post,
    say,
    tamper,
)
from tuimail.errors import TuimailError
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

ONE_MORE = """
INSERT INTO recipients
SELECT
  submission_id, 9, 'bcc', 'x@evil.example', 'x@evil.example', state, stage, code,
  enhanced, reply, provider_message_id, changed_at
FROM recipients
"""


class TestAfterApproval:
    def test_a_changed_file_before_it_is_released(self, case: Case) -> None:
        case.approve()
        _write_into(case)

        case.try_to_release()

        assert case.status == "review"
        assert case.nothing_left()

    def test_a_changed_file_after_it_was_released(self, case: Case) -> None:
        case.approve()
        case.release(later=True)
        _write_into(case)
        case.desk.clock.advance(2 * LATER)

        assert case.nothing_left()
        assert case.status == "held"

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE recipients SET wire_address = 'x@evil.example'",
            "UPDATE recipients SET address = 'x@evil.example'",
            ONE_MORE,
            "UPDATE submissions SET return_path = 'x@evil.example'",
            "UPDATE submissions SET message_digest = 'x' || substr(message_digest, 2)",
            "UPDATE submissions SET account = 'unknown'",
            "UPDATE submissions SET service = '{\"track_opens\": true}'",
        ],
        ids=[
            "wire",
            "address",
            "one-more",
            "return-path",
            "digest",
            "account",
            "asked",
        ],
    )
    def test_a_changed_row_after_it_was_released(
        self, case: Case, statement: str
    ) -> None:
        case.approve()
        case.release(later=True)
        tamper(case.desk.root, statement)
        case.desk.clock.advance(2 * LATER)

        assert case.nothing_left()
        assert case.status == "held"

    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE revisions SET content = replace(content, 'partner', 'evil')",
            "UPDATE revisions SET message_digest = 'x' || substr(message_digest, 2)",
            "UPDATE approvals SET release_digest = 'x' || substr(release_digest, 2)",
            "UPDATE decisions SET verdict = 'rejected'",
        ],
        ids=["recipient", "bytes", "approval", "decision"],
    )
    def test_a_changed_row_before_it_is_released(
        self, case: Case, statement: str
    ) -> None:
        case.approve()
        tamper(case.desk.root, "PRAGMA foreign_keys = OFF", statement)

        case.try_to_release()

        assert case.status == "review"
        assert case.nothing_left()

    def test_a_changed_text_whose_bytes_are_gone(self, case: Case) -> None:
        """The file would be made again, from what was written into the database."""
        case.approve()
        path = case.desk.root / "outbound" / case.mail / "message.eml"
        path.unlink(missing_ok=True)
        tamper(
            case.desk.root,
            "UPDATE revisions SET content = replace(content, 'Please', 'Never')",
        )

        case.try_to_release()

        assert case.status == "review"
        assert case.nothing_left()

    def test_an_approval_that_nobody_gave(self, case: Case) -> None:
        """Written into the database, with the state that it would lead to."""
        digest = case.workspace.drafts.page(case.mail).release_digest
        tamper(
            case.desk.root,
            "INSERT INTO approvals (id, draft_id, revision, message_digest, "
            "release_digest, actor, at) SELECT 'forged', draft_id, number, "
            f"message_digest, '{digest}', 'person:mara', created_at FROM revisions",
            "UPDATE drafts SET state = 'approved', status = 'approved'",
        )

        case.try_to_release()

        assert case.status == "review"
        assert case.nothing_left()

    def test_a_state_that_nobody_brought_about(self, case: Case) -> None:
        tamper(
            case.desk.root, "UPDATE drafts SET state = 'approved', status = 'approved'"
        )

        case.try_to_release()

        assert case.status == "review"
        assert case.nothing_left()

    @pytest.mark.parametrize("is_released", [True, False])
    def test_a_changed_account(self, case: Case, *, is_released: bool) -> None:
        case.approve()
        if is_released:
            case.release(later=True)
        options = {"host": "127.0.0.2", "port": case.post.server.port, "tls": "none"}
        own = case.workspace.config.account("work").address
        case.desk.save(account(provider="smtp", options=options, address=own))

        case.try_to_release()
        case.desk.clock.advance(2 * LATER)

        assert case.nothing_left()
        assert case.status == ("held" if is_released else "review")

    @pytest.mark.parametrize("is_released", [True, False])
    @pytest.mark.parametrize(
        "policy",
        [
            '[recipients]\nblock = ["@partner.example"]\n',
            "[defaults]\nfour_eyes = true\n",
            '[defaults]\nagents = "block"\n',
            '[[rule]]\nname = "no"\naction = "block"\n',
        ],
        ids=["recipient", "two-people", "agents", "rule"],
    )
    def test_a_stricter_policy(
        self, case: Case, policy: str, *, is_released: bool
    ) -> None:
        case.approve()
        if is_released:
            case.release(later=True)
        say(case.desk, policy)

        case.try_to_release()
        case.desk.clock.advance(2 * LATER)

        assert case.nothing_left()
        assert case.status == ("held" if is_released else "review")

    def test_a_policy_that_cannot_be_read_any_more(self, case: Case) -> None:
        """What it blocked stays blocked."""
        say(case.desk, '[recipients]\nblock = ["@partner.example"]\n')
        with pytest.raises(TuimailError):
            case.approve()
        say(case.desk, "this is no policy")

        with pytest.raises(TuimailError):
            case.approve()

        assert case.nothing_left()

    @pytest.mark.parametrize(
        "typed",
        [
            {"subject": "Another"},
            {"to": ("x@evil.example",)},
            {"bcc": ("x@evil.example",)},
            {"text": "Pay somebody else.\n"},
            {"account": "other"},
        ],
        ids=["subject", "to", "bcc", "text", "account"],
    )
    def test_an_edit_between_approval_and_claim(
        self, case: Case, typed: dict[str, Any]
    ) -> None:
        case.approve()
        case.workspace.drafts.change(case.mail, Fields(**typed), revision=1)

        case.try_to_release()

        assert case.status == "review"
        assert case.nothing_left()

    def test_what_was_released_is_edited_only_after_it_was_taken_back(
        self, case: Case
    ) -> None:
        case.approve()
        case.release(later=True)
        with pytest.raises(TuimailError):
            case.workspace.drafts.change(case.mail, Fields(subject="x"), revision=1)

        case.workspace.outbox.take_back(case.mail)
        case.workspace.drafts.change(case.mail, Fields(subject="x"), revision=1)
        case.try_to_release()

        assert case.status == "review"
        assert case.nothing_left()

    def test_an_approval_that_has_run_out(self, case: Case) -> None:
        case.approve()
        case.desk.clock.advance(timedelta(hours=73))

        case.try_to_release()

        assert case.status == "review"
        assert case.nothing_left()

    def test_somebody_who_wants_no_mail_any_more(self, case: Case) -> None:
        case.approve()
        case.release(later=True)
        case.workspace.suppressions.add("bob@partner.example", reason="asked")
        case.desk.clock.advance(2 * LATER)

        assert case.nothing_left()
        assert case.status == "held"


def _write_into(case: Case) -> None:
    path = case.desk.root / "outbound" / case.mail / "message.eml"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"bob@", b"eve@"))


def _at_once(desk: Desk, *acts: Callable[[Workspace], object]) -> list[str]:
    """Do each in a thread with a workspace of its own; return how each ended."""
    begin, ends = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[Workspace], object]) -> None:
        with desk.open() as workspace:
            begin.wait()
            try:
                act(workspace)
                ends[place] = "done"
            except TuimailError as error:
                ends[place] = error.code

    threads = [
        threading.Thread(target=run, args=(place, act))
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


class TestAtOnce:
    def test_one_reviewer_in_two_windows_is_one(self, case: Case) -> None:
        say(case.desk, "[defaults]\nfour_eyes = true\n")
        name_reviewers(case.workspace)

        def approve(workspace: Workspace) -> None:
            workspace.reviews.approve(case.mail, revision=1, signature=ALICE)

        ends = _at_once(case.desk, approve, approve)
        case.try_to_release()

        assert sorted(ends) == ["done", "transition"]
        assert case.nothing_left()

    def test_a_no_stands_against_a_yes(self, case: Case) -> None:
        name_reviewers(case.workspace)

        ends = _at_once(
            case.desk,
            lambda w: w.reviews.approve(case.mail, revision=1, signature=ALICE),
            lambda w: w.reviews.reject(
                case.mail, revision=1, reason="no", signature=BOB
            ),
        )
        case.try_to_release()

        assert ends[1] == "done"
        assert case.status == "rejected"
        assert case.nothing_left()

    def test_a_yes_is_never_for_what_somebody_changes_meanwhile(
        self, case: Case
    ) -> None:
        ends = _at_once(
            case.desk,
            lambda w: w.reviews.approve(case.mail, revision=1),
            lambda w: w.drafts.change(case.mail, Fields(subject="x"), revision=1),
        )
        case.try_to_release()

        assert ends[1] == "done"
        assert case.workspace.drafts.row(case.mail).revision == 2
        assert case.nothing_left()
