"""Themes that leave the ground to the terminal, drawn on the ground they are for."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.screenshots.shots import _grounded
from tuimail.tui import themes

STRIP = Strip(
    [
        Segment("plain"),
        Segment("red", Style(color="red", bgcolor="default")),
        Segment("blue", Style(bgcolor="blue", bold=True)),
    ]
)


def drawn(theme: str) -> list[str]:
    chosen = themes.choose(theme, themes.folder()).theme
    return [str(style) for _text, style, _control in _grounded(STRIP, chosen)]


def test_what_has_no_colour_gets_those_of_the_terminal() -> None:
    assert drawn("ansi-light") == [
        "black on white", "red on white", "bold black on blue",
    ]  # fmt: skip
    assert drawn("ansi-dark")[0] == "white on black"


def test_a_theme_with_a_ground_of_its_own_stays_as_it_is() -> None:
    assert drawn("paper") == [str(style) for _text, style, _control in STRIP]
