"""The app in a real terminal, going through its screens by itself.

``python -m tests.tui.acceptance.alone FOLDER [careless]``

Before each next screen it sets the title of the terminal, and waits for F12: whatever
the terminal has answered to the screen before has come by then. Every other key that
comes is one that nobody pressed; they are written to ``heard.json``.
"""

import asyncio
import json
import os
import sys
import traceback
from collections import deque
from functools import partial
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from textual import events
from textual.app import App
from textual.driver import Driver
from textual.message import Message
from textual.pilot import Pilot

from tests.tui.acceptance import tour
from tests.tui.acceptance.hostile import no_doors
from tests.tui.conftest import Desk, Stage, settled
from tuimail.testing import FakeProvider

GO_ON: Final = "f12"
CARELESS: Final = {
    "tuimail.tui.wording.display": lambda text, **_: text,
    "tuimail.tui.wording.safe_width": lambda text: text,
    "tuimail.tui.inert.is_inert": lambda _character: True,
}
"""What the program would be without its two lines of defence."""


class Listener:
    """Stands between the keyboard and the app."""

    def __init__(self, *, hands_on: bool) -> None:
        self.keys: list[str] = []
        self._hands_on = hands_on
        self._loop: asyncio.AbstractEventLoop | None = None
        self._gate = asyncio.Event()
        self._pass_on = Driver.process_message

    def take(self, driver: Driver, message: Message) -> None:
        """Take what the terminal sent; called in the thread that reads it."""
        if isinstance(message, events.Key):
            if message.key == GO_ON and self._loop is not None:
                self._loop.call_soon_threadsafe(self._gate.set)
                return
            self.keys.append(message.key)
            if not self._hands_on:
                return
        self._pass_on(driver, message)

    async def wait(self, app: App[Any], number: int) -> None:
        """Wait until everything that was written so far has been answered."""
        self._loop = asyncio.get_running_loop()
        self._gate.clear()
        assert app._driver is not None
        app._driver.write(f"\x1b]2;screen {number}\x07")
        app._driver.flush()
        await self._gate.wait()


async def walk(
    desk: Desk, listener: Listener, report: dict[str, Any], pilot: Pilot[int]
) -> None:
    """Show every screen, or the first only where nothing is defended."""
    app: Any = pilot.app
    stage = Stage(desk, app, pilot)
    try:
        await stage.until(lambda: app.pane is not None and app.pane.is_mounted)
        with no_doors() as poison:
            async for name in tour.screens(stage, poison):
                await listener.wait(app, len(report["screens"]) + 1)
                report["screens"].append(name)
                if report["careless"]:
                    break
    except BaseException:  # noqa: BLE001 - the edge of this program
        report["error"] = traceback.format_exc()
    report["keys"] = listener.keys
    (desk.root.parent / "heard.json").write_text(json.dumps(report))
    if report["careless"]:
        os._exit(0)
    app.exit()


def main(folder: Path, careless: str = "") -> None:
    """Show the workspace in ``folder``."""
    desk = Desk(root=folder / "mail", config=folder / "config.toml", answers=deque())
    report: dict[str, Any] = {"screens": [], "keys": [], "careless": bool(careless)}
    changed = {
        "tuimail.workspace.ways_out.provider_class": lambda _name: FakeProvider,
        "textual.app.wait_for_idle": settled,
        "textual.pilot.wait_for_idle": settled,
        **(CARELESS if careless else {}),
    }
    for name, value in changed.items():
        patch(name, value).start()
    listener = Listener(hands_on=not careless)

    def process_message(driver: Driver, message: Message) -> None:
        listener.take(driver, message)

    patch.object(Driver, "process_message", process_message).start()
    desk.app().run(auto_pilot=partial(walk, desk, listener, report))


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
