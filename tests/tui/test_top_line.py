"""The lines above every pane: which pane, who sends, what stands in the way."""

from typing import Any

import pytest
from textual.app import App, ComposeResult

from tuimail.tui.widgets.banner import Banner
from tuimail.tui.widgets.top_line import TopLine, is_nobody
from tuimail.workspace.reaching import Reach
from tuimail.workspace.views import Counts

COUNTS = Counts(drafts=2, review=12, outbox=4, sent=9, unknown=1)


class Host(App[None]):
    """The two lines and nothing else."""

    def __init__(self, current: str) -> None:
        super().__init__()
        self._current = current

    def compose(self) -> ComposeResult:
        yield TopLine(self._current, keys={})
        yield Banner(keys={})


async def line(current: str, width: int, *, banner: bool = False, **said: Any) -> str:
    """Return what the top line, or the banner, shows."""
    async with Host(current).run_test(size=(width, 5)) as pilot:
        top = pilot.app.query_one(TopLine)
        top.counts = COUNTS
        for name, value in said.items():
            setattr(top, name, value)
        shown = pilot.app.query_one(Banner)
        shown.sender = said.get("sender", "")
        await pilot.pause()
        await pilot.pause()
        if banner:
            return "\n".join(shown.lines)
        return "".join(segment.text for segment in top.render_line(0))


@pytest.mark.parametrize(
    ("state", "who"),
    [("", "sends"), ("starting", "sends"), ("here", "sends"), ("held by x", "sends"),
     ("stopped", "nobody"), ("The disk is full.", "nobody")],
)  # fmt: skip
def test_the_senders_words_say_whether_anybody_sends(state: str, who: str) -> None:
    assert is_nobody(state) is (who == "nobody")


@pytest.mark.parametrize(
    ("width", "said", "shown"),
    [
        (120, {}, "3 Outbox 4 (1 unknown)"),
        (120, {"held": 2}, "5 Accounts (2 held)"),
        (120, {"sender": "here", "reach": Reach.ALL}, "sender: here  ● net ok"),
        (120, {"sender": "held by serve, pid 412"}, "sender: serve, pid 412"),
        (120, {"reach": Reach.SOME}, "a server not reached"),
        (120, {"sender": "x", "reach": Reach.NONE}, "NOBODY SENDS  NO NETWORK"),
        (90, {"sender": "here", "reach": Reach.NONE}, "NO NETWORK"),
        (80, {"sender": "x", "reach": Reach.NONE}, "NOBODY SENDS"),
        (100, {"sender": "x", "held": 1}, "3 Outbox 4 !1  4 Sent  5 Accounts !1"),
        (100, {"sender": "x", "held": 1}, "F3 Drafts 2"),
        (80, {"sender": "x", "held": 1}, "F3 Drafts 2"),
        (80, {"sender": "x", "held": 1}, "NOBODY SENDS"),
        (80, {"sender": "here", "reach": Reach.ALL}, "F3 Drafts 2 "),
        (80, {"sender": "here", "reach": Reach.ALL}, "sends here"),
        (60, {"held": 2}, "3 Outbox 4! 4 Sent 5 Accounts!"),
    ],
)
async def test_there_is_room_for_what_matters(
    width: int, said: dict[str, Any], shown: str
) -> None:
    assert shown in await line("review", width, **said)


@pytest.mark.parametrize("width", [40, 60, 80, 120])
async def test_the_pane_that_is_shown_is_always_named(width: int) -> None:
    said: dict[str, Any] = {
        "sender": "The disk is full.",
        "reach": Reach.NONE,
        "held": 1,
    }

    assert "Accounts" in await line("accounts", width, **said)


async def test_a_narrow_line_leaves_it_to_the_banner_that_nobody_sends() -> None:
    said: dict[str, Any] = {"sender": "The disk is full."}

    assert "NOBODY" not in await line("review", 60, **said)
    assert await line("review", 60, banner=True, **said) == (
        "NOBODY SENDS: The disk is full. Alt-s starts it here."
    )


async def test_a_fine_state_takes_no_room() -> None:
    assert await line("review", 80, banner=True, sender="here") == ""


async def test_setting_an_account_up_is_a_part_of_accounts() -> None:
    async with Host("account").run_test(size=(80, 5)) as pilot:
        pieces = pilot.app.query_one(TopLine).pieces()

    assert [one.target for one in pieces if one.style == "current"] == ["accounts"]
