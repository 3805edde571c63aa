"""One worker thread with a workspace: a loop is never blocked by the disk."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest

from tests.workspace.conftest import Desk
from tuimail.errors import NotFoundError, StoreError
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.workspace import Workspace


async def test_calls_are_made_in_the_thread_that_opened_the_workspace(
    desk: Desk,
) -> None:
    opened: list[int] = []

    def opener() -> Workspace:
        opened.append(threading.get_ident())
        return desk.open()

    async with Bridge(opener) as bridge:
        called = await bridge.call(lambda _ws: threading.get_ident())

    assert opened == [called]
    assert called != threading.get_ident()


async def test_errors_reach_whoever_asked(desk: Desk) -> None:
    async with Bridge(desk.open) as bridge:
        with pytest.raises(NotFoundError):
            await bridge.call(lambda ws: ws.drafts.row("0" * 16))


async def test_an_error_of_opening_is_raised_at_the_start() -> None:
    def broken() -> Workspace:
        raise StoreError("The disk is full.")

    bridge = Bridge(broken)
    with pytest.raises(StoreError):
        await bridge.start()
    await bridge.close()


async def test_a_closed_bridge_refuses_calls(desk: Desk) -> None:
    bridge = Bridge(desk.open)
    await bridge.start()
    await bridge.close()

    with pytest.raises(RuntimeError):
        await bridge.call(lambda ws: ws.actor)


async def test_what_waits_together_is_done_in_order_and_shares_a_flush(
    desk: Desk,
) -> None:
    async with Bridge(desk.open) as bridge:
        commits = await bridge.call(_counting)
        wishes = [bridge.together(_remembering(number)) for number in range(20)]

        answers = await asyncio.gather(*wishes)

        assert answers == list(range(20))
        assert await bridge.call(lambda ws: ws._stores.facts.get("last")) == "19"
    assert 1 <= len(commits) < 20


async def test_one_that_fails_takes_nobody_with_it(desk: Desk) -> None:
    def fails(workspace: Workspace) -> None:
        with workspace._stores.database.transaction():
            workspace._stores.facts.set("last", "wrong")
            raise NotFoundError("There is no such thing.")

    async with Bridge(desk.open) as bridge:
        found = await asyncio.gather(
            bridge.together(_remembering(1)),
            bridge.together(fails),
            bridge.together(_remembering(2)),
            return_exceptions=True,
        )
        last = await bridge.call(lambda ws: ws._stores.facts.get("last"))

    assert [found[0], found[2], last] == [1, 2, "2"]
    assert isinstance(found[1], NotFoundError)


async def test_a_disk_that_fails_fails_all_that_share_the_flush(desk: Desk) -> None:
    """As SQLite does when the disk is full: it ends the transaction for all."""

    def fails(workspace: Workspace) -> None:
        workspace._stores.database.connection.execute("ROLLBACK")
        raise StoreError("The disk is full.")

    async with Bridge(desk.open) as bridge:
        found = await asyncio.gather(
            bridge.together(_remembering(1)),
            bridge.together(fails),
            return_exceptions=True,
        )
        last = await bridge.call(lambda ws: ws._stores.facts.get("last"))

    assert [type(one) for one in found] == [StoreError, StoreError]
    assert last is None


async def test_a_row_that_the_database_refuses_fails_alone(desk: Desk) -> None:
    def fails(_workspace: Workspace) -> None:
        raise StoreError("There is no such step.")

    async with Bridge(desk.open) as bridge:
        found = await asyncio.gather(
            bridge.together(_remembering(1)),
            bridge.together(fails),
            return_exceptions=True,
        )
        last = await bridge.call(lambda ws: ws._stores.facts.get("last"))

    assert found[0] == 1
    assert isinstance(found[1], StoreError)
    assert last == "1"


async def test_what_follows_a_step_happens_once_it_is_on_disk(desk: Desk) -> None:
    seen: list[bool] = []

    def step(workspace: Workspace) -> None:
        stores = workspace._stores
        with stores.database.transaction():
            stores.facts.set("last", "1")
        stores.afterwards(
            lambda: seen.append(stores.database.connection.in_transaction)
        )

    async with Bridge(desk.open) as bridge:
        await bridge.together(step)
        await bridge.call(step)

    assert seen == [False, False]


async def test_who_gave_up_waiting_is_in_nobodys_way(desk: Desk) -> None:
    async with Bridge(desk.open) as bridge:
        impatient = asyncio.create_task(bridge.together(_remembering(1)))
        await asyncio.sleep(0)
        impatient.cancel()

        assert await bridge.together(_remembering(2)) == 2


async def test_a_closed_bridge_refuses_what_is_to_be_done_together(desk: Desk) -> None:
    bridge = Bridge(desk.open)
    await bridge.start()
    await bridge.close()

    with pytest.raises(RuntimeError):
        await bridge.together(lambda ws: ws.actor)


async def test_what_is_alike_is_done_by_one_call(desk: Desk) -> None:
    calls: list[list[int]] = []

    def doubled(_workspace: Workspace, numbers: Sequence[int]) -> Sequence[int]:
        calls.append(list(numbers))
        return [2 * number for number in numbers]

    async with Bridge(desk.open) as bridge:
        wishes = [bridge.alike(doubled, number) for number in range(3)]
        answers = await asyncio.gather(*wishes, bridge.together(_remembering(7)))

    assert answers == [0, 2, 4, 7]
    assert calls == [[0, 1, 2]]


async def test_of_what_is_alike_only_what_fails_fails(desk: Desk) -> None:
    def remembered(workspace: Workspace, numbers: Sequence[int]) -> Sequence[int]:
        with workspace._stores.transaction():
            for number in numbers:
                if number == 1:
                    raise StoreError("There is no such step.")
                workspace._stores.facts.set(str(number), "done")
                workspace._stores.afterwards(partial(told.append, number))
        return numbers

    told: list[int] = []
    async with Bridge(desk.open) as bridge:
        wishes = [bridge.alike(remembered, number) for number in range(3)]
        found = await asyncio.gather(*wishes, return_exceptions=True)
        facts = await bridge.call(lambda ws: [ws._stores.facts.get(n) for n in "012"])

    assert [found[0], found[2], facts] == [0, 2, ["done", None, "done"]]
    assert isinstance(found[1], StoreError)
    assert told == [0, 2]


async def test_a_disk_that_ends_the_transaction_fails_all_that_is_alike(
    desk: Desk,
) -> None:
    def fails(workspace: Workspace, _items: Sequence[int]) -> Sequence[int]:
        workspace._stores.database.connection.execute("ROLLBACK")
        raise StoreError("The disk is full.")

    async with Bridge(desk.open) as bridge:
        wishes = [bridge.alike(fails, number) for number in range(2)]
        found = await asyncio.gather(*wishes, return_exceptions=True)

    assert [type(one) for one in found] == [StoreError, StoreError]


def _remembering(number: int) -> Callable[[Workspace], int]:
    def remember(workspace: Workspace) -> int:
        with workspace._stores.database.transaction():
            workspace._stores.facts.set("last", str(number))
        return number

    return remember


def _counting(workspace: Workspace) -> list[str]:
    """Return a list that gets a line for each COMMIT."""
    commits: list[str] = []

    def count() -> bool:
        commits.append("commit")
        return False

    workspace._stores.database.connection.set_commit_hook(count)
    return commits


async def test_what_takes_long_goes_on_beside_all_other_calls(desk: Desk) -> None:
    """It has a workspace of its own, in a thread that nobody waits for."""
    begun, may_end = threading.Event(), threading.Event()

    def wait(workspace: Workspace) -> tuple[bool, str]:
        begun.set()
        may_end.wait(10)
        return threading.current_thread().daemon, workspace.actor

    async with Bridge(desk.open) as bridge:
        long = asyncio.create_task(bridge.aside(wait))
        await asyncio.to_thread(begun.wait, 10)
        called = await bridge.call(lambda ws: ws.actor)
        is_done = long.done()
        may_end.set()
        found = await long

    assert not is_done
    assert found == (True, called)


async def test_errors_of_what_goes_on_beside_reach_whoever_asked(desk: Desk) -> None:
    async with Bridge(desk.open) as bridge:
        with pytest.raises(NotFoundError):
            await bridge.aside(lambda ws: ws.drafts.row("0" * 16))


async def test_an_answer_that_nobody_waits_for_any_more_is_dropped(desk: Desk) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def wait(_workspace: Workspace) -> None:
        begun.set()
        may_end.wait(10)

    async with Bridge(desk.open) as bridge:
        task = asyncio.create_task(bridge.aside(wait))
        await asyncio.to_thread(begun.wait, 10)
        task.cancel()
        may_end.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        await bridge.aside(lambda _ws: None)
