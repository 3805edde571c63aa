"""Makes the tables of a new workspace once, and copies them where a test needs one.

The copy is what the migrations made, page by page: to run them all takes longer than
most tests. Processes that a test starts run them, and so do tests of older schemas.
"""

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import apsw

    from tuimail.store.schema import Migration


@pytest.fixture(autouse=True, scope="session")
def tables_made_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tuimail.store.schema._make", Tables().make)
        yield


class Tables:
    """Takes the place of what makes the tables of a new database."""

    def __init__(self) -> None:
        # What is imported before the coverage gate begins to measure is not measured.
        import apsw  # noqa: PLC0415

        from tuimail.store import schema  # noqa: PLC0415

        self._schema, self._really = schema, schema._make
        self._connect = apsw.Connection
        self._made: apsw.Connection | None = None
        self._lock = threading.Lock()

    def make(
        self, connection: "apsw.Connection", path: Path, steps: "Sequence[Migration]"
    ) -> None:
        with self._lock:
            if steps is not self._schema.shipped():
                self._really(connection, path, steps)
            elif self._made is None:
                self._really(connection, path, steps)
                self._made = self._connect(":memory:")
                _copy(connection, self._made)
            else:
                self._schema._refuse_emptied(path)
                if not self._schema.version_of(connection):
                    _copy(self._made, connection)


def _copy(source: "apsw.Connection", target: "apsw.Connection") -> None:
    with target.backup("main", source, "main") as copying:
        copying.step()
