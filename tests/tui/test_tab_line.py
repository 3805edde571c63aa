"""The names of the tabs, at any width."""

from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult

from tuimail.tui.tabs import Tab
from tuimail.tui.widgets.blocks import Given
from tuimail.tui.widgets.tab_line import TabLine

TABS = tuple(
    Tab(name=title.lower(), title=title, short=short, text=Given(()))
    for title, short in (("Text", ""), ("Links 12", "Lnk"), ("Parts", "Prt"),
                         ("Record", "Rec"))
)  # fmt: skip


class Lines(App[None]):
    """One line of tabs and nothing else."""

    def compose(self) -> ComposeResult:
        yield TabLine()


async def shown(
    width: int, *, current: str = "text", tabs: Sequence[Tab] = TABS
) -> str:
    async with Lines().run_test(size=(width, 3)) as pilot:
        line = pilot.app.query_one(TabLine)
        line.show(tabs, current)
        return "".join(segment.text for segment in line.render_line(0)).rstrip()


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (40, " Text  Links 12  Parts  Record"),
        (31, " Text  Links 12  Parts  Record"),
        (30, " Text  Links 12  Parts  Rec"),
        (26, " Text  Links 12  Prt  Rec"),
        (25, " Text  Lnk  Prt  Rec"),
        (20, "Text Lnk Prt Rec"),
        (17, "Text Lnk Prt Rec"),
        (16, "Text Lnk Prt"),
    ],
)
async def test_titles_are_short_where_there_is_no_room(width: int, text: str) -> None:
    assert await shown(width) == text


async def test_the_current_tab_is_in_sight_at_any_width() -> None:
    assert await shown(10, current="record") == "Prt Rec"
    assert await shown(10, current="parts") == "Lnk Prt"
    assert await shown(4, current="record") == "Rec"


async def test_without_tabs_nothing_is_shown() -> None:
    assert await shown(0, tabs=()) == ""
    assert await shown(5, current="gone") == "Text"
