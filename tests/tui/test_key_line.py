"""The footer: what works now, whole words only, and what a held key may become."""

from typing import ClassVar

import pytest
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.widgets.key_line import KeyLine


class Board(Widget, can_focus=True):
    """Has the keys of a list."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.LIST)]

    def __init__(self) -> None:
        super().__init__()
        self.moved: list[str] = []

    def action_open(self) -> None:
        self.moved.append("open")

    def action_move_to_top(self) -> None:
        self.moved.append("top")


class Host(App[None]):
    """A footer below a list and a field."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MAIL)]
    ENABLE_COMMAND_PALETTE = False
    CSS = "Board { height: 5; } KeyLine { dock: bottom; }"

    def compose(self) -> ComposeResult:
        yield Board()
        yield Input()
        yield KeyLine()

    def action_finding(self, step: int) -> None:
        self.query_one(Board).moved.append(f"finding {step}")


def labels(host: Host) -> list[str]:
    return [label for _key, label in host.query_one(KeyLine).shown_keys]


async def test_a_field_has_no_keys_that_begin_with_a_character() -> None:
    host = Host()
    async with host.run_test(size=(60, 12)) as pilot:
        host.query_one(Board).focus()
        await pilot.pause()
        in_list = labels(host)
        host.query_one(Input).focus()
        await pilot.pause()
        in_field = labels(host)

    assert {"read", "finding"} <= set(in_list)
    assert "finding" not in in_field


async def test_while_keys_are_held_the_footer_says_what_may_follow() -> None:
    host = Host()
    async with host.run_test(size=(60, 12)) as pilot:
        host.query_one(Board).focus()
        await pilot.pause()
        line = host.query_one(KeyLine)
        line.held = "5g"
        after_g = labels(host)
        line.held = "]"
        after_bracket = labels(host)
        pieces = [piece.text for piece in line._fitting(60)]

    assert after_g == ["top"]
    assert set(after_bracket) == {"finding", "comment"}
    assert pieces[0] == " ] "


async def test_a_click_presses_all_strokes_of_a_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = Host()
    async with host.run_test(size=(60, 12)) as pilot:
        host.query_one(Board).focus()
        await pilot.pause()
        pressed: list[str] = []
        monkeypatch.setattr(host, "simulate_key", pressed.append)
        line = host.query_one(KeyLine)
        place = 0
        for piece in line._fitting(60):
            if piece.target == "] f":
                break
            place += len(piece.text)
        await pilot.click(KeyLine, offset=(place, 0))
        await pilot.click(KeyLine, offset=(59, 0))

    assert pressed == ["]", "f"]


async def test_no_word_is_cut_at_any_width() -> None:
    host = Host()
    async with host.run_test(size=(60, 12)) as pilot:
        host.query_one(Board).focus()
        await pilot.pause()
        line = host.query_one(KeyLine)
        whole = [piece.text for piece in line.pieces()]
        for width in range(60):
            shown = [piece.text for piece in line._fitting(width)]

            assert shown == whole[: len(shown)]
            assert len(shown) % 2 == 0
            assert len("".join(shown)) <= width


class Box(ModalScreen[None]):
    """A dialog that offers more than a narrow window has room for."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.RELEASE)]

    def compose(self) -> ComposeResult:
        yield KeyLine()


async def test_a_narrow_dialog_says_the_way_back_before_anything_else() -> None:
    host = Host()
    async with host.run_test(size=(30, 12)) as pilot:
        await host.push_screen(Box())
        await pilot.pause()
        line = host.screen.query_one(KeyLine)
        shown = "".join(piece.text for piece in line._fitting(30))
        whole = "".join(piece.text for piece in line._fitting(200))

    assert shown.endswith("Esc back ")
    assert len(shown) <= 30
    assert len(whole) > 30


async def test_below_a_text_the_keys_begin_where_the_text_does() -> None:
    host = Host()
    async with host.run_test(size=(60, 12)) as pilot:
        await host.mount(KeyLine(is_flush=True))
        await pilot.pause()
        usual, flush = [line.render_line(0).text for line in host.query(KeyLine)]

    assert usual.rstrip() == f" {flush.rstrip()}"
    assert flush[0] != " "
