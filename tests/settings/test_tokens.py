"""Access tokens: kept while they are good, refreshed by one at a time."""

import asyncio
import json
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from keyring.errors import KeyringLocked

from tests.settings.conftest import FakeKeyring
from tuimail.errors import SecretError, TemporarySecretError
from tuimail.settings import files
from tuimail.settings.oauth import OAuth
from tuimail.settings.token_service import Granted
from tuimail.settings.tokens import Tokens
from tuimail.testing import FakeClock, Received, Respond, ScriptedHttpServer

OAUTH = OAuth(token_url="https://login.example.org/token", client_id="tuimail")
START = datetime(2026, 11, 21, tzinfo=UTC)
HOUR = timedelta(hours=1)
LIMIT = timedelta(seconds=5)
REFRESH = ("tuimail", "work")
ACCESS = ("tuimail", "work (access token)")


class Service:
    """Grants token after token, or what it is told to."""

    def __init__(self, *grants: Granted | SecretError) -> None:
        self.grants = list(grants)
        self.shown: list[tuple[str, str]] = []
        """Refresh tokens and client secrets."""
        self.meanwhile: Callable[[], None] = lambda: None

    def ask(
        self,
        oauth: OAuth,
        *,
        account: str,
        refresh_token: str,
        client_secret: str,
        limit: timedelta,
    ) -> Granted:
        self.shown.append((refresh_token, client_secret))
        self.meanwhile()
        if self.grants:
            grant = self.grants.pop(0)
            if isinstance(grant, SecretError):
                raise grant
            return grant
        return granted(f"token-{len(self.shown)}")


def granted(text: str, *, life: timedelta = HOUR, refresh_token: str = "") -> Granted:
    return Granted(access_token=text, life=life, refresh_token=refresh_token)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def process(
    desktop: FakeKeyring, clock: FakeClock, service: Service, tmp_path: Path
) -> Callable[[], Tokens]:
    """Return what makes the tokens as another process has them."""
    desktop.kept[REFRESH] = "consent"

    def start() -> Tokens:
        return Tokens(
            "work",
            OAUTH,
            folder=tmp_path / "locks",
            now=clock.now,
            client_secret=lambda: "client",
            ask=service.ask,
            limit=LIMIT,
        )

    return start


def test_a_token_is_got_once_while_it_is_good(
    process: Callable[[], Tokens], service: Service, clock: FakeClock
) -> None:
    tokens = process()
    first = tokens.current()
    clock.advance(timedelta(minutes=57))

    assert (first, tokens.current()) == ("token-1", "token-1")
    assert service.shown == [("consent", "client")]


def test_a_token_that_is_about_to_end_is_not_begun_with(
    process: Callable[[], Tokens], clock: FakeClock
) -> None:
    tokens = process()
    tokens.current()
    clock.advance(timedelta(minutes=58))

    assert tokens.current() == "token-2"


def test_a_short_token_is_used_for_half_of_its_life(
    process: Callable[[], Tokens], service: Service, clock: FakeClock
) -> None:
    service.grants = [granted("short", life=timedelta(seconds=60))]
    tokens = process()
    seen = [tokens.current()]
    clock.advance(timedelta(seconds=29))
    seen.append(tokens.current())
    clock.advance(timedelta(seconds=1))

    assert [*seen, tokens.current()] == ["short", "short", "token-2"]


def test_another_process_finds_the_token(
    process: Callable[[], Tokens], service: Service
) -> None:
    first, second = process(), process()

    assert (first.current(), second.current()) == ("token-1", "token-1")
    assert len(service.shown) == 1


def test_a_token_that_was_refused_is_replaced_though_its_date_is_good(
    process: Callable[[], Tokens], clock: FakeClock
) -> None:
    tokens = process()
    tokens.current()
    clock.advance(timedelta(minutes=5))

    assert (tokens.renewed(), tokens.current()) == ("token-2", "token-2")


def test_who_comes_second_finds_the_token_that_the_first_just_got(
    process: Callable[[], Tokens], service: Service, clock: FakeClock
) -> None:
    first, second = process(), process()
    old = (first.current(), second.current())
    clock.advance(timedelta(minutes=5))

    assert old == ("token-1", "token-1")
    assert (first.renewed(), second.renewed()) == ("token-2", "token-2")
    assert len(service.shown) == 2


def test_threads_that_ask_at_once_refresh_once(
    process: Callable[[], Tokens], service: Service
) -> None:
    together = threading.Barrier(4)
    found: list[str] = []

    def ask(tokens: Tokens) -> None:
        together.wait()
        found.append(tokens.current())

    tokens = process()
    each = [tokens, tokens, tokens, process()]
    threads = [threading.Thread(target=ask, args=(one,)) for one in each]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == ["token-1"] * 4
    assert len(service.shown) == 1


