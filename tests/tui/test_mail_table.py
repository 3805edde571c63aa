"""The list whose selection is a mail, never a place."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tests.tui.conftest import NOW, Desk, Ticks
from tuimail.tui.guard import Guard
from tuimail.tui.widgets import layouts
from tuimail.tui.widgets.layouts import Card, Columns
from tuimail.tui.widgets.mail_table import MailTable
from tuimail.workspace.views import Row


class Lists(App[None]):
    """A table of cards and one of columns, and what they said."""

    CSS = "MailTable { height: 6; width: 40; }"

    def __init__(self) -> None:
        super().__init__()
        self.guard = Guard(Ticks())
        self.said: list[object] = []
        self.tables = [
            MailTable(
                layout, guard=self.guard, now=lambda: NOW, empty="Nothing.\nReally."
            )
            for layout in (Card(usual="review"), COLUMNS)
        ]

    def compose(self) -> ComposeResult:
        yield from self.tables

    def on_mail_table_selected(self, message: MailTable.Selected) -> None:
        self.said.append(("selected", message.row_id))

    def on_mail_table_opened(self, message: MailTable.Opened) -> None:
        self.said.append(("opened", message.row_id))

    def on_mail_table_end_near(self, message: MailTable.EndNear) -> None:
        assert message.control in self.tables
        self.said.append("end")


COLUMNS = Columns((layouts.STATUS, layouts.TO, layouts.SUBJECT, layouts.ACCOUNT))


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    app = Lists()
    async with app.run_test() as pilot:
        app.tables[0].focus()
        await pilot.pause()
        yield pilot


@pytest.fixture
def rows(desk: Desk) -> list[Row]:
    row = desk.write()
    return [
        replace(row, id=f"id{number}", subject=f"mail {number}") for number in range(20)
    ]


def app_of(pilot: Pilot[None]) -> Lists:
    assert isinstance(pilot.app, Lists)
    return pilot.app


def text(pilot: Pilot[None]) -> list[str]:
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


async def test_the_first_mail_is_selected_at_first(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]

    cards.show(rows)
    await pilot.pause()

    assert cards.selected == "id0"
    assert ("selected", "id0") in app_of(pilot).said


async def test_new_rows_do_not_move_the_selection_nor_the_view(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows[5:])
    cards.select("id9")
    await pilot.pause()
    before = [line for line in text(pilot) if "▸" in line]

    cards.show(rows)
    await pilot.pause()

    assert cards.selected == "id9"
    assert [line for line in text(pilot) if "▸" in line] == before
    assert text(pilot).index(before[0]) == next(
        place for place, line in enumerate(text(pilot)) if "▸" in line
    )


async def test_a_mail_that_left_stays_selected_and_its_neighbours_are_next(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows)
    cards.select("id3")

    cards.show([row for row in rows if row.id != "id3"])
    stayed, row = cards.selected, cards.selected_row
    cards.action_move(1)
    below = cards.selected
    cards.action_move(-1)

    assert (stayed, row) == ("id3", None)
    assert (below, cards.selected) == ("id4", "id2")


async def test_going_up_from_a_mail_that_left_goes_to_the_one_above(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows)
    cards.select("id3")
    cards.show([row for row in rows if row.id != "id3"])

    cards.action_move(-1)

    assert cards.selected == "id2"


async def test_a_change_of_what_is_selected_disarms_the_guard(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    app = app_of(pilot)
    cards, guard = app.tables[0], app.guard
    ticks = guard.now
    assert isinstance(ticks, Ticks)

    def is_deaf() -> bool:
        deaf = not guard.allows()
        ticks.pass_by(1)
        return deaf

    cards.show(rows)
    at_first = is_deaf()
    cards.show(rows)
    unchanged = is_deaf()
    cards.show([replace(rows[0], revision=2), *rows[1:]])
    revised = is_deaf()
    cards.show(rows[1:])
    gone = is_deaf()
    cards.action_move(1)
    moved = is_deaf()

    assert (at_first, unchanged, revised, gone, moved) == (
        True,
        False,
        True,
        True,
        True,
    )


async def test_after_a_decision_the_next_mail_is_selected(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows[:2])

    cards.leave_selected()
    second = cards.selected
    cards.leave_selected()
    cards.show([])
    cards.leave_selected()

    assert second == "id1"
    assert cards.selected == ""


@pytest.mark.parametrize(
    ("keys", "selected"),
    [
        ("j", "id1"),
        ("jjk", "id1"),
        ("kk", "id0"),
        ("G", "id19"),
        ("Gg", "id0"),
        (["pagedown"], "id2"),
        (["pagedown", "pageup"], "id0"),
    ],
)
async def test_keys_move_the_selection(
    pilot: Pilot[None], rows: list[Row], keys: str, selected: str
) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows)

    await pilot.press(*keys)

    assert cards.selected == selected
    assert any("▸" in line for line in text(pilot)[:6])


async def test_the_end_of_what_was_loaded_is_told(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    app_of(pilot).tables[0].show(rows)

    await pilot.press("G")

    assert "end" in app_of(pilot).said


async def test_enter_opens_the_selected_mail(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows)
    await pilot.press("j", "enter")
    cards.show([])
    await pilot.press("enter", "j")

    said = [one for one in app_of(pilot).said if one[0] == "opened"]  # type: ignore[index]
    assert said == [("opened", "id1")]


async def test_a_click_selects_and_hovering_does_not(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards, columns = app_of(pilot).tables
    cards.show(rows)
    columns.show(rows)
    await pilot.pause()

    await pilot.hover(cards, offset=(3, 4))
    hovered = cards.selected
    await pilot.click(cards, offset=(3, 4))
    await pilot.click(columns, offset=(3, 0))
    on_header = columns.selected
    await pilot.click(columns, offset=(3, 3))

    assert hovered == "id0"
    assert cards.selected == "id2"
    assert on_header == "id0"
    assert columns.selected == "id2"


async def test_a_click_below_the_last_mail_changes_nothing(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows[:1])
    await pilot.pause()

    await pilot.click(cards, offset=(3, 5))

    assert cards.selected == "id0"


async def test_an_empty_list_says_so(pilot: Pilot[None]) -> None:
    assert text(pilot)[0].startswith(" Nothing.")
    assert text(pilot)[1].startswith(" Really.")


async def test_titles_stay_above_their_columns(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    columns = app_of(pilot).tables[1]
    columns.show(rows)
    columns.action_move_to_bottom()
    await pilot.pause()
    shown = text(pilot)[6:12]

    assert shown[0].split()[:3] == ["STATUS", "TO", "SUBJECT"]
    assert shown[0].index("SUBJECT") == shown[-1].index("mail 19")
    assert "▸" in shown[-1]


async def test_wide_lists_have_more_columns(rows: list[Row]) -> None:
    assert "ACCOUNT" not in COLUMNS.header(60)
    assert "ACCOUNT" in COLUMNS.header(100)


@pytest.mark.parametrize("width", range(1, 70, 3))
@pytest.mark.parametrize(
    "layout", [Card(usual="review"), COLUMNS], ids=["card", "columns"]
)
def test_a_line_is_never_much_wider_than_its_list(
    rows: list[Row], layout: Card | Columns, width: int
) -> None:
    """The widget cuts; a layout must only not run away or fail."""
    for cells in layout.lines(rows[0], width, NOW):
        assert sum(len(cell.text) for cell in cells) < max(width, 60) + 2


def test_a_card_says_as_much_as_there_is_room_for(rows: list[Row]) -> None:
    row = replace(rows[0], finding_count=2, worst_finding="warning", status="approved")
    card = Card(usual="review")

    def second(width: int) -> str:
        return "".join(cell.text for cell in card.lines(row, width, NOW)[1])

    assert "person:mara · 2 findings · approved" in second(60)
    assert second(34).endswith("2 findings · approved")
    assert second(20).endswith("approved")
    assert card.lines(row, 30, NOW)[0][0].text.startswith("! ")


def test_the_usual_status_goes_without_saying(rows: list[Row]) -> None:
    card = Card(usual="draft")

    assert "draft" not in "".join(cell.text for cell in card.lines(rows[0], 60, NOW)[1])
