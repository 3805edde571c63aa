"""Every screen, with all that is hostile in every field, and at every size."""

import os
import random

import pytest

from tests.tui.acceptance import tour
from tests.tui.acceptance.hostile import MARKUP, is_in, no_doors
from tests.tui.conftest import Desk, Stage
from tests.tui.test_safe_ground import must_be_inert

pytestmark = pytest.mark.slow

SIZE = (160, 50)
EDGES = ((200, 60), (1, 1), (2, 40), (200, 2), (10, 3), (39, 9), (40, 10))
RANDOM_SIZES = int(os.environ.get("RESIZE_STEPS", "4"))
"""At each screen; more than these are for a run of its own."""
TINY_SIZES = 3
TINY = (24, 8)
"""Where layouts break."""
NORMAL = (80, 24)


def test_the_tour_leaves_no_screen_out() -> None:
    """A new screen gets its place in the tour when it is made."""
    assert tour.SCREENS.keys() == tour.PANES.keys() | tour.BOXES.keys()


async def resized(stage: Stage, chance: random.Random) -> None:
    """Make the window every size, from the largest to one cell, and normal again."""
    some = [_up_to(200, 60, chance) for _ in range(RANDOM_SIZES)]
    tiny = [_up_to(*TINY, chance) for _ in range(TINY_SIZES)]
    for size in (*EDGES, *some, *tiny, NORMAL):
        await stage.pilot.resize_terminal(*size)
    must_be_inert(stage)
    await stage.pilot.resize_terminal(*SIZE)


def _up_to(width: int, height: int, chance: random.Random) -> tuple[int, int]:
    return chance.randint(1, width), chance.randint(1, height)


async def test_every_screen_is_inert_and_literal_and_of_any_size(desk: Desk) -> None:
    await tour.furnish(desk)
    chance = random.Random(7)
    seen, literal = set(), set()

    with no_doors() as poison:
        async with desk.show(size=SIZE) as stage:
            async for name in tour.screens(stage, poison):
                if name in tour.SCREENS:
                    await stage.until(lambda: is_in(stage.text))
                must_be_inert(stage)
                shown = stage.text
                seen |= {name} if is_in(shown) else set()
                literal |= {one for one in MARKUP if one in shown}
                if name in tour.SCREENS:
                    await resized(stage, chance)
            is_running = stage.app.is_running

    assert is_running
    assert tour.SCREENS.keys() <= seen
    assert literal == set(MARKUP)


async def test_markup_is_found_in_the_palette_as_it_is(desk: Desk) -> None:
    async with desk.show(size=SIZE) as stage:
        stage.app.push_screen(tour.palette([*MARKUP, "other"]))
        await stage.settle()
        await stage.type_in("[/b]")
        shown = stage.text
        await stage.pilot.click(offset=(80, 14))
        is_running = stage.app.is_running

    assert shown.count("[/b]") > 1
    assert "other" not in shown
    assert is_running
