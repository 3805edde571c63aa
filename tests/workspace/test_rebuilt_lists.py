"""A lost database: nobody who wants no mail gets any, and reports are known again."""

from collections.abc import Callable

import pytest

from tests.core.reports import dsns
from tests.workspace.conftest import NOW, Desk, Script
from tests.workspace.test_delivery import accepts, drain
from tests.workspace.test_rebuild import change
from tests.workspace.test_reports import about
from tuimail.errors import SuppressedError
from tuimail.store.kept_suppressions import NAME
from tuimail.workspace.rebuild import rebuild
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


@pytest.fixture
async def reported(
    desk: Desk, workspace: Workspace, write: New, provider: Script
) -> Row:
    """A mail that left and came back."""
    row = workspace.outbox.send(write().id, revision=1)
    provider.answers(accepts)
    await drain(desk)
    known = workspace.drafts.page(row.id).message_id
    assert workspace.reports.take(about(known, dsns.POSTFIX))
    return row


def test_who_gets_no_mail_gets_none_afterwards(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write()
    before = workspace.suppressions.add("bob@example.net", reason="He asked.")
    workspace.close()

    assert rebuild(desk.root, at=NOW).not_understood == ()

    with desk.open() as again:
        assert again.suppressions.list() == (before,)
        with pytest.raises(SuppressedError):
            again.outbox.send(row.id, revision=1)
        assert again.audit.verify().is_whole


def test_a_list_that_is_damaged_is_named(desk: Desk, workspace: Workspace) -> None:
    workspace.suppressions.add("bob@example.net", reason="")
    workspace.close()
    (desk.root / NAME).write_text("[")

    ((name, why),) = rebuild(desk.root, at=NOW).not_understood

    assert name == NAME
    assert "cannot be understood" in why


def test_a_list_that_is_damaged_is_put_aside_and_told(
    desk: Desk, workspace: Workspace
) -> None:
    """What is added afterwards would be written over it, and everybody else gone."""
    workspace.suppressions.add("bob@example.net", reason="")
    workspace.close()
    damaged = (desk.root / NAME).read_bytes()[:-1]
    (desk.root / NAME).write_bytes(damaged)

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        again.suppressions.add("ana@example.net", reason="")
        (notice,) = again.notices.untold()
    assert [one.read_bytes() for one in desk.root.glob(f"damaged-*/{NAME}")] == [
        damaged
    ]
    assert "who gets no mail any more" in notice.sentence
    assert "suppress add" in notice.hint


def test_a_copy_has_the_list_beside_it(desk: Desk, workspace: Workspace) -> None:
    before = workspace.suppressions.add("bob@example.net", reason="")
    copy = Desk(root=desk.root.with_name("copy"), config=desk.config)
    workspace.upkeep.back_up(copy.root)

    rebuild(copy.root, at=NOW)

    with copy.open() as again:
        assert again.suppressions.list() == (before,)


async def test_what_was_reported_is_known_again(
    desk: Desk, workspace: Workspace, reported: Row
) -> None:
    before = workspace.drafts.page(reported.id).recipients
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        assert again.drafts.page(reported.id).recipients == before
        assert before[0].reports


async def test_a_report_about_nobody_in_the_envelope_is_left_out(
    desk: Desk, workspace: Workspace, reported: Row
) -> None:
    workspace.close()
    change(
        desk,
        reported,
        lambda content: content["submission"]["reports"][0].update(
            wire_address="eve@example.net"
        ),
    )

    assert rebuild(desk.root, at=NOW).mails == 1

    with desk.open() as again:
        found = again.drafts.page(reported.id).recipients
        assert [one.reports for one in found] == [(), (), ()]
