"""One worker thread with a workspace: a loop is never blocked by the disk."""

import threading

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
