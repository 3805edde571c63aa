import errno
import os
from pathlib import Path

import pytest

from tuimail.errors import ConfigurationError
from tuimail.settings.files import MOST_BYTES, exclusively, read_toml, write_toml


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
    with pytest.raises(ConfigurationError, match="is not a regular file"):
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


@pytest.mark.parametrize(
    "content",
    ["a = " + "[" * 3000, "a = " + "1" * 5000, "a = 0x" + "f" * 5000],
)
def test_what_python_gives_up_on_is_named(tmp_path: Path, content: str) -> None:
    """Python limits how deep a parser may go and how long a number may be."""
    path = tmp_path / "config.toml"
    path.write_text(content)

    with pytest.raises(ConfigurationError, match="nested too deeply") as raised:
        read_toml(path)
    assert str(path) in str(raised.value)


def test_a_pipe_that_nobody_writes_to_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")

    with pytest.raises(ConfigurationError, match="is not a regular file"):
        read_toml(tmp_path / "config.toml")


def test_a_device_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="/dev/zero is not a regular file"):
        read_toml(Path("/dev/zero"))


def test_a_link_to_a_file_is_followed(tmp_path: Path) -> None:
    """People keep their settings elsewhere and link to them."""
    (tmp_path / "kept.toml").write_text("a = 1\n")
    (tmp_path / "config.toml").symlink_to(tmp_path / "kept.toml")

    assert read_toml(tmp_path / "config.toml") == {"a": 1}


@pytest.mark.parametrize(
    "error",
    [
        PermissionError(errno.EACCES, "Permission denied"),
        NotADirectoryError(errno.ENOTDIR, "Not a directory"),
    ],
)
def test_a_file_that_may_not_be_opened_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    """A superuser may read everything, so that the refusal is made here."""

    def refuse(path: Path, _: int) -> int:
        raise error

    monkeypatch.setattr(os, "open", refuse)

    with pytest.raises(ConfigurationError, match=f"cannot be read: {error.strerror}"):
        read_toml(tmp_path / "config.toml")


def test_text_that_cannot_be_utf_8_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is UTF-8 text"):
        write_toml(tmp_path / "accounts.toml", {"a": "\udcff"})

    assert list(tmp_path.iterdir()) == []


def test_a_change_waits_for_another_and_then_gives_up(tmp_path: Path) -> None:
    path = tmp_path / "accounts.toml"

    with (
        exclusively(path),
        pytest.raises(ConfigurationError, match=r"keeps .* from being changed"),
        exclusively(path, seconds=0.05),
    ):
        raise AssertionError

    with exclusively(path):
        assert (tmp_path / "accounts.toml.lock").stat().st_mode & 0o777 == 0o600


def test_a_lock_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with (
        pytest.raises(ConfigurationError, match="cannot be written"),
        exclusively(tmp_path / "file" / "accounts.toml"),
    ):
        raise AssertionError


def test_what_a_link_leads_to_is_written_and_the_link_stays(tmp_path: Path) -> None:
    target = tmp_path / "dotfiles" / "accounts.toml"
    link = tmp_path / "accounts.toml"
    link.symlink_to(target)

    write_toml(link, {"a": 1})

    assert link.is_symlink()
    assert read_toml(target) == read_toml(link) == {"a": 1}


def test_a_file_longer_than_any_settings_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_bytes(b"#" * (MOST_BYTES + 1))

    with pytest.raises(ConfigurationError, match="is longer than 4194304 bytes"):
        read_toml(path)
