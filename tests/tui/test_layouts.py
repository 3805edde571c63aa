"""How one mail looks in a list, in whatever room there is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.tui.test_whys import NOW, row
from tuimail.core.origin import Origin
from tuimail.tui import wording
from tuimail.tui.widgets.layouts import (
    STATUS,
    SUBJECT,
    TO,
    WHEN,
    WHY,
    Card,
    Cells,
    Column,
    Columns,
    DayColumns,
    tone,
)
from tuimail.tui.widgets.prose import Kind

ROW = row(
    status="deferred",
    to=("Ana Novák <ana@example.net>",),
    subject="見積書の件 (quote, 3 files)",
    reason="The mailbox is full",
    worst_finding="warning",
    finding_count=2,
    updated_at=NOW - timedelta(hours=2),
    origin=Origin(actor="agent:sales", door="http"),
)
COLUMNS = (STATUS, WHEN, TO, SUBJECT, WHY)


def text(cells: Cells) -> str:
    return "".join(cell.text for cell in cells)


@pytest.mark.parametrize("width", [64, 80, 89, 90, 100, 160])
@pytest.mark.parametrize(
    "layout", [Card(usual="review"), Columns(COLUMNS), DayColumns(COLUMNS)]
)
def test_no_line_is_wider_than_it_may_be(
    layout: Card | Columns | DayColumns, width: int
) -> None:
    gutter = layout.gutter(width) if isinstance(layout, DayColumns) else 0
    lines = [text(line).rstrip() for line in layout.lines(ROW, width, NOW)]

    assert len(lines) == layout.height
    assert all(0 < wording.cells(line) <= width - gutter for line in lines)


def test_a_column_is_left_out_where_there_is_no_room_for_it() -> None:
    columns = Columns(COLUMNS)

    assert "WHY" in columns.header(64)
    assert "WHY" not in columns.header(63)


def test_what_is_left_over_goes_to_those_that_have_a_share() -> None:
    one = Column(title="A", text=lambda *_: "a" * 50, cells=5)
    two = replace(one, title="B", share=1)

    line = text(Columns((one, two)).lines(ROW, 40, NOW)[0])

    assert [len(part) for part in line.split() if part.startswith("a")] == [5, 31]


def test_a_card_says_first_what_tells_a_mail_from_others() -> None:
    whole, narrow = (Card(usual="review").lines(ROW, width, NOW) for width in (90, 44))

    assert text(whole[0]).startswith("! Ana Novák")
    assert text(whole[1]).rstrip().endswith("agent:sales · 2 findings · deferred")
    assert "agent:sales" not in text(narrow[1])
    assert text(narrow[1]).rstrip().endswith("deferred")


def test_what_goes_without_saying_is_not_said() -> None:
    lines = Card(usual="deferred").lines(ROW, 90, NOW)

    assert "deferred" not in text(lines[1])


def test_days_stand_in_front_of_a_wide_list_and_hours_in_it() -> None:
    layout = DayColumns((WHEN, SUBJECT))

    assert layout.group(ROW, NOW) == "Today"
    assert layout.group(ROW, NOW + timedelta(days=1)) == "Yesterday"
    assert layout.gutter(89) == 0
    assert layout.header(90).startswith(" " * layout.gutter(90))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("error", Kind.BLOCK),
        ("held", Kind.WARNING),
        ("sent", Kind.GOOD),
        ("draft", Kind.MUTED),
    ],
)
def test_colour_repeats_the_word_of_a_status(status: str, kind: Kind) -> None:
    assert tone(replace(ROW, status=status)) is kind
