"""The list whose selection is a mail, never a place."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from tests.tui.conftest import NOW, Desk, Ticks
from tuimail.tui.guard import Guard
from tuimail.tui.widgets import layouts
from tuimail.tui.widgets.layouts import Card, Cells, Columns, DayColumns
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

    def on_mail_table_marked(self, message: MailTable.Marked) -> None:
        assert message.control in self.tables
        self.said.append(("cut" if message.is_cut else "marked", ""))

    def on_mail_table_narrowed(self, message: MailTable.Narrowed) -> None:
        assert message.control in self.tables
        self.said.append(("filter", ""))

    def on_mail_table_widened(self, message: MailTable.Widened) -> None:
        assert message.control in self.tables
        self.said.append(("all", ""))

    def on_mail_table_hit_wanted(self, message: MailTable.HitWanted) -> None:
        assert message.control in self.tables
        self.said.append(("hit", str(message.step)))

    def on_mail_table_wanted(self, message: MailTable.Wanted) -> None:
        assert message.control in self.tables
        self.said.append(("wanted", ""))


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


@pytest.fixture
def many(rows: list[Row]) -> list[Row]:
    return [
        replace(rows[0], id=f"id{number}", subject=f"mail {number}")
        for number in range(1000)
    ]


def app_of(pilot: Pilot[None]) -> Lists:
    assert isinstance(pilot.app, Lists)
    return pilot.app


async def table_with_days(pilot: Pilot[None]) -> MailTable:
    """Put a list above the others that says which day its mails are of."""
    table = MailTable(
        DayColumns((layouts.STATUS, layouts.WHEN, layouts.SUBJECT)),
        guard=app_of(pilot).guard,
        now=lambda: NOW,
        empty="",
    )
    await pilot.app.mount(table, before=0)
    table.styles.width, table.styles.height = 100, 9
    return table


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
        (["G", "home"], "id0"),
        (["pagedown"], "id2"),
        (["pagedown", "pageup"], "id0"),
        (["ctrl+d"], "id1"),
        (["pagedown", "ctrl+d", "ctrl+u"], "id2"),
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


@pytest.mark.parametrize(("number", "selected"), [(5, "id4"), (999, "id19")])
async def test_a_mail_is_gone_to_by_its_number(
    pilot: Pilot[None], rows: list[Row], number: int, selected: str
) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows)

    cards.action_move_to_line(number)

    assert cards.selected == selected


def part(table: MailTable, rows: list[Row], first: int, last: int, **said: Any) -> None:
    """Show a part of ``rows``, which are the whole list."""
    table.show(rows[first:last], start=first, total=len(rows), **said)


async def test_a_table_asks_for_what_is_about_to_be_seen(
    pilot: Pilot[None], many: list[Row]
) -> None:
    app = app_of(pilot)
    cards = app.tables[0]
    part(cards, many, 0, 100)
    await pilot.pause()
    assert ("wanted", "") not in app.said

    for place in range(0, 99, 3):
        cards.select(f"id{place}")
        cards.action_move(1)
    await pilot.pause()
    asked = cards.asked

    assert app.said.count(("wanted", "")) == 1
    assert (asked.place, asked.around[0]) == (97, "id97")
    assert asked.above >= 30
    assert asked.below >= 30


async def test_the_end_of_the_list_is_gone_to_when_it_is_there(
    pilot: Pilot[None], many: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    part(cards, many, 0, 100)

    cards.action_move_to_bottom()
    meanwhile, asked = cards.selected, cards.asked
    part(cards, many, 900, 1000, selected=many[0])
    await pilot.pause()

    assert (meanwhile, asked.place, asked.around) == ("id0", -1, ())
    assert cards.selected == "id999"
    assert "mail 999" in "".join(text(pilot)[:6])


async def test_keys_that_come_faster_than_the_list_add_up(
    pilot: Pilot[None], many: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    part(cards, many, 0, 100)
    cards.select("id99")
    cards.show(many[:100], total=1000)

    cards.action_move(1)
    cards.action_move(5)
    asked = cards.asked.place
    part(cards, many, 60, 160, selected=many[99], place=99)

    assert asked == 105
    assert cards.selected == "id105"


async def test_where_somebody_scrolls_to_the_rows_are_asked_for(
    pilot: Pilot[None], many: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    part(cards, many, 0, 100)
    await pilot.pause()

    cards.scroll_to(y=1000, animate=False)
    await pilot.pause()
    empty, asked = text(pilot)[0], cards.asked
    part(cards, many, 450, 550, selected=many[0])
    await pilot.pause()

    assert empty.strip() == "…"
    assert asked.place == 500
    assert "mail 500" in text(pilot)[1]
    assert (cards.selected, cards.selected_row) == ("id0", many[0])

    cards.action_move(1)
    part(cards, many, 0, 100)
    assert cards.selected == "id1"


async def test_nothing_moves_while_fifty_mails_a_second_come_and_go(
    pilot: Pilot[None], many: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The selected mail keeps its line on the screen, and so does what is around."""
    cards = app_of(pilot).tables[0]
    part(cards, many, 400, 600)
    cards.select("id500")
    part(cards, many, 400, 600)
    await pilot.pause()
    before = [line[:38] for line in text(pilot)[:6]]

    drawn: list[int] = []
    monkeypatch.setattr(cards, "render_line", _counting(cards.render_line, drawn))
    for step in range(1, 11):
        come = [replace(many[0], id=f"new{number}") for number in range(5 * step)]
        changed = [
            row if 490 < place < 510 else replace(row, attempts=step)
            for place, row in enumerate(many)
        ]
        now = come + changed
        part(cards, now, 400 + 5 * step, 600 + 5 * step)
        await pilot.pause()

    assert cards.selected == "id500"
    assert [line[:38] for line in text(pilot)[:6]] == before
    assert drawn == []


