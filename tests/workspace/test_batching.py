"""Mails of one kind that are approved together, each for itself."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.workspace.conftest import Desk, account
from tests.workspace.reviewing import (  # noqa: F401 - fixtures among them
    ALICE,
    BOB,
    SECRET,
    New,
    cheap_pins,
    name_reviewers,
    say,
)
from tuimail.core.draft import Body
from tuimail.errors import FieldError, NotAllowedError, UsageError
from tuimail.workspace.batching import MOST
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


@pytest.fixture
def report(hand_in: New) -> New:
    """Hand in one of several reports for different people."""

    def new(name: str = "Novák", **changes: Any) -> Row:
        values = {
            "to": (f"{name.lower().encode('ascii', 'ignore').decode()}@example.net",),
            "cc": (),
            "bcc": (),
            "subject": f"Weekly report {name}",
            "text": f"Hi {name},\n\nthe numbers of your team are 17 and 4 this week.\n",
        }
        return hand_in(**(values | changes))

    return new


def test_mails_after_one_pattern_go_together_each_with_its_own_digest(
    workspace: Workspace, report: New
) -> None:
    rows = [report(name) for name in ("Novák", "Ortiz", "Roy")]

    batch = workspace.reviews.batch([row.id for row in rows])
    done = workspace.reviews.approve_batch(batch, 3)

    assert [row.id for row in batch.rows] == [row.id for row in rows]
    assert batch.refused == {}
    assert "Weekly report Novák" in batch.kind
    assert [row.status for row in done.rows] == ["approved"] * 3
    digests = [workspace.drafts.page(row.id).release_digest for row in rows]
    assert len(set(digests)) == 3
    assert list(done.digests) == digests
    for row in rows:
        (decision,) = workspace.drafts.page(row.id).decisions
        assert decision.verdict == "approved"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"text": SECRET}, "above info"),
        ({"subject": "Something else entirely"}, "for a few words"),
        ({"text": "Come to my party on Sunday, bring cake!"}, "for a few words"),
        ({"account": "other"}, "another account"),
        ({"category": "transactional"}, "another category"),
        ({"to": ()}, "cannot be sent"),
    ],
)
def test_what_is_of_another_kind_stays_behind(
    desk: Desk, workspace: Workspace, report: New, changes: dict[str, Any], why: str
) -> None:
    desk.save(account(), account("other"))
    first, second = report(), report("Ortiz")
    if changes.get("to") == ():
        _empty(workspace, second)
        odd = second
    else:
        odd = report("Roy", **changes)

    batch = workspace.reviews.batch([first.id, odd.id])

    assert [row.id for row in batch.rows] == [first.id]
    assert why in batch.refused[odd.id]


def _empty(workspace: Workspace, row: Row) -> None:
    draft = workspace.drafts.page(row.id).draft
    workspace.drafts.edit(row.id, replace(draft, to=(), body=Body()), revision=1)


def test_what_waits_for_something_else_stays_behind(
    workspace: Workspace, report: New, write: New
) -> None:
    held, approved, own = report(), report("Ortiz"), write()
    workspace.reviews.hold(held.id, reason="not now")
    workspace.reviews.approve(approved.id, revision=1)

    batch = workspace.reviews.batch([held.id, approved.id, own.id])

    assert (batch.rows, batch.kind) == ((), "")
    assert batch.refused == {
        held.id: "It is held: not now",
        approved.id: "It is approved.",
        own.id: "It is draft.",
    }


def test_what_takes_two_people_is_for_each_of_them_alone(
    desk: Desk, workspace: Workspace, report: New
) -> None:
    say(desk, "[defaults]\nfour_eyes = true\n")
    lonely = report()

    without = workspace.reviews.batch([lonely.id]).refused[lonely.id]
    name_reviewers(workspace)
    with_two = workspace.reviews.batch([lonely.id]).refused[lonely.id]

    assert "takes 2 reviewers" in without
    assert with_two == "It takes two people."


def test_the_number_has_to_be_typed(workspace: Workspace, report: New) -> None:
    row = report()
    batch = workspace.reviews.batch([row.id, row.id])

    with pytest.raises(FieldError, match="1 mails can go together, and 2") as refused:
        workspace.reviews.approve_batch(batch, 2)

    assert refused.value.field == "count"
    assert workspace.drafts.row(row.id).status == "review"


def test_nothing_can_go_where_nothing_fits(workspace: Workspace) -> None:
    with pytest.raises(FieldError):
        workspace.reviews.approve_batch(workspace.reviews.batch([]), 0)


def test_what_changed_since_it_was_looked_at_stays_behind(
    workspace: Workspace, report: New
) -> None:
    rows = [report(name) for name in ("Novák", "Ortiz")]
    batch = workspace.reviews.batch([row.id for row in rows])
    draft = workspace.drafts.page(rows[0].id).draft
    workspace.drafts.edit(rows[0].id, replace(draft, subject="other"), revision=1)

    done = workspace.reviews.approve_batch(batch, 2)

    assert [row.id for row in done.rows] == [rows[1].id]
    assert "revision 2" in done.refused[rows[0].id]
    assert workspace.drafts.row(rows[0].id).status == "review"


def test_reviewers_sign_a_batch_once(workspace: Workspace, report: New) -> None:
    rows = [report(name) for name in ("Novák", "Ortiz")]
    name_reviewers(workspace)
    batch = workspace.reviews.batch([row.id for row in rows])

    unsigned = workspace.reviews.approve_batch(batch, 2)
    signed = workspace.reviews.approve_batch(batch, 2, signature=BOB)

    assert unsigned.rows == ()
    assert set(unsigned.refused) == {row.id for row in rows}
    for row in signed.rows:
        (decision,) = workspace.drafts.page(row.id).decisions
        assert decision.actor == "person:bob"


def test_a_program_approves_no_batch(workspace: Workspace, report: New) -> None:
    batch = workspace.reviews.batch([report().id])

    with (
        workspace.acting_as("agent:eve", door="api", on_terminal=True),
        pytest.raises(NotAllowedError),
    ):
        workspace.reviews.approve_batch(batch, 1, signature=ALICE)


def test_more_than_somebody_reads_are_refused(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="too many"):
        workspace.reviews.batch([str(number) for number in range(MOST + 1)])


def test_what_takes_two_by_now_gets_no_yes(
    desk: Desk, workspace: Workspace, report: New
) -> None:
    rows = [report("Novák"), report("Ortiz")]
    batch = workspace.reviews.batch([row.id for row in rows])
    name_reviewers(workspace)
    say(desk, "[defaults]\nfour_eyes = true\n")

    done = workspace.reviews.approve_batch(batch, 2, signature=ALICE)

    assert done.rows == ()
    assert set(done.refused.values()) == {"It takes two people."}
    assert workspace.drafts.page(rows[0].id).decisions == ()


def test_several_are_rejected_for_one_reason_each_for_itself(
    workspace: Workspace, report: New, hand_in: New
) -> None:
    rows = [report("Novák"), hand_in(subject="Of another kind")]
    changed, gone = report("Ortiz"), report("Roy")
    draft = workspace.drafts.page(changed.id).draft
    workspace.drafts.edit(changed.id, replace(draft, subject="So"), revision=1)
    workspace.reviews.reject(gone.id, revision=1, reason="No.")

    done = workspace.reviews.reject_batch(
        [*rows, changed, gone], codes=("not-needed",), reason="No reports any more."
    )

    assert [row.status for row in done.rows] == ["rejected", "rejected"]
    assert set(done.refused) == {changed.id, gone.id}
    assert "revision 2" in done.refused[changed.id]
    for row in rows:
        (decision,) = workspace.drafts.page(row.id).decisions
        assert decision.codes == ("not-needed",)
        assert decision.reason == "No reports any more."


def test_what_was_purged_meanwhile_stops_none_of_the_others(
    desk: Desk, workspace: Workspace, report: New
) -> None:
    gone, stays, other = report("Roy"), report("Novák"), report("Ortiz")
    batch = workspace.reviews.batch([gone.id, stays.id])
    workspace.reviews.reject(gone.id, revision=1, reason="No.")
    desk.clock.advance(timedelta(days=3))
    workspace.purging.purge(workspace.clock.now() - timedelta(days=2))

    again = workspace.reviews.batch([gone.id, stays.id])
    approved = workspace.reviews.approve_batch(batch, 2)
    rejected = workspace.reviews.reject_batch([gone, other], codes=("policy",))

    assert [row.id for row in again.rows] == [stays.id]
    assert [row.status for row in approved.rows] == ["approved"]
    assert [row.status for row in rejected.rows] == ["rejected"]
    for one in (again, approved, rejected):
        assert gone.id in one.refused[gone.id]


def test_several_are_rejected_under_a_reviewers_name(
    workspace: Workspace, report: New
) -> None:
    name_reviewers(workspace)
    rows = [report("Novák"), report("Ortiz")]

    workspace.reviews.reject_batch(rows, codes=("policy",), signature=BOB)

    (decision,) = workspace.drafts.page(rows[1].id).decisions
    assert (decision.actor, decision.role) == ("person:bob", "reviewer")


@pytest.mark.parametrize(
    ("codes", "reason", "what"),
    [
        ((), "No.", "need a code"),
        (("other",), "", "is missing"),
        (("rude",), "", "not a code"),
    ],
)
def test_several_are_not_rejected_without_a_code_that_programs_know(
    workspace: Workspace, report: New, codes: tuple[str, ...], reason: str, what: str
) -> None:
    row = report()

    with pytest.raises(FieldError, match=what):
        workspace.reviews.reject_batch([row], codes=codes, reason=reason)

    assert workspace.drafts.row(row.id).status == "review"


def test_more_than_somebody_reads_are_not_rejected(
    workspace: Workspace, report: New
) -> None:
    with pytest.raises(UsageError, match="too many"):
        workspace.reviews.reject_batch([report()] * (MOST + 1), codes=("policy",))
