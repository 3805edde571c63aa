"""Choices on one line: what they are, and how they are changed, where that fits."""

import pytest
from textual.app import App, ComposeResult

from tuimail.tui.set_up import values
from tuimail.tui.widgets import choosers
from tuimail.tui.widgets.bar import Bar
from tuimail.tui.widgets.choosers import AccountChoice
from tuimail.tui.widgets.picks import Stepper

NAMES = ("Mara Lin <mara@example.org>", "Mara Lin <mara.lin@example.net>")


class Host(App[None]):
    """One choice of each kind."""

    def compose(self) -> ComposeResult:
        yield Stepper([values.Choice(key=one, text=one) for one in NAMES], key="")
        yield AccountChoice()

    def on_mount(self) -> None:
        offered = [
            choosers.Choice(account=one, sender=one, name=one, way="work, smtp")
            for one in NAMES
        ]
        self.query_one(AccountChoice).offer(offered, account=NAMES[0])


async def ends(width: int) -> list[str]:
    """Return what is said of the choices beside the one that is shown."""
    host = Host()
    async with host.run_test(size=(width, 4)):
        lines = [one.render_line(0).text for one in host.query(Bar)]
    return [one.partition("   1 of ")[2].rstrip() for one in lines]


async def test_that_there_are_others_is_said_even_where_the_key_has_no_room() -> None:
    assert await ends(80) == ["2, Space changes"] * 2
    assert await ends(49) == ["2", "2"]


@pytest.mark.parametrize(
    ("width", "said"),
    [(40, "no account yet: F9 adds one"), (20, "no account yet")],
)
async def test_that_there_is_no_account_names_the_usual_key_where_that_has_room(
    width: int, said: str
) -> None:
    host = Host()
    async with host.run_test(size=(width, 4)):
        choice = host.query_one(AccountChoice)
        choice.offer((), account="")
        line = choice.render_line(0).text.rstrip()

    assert line == said
