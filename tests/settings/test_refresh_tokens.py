"""Refresh tokens where there is no keyring: in a file, with a new one written back."""

import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.settings.conftest import FakeKeyring
from tuimail.errors import ConfigurationError, SecretError
from tuimail.settings.oauth import OAuth
from tuimail.settings.refresh_tokens import (
    forget_refresh_token,
    keep_refresh_token,
    refresh_token,
)
from tuimail.settings.sign_in.keeping import forget_tokens
from tuimail.settings.token_service import Granted
from tuimail.settings.tokens import Tokens
from tuimail.testing import FakeClock

START = datetime(2026, 11, 21, tzinfo=UTC)


def oauth(file: Path | None) -> OAuth:
    return OAuth(
        token_url="https://login.example.org/token",
        client_id="tuimail",
        refresh_token=f"file:{file}" if file else "",
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.touch(mode=0o600)
    path.write_text("consent\n")
    return path


@pytest.fixture
def process(file: Path, tmp_path: Path) -> Callable[[], Tokens]:
    """Return what makes the tokens as another process has them."""
    shown: list[str] = []

    def ask(_oauth: OAuth, *, refresh_token: str, **_more: object) -> Granted:
        shown.append(refresh_token)
        return Granted(
            access_token=f"token-{len(shown)}",
            life=timedelta(hours=1),
            refresh_token=f"consent-{len(shown)}",
        )

    return lambda: Tokens(
        "work",
        oauth(file),
        folder=tmp_path / "locks",
        now=FakeClock(START).now,
        ask=ask,
    )


def test_a_new_token_takes_the_old_ones_place_in_the_file(
    process: Callable[[], Tokens], file: Path
) -> None:
    first = process().current()

    assert first == "token-1"
    assert file.read_text() == "consent-1\ntuimail account: work\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {path.name for path in file.parent.iterdir()} == {"token", "locks"}


def test_another_process_goes_on_with_the_new_one(
    process: Callable[[], Tokens], file: Path
) -> None:
    """Each has an access token of its own, and none is in a file."""
    tokens = [process().current(), process().current()]

    assert tokens == ["token-1", "token-2"]
    assert file.read_text().startswith("consent-2\n")
    assert not [
        path
        for path in file.parent.rglob("*")
        if path.is_file() and b"token-" in path.read_bytes()
    ]


def test_no_keyring_is_asked(
    process: Callable[[], Tokens], desktop: FakeKeyring
) -> None:
    desktop.fails = RuntimeError()

    assert process().current() == "token-1"


def test_a_new_token_that_cannot_be_written_is_held_until_it_can(
    process: Callable[[], Tokens], file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old one may be useless by now."""

    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    tokens = process()
    with monkeypatch.context() as patched:
        patched.setattr("tuimail.settings.token_files.replace_private", full)
        with pytest.raises(SecretError, match="No space left") as caught:
            tokens.current()
    before = file.read_text()

    assert before == "consent\n"
    assert "consent" not in f"{caught.value} {caught.value.hint}"
    assert tokens.current() == "token-2"
    assert file.read_text().startswith("consent-2\n")


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_file_that_is_open_to_others_is_refused(
    process: Callable[[], Tokens], file: Path, mode: int
) -> None:
    file.chmod(mode)

    with pytest.raises(SecretError, match="is open to others"):
        process().current()


def test_a_token_is_forgotten(file: Path) -> None:
    forget_tokens("work", oauth(file))
    forget_tokens("work", oauth(file))

    assert not file.exists()


def test_a_token_that_stays_is_said(tmp_path: Path) -> None:
    folder = tmp_path / "token"
    folder.mkdir()

    with pytest.raises(SecretError, match="no token file of the account “work”"):
        forget_refresh_token("work", oauth(folder))


def test_in_the_keyring_it_is_where_a_password_would_be(desktop: FakeKeyring) -> None:
    keep_refresh_token("work", oauth(None), "consent")

    assert desktop.kept == {("tuimail", "work"): "consent"}
    assert refresh_token("work", oauth(None)) == "consent"


@pytest.mark.parametrize(
    "reference", ["command:pass show x", "env:TOKEN", "prompt:", "oauth:", "hunter2"]
)
def test_what_cannot_be_written_back_to_is_refused(reference: str) -> None:
    with pytest.raises(ConfigurationError, match="a new one can be written") as caught:
        OAuth(
            token_url="https://login.example.org/token",
            client_id="tuimail",
            refresh_token=reference,
        )

    assert caught.value.field == "refresh_token"
    assert "hunter2" not in f"{caught.value} {caught.value.hint}"
