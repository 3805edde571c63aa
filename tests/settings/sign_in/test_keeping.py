"""What a sign-in brings, kept and forgotten while others are at it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked

from tests.settings.conftest import FakeKeyring
from tuimail.errors import SecretError, TemporarySecretError
from tuimail.settings import consents, files
from tuimail.settings.oauth import OAuth
from tuimail.settings.paths import locks_path
from tuimail.settings.sign_in.keeping import (
    changing,
    forget_tokens,
    keep_tokens,
    tokens_kept,
)
from tuimail.settings.token_service import Granted
from tuimail.settings.tokens import Tokens
from tuimail.testing import FakeClock

OAUTH = OAuth(token_url="https://login.example.org/token", client_id="tuimail")
ENTRY = ("tuimail", "work")
SECRET_ENTRY = ("tuimail", "work (client secret)")
LIMIT = timedelta(seconds=5)
MOMENT = 0.1


class Process:
    """Tokens as a running program has them; the service names what it was shown."""

    def __init__(self, oauth: OAuth = OAUTH) -> None:
        self.meanwhile: Callable[[], None] = lambda: None
        self.gives = ""
        self.tokens = Tokens(
            "work",
            oauth,
            folder=locks_path(),
            now=FakeClock(datetime(2026, 11, 21, tzinfo=UTC)).now,
            ask=self._ask,
            limit=LIMIT,
        )

    def _ask(self, _oauth: OAuth, *, refresh_token: str, **_more: object) -> Granted:
        self.meanwhile()
        return Granted(
            access_token=f"for {refresh_token}",
            life=timedelta(hours=1),
            refresh_token=self.gives,
        )


def sign_in(token: str, oauth: OAuth = OAUTH) -> None:
    with changing("work"):
        keep_tokens("work", oauth, token)


def beside(act: Callable[[], object]) -> threading.Thread:
    """Begin ``act`` in a thread, and give it time to do harm."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join(MOMENT)
    return thread


@pytest.fixture
def file(tmp_path: Path) -> OAuth:
    """Tokens whose place is a file."""
    return OAuth(
        token_url=OAUTH.token_url,
        client_id=OAUTH.client_id,
        refresh_token=f"file:{tmp_path / 'token'}",
    )


def test_a_running_program_takes_tokens_of_the_new_consent(
    desktop: FakeKeyring,
) -> None:
    sign_in("one")
    running = Process()
    first = running.tokens.current()

    sign_in("two")

    assert first == "for one"
    assert running.tokens.current() == "for two"
    assert Process().tokens.current() == "for two"


def test_so_it_does_with_tokens_in_a_file(file: OAuth) -> None:
    sign_in("one", file)
    running = Process(file)
    first = running.tokens.current()

    sign_in("two", file)

    assert (first, running.tokens.current()) == ("for one", "for two")


def test_a_token_that_another_process_renewed_in_a_file_ends_no_access_token(
    file: OAuth,
) -> None:
    """Or two that run would have each other ask for ever."""
    sign_in("one", file)
    running, other = Process(file), Process(file)
    other.gives = "two"
    first = running.tokens.current()
    other.tokens.current()

    assert (first, running.tokens.current()) == ("for one", "for one")


def test_a_refresh_token_that_a_person_put_there_counts_for_the_next_process(
    desktop: FakeKeyring,
) -> None:
    sign_in("one")
    Process().tokens.current()

    desktop.kept[ENTRY] = "by hand"

    assert Process().tokens.current() == "for by hand"


@pytest.mark.parametrize("is_in_file", [False, True])
def test_a_running_program_has_no_token_once_somebody_signed_out(
    desktop: FakeKeyring, file: OAuth, *, is_in_file: bool
) -> None:
    oauth = file if is_in_file else OAUTH
    sign_in("one", oauth)
    running = Process(oauth)
    running.tokens.current()

    forgotten = forget_tokens("work", oauth)

    assert forgotten == "one"
    for _ in range(2):
        with pytest.raises(SecretError, match="is not signed in"):
            running.tokens.current()
    assert desktop.kept == {}


