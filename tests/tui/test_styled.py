"""Styles are worked out once, and again for what the app became meanwhile."""

import pytest
from textual.app import App, ComposeResult
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Static

from tuimail.tui.screens.styled import Styled


class Said(Static):
    """What is said on a screen."""


class OurScreen(Styled[None]):
    def compose(self) -> ComposeResult:
        yield Said("ours")


class TheirScreen(Screen[None]):
    def compose(self) -> ComposeResult:
        yield Said("theirs")


class Host(App[None]):
    CSS = "Said { width: 5; } .-grown Said { width: 9; } .-flat Said { height: 3; }"
    HORIZONTAL_BREAKPOINTS = [(40, "-normal"), (120, "-wide"), (0, "-narrow")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-flat"), (20, "-high")]  # noqa: RUF012
    MODES = {"ours": OurScreen, "theirs": TheirScreen}  # noqa: RUF012
    DEFAULT_MODE = "ours"

    styled: int = 0

    def update_styles(self, node: DOMNode, animate: bool = True) -> None:  # noqa: FBT001, FBT002
        self.styled += isinstance(node, Screen) and bool(node.children)
        super().update_styles(node, animate)


@pytest.mark.parametrize("width", [1, 39, 40, 119, 120, 200])
@pytest.mark.parametrize("height", [19, 20])
async def test_a_screen_has_the_size_classes_that_textual_gives_it(
    width: int, height: int
) -> None:
    host = Host()
    async with host.run_test(size=(width, height)) as pilot:
        ours = host.screen.classes
        await host.switch_mode("theirs")
        await pilot.pause()
        theirs = host.screen.classes

    assert ours == theirs
    assert len(ours) == 2


async def test_a_screen_that_nothing_happened_to_is_styled_once() -> None:
    host = Host()
    async with host.run_test(size=(80, 19)) as pilot:
        said = host.screen.query_one(Said)
        first = host.styled, str(said.styles.height)
        await host.switch_mode("theirs")
        await pilot.pause()
        theirs = host.styled
        await host.switch_mode("ours")
        await pilot.pause()

        assert first == (0, "3")
        assert theirs > 0
        assert host.styled == theirs


async def test_what_the_app_became_meanwhile_is_seen_at_the_return() -> None:
    host = Host()
    async with host.run_test(size=(80, 24)) as pilot:
        said = host.screen.query_one(Said)
        before = said.styles.width
        await host.switch_mode("theirs")
        host.add_class("-grown")
        await pilot.pause()
        await host.switch_mode("ours")
        await pilot.pause()

        assert (str(before), str(said.styles.width)) == ("5", "9")


async def test_another_theme_is_seen_at_the_return() -> None:
    host = Host()
    async with host.run_test(size=(80, 24)) as pilot:
        before = host.screen.styles.background
        await host.switch_mode("theirs")
        host.theme = "textual-light"
        await pilot.pause()
        await host.switch_mode("ours")
        await pilot.pause()

        assert host.screen.styles.background != before


async def test_a_screen_that_is_resized_while_it_is_away_fits_at_the_return() -> None:
    host = Host()
    async with host.run_test(size=(80, 24)) as pilot:
        said = host.screen.query_one(Said)
        await host.switch_mode("theirs")
        await pilot.resize_terminal(80, 19)
        await host.switch_mode("ours")
        await pilot.pause()

        while "-flat" not in host.screen.classes:
            await pilot.pause()
        assert str(said.styles.height) == "3"
