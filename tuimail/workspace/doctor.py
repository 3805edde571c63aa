"""Looks a workspace over, from outside: also one that cannot be opened.

A repair asks nothing and decides nothing about mail. It refuses while somebody
sends, and a database that cannot be trusted is rebuilt from the files.
"""

import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Final

import apsw

from tuimail.core.values import dataclass
from tuimail.errors import (
    DamagedWorkspaceError,
    TuimailError,
    WorkspaceBusyError,
)
from tuimail.store.filesystems import NETWORK, kind_of
from tuimail.store.locks import SenderLock
from tuimail.store.room import require_room
from tuimail.store.sqlite_version import sqlite_fault
from tuimail.workspace.clock import SYSTEM_CLOCK, Clock
from tuimail.workspace.diagnosis import (
    Diagnosis,
    Health,
    counted,
    fine,
    problem,
    some,
    warning,
)
from tuimail.workspace.rebuild import Rebuilt, rebuild
from tuimail.workspace.stores import LOCK_NAME
from tuimail.workspace.upkeep import REPAIR, exposed
from tuimail.workspace.workspace import Workspace

FACE: Final = "doctor"
"""What others are told that holds the sender lock."""
_OTHERS: Final = 0o077
_MANY: Final = "files and folders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What was found, after what was mended."""

    root: Path
    diagnoses: tuple[Diagnosis, ...]
    mended: tuple[str, ...] = ()
    """One sentence for each thing that was done."""
    rebuilt: Rebuilt | None = None

    @property
    def is_fine(self) -> bool:
        """Whether nothing is wrong; what a person has to decide is not wrong."""
        return all(one.health is not Health.PROBLEM for one in self.diagnoses)


class Doctor:
    """Looks at one workspace, and mends it when asked to."""

    def __init__(
        self,
        root: Path,
        opener: Callable[[], Workspace],
        *,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._root = root
        self._opener = opener
        self._clock = clock

    def examine(self) -> Report:
        """Look at everything; nothing is changed, but that a workspace is opened."""
        return Report(root=self._root, diagnoses=tuple(self._diagnoses()))

    def repair(self) -> Report:
        """Mend what can be mended, then look at everything.

        Raises:
            WorkspaceBusyError: Somebody sends, or has a damaged database open.
            TuimailError: The workspace cannot be opened, and not for damage.
        """
        with self._alone():
            was_open = [*exposed(self._root)]
            rebuilt = self._rebuilt_if_lost()
            with self._opener() as workspace:
                mended = workspace.upkeep.mend()
            SenderLock(self._root / LOCK_NAME).mark_checked()
        mended = (*mended, *_closed(self._root, was_open))
        told = (*_told(rebuilt), *mended) if rebuilt else mended
        diagnoses = tuple(self._diagnoses())
        return Report(
            root=self._root, diagnoses=diagnoses, mended=told, rebuilt=rebuilt
        )

    def _diagnoses(self) -> Iterator[Diagnosis]:
        yield _sqlite()
        if not self._root.is_dir():
            yield warning("workspace", f"There is none at {self._root}.", "tuimail")
            return
        yield _folder(self._root)
        yield _files(self._root)
        yield _file_system(self._root)
        yield _room(self._root)
        try:
            with self._opener() as workspace:
                yield _writing(workspace)
                yield _policy(workspace)
                yield from workspace.upkeep.examine()
        except TuimailError as error:
            name = "database" if isinstance(error, DamagedWorkspaceError) else "opening"
            yield problem(name, str(error), error.hint)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        lock = SenderLock(self._root / LOCK_NAME)
        if not lock.acquire(FACE):
            raise WorkspaceBusyError(
                f"{lock.holder() or 'Another process'} sends from this workspace.",
                hint=f"Close it, then try again: {REPAIR}",
            )
        try:
            yield
        finally:
            lock.release()

    def _rebuilt_if_lost(self) -> Rebuilt | None:
        """Rebuild the database where it is not what was written."""
        if self._is_trusted():
            return None
        return rebuild(self._root, at=self._now())

    def _is_trusted(self) -> bool:
        try:
            with self._opener() as workspace:
                return workspace.upkeep.is_database_whole()
        except DamagedWorkspaceError:
            return False

    def _now(self) -> datetime:
        return self._clock.now()


def _told(rebuilt: Rebuilt) -> Iterator[str]:
    left = len(rebuilt.not_understood)
    yield (
        f"Rebuilt the database from {counted(rebuilt.mails, 'mail')}: "
        f"{len(rebuilt.held)} held, {len(rebuilt.unknown)} unknown, "
        f"{left} left alone because they could not be understood."
    )
    if rebuilt.access_lost:
        yield f"Who hands in mail, and who reviews it, is lost: {rebuilt.access_lost}"


def _sqlite() -> Diagnosis:
    version = apsw.sqlite_lib_version()
    fault = sqlite_fault(version)
    if fault:
        return problem("sqlite", f"{fault}.", "python3 -m pip install --upgrade apsw")
    return fine("sqlite", f"SQLite {version}.")


def _folder(root: Path) -> Diagnosis:
    mode = stat.S_IMODE(root.stat().st_mode)
    if mode & _OTHERS:
        sentence = f"{root} is open to others (mode {mode:04o} instead of 0700)."
        return warning("folder", sentence, f"chmod 700 {quote(str(root))}")
    return fine("folder", f"{root}, yours alone.")


def _files(root: Path) -> Diagnosis:
    """Look before the workspace is opened, which closes some of them."""
    found = [str(path.relative_to(root)) for path in exposed(root)]
    if found:
        return warning("files", f"Others may look into {some(found)}.", REPAIR)
    return fine("files", "Nobody else may read what is in it.")


def _closed(root: Path, was_open: list[Path]) -> tuple[str, ...]:
    """Say what was closed, also by opening the workspace."""
    closed = {*was_open} - {*exposed(root)}
    if not closed:
        return ()
    return (f"Closed {counted(len(closed), 'file or folder', _MANY)} to others.",)


def _file_system(root: Path) -> Diagnosis:
    kind = kind_of(root)
    if kind in NETWORK:
        return problem(
            "disk",
            f"It is of the kind {kind}, which other machines can write to.",
            "Move the workspace to a disk of this machine.",
        )
    return fine("disk", f"It is of the kind {kind}." if kind else "It is local.")


def _room(root: Path) -> Diagnosis:
    try:
        require_room(root)
    except TuimailError as error:
        return problem("room", str(error), error.hint)
    return fine("room", "The disk has room.")


def _writing(workspace: Workspace) -> Diagnosis:
    if workspace.is_read_only:
        return problem(
            "writing",
            "The workspace may be looked at, and not written.",
            "Check who owns the folder, and that the disk can be written to.",
        )
    return fine("writing", "The workspace can be written.")


def _policy(workspace: Workspace) -> Diagnosis:
    shown = workspace.policy.show()
    if shown.problem:
        return problem("policy", shown.problem, shown.hint)
    if not shown.is_there:
        return fine("policy", "There is no policy: agents are reviewed.")
    return fine("policy", "The policy can be read.")
