"""The field for recipients, in an app of nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from textual import events, on
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Input

from tuimail.tui.recipients import chip
from tuimail.tui.widgets import chip_rows
from tuimail.tui.widgets.address_field import AddressField
from tuimail.tui.widgets.suggestions import Suggestion, Suggestions
from tuimail.workspace.contacts import Remark

ANA = "Ana Novák <ana@example.net>"
BO = "bo@example.org"
ANA_AGAIN = Suggestion(
    name="Ana Novák", address="ana@example.net", more="12 mails", is_own=True
)
ANDRE = Suggestion(name="", address="andre@example.net", more="1 mail", is_own=True)
HOLM = Suggestion(
    name="Anders, H", address="a.holm@example.net", more="khard", is_own=False
)
OFFERED = (ANA_AGAIN, ANDRE, HOLM)


class Host(App[None]):
    """A field, one below it, and what was said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[Message] = []

    def compose(self) -> ComposeResult:
        yield AddressField(id="to")
        yield Input(id="below")

    @property
    def field(self) -> AddressField:
        return self.query_one(AddressField)

    @property
    def offers(self) -> Suggestions:
        return self.query_one(Suggestions)

    @on(AddressField.Changed)
    @on(AddressField.Wanted)
    @on(AddressField.Forgotten)
    @on(AddressField.Rejected)
    @on(AddressField.Finished)
    def _said(self, message: Message) -> None:
        self.said.append(message)

    def all(self, kind: type[Message]) -> list[Any]:
        return [one for one in self.said if isinstance(one, kind)]

    @property
    def lines(self) -> list[str]:
        strips = self.screen._compositor.render_strips()
        return ["".join(one.text for one in strip).rstrip() for strip in strips]


async def type_in(pilot: Pilot[None], *keys: str) -> None:
    await pilot.press(*keys)
    await pilot.pause()


async def paste(pilot: Pilot[None], text: str) -> None:
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()
    await pilot.pause()


async def test_who_is_typed_becomes_a_chip_and_the_rest_stays_text() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, *"bo@example.org,", *"an")

        assert app.lines[0] == "\u2039bo@example.org\u203a an"
        assert app.field.value == f"{BO}, an"
        assert app.all(AddressField.Wanted)[-1].text == "an"
        assert app.all(AddressField.Changed)


async def test_enter_takes_what_was_typed_and_then_goes_on() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, *"bo@example.org", "enter")
        first = app.all(AddressField.Finished)
        await type_in(pilot, "enter")

        assert app.field.value == BO
        assert (first, len(app.all(AddressField.Finished))) == ([], 1)


async def test_tab_takes_what_was_typed_and_goes_to_the_next_field() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, *"bo@example.org", "tab")

        assert app.lines[0] == "\u2039bo@example.org\u203a"
        assert app.focused is app.query_one("#below")
        await type_in(pilot, "shift+tab", "tab")
        assert app.focused is app.query_one("#below")


@pytest.mark.parametrize("key", ["enter", "tab"])
async def test_the_first_who_is_offered_is_taken_while_no_address_is_typed(
    key: str,
) -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, "a", "n")
        app.field.offer("an", OFFERED)
        await pilot.pause()
        shown = app.lines[1:4]
        await type_in(pilot, key)

        assert [one.split()[0] for one in shown] == [
            "▸",
            "andre@example.net",
            "Anders,",
        ]
        assert shown[0].endswith("12 mails")
        assert app.field.value == ANA
        assert not app.offers.display
        assert app.focused is app.field


async def test_a_whole_address_is_never_taken_for_somebody_else() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, *"an@ex.org")
        app.field.offer("an@ex.org", OFFERED)
        await type_in(pilot, "enter")

        assert app.field.value == "an@ex.org"


async def test_another_one_is_chosen_with_the_arrows() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, "a")
        app.field.offer("a", OFFERED)
        await type_in(pilot, "down", "down", "down", "enter")
        taken = app.field.value
        await type_in(pilot, "a")
        app.field.offer("a", OFFERED[:2])
        await type_in(pilot, "up", "enter")

        assert taken == '"Anders, H" <a.holm@example.net>'
        assert app.field.value == f"{taken}, a"


