"""The workspace's database: opened, guarded, and written in transactions.

Everything goes through ``Database``, which keeps three rules: no write outside a
transaction, no write after a disk error whose outcome is not known, and no
error of apsw above this layer.
"""

import os
import stat
import time
from _thread import allocate_lock
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, wraps
from itertools import chain
from pathlib import Path
from typing import Concatenate, Final, ParamSpec, Self, TypeVar

import apsw

from tuimail.errors import (
    InputError,
    StoreError,
    TuimailError,
    WorkspaceRefusedError,
)
from tuimail.store import read_only, schema
from tuimail.store.durable import (
    TEMPORARY_PREFIX,
    close_to_others,
    fsync_folder,
    make_folder,
    refuse_unless_file,
)
from tuimail.store.failures import database_failure, told
from tuimail.store.sqlite_version import refuse_old_sqlite

DATABASE_NAME: Final = "tuimail.db"
BUSY_TIMEOUT_MS: Final = 10_000
"""How long a write waits for another program's."""
_PAUSE_MS: Final = 10
_STEPS_BETWEEN_QUESTIONS: Final = 10_000
"""So many of SQLite's: about a millisecond."""
_NAMES: Final = (
    DATABASE_NAME, "blobs", "http.", "keys", "lent", "mail", "outbound", "sender.lock",
    "workspace.id", "journal.", "quarantine", "damaged-", "rebuilding", "suppressions.",
    "access.", ".faults", TEMPORARY_PREFIX,
)  # fmt: skip
"""How everything that tuimail puts into the folder of a workspace begins."""
_FAILURES: Final = (apsw.Error, UnicodeEncodeError)
"""What SQLite raises, of which nothing gets out of here."""
_MAKING: Final = allocate_lock()  # without loading threading

Value = str | int | bytes | None
Values = Sequence[Value] | Mapping[str, Value]
T = TypeVar("T")
Asked = ParamSpec("Asked")


def beside(path: Path) -> tuple[Path, Path]:
    """Return the files that SQLite keeps beside the database at ``path``."""
    return path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")


def _telling(
    ask: Callable[Concatenate["Database", Asked], T],
) -> Callable[Concatenate["Database", Asked], T]:
    """Let no error of SQLite out of a method; costs less than to enter a context."""

    @wraps(ask)
    def asked(database: "Database", /, *values: Asked.args, **named: Asked.kwargs) -> T:
        try:
            return ask(database, *values, **named)
        except _FAILURES as error:
            raise database.fail(error) from error

    return asked


