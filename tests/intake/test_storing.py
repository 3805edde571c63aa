"""The workspace as doors use it: opened anew after its disk failed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tuimail.errors import FullDiskError, StoreError, WorkspaceBusyError
from tuimail.intake.storing import Storing
from tuimail.intake.watching import Watch
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.workspace import Workspace


class Opened:
    """How often the workspace was opened."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.times = 0

    def __call__(self) -> Workspace:
        self.times += 1
        return Workspace.open(
            self.folder / "w",
            config_path=self.folder / "config.toml",
            actor="person:mara",
            door="serve",
            environ={},
        )


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    return Opened(tmp_path)


@pytest.fixture
async def storing(opened: Opened) -> AsyncIterator[Storing]:
    async with Bridge(opened) as bridge:
        yield Storing(bridge)


def fail(error: Exception) -> None:
    raise error


async def test_after_the_disk_failed_the_next_call_opens_it_anew(
    storing: Storing, opened: Opened
) -> None:
    with pytest.raises(StoreError):
        await storing.call(lambda _: fail(StoreError("It broke.")))

    doors = await asyncio.gather(*(storing.call(lambda ws: ws.door) for _ in range(5)))

    assert doors == ["serve"] * 5
    assert opened.times == 2


@pytest.mark.parametrize(
    "error", [FullDiskError("Full."), WorkspaceBusyError("Busy."), ValueError("Ours.")]
)
async def test_what_a_fresh_connection_would_not_change_opens_nothing(
    storing: Storing, opened: Opened, error: Exception
) -> None:
    with pytest.raises(type(error)):
        await storing.together(lambda _: fail(error))

    assert await storing.together(lambda ws: ws.door) == "serve"
    assert opened.times == 1


async def test_where_the_workspace_is_is_told_to_no_program(
    storing: Storing, opened: Opened
) -> None:
    for way in (storing.call, storing.together):
        with pytest.raises(FullDiskError) as refused:
            await way(lambda _: fail(FullDiskError(f"{opened.folder} is full.")))

        assert str(opened.folder) not in str(refused.value)


async def test_what_cannot_be_opened_anew_is_tried_at_the_next_call(
    storing: Storing, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(StoreError):
        await storing.call(lambda _: fail(StoreError("It broke.")))

    def gone(_self: Bridge) -> None:
        raise StoreError("It is away.")

    with monkeypatch.context() as patched:
        patched.setattr(Bridge, "reopen", gone)
        with pytest.raises(StoreError) as refused:
            await storing.call(lambda ws: ws.door)
        assert str(refused.value.__cause__) == "It is away."

    assert await storing.call(lambda ws: ws.door) == "serve"


async def test_who_waits_is_not_woken_for_nothing(storing: Storing) -> None:
    """It reads again when somebody wrote, not each time somebody looked."""
    watch, reads = Watch(storing, every=timedelta(milliseconds=1)), 0

    def read(_workspace: Workspace) -> int:
        nonlocal reads
        reads += 1
        return reads

    waiting = asyncio.ensure_future(watch.until(read, lambda n: n > 1, seconds=60))
    for _ in range(20):
        await storing.call(lambda ws: ws.door)
    assert reads == 1
    await storing.together(lambda ws: ws.door)

    assert await asyncio.wait_for(waiting, 10) == 2


async def test_a_disk_that_fails_while_one_waits_is_looked_at_again(
    storing: Storing,
) -> None:
    watch = Watch(storing, every=timedelta(milliseconds=1))
    done = asyncio.Event()
    waiting = asyncio.ensure_future(
        watch.until(lambda _: done.is_set(), bool, seconds=60)
    )
    with pytest.raises(StoreError):
        await storing.together(lambda _: fail(StoreError("It broke.")))
    done.set()
    await storing.together(lambda ws: ws.door)

    assert await asyncio.wait_for(waiting, 10) is True


async def test_waiting_ends_with_the_time(storing: Storing) -> None:
    watch = Watch(storing, every=timedelta(milliseconds=1))

    assert await watch.until(lambda _: 1, lambda _: False, seconds=0.01) == 1


async def test_a_closed_watch_waits_for_nobody(storing: Storing) -> None:
    watch = Watch(storing)
    watch.close()

    assert await watch.until(lambda _: 1, lambda _: False, seconds=60) == 1


async def test_any_number_waits_and_all_are_told_when_it_closes(
    storing: Storing,
) -> None:
    watch, begun = Watch(storing, every=timedelta(milliseconds=1)), asyncio.Event()
    looks = 0

    def read(_workspace: Workspace) -> int:
        nonlocal looks
        looks += 1
        return looks

    def is_enough(value: int) -> bool:
        if value == 3:
            begun.set()
        return False

    waiting = [
        asyncio.ensure_future(watch.until(read, is_enough, seconds=60))
        for _ in range(3)
    ]
    await begun.wait()
    await storing.call(lambda ws: ws.door)

    watch.close()

    assert sorted(await asyncio.wait_for(asyncio.gather(*waiting), 10)) == [4, 5, 6]
