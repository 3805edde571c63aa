"""A code that is typed on another device, and the wait for it."""

import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from tests.settings.sign_in.fake_service import (
    ACCESS,
    CLIENT,
    DEVICE_CODE,
    REFRESH,
    service_at,
)
from tuimail.errors import SecretError, TemporarySecretError
from tuimail.settings.oauth import OAuth
from tuimail.settings.sign_in.device import DeviceCode, device_code, poll
from tuimail.settings.token_service import Granted

SERVICE = service_at("https://example.org")
OAUTH = OAuth(token_url=SERVICE.token_url, client_id=CLIENT, scope="send")
LIMIT = timedelta(seconds=5)
GOOD = (200, {"access_token": ACCESS, "refresh_token": REFRESH})
CODE = {
    "device_code": DEVICE_CODE,
    "user_code": "WDJB-MJHT",
    "verification_uri": "https://example.org/device",
    "expires_in": 30,
    "interval": 5,
}


class Line:
    """Answers one question after the other, and notes the waits between."""

    def __init__(self, *answers: tuple[int, dict[str, Any]] | Exception) -> None:
        self.answers = list(answers)
        self.shown: list[dict[str, str]] = []
        self.waits: list[float] = []

    def ask(self, _oauth: OAuth, **asked: Any) -> tuple[int, dict[str, Any]]:
        self.shown.append(asked["shown"])
        answer = self.answers.pop(0) if self.answers else PENDING
        if isinstance(answer, Exception):
            raise answer
        return answer

    def pause(self, wait: timedelta, stopped: threading.Event) -> bool:
        self.waits.append(wait.total_seconds())
        return stopped.is_set()


PENDING = (400, {"error": "authorization_pending"})
SLOW_DOWN = (400, {"error": "slow_down"})


def code_of(**changes: Any) -> DeviceCode:
    line = Line((200, CODE | changes))
    return device_code(SERVICE, OAUTH, account="work", limit=LIMIT, ask=line.ask)


def polled(
    line: Line,
    stopped: threading.Event | None = None,
    patience: timedelta = timedelta.max,
) -> Granted:
    return poll(
        OAUTH,
        code_of(),
        account="work",
        limit=LIMIT,
        patience=patience,
        stopped=stopped or threading.Event(),
        ask=line.ask,
        pause=line.pause,
    )


def test_a_code_is_asked_for() -> None:
    code = code_of()

    assert code.user_code == "WDJB-MJHT"
    assert code.verification_url == "https://example.org/device"
    assert code.life == timedelta(seconds=30)
    assert DEVICE_CODE not in repr(code)


def test_the_older_word_for_the_address_does_too() -> None:
    code = code_of(verification_uri=None, verification_url="https://example.org/d")

    assert code.verification_url == "https://example.org/d"


@pytest.mark.parametrize("odd", ["soon", -1, 0, True, None, 10**9])
def test_times_that_make_no_sense_are_usual_ones(odd: object) -> None:
    code = code_of(interval=odd, expires_in=odd)

    assert timedelta(seconds=1) <= code.interval <= timedelta(minutes=1)
    assert timedelta(minutes=1) <= code.life <= timedelta(hours=1)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((400, {"error": "invalid_client"}), SecretError),
        ((503, {}), TemporarySecretError),
        ((200, {}), SecretError),
        ((200, {"device_code": 1, "user_code": 2}), SecretError),
        ((200, CODE | {"device_code": "\ud800"}), SecretError),
        ((200, CODE | {"user_code": "\ud800"}), SecretError),
        ((200, CODE | {"user_code": "\x1b[2J"}), SecretError),
        ((200, CODE | {"verification_uri": "https://x/\ud800"}), SecretError),
        ((200, CODE | {"user_code": ""}), SecretError),
    ],
)
def test_no_code_is_an_error(
    answer: tuple[int, dict[str, Any]], kind: type[SecretError]
) -> None:
    line = Line(answer)

    with pytest.raises(kind, match=r"The token service example\.org answers"):
        device_code(SERVICE, OAUTH, account="work", limit=LIMIT, ask=line.ask)


def test_the_service_is_asked_until_the_person_is_done() -> None:
    line = Line(PENDING, PENDING, GOOD)

    assert polled(line).refresh_token == REFRESH
    assert line.waits == [5, 5, 5]
    assert line.shown[0]["device_code"] == DEVICE_CODE


def test_a_service_that_is_in_a_hurry_is_asked_less_often() -> None:
    line = Line(SLOW_DOWN, GOOD)

    polled(line)

    assert line.waits == [5, 10]


@pytest.mark.parametrize(
    "trouble",
    [TemporarySecretError("no network"), (503, {}), (429, {}), (302, {}), (200, {})],
)
def test_a_service_that_is_gone_for_a_moment_ends_nothing(
    trouble: tuple[int, dict[str, Any]] | Exception,
) -> None:
    line = Line(trouble, GOOD)

    assert polled(line).access_token == ACCESS
    assert line.waits == [5, 10], "and it is asked less often"


def test_a_no_ends_it() -> None:
    with pytest.raises(SecretError, match=r"answers 400 \(access_denied\)"):
        polled(Line((400, {"error": "access_denied"})))


def test_it_ends_when_the_code_has_run_out() -> None:
    line = Line()

    with pytest.raises(SecretError, match="Nobody signed in"):
        polled(line)
    assert sum(line.waits) == pytest.approx(30, abs=1)


def test_it_ends_when_nobody_wants_to_wait_any_longer() -> None:
    line = Line()

    with pytest.raises(SecretError, match="Nobody signed in"):
        polled(line, patience=timedelta(seconds=12))
    assert sum(line.waits) == pytest.approx(12, abs=1)
    assert polled(Line(GOOD), patience=timedelta(minutes=1)).access_token == ACCESS


def test_a_question_that_takes_long_is_waited_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of the code's 30 seconds, each question takes 15."""
    ticks = iter(range(0, 1000, 15))
    clock = SimpleNamespace(monotonic=lambda: next(ticks))
    monkeypatch.setattr("tuimail.settings.sign_in.device.time", clock)
    line = Line()

    with pytest.raises(SecretError, match="Nobody signed in"):
        polled(line)
    assert line.waits == [5, 5]


def test_who_does_not_want_to_wait_any_more_need_not() -> None:
    stopped = threading.Event()
    stopped.set()
    line = Line(GOOD)

    with pytest.raises(SecretError, match="Nobody signed in"):
        polled(line, stopped)
    assert line.shown == []
