"""The command on a machine where something is asked and never answers.

``python stuck.py WORDS…``; ``STUCK`` says what it is, and the file that ``ASKED``
names is there once it was asked.
"""

import os
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import keyring
from keyring.backend import KeyringBackend

from tuimail.__main__ import main
from tuimail.settings import keyrings
from tuimail.workspace import workspace

NEVER = threading.Event()


def hang(*_asked: Any, **_how: Any) -> Any:
    """Note that it was asked, and never answer."""
    Path(os.environ["ASKED"]).touch()
    NEVER.wait()


class StuckKeyring(KeyringBackend):
    """Shows a prompt somewhere that nobody sees."""

    priority = 1.0

    def __init__(self) -> None:
        """Ask nobody for anything yet."""

    def get_password(self, service: str, username: str) -> str | None:
        found: str | None = hang(service, username)
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        hang(service, username, password)


def _names() -> None:
    socket.getaddrinfo = hang


def _keyring() -> None:
    name = f"{StuckKeyring.__module__}.{StuckKeyring.__qualname__}"
    keyrings.ALLOWED_BACKENDS = frozenset({name})  # type: ignore[misc]  # a desktop
    keyring.set_keyring(StuckKeyring())


def _disk() -> None:
    """Hang the thread of the app's workspace, as a disk of another machine does."""
    workspace.Workspace.data_version = hang  # type: ignore[method-assign]  # a disk


if __name__ == "__main__":
    {"names": _names, "keyring": _keyring, "disk": _disk}[os.environ["STUCK"]]()
    sys.exit(main())
