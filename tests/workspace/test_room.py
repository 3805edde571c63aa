"""What is refused while a disk is nearly full, and what is not."""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.conftest import Desk, Script
from tests.workspace.test_delivery import accepts
from tuimail.errors import FullDiskError
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.fields import Fields
from tuimail.workspace.sender import Sender
from tuimail.workspace.sending import send_now
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

FULL = os.statvfs_result((1, 1, 10**9, 10**6, 10**6, 9, 9, 9, 0, 255))
EMPTY = os.statvfs_result((1, 1, 10**9, 10**9, 10**9, 9, 9, 9, 0, 255))


def fill(workspace: Workspace) -> None:
    workspace._stores.statvfs = lambda _path: FULL


def files(root: Path) -> set[Path]:
    return {path for path in root.rglob("*") if not path.name.startswith("tuimail.db")}


def test_a_new_draft_is_refused_before_anything_is_written(
    workspace: Workspace, desk: Desk, fields: Fields
) -> None:
    draft = workspace.drafts.compose(fields)
    before = files(desk.root)
    fill(workspace)

    with pytest.raises(FullDiskError, match=r"1\.0 MB left, and 50\.0 MB are kept"):
        workspace.drafts.new(draft)

    assert files(desk.root) == before
    assert workspace.drafts.rows() == ()


def test_an_edit_is_refused_and_the_draft_is_as_it_was(
    workspace: Workspace, write: Callable[..., Row], fields: Fields
) -> None:
    row = write()
    draft = workspace.drafts.compose(replace(fields, subject="Q4 report"))
    fill(workspace)

    with pytest.raises(FullDiskError, match="are kept"):
        workspace.drafts.edit(row.id, draft, revision=1)

    assert workspace.drafts.row(row.id).revision == 1


def test_an_attachment_is_refused_before_it_is_copied(
    workspace: Workspace, desk: Desk, fields: Fields
) -> None:
    file = FileToAttach(source=b"x", name="x.txt")
    before = files(desk.root)
    fill(workspace)

    with pytest.raises(FullDiskError, match="are kept"):
        workspace.drafts.compose(replace(fields, attachments=(file,)))

    assert files(desk.root) == before


def test_what_is_written_already_can_still_be_released(
    workspace: Workspace, write: Callable[..., Row]
) -> None:
    """A few rows are what the room is kept for."""
    row = write()
    fill(workspace)

    sent = workspace.outbox.send(row.id, revision=1)

    assert sent.status == "ready"


def test_after_room_was_made_it_goes_on(
    workspace: Workspace, write: Callable[..., Row]
) -> None:
    fill(workspace)
    with pytest.raises(FullDiskError):
        write()
    workspace._stores.statvfs = lambda _path: EMPTY

    assert write().status == "draft"


async def test_nothing_is_sent_while_an_answer_could_not_be_recorded(
    desk: Desk, workspace: Workspace, write: Callable[..., Row]
) -> None:
    row = workspace.outbox.send(write().id, revision=1)

    async with Bridge(desk.open) as bridge:
        await bridge.call(fill)
        with pytest.raises(FullDiskError, match="are kept"):
            await Sender(bridge).drain()

    assert workspace.drafts.row(row.id).status == "ready"


@pytest.mark.parametrize("status", ["ready", "sent"])
def test_who_sends_one_mail_is_told_how_it_stands_and_not_that_nothing_was_done(
    desk: Desk,
    workspace: Workspace,
    write: Callable[..., Row],
    provider: Script,
    status: str,
) -> None:
    """It is in the outbox by then: who took that for a refusal would send it twice."""
    row = workspace.outbox.send(write().id, revision=1)
    provider.answers(accepts)
    found, said = [EMPTY, FULL] if status == "sent" else [FULL], list[str]()

    def filling() -> Workspace:
        opened = desk.open()
        opened._stores.statvfs = lambda _: found.pop(0) if len(found) > 1 else found[0]
        return opened

    assert send_now(filling, row.id, wait=5, say=said.append).status == status
    assert "are kept for what becomes of mail" in said[0]
    assert "stays there until there is room" in said[0]
