"""Text from a file that a person named: regular, not too long, UTF-8.

The rule kept here: nothing that is named makes us wait for ever, so that pipes
and devices are refused, but for what a shell opened for us.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from tuimail.core.patterns import regex
from tuimail.errors import FieldError

LINE_LIMIT_BYTES: Final = 10_000_000
"""Of what is read line by line, one."""
READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
"""How a file is opened that might be anything."""
_FROM_SHELL: Final = regex(r"/dev/stdin|/(?:dev|proc/self)/fd/[0-9]+")
"""The other end of ``<(command)``."""


def read_text(path: Path, *, name: str, field: str, limit_bytes: int) -> str:
    """Return what is in a file, or in a pipe that a shell opened for us.

    Args:
        path: Where it is.
        name: What errors call it.
        field: The option it was given with, for errors.
        limit_bytes: A longer one is refused.

    Raises:
        FieldError: It cannot be read, is too long or not UTF-8.
    """
    content = read_bytes(path, name=name, field=field, limit_bytes=limit_bytes)
    return decoded(content, name=name, field=field, limit_bytes=limit_bytes)


def read_bytes(path: Path, *, name: str, field: str, limit_bytes: int) -> bytes:
    """Return the first ``limit_bytes`` of a file and one more, if it has more.

    Raises:
        FieldError: It cannot be read, or is a pipe that no shell opened for us.
    """
    with opened(path, name=name, field=field) as file:
        return file.read(limit_bytes + 1)


@contextmanager
def opened(path: Path, *, name: str, field: str) -> Iterator[BinaryIO]:
    """Open a file that was named, and tell of its failures as ``read_bytes`` does.

    Raises:
        FieldError: It cannot be read, or is a pipe that no shell opened for us.
    """
    try:
        with os.fdopen(_named(path), "rb") as file:
            yield file
    except (OSError, ValueError) as error:
        raise FieldError(
            f"{name} cannot be read: {reason(error)}.",
            hint="Name a file that can be read.",
            field=field,
        ) from error


def lines_of(file: BinaryIO, *, name: str, field: str) -> Iterator[str]:
    """Yield the lines of a file that may be of any length, each with its end.

    Raises:
        FieldError: A line is too long or not UTF-8; its number is named.
    """
    number = 0
    while content := file.readline(LINE_LIMIT_BYTES + 1):
        number += 1
        yield decoded(
            content,
            name=f"Line {number} of {name}",
            field=field,
            limit_bytes=LINE_LIMIT_BYTES,
        )


def decoded(content: bytes, *, name: str, field: str, limit_bytes: int) -> str:
    """Return ``content`` as text.

    Raises:
        FieldError: It is too long or not UTF-8.
    """
    if len(content) > limit_bytes:
        raise FieldError(
            f"{name} is longer than {limit_bytes} bytes.",
            hint="Split it, or leave out what no mail needs.",
            field=field,
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FieldError(
            f"{name} is not UTF-8 text: byte {error.start + 1} is "
            f"{content[error.start]:#04x}.",
            hint="Save it again as UTF-8.",
            field=field,
        ) from error


def _named(path: Path) -> int:
    if _FROM_SHELL.fullmatch(str(path)):
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return regular(os.open(path, READING))


def regular(descriptor: int) -> int:
    """Return ``descriptor`` if it is of a regular file; else close it.

    Raises:
        OSError: It is a folder, a pipe or a device.
    """
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return descriptor


def reason(error: OSError | ValueError) -> str:
    """Return in words why a file could not be opened."""
    if not isinstance(error, OSError):
        return "not a path"
    if error.errno in {errno.ELOOP, errno.EMLINK, errno.ENOTDIR}:
        return "it is a link, or within something that is no folder"
    return str(error.strerror)
