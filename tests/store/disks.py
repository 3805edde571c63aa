"""A disk that fails on demand, below SQLite and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import apsw

_NAME: Final = "failing"


class FailingDisk(apsw.VFS):
    """The real file system, until ``failure`` is set.

    A write or a flush of any file then raises it: ``apsw.IOError`` for a disk
    that is dying, ``apsw.FullError`` for one that is full.
    """

    def __init__(self) -> None:
        self._base = apsw.vfs_names()[0]
        self.on_write: apsw.Error | None = None
        self.on_flush: apsw.Error | None = None
        super().__init__(_NAME, self._base)

    def xOpen(  # noqa: N802 - apsw calls it so
        self, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> apsw.VFSFile:
        return _File(self, self._base, name, flags)


class _File(apsw.VFSFile):
    def __init__(
        self,
        disk: FailingDisk,
        base: str,
        name: str | apsw.URIFilename | None,
        flags: list[int],
    ) -> None:
        self._disk = disk
        super().__init__(base, name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - as above
        if self._disk.on_write is not None:
            raise self._disk.on_write
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802 - as above
        if self._disk.on_flush is not None:
            raise self._disk.on_flush
        super().xSync(flags)


@contextmanager
def failing_disk() -> Iterator[FailingDisk]:
    """Have every database that is opened inside on a disk that can fail."""
    before = apsw.vfs_names()[0]
    disk = FailingDisk()
    apsw.set_default_vfs(_NAME)
    try:
        yield disk
    finally:
        apsw.set_default_vfs(before)
        apsw.unregister_vfs(_NAME)
