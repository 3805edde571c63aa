"""A lost database: what comes back from the files, and that nothing leaves."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, NOW, Desk
from tuimail.core.submission import (
    Receipt,
    RecipientState,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.errors import DamagedWorkspaceError, WorkspaceBusyError
from tuimail.store.kept import HEAD_NAME, read_head
from tuimail.store.outbound import Outbound
from tuimail.workspace import mirror
from tuimail.workspace import rebuild as rebuilding
from tuimail.workspace.rebuild import MAY_HAVE_LEFT, NOT_KNOWN, NOT_WHOLE, rebuild
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


def statuses(desk: Desk, *rows: Row) -> list[tuple[str, str]]:
    with desk.open() as workspace:
        found = [workspace.drafts.row(row.id) for row in rows]
    return [(row.status, row.reason) for row in found]


def sidecar(desk: Desk, row: Row) -> Path:
    return desk.root / "outbound" / row.id / "message.json"


def change(desk: Desk, row: Row, change: Callable[[dict[str, Any]], None]) -> None:
    """Write other words into what lies beside a message."""
    path = sidecar(desk, row)
    content = json.loads(path.read_text("utf-8"))
    change(content)
    path.write_text(json.dumps(content), "utf-8")


def test_what_waited_is_held_and_nothing_leaves(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """It may have left since its file was written, so a person has to look."""
    ready = workspace.outbox.send(write().id, revision=1)
    held = workspace.outbox.send(write().id, revision=1)
    workspace.outbox.hold(held.id)
    workspace.close()

    rebuilt = rebuild(desk.root, at=NOW)

    assert rebuilt.mails == 2
    assert set(rebuilt.held) == {ready.id, held.id}
    assert statuses(desk, ready, held) == [("held", MAY_HAVE_LEFT)] * 2
    with desk.open() as again:
        assert again.delivery.claim() == ()
        assert again.drafts.counts().outbox == 2


def test_a_person_may_let_it_go_on(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.close()
    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        assert again.outbox.resume(row.id).status == "ready"
        assert again._stores.journal.verify().ok


def test_releasing_an_account_lets_none_of_it_go(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.accounts.hold("work")
    workspace.close()
    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        again.accounts.hold("work")
        again.accounts.resume("work")

    assert statuses(desk, row) == [("held", MAY_HAVE_LEFT)]


@pytest.mark.parametrize("is_committed", [False, True])
def test_what_was_just_being_sent_is_unknown(
    desk: Desk, workspace: Workspace, write: New, *, is_committed: bool
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    if is_committed:
        workspace.delivery.commit(claim)
    mirror.reflect_status(workspace._stores, row.id)
    workspace.close()

    rebuilt = rebuild(desk.root, at=NOW)

    assert rebuilt.unknown == (row.id,)
    assert statuses(desk, row) == [("unknown", NOT_KNOWN)]
    with desk.open() as again:
        page = again.drafts.page(row.id)
        assert {one.state.value for one in page.recipients} == {"unknown"}
        assert [one.phase.value for one in page.attempts] == ["done"]
        assert [one.subject for one in again._stores.notices.untold()] == [row.id]


def test_what_left_since_its_file_was_written_is_unknown(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """The file says that it waits; the journal said more, before it was lost."""
    row = workspace.outbox.send(write().id, revision=1)
    with workspace.together():
        (claim,) = workspace.delivery.claim()
        workspace.delivery.commit(claim)
    workspace.close()

    rebuilt = rebuild(desk.root, at=NOW)

    assert rebuilt.unknown == (row.id,)
    assert statuses(desk, row) == [("unknown", NOT_KNOWN)]


def test_what_was_put_off_after_the_content_is_held(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """The answer is in the file: nobody has it."""
    row = workspace.outbox.send(write().id, revision=1)
    with workspace.together():
        (claim,) = workspace.delivery.claim()
        workspace.delivery.commit(claim)
    verdicts = Verdicts(
        by_recipient=tuple(
            Verdict(wire_address=one.wire_address, kind=VerdictKind.DEFERRED)
            for one in claim.envelope.recipients
        )
    )
    workspace.delivery.settle(claim, verdicts, jitter=1.0)
    mirror.reflect_status(workspace._stores, row.id)
    workspace.close()

    rebuild(desk.root, at=NOW)

    assert statuses(desk, row) == [("held", MAY_HAVE_LEFT)]


def test_what_is_settled_stays_so(desk: Desk, workspace: Workspace, write: New) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    said = Receipt(stage="dot", code=250, text="250 2.0.0 Ok: queued as 4W1")
    verdicts = Verdicts(
        by_recipient=tuple(
            Verdict(wire_address=one.wire_address, kind=VerdictKind.SENT, receipt=said)
            for one in claim.envelope.recipients
        ),
        server="smtp.example.org:465",
    )
    workspace.delivery.commit(claim)
    workspace.delivery.settle(claim, verdicts, jitter=1.0)
    mirror.reflect_status(workspace._stores, row.id)
    before = workspace.drafts.page(row.id)
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        page = again.drafts.page(row.id)
        known = again._stores.correspondents.known(["ana@example.net"])
    assert page.row.status == "sent"
    assert page.recipients == before.recipients
    assert page.attempts == before.attempts
    assert {one.state for one in page.recipients} == {RecipientState.SENT}
    assert [one.role.value for one in page.recipients] == ["to", "cc", "bcc"]
    assert known == {"ana@example.net"}


def test_drafts_come_back_with_what_was_said_about_them(
    desk: Desk, workspace: Workspace, write: New, hand_in: New
) -> None:
    own, handed_in = write(), hand_in()
    workspace.reviews.request_changes(handed_in.id, revision=1, reason="Too long.")
    before = [workspace.drafts.page(row.id) for row in (own, handed_in)]
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        after = [again.drafts.page(row.id) for row in (own, handed_in)]
    assert [page.draft for page in after] == [page.draft for page in before]
    assert [page.findings for page in after] == [page.findings for page in before]
    assert after[1].decisions == before[1].decisions
    assert [page.row for page in after] == [page.row for page in before]


def test_an_approval_covers_nothing_any_more(
    desk: Desk, workspace: Workspace, write: New, hand_in: New
) -> None:
    own, handed_in = write(), hand_in()
    for row in (own, handed_in):
        workspace.reviews.approve(row.id, revision=1)
    workspace.close()

    rebuild(desk.root, at=NOW)

    assert [status for status, _ in statuses(desk, own, handed_in)] == [
        "draft",
        "review",
    ]


def test_earlier_revisions_keep_their_place_and_say_that_they_are_lost(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write()
    draft = workspace.drafts.page(row.id).draft
    workspace.drafts.edit(row.id, replace(draft, subject="Q4"), revision=1)
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        page = again.drafts.page(row.id)
        assert page.row.revision == 2
        assert page.previous is not None
        assert "was lost" in page.previous.body.text
        assert again.drafts.edit(row.id, draft, revision=2).revision == 3


def test_mail_whose_bytes_are_others_is_held_for_that(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    rows = [workspace.outbox.send(write().id, revision=1) for _ in range(2)]
    paths = [workspace._stores.outbound.message_path(row.id) for row in rows]
    workspace.close()
    paths[0].chmod(0o600)
    paths[0].write_bytes(b"Subject: other\r\n\r\n")
    paths[1].unlink()

    rebuild(desk.root, at=NOW)

    assert statuses(desk, *rows) == [("held", NOT_WHOLE)] * 2


def test_the_journal_begins_with_the_rebuild_and_names_the_old_head(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write()
    head = workspace._stores.journal.head()
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        journal = again._stores.journal
        first, second = journal.all()
        assert (first.event, first.actor) == ("workspace_rebuilt", "tuimail")
        assert dict(first.details) == {
            "files": "1",
            "old_head": f"{head.number}:{head.hash}",
            "clients": "0",
            "reviewers": "0",
            "policy_digest": "",
            "access": "known",
        }
        assert (second.event, second.draft_id) == ("mail_rebuilt", row.id)
        assert journal.verify().ok
        assert read_head(desk.root / HEAD_NAME) == journal.head()


def test_the_old_database_is_put_aside_with_all_that_belongs_to_it(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    write()
    workspace.close()
    for name in ("tuimail.db-wal", "tuimail.db-shm"):
        (desk.root / name).write_bytes(b"old")

    for _ in range(2):
        rebuild(desk.root, at=NOW)

    first, second = sorted(desk.root.glob("damaged-*"))
    assert {path.name for path in first.iterdir()} == {
        "tuimail.db",
        "tuimail.db-wal",
        "tuimail.db-shm",
        HEAD_NAME,
    }
    assert "tuimail.db" in {path.name for path in second.iterdir()}
    assert not (desk.root / "rebuilding").exists()


def test_the_guards_are_back_afterwards(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    write()
    names = "SELECT name, sql FROM sqlite_schema ORDER BY name"
    before = workspace._stores.database.connection.execute(names).fetchall()
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        after = again._stores.database.connection.execute(names).fetchall()
    assert after == before


def test_keys_still_stand_for_their_mail(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write()
    stores = workspace._stores
    with stores.database.transaction():
        stores.database.write(
            "INSERT INTO keys (origin, account, key, content_digest, draft_id, at) "
            "VALUES (?, 'work', 'k1', 'abc', ?, '2026-03-02T14:02:00.000000Z')",
            (BILLING, row.id),
        )
    mirror.reflect_status(stores, row.id)
    before = stores.keys.of_draft(row.id)
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        assert again._stores.keys.of_draft(row.id) == before != ()


def test_what_it_was_released_as_before_comes_back_too(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1, undo=timedelta(seconds=10))
    workspace.outbox.take_back(row.id)
    row = workspace.outbox.send(row.id, revision=1)
    before = workspace._stores.rows.submission_ids(row.id)
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        stores = again._stores
        assert stores.rows.submission_ids(row.id) == before
        states = [stores.submissions.get(one).state.value for one in before]
    assert sorted(states) == ["cancelled", "held"]


# What cannot be understood ------------------------------------------------------


def other_id(content: dict[str, Any]) -> None:
    content["id"] = "another"


def other_version(content: dict[str, Any]) -> None:
    content["version"] = 2


def without_submission(content: dict[str, Any]) -> None:
    del content["submission"]


def other_revision(content: dict[str, Any]) -> None:
    content["draft"]["revision"] = 7


def other_submission(content: dict[str, Any]) -> None:
    content["submission"]["row"]["draft_id"] = "another"


def nobody(content: dict[str, Any]) -> None:
    content["submission"]["recipients"] = []


def other_approval(content: dict[str, Any]) -> None:
    content["submission"]["approval"]["release_digest"] = "0" * 64


def bad_address(content: dict[str, Any]) -> None:
    content["revision"]["draft"]["to"][0]["local"] = "a b\n"


def odd_state(content: dict[str, Any]) -> None:
    content["submission"]["row"]["state"] = "flying"


@pytest.mark.parametrize(
    "spoil",
    [
        other_id, other_version, without_submission, other_revision,
        other_submission, nobody, other_approval, bad_address, odd_state,
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_named_and_left_alone(
    desk: Desk,
    workspace: Workspace,
    write: New,
    spoil: Callable[[dict[str, Any]], None],
) -> None:
    whole = write()
    row = workspace.outbox.send(write().id, revision=1)
    workspace.close()
    change(desk, row, spoil)
    before = sidecar(desk, row).read_bytes()

    rebuilt = rebuild(desk.root, at=NOW)

    [(left, why)] = rebuilt.not_understood
    assert (left, rebuilt.mails) == (row.id, 1)
    assert why.endswith(".")
    assert sidecar(desk, row).read_bytes() == before
    assert statuses(desk, whole) == [("draft", "")]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", None])
def test_a_file_that_is_none_is_named(
    desk: Desk, workspace: Workspace, write: New, content: bytes | None
) -> None:
    row = write()
    workspace.close()
    sidecar(desk, row).unlink()
    if content is not None:
        sidecar(desk, row).write_bytes(content)

    rebuilt = rebuild(desk.root, at=NOW)

    assert [one for one, _ in rebuilt.not_understood] == [row.id]
    assert rebuilt.mails == 0


def test_a_pipe_in_its_place_is_named_and_waited_for_by_nobody(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write()
    workspace.close()
    sidecar(desk, row).unlink()
    sidecar(desk, row).mkdir()

    rebuilt = rebuild(desk.root, at=NOW)

    assert [one for one, _ in rebuilt.not_understood] == [row.id]


def test_two_files_about_one_submission_make_one(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """Somebody copied a folder: the second one does not fit."""
    row = workspace.outbox.send(write().id, revision=1)
    workspace.close()
    twin = desk.root / "outbound" / "zz"
    twin.mkdir()
    content = json.loads(sidecar(desk, row).read_text("utf-8"))
    for place in (content, content["draft"]):
        place["id"] = "zz"
    content["revision"]["draft_id"] = "zz"
    content["submission"]["row"]["draft_id"] = "zz"
    content["submission"]["approval"]["draft_id"] = "zz"
    (twin / "message.json").write_text(json.dumps(content), "utf-8")

    rebuilt = rebuild(desk.root, at=NOW)

    [(left, why)] = rebuilt.not_understood
    assert left == "zz"
    assert "does not fit" in why
    with desk.open() as again:
        assert again.drafts.counts().outbox == 1


def test_a_sidecar_without_the_approval_is_enough(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.close()
    change(desk, row, lambda content: content["submission"].pop("approval"))

    rebuild(desk.root, at=NOW)

    assert statuses(desk, row) == [("held", MAY_HAVE_LEFT)]


def test_what_was_withdrawn_stays_withdrawn(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.outbox.cancel(row.id)
    workspace.close()

    rebuild(desk.root, at=NOW)

    assert [one for one, _ in statuses(desk, row)] == ["cancelled"]


# Interrupted, or not alone ------------------------------------------------------

_KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from tuimail.store import rebuilding
from tuimail.workspace.rebuild import rebuild

def die(*_args, **_how):
    os.kill(os.getpid(), signal.SIGKILL)

owner, name, nth = sys.argv[2].split(":")
place = getattr(rebuilding, owner) if owner else rebuilding
kept, left = getattr(place, name), [int(nth)]

def after(*args, **how):
    result = kept(*args, **how)
    left[0] -= 1
    return die() if not left[0] else result

setattr(place, name, after)
rebuild(Path(sys.argv[1]), at=datetime(2026, 3, 2, tzinfo=UTC))
"""