async def test_escape_closes_the_list_and_keeps_the_text() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, "a")
        app.field.offer("a", OFFERED)
        await type_in(pilot, "escape")
        is_open = app.offers.is_open
        app.field.offer("a", OFFERED)

        assert (is_open, app.offers.is_open) == (False, False)
        assert app.field.value == "a"


async def test_an_answer_about_what_is_typed_no_more_is_not_shown() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, "a", "n")
        app.field.offer("a", OFFERED)
        stale = app.offers.is_open
        app.field.offer("an", OFFERED)
        await type_in(pilot, "tab", "tab")
        app.field.offer("an", OFFERED)

        assert (stale, app.offers.is_open) == (False, False)


async def test_who_is_named_already_is_not_offered_again() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        app.field.value = ANA
        await type_in(pilot, "a")
        app.field.offer("a", OFFERED[:1])

        assert not app.offers.is_open


async def test_delete_forgets_who_is_offered_from_here_and_asks_again() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, "a")
        app.field.offer("a", OFFERED)
        await type_in(pilot, "delete", "down", "down", "delete")
        app.field.ask_again()
        await pilot.pause()

        forgotten = [one.address for one in app.all(AddressField.Forgotten)]
        assert forgotten == ["ana@example.net"]
        assert [one.text for one in app.all(AddressField.Wanted)] == ["a", "a"]
        assert app.field.value == "a"


async def test_the_marked_one_stays_marked_when_more_are_found() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, "a")
        app.field.offer("a", OFFERED[:2])
        await type_in(pilot, "down")
        app.field.offer("a", OFFERED)

        assert app.offers.marked == OFFERED[1]


async def test_backspace_marks_the_last_one_says_who_it_is_and_removes_it() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        app.field.value = f"{ANA}, {BO}"
        app.field.remark({BO: Remark(address=BO, is_new=True, is_outside=True)})
        await type_in(pilot, "backspace")
        shown = app.lines[:2]
        await type_in(pilot, "backspace")

        assert shown == [
            "\u2039Ana Novák\u203a \u2039bo@example.org new\u203a",
            "  first mail to them, outside your domains   Enter edits, D…",
        ]
        assert app.field.value == ANA
        assert app.lines[1].startswith("  Ana Novák <ana@example.net>   Enter")


async def test_a_marked_one_is_typed_again_with_enter() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        app.field.value = f"bo@, {ANA}"
        await type_in(pilot, "home", "enter", *"x.org", "enter")

        assert app.field.value == f"{ANA}, bo@x.org"


@pytest.mark.parametrize(
    ("remark", "word"),
    [
        (Remark(address=BO), ""),
        (Remark(address=BO, is_new=True), "new"),
        (Remark(address=BO, is_new=True, like="example.net"), "like example.net"),
        (Remark(address=BO, is_new=True, suppressed="all"), "gets no mail"),
        (Remark(address=BO, suppressed="bulk"), ""),
        (None, ""),
    ],
)
def test_what_is_known_of_somebody_is_said_in_a_word(
    remark: Remark | None, word: str
) -> None:
    assert chip_rows.mark(chip(BO), remark) == word
    assert chip_rows.mark(chip("bo@"), remark) == "no address"


async def test_everything_that_is_known_is_said_of_the_marked_one() -> None:
    async with (app := Host()).run_test(size=(90, 10)) as pilot:
        app.field.value = f"bo@, {BO}"
        app.field.remark({BO: Remark(address=BO, like="x.org", suppressed="bulk")})
        await type_in(pilot, "left")
        of_bo = app.lines[1]
        await type_in(pilot, "left")

        assert of_bo.startswith("  looks like x.org, gets no bulk mail   Enter edits")
        assert app.lines[1].startswith("  The address 'bo@' has nothing after the @.")


async def test_many_fold_into_one_row_that_counts_and_unfold_with_the_focus() -> None:
    people = [f"p{number}@example.net" for number in range(9)]
    known = {one: Remark(address=one, is_outside=True) for one in people[1:]}
    known[people[0]] = Remark(address=people[0], is_new=True)
    async with (app := Host()).run_test(size=(40, 12)) as pilot:
        app.field.value = ", ".join([*people, "bad@", ""]) + ","
        app.field.remark(known)
        await pilot.pause()
        unfolded = app.field.size.height
        await type_in(pilot, "tab")
        folded = app.lines[0]

        assert unfolded == 4
        assert app.field.size.height == 1
        assert folded == "\u2039p0@example.net new\u203a +9 more: 1 no addr…"
        await type_in(pilot, "shift+tab", "home")
        assert "p0@example.net" in app.lines[0]


