"""Files that are still there, whole, after the power went.

Write to a temporary file in the same folder, flush it, rename it, flush the
folder. The mode is what is asked for, whatever the umask.
"""

from collections.abc import Iterable
from pathlib import Path


def write_durably(path: Path, pieces: Iterable[bytes], mode: int = 0o600) -> None:
    """Put ``pieces`` at ``path``, replacing what is there, wholly or not at all."""
    raise NotImplementedError


def make_folder(path: Path) -> None:
    """Make ``path`` and the folders above it that are missing, with mode 0700."""
    raise NotImplementedError


def fsync_folder(path: Path) -> None:
    """Make the names in ``path`` durable."""
    raise NotImplementedError
