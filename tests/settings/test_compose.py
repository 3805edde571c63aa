"""``[compose]`` in ``config.toml``."""

from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.settings.compose import ComposeSettings
from tuimail.settings.config import load


def compose(tmp_path: Path, text: str) -> ComposeSettings:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load(path, {}).compose


def test_without_a_word_nothing_is_asked(tmp_path: Path) -> None:
    assert compose(tmp_path, "") == ComposeSettings()


def test_a_program_is_taken_with_its_arguments(tmp_path: Path) -> None:
    text = '[compose]\naddress_command = "khard email --parsable %s"\n'

    assert compose(tmp_path, text).address_command == "khard email --parsable %s"


@pytest.mark.parametrize("command", ["khard 'x", " "])
def test_what_is_no_program_is_refused_with_an_example(
    tmp_path: Path, command: str
) -> None:
    with pytest.raises(ConfigurationError, match="is no program") as caught:
        compose(tmp_path, f'[compose]\naddress_command = "{command}"\n')

    assert "khard" in caught.value.hint


def test_markdown_and_languages_are_taken_as_they_are(tmp_path: Path) -> None:
    found = compose(tmp_path, '[compose]\nmarkdown = true\nspelling = "en_US, de_DE"\n')

    assert (found.markdown, found.spelling) == (True, "en_US,de_DE")


@pytest.mark.parametrize("languages", ["-l", "en;de", "en,,de"])
def test_what_names_no_languages_is_refused_with_an_example(
    tmp_path: Path, languages: str
) -> None:
    with pytest.raises(ConfigurationError, match="names no languages") as caught:
        compose(tmp_path, f'[compose]\nspelling = "{languages}"\n')

    assert "en_US" in caught.value.hint


def test_a_key_that_means_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="adress_command"):
        compose(tmp_path, '[compose]\nadress_command = "khard"\n')
