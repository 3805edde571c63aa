"""The style sheet has the rules that Textual's has, and parses each piece once."""

import pytest
from textual.css.errors import StylesheetError
from textual.css.parse import parse as really
from textual.css.stylesheet import Stylesheet

from tuimail.tui.stylesheet import ParsedOnce

RED = {"colour": "red"}
PIECES = {f"One{number}": "color: $colour;" for number in range(100)}


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was parsed, in order."""
    found: list[str] = []

    def parse(scope: str, css: str, *rest: object, **named: object) -> object:
        found.append(css)
        return really(scope, css, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("textual.css.stylesheet.parse", parse)
    return found


def with_pieces(sheet: Stylesheet) -> None:
    for name, css in PIECES.items():
        sheet.add_source(f"{name} {{ {css} }}", read_from=(name, ""))


def test_each_piece_is_parsed_once_however_often_textual_asks(
    parsed: list[str],
) -> None:
    sheet = ParsedOnce(variables=RED)
    with_pieces(sheet)

    for _ in range(3):
        sheet.set_variables(dict(RED))
        sheet.reparse()
    sheet.add_source("Late { color: $colour; }", read_from=("Late", ""))

    assert len(sheet.rules) == len(PIECES) + 1
    assert len(parsed) == len(PIECES) + 1


def test_other_colours_are_parsed_as_textual_does() -> None:
    ours, theirs = ParsedOnce(variables=RED), Stylesheet(variables=RED)
    for sheet in (ours, theirs):
        with_pieces(sheet)
        sheet.parse()
        sheet.set_variables({"colour": "blue"})
        sheet.reparse()

    assert ours.css == theirs.css
    assert "blue" in ours.css or "#0000FF" in ours.css.upper()


def test_what_cannot_be_parsed_leaves_the_rules_as_they_were() -> None:
    sheet = ParsedOnce(variables=RED)
    with_pieces(sheet)
    sheet.parse()
    before = sheet.css

    sheet.set_variables({"colour": "no such colour"})
    with pytest.raises(StylesheetError):
        sheet.reparse()

    assert sheet.css == before
