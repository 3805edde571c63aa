"""The command, with a keyring that is a file, as if a desktop were there.

``python with_keyring.py WORDS…``; the file is named by ``PLANTED_KEYRING``.
"""

import json
import os
import sys
from pathlib import Path

import keyring
from keyring.backend import KeyringBackend

from tuimail.__main__ import main
from tuimail.settings import keyrings


class FileKeyring(KeyringBackend):
    """Keeps everything in one file."""

    priority = 1.0

    def __init__(self) -> None:
        self._file = Path(os.environ.pop("PLANTED_KEYRING"))

    def get_password(self, service: str, username: str) -> str | None:
        found: dict[str, str] = json.loads(self._file.read_text())
        return found.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        found: dict[str, str] = json.loads(self._file.read_text())
        self._file.write_text(json.dumps(found | {username: password}))


if __name__ == "__main__":
    name = f"{FileKeyring.__module__}.{FileKeyring.__qualname__}"
    keyrings.ALLOWED_BACKENDS = frozenset({name})  # type: ignore[misc]  # a desktop
    keyring.set_keyring(FileKeyring())
    sys.exit(main())