def _counting(
    render: Callable[[int], Strip], drawn: list[int]
) -> Callable[[int], Strip]:
    def counted(y: int) -> Strip:
        drawn.append(y)
        return render(y)

    return counted


async def test_only_the_rows_that_changed_are_drawn(
    pilot: Pilot[None], many: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = app_of(pilot).tables[0]
    part(cards, many, 0, 100)
    await pilot.pause()
    drawn: list[int] = []
    monkeypatch.setattr(cards, "render_line", _counting(cards.render_line, drawn))

    many[1] = replace(many[1], subject="other")
    part(cards, many, 0, 100)
    await pilot.pause()

    assert sorted(set(drawn)) == [2, 3]
    assert "other" in text(pilot)[3]


async def test_a_selection_is_drawn_before_anything_else_is_done(
    pilot: Pilot[None], many: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = app_of(pilot).tables[0]
    part(cards, many, 0, 100)
    await pilot.pause()
    drawn: list[int] = []
    monkeypatch.setattr(cards, "render_line", _counting(cards.render_line, drawn))

    cards.action_move(1)

    assert sorted(set(drawn)) == [0, 1, 2, 3]


async def test_titles_stay_as_they_are_while_a_list_with_days_scrolls(
    pilot: Pilot[None], many: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What scrolled away stood below them, and is not drawn in their place."""
    table = await table_with_days(pilot)
    await pilot.pause()
    table.show(many)
    table.action_move(7)
    await pilot.pause()
    drawn: list[int] = []
    monkeypatch.setattr(table, "render_line", _counting(table.render_line, drawn))

    table.action_move(1)
    await pilot.pause()

    assert table.scroll_offset.y == 1
    assert sorted(set(drawn)) == [1, 7, 8]


async def test_rows_look_as_the_theme_has_them_once_it_is_another(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows)
    await pilot.pause()
    before = cards.render_line(0), cards.render_line(2)

    pilot.app.theme = "textual-light"
    await pilot.pause()
    after = cards.render_line(0), cards.render_line(2)
    cards.refresh()

    assert all(one != other for one, other in zip(before, after, strict=True))
    assert after == (cards.render_line(0), cards.render_line(2))


async def test_a_line_that_comes_back_is_not_made_again(
    pilot: Pilot[None], many: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    cards = app_of(pilot).tables[0]
    part(cards, many, 0, 100)
    await pilot.pause()
    cards.action_move(3)
    cards.action_move(-3)
    made: list[Row] = []
    lines = cards._layout.lines

    def noted(row: Row, *at: Any) -> tuple[Cells, ...]:
        made.append(row)
        return lines(row, *at)

    monkeypatch.setattr(cards._layout, "lines", noted)

    cards.action_move(3)
    cards.action_move(-3)
    await pilot.pause()
    again = len(made)
    cards.refresh()
    await pilot.pause()

    assert again == 0
    assert made


async def test_a_mail_between_others_that_left_is_missed_where_it_was(
    pilot: Pilot[None], many: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    part(cards, many, 0, 100)
    cards.select("id50")
    part(cards, many, 0, 100)

    less = [many[0], *many[10:50], *many[51:]]
    cards.show(less[:90], total=len(less))
    gone = cards.selected, cards.selected_row
    cards.action_move(1)

    assert gone == ("id50", None)
    assert cards.selected == "id51"


async def test_another_search_selects_its_first_hit(
    pilot: Pilot[None], many: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    part(cards, many, 0, 100)
    cards.select("id50")
    part(cards, many, 0, 100)

    cards.show(many[7:9], is_other=True)
    first = cards.selected
    cards.show(many[6:9], is_other=True)
    await pilot.pause()

    assert (first, cards.selected) == ("id7", "id7")
    assert "mail 6" in text(pilot)[1]


async def test_a_mark_stands_beside_the_cursor_and_goes_again(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    cards, columns = app_of(pilot).tables
    cards.show(rows)
    columns.show(rows)
    columns.mark_selected()
    await pilot.press("space", "j", "space", "j")
    await pilot.pause()
    shown = text(pilot)

    assert cards.marked == ("id0", "id1")
    assert shown[1].startswith("*")
    assert shown[7].startswith("▸*")
    assert ("marked", "") in app_of(pilot).said

    await pilot.press("V")
    assert not cards.marked
    assert not any(line.startswith("*") for line in text(pilot)[:6])


async def test_a_range_follows_the_cursor(pilot: Pilot[None], rows: list[Row]) -> None:
    cards = app_of(pilot).tables[0]
    cards.show(rows)

    await pilot.press("j", "v", "j", "j")
    ranging = cards.is_ranging
    await pilot.press("v", "j")

    assert cards.marked == ("id1", "id2", "id3")
    assert ranging
    assert not cards.is_ranging


async def test_a_range_over_what_is_not_loaded_is_told_to_have_ended(
    pilot: Pilot[None], many: list[Row]
) -> None:
    cards = app_of(pilot).tables[0]
    part(cards, many, 0, 100)
    cards.action_range()

    cards.action_move_to_bottom()
    part(cards, many, 900, 1000, selected=many[0], marked=[many[0]])
    await pilot.pause()

    assert ("cut", "") in app_of(pilot).said
    assert cards.marked == ("id0",)
    assert many[0] in cards.rows


async def test_no_marks_are_made_where_nothing_is_selected(pilot: Pilot[None]) -> None:
    cards = app_of(pilot).tables[0]

    await pilot.press("space", "v", "V", "G", "j")

    assert cards.marked == ()
    assert not cards.is_ranging


async def test_keys_for_searching_are_handed_on(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    app = app_of(pilot)
    cards = app.tables[0]
    cards.show(rows)
    await pilot.press("n", "escape")
    before = [one for one in app.said if one[0] in {"hit", "all"}]  # type: ignore[index]

    cards.has_hits = cards.is_narrow = True
    await pilot.press("slash", "n", "N", "escape")

    said = [one for one in app.said if one[0] in {"filter", "hit", "all"}]  # type: ignore[index]
    assert before == []
    assert said == [("filter", ""), ("hit", "1"), ("hit", "-1"), ("all", "")]


async def test_what_is_said_of_an_empty_list_may_change(pilot: Pilot[None]) -> None:
    cards = app_of(pilot).tables[0]
    await pilot.pause()

    cards.say_empty("0 of 3 match.")
    cards.say_empty("0 of 3 match.")
    await pilot.pause()

    assert "0 of 3 match." in "\n".join(text(pilot))


async def test_the_first_of_a_day_says_which_day_it_is(
    pilot: Pilot[None], rows: list[Row]
) -> None:
    days = [NOW - timedelta(days=number // 2) for number in range(8)]
    sent = [
        replace(row, updated_at=day) for row, day in zip(rows[:8], days, strict=True)
    ]
    table = await table_with_days(pilot)
    table.show(sent)
    await pilot.pause()
    wide = text(pilot)[:9]
    table.styles.width = 82
    await pilot.pause()
    narrow = text(pilot)[:9]

    assert [line[2:14].strip() for line in wide] == [
        "", "Today", "", "Yesterday", "", "Sat 28 Feb", "", "Fri 27 Feb", "",
    ]  # fmt: skip
    assert "14:02" in wide[8]
    assert "27 Feb" in narrow[8]
    assert wide[0].index("SUBJECT") == wide[1].index("mail 0")


async def test_a_year_ago_is_said_with_the_year(rows: list[Row]) -> None:
    layout = DayColumns(())
    old = replace(rows[0], updated_at=NOW - timedelta(days=400))

    assert layout.group(old, NOW) == "26 Jan 2025"


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
    first, second = [line for line in text(pilot) if line.strip()][:2]

    assert first.strip() == "Nothing."
    assert second.strip() == "Really."
    assert first.index("N") == second.index("R") > 10


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
    assert second(28).endswith("2 found · approved")
    assert second(20).endswith("approved")
    assert card.lines(row, 30, NOW)[0][0].text.startswith("! ")


def test_a_long_subject_leaves_room_for_author_and_findings(rows: list[Row]) -> None:
    row = replace(rows[0], finding_count=2, subject="Your invoice is due on Friday")
    card = Card(usual=rows[0].status)

    def second(width: int) -> str:
        return "".join(cell.text for cell in card.lines(row, width, NOW)[1])

    assert second(50).endswith("person:mara · 2 findings")
    assert second(50).startswith("  Your invoice is due on… ")
    assert second(26) == "  Your invoice is… 2 found"


def test_the_usual_status_goes_without_saying(rows: list[Row]) -> None:
    card = Card(usual="draft")

    assert "draft" not in "".join(cell.text for cell in card.lines(rows[0], 60, NOW)[1])
