"""Template files: the one that was named, and what it may include.

The rule kept here: whatever a template asks for, it gets regular files below its
own folder only. Links are not followed and hidden names are refused, so that a
template somebody else wrote reads no keys and no passwords into a mail.
"""

import errno
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tuimail.errors import FieldError, TemplateError

FILE_LIMIT_BYTES: Final = 8_000_000
"""Of one template; four bytes for every character that a template may have."""
_FROM_SHELL: Final = re.compile(r"/dev/stdin|/(?:dev|proc/self)/fd/[0-9]+")
"""The other end of ``<(command)``, which a person opened for us."""
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_INSIDE: Final = _READING | os.O_NOFOLLOW


@dataclass(frozen=True, slots=True)
class TemplateFolder:
    """What templates may include."""

    path: Path

    def load(self, name: str) -> str | None:
        """Return the template called ``name``, or None where there is none.

        Raises:
            TemplateError: It is outside the folder, hidden, a link, no regular
                file, too long or not UTF-8.
        """
        parts = _parts(name)
        try:
            with os.fdopen(self._open(parts), "rb") as file:
                content = file.read(FILE_LIMIT_BYTES + 1)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise TemplateError(
                f"the file {name!r} cannot be read: {_reason(error)}.",
                hint=_HINT,
                field="template",
            ) from error
        text = decoded(
            content, name=name, field="template", limit_bytes=FILE_LIMIT_BYTES
        )
        return text.replace("\r\n", "\n")

    def _open(self, parts: tuple[str, ...]) -> int:
        """Open one folder after the other, so that none becomes a link meanwhile."""
        at = os.open(self.path, _READING | os.O_DIRECTORY)
        for part in parts[:-1]:
            at = _below(part, _INSIDE | os.O_DIRECTORY, at)
        return _regular(_below(parts[-1], _INSIDE, at))


def read_text(path: Path, *, name: str, field: str, limit_bytes: int) -> str:
    """Return what is in a file, or in a pipe that a shell opened for us.

    Any other pipe is refused: it could keep us for ever.

    Args:
        path: Where it is.
        name: What errors call it.
        field: The option it was given with, for errors.
        limit_bytes: A longer one is refused.

    Raises:
        FieldError: It cannot be read, is too long or not UTF-8.
    """
    try:
        with os.fdopen(_named(path), "rb") as file:
            content = file.read(limit_bytes + 1)
    except (OSError, ValueError) as error:
        raise FieldError(
            f"{name} cannot be read: {_reason(error)}.",
            hint=f"Check --{field}.",
            field=field,
        ) from error
    return decoded(content, name=name, field=field, limit_bytes=limit_bytes)


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
    return _regular(os.open(path, _READING))


def _regular(descriptor: int) -> int:
    """Return ``descriptor`` if it is of a regular file; else close it."""
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is not a regular file")
    return descriptor


def _parts(name: str) -> tuple[str, ...]:
    parts = tuple(name.split("/"))
    if any(not part or part.startswith(".") for part in parts):
        raise TemplateError(
            f"the file {name!r} is hidden, or not within the folder of the template.",
            hint=_HINT,
            field="template",
        )
    return parts


def _below(part: str, flags: int, folder: int) -> int:
    """Open ``part`` within ``folder``, which is closed."""
    try:
        return os.open(part, flags, dir_fd=folder)
    finally:
        os.close(folder)


def _reason(error: OSError | ValueError) -> str:
    if not isinstance(error, OSError):
        return "not a path"
    if error.errno in {errno.ELOOP, errno.EMLINK, errno.ENOTDIR}:
        return "it is a link, or within something that is no folder"
    return str(error.strerror)


_HINT: Final = (
    "Put it beside the template or in a folder below, and name it from there."
)
