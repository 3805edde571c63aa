"""The keyring of a desktop that is not there."""

import threading
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailKeyring

from tuimail.settings import keyrings


def no_keyring() -> KeyringBackend:
    return FailKeyring()  # type: ignore[no-untyped-call]  # not typed there


class FakeKeyring(KeyringBackend):
    """A keyring of a desktop that is not there."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.fails: BaseException | None = None
        self.answers = threading.Event()
        self.answers.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.answers.wait()
        if self.fails is not None:
            raise self.fails
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.answers.wait()
        if self.fails is not None:
            raise self.fails
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self.answers.wait()
        if self.fails is not None:
            raise self.fails
        del self.kept[service, username]


@pytest.fixture
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKeyring]:
    """A keyring that is allowed, as if a desktop were running."""
    backend = FakeKeyring()
    name = f"{FakeKeyring.__module__}.{FakeKeyring.__qualname__}"
    monkeypatch.setattr(keyrings, "ALLOWED_BACKENDS", frozenset({name}))
    keyring.set_keyring(backend)
    yield backend
    backend.answers.set()
    keyring.set_keyring(no_keyring())
