"""F39, F40: a server that does not prove who it is, or that talks in clear."""

import socket
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.faults.network import (
    InTurn,
    RawServer,
    authority_in,
    held,
    page,
    place_at,
    provider,
    table,
    verbs,
)
from tests.faults.place import LOGINS, Place
from tests.faults.server import MailServer
from tests.providers.conftest import Authority
from tuimail.core.submission import Verdicts
from tuimail.providers.base import ProviderAccount, SendJob
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import Say

Make = Callable[[Authority], ssl.SSLContext]
BEFORE_TLS = {"implicit": [], "starttls": ["EHLO", "STARTTLS"]}
both_ways = pytest.mark.parametrize("tls", ["implicit", "starttls"])


def old(authority: Authority, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Return what makes a server that speaks one old version of TLS, and no other."""
    context = authority.context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


def failing(
    context: ssl.SSLContext, said: list[str], *, tls: str
) -> Callable[[socket.socket], None]:
    """Return what fails at the handshake, and says so as asyncio's servers do not."""

    def talk(connected: socket.socket) -> None:
        if tls == "starttls":
            with connected.makefile("rwb", buffering=0) as line:
                for reply in ("220 hi", "250-old\r\n250 STARTTLS"):
                    line.write(f"{reply}\r\n".encode())
                    said.append(line.readline().decode())
                line.write(b"220 go\r\n")
        with context.wrap_socket(connected, server_side=True) as secured:
            said.append(secured.recv(1000).decode())

    return talk


CONTEXTS: dict[str, tuple[Make, str]] = {
    "expired": (lambda ca: ca.context(is_expired=True), "expired"),
    "another name": (lambda ca: ca.context(names=("other.example",)), "mismatch"),
}


@contextmanager
def place_behind(
    folder: Path, context: ssl.SSLContext, *, tls: str, more: str = ""
) -> Iterator[Place]:
    """Yield a place whose server is behind ``context``; another one is well."""
    way: dict[str, Any] = {"tls" if tls == "implicit" else tls: context}
    servers = MailServer(logins=LOGINS, **way), MailServer()
    with place_at(folder, *servers, tls=tls, more=more) as place:
        yield place


def is_held_without_a_word(place: Place, *, tls: str, why: str) -> None:
    """Try to send two mails, and look at what the server was told."""
    mails = [place.waiting(), place.waiting()]
    elsewhere = place.waiting(account="other")
    place.drain()
    place.advance(days=1)
    place.drain()

    for mail in mails:
        row = page(place, mail).row
        assert (row.status, row.attempts) == ("held", 0)
        assert why in row.reason
    assert why in held(place)
    assert verbs(place.server) == BEFORE_TLS[tls]
    assert place.server.connections == len(BEFORE_TLS[tls][:1])
    assert place.status(elsewhere) == "sent"


@pytest.mark.parametrize("name", CONTEXTS)
@both_ways
def test_F39_a_bad_certificate_holds_the_account_and_gets_no_password(
    tmp_path: Path, name: str, tls: str
) -> None:
    authority = authority_in(tmp_path)
    make, why = CONTEXTS[name]
    trust = f'ca_file = "{authority.file}"\n'
    with place_behind(tmp_path, make(authority), tls=tls, more=trust) as place:
        is_held_without_a_word(place, tls=tls, why=why)


@both_ways
def test_F39_an_issuer_that_nobody_knows_holds_the_account(
    tmp_path: Path, tls: str
) -> None:
    context = authority_in(tmp_path).context()
    with place_behind(tmp_path, context, tls=tls) as place:
        is_held_without_a_word(place, tls=tls, why="did not prove who it is")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@both_ways
def test_F39_a_server_that_only_knows_old_tls_holds_the_account(
    tmp_path: Path, version: ssl.TLSVersion, tls: str
) -> None:
    authority = authority_in(tmp_path)
    trust = f'ca_file = "{authority.file}"\n'
    said: list[str] = []
    talk = failing(old(authority, version), said, tls=tls)
    with (
        RawServer(talk) as server,
        place_at(tmp_path, MailServer()) as place,
    ):
        place.configure(table("work", server.port, tls=tls, more=trust))
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "held"
        assert "TLS with the server failed" in held(place)
        assert [line.split()[0] for line in said] == BEFORE_TLS[tls]


@pytest.mark.parametrize("content", [None, b"", b"no certificate\n"])
@both_ways
def test_F39_authorities_that_cannot_be_read_hold_the_account(
    tmp_path: Path, content: bytes | None, tls: str
) -> None:
    context = authority_in(tmp_path).context()
    file = tmp_path / "gone.pem"
    if content is not None:
        file.write_bytes(content)
    with place_behind(
        tmp_path, context, tls=tls, more=f'ca_file = "{file}"\n'
    ) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "held"
        assert "gone.pem" in held(place)
        assert verbs(place.server) == []


@both_ways
def test_F39_what_was_approved_leaves_once_a_person_has_mended_it(
    tmp_path: Path, tls: str
) -> None:
    authority = authority_in(tmp_path)
    with place_behind(tmp_path, authority.context(), tls=tls) as place:
        mail = place.waiting()
        place.drain()
        trust = f'ca_file = "{authority.file}"\n'
        place.configure(table("work", place.server.port, tls=tls, more=trust))
        with place.open() as workspace:
            workspace.accounts.resume("work")
        place.drain()

        assert place.status(mail) == "sent"
        assert len(place.server.accepted) == 1


STRIPPED = "250-scripted.example\r\n250-SIZE 1000000\r\n250 AUTH PLAIN LOGIN"
IN_CLEAR = {
    "stripped": {"ehlo": Say(STRIPPED)},
    "454": {"starttls": Say("454 4.7.0 TLS not available")},
    "501": {"starttls": Say("501 5.5.4 what?")},
    "502": {"starttls": Say("502 5.5.1 not here")},
    "250": {"starttls": Say("250 fine, as it is")},
}
WAITS = {"454", "250"}
INJECTED = {
    "a reply": Say("220 go\r\n250 AUTH PLAIN LOGIN"),
    "what EHLO is answered": Say("220 go\r\n250-x\r\n250-SIZE 1\r\n250 AUTH PLAIN"),
    "half a line": Say(b"220 go\r\n250-x"),
}


@pytest.mark.parametrize("name", IN_CLEAR)
def test_F40_nothing_that_matters_is_ever_said_in_clear(
    tmp_path: Path, name: str
) -> None:
    authority = authority_in(tmp_path)
    server = MailServer(IN_CLEAR[name], starttls=authority.context(), logins=LOGINS)
    trust = f'ca_file = "{authority.file}"\n'
    with place_at(tmp_path, server, tls="starttls", more=trust) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == ("deferred" if name in WAITS else "held")
        assert set(verbs(server)) <= {"EHLO", "STARTTLS", "QUIT"}
        server.script.clear()
        with place.open() as workspace:
            if name not in WAITS:
                workspace.accounts.resume("work")
        place.advance(days=1)
        place.drain()
        assert place.status(mail) == "sent"


def test_F40_what_was_said_before_tls_is_forgotten_behind_it(tmp_path: Path) -> None:
    """What the server offered in clear, somebody else may have written."""
    authority = authority_in(tmp_path)
    first = "250-scripted.example\r\n250-STARTTLS\r\n250-SIZE 1\r\n250 AUTH CRAM-MD5"
    behind = "250-scripted.example\r\n250-SIZE 1000000\r\n250 AUTH PLAIN"
    server = MailServer(starttls=authority.context(), logins=LOGINS)
    server.scripted.script = InTurn(ehlo=[Say(first), Say(behind)])
    trust = f'ca_file = "{authority.file}"\n'
    with place_at(tmp_path, server, tls="starttls", more=trust) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "sent"
        assert any(line.startswith("AUTH PLAIN ") for line in server.commands)


@pytest.mark.parametrize("name", INJECTED)
def test_F40_what_was_injected_behind_220_is_not_used(
    tmp_path: Path, name: str
) -> None:
    """The server is asked again, behind TLS, what it offers."""
    authority = authority_in(tmp_path)
    script = {"starttls": INJECTED[name]}
    server = MailServer(script, starttls=authority.context(), logins=LOGINS)
    trust = f'ca_file = "{authority.file}"\n'
    with place_at(tmp_path, server, tls="starttls", more=trust) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) in {"deferred", "sent"}
        assert verbs(server)[:2] == ["EHLO", "STARTTLS"]
        assert verbs(server)[2:3] in ([], ["QUIT"], ["EHLO"])


