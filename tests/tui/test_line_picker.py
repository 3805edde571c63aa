"""Lines of a text, of which one or a few are chosen by keys."""

from textual.app import App, ComposeResult

from tuimail.core.decision import Comment
from tuimail.tui.widgets.line_picker import LinePicker

TEXT = tuple(f"line {number}" for number in range(1, 31))


class Host(App[None]):
    """The lines, and what was said of them."""

    def __init__(self, line: int = 3) -> None:
        super().__init__()
        self._line = line
        self.chosen: list[tuple[int, int]] = []
        self.taken = 0

    def compose(self) -> ComposeResult:
        yield LinePicker(TEXT, (), line=self._line, id="lines")

    def on_line_picker_chosen(self, message: LinePicker.Chosen) -> None:
        assert message.control is message.picker
        self.chosen.append((message.first, message.last))

    def on_line_picker_taken(self, message: LinePicker.Taken) -> None:
        assert message.control is message.picker
        self.taken += 1


async def test_one_line_is_chosen_and_another_when_one_goes_there() -> None:
    host = Host()
    async with host.run_test(size=(30, 10)) as pilot:
        picker = pilot.app.query_one(LinePicker)
        first = picker.chosen
        picker.action_move(1)
        picker.action_edge(0)
        await pilot.pause()

    assert first == (3, 3)
    assert host.chosen[-2:] == [(4, 4), (30, 30)]


async def test_a_range_is_from_where_it_began_in_either_direction() -> None:
    async with Host(5).run_test(size=(30, 10)) as pilot:
        picker = pilot.app.query_one(LinePicker)
        picker.action_range()
        picker.action_move(2)
        down = picker.chosen
        picker.action_move(-4)
        up = picker.chosen
        picker.action_range()

        assert (down, up, picker.chosen) == ((5, 7), (3, 5), (3, 3))


async def test_nobody_goes_beyond_the_first_or_the_last_line() -> None:
    async with Host(99).run_test(size=(30, 10)) as pilot:
        picker = pilot.app.query_one(LinePicker)
        at_first = picker.chosen
        picker.action_move(-99)

        assert at_first == (30, 30)
        assert picker.chosen == (1, 1)


async def test_the_chosen_line_is_in_sight_and_what_is_meant_is_taken() -> None:
    host = Host(1)
    async with host.run_test(size=(30, 10)) as pilot:
        picker = pilot.app.query_one(LinePicker)
        picker.action_page(2)
        await pilot.pause()
        strips = pilot.app.screen._compositor.render_strips()
        shown = "".join(segment.text for strip in strips for segment in strip)
        picker.action_take()
        await pilot.pause()
        at = picker.chosen[0]

    assert f"line {at}" in shown
    assert host.taken == 1


def test_a_line_that_was_noted_something_about_is_told_with_it() -> None:
    remark = Comment(line=2, text="Not ours.")

    picker = LinePicker(TEXT[:2], (remark,), line=2, id="lines")

    assert "Not ours." in " ".join(str(one) for one in picker._lines)
