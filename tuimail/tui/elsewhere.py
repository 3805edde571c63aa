"""What is being written, saved as a file where the workspace takes nothing.

A full or read-only disk must not cost what somebody typed: any other disk will do.
"""

import os
import re
from pathlib import Path
from typing import Final

from tuimail.core.lent import Sheet, written
from tuimail.errors import ConfigurationError
from tuimail.tui.editing import Typed

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
SUFFIX: Final = ".eml"
_NOT_IN_A_NAME: Final = re.compile(r"[^\w.-]+", re.ASCII)
_LONGEST_NAME: Final = 60


def proposed(typed: Typed) -> str:
    """Return a path that is likely to be good: in the home, named by the subject."""
    name = _NOT_IN_A_NAME.sub("-", typed.subject).strip("-.")[:_LONGEST_NAME]
    return f"~/{name or 'mail'}{SUFFIX}"


def content(typed: Typed, sender: str) -> bytes:
    """Return what stands in the fields as a file: headers, an empty line, the body.

    The other part of the body, and what is attached, are named below it.
    """
    headers = {
        "From": sender,
        "To": typed.to,
        "Cc": typed.cc,
        "Bcc": typed.bcc,
        "Subject": typed.subject,
    }
    parts = [typed.text or typed.html]
    if typed.text and typed.html:
        parts.append(f"\n\n--- HTML ---\n{typed.html}")
    if typed.files:
        names = "\n".join(one.name for one in typed.files)
        parts.append(f"\n\n--- Attached, not in this file ---\n{names}")
    return written(Sheet(headers=headers, body="".join(parts)))


def save(path: Path, octets: bytes) -> None:
    """Write a new file that nobody else can read.

    Raises:
        ConfigurationError: There is such a file, or the disk refuses.
    """
    try:
        descriptor = os.open(path, _NEW, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path} is there already.", hint="Choose another name.", field="path"
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror}.",
            hint="Choose another folder, on another disk.",
            field="path",
        ) from error