@pytest.mark.parametrize("name", INJECTED)
def test_F40_a_session_with_injected_lines_is_dropped(
    tmp_path: Path, name: str
) -> None:
    authority = authority_in(tmp_path)
    script = {"starttls": INJECTED[name]}
    server = MailServer(script, starttls=authority.context(), logins=LOGINS)
    trust = f'ca_file = "{authority.file}"\n'
    with place_at(tmp_path, server, tls="starttls", more=trust) as place:
        mail = place.waiting()
        place.drain()

        assert place.status(mail) == "deferred"
        assert set(verbs(server)) <= {"EHLO", "STARTTLS", "QUIT"}


@contextmanager
def kept_provider() -> Iterator[None]:
    """Have one provider for all calls inside, as one sender that stays has."""
    made: list[SmtpProvider] = []

    class Kept(SmtpProvider):
        def __init__(self, account: ProviderAccount) -> None:
            super().__init__(account)
            made.append(self)

        async def submit(self, job: SendJob) -> Verdicts:
            return await SmtpProvider.submit(made[0], job)

    with provider("smtp", Kept):
        yield


def test_F40_an_account_is_held_where_lines_are_injected_again(tmp_path: Path) -> None:
    authority = authority_in(tmp_path)
    script = {"starttls": INJECTED["a reply"]}
    server = MailServer(script, starttls=authority.context(), logins=LOGINS)
    trust = f'ca_file = "{authority.file}"\n'
    with (
        kept_provider(),
        place_at(tmp_path, server, tls="starttls", more=trust) as place,
    ):
        mail = place.waiting()
        for _ in range(2):
            place.drain()
            place.advance(days=1)

        assert place.status(mail) == "held"
        assert "STARTTLS" in held(place)
        assert server.connections == 2
