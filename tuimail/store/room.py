"""The room that is kept on the disk, so that what became of mail can be recorded.

New mail is refused while there is still enough for the few rows that every
attempt writes: a disk that is full at that moment would make mail unknown.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tuimail.errors import FullDiskError

RESERVE_BYTES: Final = 50_000_000
"""How much stays free, at most; OpenSMTPD keeps this, too."""
_SHARE: Final = 20
"""A small disk keeps this part of itself: 5 %."""
_MEGABYTE: Final = 1_000_000

Measure = Callable[[Path], os.statvfs_result]


def has_room(root: Path, *, statvfs: Measure = os.statvfs) -> bool:
    """Return whether there is more room at ``root`` than what is kept.

    A disk that does not say how full it is has room.
    """
    return not _lack(root, statvfs)


def require_room(root: Path, *, statvfs: Measure = os.statvfs) -> None:
    """Refuse to store anything new while there is not enough room.

    Raises:
        FullDiskError: The disk that holds ``root`` is as good as full.
    """
    lack = _lack(root, statvfs)
    if lack:
        raise FullDiskError(
            f"The disk that holds {root} {lack}.",
            hint="Make room on that disk, e.g. tuimail purge --older-than 90; "
            "nothing was changed.",
        )


def _lack(root: Path, statvfs: Measure) -> str:
    """Return what there is too little of, or an empty text."""
    try:
        found = statvfs(root)
    except OSError:
        return ""
    if found.f_files and not found.f_favail:  # some disks do not count them
        return "has no room for another file"
    if _free(found) >= _kept(found):
        return ""
    return (
        f"has {_megabytes(_free(found))} left, and {_megabytes(_kept(found))} "
        "are kept for what becomes of mail on its way"
    )


def _free(found: os.statvfs_result) -> int:
    return found.f_bavail * found.f_frsize


def _kept(found: os.statvfs_result) -> int:
    return min(found.f_blocks * found.f_frsize // _SHARE, RESERVE_BYTES)


def _megabytes(size_bytes: int) -> str:
    return f"{size_bytes / _MEGABYTE:.1f} MB"
