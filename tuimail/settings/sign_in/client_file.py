"""The file in which Google gives out a client id; read, never kept."""

import json
import os
import stat
from pathlib import Path
from typing import Any, Final, NamedTuple

from tuimail.core.patterns import regex
from tuimail.errors import ConfigurationError


class Client(NamedTuple):
    """As which program somebody signs in."""

    id: str
    secret: str
    """Wanted by some services beside the id; empty for none."""


def read_client_file(path: Path) -> Client:
    """Return what the file says.

    Raises:
        ConfigurationError: It cannot be read, or is no such file.
    """
    try:
        content = _content(path)
    except OSError as error:
        raise ConfigurationError(
            f"The file {path} cannot be read: {error.strerror}.",
            hint="Name the file that Google gave you: --client-file FILE",
            field="client-file",
        ) from None
    found = _client(content)
    if found is None:
        raise ConfigurationError(
            f"The file {path} holds no client for a program on a desktop.",
            hint="Make an OAuth client of the type “Desktop app”, download its JSON "
            "file, and name that: --client-file FILE",
            field="client-file",
        )
    return found


def _content(path: Path) -> bytes:
    """Return what a regular file holds; a pipe could keep us for ever."""
    descriptor = os.open(path, _READING)
    try:
        is_file = stat.S_ISREG(os.fstat(descriptor).st_mode)
        return os.read(descriptor, _MOST_BYTES) if is_file else b""
    finally:
        os.close(descriptor)


def _client(content: bytes) -> Client | None:
    try:
        whole: Any = json.loads(content)
        inside = whole["installed"]
        client_id, secret = inside["client_id"], inside.get("client_secret", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    is_whole = isinstance(client_id, str) and isinstance(secret, str)
    if not is_whole or not client_id or not _VISIBLE.fullmatch(client_id + secret):
        return None
    return Client(id=client_id, secret=secret)


_MOST_BYTES: Final = 64 * 1024
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_VISIBLE: Final = regex(r"[ -~]*")
"""What an id and a secret are made of (RFC 6749, appendix A)."""
