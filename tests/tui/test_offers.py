"""Lines below a field: which one is meant, and how many more there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tuimail.tui.widgets.offers import MOST_SHOWN, Offers


@dataclass(frozen=True)
class One:
    """A line with a number."""

    number: int
    more: str = "known"

    @property
    def label(self) -> str:
        return f"line {self.number}"


class Host(App[None]):
    """A list, and what was clicked in it."""

    def __init__(self) -> None:
        super().__init__()
        self.clicked: list[int] = []

    def compose(self) -> ComposeResult:
        yield Offers[One]()

    def on_offers_clicked(self, message: Offers.Clicked) -> None:
        self.clicked.append(message.place)


def offers(pilot: Pilot[None]) -> Offers[One]:
    found: Offers[One] = pilot.app.query_one(Offers)
    return found


def lines(pilot: Pilot[None]) -> Sequence[str]:
    shown = offers(pilot)
    return [shown.render_line(y).text.rstrip() for y in range(shown.size.height)]


def some(number: int) -> list[One]:
    return [One(place) for place in range(number)]


async def test_the_first_is_meant_only_where_that_was_said() -> None:
    async with Host().run_test(size=(30, 12)) as pilot:
        offers(pilot).show(some(2), is_first_marked=False)
        await pilot.pause()
        unmarked, nothing = lines(pilot), offers(pilot).marked
        offers(pilot).show(some(2), is_first_marked=True)
        await pilot.pause()
        marked = lines(pilot)

    assert nothing is None
    assert unmarked == [
        "  line 0                known",
        "  line 1                known",
    ]
    assert marked[0] == "▸ line 0                known"


async def test_the_one_that_is_meant_stays_so_among_others() -> None:
    async with Host().run_test(size=(30, 12)) as pilot:
        shown = offers(pilot)
        shown.show(some(3), is_first_marked=True)
        shown.move(2)
        shown.show([One(7), One(2)], is_first_marked=True)
        kept = shown.marked
        shown.show([One(7)], is_first_marked=False)

        assert kept == One(2)
        assert shown.marked is None


async def test_above_the_first_none_is_meant_and_below_the_last_the_last() -> None:
    async with Host().run_test(size=(30, 12)) as pilot:
        shown = offers(pilot)
        shown.show(some(3), is_first_marked=True)
        shown.move(-1)
        above = shown.marked
        shown.move(9)

        assert above is None
        assert shown.marked == One(2)


async def test_of_many_it_is_said_how_many_are_out_of_sight() -> None:
    async with Host().run_test(size=(30, 12)) as pilot:
        shown = offers(pilot)
        shown.show(some(MOST_SHOWN + 3), is_first_marked=True)
        await pilot.pause()
        below = lines(pilot)
        shown.move(MOST_SHOWN)
        await pilot.pause()
        between = lines(pilot)

    assert len(below) == MOST_SHOWN + 1
    assert below[-1] == "  3 below"
    assert between[-1] == "  1 above and 2 below"
    assert between[-2].startswith(f"▸ line {MOST_SHOWN}")


async def test_a_click_says_which_line_it_was_on_and_elsewhere_nothing() -> None:
    host = Host()
    async with host.run_test(size=(30, 12)) as pilot:
        offers(pilot).show(some(MOST_SHOWN + 1), is_first_marked=True)
        await pilot.pause()
        await pilot.click(Offers, offset=(3, 2))
        await pilot.click(Offers, offset=(3, MOST_SHOWN))
        await pilot.pause()

    assert host.clicked == [2]
