"""The key that links are signed with: made once, for its owner only."""

import os
import stat
from pathlib import Path

import pytest

from tuimail.errors import StoreError
from tuimail.store.signing_key import JOURNAL, KEY_BYTES, kept_key, stored_key


def path(root: Path) -> Path:
    return root / "keys" / "unsubscribe"


def mode(of: Path) -> int:
    return stat.S_IMODE(of.stat().st_mode)


def never(_count: int) -> bytes:
    raise AssertionError("There is a key already.")


def test_there_is_none_before_one_is_needed(tmp_path: Path) -> None:
    assert stored_key(tmp_path) is None
    assert not path(tmp_path).parent.exists()


def test_it_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    made = kept_key(tmp_path, os.urandom)

    assert len(made) == KEY_BYTES
    assert (kept_key(tmp_path, never), stored_key(tmp_path)) == (made, made)
    assert (mode(path(tmp_path)), mode(path(tmp_path).parent)) == (0o600, 0o700)
    assert [one.name for one in path(tmp_path).parent.iterdir()] == ["unsubscribe"]


def test_each_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    links = kept_key(tmp_path, os.urandom)

    assert stored_key(tmp_path, JOURNAL) is None
    assert kept_key(tmp_path, os.urandom, JOURNAL) != links
    assert stored_key(tmp_path) == links


def test_whoever_makes_one_second_takes_the_first(tmp_path: Path) -> None:
    """Two processes may need one at the same moment."""
    first = []

    def slowly(count: int) -> bytes:
        first.append(kept_key(tmp_path, os.urandom))
        return os.urandom(count)

    assert kept_key(tmp_path, slowly) == first[0]


def test_one_that_others_may_read_is_closed_to_them(tmp_path: Path) -> None:
    kept_key(tmp_path, os.urandom)
    path(tmp_path).chmod(0o644)

    stored_key(tmp_path)

    assert mode(path(tmp_path)) == 0o600


@pytest.mark.parametrize("content", [b"", b"x" * (KEY_BYTES - 1), b"x" * 4096])
def test_what_is_no_key_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    kept_key(tmp_path, os.urandom)
    path(tmp_path).write_bytes(content)

    with pytest.raises(StoreError, match="not the key") as refused:
        kept_key(tmp_path, never)

    assert "backup" in refused.value.hint
    assert path(tmp_path).read_bytes() == content


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"x" * KEY_BYTES)
    path(tmp_path).parent.mkdir()
    path(tmp_path).symlink_to(elsewhere)

    with pytest.raises(StoreError):
        kept_key(tmp_path, never)
