"""F48: a keyring that is not there, is locked, hangs, or has nothing."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import keyring
import pytest
from keyring.errors import KeyringError, KeyringLocked

from tests.faults.network import held, number_of, page, place_at, table, verbs
from tests.faults.place import LOGINS, PASSWORD, PASSWORD_VARIABLE, Place
from tests.faults.server import MailServer
from tests.settings.conftest import FakeKeyring, no_keyring
from tuimail.errors import SecretError
from tuimail.settings import keyrings
from tuimail.settings.secrets import read_secret, store_secret

SOON = timedelta(seconds=0.3)
SECRET = ("tuimail", "work")


class OnlyForPeople(FakeKeyring):
    """Works where a person is, and in no thread beside."""

    def get_password(self, service: str, username: str) -> str | None:
        if threading.current_thread().name != "MainThread":
            raise RuntimeError("Cannot autolaunch D-Bus without X11 $DISPLAY")
        return super().get_password(service, username)


@pytest.fixture
def allowed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[FakeKeyring], None]]:
    """Return what makes a back end the desktop's own."""

    def allow(backend: FakeKeyring) -> None:
        kind = type(backend)
        names = frozenset({f"{kind.__module__}.{kind.__qualname__}"})
        monkeypatch.setattr(keyrings, "ALLOWED_BACKENDS", names)
        keyring.set_keyring(backend)
        backends.append(backend)

    backends: list[FakeKeyring] = []
    yield allow
    for backend in backends:
        backend.answers.set()
    keyring.set_keyring(no_keyring())


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a keyring for a moment, and not for half a minute."""
    defaults = read_secret.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "limit", SOON)


def failing(error: BaseException) -> FakeKeyring:
    backend = FakeKeyring()
    backend.fails = error
    return backend


def keeping(password: str) -> FakeKeyring:
    backend = FakeKeyring()
    backend.kept[SECRET] = password
    return backend


def hanging() -> FakeKeyring:
    backend = keeping(PASSWORD)
    backend.answers.clear()
    return backend


BACKENDS: dict[str, tuple[Callable[[], FakeKeyring], str]] = {
    "locked": (lambda: failing(KeyringLocked("locked")), "is locked"),
    "denied": (lambda: failing(KeyringError("denied")), "does not work"),
    "broken": (lambda: failing(RuntimeError(PASSWORD)), "does not work"),
    "hangs": (hanging, "did not answer within 0.3 seconds"),
    "has nothing": (FakeKeyring, "has no password"),
    "is empty": (lambda: keeping(""), "has no password"),
    "works for people": (OnlyForPeople, "does not work"),
}


def configure(servers: tuple[MailServer, MailServer], place: Place) -> None:
    work = table("work", servers[0].port).replace(
        f'password = "env:{PASSWORD_VARIABLE}"', 'password = "keyring:"'
    )
    place.configure(work, table("other", servers[1].port, login=False))


@pytest.mark.parametrize("name", BACKENDS)
def test_F48_a_keyring_that_fails_holds_the_account_and_nothing_else(
    tmp_path: Path,
    name: str,
    allowed: Callable[[FakeKeyring], None],
) -> None:
    make, why = BACKENDS[name]
    servers = MailServer(logins=LOGINS), MailServer()
    with place_at(tmp_path, *servers) as place:
        configure(servers, place)
        backend = make()
        allowed(backend)
        mails = [place.waiting(), place.waiting()]
        elsewhere = place.waiting(account="other")
        place.drain()
        rows = [page(place, mail).row for mail in mails]

        assert {(row.status, row.attempts) for row in rows} == {("held", 0)}
        assert why in held(place)
        assert place.status(elsewhere) == "sent"
        assert verbs(servers[0]) == []

        backend.answers.set()
        allowed(keeping(PASSWORD))
        with place.open() as workspace:
            workspace.accounts.resume("work")
        place.drain()
        assert {place.status(mail) for mail in mails} == {"sent"}


def test_F48_without_a_keyring_no_other_place_is_looked_at(tmp_path: Path) -> None:
    """A file or a variable is used where a person names it, and nowhere else."""
    servers = MailServer(logins=LOGINS), MailServer()
    with place_at(tmp_path, *servers) as place:
        configure(servers, place)
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "held"
        assert "no desktop keyring" in held(place)
        assert "file:PATH" in held(place)
        assert verbs(servers[0]) == []


def test_F48_without_a_keyring_a_password_is_kept_nowhere(
    tmp_path: Path, home: Path
) -> None:
    with pytest.raises(SecretError, match="no desktop keyring"):
        store_secret("work", PASSWORD)

    assert [one for one in home.rglob("*") if one.is_file()] == []


def test_F48_a_prompt_that_hangs_does_not_hold_up_the_rest(
    tmp_path: Path,
    allowed: Callable[[FakeKeyring], None],
) -> None:
    servers = MailServer(logins=LOGINS), MailServer()
    with place_at(tmp_path, *servers) as place:
        configure(servers, place)
        allowed(hanging())
        mail, elsewhere = place.waiting(), place.waiting(account="other")
        place.drain()

        assert number_of(place, elsewhere, "sent") < number_of(place, mail, "held")
