"""Keys of a workspace: for links that it made itself, and for hashes; made once.

Each lies in a file of its own, for its owner only, and is copied with the workspace:
links that were sent stay good as long as theirs is there. They are in no database,
so that a copy of that, or of the journal, opens nothing.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

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


class Purpose(NamedTuple):
    """What a key is for."""

    name: str
    """Of its file."""
    what: str
    without: str
    """What is lost with it."""


UNSUBSCRIBE: Final = Purpose(
    "unsubscribe",
    "links for unsubscribing are signed with",
    "links that were sent end nothing",
)
JOURNAL: Final = Purpose(
    "journal",
    "addresses in the journal are hashed with",
    "nobody can say whom lines that are there are about",
)


def stored_key(root: Path, purpose: Purpose = UNSUBSCRIBE) -> bytes | None:
    """Return a key of the workspace at ``root``, None while there is none.

    Raises:
        StoreError: It cannot be read, or is no key.
    """
    path = root / FOLDER / purpose.name
    close_to_others(path, 0o600)
    try:
        found = small_file(path, limit_bytes=KEY_BYTES + 1)
    except FileNotFoundError:
        return None
    if len(found) != KEY_BYTES:
        raise StoreError(
            f"{path} is not the key that {purpose.what}.",
            hint=f"Put the file back from a backup. Without it, {purpose.without}: "
            f"remove it to have a new one made: rm {path}",
        )
    return found


def kept_key(
    root: Path, random: Callable[[int], bytes], purpose: Purpose = UNSUBSCRIBE
) -> bytes:
    """Return a key of the workspace at ``root``, made where there is none.

    Of several processes that make one at once, all return the same.

    Args:
        root: The folder of the workspace.
        random: Source of random bytes.
        purpose: What it is for.

    Raises:
        StoreError: The disk does not take it, or what is there is no key.
    """
    found = stored_key(root, purpose)
    if found is not None:
        return found
    folder = root / FOLDER
    make_folder(folder)
    path = folder / purpose.name
    with told(path), temporary(folder, [random(KEY_BYTES)], 0o600) as made:
        with suppress(FileExistsError):
            os.link(made, path)
        fsync_folder(folder)
    return kept_key(root, random, purpose)
