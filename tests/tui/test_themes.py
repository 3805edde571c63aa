"""Themes are checked before use, and can be read in bright and dark rooms."""

import tomllib
from pathlib import Path

import pytest
from textual.color import Color

from tuimail.errors import ConfigurationError
from tuimail.tui import themes
from tuimail.tui.colourless import contrast

GOOD = """
primary = "#5aa9e6"
foreground = "#ffffff"
background = "#000000"
surface = "#111111"
panel = "#222222"
"""
SHIPPED = themes.names(themes.folder())
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
    (GOOD + 'ansi = "no"', "ansi"),
    (GOOD + 'css = "* {display: none}"', "css"),
    (GOOD + 'variables = "x"', "variables"),
    (GOOD + '[variables]\nnonsense = "#fff"', "variables.nonsense"),
    (GOOD + '[variables]\ntext-muted = "no"', "variables.text-muted"),
    (GOOD + '[variables]\ntext-muted = ["#fff"]', "variables.text-muted"),
    (GOOD + '[other]\nx = "#fff"', "other"),
]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_theme_can_be_used(name: str) -> None:
    theme = themes.load(themes.folder() / f"{name}.toml")

    assert theme.name == name


def test_there_is_one_for_dark_and_one_for_bright_rooms() -> None:
    shipped = [
        themes.load(themes.folder() / f"{name}.toml")
        for name in themes.names(themes.folder())
    ]

    assert {theme.dark for theme in shipped} == {True, False}


COLOURED = [name for name in SHIPPED if not name.startswith("ansi-")]
HIGH = [name for name in SHIPPED if name.startswith("high-contrast")]
TONES = ("primary", "warning", "error", "success", "accent")


@pytest.mark.parametrize("name", COLOURED)
def test_text_stands_out_from_what_is_behind_it(name: str) -> None:
    theme = themes.load(themes.folder() / f"{name}.toml")
    colours = theme.to_color_system().generate()
    muted = theme.variables["text-muted"]
    said = theme.variables

    for behind in ("background", "surface", "panel"):
        assert ratio(colours["foreground"], colours[behind]) >= 4.5
        assert ratio(muted, colours[behind]) >= 3
        for tone in TONES:
            assert ratio(colours[tone], colours[behind]) >= 3.5, (tone, behind)
    for pair in (
        ("block-cursor-foreground", "block-cursor-background"),
        ("footer-foreground", "footer-background"),
        ("footer-key-foreground", "footer-background"),
    ):
        assert ratio(said[pair[0]], said[pair[1]]) >= 4.5 - 1 * ("key" in pair[0])
    assert ratio(colours["foreground"], said["input-selection-background"]) >= 4.5


@pytest.mark.parametrize("name", COLOURED)
def test_coloured_words_are_as_easy_to_read_as_others(name: str) -> None:
    theme = themes.load(themes.folder() / f"{name}.toml")
    colours = theme.to_color_system().generate()

    for tone in TONES:
        assert ratio(colours[tone], colours["background"]) >= 4.5, tone


@pytest.mark.parametrize("name", HIGH)
def test_high_contrast_is_seven_to_one_everywhere(name: str) -> None:
    theme = themes.load(themes.folder() / f"{name}.toml")
    colours = theme.to_color_system().generate()
    words = [colours[tone] for tone in (*TONES, "foreground")]

    for behind in ("background", "surface", "panel"):
        for word in (*words, theme.variables["text-muted"]):
            assert ratio(word, colours[behind]) >= 7


@pytest.mark.parametrize("name", ["ansi-dark", "ansi-light"])
def test_themes_of_the_terminal_name_its_colours_only(name: str) -> None:
    path = themes.folder() / f"{name}.toml"
    values = tomllib.loads(path.read_text())
    said = {**values, **values["variables"]}

    assert themes.load(path).ansi
    for key in set(said) - {"dark", "ansi", "variables"}:
        assert said[key].startswith("ansi_"), key


def test_there_are_themes_for_every_eye() -> None:
    assert len(COLOURED) - len(HIGH) >= 8
    assert len(HIGH) == 2
    assert len(SHIPPED) - len(COLOURED) == 2


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
    assert ", ".join(SHIPPED) in chosen.problem


def test_a_theme_of_ones_own_comes_before_ours(tmp_path: Path) -> None:
    (tmp_path / "light.toml").write_text(GOOD)
    (tmp_path / "Not a name.toml").write_text(GOOD)
    (tmp_path / "mine.toml").write_text(GOOD)

    found = themes.choose("light", tmp_path, themes.folder())

    assert found.path == tmp_path / "light.toml"
    assert found.theme.background == "#000000"
    assert set(themes.names(tmp_path, themes.folder())) == {*SHIPPED, "mine"}


def test_a_broken_default_of_ones_own_keeps_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "dark.toml").write_text("primary = 3")

    found = themes.choose("", tmp_path, themes.folder())

    assert found.path == themes.folder() / "dark.toml"
    assert "dark.toml, line 1, cannot be used: primary must be" in found.problem


def test_a_folder_that_is_not_there_has_no_themes(tmp_path: Path) -> None:
    assert themes.names(tmp_path / "none") == ()


def test_the_line_of_a_mistake_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(f'{GOOD}\n[variables]\ntext-muted = "no"\n')

    with pytest.raises(ConfigurationError) as refused:
        themes.load(path)

    assert "mine.toml, line 9, cannot be used: variables.text-muted" in str(
        refused.value
    )


def test_a_change_of_the_file_is_seen_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    watch = themes.Watch(path)
    before = watch.is_due()
    path.write_text(f"{GOOD}# longer\n")
    seen = [watch.is_due(), watch.is_due()]
    path.unlink()
    gone = watch.is_due()
    path.write_text(GOOD)
    again = watch.is_due()

    assert not before
    assert seen == [True, False]
    assert not gone
    assert again


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


def ratio(one: str, other: str) -> float:
    return contrast(Color.parse(one), Color.parse(other))
