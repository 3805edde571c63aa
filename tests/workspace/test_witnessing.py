"""A decision counts only where the journal tells the same of it."""

from datetime import timedelta

import pytest

from tests.workspace.conftest import Desk
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    Case,
    cheap_pins,
    handed_in,
    name_reviewers,
    opened_post,
    say,
    tamper,
)
from tuimail.errors import DigestMismatchError

TWO = "[[rule]]\nname = 'two'\nto_any_in = ['@partner.example']\naction = 'review2'\n"
FORGED = """
INSERT INTO decisions (
  draft_id, revision, verdict, actor, door, reason, release_digest, findings_digest,
  at, role, is_enough)
VALUES ('{mail}', 1, 'approved', 'person:bob', 'app', '', '{digest}', '',
  '2026-03-02T14:02:00.000000Z', 'reviewer', 0)
"""
CHANGES = {
    "actor": "UPDATE decisions SET actor = 'person:zed'",
    "reason": "UPDATE decisions SET reason = 'quite another'",
    "overruled": "UPDATE decisions SET overruled = '[\"x\"]'",
    "enough": "UPDATE decisions SET is_enough = 0",
    "removed": "DELETE FROM decisions",
    "expiry": "UPDATE approvals SET expires_at = '2027-03-02T14:02:00.000000Z'",
    "digest": "UPDATE approvals SET release_digest = 'x'",
    "line": "UPDATE journal SET details = '{}' WHERE event = 'decided'",
    "no line": "DELETE FROM journal WHERE event = 'decided'",
}


def forge(case: Case) -> None:
    digest = case.workspace.drafts.page(case.mail).release_digest
    tamper(case.desk.root, FORGED.format(mail=case.mail, digest=digest))


def test_a_yes_that_was_written_into_the_database_lets_nothing_out(
    case: Case, desk: Desk
) -> None:
    say(desk, TWO)
    name_reviewers(case.workspace)
    forge(case)

    with pytest.raises(DigestMismatchError, match="person:bob"):
        case.workspace.reviews.approve(case.mail, revision=1, signature=ALICE)

    case.try_to_release()
    assert case.nothing_left()


def test_a_yes_after_two_others_keeps_it_from_its_release(case: Case) -> None:
    case.approve()
    forge(case)

    with pytest.raises(DigestMismatchError, match="journal"):
        case.release()

    assert case.status == "review"
    assert case.nothing_left()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_is_not_released_and_is_found(case: Case, change: str) -> None:
    case.approve()
    tamper(case.desk.root, change)

    found = case.workspace.audit.verify()
    case.try_to_release()

    assert not found.is_whole
    assert case.mail in found.misfit
    assert case.nothing_left()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_after_its_release_is_held(case: Case, change: str) -> None:
    case.approve()
    case.release(later=True)
    tamper(case.desk.root, change)

    assert case.nothing_left()
    assert case.status == "held"


def test_another_approval_than_the_one_it_was_released_by_holds_it(case: Case) -> None:
    case.approve()
    case.release(later=True)
    tamper(case.desk.root, "UPDATE submissions SET approval_id = 'gone'")

    assert case.nothing_left()


def test_an_audit_finds_all_that_fits(case: Case) -> None:
    case.workspace.reviews.reject(case.mail, revision=1, reason="no")
    case.workspace.reviews.undo_reject(case.mail)
    case.approve()
    case.release()

    assert case.workspace.audit.verify().is_whole
    assert case.post.send() == 1


def test_what_was_purged_leaves_its_lines(case: Case, desk: Desk) -> None:
    case.workspace.reviews.reject(case.mail, revision=1, reason="no")
    case.workspace.drafts.discard(case.mail)
    desk.clock.advance(timedelta(days=3))
    case.workspace.purging.purge(desk.clock.now() - timedelta(days=2))

    assert case.workspace.audit.verify().is_whole
