"""The command in a small world of its own: names, pages and a keyring as a test says.

Run as ``python small_world.py WORLD.json WORDS…``. The released code has no such
door: here, before it starts, the names of the world are made to lead to servers on
this machine, all others to nowhere, and the keyring is a file. What it asks and
does is otherwise what it does for everybody.
"""

import json
import os
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any

import keyring
from keyring.backend import KeyringBackend

from tuimail.settings import keyrings
from tuimail.settings.discovery import finding
from tuimail.settings.discovery.fetching import Place, Web
from tuimail.settings.discovery.finding import Ways
from tuimail.settings.discovery.lookups import Records, Service

HERE = "127.0.0.1"


class FileKeyring(KeyringBackend):
    """A keyring in a file, so that processes share it and the test may look."""

    priority = 1.0

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_password(self, service: str, username: str) -> str | None:
        return self._entries().get(f"{service}/{username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._write({**self._entries(), f"{service}/{username}": password})

    def delete_password(self, service: str, username: str) -> None:
        entries = self._entries()
        del entries[f"{service}/{username}"]
        self._write(entries)

    def _entries(self) -> dict[str, str]:
        entries: dict[str, str] = json.loads(self._path.read_text())
        return entries

    def _write(self, entries: dict[str, str]) -> None:
        fresh = self._path.with_name(f"{self._path.name}.new")
        fresh.write_text(json.dumps(entries))
        fresh.replace(self._path)


class SilentNames:
    """Name servers that know nothing."""

    async def services(self, name: str) -> Records[Service]:
        return Records()

    async def exchangers(self, domain: str) -> Records[str]:
        return Records()

    async def addresses(self, host: str) -> Records[str]:
        return Records()


def lead_names(ports: dict[str, int]) -> None:
    """Let ``host:port`` of the world lead to a port here, and all else nowhere."""
    known = socket.getaddrinfo

    def look_up(host: Any, port: Any, *more: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name in {HERE, "localhost", None}:
            return known(host, port, *more, **named)
        if f"{name}:{port}" not in ports:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(HERE, ports[f"{name}:{port}"], *more, **named)

    socket.getaddrinfo = look_up


def ways(world: dict[str, Any]) -> Ways:
    """Return how this world is asked."""

    async def places(host: str, port: int) -> list[Place]:
        found = world["ports"].get(f"{host}:{port}")
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [Place(HERE, found)]

    return Ways(web=Web(places=places), names=SilentNames(), offline=world["offline"])


def main() -> int:
    """Make the world, then run the command."""
    world = json.loads(Path(sys.argv[1]).read_text())
    sys.argv[1:] = sys.argv[2:]
    os.environ["SSL_CERT_FILE"] = world["authority"]
    lead_names(world["ports"])
    finding.find = partial(finding.find, ways=ways(world))
    name = f"{FileKeyring.__module__}.{FileKeyring.__qualname__}"
    vars(keyrings)["ALLOWED_BACKENDS"] = frozenset({name})
    keyring.set_keyring(FileKeyring(Path(world["keyring"])))

    from tuimail.__main__ import run  # noqa: PLC0415 - in this world only

    return run()


if __name__ == "__main__":
    sys.exit(main())
