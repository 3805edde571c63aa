"""Mail of which a try was lost: it never ends as if it had not been sent."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.workspace.conftest import NOW, Desk, account
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.errors import TransitionError
from tuimail.testing import verdicts_for
from tuimail.workspace import pacing, steps
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Fate, Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
MAY_HAVE = "an earlier try may have arrived."


def lose(workspace: Workspace) -> None:
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)
    lost = verdicts_for(claim.envelope, VerdictKind.UNKNOWN)
    workspace.delivery.settle(claim, lost, jitter=1.0)


def states(workspace: Workspace, draft_id: str) -> set[str]:
    return {one.state.value for one in workspace.drafts.page(draft_id).recipients}


@pytest.fixture
def deferred(desk: Desk, workspace: Workspace, write: New) -> Row:
    """A try of it was lost, and its account has it sent again all the same."""
    desk.save(account(on_unknown="resend"), account("home"))
    row = workspace.outbox.send(write().id, revision=1)
    lose(workspace)
    return workspace.drafts.row(row.id)


@pytest.fixture
def crashed(desk: Desk, workspace: Workspace, write: New) -> Row:
    """As ``deferred``, but nobody was there to count the try."""
    desk.save(account(on_unknown="resend"), account("home"))
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)
    with desk.open() as sender:
        sender.recover()
    return workspace.drafts.row(row.id)


def test_withdrawn_it_is_unknown_and_not_tried_again(
    desk: Desk, workspace: Workspace, deferred: Row
) -> None:
    row = workspace.outbox.cancel(deferred.id)

    assert (deferred.status, row.status) == ("deferred", "unknown")
    assert row.reason == f"Withdrawn; {MAY_HAVE}"
    assert states(workspace, row.id) == {"unknown"}
    desk.advance(3600)
    assert workspace.delivery.claim() == ()


def test_so_is_what_was_held_or_is_being_tried(
    desk: Desk, workspace: Workspace, deferred: Row
) -> None:
    desk.advance(3600)
    (claim,) = workspace.delivery.claim()
    tried = workspace.outbox.cancel(deferred.id)
    workspace.outbox.resolve(deferred.id, Fate.RESEND)
    lose(workspace)
    workspace.outbox.hold(deferred.id)
    held = workspace.outbox.cancel(deferred.id)

    assert [one.status for one in (tried, held)] == ["unknown", "unknown"]
    assert not workspace.delivery.commit(claim)


def test_what_is_unknown_is_not_withdrawn(workspace: Workspace, deferred: Row) -> None:
    workspace.outbox.cancel(deferred.id)

    with pytest.raises(TransitionError, match="may have arrived") as refused:
        workspace.outbox.cancel(deferred.id)

    assert refused.value.hint.endswith(f": tuimail resolve {deferred.id}")


def test_out_of_time_it_is_unknown_and_a_person_is_told(
    workspace: Workspace, deferred: Row
) -> None:
    stores = workspace._stores
    submission = stores.submissions.of_draft(deferred.id)
    assert submission is not None

    with stores.database.transaction():
        steps.give_up(stores, submission, "It could not be sent.")

    row = workspace.drafts.row(deferred.id)
    assert (row.status, row.reason) == ("unknown", f"It could not be sent; {MAY_HAVE}")
    assert len(workspace.notices.untold()) == 1


@pytest.mark.parametrize("is_held", [False, True])
def test_given_up_by_a_person_it_says_that_it_may_have_arrived(
    workspace: Workspace, deferred: Row, *, is_held: bool
) -> None:
    if is_held:
        workspace.outbox.hold(deferred.id)

    row = workspace.outbox.give_up(deferred.id)

    assert row.status == "error"
    assert row.reason == f"Given up by a person; {MAY_HAVE}"
    moves = [
        line.details["to"]
        for line in workspace.drafts.journal(row.id)
        if line.event == "submission_moved"
    ]
    assert moves[-2:] == ["unknown", "error"]


def test_what_is_being_tried_is_not_given_up(
    desk: Desk, workspace: Workspace, deferred: Row
) -> None:
    desk.advance(3600)
    workspace.delivery.claim()

    with pytest.raises(TransitionError):
        workspace.outbox.give_up(deferred.id)


def test_after_a_crash_it_is_not_taken_back_as_unsent(
    workspace: Workspace, crashed: Row
) -> None:
    with pytest.raises(TransitionError, match="may have arrived") as refused:
        workspace.outbox.take_back(crashed.id)

    assert refused.value.hint.endswith(f"tuimail resolve {crashed.id}")
    assert workspace.drafts.row(crashed.id).status == "deferred"


def test_nor_when_a_person_has_it_sent_again(
    workspace: Workspace, crashed: Row
) -> None:
    workspace.outbox.cancel(crashed.id)
    workspace.outbox.resolve(crashed.id, Fate.RESEND)

    with pytest.raises(TransitionError, match="offered"):
        workspace.outbox.take_back(crashed.id)

    row = workspace.outbox.cancel(crashed.id)
    assert (row.status, row.reason) == ("cancelled", f"Withdrawn; {MAY_HAVE}")


def test_it_takes_another_way_only_after_a_persons_word(
    workspace: Workspace, deferred: Row
) -> None:
    with pytest.raises(TransitionError, match="may have arrived"):
        workspace.outbox.reroute(deferred.id, "home")
    workspace.outbox.give_up(deferred.id)

    assert workspace.outbox.reroute(deferred.id, "home").status == "draft"


def test_the_same_key_is_no_persons_word(workspace: Workspace, fields: Fields) -> None:
    def ask() -> Row:
        return workspace.outbox.send_new(workspace.drafts.compose(fields), key="k")

    first = ask()
    lose(workspace)
    workspace.outbox.resolve(first.id, Fate.GIVE_UP)

    again = ask()

    assert (again.id, again.status) == (first.id, "error")
    assert workspace.delivery.claim() == ()


def test_a_later_end_that_was_chosen_holds_too(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """Eleven days are more than the five it is tried for, but not from then on."""
    row = workspace.drafts.request_review(write().id)
    workspace.reviews.approve(row.id, revision=1)
    end = NOW + timedelta(days=11)
    workspace.outbox.release(row.id, at=NOW + timedelta(days=10), lifetime=end)
    workspace.outbox.hold(row.id)
    desk.advance(12 * 86_400)

    workspace.outbox.resume(row.id)

    submission = workspace._stores.submissions.of_draft(row.id)
    assert submission is not None
    assert submission.give_up_at == end


def test_an_end_that_nobody_chose_is_moved(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    at = NOW + timedelta(days=10)
    row = workspace.outbox.send(write().id, revision=1, at=at)
    workspace.outbox.hold(row.id)
    desk.advance(20 * 86_400)

    workspace.outbox.resume(row.id)

    submission = workspace._stores.submissions.of_draft(row.id)
    assert submission is not None
    assert submission.give_up_at == desk.clock.now() + timedelta(days=5)


def test_mail_that_waits_only_for_its_account_is_tried_when_asked_to(
    workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    with workspace._stores.database.transaction():
        pacing.rest(workspace._stores, "work", reason="It was not reached.")
    assert workspace.delivery.claim() == ()

    workspace.outbox.retry(row.id)

    (claim,) = workspace.delivery.claim()
    assert claim.submission.draft_id == row.id


def test_a_share_that_ends_between_recipients_holds_the_account(
    workspace: Workspace, write: New
) -> None:
    """Who was accepted has it; the others wait, and go on with the account."""
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)
    first, *others = (one.wire_address for one in claim.envelope.recipients)
    limit = Receipt(stage="rcpt", code=550, enhanced="5.4.5", text="5.4.5 limit")
    told = (
        Verdict(wire_address=first, kind=VerdictKind.SENT),
        *(
            Verdict(wire_address=one, kind=VerdictKind.DEFERRED, receipt=limit)
            for one in others
        ),
    )

    workspace.delivery.settle(
        claim,
        Verdicts(
            by_recipient=told,
            fault=AccountFault.QUOTA,
            fault_receipt=limit,
            wait=timedelta(hours=24),
        ),
        jitter=1.0,
    )

    assert workspace.drafts.row(row.id).status == "held"
    assert states(workspace, row.id) == {"sent", "deferred"}
    workspace.accounts.resume("work")
    (claim,) = workspace.delivery.claim()
    assert [one.wire_address for one in claim.envelope.recipients] == others
