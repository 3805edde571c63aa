import os
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.workspace.conftest import BILLING, MARA, NOW, Desk, Script
from tests.workspace.test_delivery import accepts
from tuimail.errors import FieldError, NotAllowedError, NotFoundError
from tuimail.store.blobs import Blobs
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
FILE = FileToAttach(source=b"x" * 5_000, name="report.pdf")


class KilledError(Exception):
    """Stands for the process being killed at a named point."""


@pytest.fixture
def sent(desk: Desk, workspace: Workspace, write: New, provider: Script) -> Row:
    """A mail with an attachment that was sent ten days ago."""
    row = workspace.outbox.send(write(attachments=(FILE,)).id, revision=1)
    provider.answers(accepts)
    drain(desk.open)
    assert workspace.drafts.row(row.id).status == "sent"
    age(desk)
    return row


def age(desk: Desk) -> None:
    """Let ten days pass, for files too, which have the time of the machine."""
    desk.clock.advance(timedelta(days=10))
    for path in (desk.root / "blobs").rglob("*"):
        os.utime(path, (0, 0))


def purge(workspace: Workspace, *statuses: str) -> dict[str, int]:
    before = workspace.clock.now() - timedelta(days=5)
    wanted = (statuses,) if statuses else ()
    return dict(workspace.purging.purge(before, *wanted).mails)


def messages(root: Path) -> list[Path]:
    """Every place that still has bytes of a mail."""
    places = (root / "outbound", root / "mail", root / "blobs")
    return [
        path
        for place in places
        for path in place.rglob("*")
        if path.is_file() and path.name != "maildirfolder"
    ]


def break_at(workspace: Workspace, point: str) -> None:
    def fault(reached: str) -> None:
        if reached == point:
            raise KilledError

    workspace._stores.fault = fault


def test_old_mail_goes_with_its_files(
    workspace: Workspace, desk: Desk, sent: Row
) -> None:
    assert messages(desk.root)

    report = workspace.purging.purge(workspace.clock.now() - timedelta(days=5))

    assert report.mails == {"sent": 1}
    assert report.attachments == 1
    assert messages(desk.root) == []
    assert not (desk.root / "outbound" / sent.id).exists()
    with pytest.raises(NotFoundError):
        workspace.drafts.row(sent.id)


def test_the_room_that_became_free_is_told(
    workspace: Workspace, desk: Desk, sent: Row
) -> None:
    inodes = {path.stat().st_ino: path.stat().st_size for path in messages(desk.root)}

    report = workspace.purging.purge(workspace.clock.now() - timedelta(days=5))

    assert report.freed_bytes == sum(inodes.values()) > 5_000


def test_its_story_stays_in_the_journal(workspace: Workspace, sent: Row) -> None:
    purge(workspace)

    lines = workspace.drafts.journal(sent.id)
    assert lines[0].event == "draft_created"
    assert (lines[-1].event, lines[-1].actor) == ("mail_purged", MARA)
    assert workspace.audit.verify().is_whole


def test_younger_mail_stays(workspace: Workspace, write: New, sent: Row) -> None:
    row = workspace.drafts.discard(write().id)

    assert purge(workspace) == {"sent": 1}
    assert workspace.drafts.row(row.id).status == "discarded"


def test_only_the_statuses_that_were_asked_for_go(
    workspace: Workspace, desk: Desk, write: New, sent: Row
) -> None:
    workspace.drafts.discard(write().id)
    age(desk)

    assert purge(workspace, "discarded") == {"discarded": 1}
    assert workspace.drafts.row(sent.id).status == "sent"


def test_what_waits_stays_however_old(
    workspace: Workspace, desk: Desk, write: New, hand_in: New
) -> None:
    rows = [
        write(),
        hand_in(),
        workspace.outbox.send(write().id, revision=1),
        workspace.outbox.hold(workspace.outbox.send(write().id, revision=1).id),
    ]
    age(desk)

    assert purge(workspace) == {}
    assert [workspace.drafts.row(row.id).status for row in rows] == [
        row.status for row in rows
    ]


