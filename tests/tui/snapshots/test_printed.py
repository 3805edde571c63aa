"""A screen as text says what changed in it, and where."""

from dataclasses import replace

import pytest
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.tui.conftest import NOW, Desk
from tests.tui.snapshots.printed import Shot, difference, printed, shot
from tests.tui.snapshots.walk import colourless
from tuimail.tui.widgets import layouts
from tuimail.tui.widgets.layouts import Columns
from tuimail.workspace.views import (
    DRAFT_STATUSES,
    OUTBOX_STATUSES,
    REVIEW_STATUSES,
    SENT_STATUSES,
)

RED = Style.parse("red")
BOLD = Style.parse("bold red")
KEPT = """\
=== words
 a 見積

=== styles in dark
a = red
b = bold red
1: 2a 1b 4a
2: 7a
=== styles in light
a = bold red
1-2: 7a
"""


def taken(*cells: tuple[str, Style]) -> Shot:
    """Return a line of ``cells``, and an empty one."""
    line = Strip([Segment(text, style) for text, style in cells])
    return shot([line, Strip([Segment(" " * 7, cells[0][1])])])


DARK = taken((" a", RED), (" ", BOLD), ("見積", RED))
LIGHT = taken((" a ", BOLD), ("見積", BOLD))


def test_a_screen_is_its_lines_and_what_each_part_of_them_looks_like() -> None:
    assert printed({"dark": DARK, "light": LIGHT}) == KEPT


def test_a_screen_that_is_as_it_was_kept_has_no_difference() -> None:
    kept = printed({"dark": DARK, "light": LIGHT})

    assert not difference(kept, "dark", DARK)
    assert not difference(kept, "light", LIGHT)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (taken((" b", RED), (" ", BOLD), ("見積", RED)), "- a 見積\n+ b 見積"),
        (taken((" a", RED), (" ", RED), ("見積", RED)), "+1-2: 7a"),
    ],
)
def test_what_changed_is_told(now: Shot, told: str) -> None:
    kept = printed({"dark": DARK})

    assert told in difference(kept, "dark", now)


def test_what_was_never_kept_is_told() -> None:
    assert difference("", "dark", DARK)
    assert difference(printed({"dark": DARK}), "light", DARK)


def test_a_long_difference_is_cut_and_says_so() -> None:
    many = shot([Strip([Segment(str(number), RED)]) for number in range(90)])

    told = difference(printed({"dark": DARK}), "dark", many).split("\n")

    assert len(told) == 41
    assert told[-1].endswith("lines more")


@pytest.mark.parametrize("width", [120, 80, 60])
def test_no_two_states_look_the_same_without_colours(desk: Desk, width: int) -> None:
    statuses = DRAFT_STATUSES | REVIEW_STATUSES | OUTBOX_STATUSES | SENT_STATUSES
    columns = (layouts.STATUS, layouts.WHEN, layouts.TO, layouts.SUBJECT)
    row = desk.write()

    shown = {
        tuple(
            "".join(cell.text for cell in line)
            for line in Columns(columns).lines(replace(row, status=one), width, NOW)
        )
        for one in statuses
    }

    assert len(shown) == len(statuses)


def test_colours_are_taken_out_as_the_app_does() -> None:
    (line,) = colourless([Strip([Segment("x", BOLD)])], "black")

    assert [str(one.style) for one in line] == ["bold default on default"]
