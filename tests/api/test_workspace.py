import asyncio
import gc
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import tuimail
from tests.api.conftest import Place
from tuimail.api import workspace as module
from tuimail.api.workspace import Workspace, workspace_at
from tuimail.demo.server import DemoServer
from tuimail.errors import FieldError, StoreError, TransitionError
from tuimail.store.locks import SenderLock
from tuimail.workspace.stores import LOCK_NAME

BOB = "bob@example.net"
MAIL: dict[str, Any] = {"to": BOB, "subject": "Hi", "text": "Hi"}
FORKING = """
import os, sys, tuimail
mail = dict(to="bob@example.net", text="Hi")
assert tuimail.send(subject="parent", **mail).is_success
child = os.fork()
found = tuimail.send(subject="child" if child == 0 else "parent again", **mail)
if child == 0:
    os._exit(0 if found.is_success else 1)
assert found.is_success
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
LEAVING = """
import tuimail
print(tuimail.send(to="bob@example.net", text="Hi", wait=0.5).status, flush=True)
"""


class Hesitant:
    """Says that it took a message once it is told to."""

    def __init__(self) -> None:
        self.go_on = threading.Event()

    async def handle_DATA(self, *_said: object) -> str:  # noqa: N802 - aiosmtpd's
        await asyncio.to_thread(self.go_on.wait, 30)
        return "250 2.0.0 Kept"


def _run(code: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_list_goes_on_page_by_page(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "READ_TOGETHER", 2)
    ids = [workspace.send(dry_run=True, **MAIL).id for _ in range(5)][::-1]

    assert [one.id for one in workspace.list()] == ids
    assert [one.id for one in workspace.list(limit=3)] == ids[:3]
    assert [one.id for one in workspace.list(after=ids[2])] == ids[3:]
    assert [one.id for one in workspace.list("sent", "review")] == []
    assert len(list(workspace.list("dry_run", "sent", limit=4))) == 4


def test_a_list_shows_no_blind_copy(workspace: Workspace) -> None:
    workspace.send(dry_run=True, bcc="blind@example.net", **MAIL)

    (found,) = workspace.list()

    assert tuple(found.recipients) == (BOB,)


def test_a_status_that_there_is_not_is_refused(workspace: Workspace) -> None:
    with pytest.raises(FieldError, match="no status 'snet'") as refused:
        list(workspace.list("snet"))

    assert "sent" in refused.value.hint


async def test_a_mail_is_found_by_the_end_of_its_id(workspace: Workspace) -> None:
    made = await workspace.asend(dry_run=True, **MAIL)

    assert (await workspace.aget(made.id[-6:])).id == made.id


async def test_what_waits_can_be_withdrawn_once(workspace: Workspace) -> None:
    waiting = await workspace.asend(wait=0, **MAIL)

    assert workspace.cancel(waiting.id).status == "cancelled"
    with pytest.raises(TransitionError):
        await workspace.acancel(waiting.id)


async def test_what_failed_can_be_tried_again(workspace: Workspace) -> None:
    def tries() -> int:
        done = workspace.do(lambda opened: opened.drafts.page(failed.id))
        return len(done.result().attempts)

    failed = await workspace.asend(to="gone@example.net", subject="Hi", text="Hi")

    again = await workspace.aretry(failed.id)

    assert (again.id, again.status, tries()) == (failed.id, "error", 2)
    assert workspace.retry(failed.id).status == "error"
    assert tries() == 3


def test_what_is_deferred_again_is_not_waited_for(
    workspace: Workspace, place: Place
) -> None:
    """Nobody answers there; the next try is a minute away, or more."""
    place.account(port=1)
    deferred = workspace.send(**MAIL)

    again = workspace.retry(deferred.id, wait=50)

    assert (deferred.status, again.status) == ("deferred", "deferred")


def test_mail_waits_for_the_sender_that_there_is(
    workspace: Workspace, place: Place
) -> None:
    workspace.send(wait=0, **MAIL)
    lock = SenderLock(place.root / LOCK_NAME)
    assert lock.acquire("app")

    result = workspace.send(wait=0.1, **MAIL)
    lock.release()

    assert (result.status, result.is_waiting) == ("ready", True)
    assert workspace.wait(result.id, 0).id == result.id
    assert place.delivered == ()


async def test_a_block_closes_the_workspace(place: Place) -> None:
    with Workspace(place.root) as first:
        first.send(dry_run=True, **MAIL)
    async with Workspace(place.root) as second:
        await second.asubmit(**MAIL)

    for closed in (first, second):
        assert closed.is_closed
        with pytest.raises(StoreError, match="closed"):
            closed.get("00000000")
    with Workspace(place.root) as never_used:
        pass
    assert never_used.is_closed


def test_everybody_who_names_a_folder_shares_it(place: Place) -> None:
    found = workspace_at(module.DEFAULT)

    assert workspace_at(place.root) is workspace_at(str(place.root)) is found
    assert workspace_at(found) is found


def test_one_that_was_closed_is_not_shared_any_more(place: Place) -> None:
    first = workspace_at(place.root)
    first.close()

    assert workspace_at(place.root) is not first


def test_which_workspace_is_meant_is_asked_each_time(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program may change its folder, or what it tells its environment."""
    tuimail.send(dry_run=True, **MAIL)

    monkeypatch.setenv("TUIMAIL_WORKSPACE", str(tmp_path / "other"))
    tuimail.send(dry_run=True, **MAIL)

    assert len(list(workspace_at(place.root).list())) == 1
    assert len(list(workspace_at(tmp_path / "other").list())) == 1


@pytest.mark.slow
def test_a_forked_process_opens_its_own(place: Place) -> None:
    done = _run(FORKING)

    assert done.returncode == 0, done.stderr
    assert len(place.delivered) == 3


def test_what_belongs_to_the_parent_is_left_alone(workspace: Workspace) -> None:
    """What the child does first, told here, where it can be looked at."""
    workspace.send(dry_run=True, **MAIL)
    of_the_parent = workspace._worker

    module._after_fork()

    assert of_the_parent is not None
    assert len(list(workspace.list())) == 1
    assert workspace._worker is not of_the_parent
    of_the_parent.close()
    module._OF_THE_PARENT.clear()


@pytest.mark.slow
def test_a_program_that_ends_waits_for_the_answer_to_what_went_out(
    place: Place,
) -> None:
    """Ending in the middle would make the mail unknown."""
    server = DemoServer()
    server._inbox = hesitant = Hesitant()  # type: ignore[assignment]
    place.account(port=server.port)
    with (
        server,
        subprocess.Popen(
            [sys.executable, "-c", LEAVING], stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        assert process.stdout is not None
        said = process.stdout.readline()
        hesitant.go_on.set()
        left = process.wait(60)

    assert (said, left) == ("sending\n", 0)
    with Workspace(place.root) as workspace:
        assert [one.status for one in workspace.list()] == ["sent"]


def test_a_workspace_that_nobody_has_any_more_is_closed(place: Place) -> None:
    workspace = Workspace(place.root)
    thread = workspace.do(lambda _: threading.current_thread()).result()

    del workspace
    gc.collect()
    thread.join(10)

    assert not thread.is_alive()
