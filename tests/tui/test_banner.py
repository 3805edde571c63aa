"""What stands in the way of everything, above every pane."""

import pytest
from textual.app import App, ComposeResult

from tuimail.tui.widgets.banner import Banner

_ELSEWHERE = "F10 saves what you write in another place."


class Host(App[None]):
    """The banner and nothing else."""

    def compose(self) -> ComposeResult:
        yield Banner(keys={"app.start-sender": "f12"})


@pytest.mark.parametrize(
    ("sender", "trouble", "said"),
    [
        ("here", "", ()),
        ("held by serve, pid 412", "", ()),
        ("stopped", "", ("NOBODY SENDS: stopped F12 starts it here.",)),
        (
            "here",
            "The disk is full.",
            (f"NOTHING CAN BE STORED: The disk is full. {_ELSEWHERE}",),
        ),
    ],
)
async def test_it_says_what_is_wrong_and_which_key_helps(
    sender: str, trouble: str, said: tuple[str, ...]
) -> None:
    async with Host().run_test(size=(100, 8)) as pilot:
        banner = pilot.app.query_one(Banner)
        banner.sender, banner.trouble = sender, trouble
        await pilot.pause()

        assert banner.lines == said
        assert banner.display is bool(said)
        assert banner.size.height == len(said)


async def test_what_is_worse_stands_first_and_nothing_in_it_acts() -> None:
    async with Host().run_test(size=(100, 8)) as pilot:
        banner = pilot.app.query_one(Banner)
        banner.sender, banner.trouble = "a\x1b[2J[/b]\nb", "full [red]x"
        first, second = banner.lines

    assert first.startswith("NOTHING CAN BE STORED: full [red]x ")
    assert second.startswith("NOBODY SENDS: a␛[2J[/b]")
    assert "\n" not in second