class Database:
    """One connection to ``tuimail.db``; belongs to the thread that opened it.

    A connection, and not the file, is poisoned by a disk error: a COMMIT that
    failed may have happened all the same, so nothing more is written through
    it. Open the database again and look.
    """

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        """Take over a connection that ``open`` made ready."""
        self._connection: apsw.Connection | None = connection
        self._path = path
        self._names: dict[str, tuple[str, ...]] = {}
        """What the columns of each statement are called."""
        self._is_writing = False
        self._is_together = False
        self._turn = 0
        """Which of those that were together this is."""
        self._closed_because = "it was closed"

    @classmethod
    def open(cls, path: Path, *, actor: Callable[[], str]) -> Self:
        """Return the database at ``path``, made or migrated where needed.

        Args:
            path: The file; it and its folder are made where they are missing,
                for this user only.
            actor: Asked at every step who takes it, for the journal.

        Raises:
            NewerWorkspaceError: A newer tuimail has written it.
            WorkspaceBusyError: Another program keeps it locked.
            DamagedWorkspaceError: It is not what was written.
            StoreError: It cannot be used for another reason.
        """
        _refuse_unless_unicode(path)
        refuse_old_sqlite()
        if read_only.is_read_only(path):
            return cls(_looked_at(path, actor), path)
        make_folder(path.parent)
        with told(path):
            _close_folder(path.parent)
            with _MAKING:
                _make_file(path)
            for one in beside(path):
                close_to_others(one, 0o600)
            connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
            with _closed_if_refused(connection):
                _use_wal(connection)
                _prepare(connection, actor, path.parent)
                schema.update(connection, path)
        return cls(connection, path)

    @property
    def is_read_only(self) -> bool:
        """Whether nothing can be written here."""
        return self.connection.readonly("main")

    def require_writable(self) -> None:
        """Refuse what would write, where nothing can be written.

        Raises:
            ReadOnlyWorkspaceError: It may be looked at only.
        """
        if self.is_read_only:
            raise database_failure(apsw.ReadOnlyError(), self._path)

    @property
    def connection(self) -> apsw.Connection:
        """The open connection.

        Raises:
            StoreError: It was closed, by us or by a disk error.
        """
        if self._connection is None:
            raise StoreError(
                f"{self._path} is not open: {self._closed_because}.",
                hint="Start again: what is stored is read anew.",
            )
        return self._connection

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction is open; a disk error may have ended it."""
        return self._connection is not None and self._connection.in_transaction

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything inside one step that happens wholly or not at all.

        Takes the write lock at once: a transaction that only upgrades later
        gets no waiting time from SQLite.

        Raises:
            RuntimeError: It is inside another; a defect of the caller.
        """
        if self._is_writing or (
            self.connection.in_transaction and not self._is_together
        ):
            raise RuntimeError("Transactions do not nest.")
        with self._step() if self._is_together else self._whole():
            self._is_writing = True
            try:
                yield
            finally:
                self._is_writing = False

    @property
    def is_writing(self) -> bool:
        """Whether a transaction is open that further writes belong into."""
        return self._is_writing

    @property
    def may_begin(self) -> bool:
        """Whether a transaction could begin now: nothing is read as of one moment."""
        return self._is_together or not self.is_in_transaction

    @property
    def turn(self) -> int:
        """Which of those that are together this is; 0 where others may write meanwhile.

        What was read in the same turn is as it was, but for what was written here.
        """
        return self._turn if self._is_together else 0

    @property
    def moment(self) -> tuple[int, int] | None:
        """What stays the same while nothing is written; None where others may write."""
        return (self._turn, self.connection.total_changes()) if self.turn else None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make the transactions inside one on disk: one flush for all of them.

        Each still happens wholly or not at all, and one that fails takes no
        other with it. Nothing of any of them is certain before this ends.
        """
        with self._whole():
            self._is_together, self._turn = True, self._turn + 1
            try:
                yield
            finally:
                self._is_together = False

    @contextmanager
    def _whole(self) -> Iterator[None]:
        self._run("BEGIN IMMEDIATE")
        try:
            yield
            self._run("COMMIT")
        finally:
            self._leave()

    @contextmanager
    def _step(self) -> Iterator[None]:
        """Run inside what others share; SQLite may have ended it for all."""
        self._run("SAVEPOINT step")
        try:
            yield
        except BaseException:
            if self._connection is not None and self._connection.in_transaction:
                self._run("ROLLBACK TO step")
                self._run("RELEASE step")
            raise
        self._run("RELEASE step")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Show everything read inside as it was at one moment."""
        if self.connection.in_transaction:
            yield
            return
        self._run("BEGIN")
        try:
            yield
        finally:
            self._leave()

    @contextmanager
    def interruptible(self, is_over: Callable[[], bool]) -> Iterator[None]:
        """Break off what is read inside once ``is_over`` says so, with an error.

        Ctrl-C is heard meanwhile, too, and not only when SQLite is done.

        Raises:
            StoreError: It was broken off.
        """
        self.connection.set_progress_handler(is_over, _STEPS_BETWEEN_QUESTIONS)
        try:
            yield
        finally:
            if self._connection is not None:
                self._connection.set_progress_handler(None)

    @contextmanager
    def looking_through(self) -> Iterator[None]:
        """Keep few of the pages that are read inside: they are not read again.

        Those that are kept stay in memory for as long as the database is open.
        """
        self._run(_KEEP_FEW)
        try:
            yield
        finally:
            if self._connection is not None:
                self._run(_KEEP_MANY)

    @_telling
    def read(self, sql: str, values: Values, decode: Callable[..., T]) -> list[T]:
        """Return what ``decode`` makes of each row's columns, given by name."""
        cursor = self.connection.execute(sql, values)
        first = next(cursor, None)
        if first is None:
            return []
        names = self._names.get(sql) or self._learn(sql, cursor)
        rows = chain((first,), cursor)
        return [decode(**dict(zip(names, row, strict=True))) for row in rows]

    @_telling
    def read_in_order(
        self, sql: str, values: Values, decode: Callable[..., T]
    ) -> list[T]:
        """As ``read``; the columns are given by position, for rows that are many."""
        return [decode(*row) for row in self.connection.execute(sql, values)]

    def _learn(self, sql: str, cursor: apsw.Cursor) -> tuple[str, ...]:
        """Remember what the columns of a statement are called.

        SQLite only says so while there are rows.
        """
        names = tuple(column[0] for column in cursor.get_description())
        self._names[sql] = names
        return names

    def read_one(self, sql: str, values: Values, decode: Callable[..., T]) -> T | None:
        """Return what ``decode`` makes of the first row; None where there is none."""
        found = self.read(sql, values, decode)
        return found[0] if found else None

    @_telling
    def write(self, sql: str, values: Values) -> int:
        """Change rows; return how many.

        Raises:
            RuntimeError: It is outside a transaction; a defect of the caller.
        """
        self._check_writing()
        connection = self.connection
        connection.execute(sql, values).fetchall()
        return connection.changes()

    def write_returning(
        self, sql: str, values: Values, decode: Callable[..., T]
    ) -> list[T]:
        """Change rows; return what ``decode`` makes of what the statement returns.

        Raises:
            RuntimeError: It is outside a transaction; a defect of the caller.
        """
        self._check_writing()
        return self.read(sql, values, decode)

    @_telling
    def write_each(self, sql: str, rows: Sequence[Values]) -> None:
        """Run the same change for each of ``rows``."""
        self._check_writing()
        self.connection.executemany(sql, rows).fetchall()

    @_telling
    def split(self, text: str, tokenizer: str, options: Sequence[str]) -> list[str]:
        """Return the words of a text as an index of SQLite's FTS5 has them."""
        split = self.connection.fts5_tokenizer(tokenizer, list(options))
        found = split(
            text.encode(), apsw.FTS5_TOKENIZE_QUERY, None, include_offsets=False
        )
        return [str(word) for one in found for word in one]

    @_telling
    def data_version(self) -> int:
        """Return a number that changes when another connection has written."""
        return int(self.connection.pragma("data_version"))

    def close(self) -> None:
        """Close the connection; closing twice is fine."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(apsw.Error):
                connection.close(force=True)

    def _check_writing(self) -> None:
        if not self._is_writing:
            raise RuntimeError("Writes belong in a transaction.")

    @_telling
    def _run(self, sql: str) -> None:
        self.connection.execute(sql)

    def _leave(self) -> None:
        """End what is still open; SQLite has ended some by itself."""
        if self._connection is not None and self._connection.in_transaction:
            self._run("ROLLBACK")

    def fail(self, error: apsw.Error | UnicodeEncodeError) -> TuimailError:
        """Return what to raise for an error of SQLite; a disk error closes it."""
        if isinstance(error, UnicodeEncodeError):
            return InputError(
                "Text that cannot be written as UTF-8 cannot be stored.",
                hint="Leave out half a surrogate pair, or bytes that are no text.",
            )
        if isinstance(error, apsw.IOError):
            self._closed_because = "the disk failed while it was in use"
            self.close()
        return database_failure(error, self._path)


def _make_file(path: Path) -> None:
    """Have an empty file that only this user may read, unless there is one.

    A file that is there is never opened here: closing it again would drop the
    locks that SQLite holds on it in this process. For the same reason no other
    thread goes on to SQLite before a new file is closed.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError:
        refuse_unless_file(path, path.lstat())
    else:
        os.fchmod(descriptor, 0o600)
        os.close(descriptor)
        fsync_folder(path.parent)


