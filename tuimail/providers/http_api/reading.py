"""The files that describe services: ours, read once, and a person's own."""

import hashlib
import os
import stat
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Final

from tuimail.errors import ConfigurationError
from tuimail.providers.http_api.definition import Definition, parse_definition

MOST_BYTES: Final = 256_000
"""Of a file that describes a service; ours have four thousand."""


@cache
def definition_of(service: str) -> Definition:
    """Return what is said about one of our services."""
    folder = resources.files("tuimail.providers.http_api")
    return parse_definition((folder / "services" / f"{service}.toml").read_bytes())


def own_definition(path: str, *, account: str) -> tuple[Definition, str]:
    """Return what a person's own file says, and the SHA-256 of it.

    Args:
        path: Of the file; one that begins with ``~`` is in the home folder.
        account: Name of the account, for the error.

    Raises:
        ConfigurationError: It cannot be read, or says something that means nothing.
    """
    content = _content(path, account)
    try:
        return parse_definition(content), hashlib.sha256(content).hexdigest()
    except ValueError as error:
        raise _unusable(account, f"{path} describes no service: {error}") from None


def _content(path: str, account: str) -> bytes:
    if not path:
        raise ConfigurationError(
            f"The setting definition of the account “{account}” is missing.",
            hint='Write definition = "FILE"; what the file says is in '
            "docs/providers.md.",
            field="definition",
        )
    try:
        content = _read(Path(path).expanduser())
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _unusable(account, f"{path} cannot be read: {reason}") from None
    if content is None:
        raise _unusable(account, f"{path} is no file")
    if len(content) > MOST_BYTES:
        raise _unusable(account, f"{path} has more than {MOST_BYTES} bytes")
    return content


def _read(path: Path) -> bytes | None:
    """Return what is in a file, and waits for nobody; None where it is none."""
    with open(os.open(path, _READING), "rb") as opened:  # noqa: PTH123 - a number
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            return None
        return opened.read(MOST_BYTES + 1)


_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


def _unusable(account: str, what: str) -> ConfigurationError:
    return ConfigurationError(
        f"The setting definition of the account “{account}” cannot be used: {what}.",
        hint="Compare the file with the example in docs/providers.md.",
        field="definition",
    )
