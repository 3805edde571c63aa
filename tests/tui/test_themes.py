"""Themes are checked before use, and can be read in bright and dark rooms."""

from pathlib import Path

import pytest
from textual.color import Color

from tuimail.errors import ConfigurationError
from tuimail.tui import themes

GOOD = """
primary = "#5aa9e6"
foreground = "#ffffff"
background = "#000000"
surface = "#111111"
panel = "#222222"
"""
BROKEN = [
    ("not toml", "cannot be read"),
    (GOOD + 'primary = "#000"', "cannot be read"),
    (GOOD.replace('"#5aa9e6"', '"no colour"'), "primary"),
    (GOOD.replace('"#5aa9e6"', '"red; } * {display: none"'), "primary"),
    (GOOD.replace('"#5aa9e6"', '"#12345"'), "primary"),
    (GOOD.replace('"#5aa9e6"', '"rgb(1,2,3)"'), "primary"),
    (GOOD.replace('"#5aa9e6"', "7"), "primary"),
    (GOOD.replace('"#5aa9e6"', '""'), "primary"),
    (GOOD.replace("primary =", "primry ="), "primry"),
    (GOOD.replace('primary = "#5aa9e6"\n', ""), "primary"),
    (GOOD.replace('surface = "#111111"\n', ""), "surface"),
    (GOOD + 'dark = "yes"', "dark"),
    (GOOD + "dark = 1", "dark"),
    (GOOD + 'name = "x"', "name"),
    (GOOD + "text_alpha = 3", "text_alpha"),
    (GOOD + 'variables = "x"', "variables"),
    (GOOD + '[variables]\nnonsense = "#fff"', "variables.nonsense"),
    (GOOD + '[variables]\ntext-muted = "no"', "variables.text-muted"),
    (GOOD + '[variables]\ntext-muted = ["#fff"]', "variables.text-muted"),
    (GOOD + '[other]\nx = "#fff"', "other"),
]


@pytest.mark.parametrize("name", themes.names(themes.folder()))
def test_every_shipped_theme_can_be_used(name: str) -> None:
    theme = themes.load(themes.folder() / f"{name}.toml")

    assert theme.name == name


def test_there_is_one_for_dark_and_one_for_bright_rooms() -> None:
    shipped = [
        themes.load(themes.folder() / f"{name}.toml")
        for name in themes.names(themes.folder())
    ]

    assert {theme.dark for theme in shipped} == {True, False}


@pytest.mark.parametrize("name", themes.names(themes.folder()))
def test_text_stands_out_from_what_is_behind_it(name: str) -> None:
    theme = themes.load(themes.folder() / f"{name}.toml")
    colours = theme.to_color_system().generate()
    muted = theme.variables["text-muted"]

    for behind in ("background", "surface", "panel"):
        assert contrast(colours["foreground"], colours[behind]) >= 4.5
        assert contrast(muted, colours[behind]) >= 3
        for tone in ("primary", "warning", "error", "success", "accent"):
            assert contrast(colours[tone], colours[behind]) >= 3.5, (tone, behind)
    assert (
        contrast(
            theme.variables["block-cursor-foreground"],
            theme.variables["block-cursor-background"],
        )
        >= 4.5
    )


@pytest.mark.parametrize(("text", "key"), BROKEN)
def test_a_broken_theme_is_refused_with_its_file_and_the_key(
    tmp_path: Path, text: str, key: str
) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)

    with pytest.raises(ConfigurationError) as refused:
        themes.load(path)

    assert "mine.toml" in str(refused.value)
    assert key in str(refused.value)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.toml"):
        themes.load(tmp_path / "gone.toml")


@pytest.mark.parametrize("name", ["nonsense", "../light", "dark.toml", "X"])
def test_an_unknown_theme_gives_the_default_and_says_which_there_are(
    name: str,
) -> None:
    chosen = themes.choose(name, themes.folder())

    assert chosen.theme.name == themes.DEFAULT
    assert "dark, light" in chosen.problem


def test_whoever_chose_none_gets_the_default() -> None:
    chosen = themes.choose("", themes.folder())

    assert (chosen.theme.name, chosen.problem) == (themes.DEFAULT, "")


def test_themes_of_the_wheel_win_over_those_of_a_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(themes, "_BESIDE_MODULES", tmp_path)

    assert themes.folder() == tmp_path


def test_themes_of_a_checkout_are_found_beside_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(themes, "_BESIDE_MODULES", tmp_path / "none")
    monkeypatch.setattr(themes, "_IN_CHECKOUT", tmp_path)

    assert themes.folder() == tmp_path


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two colours."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(text: str) -> float:
    colour = Color.parse(text)
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (colour.r / 255, colour.g / 255, colour.b / 255)
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