def _refuse_unless_unicode(path: Path) -> None:
    """Refuse what SQLite, which takes names in UTF-8 only, could not open."""
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise WorkspaceRefusedError(
            f"The name of the folder {path.parent} is not UTF-8 text.",
            hint="Rename it, or name another folder: tuimail --workspace DIR",
        ) from error


def _close_folder(folder: Path) -> None:
    """Close a workspace that others made or left open; what else is no business.

    Somebody may have named a folder that holds other things, for others to use,
    or one for everybody, such as ``/tmp``: then only what is ours in it is closed.
    """
    is_for_everybody = folder.stat().st_mode & stat.S_ISVTX
    names = [one.name for one in folder.iterdir()]
    if not is_for_everybody and all(name.startswith(_NAMES) for name in names):
        close_to_others(folder, 0o700)


def _looked_at(path: Path, actor: Callable[[], str]) -> apsw.Connection:
    """Return a connection to what may be looked at and not written."""
    with told(path):
        refuse_unless_file(path, path.lstat())
        connection = read_only.connect(path)
        with _closed_if_refused(connection):
            _prepare(connection, actor, path.parent)
            schema.require(connection, path, schema.shipped())
    return connection


@contextmanager
def _closed_if_refused(connection: apsw.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close(force=True)
        raise


def _prepare(connection: apsw.Connection, actor: Callable[[], str], root: Path) -> None:
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    # Else many statements are planned anew for each value that they are given.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    connection.create_scalar_function(
        "actor", lambda *_: actor(), 0, flags=apsw.SQLITE_INNOCUOUS
    )
    connection.create_scalar_function(
        "sha256", _sha256, 1, deterministic=True, flags=apsw.SQLITE_INNOCUOUS
    )
    connection.create_scalar_function(
        "keyed_digest", _keyed_digest(root), 2, flags=apsw.SQLITE_INNOCUOUS
    )
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    for name, value in _PRAGMAS:
        connection.pragma(name, value)


