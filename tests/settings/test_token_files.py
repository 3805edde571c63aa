"""Files with a refresh token, and everything else that lies where one could be."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Self

import pytest

from tuimail.errors import SecretError
from tuimail.settings.token_files import (
    remove_token,
    require_writable,
    token_path,
    write_token,
)

FOREIGN = ("the thesis\n", '{"installed": {}}', "", "one\ntuimail account: other\n")


def folder_of(path: Path) -> set[str]:
    return {one.name for one in path.parent.iterdir()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "token"


def test_a_path_is_good_from_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")

    assert token_path("file:token") == tmp_path / "token"
    assert token_path("file:~/token") == Path("/home/ada/token")


def test_a_new_file_can_be_written_and_nothing_tells_of_the_attempt(
    path: Path,
) -> None:
    require_writable(path, "work", is_named=False)

    assert folder_of(path) == set()


def test_a_file_of_ours_says_so(path: Path) -> None:
    """It may be left over from a sign-in that was killed."""
    write_token(path, "work", "one")

    require_writable(path, "work", is_named=False)

    assert path.read_text().splitlines()[0] == "one"
    remove_token(path, "work")
    remove_token(path, "work")
    assert folder_of(path) == set()


@pytest.mark.parametrize("content", FOREIGN)
def test_another_file_is_not_for_a_new_account(path: Path, content: str) -> None:
    path.write_text(content)

    with pytest.raises(SecretError, match="is there already") as caught:
        require_writable(path, "work", is_named=False)
    assert caught.value.field == "token-file"
    assert "--token-file FILE" in caught.value.hint
    assert path.read_text() == content


@pytest.mark.parametrize("content", ["by hand", "by hand\n", "by hand\r\n\n", ""])
def test_a_file_that_a_person_wrote_for_the_account_is_its_own(
    path: Path, content: str
) -> None:
    path.write_text(content)

    require_writable(path, "work", is_named=True)

    remove_token(path, "work")
    assert folder_of(path) == set()


def beyond(path: Path) -> None:
    path.symlink_to(path.with_name("target"))
    path.with_name("target").write_text("one\ntuimail account: work\n")


@pytest.mark.parametrize(
    "make",
    [
        Path.mkdir,
        os.mkfifo,
        beyond,
        lambda path: path.symlink_to("nowhere"),
        lambda path: path.write_text("[accounts.work]\naddress = 'a@example.org'\n"),
        lambda path: path.write_bytes(b"\x00"),
        lambda path: path.write_text("x" * 100_000),
    ],
    ids=["folder", "pipe", "link", "dangling link", "settings", "binary", "long"],
)
@pytest.mark.parametrize("is_named", [True, False])
def test_what_is_no_token_file_is_neither_written_nor_removed(
    path: Path, make: Callable[[Path], object], *, is_named: bool
) -> None:
    make(path)
    before = path.lstat()

    with pytest.raises(SecretError, match="is there already"):
        require_writable(path, "work", is_named=is_named)
    with pytest.raises(SecretError, match="no token file of the account “work”"):
        remove_token(path, "work")
    assert path.lstat() == before


def test_a_device_is_not_even_opened() -> None:
    with pytest.raises(SecretError, match="no token file"):
        remove_token(Path("/dev/null"), "work")


@pytest.mark.parametrize("name", ["no/such/token", "file/token"])
def test_a_folder_that_is_none_is_known_before(path: Path, name: str) -> None:
    path.with_name("file").touch()

    with pytest.raises(SecretError, match="cannot be written") as caught:
        require_writable(path.parent / name, "work", is_named=False)
    assert "ls -ld" in caught.value.hint


def test_a_full_disk_is_known_before(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        """Takes nothing."""

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            """Has nothing to close."""

        def write(self, _content: bytes) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: Full())

    with pytest.raises(SecretError, match="No space left on device"):
        require_writable(path, "work", is_named=False)


@pytest.mark.parametrize("name", [" ", "\udcff"])
def test_a_name_that_is_none_is_refused(path: Path, name: str) -> None:
    with pytest.raises(SecretError, match="has no name, or one that is not UTF-8"):
        require_writable(path.with_name(name), "work", is_named=False)


def test_a_folder_that_lets_nothing_go_is_told(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied")

    write_token(path, "work", "one")
    monkeypatch.setattr(Path, "unlink", refuse)

    with pytest.raises(SecretError, match="cannot be written: Permission denied"):
        remove_token(path, "work")
