"""The way through a workspace that is new: nothing in it, and no way out yet."""

from typing import Final

from tests.scenery.studio import REFUSED
from tests.tui.snapshots.walk import Guide
from tuimail.providers.base import AccountCheck

GOOD: Final = AccountCheck(
    ok=True, endpoint="smtp.example.org:465", limits={"size_bytes": 25_000_000}
)


async def first_run(guide: Guide) -> None:
    """Set the first account up."""
    stage = guide.stage
    guide.studio.checks.extend([REFUSED, GOOD])
    await guide.take("first-run", shows="demo")
    await guide.take("wizard-address", "f9", shows="Step 1 of 7")
    await stage.type_in("mara@example.org")
    await guide.press("enter", "enter")
    await guide.take("wizard-server", shows="Another server, typed in")
    await guide.take("wizard-login", "enter", shows="Step 3 of 7")
    await stage.type_in("correct horse")
    await guide.take("wizard-failed", "enter", shows="The test failed")
    await guide.press("enter")
    await stage.until_shown("Step 3 of 7")
    await stage.type_in("correct horse")
    await guide.take("wizard-name", "enter", shows="Step 5 of 7")
    await stage.type_in("Mara Lin")
    await guide.take("wizard-habits", "enter", "ctrl+s", shows="Step 6 of 7")
    await guide.take("wizard-saved", "enter", shows="is saved")


async def empty(guide: Guide) -> None:
    """Look at every pane with nothing in it."""
    await guide.press("escape")
    for name, key in (
        ("review", "1"),
        ("outbox", "3"),
        ("sent", "4"),
        ("drafts", "f3"),
        ("accounts", "5"),
    ):
        await guide.take(f"empty-{name}", key)
    await guide.take("empty-compose", "m", shows="new mail")


WALK: Final = (first_run, empty)