async def test_where_there_is_room_the_row_says_at_its_end_what_is_odd() -> None:
    async with (app := Host()).run_test(size=(70, 10)) as pilot:
        app.field.value = f"{ANA}, {BO}"
        app.field.remark(
            {
                BO: Remark(address=BO),
                ANA: Remark(address=ANA, is_outside=True, is_new=True),
            }
        )
        await type_in(pilot, "tab")

        assert app.lines[0].endswith("   1 new, 1 outside")


async def test_what_was_pasted_and_is_no_address_is_listed() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await paste(pilot, f"{ANA}\n{BO}\nbob\nzo@\n")

        (message,) = app.all(AddressField.Rejected)
        assert (message.texts, message.count) == (("bob", "zo@"), 4)
        assert app.field.value == f"{ANA}, {BO}, bob, zo@"


async def test_no_key_is_taken_out_of_a_paste() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await paste(pilot, f"{ANA}\n")

        assert app.field.value == ANA
        assert not app.all(AddressField.Finished)


async def test_text_is_edited_as_in_any_field() -> None:
    edits = {
        ("ctrl+w",): "ana ",
        ("ctrl+u",): "",
        ("home", "delete"): "na bo",
        ("ctrl+a", "x"): "xana bo",
        ("left", "left", "right", "backspace"): "ana o",
        ("ctrl+a", "ctrl+e", "x"): "ana box",
        ("ctrl+a", "ctrl+d"): "na bo",
    }
    left = {}
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        for keys in edits:
            app.field.value = ""
            await paste(pilot, "ana bo")
            await type_in(pilot, *keys)
            left[keys] = app.field.entry.typed

    assert left == edits


async def test_a_click_marks_a_chip_and_another_one_goes_back_to_the_text() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        app.field.value = f"{ANA}, {BO}"
        await pilot.click("#to", offset=(3, 0))
        marked = app.field.entry.marked
        await pilot.click("#to", offset=(50, 0))

        assert marked is not None
        assert marked.text == ANA
        assert app.field.entry.chosen is None


async def test_who_is_offered_is_taken_by_a_click() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, "a")
        app.field.offer("a", OFFERED)
        await pilot.pause()
        await pilot.click(Suggestions, offset=(4, 1))
        await pilot.pause()

        assert app.field.value == "andre@example.net"


async def test_up_and_down_leave_the_field_where_nobody_is_offered() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, "down")
        below = app.focused
        app.field.focus()
        await type_in(pilot, "up")

        assert below is app.query_one("#below")
        assert app.focused is app.query_one("#below")


async def test_a_long_text_shows_the_part_with_the_cursor() -> None:
    async with (app := Host()).run_test(size=(20, 10)) as pilot:
        await type_in(pilot, *"averylongname@example.org")

        assert app.lines[0].endswith("example.org")
        await type_in(pilot, "home")
        assert app.lines[0].startswith("averylongname")


async def test_a_name_that_another_program_has_wrong_is_left_out() -> None:
    strange = Suggestion(name="A\x1bB", address=BO, more="abook", is_own=False)
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        await type_in(pilot, "a")
        app.field.offer("a", [strange])
        await pilot.pause()
        shown = app.lines[1]
        await type_in(pilot, "enter")

        assert "\x1b" not in shown
        assert app.field.value == BO


async def test_it_is_drawn_at_any_width() -> None:
    async with (app := Host()).run_test(size=(60, 10)) as pilot:
        app.field.value = f"{ANA}, {BO}, x@"
        app.field.remark({BO: Remark(address=BO, is_new=True)})
        await type_in(pilot, "a")
        app.field.offer("a", OFFERED)
        for width in (30, 12, 5, 2, 1):
            await pilot.resize_terminal(width, 5)
            for _ in range(500):
                if all(len(line) <= width for line in app.lines):
                    break
                await pilot.pause(0.01)
            else:
                pytest.fail(f"{app.lines} at {width}")


def test_keys_that_are_text_are_shown_in_no_footer() -> None:
    field = AddressField(id="to")
    consumes: Callable[[str, str | None], bool] = field.check_consume_key

    assert consumes("a", "a")
    assert not consumes("escape", "\x1b")
    assert not consumes("f5", None)
