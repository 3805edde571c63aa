"""What kind of disk a folder is on: a workspace is not opened over a network.

SQLite's log needs memory that all who have the database open share, which there
is on one machine only, and locks over a network are not to be relied upon: two
senders would each take themselves for the only one.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tuimail.core.patterns import regex
from tuimail.errors import WorkspaceRefusedError

NETWORK: Final = frozenset({
    "9p", "acfs", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs",
    "fuse.afpfs", "fuse.ceph", "fuse.cephfs", "fuse.davfs2", "fuse.gcsfuse",
    "fuse.glusterfs", "fuse.goofys", "fuse.juicefs", "fuse.rclone", "fuse.s3fs",
    "fuse.smbnetfs", "fuse.sshfs", "gfs", "gfs2", "glusterfs", "gpfs", "lustre",
    "ncp", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "panfs", "pvfs2", "smb3",
    "smbfs", "virtiofs", "vboxsf", "vmhgfs", "webdav",
})  # fmt: skip
"""Kinds of disk that other machines may write to at the same time."""

_LIMIT_SECONDS: Final = 2.0
_MOUNT: Final = regex(r".+ on (?P<place>/.*) \((?P<kind>[^,)]+)[^()]*\)")
"""``//nora@nas/mail on /Volumes/mail (smbfs, nodev, nosuid)``"""


class Mount(NamedTuple):
    """One disk, and where it is to be found."""

    place: str
    kind: str


def refuse_network(
    root: Path, *, mounts: "Callable[[], Iterator[Mount]] | None" = None
) -> None:
    """Refuse a folder on a disk that other machines may write to as well.

    Args:
        root: The folder, which need not exist yet.
        mounts: Tells which disks there are; this machine's where it is None.

    Raises:
        WorkspaceRefusedError: It is on one.
    """
    kind = kind_of(root, mounts=mounts)
    if kind in NETWORK:
        raise WorkspaceRefusedError(
            f"{root} is on a disk of the kind {kind}, which other machines can "
            "write to, and on which locks do not hold.",
            hint="Name a folder on a disk of this machine: tuimail --workspace DIR",
        )


def kind_of(
    root: Path, *, mounts: "Callable[[], Iterator[Mount]] | None" = None
) -> str:
    """Return the kind of disk that ``root`` is on; empty where nobody can tell.

    The mount with the longest path above it has it; of several at the same
    place it is the last.
    """
    place = os.path.realpath(root)
    above = [one for one in (mounts or _mounts)() if _is_above(one.place, place)]
    best = max(above, key=lambda one: len(one.place), default=None)
    if best is None:
        return ""
    return next(one.kind for one in reversed(above) if one.place == best.place)


def _is_above(mount: str, place: str) -> bool:
    """Return whether a place is a mount, or in it, by what they are called."""
    folder = mount.rstrip("/")
    return place == folder or place.startswith(f"{folder}/")


def linux_mounts(text: str) -> Iterator[Mount]:
    """Yield what ``/proc/self/mountinfo`` says (proc(5)).

    Blanks and other odd characters in a path are written in octal.
    """
    for line in text.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if dash and len(fields) > _PLACE:
            yield Mount(_unescaped(fields[_PLACE]), after.split(" ")[0])


def bsd_mounts(text: str) -> Iterator[Mount]:
    """Yield what ``mount`` prints on macOS and its relatives."""
    for line in text.splitlines():
        found = _MOUNT.fullmatch(line)
        if found:
            yield Mount(found["place"], found["kind"])


def _mounts() -> Iterator[Mount]:
    """Yield this machine's; nothing where it does not tell."""
    if sys.platform == "linux":
        return linux_mounts(_read(MOUNTINFO))
    return bsd_mounts(_asked())


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""


def _asked() -> str:
    """Return what ``mount`` prints; it asks no server, so that none can hang it."""
    import subprocess  # noqa: PLC0415 - only where there is no list to read

    try:
        done = subprocess.run(
            ["/sbin/mount"],
            capture_output=True,
            timeout=_LIMIT_SECONDS,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return os.fsdecode(done.stdout)


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


MOUNTINFO: Final = Path("/proc/self/mountinfo")
_PLACE: Final = 4
"""Which field of a line is the mount point, counted from 0."""
