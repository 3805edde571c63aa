"""Files that are written for a person: new ones only, nothing is ever overwritten.

A file is whole or not there: one that could not be written to its end is removed.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tuimail.errors import FieldError, StoreError

FIELD: Final = "output"
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


def refuse_existing(paths: Iterable[Path]) -> None:
    """Refuse to write where something is already.

    Raises:
        FieldError: The first of ``paths`` that is there.
    """
    for path in paths:
        if os.path.lexists(path):
            raise _is_there(path)


def make_folder(folder: Path) -> None:
    """Make a folder for files, for its owner alone; it may be there.

    Raises:
        FieldError: It cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except (OSError, ValueError) as error:
        raise FieldError(
            f"The folder {folder} cannot be made: {_why(error)}.",
            hint="Name one that is there, or can be made where it is.",
            field=FIELD,
        ) from error


def write_new(path: Path, pieces: Iterable[bytes]) -> None:
    """Write ``pieces`` to a new file that only its owner may read.

    Raises:
        FieldError: Something is there already, or nothing can be there.
        StoreError: The disk refuses; what was written of it is removed.
    """
    try:
        descriptor = os.open(path, _NEW, 0o600)
    except FileExistsError as error:
        raise _is_there(path) from error
    except (OSError, ValueError) as error:
        raise FieldError(
            f"{path} cannot be written: {_why(error)}.",
            hint="Name a place where you may write.",
            field=FIELD,
        ) from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.writelines(pieces)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise StoreError(
            f"{path} cannot be written: {error.strerror}.",
            hint="Make room on the disk, then try again.",
        ) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _is_there(path: Path) -> FieldError:
    return FieldError(
        f"{path} is there already, and nothing is overwritten.",
        hint="Name another place, or move that one away.",
        field=FIELD,
    )


def _why(error: OSError | ValueError) -> str:
    return str(error.strerror) if isinstance(error, OSError) else "not a path"
