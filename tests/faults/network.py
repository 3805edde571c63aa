"""Places whose mail server misbehaves, and what the rows about networks ask."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, Self, cast

import pytest
import trustme

from tests.faults import invariants
from tests.faults.place import LOGINS, Place, account_table, make_place
from tests.faults.server import MailServer
from tests.providers.conftest import Authority
from tuimail.providers import registry
from tuimail.providers.base import Provider, ProviderAccount
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.provider import SmtpProvider
from tuimail.testing import FakeClock
from tuimail.workspace.views import Page

USUAL: Final = ("8BITMIME", "SMTPUTF8", "SIZE 100000000")
"""What the server offers; each reply is waited for then."""
PIPELINED: Final = (*USUAL, "PIPELINING")
one_by_one_and_pipelined: Final = pytest.mark.parametrize(
    "extensions", [USUAL, PIPELINED], ids=["one-by-one", "pipelined"]
)
BIG_BYTES: Final = 12_000_000
"""More than both kernels keep for a reader that does not read."""
SHORT: Final = timedelta(milliseconds=300)
SOON: Final = StageLimits(
    connect=SHORT,
    greeting=SHORT,
    command=SHORT,
    data=SHORT,
    block=SHORT,
    final=SHORT,
    farewell=SHORT,
)


@contextmanager
def place_at(
    folder: Path, *servers: MailServer, login: bool = True, **account: Any
) -> Iterator[Place]:
    """Yield a place whose account ``work`` sends to the first server.

    The second server, where there is one, is that of the account ``other``,
    for whom nothing is ever wrong. The clock stands still; ends with the
    invariants. ``account`` goes to ``account_table``.
    """
    with _running(*servers):
        place = make_place(folder, servers[0], clock=FakeClock())
        place.servers[:] = servers
        tables = [table("work", servers[0].port, login=login, **account)]
        tables += [table("other", server.port, login=False) for server in servers[1:]]
        place.configure(*tables)
        try:
            yield place
            invariants.check(place)
        finally:
            place.end_all()


@contextmanager
def _running(*servers: MailServer) -> Iterator[None]:
    with servers[0]:
        if not servers[1:]:
            yield
        else:
            with _running(*servers[1:]):
                yield


def table(name: str, port: int, *, login: bool = True, **account: Any) -> str:
    """Return the settings of an account, with or without a login."""
    lines = account_table(name, port, **account).splitlines()
    secret = ("username", "password", "allow_clear_auth")
    return "\n".join(one for one in lines if login or not one.startswith(secret))


def secured(
    folder: Path,
    script: Mapping[str, Any] | None = None,
    *,
    extensions: Sequence[str] = USUAL,
    tls: str = "starttls",
    **of_context: Any,
) -> tuple[MailServer, dict[str, Any]]:
    """Return a server that wants TLS and a login, and the account for it."""
    authority = authority_in(folder)
    context = authority.context(**of_context)
    server = MailServer(
        script,
        logins=LOGINS,
        extensions=extensions,
        **{"starttls" if tls == "starttls" else "tls": context},
    )
    return server, {"tls": tls, "more": f'ca_file = "{authority.file}"\n'}


def authority_in(folder: Path) -> Authority:
    """Return a new authority whose certificate is in a file."""
    ca = trustme.CA()
    file = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return Authority(ca, file)


@contextmanager
def patience(limits: StageLimits = SOON, **changes: timedelta) -> Iterator[None]:
    """Shorten the time limits of SMTP: nobody waits ten minutes here."""
    shortened = replace(limits, **changes)

    class Impatient(SmtpProvider):
        def __init__(self, account: ProviderAccount) -> None:
            super().__init__(account, limits=shortened)

    with provider("smtp", Impatient):
        yield


@contextmanager
def provider(name: str, kind: type[Provider]) -> Iterator[None]:
    """Have a provider installed, as a plug-in is, for the calls inside.

    It may have the name of one of ours, which no plug-in can take.
    """
    entry = cast("EntryPoint", SimpleNamespace(load=lambda: kind, value="tests"))
    installed = {**registry._registered(), name: (entry,)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "_registered", lambda: installed)
        patch.delitem(registry.PLACES, name, raising=False)
        yield


def big_file(folder: Path) -> Path:
    """Return a file that no buffer on the way can hold as a whole."""
    path = folder / "big.bin"
    path.write_bytes(bytes(BIG_BYTES))
    return path


class RawServer:
    """A server that does with each connection what it is told, one at a time.

    For what no scripted server does: floods, handshakes that fail, other
    protocols. ``talk`` is called with each connection, which is then closed.
    """

    def __init__(self, talk: Callable[[socket.socket], None]) -> None:
        self._talk = talk
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self.port = int(self._socket.getsockname()[1])
        self.connections = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connected, _ = self._socket.accept()
                self.connections += 1
                with connected, suppress(OSError):
                    self._talk(connected)


class InTurn(dict[str, Any]):
    """A script whose acts come one at a time, and then no more."""

    def get(self, stage: str, default: Any = None) -> Any:
        left = super().get(stage)
        return left.pop(0) if left else default


def closed_port() -> int:
    """Return a port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return int(gone.getsockname()[1])


def page(place: Place, draft_id: str) -> Page:
    """Return everything about one mail."""
    with place.open() as workspace:
        return workspace.drafts.page(draft_id)


def states(place: Place, draft_id: str) -> dict[str, str]:
    """Return what is known about each recipient, by address."""
    found = page(place, draft_id).recipients
    return {one.address: one.state.value for one in found}


def held(place: Place, account: str = "work") -> str:
    """Return why an account is held; empty where it is not."""
    with place.open() as workspace:
        views = {one.name: one for one in workspace.accounts.views()}
    return views[account].held_reason


def number_of(place: Place, draft_id: str, state: str) -> int:
    """Return the place in the journal at which a mail got to ``state``."""
    with place.open() as workspace:
        lines = workspace.drafts.journal(draft_id)
    return max(line.number for line in lines if line.details.get("to") == state)


def retried(place: Place) -> None:
    """Have the server behave from now on, and try again a day later."""
    place.server.script.clear()
    place.advance(days=1)
    place.drain()


def verbs(server: MailServer) -> list[str]:
    """Return the first word of each line that the server was told."""
    return [line.partition(" ")[0].upper() for line in server.commands]
