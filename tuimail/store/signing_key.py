"""The key by which a workspace knows links that it made itself; made once.

It lies in a file of its own, for its owner only, and is copied with the workspace:
links that were sent stay good as long as it is there. It is in no database, so
that a copy of that opens nothing.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from tuimail.errors import StoreError
from tuimail.store.durable import (
    close_to_others,
    fsync_folder,
    make_folder,
    small_file,
    temporary,
)
from tuimail.store.failures import told

KEY_BYTES: Final = 32
FOLDER: Final = "keys"
_NAME: Final = "unsubscribe"


def stored_key(root: Path) -> bytes | None:
    """Return the key of the workspace at ``root``, None while there is none.

    Raises:
        StoreError: It cannot be read, or is no key.
    """
    path = root / FOLDER / _NAME
    close_to_others(path, 0o600)
    try:
        found = small_file(path, limit_bytes=KEY_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(found) != KEY_BYTES:
        raise StoreError(
            f"{path} is not the key that links for unsubscribing are signed with.",
            hint="Put the file back from a backup. Without it, links that were sent "
            f"end nothing: remove it to have a new one made: rm {path}",
        )
    return found


def kept_key(root: Path, random: Callable[[int], bytes]) -> bytes:
    """Return the key of the workspace at ``root``, made where there is none.

    Of several processes that make one at once, all return the same.

    Args:
        root: The folder of the workspace.
        random: Source of random bytes.

    Raises:
        StoreError: The disk does not take it, or what is there is no key.
    """
    found = stored_key(root)
    if found is not None:
        return found
    folder = root / FOLDER
    make_folder(folder)
    path = folder / _NAME
    with told(path), temporary(folder, [random(KEY_BYTES)], 0o600) as made:
        with suppress(FileExistsError):
            os.link(made, path)
        fsync_folder(folder)
    return kept_key(root, random)
