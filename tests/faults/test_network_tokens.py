"""F49: access tokens that run out, are refused, or cannot be had."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import keyring
import pytest

from tests.faults.network import held, page, place_at, table, verbs
from tests.faults.place import PASSWORD, PASSWORD_VARIABLE, USER, Place
from tests.faults.server import MailServer
from tests.faults.web import WebServer
from tests.settings.conftest import FakeKeyring, no_keyring
from tuimail.settings import keyrings
from tuimail.testing import FakeClock, Received, Respond, WebAct

CONSENT = PASSWORD
"""The refresh token: in no file of the workspace, no log, and nothing said."""
METHODS = "XOAUTH2 OAUTHBEARER"


class TokenService(WebServer):
    """Grants ``token-1``, ``token-2`` and so on; the last one is good, no other."""

    def __init__(self, *servers: MailServer, life: int = 3600) -> None:
        super().__init__(answer=self._grant)
        self.servers = list(servers)
        self.life = life
        self.grants = 0
        self.hold_back = threading.Event()
        self.hold_back.set()

    def _grant(self, received: Received) -> Respond:
        shown = parse_qs(received.body.decode())
        assert shown["refresh_token"] == [CONSENT]
        self.hold_back.wait(5)
        self.grants += 1
        token = f"token-{self.grants}"
        for server in self.servers:
            server.scripted.logins[USER] = token
        return Respond(body={"access_token": token, "expires_in": self.life})


@pytest.fixture(autouse=True)
def desktop(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKeyring]:
    """A keyring that holds the consent to send."""
    backend = FakeKeyring()
    backend.kept["tuimail", "work"] = CONSENT
    name = f"{FakeKeyring.__module__}.{FakeKeyring.__qualname__}"
    monkeypatch.setattr(keyrings, "ALLOWED_BACKENDS", frozenset({name}))
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(no_keyring())


def by_tokens(server: MailServer, service: TokenService, *, more: str = "") -> str:
    """Return the settings of an account that logs in by tokens."""
    tokens = f"""{more}
[accounts.work.oauth]
token_url = "{service.url}/token"
client_id = "tuimail"
"""
    lines = table("work", server.port, more=tokens)
    old = f'password = "env:{PASSWORD_VARIABLE}"'
    return lines.replace(old, 'password = "oauth:"')


@contextmanager
def place_with_tokens(
    folder: Path, *, more: str = "", clock: FakeClock | None = None, **service: Any
) -> Iterator[tuple[Place, TokenService]]:
    server = MailServer(logins={USER: "none yet"}, methods=METHODS)
    with (
        TokenService(server, **service) as granting,
        place_at(folder, server, MailServer()) as place,
    ):
        other = table("other", place.servers[1].port, login=False)
        place.configure(by_tokens(server, granting, more=more), other)
        place.clock = clock or place.clock
        yield place, granting


class Ticking(FakeClock):
    """Moves on by a second whenever it is looked at."""

    def now(self) -> datetime:
        self.advance(timedelta(seconds=1))
        return super().now()


def test_F49_a_token_that_runs_out_in_mid_batch_is_replaced_and_the_batch_goes_on(
    tmp_path: Path,
) -> None:
    more = "connections = 1\nmessages_per_connection = 1\n"
    with place_with_tokens(tmp_path, more=more, clock=Ticking(), life=60) as (
        place,
        service,
    ):
        mails = [place.waiting() for _ in range(8)]
        place.drain()

        assert {place.status(mail) for mail in mails} == {"sent"}
        assert service.grants > 1
        assert verbs(place.server).count("AUTH") == len(mails)
        assert {page(place, mail).row.attempts for mail in mails} == {1}


def test_F49_a_token_that_is_refused_before_its_time_is_replaced_once(
    tmp_path: Path,
) -> None:
    with place_with_tokens(tmp_path) as (place, service):
        first = place.waiting()
        place.drain()
        place.server.scripted.logins[USER] = "another, since it was revoked"
        place.advance(minutes=10)
        mails = [place.waiting() for _ in range(6)]
        place.drain()

        assert place.status(first) == "sent"
        assert {place.status(mail) for mail in mails} == {"sent"}
        assert service.grants == 2
        assert held(place) == ""


def test_F49_a_fresh_token_that_is_refused_holds_the_account(tmp_path: Path) -> None:
    """Not the token is wrong then, and asking again would never end."""
    with place_with_tokens(tmp_path) as (place, service):
        service.servers.clear()
        mail = place.waiting()
        elsewhere = place.waiting(account="other")
        place.drain()

        assert place.status(mail) == "held"
        assert place.status(elsewhere) == "sent"
        assert verbs(place.server).count("AUTH") <= 2
        assert service.grants <= 2


LATER: dict[str, WebAct] = {
    "500": Respond(status=500, body="Oops"),
    "503": Respond(status=503, body={"error": "temporarily_unavailable"}),
    "429": Respond(status=429, body={"error": "slow_down"}),
    "a portal": Respond(body="<html>Welcome</html>"),
    "no token": Respond(body={"expires_in": 3600}),
}


@pytest.mark.parametrize("name", LATER)
def test_F49_a_service_that_grants_nothing_now_is_asked_again_later(
    tmp_path: Path, name: str
) -> None:
    with place_with_tokens(tmp_path) as (place, service):
        service.scripted.script["answer"] = LATER[name]
        mail = place.waiting()
        elsewhere = place.waiting(account="other")
        place.drain()
        row = page(place, mail).row
        service.scripted.script.clear()
        place.advance(days=1)
        place.drain()

        assert row.status == "deferred"
        assert row.reason
        assert place.status(elsewhere) == "sent"
        assert place.status(mail) == "sent"
        assert held(place) == ""


NEVER: dict[str, Respond] = {
    "invalid_grant": Respond(status=400, body={"error": "invalid_grant"}),
    "unauthorized_client": Respond(status=401, body={"error": "unauthorized_client"}),
    "403": Respond(status=403, body={"error": "access_denied"}),
}


@pytest.mark.parametrize("name", NEVER)
def test_F49_a_consent_that_is_gone_holds_the_account(
    tmp_path: Path, name: str
) -> None:
    with place_with_tokens(tmp_path) as (place, service):
        service.scripted.script["answer"] = NEVER[name]
        mails = [place.waiting(), place.waiting()]
        elsewhere = place.waiting(account="other")
        place.drain()
        place.advance(days=1)
        place.drain()

        rows = [page(place, mail).row for mail in mails]
        assert {(row.status, row.attempts) for row in rows} == {("held", 0)}
        assert name in held(place)
        assert "AUTH" not in verbs(place.server)
        assert place.status(elsewhere) == "sent"
        assert len(service.scripted.requests) == 1


def test_F49_two_who_need_a_token_at_once_ask_for_one(tmp_path: Path) -> None:
    """Two workspaces of one person, with the same account."""
    first = MailServer(logins={USER: "none yet"}, methods=METHODS)
    second = MailServer(logins={USER: "none yet"}, methods=METHODS)
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    with (
        TokenService(first, second) as service,
        place_at(folders[0], first) as one,
        place_at(folders[1], second) as two,
    ):
        mails = []
        for place in (one, two):
            place.configure(by_tokens(place.server, service))
            mails.append(place.waiting())
        service.hold_back.clear()
        _at_once(one.drain, two.drain, then=service.hold_back.set)

        assert [one.status(mails[0]), two.status(mails[1])] == ["sent", "sent"]
        assert service.grants == 1


def _at_once(*works: Callable[[], None], then: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    threading.Timer(0.3, then).start()
    for thread in threads:
        thread.join()
