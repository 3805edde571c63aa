"""Real processes: the command, a mail server, a workspace between them."""

import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from tests.end_to_end.command import Tuimail, environ_for, write_accounts
from tests.end_to_end.world import ADDRESS, HOSTS, PASSWORD, Pages, World

CATCHER = Path(__file__).parent / "catcher.py"
ACCOUNTS = """
default_account = "work"

[accounts.work]
provider = "smtp"
address = "Ada Lovelace <ada@example.org>"
host = "127.0.0.1"
port = {port}
tls = "none"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """One message as the mail server was given it."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """The mail server's process, seen from outside."""

    port: int
    folder: Path

    @property
    def caught(self) -> tuple[Caught, ...]:
        """Everything it was given so far, oldest first."""
        files = sorted(self.folder.glob("*.eml"), key=lambda path: int(path.stem))
        return tuple(_caught(path) for path in files)


def _caught(path: Path) -> Caught:
    facts = json.loads(path.with_suffix(".json").read_text())
    return Caught(
        sender=facts["from"],
        recipients=tuple(facts["to"]),
        content=path.read_bytes(),
    )


@contextmanager
def catching(folder: Path, *arguments: str) -> Iterator[Server]:
    """Run a mail server in a process of its own, which keeps what it is given."""
    folder.mkdir()
    with subprocess.Popen(
        [sys.executable, str(CATCHER), str(folder), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        yield Server(port=int(process.stdout.readline()), folder=folder)
        assert process.stdin
        process.stdin.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with catching(tmp_path / "caught") as found:
        yield found


@pytest.fixture
def tuimail(tmp_path: Path, server: Server) -> Tuimail:
    write_accounts(tmp_path, ACCOUNTS.format(port=server.port))
    return Tuimail(folder=tmp_path, environ=environ_for(tmp_path))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A server's key and certificates; the authority's is beside it."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    issued = authority.issue_cert(*HOSTS)
    path = tmp_path / "server.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(str(path))
    return path


@pytest.fixture
def pages(certificate: Path) -> Iterator[ThreadingHTTPServer]:
    Pages.asked = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def guarded(tmp_path: Path, certificate: Path) -> Iterator[Server]:
    """A mail server behind TLS that lets in one user."""
    arguments = (str(certificate), ADDRESS, PASSWORD)
    with catching(tmp_path / "guarded", *arguments) as found:
        yield found


@pytest.fixture
def world(tmp_path: Path, pages: ThreadingHTTPServer, guarded: Server) -> World:
    keyring = tmp_path / "keyring.json"
    keyring.write_text("{}")
    settings = {
        "authority": str(tmp_path / "authority.pem"),
        "keyring": str(keyring),
        "offline": False,
        "ports": {
            "autoconfig.example.org:443": pages.server_address[1],
            "smtp.example.org:465": guarded.port,
            "smtp.fastmail.com:465": guarded.port,
        },
    }
    tuimail = Tuimail(folder=tmp_path, environ=environ_for(tmp_path))
    return World(tuimail=tuimail, server=guarded, settings=settings, asked=Pages.asked)
