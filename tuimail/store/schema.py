"""Brings a database to the newest schema, and its legal moves up to date.

Each step is one transaction under an exclusive lock, so that a kill leaves the
old schema or the new one; a new workspace takes all of them in one. Before an
existing workspace is upgraded, a copy of the database is put beside it.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import apsw

from tuimail.core.lifecycle import DRAFT_STEPS, SUBMISSION_STEPS, moves
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import NewerWorkspaceError, ReadOnlyWorkspaceError, StoreError
from tuimail.store.durable import replacing
from tuimail.store.failures import damaged
from tuimail.store.list_names import NAMES

APPLICATION_ID: Final = 0x7475_696D
"""``tuim``, in the header of the file: nobody else's database is touched."""

_FOLDER: Final = Path(__file__).with_name("migrations")
_DIGITS: Final = 4
_FILE_NAME: Final = regex(r"(\d{4})_\w+\.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step from a schema to the next."""

    number: int
    """The ``user_version`` that it leads to."""
    sql: str


@cache
def shipped() -> tuple[Migration, ...]:
    """Return the migrations of this version of tuimail, in order."""
    found = ((_FILE_NAME.fullmatch(file.name), file) for file in _FOLDER.iterdir())
    steps = (
        Migration(number=int(name[1]), sql=file.read_text("utf-8"))
        for name, file in found
        if name is not None
    )
    return tuple(sorted(steps, key=lambda step: step.number))


@cache
def newest() -> int:
    """Return the number of the last of them, by their names: nothing is read."""
    names = (file.name for file in _FOLDER.iterdir() if file.suffix == ".sql")
    return int(max(names)[:_DIGITS])


def update(connection: apsw.Connection, path: Path) -> None:
    """Bring the database at ``path`` to what this version of tuimail has.

    Nearly always it is there; then no migration is read. Raises as ``migrate``.
    """
    if _is_ours(connection) and version_of(connection) == newest():
        _seed(connection)
    else:
        migrate(connection, path, shipped())


def migrate(
    connection: apsw.Connection, path: Path, steps: Sequence[Migration]
) -> None:
    """Bring the database at ``path`` to the last of ``steps``.

    Raises:
        NewerWorkspaceError: A newer tuimail has written it.
        DamagedWorkspaceError: It is empty, and there is mail beside it.
        StoreError: It is a database, but not one of tuimail.
    """
    found = _known(connection, path, steps)
    if not found:
        _make(connection, path, steps)
        found = version_of(connection)
    for step in steps[found:]:
        _take(connection, path, step, is_upgrade=step.number == found + 1)
    _seed(connection)


def require(
    connection: apsw.Connection, path: Path, steps: Sequence[Migration]
) -> None:
    """Refuse a database that is not at the last of ``steps``, and change nothing.

    Raises:
        NewerWorkspaceError: A newer tuimail has written it.
        ReadOnlyWorkspaceError: It would have to be upgraded first.
        StoreError: It is a database, but not one of tuimail.
    """
    if _known(connection, path, steps) < steps[-1].number:
        raise ReadOnlyWorkspaceError(
            f"{path} was written by an older tuimail, and may not be written now.",
            hint="Copy the folder to where it can be written, and name the copy: "
            "tuimail --workspace DIR",
        )


def version_of(connection: apsw.Connection) -> int:
    """Return the number of the last step that was taken; 0 for none."""
    return int(connection.pragma("user_version"))


def _known(connection: apsw.Connection, path: Path, steps: Sequence[Migration]) -> int:
    """Return the step that the database is at, if it is ours and known."""
    found = version_of(connection)
    _refuse_foreign(connection, path)
    if found > steps[-1].number:
        raise NewerWorkspaceError(
            f"{path} has schema {found}, and this tuimail knows up to "
            f"{steps[-1].number}.",
            hint="Update tuimail: python3 -m pip install --upgrade tuimail",
        )
    return found


def _refuse_foreign(connection: apsw.Connection, path: Path) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    if tables == [(0,)] or _is_ours(connection):
        return
    raise StoreError(
        f"{path} is the database of another program.",
        hint="Name another folder: tuimail --workspace DIR",
    )


def _is_ours(connection: apsw.Connection) -> bool:
    return bool(connection.pragma("application_id") == APPLICATION_ID)


def _make(connection: apsw.Connection, path: Path, steps: Sequence[Migration]) -> None:
    """Take all steps in a new database, unless another process did meanwhile."""
    with _exclusively(connection):
        if version_of(connection):
            return
        _refuse_emptied(path)
        for step in steps:
            connection.execute(step.sql).fetchall()
        connection.pragma("user_version", steps[-1].number)


def _take(
    connection: apsw.Connection, path: Path, step: Migration, *, is_upgrade: bool
) -> None:
    """Take one step, unless another process took it while we waited."""
    with _exclusively(connection):
        if version_of(connection) >= step.number:
            return
        if is_upgrade:
            _keep_copy(path, step.number - 1)
        connection.execute(step.sql).fetchall()
        connection.pragma("user_version", step.number)


def _refuse_emptied(path: Path) -> None:
    """Refuse to begin anew where there is mail already, or a list of who may what.

    A database that was emptied or removed looks like one that is to be made,
    and what it knew about the mail would be gone without a word.
    """
    folder = path.parent / "outbound"
    if folder.is_dir() and any(
        not one.name.startswith(".") for one in folder.iterdir()
    ):
        raise damaged(path, "it is empty, and there is mail beside it")
    for name in NAMES:
        if (path.parent / name).exists():
            raise damaged(path, f"it is empty, and there is {name} beside it")


def _keep_copy(path: Path, version: int) -> None:
    """Copy the database as it is before a step, by a second connection.

    The step's own connection holds the lock that keeps writers out meanwhile.
    """
    copy = path.with_name(f"{path.name}.{version}.copy")
    with replacing(copy) as target:
        reader = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            reader.execute("VACUUM INTO ?", (str(target),))
        finally:
            reader.close()


def _seed(connection: apsw.Connection) -> None:
    """Make the tables of legal moves those of ``core.lifecycle``."""
    legal = (sorted(moves(DRAFT_STEPS)), sorted(moves(SUBMISSION_STEPS)))
    if _seeded(connection) == legal:
        return
    with _exclusively(connection):
        connection.execute("DELETE FROM draft_moves")
        connection.executemany("INSERT INTO draft_moves VALUES (?, ?)", legal[0])
        connection.execute("DELETE FROM submission_moves")
        connection.executemany("INSERT INTO submission_moves VALUES (?, ?)", legal[1])


def _seeded(connection: apsw.Connection) -> tuple[object, object]:
    drafts = connection.execute("SELECT * FROM draft_moves ORDER BY 1, 2")
    submissions = connection.execute("SELECT * FROM submission_moves ORDER BY 1, 2")
    return drafts.fetchall(), submissions.fetchall()


@contextmanager
def _exclusively(connection: apsw.Connection) -> Iterator[None]:
    connection.execute("BEGIN EXCLUSIVE")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
