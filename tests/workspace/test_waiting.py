"""What lists say about mail that is due and waits for its account."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.workspace.conftest import NOW, Desk, account
from tuimail.core.lifecycle import SubmissionState
from tuimail.core.pacing import Limits
from tuimail.core.submission import Receipt
from tuimail.workspace import pacing
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
LATER = Receipt(stage="rcpt", code=450, text="450 later")
REASON = "The server could not be reached"


@pytest.fixture
def stores(workspace: Workspace) -> Stores:
    return workspace._stores


@pytest.fixture
def mail(workspace: Workspace, write: New) -> str:
    return workspace.outbox.send(write().id, revision=1).id


def rest(stores: Stores) -> datetime:
    with stores.database.transaction():
        return pacing.rest(stores, "work", reason=REASON)


def defer(stores: Stores, draft_id: str, due_at: datetime) -> None:
    """Have it tried once, and told to come back."""
    (row,) = stores.submissions.in_state(SubmissionState.READY)
    assert row.draft_id == draft_id
    now = stores.clock.now()
    with stores.database.transaction():
        number = stores.batches.claim([row.id], now)[row.id]
        stores.submissions.end_attempt(row.id, number, "defer", LATER, now)
        stores.submissions.set_state(
            row.id,
            SubmissionState.DEFERRED,
            at=now,
            due_at=due_at,
            reason="450 later",
            attempts=1,
        )


def test_mail_of_an_account_that_rests_says_why_and_until_when(
    workspace: Workspace, stores: Stores, mail: str
) -> None:
    until = rest(stores)

    row = workspace.drafts.row(mail)
    assert (row.status, row.due_at, row.attempts) == ("ready", until, 0)
    assert row.reason == f"Waits with the account work: {REASON}"


def test_after_the_rest_it_says_so_no_more(
    desk: Desk, workspace: Workspace, stores: Stores, mail: str
) -> None:
    rest(stores)
    desk.advance(10)

    row = workspace.drafts.row(mail)
    assert (row.due_at, row.reason) == (NOW, "")


def test_mail_that_waits_longer_for_itself_says_that(
    workspace: Workspace, stores: Stores, mail: str
) -> None:
    defer(stores, mail, NOW + timedelta(hours=1))
    rest(stores)

    row = workspace.drafts.row(mail)
    assert (row.due_at, row.reason) == (NOW + timedelta(hours=1), "450 later")


def test_mail_behind_a_limit_says_so(
    desk: Desk, workspace: Workspace, stores: Stores, mail: str
) -> None:
    limited = account(limits=Limits(per_minute=1))
    desk.save(limited)
    with stores.database.transaction():
        pacing.take(stores, limited, ["ana@example.net"], NOW)

    row = workspace.drafts.row(mail)
    assert row.due_at == NOW + timedelta(seconds=61)
    assert row.reason == "The account work has sent what its limits allow for now."


def test_a_limit_says_nothing_about_mail_for_later(
    desk: Desk, workspace: Workspace, stores: Stores, write: New
) -> None:
    limited = account(limits=Limits(per_minute=1))
    desk.save(limited)
    at = NOW + timedelta(hours=2)
    scheduled = workspace.outbox.send(write().id, revision=1, at=at).id
    with stores.database.transaction():
        pacing.take(stores, limited, ["ana@example.net"], NOW)

    row = workspace.drafts.row(scheduled)
    assert (row.due_at, row.reason) == (at, "")


@pytest.mark.parametrize("settings", ["per_day = 'many'", ""])
def test_lists_are_shown_whatever_becomes_of_the_settings(
    desk: Desk, workspace: Workspace, mail: str, settings: str
) -> None:
    """An account may be gone, or a file be edited into something unusable."""
    accounts = desk.config.with_name("accounts.toml")
    head = '[accounts.work]\nprovider = "fake"\naddress = "a@example.org"\n'
    accounts.write_text(f"{head}{settings}\n" if settings else "")

    assert workspace.drafts.row(mail).status == "ready"


def test_mail_that_is_held_says_why_it_is_held(
    workspace: Workspace, stores: Stores, mail: str
) -> None:
    rest(stores)
    workspace.outbox.hold(mail)

    assert workspace.drafts.row(mail).reason == "Held by hand."


def test_mail_that_was_tried_in_vain_for_hours_is_late(
    desk: Desk, workspace: Workspace, stores: Stores, mail: str
) -> None:
    desk.advance(4 * 3600)
    waiting = workspace.drafts.row(mail)
    defer(stores, mail, NOW + timedelta(hours=5))
    deferred = workspace.drafts.row(mail)
    desk.advance(-1)
    before = workspace.drafts.row(mail)

    assert (waiting.is_late, before.is_late, deferred.is_late) == (False, False, True)


def test_scheduled_mail_is_late_counted_from_its_time(
    desk: Desk, workspace: Workspace, stores: Stores, write: New
) -> None:
    at = NOW + timedelta(days=2)
    mail = workspace.outbox.send(write().id, revision=1, at=at).id
    desk.advance(timedelta(days=2, hours=1).total_seconds())
    defer(stores, mail, at + timedelta(hours=2))
    soon = workspace.drafts.row(mail)
    desk.advance(3 * 3600)

    assert not soon.is_late
    assert workspace.drafts.row(mail).is_late
