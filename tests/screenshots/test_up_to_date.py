"""The screenshots show the app as it is."""

import re

import pytest

from tests.screenshots.__main__ import FOLDER
from tests.screenshots.taking import take_all

COMMAND = "python -m tests.screenshots"
NAMES = frozenset(
    [
        "review-blocker",
        "review-diff",
        "review-html-links",
        "release-dialog",
        "request-changes",
        "batch",
        "compose-preview",
        "compose-completion",
        "outbox-mixed",
        "outbox-unknown",
        "undo-strip",
        "schedule",
        "sent-detail",
        "accounts",
        "wizard-test-failed",
        "first-run",
        "help",
        "hostile-draft",
        "review-80x24",
        "review-60x20",
        "review-monochrome",
        "review-high-contrast",
        "theme-sheet",
    ]
)


def test_no_screenshot_asks_another_host_for_anything() -> None:
    asking = [
        path.name
        for path in FOLDER.glob("*.svg")
        if re.search(r"url\(.?(https?:)?//", path.read_text(encoding="utf-8"))
    ]

    assert {path.stem for path in FOLDER.glob("*.svg")} == NAMES
    assert asking == []


@pytest.mark.slow
async def test_every_screenshot_is_up_to_date() -> None:
    taken = await take_all()

    kept = {
        path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.svg")
    }
    stale = sorted(name for name in taken if kept.get(name) != taken[name])
    assert not stale, f"Out of date: {', '.join(stale)}. Look at what {COMMAND} makes."
    assert taken.keys() == NAMES
