"""The view for texts of any length."""

from collections.abc import AsyncIterator

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.strip import Strip

from tuimail.tui.widgets.bar import Bar
from tuimail.tui.widgets.blocks import Place, TextLines
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.prose import Kind, Paragraph, Span, paragraphs_of
from tuimail.tui.widgets.text_view import TextView

LONG = "\n".join(f"line {number} of many, long enough to wrap" for number in range(500))


class Texts(App[None]):
    """Facts that take what they need, and a text below."""

    CSS = "Facts { max-height: 3; } TextView { width: 20; }"

    def compose(self) -> ComposeResult:
        yield Facts()
        yield Bar()
        yield TextView(id="text")


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    async with Texts().run_test(size=(40, 12)) as pilot:
        yield pilot


def lines(pilot: Pilot[None]) -> list[str]:
    strips = pilot.app.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def view(pilot: Pilot[None]) -> TextView:
    return pilot.app.query_one("#text", TextView)


async def test_the_end_of_a_long_text_is_its_end(pilot: Pilot[None]) -> None:
    view(pilot).show(paragraphs_of(LONG))
    view(pilot).focus()
    await pilot.press("end")
    end = lines(pilot)
    view(pilot).action_scroll_to_line(300)
    await pilot.pause()

    assert end[-1].endswith("wrap")
    assert any("line 499" in line for line in end)
    assert "line 299" in lines(pilot)[1]


async def test_another_text_is_shown_from_its_top(pilot: Pilot[None]) -> None:
    view(pilot).show(paragraphs_of(LONG))
    view(pilot).focus()
    await pilot.press("end")
    view(pilot).show(paragraphs_of("short"))
    await pilot.pause()

    assert any("short" in line for line in lines(pilot))
    assert view(pilot).scroll_offset.y == 0


async def test_a_text_goes_by_half_pages(pilot: Pilot[None]) -> None:
    view(pilot).show(paragraphs_of(LONG))
    view(pilot).focus()
    places = []
    for keys in (["ctrl+d", "ctrl+d"], ["ctrl+u"]):
        await pilot.press(*keys)
        places.append(view(pilot).scroll_offset.y)
    half = view(pilot).size.height // 2

    assert places == [2 * half, half]
    assert half > 0


async def test_the_same_text_read_again_stays_where_it_is(pilot: Pilot[None]) -> None:
    view(pilot).show(paragraphs_of(LONG))
    view(pilot).focus()
    await pilot.press("pagedown", "pagedown")
    before = lines(pilot)
    view(pilot).show(paragraphs_of(LONG), is_same=True)
    await pilot.pause()

    assert lines(pilot) == before


