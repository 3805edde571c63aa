"""Writes the screenshots anew: ``python screenshots/take.py [FOLDER]``.

Nothing here is drawn by hand. The app runs without a terminal on the demo's
workspace, keys are pressed, and what it shows is kept as SVG. Who and when are
fixed, so that a picture changes only when the app does; save for the digest of
a message, whose id is random.
"""

import asyncio
import itertools
import os
import re
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from textual.pilot import Pilot

from tuimail.demo.place import MANNERS, Place, SetClock
from tuimail.demo.seed import fill
from tuimail.demo.server import DemoServer
from tuimail.tui.app import TuimailApp
from tuimail.workspace.bridge import Bridge

FOLDER: Final = Path(__file__).parent
NOW: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SIZE: Final = (120, 34)
_ELSEWHERE: Final = re.compile(r',\s*url\("https?://[^"]*"\) format\("[a-z0-9]+"\)')
"""Web fonts that Rich names after the one that is installed."""
_PATIENCE_SECONDS: Final = 10.0
_LOOK_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture: what is pressed, and what must be on the screen then."""

    name: str
    """Empty for a step on the way to the next picture."""
    keys: tuple[str, ...]
    shows: str


_KEYS: Final = {" ": "space", ".": "full_stop", ":": "colon", "?": "question_mark"}


def _typed(text: str) -> tuple[str, ...]:
    """Return the keys that write ``text``."""
    return tuple(_KEYS.get(one, one) for one in text)


SHOTS: Final = (
    Shot(name="review", keys=(), shows="Customer"),
    Shot(name="approve", keys=("a",), shows="Release"),
    Shot(name="", keys=("escape", "r"), shows="Send&#160;back"),
    Shot(
        name="",
        keys=("alt+2", *_typed("Attach the form."), "tab", *_typed("3: which one?")),
        shows="which&#160;one?",
    ),
    Shot(name="changes", keys=("shift+tab",), shows="changes_requested"),
    Shot(name="", keys=("escape", "j", "j"), shows="Film&#160;night"),
    Shot(name="diff", keys=("d",), shows="What&#160;changed"),
    Shot(name="outbox", keys=("3",), shows="unknown"),
    Shot(name="sent", keys=("4",), shows="partial"),
    Shot(name="drafts", keys=("f3",), shows="Agenda"),
    Shot(name="compose", keys=("e",), shows="Numbers"),
    Shot(name="keys", keys=("escape", "question_mark"), shows="Attach"),
)


class StillSender:
    """Says that it sends; the pictures need no mail to move."""

    state = "here"

    def start(self) -> None:
        """Begin nothing."""

    def wake(self) -> None:
        """Look at nothing."""

    def stop(self, *, timeout: float | None = None) -> bool:
        """End at once."""
        return timeout is None or timeout >= 0


async def take(place: Place, folder: Path) -> None:
    """Take every picture of the workspace of ``place`` into ``folder``."""
    app = TuimailApp(
        Bridge(lambda: place.open(SetClock(NOW))),
        sender=StillSender(),
        now=lambda: NOW,
        ticks=itertools.count(step=10).__next__,
    )
    async with app.run_test(size=SIZE) as pilot:
        for shot in SHOTS:
            await pilot.press(*shot.keys)
            picture = await _picture(pilot, shot)
            if shot.name:
                path = folder / f"{shot.name}.svg"
                path.write_text(picture, encoding="utf-8")


async def _picture(pilot: Pilot[int], shot: Shot) -> str:
    """Return the screen as SVG once it shows what it should."""
    async with asyncio.timeout(_PATIENCE_SECONDS):
        while shot.shows not in (picture := _now(pilot)):
            await pilot.pause(_LOOK_SECONDS)
    return picture


def _now(pilot: Pilot[int]) -> str:
    """Return the screen as SVG that asks no other host for its letters."""
    picture = pilot.app.export_screenshot(title="tuimail")
    return _ELSEWHERE.sub("", picture)


def _tell(place: Place) -> None:
    """Have been told all there is to tell: when it would be is up to the machine."""
    with place.open(SetClock(NOW)) as workspace:
        workspace.notices.told(one.number for one in workspace.notices.untold())


def main(target: Path) -> None:
    """Fill a throw-away workspace and take the pictures into ``target``."""
    os.environ.update(LOGNAME="nora", TZ="UTC")
    time.tzset()
    with (
        TemporaryDirectory(prefix="tuimail-screenshots-") as folder,
        DemoServer(MANNERS) as server,
    ):
        place = Place(folder=Path(folder), server=server)
        fill(place, now=NOW)
        _tell(place)
        asyncio.run(take(place, target))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
