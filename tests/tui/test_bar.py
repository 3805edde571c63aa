"""A line of pieces: whole ones or none, and what a click on one means."""

from collections.abc import Sequence

import pytest
from textual.app import App, ComposeResult

from tuimail.tui.widgets.bar import Bar, Piece


class Words(Bar):
    """Three words, and a fourth at the right end."""

    def pieces(self) -> Sequence[Piece]:
        words = ("one ", "two ", "three ")
        return [Piece(text=one, style="text", target=one.strip()) for one in words]

    def right(self) -> Piece | None:
        return Piece(text="end", style="alarm")


class Host(App[None]):
    """One line and nothing else."""

    def compose(self) -> ComposeResult:
        yield Words()


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (20, "one two three   end "),
        (18, "one two three end "),
        (17, "one two      end "),
        (11, "one    end "),
    ],
)
async def test_a_piece_is_shown_whole_or_not_at_all(width: int, said: str) -> None:
    async with Host().run_test(size=(width, 2)) as pilot:
        line = pilot.app.query_one(Words).render_line(0).text

    assert line == said


async def test_a_line_is_as_wide_as_its_place_whatever_its_height() -> None:
    async with Host().run_test(size=(20, 2)) as pilot:
        below = pilot.app.query_one(Words).render_line(1)

    assert below.text == " " * 20


async def test_a_click_is_on_the_piece_below_it_and_on_none_beside_them() -> None:
    async with Host().run_test(size=(20, 2)) as pilot:
        bar = pilot.app.query_one(Words)
        found = [bar.target_at(x) for x in (0, 4, 8, 15)]

    assert found == ["one", "two", "three", ""]