def test_who_cannot_have_the_lock_comes_later(
    process: Callable[[], Tokens],
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    ticks = iter(range(100))
    clock = SimpleNamespace(monotonic=lambda: next(ticks), sleep=lambda _seconds: None)
    monkeypatch.setattr("tuimail.settings.files.time", clock)
    with (
        files.exclusively(tmp_path / "locks" / "oauth-work"),
        pytest.raises(TemporarySecretError, match="oauth-work"),
    ):
        process().current()

    assert service.shown == []


def test_a_service_that_is_down_is_asked_again(
    process: Callable[[], Tokens], service: Service
) -> None:
    service.grants = [TemporarySecretError("The token service answers 500.")]
    tokens = process()
    with pytest.raises(TemporarySecretError):
        tokens.current()

    assert tokens.current() == "token-2"


def test_a_consent_that_ended_is_no_passing_trouble(
    process: Callable[[], Tokens], service: Service
) -> None:
    service.grants = [SecretError("The token service answers 400 (invalid_grant).")]

    with pytest.raises(SecretError, match="invalid_grant") as caught:
        process().current()

    assert not isinstance(caught.value, TemporarySecretError)


def test_no_refresh_token_says_what_to_do(
    process: Callable[[], Tokens], desktop: FakeKeyring
) -> None:
    desktop.kept.clear()

    with pytest.raises(SecretError) as caught:
        process().current()

    assert "keyring set tuimail work" in caught.value.hint


def test_a_new_refresh_token_takes_the_old_ones_place(
    process: Callable[[], Tokens], service: Service, desktop: FakeKeyring
) -> None:
    service.grants = [granted("one", refresh_token="consent-2")]
    process().current()

    assert desktop.kept[REFRESH] == "consent-2"


def test_a_new_refresh_token_that_cannot_be_kept_is_not_lost(
    process: Callable[[], Tokens],
    service: Service,
    desktop: FakeKeyring,
    clock: FakeClock,
) -> None:
    """The old one may be useless by now: the new one is kept when it can be."""

    def lock() -> None:
        desktop.fails = KeyringLocked()

    service.meanwhile = lock
    service.grants = [granted("one", refresh_token="consent-2")]
    tokens = process()
    with pytest.raises(SecretError, match="locked"):
        tokens.current()
    desktop.fails, service.meanwhile = None, lambda: None
    text = tokens.current()

    assert text == "token-2"
    assert service.shown[1][0] == "consent-2"
    assert desktop.kept[REFRESH] == "consent-2"


def test_a_keyring_without_room_for_a_token_is_no_trouble(
    process: Callable[[], Tokens], service: Service, desktop: FakeKeyring
) -> None:
    """Windows takes 2.5 kB; the process has its token all the same."""

    def fill() -> None:
        desktop.fails = KeyringLocked()

    service.meanwhile = fill
    tokens = process()
    first = tokens.current()
    desktop.fails = None

    assert (first, tokens.current()) == ("token-1", "token-1")
    assert ACCESS not in desktop.kept


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nonsense",
        "[1]",
        "7",
        "{}",
        "[" * 100_000,
        '{"token": 7, "got_at": "2026-11-21T00:00:00Z", "ends_at": 3}',
        '{"token": "x", "got_at": "today", "ends_at": "tomorrow"}',
        '{"token": "x", "got_at": "2026-11-21T00:00", "ends_at": "2027-11-21T00:00"}',
        '{"token": 7, "got_at": "2026-11-21T00:00Z", "ends_at": "2026-11-22T00:00Z"}',
    ],
    ids=lambda content: content[:20],
)
def test_an_entry_that_nobody_of_us_wrote_is_no_token(
    process: Callable[[], Tokens], desktop: FakeKeyring, content: str
) -> None:
    desktop.kept[ACCESS] = content

    assert process().current() == "token-1"


def test_a_token_from_the_future_is_not_believed(
    process: Callable[[], Tokens], clock: FakeClock
) -> None:
    """It was got before a wrong clock was put right, and may have ended."""
    tokens = process()
    tokens.current()
    clock.advance(timedelta(days=-3))

    assert (tokens.current(), tokens.current()) == ("token-2", "token-2")


def test_no_file_holds_a_token(
    process: Callable[[], Tokens], desktop: FakeKeyring, tmp_path: Path
) -> None:
    tokens = process()
    tokens.current()

    written = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [file.name for file in written] == ["oauth-work.lock"]
    assert written[0].read_bytes() == b""
    assert json.loads(desktop.kept[ACCESS])["token"] == "token-1"
    assert "token-1" not in f"{tokens!r} {tokens._held!r}"


PROCESS = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
import keyring
from keyring.backend import KeyringBackend
from tuimail.settings import keyrings
from tuimail.settings.oauth import OAuth
from tuimail.settings.tokens import Tokens

folder, url = Path(sys.argv[1]), sys.argv[2]

class Shared(KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        file = folder / username
        return file.read_text() if file.exists() else None
    def set_password(self, service, username, password):
        (folder / username).write_text(password)

keyring.set_keyring(Shared())
keyrings.ALLOWED_BACKENDS = {"__main__.Shared"}
oauth = OAuth(token_url=url, client_id="tuimail")
tokens = Tokens("work", oauth, folder=folder, now=lambda: datetime.now(UTC))
print("ready", flush=True)
sys.stdin.readline()
print(tokens.current())
"""
"""A keyring of files stands in for the desktop's, which all processes share."""


async def started(folder: Path, url: str) -> asyncio.subprocess.Process:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROCESS, str(folder), url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"
    return process


async def test_processes_that_ask_at_once_refresh_once(tmp_path: Path) -> None:
    (tmp_path / "work").write_text("consent-0")
    asked: list[str] = []

    def answer(received: Received) -> Respond:
        asked.append(received.body.decode())
        number = len(asked)
        body = {"access_token": f"t{number}", "refresh_token": f"consent-{number}"}
        return Respond(body=body)

    async with ScriptedHttpServer(answer=answer) as server:
        each = [await started(tmp_path, server.url) for _ in range(3)]
        found = await asyncio.gather(*(one.communicate(b"\n") for one in each))

    assert [output for output, _ in found] == [b"t1\n"] * 3
    assert len(asked) == 1
    assert (tmp_path / "work").read_text() == "consent-1"
