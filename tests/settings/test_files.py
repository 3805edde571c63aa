import os
from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.settings.files import read_toml, write_toml


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"a = \n", "not valid TOML"),
        (b"a = 1\na = 2\n", "not valid TOML"),
        (b'password = "hunter2', "not valid TOML"),
        (b"a = '\xff'\n", "byte 6 is wrong"),
    ],
)
def test_what_is_no_toml_is_named_without_its_content(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(content)

    with pytest.raises(ConfigurationError, match=says) as raised:
        read_toml(path)
    assert str(path) in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="Is a directory"):
        read_toml(tmp_path)


def test_folders_on_the_way_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "accounts.toml"
    write_toml(path, {"a": 1})

    assert read_toml(path) == {"a": 1}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_old_file_stays_when_the_new_one_cannot_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "accounts.toml"
    write_toml(path, {"a": 1})

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        write_toml(path, {"a": 2})

    assert read_toml(path) == {"a": 1}
    assert [one.name for one in tmp_path.iterdir()] == ["accounts.toml"]
