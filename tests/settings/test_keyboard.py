"""What a person writes about keys, and where it stands."""

from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.settings import config, keyboard
from tuimail.settings.keyboard import KeySettings, read_keys
from tuimail.settings.schema import Table


def read(path: Path, text: str) -> KeySettings:
    path.write_text(text)
    found = config.load(path, {})
    return KeySettings(
        preset=found.key_preset,
        changed=found.keys,
        places=found.key_places,
        file=found.key_file,
        problem=found.key_problem,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.toml"


def test_nothing_is_changed_where_nothing_is_written(path: Path) -> None:
    assert read(path, "") == KeySettings()


def test_a_key_is_told_with_its_line(path: Path) -> None:
    found = read(path, 'theme = "dark"\n\n[keys]\n"compose.send" = "f9"\n')

    assert found.changed == {"compose.send": "f9"}
    assert found.places == {"compose.send": "config.toml, line 4"}


def test_a_preset_is_no_key(path: Path) -> None:
    found = read(path, '[keys]\npreset = "mutt"\n"list.top" = "="\n')

    assert found.preset == "mutt"
    assert found.changed == {"list.top": "="}
    assert found.places["preset"] == "config.toml, line 2"


def test_an_id_needs_no_quotes(path: Path) -> None:
    found = read(path, '[keys]\ncompose.send = "f9"\n[keys.list]\ntop = "g g"\n')

    assert found.changed == {"compose.send": "f9", "list.top": "g g"}
    assert found.places == {
        "compose.send": "config.toml, line 2",
        "list.top": "config.toml, line 4",
    }


def test_several_keys_may_be_a_list(path: Path) -> None:
    found = read(path, '[keys]\n"list.top" = ["g g", "home"]\n')

    assert found.changed == {"list.top": "g g,home"}


def test_keys_may_stand_in_a_file_of_their_own(path: Path) -> None:
    file = path.with_name("my keys.toml")
    file.write_text('preset = "mutt"\n"list.top" = "="\ncompose.send = "f9"\n')

    found = read(path, '[keys]\nfile = "my keys.toml"\n"compose.send" = "f8"\n')

    assert (found.preset, found.file, found.problem) == ("mutt", file, "")
    assert found.changed == {"list.top": "=", "compose.send": "f8"}
    assert found.places == {
        "preset": "my keys.toml, line 1",
        "list.top": "my keys.toml, line 2",
        "compose.send": "config.toml, line 3",
    }


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "there is no "),
        ("list.top = ", "is not valid TOML"),
        ('"list.top" = 3', "list.top in "),
    ],
)
def test_a_file_of_keys_that_cannot_be_used_stops_nothing_else(
    path: Path, content: str | None, says: str
) -> None:
    if content is not None:
        path.with_name("k.toml").write_text(content)

    found = read(path, '[keys]\nfile = "k.toml"\n"list.top" = "="\n')

    assert found.changed == {"list.top": "="}
    assert found.problem.startswith("keys.file: ")
    assert says in found.problem
    assert "k.toml" in found.problem


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[keys]\npreset = 3", "preset"),
        ("[keys]\nfile = 3", "file"),
        ('[keys]\n"list.top" = 3', "list.top"),
        ('[keys]\n"list.top" = [3]', "list.top"),
        ("[keys]\nlist.top = true", "top"),
    ],
)
def test_what_is_no_text_is_refused_with_its_name(
    path: Path, text: str, field: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(path, text)

    assert refused.value.field == field
    assert "keys." in str(refused.value)


@pytest.mark.parametrize("content", [None, b"\xff"])
def test_a_file_that_is_gone_meanwhile_has_no_lines(
    path: Path, content: bytes | None
) -> None:
    if content is not None:
        path.write_bytes(content)
    own = Table(source="x", values={"keys": {"list.top": "="}})

    assert read_keys(own, path).places == {}
    assert keyboard.read_keys(own, path).changed == {"list.top": "="}


def test_the_looks_of_the_app_are_read(path: Path) -> None:
    path.write_text('glyphs = "ascii"\nmotion = "none"\nmouse = false\n')

    found = config.load(path, {})

    assert (found.glyphs, found.motion, found.mouse) == ("ascii", False, False)


def test_variables_beat_what_the_file_says_of_looks(path: Path) -> None:
    path.write_text('glyphs = "ascii"\nmouse = false\n')

    found = config.load(path, {"TUIMAIL_GLYPHS": "full", "TUIMAIL_MOUSE": "yes"})

    assert (found.glyphs, found.mouse) == ("full", True)


@pytest.mark.parametrize(
    ("text", "may"), [('glyphs = "braille"', "safe, ascii"), ('motion = "x"', "none")]
)
def test_a_look_there_is_not_is_refused(path: Path, text: str, may: str) -> None:
    path.write_text(text)

    with pytest.raises(ConfigurationError) as refused:
        config.load(path, {})

    assert may in refused.value.hint
