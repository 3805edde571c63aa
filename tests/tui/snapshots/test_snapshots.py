"""Every screen is as it was kept, in three sizes and three themes."""

import os
from unittest.mock import patch

import pytest

from tests.scenery.studio import studio
from tests.tui.snapshots.printed import difference, shot
from tests.tui.snapshots.taking import SIZES, folder, take
from tests.tui.snapshots.walk import DARK, MONOCHROME, Guide

COMMAND = "python -m tests.tui.snapshots"


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES, ids=lambda size: folder(size).name)
async def test_every_screen_is_as_it_was_kept(size: tuple[int, int]) -> None:
    kept = {one.stem: one.read_text("utf-8") for one in folder(size).glob("*.txt")}

    taken = await take(size, kept)

    found = [
        f"{name}, {theme}:\n{told}"
        for name, shots in taken.items()
        for theme, now in shots.items()
        if (told := difference(kept.get(name, ""), theme, now))
    ]
    others = sorted(kept.keys() - taken.keys())
    advice = f"Look at what {COMMAND} changes, and commit it where it is meant."
    assert not found, "\n\n".join([f"{len(found)} differ. {advice}", *found[:3]])
    assert not others, f"No screen is called {', '.join(others)}. {advice}"


@pytest.mark.slow
async def test_without_colours_the_app_is_what_the_monochrome_snapshots_show() -> None:
    """They are made of the dark ones; under NO_COLOR the app itself has to."""
    size = SIZES[1]
    kept = (folder(size) / "first-run.txt").read_text("utf-8")

    with studio() as made, patch.dict(os.environ, {"NO_COLOR": "1"}):
        made.save()
        async with made.show(size=size) as stage:
            now = shot(await Guide(stage).still("first-run"))

    assert not difference(kept, MONOCHROME, now)
    assert difference(kept, DARK, now)
