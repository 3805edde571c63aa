import os
from hashlib import sha256
from pathlib import Path

import pytest

from tuimail.core.policy.policy import Policy
from tuimail.errors import ConfigurationError
from tuimail.settings.files import stamp_of
from tuimail.settings.policy_file import policy_in, policy_path, read_policy_text

TEXT = b"version = 1\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = policy_path(tmp_path / "config.toml")
    path.write_bytes(TEXT)
    path.chmod(0o600)
    return path


def test_it_is_beside_the_settings() -> None:
    assert policy_path(Path("/etc/tuimail/config.toml")) == Path(
        "/etc/tuimail/policy.toml"
    )


def test_its_text_is_read_with_its_digest(path: Path) -> None:
    found = read_policy_text(path)

    assert found is not None
    assert (found.content, found.digest) == (TEXT, sha256(TEXT).hexdigest())
    assert policy_in(path, found.content) == Policy()


def test_where_there_is_none_nothing_is_read(tmp_path: Path) -> None:
    assert read_policy_text(tmp_path / "policy.toml") is None
    assert stamp_of(tmp_path / "policy.toml") is None


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o602, 0o644, 0o666])
def test_one_that_is_open_to_others_is_not_believed(path: Path, mode: int) -> None:
    path.chmod(mode)

    with pytest.raises(ConfigurationError, match="open to others") as caught:
        read_policy_text(path)

    assert caught.value.hint == f"Close it: chmod 600 {path}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_one_of_another_user_is_not_believed(path: Path) -> None:
    os.chown(path, 12345, -1)

    with pytest.raises(ConfigurationError, match="belongs to user 12345") as caught:
        read_policy_text(path)

    assert "chown" in caught.value.hint


def test_one_of_root_may_be_read_by_all_and_written_by_nobody_else(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a program that runs as the user cannot change it."""
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    if path.stat().st_uid != 0:
        pytest.skip("only root has files of root")
    path.chmod(0o644)
    assert read_policy_text(path) is not None
    path.chmod(0o664)

    with pytest.raises(ConfigurationError, match="open to others"):
        read_policy_text(path)


def test_a_pipe_in_its_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "policy.toml", 0o600)

    with pytest.raises(ConfigurationError, match="not a regular file"):
        read_policy_text(tmp_path / "policy.toml")


def test_a_folder_in_its_place_is_no_policy(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").mkdir()

    with pytest.raises(ConfigurationError):
        read_policy_text(tmp_path / "policy.toml")


def test_a_name_that_leads_round_in_a_circle_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").symlink_to(tmp_path / "policy.toml")

    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_policy_text(tmp_path / "policy.toml")


@pytest.mark.parametrize(
    "content", [b"version = 1\nversion = 1\n", b"\xff\xfe", b"version = 2\n", b""]
)
def test_what_is_not_understood_is_no_policy(path: Path, content: bytes) -> None:
    with pytest.raises(ConfigurationError, match=str(path)):
        policy_in(path, content)


def test_every_change_is_seen(path: Path) -> None:
    """Also one to the same size, and one of who may write it."""
    seen = {stamp_of(path)}
    changed = path.with_name("new")
    changed.write_bytes(TEXT.replace(b"1", b"2"))
    changed.chmod(0o600)
    changed.replace(path)
    seen.add(stamp_of(path))
    path.chmod(0o640)
    seen.add(stamp_of(path))
    path.write_bytes(TEXT + b"\n")
    seen.add(stamp_of(path))

    assert len(seen) == 4
