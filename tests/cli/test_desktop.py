"""Mail links that open the composer, as people are told of them."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.conftest import Shell
from tests.workspace.test_desktop import Told
from tuimail.workspace import keepers
from tuimail.workspace.keepers import Machine


@pytest.fixture(autouse=True)
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told(tmp_path)

    def machine(environ: Mapping[str, str]) -> Machine:
        return told.machine(environ={**environ, "XDG_DATA_HOME": ""})

    monkeypatch.setattr(keepers, "this_machine", machine)
    return told


def test_it_is_shown_and_nothing_is_written(tuimail: Shell, told: Told) -> None:
    answer = tuimail("desktop", "show")
    found = tuimail("desktop", "show", "--json").json

    assert "MimeType=x-scheme-handler/mailto;" in answer.text
    assert "Not installed: " in answer.talk
    assert found["content"].splitlines() == answer.text.splitlines()
    assert not Path(found["path"]).exists()
    assert not (told.home / "workspace").exists()


def test_it_is_installed_and_removed(tuimail: Shell, told: Told) -> None:
    installed = tuimail("desktop", "install")
    shown = tuimail("desktop", "show", "--json").json
    removed = tuimail("desktop", "remove", "--json")

    assert installed.text.startswith("desktop file: installed\npath: ")
    assert "xdg-mime default tuimail.desktop" in installed.talk
    assert shown["is_installed"]
    assert (removed.code, removed.json["is_installed"]) == (0, False)
    assert not any(command[0] == "xdg-mime" for command in told.ran)


def test_it_becomes_the_default_where_that_is_asked(tuimail: Shell, told: Told) -> None:
    answer = tuimail("desktop", "install", "--default")

    assert answer.code == 0
    assert any(command[:2] == ("xdg-mime", "default") for command in told.ran)
    assert "xdg-mime" not in answer.talk


def test_it_names_what_was_named(
    tuimail: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from_variables = tuimail("desktop", "show").text
    monkeypatch.delenv("TUIMAIL_WORKSPACE")
    named = tuimail("--config", "c.toml", "desktop", "show").text
    monkeypatch.delenv("TUIMAIL_CONFIG")
    plain = tuimail("desktop", "show").text

    assert f"--workspace {tuimail.folder}/workspace" in from_variables
    assert f"-m tuimail --config {tuimail.folder}/c.toml compose %u" in named
    assert "-m tuimail compose %u" in plain


def test_what_is_not_there_is_a_setting(tuimail: Shell) -> None:
    answer = tuimail("desktop", "remove", "--json")

    assert (answer.code, answer.error["code"]) == (4, "configuration")