def test_many_go_in_small_steps(
    workspace: Workspace, desk: Desk, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        workspace.drafts.discard(write().id)
    age(desk)
    steps: list[str] = []
    workspace._stores.fault = steps.append
    monkeypatch.setattr("tuimail.workspace.purging._BATCH", 2)

    assert purge(workspace) == {"discarded": 5}
    assert steps.count("purge.after_files") == 3


# Attachments --------------------------------------------------------------------


def test_an_attachment_that_another_mail_has_stays(
    workspace: Workspace, desk: Desk, write: New, sent: Row
) -> None:
    row = write(attachments=(FILE,))
    age(desk)

    report = workspace.purging.purge(workspace.clock.now() - timedelta(days=5))

    assert report.attachments == 0
    workspace.drafts.edit(
        row.id,
        replace(workspace.drafts.page(row.id).draft, subject="again"),
        revision=1,
    )


def test_an_attachment_that_is_not_in_a_draft_yet_stays(
    workspace: Workspace, desk: Desk, fields: Fields, sent: Row
) -> None:
    """Another process attached the same file again, and has stored no draft yet."""
    with desk.open() as other:
        real = os.utime
        draft = other.drafts.compose(replace(fields, attachments=(FILE,)))
        now = desk.clock.now().timestamp()
        real(Blobs(desk.root / "blobs").path(draft.attachments[0].digest), (now, now))
        purge(workspace)

        row = other.drafts.new(draft)
    assert row.attachment_count == 1


def test_attachments_are_looked_at_a_few_at_a_time(
    workspace: Workspace, desk: Desk, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        file = FileToAttach(source=b"%d" % number, name="x.txt")
        workspace.drafts.discard(write(attachments=(file,)).id)
    age(desk)
    monkeypatch.setattr("tuimail.workspace.purging._CHUNK", 2)

    report = workspace.purging.purge(workspace.clock.now() - timedelta(days=5))

    assert report.attachments == 3
    assert messages(desk.root) == []


# Who, and when ------------------------------------------------------------------


def test_mail_of_today_is_never_purged(workspace: Workspace) -> None:
    for ask in (workspace.purging.purge, workspace.purging.would_go):
        with pytest.raises(FieldError, match="less than a day ago"):
            ask(NOW - timedelta(hours=23))


def test_programs_may_not_purge(workspace: Workspace) -> None:
    with (
        workspace.acting_as(BILLING, door="http"),
        pytest.raises(NotAllowedError),
    ):
        purge(workspace)


def test_what_would_go_is_told_and_stays(workspace: Workspace, sent: Row) -> None:
    before = workspace.clock.now() - timedelta(days=5)

    assert workspace.purging.would_go(before) == {"sent": 1}
    assert workspace.purging.would_go(before, {"error"}) == {}
    assert workspace.drafts.row(sent.id).status == "sent"


# Killed in the middle ------------------------------------------------------------


@pytest.mark.parametrize(
    "point", ["purge.after_commit", "purge.after_copy", "purge.after_files"]
)
def test_a_purge_that_was_killed_is_finished_by_the_next(
    workspace: Workspace, desk: Desk, sent: Row, point: str
) -> None:
    break_at(workspace, point)
    with pytest.raises(KilledError):
        purge(workspace)
    workspace._stores.fault = lambda _point: None

    assert purge(workspace) == {}
    assert messages(desk.root) == []
    assert workspace.audit.verify().is_whole


def test_files_of_a_draft_that_is_just_being_written_stay(
    workspace: Workspace, desk: Desk, sent: Row
) -> None:
    """They have no row yet either; but nobody purged them."""
    folder = desk.root / "outbound" / "01m-just-now"
    folder.mkdir()
    (folder / "message.eml").write_bytes(b"x")

    purge(workspace)

    assert (folder / "message.eml").exists()


def test_two_who_purge_at_once_do_not_meet(
    workspace: Workspace, desk: Desk, write: New
) -> None:
    """One is between its rows and its files while the other does everything."""
    for _ in range(3):
        workspace.drafts.discard(write().id)
    age(desk)
    others: list[dict[str, int]] = []
    with desk.open() as other:

        def meanwhile(point: str) -> None:
            if point == "purge.after_commit" and not others:
                others.append(purge(other))

        workspace._stores.fault = meanwhile
        mine = purge(workspace)

    assert (mine, others) == ({"discarded": 3}, [{}])
    assert messages(desk.root) == []