def test_who_is_refreshing_puts_nothing_back_after_a_sign_out(
    desktop: FakeKeyring,
) -> None:
    sign_in("one")
    running, threads = Process(), []
    running.gives = "renewed"
    running.meanwhile = lambda: threads.append(
        beside(lambda: forget_tokens("work", OAUTH))
    )

    running.tokens.current()
    threads[0].join()

    assert desktop.kept == {}


def test_who_is_refreshing_puts_nothing_over_a_new_sign_in(
    desktop: FakeKeyring,
) -> None:
    sign_in("one")
    running, threads = Process(), []
    running.gives = "renewed"
    running.meanwhile = lambda: threads.append(beside(lambda: sign_in("two")))

    running.tokens.current()
    threads[0].join()

    assert desktop.kept == {ENTRY: "two"}
    running.meanwhile, running.gives = (lambda: None), ""
    assert running.tokens.current() == "for two"


def test_a_renewed_token_that_nothing_took_is_not_put_over_a_new_sign_in(
    desktop: FakeKeyring,
) -> None:
    def lock() -> None:
        desktop.fails = KeyringLocked()

    sign_in("one")
    running = Process()
    running.gives, running.meanwhile = "renewed", lock
    with pytest.raises(SecretError, match="is locked"):
        running.tokens.current()
    desktop.fails, running.meanwhile, running.gives = None, (lambda: None), ""

    sign_in("two")

    assert running.tokens.current() == "for two"
    assert desktop.kept[ENTRY] == "two"


def test_what_cannot_be_written_takes_its_tokens_along(
    desktop: FakeKeyring,
) -> None:
    inside: dict[tuple[str, str], str] = {}

    def write() -> None:
        with tokens_kept("work", OAUTH, "one", client_secret="two"):
            inside.update(desktop.kept)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert inside == {ENTRY: "one", SECRET_ENTRY: "two"}
    assert desktop.kept == {}


def test_a_file_of_a_new_account_goes_along_too(file: OAuth, tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), tokens_kept("work", file, "one"):
        raise ZeroDivisionError
    assert not (tmp_path / "token").exists()


def test_a_file_that_came_meanwhile_is_not_written_over(
    file: OAuth, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("the thesis")

    with (
        pytest.raises(SecretError, match="there already"),
        tokens_kept("work", file, "one"),
    ):
        pass
    assert (tmp_path / "token").read_text() == "the thesis"


def test_a_keyring_that_takes_nothing_leaves_what_was_there(
    desktop: FakeKeyring,
) -> None:
    sign_in("one")
    desktop.fails = KeyringLocked()

    with pytest.raises(SecretError, match="is locked"):
        sign_in("two")
    assert desktop.kept == {ENTRY: "one"}


def test_a_full_disk_leaves_what_was_there(
    desktop: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _content: bytes) -> None:
        raise OSError(28, "No space left on device")

    sign_in("one")
    running = Process()
    running.tokens.current()
    monkeypatch.setattr(consents, "replace_private", full)

    with pytest.raises(SecretError, match="No space left"):
        sign_in("two")
    assert desktop.kept[ENTRY] == "one"
    with pytest.raises(SecretError, match="No space left"):
        forget_tokens("work", OAUTH)
    assert desktop.kept == {}
    with pytest.raises(SecretError, match="is not signed in"):
        running.tokens.current()


def test_who_is_kept_waiting_for_too_long_is_told(
    desktop: FakeKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        """Lets ten minutes pass at each look."""

        seconds = 0.0

        def monotonic(self) -> float:
            self.seconds += 600
            return self.seconds

        def sleep(self, _seconds: float) -> None:
            """Is never called."""

    with changing("work"):
        monkeypatch.setattr(files, "time", Clock())
        with pytest.raises(TemporarySecretError, match="Another program"):
            forget_tokens("work", OAUTH)
