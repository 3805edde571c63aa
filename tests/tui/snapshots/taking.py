"""Takes every screen in one size at a time, in all themes."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import ExitStack, chdir
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from tests.scenery import mails, story
from tests.scenery.studio import CONFIG, Studio, studio
from tests.tui.conftest import NOW
from tests.tui.snapshots import busy, fresh
from tests.tui.snapshots.printed import Shot
from tests.tui.snapshots.walk import DARK, Guide, without_waits

SIZES: Final = ((120, 36), (80, 24), (60, 20))
KEPT: Final = Path(__file__).parent / "kept"
TEMPLATE: Final = """\
Subject: Week {{ week }}

Hi {{ who }},

the numbers of week {{ week }} are below.
"""

Part = Callable[[Guide], Coroutine[Any, Any, None]]
Shots = Mapping[str, Mapping[str, Shot]]
"""By the name of the screen, and of the theme."""


def folder(size: tuple[int, int]) -> Path:
    """Return where the screens of a size are kept."""
    width, height = size
    return KEPT / f"{width}x{height}"


async def take(
    size: tuple[int, int], kept: Mapping[str, str] = MappingProxyType({})
) -> Shots:
    """Return every screen in ``size``, each once it is as it was kept, if it was."""
    with without_waits():
        with studio() as full, ExitStack() as stack:
            await asyncio.to_thread(story.tell, full)
            _furnish(full)
            stack.enter_context(chdir(_papers(full)))
            taken = await _walked(full, size, busy.WALK, kept)
        with studio() as new:
            new.save()
            return {**taken, **await _walked(new, size, fresh.WALK, kept)}


async def _walked(
    made: Studio, size: tuple[int, int], parts: Sequence[Part], kept: Mapping[str, str]
) -> Shots:
    made.configure(f'theme = "{DARK}"\n{CONFIG}')
    async with made.show(size=size) as stage:
        guide = Guide(stage, kept)
        for part in parts:
            await part(guide)
    return guide.shots


def _papers(made: Studio) -> Path:
    """Return the folder that the app is started in, with what could be attached."""
    place = made.root.with_name("papers")
    (place / "archive").mkdir(parents=True)
    for name, content in (("report.pdf", mails.PDF), ("units.csv", b"city,orders\n")):
        path = place / name
        path.write_bytes(content)
        os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    return place


def _furnish(made: Studio) -> None:
    """Put beside the workspace what a person has there."""
    texts = made.config.with_name("templates")
    texts.mkdir()
    (texts / "week.txt").write_text(TEMPLATE)
    (texts / "thanks.txt").write_text("\nMany thanks!\n")
