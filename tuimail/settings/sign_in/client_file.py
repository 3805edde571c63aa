"""The file in which Google gives out a client id; read, never kept."""

import json
from pathlib import Path
from typing import Any, Final, NamedTuple

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
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES)
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


def _client(content: bytes) -> Client | None:
    try:
        whole: Any = json.loads(content)
        inside = whole["installed"]
        client_id, secret = inside["client_id"], inside.get("client_secret", "")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(client_id, str) or not isinstance(secret, str) or not client_id:
        return None
    return Client(id=client_id, secret=secret)


_MOST_BYTES: Final = 64 * 1024
