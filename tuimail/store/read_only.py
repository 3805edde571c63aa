"""A database that may be looked at and not written.

Its disk was mounted so, or turned so after an error, or it belongs to somebody
else. SQLite needs a file beside it to read what was written last; where nobody
can make one, there has to be nothing that it would say.
"""

import os
from pathlib import Path
from typing import Final
from urllib.parse import quote

import apsw

_LOG: Final = "-wal"


def is_read_only(path: Path) -> bool:
    """Return whether ``path`` is there, and this user may not write it."""
    if not os.path.lexists(path):
        return False
    return not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def connect(path: Path) -> apsw.Connection:
    """Return a connection through which nothing can be written."""
    log = path.with_name(path.name + _LOG)
    if _is_disk_read_only(path) and not log.exists():
        name = f"file:{quote(str(path))}?immutable=1"
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        return apsw.Connection(name, flags=flags)
    return apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)


def _is_disk_read_only(path: Path) -> bool:
    return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
