"""Leaving while mail waits: the machine can go on with it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.tui.conftest import Desk, Stage
from tests.tui.test_app import Slow
from tuimail.tui import departure, leaving
from tuimail.tui.screens.over import LeavingScreen
from tuimail.workspace.keepers import Machine, Ran
from tuimail.workspace.progress import Progress
from tuimail.workspace.sending import SenderThread


@dataclass
class Home:
    """A machine with a systemd of the person's own."""

    folder: Path
    fails: bool = False
    given: list[str] = field(default_factory=list)
    user_id: int = 1000

    def machine(self) -> Machine:
        private = self.folder / "run" / "systemd" / "private"
        private.parent.mkdir(parents=True, exist_ok=True)
        private.touch()
        return Machine(
            platform="linux",
            environ={"XDG_RUNTIME_DIR": str(self.folder / "run")},
            home=self.folder,
            user_id=self.user_id,
            executable="/usr/bin/python3",
            which=lambda name: name,
            run=self._run,
        )

    def _run(self, command: Sequence[str]) -> Ran:
        if "is-active" in command:
            return Ran(int(not self.is_running), "")
        self.given.append(" ".join(command))
        return Ran(int(self.fails), "no bus" if self.fails else "")

    @property
    def is_running(self) -> bool:
        return any("enable --now" in one for one in self.given) and not self.fails


@pytest.fixture
def machine(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def shows(stage: Stage) -> bool:
    return isinstance(stage.app.screen, LeavingScreen)


def words(captured: pytest.CaptureFixture[str]) -> str:
    return " ".join(captured.readouterr().err.split())


async def ask(stage: Stage) -> None:
    await stage.press("ctrl+q")
    await stage.until(lambda: shows(stage))
    await stage.settle()


async def test_the_machine_can_go_on_with_what_waits(
    desk: Desk, machine: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.release()

    async with desk.show(machine=machine.machine()) as stage:
        await ask(stage)
        shown = stage.text
        await stage.press("b")
        await stage.until(lambda: not stage.app.is_running)

    assert "Leave while 1 message waits?" in shown
    assert "keep sending" in shown
    assert "wait, then leave" not in shown
    assert "systemctl --user enable --now tuimail.service" in machine.given
    assert "1 message waits in the outbox. The service sends on." in words(capsys)


async def test_leaving_without_it_says_how_mail_leaves(
    desk: Desk, machine: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.release()

    async with desk.show(machine=machine.machine()) as stage:
        await ask(stage)
        await stage.press("q")
        await stage.until(lambda: not stage.app.is_running)

    assert machine.given == []


async def test_one_can_stay(desk: Desk, machine: Home) -> None:
    desk.release()

    async with desk.show(machine=machine.machine()) as stage:
        await ask(stage)
        await stage.press("escape")
        await stage.until(lambda: not shows(stage))
        assert stage.app.is_running


async def test_a_service_that_cannot_be_started_keeps_the_app_open(
    desk: Desk, machine: Home
) -> None:
    desk.release()
    machine.fails = True

    async with desk.show(machine=machine.machine()) as stage:
        await ask(stage)
        await stage.press("b")
        await stage.until(lambda: not shows(stage))
        await stage.until(lambda: "failed: no bus." in " ".join(stage.text.split()))
        assert stage.app.is_running


async def test_what_is_being_handed_over_is_waited_for_all_the_same(
    desk: Desk, machine: Home
) -> None:
    slow = Slow()
    desk.answers.append(slow)
    desk.release()
    sender = SenderThread(desk.open)

    async with desk.show(machine=machine.machine(), sender=sender) as stage:
        await stage.until(lambda: slow.loop is not None)
        await stage.until(lambda: stage.app.sender_state == "here")
        await ask(stage)
        shown = stage.text
        await stage.press("b")
        await stage.until(lambda: machine.is_running)
        is_open = stage.app.is_running
        slow.let_go()
        await stage.until(lambda: not stage.app.is_running)

    assert "Leave while mail is being handed over?" in shown
    for key in ("wait, then leave", "keep sending", "leave now", "stay"):
        assert key in shown
    assert is_open
    assert [row.status for row in desk.rows("sent")] == ["sent"]


async def test_with_the_service_running_nobody_is_asked(
    desk: Desk, machine: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.release()
    with desk.open() as workspace:
        found = leaving.under_way(workspace, machine.machine())
    assert found.service is not None
    found.service.install()

    async with desk.show(machine=machine.machine()) as stage:
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)

    assert "The service sends on." in words(capsys)


@pytest.mark.parametrize(
    "options", [{"is_kept": False}, {"machine": None}], ids=["demo", "no machine"]
)
async def test_it_is_not_offered_where_it_makes_no_sense(
    desk: Desk, machine: Home, options: dict[str, Any]
) -> None:
    desk.release()

    async with desk.show(**({"machine": machine.machine()} | options)) as stage:
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)


async def test_it_is_not_offered_to_root(desk: Desk, machine: Home) -> None:
    desk.release()
    machine.user_id = 0

    async with desk.show(machine=machine.machine()) as stage:
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)


async def test_it_is_not_offered_where_nothing_waits(desk: Desk, machine: Home) -> None:
    async with desk.show(machine=machine.machine()) as stage:
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)

    assert machine.given == []


async def test_it_is_not_offered_where_somebody_else_sends(
    desk: Desk, machine: Home
) -> None:
    desk.release()
    desk.sender.state = "held by serve, pid 412"

    async with desk.show(machine=machine.machine()) as stage:
        await stage.press("ctrl+q")
        await stage.until(lambda: not stage.app.is_running)


async def test_a_burst_of_keys_installs_nothing(desk: Desk, machine: Home) -> None:
    """What is typed while the question opens is no answer to it."""
    desk.release()

    async with desk.show(machine=machine.machine()) as stage:
        await ask(stage)
        await stage.pilot.press("b", "a", "c", "k")
        await stage.settle()
        assert shows(stage)

    assert machine.given == []


async def test_a_terminal_that_is_closed_cuts_nothing_off(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long the server takes to answer, the app is still there for it."""
    monkeypatch.setattr(departure, "STOP_SECONDS", 0.01)
    slow = Slow()
    desk.answers.append(slow)
    desk.release()
    sender = SenderThread(desk.open)

    async with desk.show(sender=sender) as stage:
        await stage.until(lambda: slow.loop is not None)
        await stage.until(lambda: stage.app.sender_state == "here")
        stage.app.leave_at_once()
        asyncio.get_running_loop().call_later(0.3, slow.let_go)
        await stage.until(lambda: not stage.app.is_running)

    assert [row.status for row in desk.rows("sent")] == ["sent"]


@pytest.mark.parametrize(
    ("handed", "said"),
    [(12_000_000, "Q3 → a@example.org, 12 MB of 40 MB"), (0, "Q3 → a@example.org")],
)
def test_how_far_a_mail_is_stands_in_the_question(
    desk: Desk, handed: int, said: str
) -> None:
    row = desk.release(subject="Q3", to=("a@example.org",))
    found = leaving.UnderWay(sending=(row,), waiting=0)
    progress = Progress(stage="mid_body", size_bytes=40_000_000, handed_bytes=handed)

    first, *_ = leaving.question(found, {row.id: progress})

    assert first.text == said
