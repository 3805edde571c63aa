"""A field of one line: what is pasted into it is all there."""

from typing import ClassVar

import pytest
from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from tuimail.tui.widgets.line_input import AskingLine, LineInput


class Host(App[None]):
    """Two fields, and what Enter did outside of them."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "note", "Note")]

    def __init__(self) -> None:
        super().__init__()
        self.noted = 0

    def compose(self) -> ComposeResult:
        yield LineInput(id="people", joint=", ")
        yield AskingLine(id="asked", joint=" ")

    def action_note(self) -> None:
        self.noted += 1


@pytest.mark.parametrize(
    ("pasted", "value"),
    [
        ("ana@example.net\r\nbo@example.net\n", "ana@example.net, bo@example.net"),
        ("\n  ana@example.net  \n\n", "ana@example.net"),
        ("ana@example.net", "ana@example.net"),
        ("\n", ""),
    ],
)
async def test_lines_that_are_pasted_are_one_and_none_is_lost(
    pasted: str, value: str
) -> None:
    async with Host().run_test() as pilot:
        field = pilot.app.query_one("#people", LineInput)
        field.focus()
        pilot.app.post_message(events.Paste(pasted))
        await pilot.pause()

        assert field.value == value


async def test_a_paste_takes_the_place_of_what_is_selected() -> None:
    async with Host().run_test() as pilot:
        field = pilot.app.query_one("#people", LineInput)
        field.value = "ana@, bo@example.net"
        field.focus()
        await pilot.pause()
        field.selection = type(field.selection)(0, 4)
        pilot.app.post_message(events.Paste("eve@example.net"))
        await pilot.pause()

        assert field.value == "eve@example.net, bo@example.net"


@pytest.mark.parametrize(("id_", "noted"), [("people", 0), ("asked", 1)])
async def test_enter_is_left_to_what_an_asking_line_is_in(id_: str, noted: int) -> None:
    host = Host()
    async with host.run_test() as pilot:
        host.query_one(f"#{id_}").focus()
        await pilot.press("enter")

    assert host.noted == noted