@pytest.mark.parametrize(
    "point",
    [
        ":_take_guards:1", "Rebuilding:add:1", "Rebuilding:add:2", ":_bring_back:1",
        "Rebuilding:finish:1", ":_require_whole:1", ":put_aside:1", ":fsync_folder:1",
    ],
)  # fmt: skip
def test_a_rebuild_that_is_killed_starts_over(
    desk: Desk, workspace: Workspace, write: New, point: str
) -> None:
    """F12: whatever the moment, the sources are untouched."""
    rows = [workspace.outbox.send(write().id, revision=1) for _ in range(2)]
    workspace.close()
    files = {
        path: path.read_bytes() for path in (desk.root / "outbound").rglob("message.*")
    }

    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(desk.root), point], check=False
    )

    assert killed.returncode == -signal.SIGKILL
    assert {path: path.read_bytes() for path in files} == files
    rebuild(desk.root, at=NOW)
    assert statuses(desk, *rows) == [("held", MAY_HAVE_LEFT)] * 2
    assert {path: path.read_bytes() for path in files} == files


def test_after_a_kill_between_old_and_new_nothing_is_begun_anew(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    write()
    workspace.close()
    subprocess.run(
        [sys.executable, "-c", _KILLED, str(desk.root), ":put_aside:1"], check=False
    )

    with pytest.raises(DamagedWorkspaceError, match="is empty, and there is mail"):
        desk.open()


_OPEN = """
import sys
from pathlib import Path
from tuimail.store.database import Database

database = Database.open(Path(sys.argv[1]), actor=lambda: "person:mara")
print("open", flush=True)
sys.stdin.read()
"""


def test_a_database_that_somebody_has_open_is_not_taken_away(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """They would go on writing into what was put aside."""
    row = write()
    workspace.close()
    path = desk.root / "tuimail.db"
    with subprocess.Popen(
        [sys.executable, "-c", _OPEN, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"

        with pytest.raises(WorkspaceBusyError, match=r"has .* open"):
            rebuild(desk.root, at=NOW)

        other.communicate()
    assert not list(desk.root.glob("damaged-*"))
    rebuild(desk.root, at=NOW)
    assert statuses(desk, row) == [("draft", "")]


def test_a_workspace_without_a_database_gets_one(desk: Desk) -> None:
    desk.root.mkdir()

    rebuilt = rebuild(desk.root, at=NOW)

    assert rebuilt.mails == 0
    assert not list(desk.root.glob("damaged-*"))


def test_an_id_that_is_not_its_folders_is_another_mail(desk: Desk) -> None:
    outbound = Outbound(desk.root / "outbound")

    with pytest.raises(rebuilding._NotUnderstoodError):
        rebuilding.read_sidecar(outbound, "d1")