def _use_wal(connection: apsw.Connection) -> None:
    """Let readers go on while somebody writes.

    SQLite does not always wait by itself for this one: two programs that make
    a workspace at once would be in each other's way.
    """
    for _ in range(BUSY_TIMEOUT_MS // _PAUSE_MS):
        with suppress(apsw.BusyError):
            connection.pragma("journal_mode", "wal")
            return
        time.sleep(_PAUSE_MS / 1000)
    connection.pragma("journal_mode", "wal")


def _sha256(*texts: object) -> str:
    return _hashed()(str(texts[0]))


@cache
def _hashed() -> Callable[[str], str]:
    """Return what hashes a text: a mail that is sent asks for it six times."""
    from hashlib import sha256  # noqa: PLC0415 - loads OpenSSL, and lists hash nothing

    return lambda text: sha256(text.encode()).hexdigest()


def _keyed_digest(root: Path) -> Callable[..., str]:
    """Return what hashes a text of a kind: who guesses it cannot make sure."""

    @cache
    def key() -> bytes:
        from tuimail.store.signing_key import (  # noqa: PLC0415 - lists hash nothing
            JOURNAL,
            kept_key,
        )

        return kept_key(root, os.urandom, JOURNAL)

    def digest(*texts: object) -> str:
        kind, text = map(str, texts)
        from hmac import digest as hashed  # noqa: PLC0415 - as hashlib

        return hashed(key(), f"{kind}:{text}".encode(), "sha256").hex()

    return digest


_PAGES_KIB: Final = 4096
"""So much of the database each connection of a process keeps."""
_KEEP_MANY: Final = f"PRAGMA cache_size = -{_PAGES_KIB}"
_KEEP_FEW: Final = f"PRAGMA cache_size = -{_PAGES_KIB // 16}"
_PRAGMAS: Final = (
    ("synchronous", "full"),
    ("fullfsync", 1),  # macOS answers fsync before the disk has it
    ("checkpoint_fullfsync", 1),
    ("foreign_keys", 1),
    ("recursive_triggers", 1),  # else REPLACE would delete past the triggers
    ("mmap_size", 0),  # a disk error would be a signal instead of an error
    ("cache_size", -_PAGES_KIB),
    ("temp_store", "memory"),  # what savepoints keep of pages would be a file
)
