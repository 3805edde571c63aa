"""Takes every picture there is, in two runs of the app."""

import asyncio
from collections.abc import Mapping

from tests.scenery import story
from tests.scenery.studio import REFUSED, studio
from tests.screenshots import shots
from tests.screenshots.shots import SIZE, Camera


async def take_all() -> Mapping[str, str]:
    """Return every picture as SVG, by its name."""
    pictures: dict[str, str] = {}
    with studio() as busy:
        await asyncio.to_thread(story.tell, busy)
        async with busy.show(size=SIZE) as stage:
            for part in shots.MAIN:
                await part(Camera(stage, pictures))
    with studio() as empty:
        empty.save()
        empty.checks.append(REFUSED)
        async with empty.show(size=SIZE) as stage:
            await shots.first_run(Camera(stage, pictures))
    return pictures
