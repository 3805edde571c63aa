"""Accounts that are held, the mail held with them, and how both go on."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.workspace.conftest import NOW, Desk
from tuimail.core.submission import AccountFault
from tuimail.errors import NotAllowedError
from tuimail.workspace.holding import AccountHold, expire_holds, hold_account
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
DAY = timedelta(hours=24)
QUOTA, LOGIN = AccountFault.QUOTA, AccountFault.LOGIN


@pytest.fixture
def stores(workspace: Workspace) -> Stores:
    return workspace._stores


def released(workspace: Workspace, write: New) -> str:
    return workspace.outbox.send(write().id, revision=1).id


def hold(
    stores: Stores,
    reason: str = "550 5.4.5 daily limit",
    fault: AccountFault | None = QUOTA,
    wait: timedelta | None = DAY,
) -> AccountHold:
    with stores.database.transaction():
        return hold_account(stores, "work", reason=reason, fault=fault, wait=wait)


def expire(stores: Stores) -> tuple[str, ...]:
    with stores.database.transaction():
        return expire_holds(stores, stores.clock.now())


def until(stores: Stores) -> datetime | None:
    return stores.accounts.held()["work"].until


def test_a_share_that_is_used_up_comes_back_by_itself(
    desk: Desk, workspace: Workspace, stores: Stores, write: New
) -> None:
    mail = released(workspace, write)
    hold(stores)
    held = workspace.drafts.row(mail)
    desk.advance(DAY.total_seconds())

    assert (held.status, held.reason) == ("held", "550 5.4.5 daily limit")
    assert expire(stores) == ("work",)
    after = workspace.drafts.row(mail)
    assert (after.status, after.reason, after.due_at) == ("ready", "", NOW + DAY)
    assert workspace.accounts.view("work").held_reason == ""


def test_it_does_not_come_back_early(desk: Desk, stores: Stores) -> None:
    hold(stores)
    desk.advance(DAY.total_seconds() - 1)

    assert expire(stores) == ()
    assert until(stores) == NOW + DAY


def test_that_it_came_back_is_journaled_as_the_programs_own_doing(
    desk: Desk, workspace: Workspace, stores: Stores, write: New
) -> None:
    released(workspace, write)
    hold(stores)
    desk.advance(DAY.total_seconds())
    expire(stores)

    lines = stores.journal.all()
    (account,) = [line for line in lines if line.event == "account_released"]
    mail = [line for line in lines if line.event == "submission_moved"][-1]
    assert (account.actor, mail.actor) == ("tuimail", "tuimail")
    assert mail.details["to"] == "ready"
    assert workspace.actor == "person:mara"


@pytest.mark.parametrize("fault", [None, *sorted(set(AccountFault) - {QUOTA})])
def test_what_a_person_has_to_mend_never_ends_by_itself(
    desk: Desk, stores: Stores, fault: AccountFault | None
) -> None:
    hold(stores, fault=fault)
    desk.advance(400 * DAY.total_seconds())

    assert until(stores) is None
    assert expire(stores) == ()


def test_a_share_of_which_nobody_knows_when_it_returns_waits_for_a_person(
    stores: Stores,
) -> None:
    hold(stores, wait=None)

    assert until(stores) is None


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (timedelta(0), timedelta(minutes=1)),
        (timedelta(seconds=-5), timedelta(minutes=1)),
        (timedelta(hours=3), timedelta(hours=3)),
        (timedelta(days=90), DAY),
    ],
)
def test_a_wait_that_makes_no_sense_is_put_right(
    stores: Stores, asked: timedelta, given: timedelta
) -> None:
    hold(stores, wait=asked)

    assert until(stores) == NOW + given


def test_a_share_that_is_used_up_ends_no_hold_of_a_person(
    desk: Desk, workspace: Workspace, stores: Stores, write: New
) -> None:
    """Else an attempt that was under way would let go what a person stopped."""
    mail = released(workspace, write)
    workspace.accounts.hold("work")
    late = hold(stores)
    desk.advance(2 * DAY.total_seconds())

    assert late == AccountHold(reason="The account is held by hand.", is_new=False)
    assert expire(stores) == ()
    assert workspace.drafts.row(mail).status == "held"


def test_attempts_that_fail_together_are_told_once_and_strand_nothing(
    desk: Desk, workspace: Workspace, stores: Stores, write: New
) -> None:
    """Each of them has a reply of its own, and so would their mail."""
    first_mail = released(workspace, write)
    first = hold(stores, "550 5.4.5 daily limit, id 1")
    with stores.database.transaction():
        stores.accounts.release("work", NOW)
    second_mail = released(workspace, write)
    with stores.database.transaction():
        stores.accounts.hold("work", first.reason, QUOTA, NOW, until=NOW + DAY)
    second = hold(stores, "550 5.4.5 daily limit, id 2", wait=timedelta(hours=2))
    desk.advance(DAY.total_seconds())
    expire(stores)

    assert (first.is_new, second.is_new) == (True, False)
    assert second.reason == first.reason
    assert workspace.drafts.row(first_mail).status == "ready"
    assert workspace.drafts.row(second_mail).status == "ready"


def test_the_longest_wait_counts(stores: Stores) -> None:
    hold(stores, wait=timedelta(hours=2))
    hold(stores, wait=timedelta(hours=5))
    hold(stores, wait=timedelta(hours=1))

    assert until(stores) == NOW + timedelta(hours=5)


def test_a_worse_fault_takes_over_and_all_mail_waits_for_it(
    desk: Desk, workspace: Workspace, stores: Stores, write: New
) -> None:
    mail = released(workspace, write)
    hold(stores)
    worse = hold(stores, "535 no", LOGIN)
    again = hold(stores, "535 no, I said", LOGIN)
    desk.advance(2 * DAY.total_seconds())

    assert worse == AccountHold(reason="535 no", is_new=True)
    assert again == AccountHold(reason="535 no", is_new=False)
    assert expire(stores) == ()
    assert workspace.drafts.row(mail).reason == "535 no"
    workspace.accounts.resume("work")
    assert workspace.drafts.row(mail).status == "ready"


def test_a_hold_that_a_wrong_clock_put_off_ends_within_a_day(
    desk: Desk, stores: Stores
) -> None:
    desk.advance(3650 * DAY.total_seconds())
    hold(stores)
    desk.advance(-3650 * DAY.total_seconds())

    assert expire(stores) == ()
    assert until(stores) == NOW + DAY
    desk.advance(DAY.total_seconds())
    assert expire(stores) == ("work",)


def test_what_a_person_held_one_by_one_stays_held(
    workspace: Workspace, write: New
) -> None:
    alone = released(workspace, write)
    workspace.outbox.hold(alone)
    with_it = released(workspace, write)
    workspace.accounts.hold("work")

    workspace.accounts.resume("work")

    assert workspace.drafts.row(alone).status == "held"
    assert workspace.drafts.row(with_it).status == "ready"


def test_another_reason_of_a_person_replaces_the_first(
    workspace: Workspace, write: New
) -> None:
    alone = released(workspace, write)
    workspace.outbox.hold(alone)
    mail = released(workspace, write)
    workspace.accounts.hold("work", "moving house")
    workspace.accounts.hold("work", "password changes today")

    assert workspace.drafts.row(alone).reason == "Held by hand."
    assert workspace.drafts.row(mail).reason == "password changes today"
    assert workspace.accounts.resume("work").held_reason == ""
    assert workspace.drafts.row(mail).status == "ready"


def test_mail_of_other_accounts_goes_on(
    workspace: Workspace, stores: Stores, write: New
) -> None:
    mail = released(workspace, write)
    with stores.database.transaction():
        hold_account(stores, "home", reason="535 no", fault=LOGIN)

    assert workspace.drafts.row(mail).status == "ready"


def test_an_agent_resumes_nothing(workspace: Workspace, stores: Stores) -> None:
    hold(stores)

    with (
        workspace.acting_as("agent:billing", door="http"),
        pytest.raises(NotAllowedError),
    ):
        workspace.accounts.resume("work")