class Drawn(TextView):
    """Notes which of its lines are drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.drawn.append(y)
        return super().render_line(y)


class OneDrawn(App[None]):
    """One text with a border around it."""

    CSS = "Drawn { border: solid red; padding: 1; }"

    def compose(self) -> ComposeResult:
        yield Drawn()


@pytest.mark.parametrize(
    ("changed", "drawn"),
    [
        ("one\ntwo, and a half\nthree", {1}),
        ("one\ntwo\nthree", set()),
        ("one\ntwo\nthree\nfour", {0, 1, 2, 3}),
    ],
)
async def test_of_a_text_that_is_written_what_changed_is_drawn(
    changed: str, drawn: set[int]
) -> None:
    async with OneDrawn().run_test(size=(30, 12)) as pilot:
        text = pilot.app.query_one(Drawn)
        text.show(paragraphs_of("one\ntwo\nthree"))
        await pilot.pause()
        text.drawn.clear()

        text.show(paragraphs_of(changed), is_same=True)
        await pilot.pause()

        assert drawn <= set(text.drawn)
        assert bool(drawn) == bool(text.drawn)
        assert len(drawn) != 1 or set(text.drawn) == drawn
        seen = [line.strip("│ ") for line in lines(pilot)[2:10]]
        assert seen == changed.split("\n") + [""] * (8 - len(changed.split("\n")))


async def test_what_stood_out_in_another_text_does_so_no_more() -> None:
    async with OneDrawn().run_test(size=(30, 12)) as pilot:
        text = pilot.app.query_one(Drawn)
        text.show(paragraphs_of("one\ntwo"))
        text.mark({Place(0, 1): (Span(0, 3, Kind.FOUND),)})
        await pilot.pause()
        text.drawn.clear()

        text.show(paragraphs_of("one\ntwo"), is_same=True)
        await pilot.pause()

        assert 1 in text.drawn


async def test_the_place_is_kept_when_the_width_changes(pilot: Pilot[None]) -> None:
    view(pilot).show(paragraphs_of(LONG))
    view(pilot).focus()
    await pilot.press("pagedown", "pagedown", "pagedown")
    top = view(pilot)._prose.line(view(pilot).scroll_offset.y)
    view(pilot).styles.width = 12
    await pilot.pause()
    after = view(pilot)._prose.line(view(pilot).scroll_offset.y)

    assert top is not None
    assert after is not None
    assert after.paragraph == top.paragraph


async def test_facts_take_no_more_room_than_they_need(pilot: Pilot[None]) -> None:
    facts = pilot.app.query_one(Facts)
    facts.show([Paragraph(label="To", text="one"), Paragraph(label="Cc", text="two")])
    await pilot.pause()

    assert facts.size.height == 2


async def test_facts_that_do_not_fit_say_so(pilot: Pilot[None]) -> None:
    facts = pilot.app.query_one(Facts)
    facts.show([Paragraph(text=str(number)) for number in range(9)])
    await pilot.pause()

    assert facts.size.height == 3
    assert lines(pilot)[2].startswith("… more")


async def test_a_bar_that_is_higher_than_a_line_is_blank_below(
    pilot: Pilot[None],
) -> None:
    bar = pilot.app.query_one(Bar)
    bar.styles.height = 2
    await pilot.pause()

    assert bar.pieces() == ()
    assert bar.target_at(3) == ""


async def test_a_message_is_the_views_that_sent_it(pilot: Pilot[None]) -> None:
    shown = view(pilot)

    sent = (
        TextView.EndShown(shown, "x"),
        TextView.Searched(shown),
        TextView.Stepped(shown, 1),
    )

    assert [one.control for one in sent] == [shown] * 3


async def test_a_guess_that_was_wrong_moves_nothing_that_is_read(
    pilot: Pilot[None],
) -> None:
    shown = view(pilot)
    shown.show(TextLines("\n".join(f"line {n} " + "word " * 9 for n in range(3_000))))
    shown.focus()
    await pilot.press("end")
    seen = []
    for _ in range(40):
        seen += [line.split("│")[0] for line in lines(pilot) if line.startswith("line")]
        await pilot.press("pageup")

    numbers = [int(line.split()[1]) for line in seen]
    assert numbers[0] > 2_900
    assert sorted(set(numbers)) == list(range(min(numbers), max(numbers) + 1))


async def test_a_width_that_is_chosen_holds_where_there_is_more_room(
    pilot: Pilot[None],
) -> None:
    view(pilot).show(paragraphs_of("one two three four"))
    view(pilot).set_width(8)
    await pilot.pause()

    assert "one two" in [line.strip() for line in lines(pilot)]


class Untold(TextView):
    """One that no message reaches about its size."""

    def on_resize(self, event: events.Resize) -> None:
        event.prevent_default()


class UntoldTexts(App[None]):
    """A text whose place is all that says how wide it is."""

    CSS = "Untold { width: 20; }"

    def compose(self) -> ComposeResult:
        yield Untold()


async def test_a_text_wrapped_for_another_width_is_wrapped_anew_when_drawn() -> None:
    async with UntoldTexts().run_test(size=(40, 6)) as pilot:
        text = pilot.app.query_one(Untold)
        text.show(TextLines("one two three four five six seven"))
        await pilot.pause()
        await pilot.pause()
        narrow = [line for line in lines(pilot) if line]
        text.styles.width = 40
        await pilot.pause()
        await pilot.pause()
        wide = [line for line in lines(pilot) if line]

    assert len(narrow) > 1
    assert [line.strip() for line in wide] == ["one two three four five six seven"]
