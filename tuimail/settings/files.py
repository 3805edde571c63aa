"""TOML files on disk: read strictly, written so that a crash loses nothing.

Nothing here knows what the keys mean.
"""

import os
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomli_w

from tuimail.errors import ConfigurationError


def read_toml(path: Path) -> dict[str, Any]:
    """Return what stands in ``path``; nothing where there is no such file.

    Raises:
        ConfigurationError: It cannot be read, is not UTF-8 or is not TOML; the
            text names the place, never the content, which may hold a secret
            that somebody wrote there by mistake.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error.strerror}.",
            hint=f"Look at its permissions: ls -l {path}",
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path} is not UTF-8 text: byte {error.start + 1} is wrong.",
            hint="Save it again as UTF-8.",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{path} is not valid TOML: {error}.",
            hint=f"Correct that place in {path}.",
        ) from None


def write_toml(path: Path, document: Mapping[str, Any]) -> None:
    """Replace ``path`` by ``document``, whole or not at all, mode 0600.

    Raises:
        ConfigurationError: The folder or the disk refuses; the old file is as
            it was.
    """
    try:
        make_private_folder(path.parent)
        _replace(path, tomli_w.dumps(document).encode())
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror}.",
            hint=f"Look at the folder and the space left: ls -ld {path.parent}",
        ) from error


def is_private(path: Path) -> bool:
    """Return whether ``path`` is this user's and closed to everybody else."""
    status = path.stat()
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def make_private_folder(folder: Path) -> None:
    """Make ``folder`` and what is missing above it; the last one is 0700."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def _replace(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _fsync_folder(path.parent)


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
