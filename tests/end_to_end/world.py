"""A world of its own for a wizard: a provider's page, its mail server, a keyring.

They are real enough: HTTPS and SMTP over TLS by an authority of the test, on the
loopback. ``conftest`` makes one.
"""

import json
import sys
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.end_to_end.command import Tuimail
from tests.end_to_end.terminal import Terminal

if TYPE_CHECKING:
    from tests.end_to_end.conftest import Caught, Server

ADDRESS: Final = "ada@example.org"
PASSWORD: Final = "correct horse 47"
SMALL_WORLD: Final = Path(__file__).with_name("small_world.py")
PAGE: Final = """<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="example.org">
  <domain>example.org</domain><displayName>Example Mail</displayName>
  <outgoingServer type="smtp">
    <hostname>smtp.example.org</hostname><port>465</port><socketType>SSL</socketType>
    <username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication>
  </outgoingServer>
</emailProvider></clientConfig>
"""
HOSTS: Final = ("autoconfig.example.org", "smtp.example.org", "smtp.fastmail.com")


def begin_in_app(app: Terminal, password: str) -> None:
    """Go through the wizard of the app up to the test of the password."""
    app.press("f9")
    app.wait_for("such as ada@example.org.")
    app.type(ADDRESS)
    app.wait_for(ADDRESS)
    app.press("enter")
    app.wait_for("made from the address")
    app.press("enter")
    app.wait_for("smtp.example.org:465, TLS")
    app.press("enter")
    app.wait_for("nowhere else")
    app.type(password)
    app.press("enter")


class Pages(BaseHTTPRequestHandler):
    """Serves the provider's page, and says which paths were asked for."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        content = PAGE.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A provider, this machine's keyring, and tuimail between them."""

    tuimail: Tuimail
    server: "Server"
    settings: dict[str, Any]
    asked: list[str] = field(default_factory=list)
    """Paths of the provider's pages that were asked for."""

    @property
    def keyring(self) -> dict[str, str]:
        entries: dict[str, str] = json.loads(Path(self.settings["keyring"]).read_text())
        return entries

    @property
    def caught(self) -> "tuple[Caught, ...]":
        return self.server.caught

    @property
    def accounts(self) -> str:
        path = self.tuimail.folder / "accounts.toml"
        return path.read_text() if path.exists() else ""

    @property
    def unfinished(self) -> Path:
        return self.tuimail.folder / "accounts-unfinished.toml"

    def offline(self) -> "World":
        return replace(self, settings={**self.settings, "offline": True})

    def edited_with(self, editor: str) -> "World":
        """Return the world of a person who has an editor of their own."""
        environ = {**self.tuimail.environ, "EDITOR": editor}
        return replace(self, tuimail=replace(self.tuimail, environ=environ))

    def terminal(
        self,
        *words: str,
        undo_seconds: int = 10,
        columns: int = 100,
        rows: int = 40,
    ) -> Terminal:
        world = self.tuimail.folder / "world.json"
        world.write_text(json.dumps(self.settings))
        return Terminal(
            [sys.executable, str(SMALL_WORLD), str(world), *words],
            environ={
                **self.tuimail.environ,
                "TUIMAIL_UNDO_SECONDS": str(undo_seconds),
            },
            cwd=self.tuimail.folder,
            columns=columns,
            rows=rows,
        )
