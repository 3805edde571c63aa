from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.workspace.conftest import NOW, Desk, Script
from tests.workspace.test_delivery import breaks_late
from tuimail.core.submission import AccountFault
from tuimail.store.notices import ACCOUNT_HELD, UNKNOWN
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


def hold(workspace: Workspace, *, until: float | None = None) -> None:
    stores = workspace._stores
    end = None if until is None else NOW + timedelta(seconds=until)
    with stores.database.transaction():
        stores.accounts.hold("work", "535 no.", AccountFault.LOGIN, NOW, until=end)
        stores.notices.add(
            kind=ACCOUNT_HELD, subject="work", sentence="535 no.", at=NOW
        )


@pytest.fixture
def lost(desk: Desk, workspace: Workspace, write: New, provider: Script) -> Row:
    """A mail whose fate nobody knows, and that somebody is to be told about."""
    row = workspace.outbox.send(write().id, revision=1)
    provider.answers(breaks_late)
    drain(desk.open)
    assert workspace.drafts.row(row.id).status == "unknown"
    return row


def test_a_held_account_is_told_with_a_way_on(workspace: Workspace) -> None:
    hold(workspace)

    (notice,) = workspace.notices.untold()
    assert notice.sentence == "The account work is held: 535 no."
    assert notice.hint == "Mend it, then let it send: tuimail accounts resume work"


def test_a_hold_that_ends_by_itself_says_when(workspace: Workspace) -> None:
    hold(workspace, until=3600)

    (notice,) = workspace.notices.untold()
    end = (NOW + timedelta(hours=1)).astimezone().strftime("%Y-%m-%d %H:%M")
    assert notice.hint == (
        f"It goes on by itself at {end}; sooner: tuimail accounts resume work"
    )


def test_an_account_that_was_mended_is_nobodys_worry(workspace: Workspace) -> None:
    hold(workspace)

    workspace.accounts.resume("work")

    assert workspace.notices.untold() == ()


def test_an_account_that_a_person_holds_is_nobodys_worry(
    workspace: Workspace,
) -> None:
    """It was held for a fault before that, and nobody was told then."""
    hold(workspace)
    workspace.accounts.resume("work")

    workspace.accounts.hold("work")

    assert workspace.notices.untold() == ()


def test_why_it_is_held_now_is_what_is_told(workspace: Workspace) -> None:
    hold(workspace)
    workspace.accounts.resume("work")
    stores = workspace._stores
    with stores.database.transaction():
        stores.accounts.hold("work", "Quota.", AccountFault.QUOTA, NOW)

    (notice,) = workspace.notices.untold()
    assert notice.sentence == "The account work is held: Quota."


def test_mail_of_unknown_fate_is_told_with_the_three_ways_on(
    workspace: Workspace, lost: Row
) -> None:
    (notice,) = workspace.notices.untold()

    assert notice.sentence.startswith(f"Mail {lost.id} may or may not have arrived: ")
    assert f"tuimail show {lost.id} --attempts" in notice.hint
    assert f"tuimail resolve {lost.id} --sent, --resend or --give-up" in notice.hint


def test_mail_that_was_decided_about_is_nobodys_worry(
    workspace: Workspace, lost: Row
) -> None:
    workspace.outbox.confirm(lost.id)

    assert workspace.notices.untold() == ()


def test_a_mail_that_is_gone_is_nobodys_worry(workspace: Workspace) -> None:
    stores = workspace._stores
    with stores.database.transaction():
        stores.notices.add(kind=UNKNOWN, subject="gone", sentence="?", at=NOW)

    assert workspace.notices.untold() == ()


def test_what_was_told_is_told_once(workspace: Workspace) -> None:
    hold(workspace)

    workspace.notices.told(one.number for one in workspace.notices.untold())

    assert workspace.notices.untold() == ()
