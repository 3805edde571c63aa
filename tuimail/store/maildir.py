"""A Maildir++ that shows the workspace to any other mail program.

It mirrors the state and is never read back: the database is the truth. So
nothing here is flushed, and what is lost is put there again by ``place``.

Where a copy is follows from the mail and its revision, so that moving one takes
the same time however many there are. Only where another program has renamed a
copy are the folders read.
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple

from tuimail.core.patterns import regex
from tuimail.store.durable import make_folder, write_durably
from tuimail.store.failures import told
from tuimail.store.outbound import checked_id, link

FOLDERS: Final = (".Drafts", ".Review", ".Outbox", ".Sent", ".Failed")
"""Every folder there is, beside the empty one at the top."""

_STATUSES: Final = {
    ".Drafts": ("draft", "dry_run", "rejected"),
    ".Review": ("review", "approved"),
    ".Outbox": ("ready", "held", "sending", "deferred", "unknown"),
    ".Sent": ("sent", "queued", "partial"),
    ".Failed": ("error",),
}
_FOLDER_OF: Final = {
    status: folder for folder, statuses in _STATUSES.items() for status in statuses
}
_ENDING: Final = ".tuimail:2,S"
_DIGITS: Final = regex("[0-9]{1,9}(?=[.-])")
_KEPT: Final = ("cur", "new")
"""Where other programs keep mail: what they have looked at, and what not."""


def folder_of(status: str) -> str | None:
    """Return the folder for mail of this status, or None for none at all."""
    return _FOLDER_OF.get(status)


def statuses_of(folder: str) -> frozenset[str]:
    """Return the words of the mail that belongs into a folder."""
    return frozenset(_STATUSES[folder])


class Copy(NamedTuple):
    """A message in a folder."""

    draft_id: str
    revision: int
    is_usual: bool
    """Whether it has the name that it was given; there is one such copy."""

    @property
    def key(self) -> tuple[str, int]:
        """Which bytes it shows."""
        return self.draft_id, self.revision


class Maildir:
    """The folder ``mail/`` of a workspace."""

    def __init__(self, root: Path) -> None:
        self._folder = root
        self._current = {name: str(root / name / "cur") for name in FOLDERS}
        self._is_made = False
        self._has_links = False

    def place(
        self, draft_id: str, folder: str | None, source: Path, *, revision: int = 1
    ) -> None:
        """Have the message in this folder, as a link, and in no other.

        The new one is there before the old one goes, under a name that no other
        bytes ever had: mail programs remember what they saw under a name.

        Args:
            draft_id: Whose message; finds the copies there are.
            folder: One of ``FOLDERS``, or None for none.
            source: The message's file; it may be gone where ``folder`` is None.
            revision: Number of the newest revision, whose bytes they are.
        """
        self._make()
        with told(self._folder):
            found = self._copies(checked_id(draft_id), source, revision)
        kept = None if folder is None else _right(found, folder, source)
        if folder is not None and kept is None:
            name = _free(draft_id, revision, source, found)
            link(source, Path(self._current[folder], name))
        with told(self._folder):
            for path in found:
                if path != kept:
                    path.unlink(missing_ok=True)

    def ids(self, folder: str) -> tuple[str, ...]:
        """Return the ids of the drafts whose message is in ``folder``."""
        self._make()
        return tuple(sorted(path.name.split(".", 1)[0] for path in self._in(folder)))

    def shown(self, folder: str) -> Iterator["Copy"]:
        """Yield whose message is in ``folder``, and in which revision, in no order.

        A revision is 0 where another program has given a copy a name of its own.
        """
        self._make()
        for part in _KEPT:
            path = self._folder / folder / part
            with told(path), os.scandir(path) as entries:
                for entry in entries:
                    yield _shown(entry.name, is_looked_at=part == _KEPT[0])

    def has(self, folder: str, draft_id: str, revision: int) -> bool:
        """Whether this revision is in ``folder`` under its usual name."""
        name = _usual(draft_id, str(revision))
        return os.path.lexists(f"{self._current[folder]}/{name}")

    def _make(self) -> None:
        if self._is_made:
            return
        for folder in (self._folder, *(self._folder / name for name in FOLDERS)):
            for part in ("cur", "new", "tmp"):
                make_folder(folder / part)
            mark = folder / "maildirfolder"
            if folder != self._folder and not mark.exists():
                write_durably(mark, ())
        self._has_links = _has_links(self._folder)
        self._is_made = True

    def _in(self, folder: str) -> Iterator[Path]:
        for part in _KEPT:
            path = self._folder / folder / part
            with told(path):
                yield from path.iterdir()

    def _copies(self, draft_id: str, source: Path, revision: int) -> tuple[Path, ...]:
        """Return every copy; those of this revision and of the one before first.

        The links to the file tell whether that was all: another program renames
        a copy to mark it. What was edited was shown before as what it was.
        """
        found = tuple(self._named(draft_id, revision))
        if revision > 1:
            found += tuple(self._named(draft_id, revision - 1))
        is_expected = bool(found) or (revision == 1 and self._has_links)
        same = sum(_is_same(path, source) for path in found)
        if is_expected and (_links(source) <= 1 + same or not self._has_links):
            return found
        return tuple(self._looked_for(draft_id))

    def _looked_for(self, draft_id: str) -> Iterator[Path]:
        beginning = f"{draft_id}."
        for folder in FOLDERS:
            for path in self._in(folder):
                if path.name.startswith(beginning):
                    yield path

    def _named(self, draft_id: str, revision: int) -> Iterator[Path]:
        """Yield what there is under the usual name, in whichever folder."""
        name = _usual(draft_id, str(revision))
        for folder in self._current.values():
            path = f"{folder}/{name}"
            if os.path.lexists(path):
                yield Path(path)


def _shown(name: str, *, is_looked_at: bool) -> Copy:
    draft_id, _, rest = name.partition(".")
    number = _DIGITS.match(rest)
    revision = int(number[0]) if number else 0
    is_usual = is_looked_at and name == _usual(draft_id, str(revision))
    return Copy(draft_id, revision, is_usual)


def _usual(draft_id: str, number: str) -> str:
    return f"{draft_id}.{number}{_ENDING}"


def _free(draft_id: str, revision: int, source: Path, found: Iterable[Path]) -> str:
    """Return the usual name, or one that nobody has seen, if that is taken.

    The same revision has other bytes where a crash came between the bytes and
    their row, and they were made again.

    Args:
        draft_id: Whose message.
        revision: Which one.
        source: The message's file.
        found: Every copy that is there, under whatever name.
    """
    usual = _usual(draft_id, str(revision))
    taken = (path for path in found if path.name == usual)
    if all(_is_same(path, source) for path in taken):
        return usual
    return _usual(draft_id, f"{revision}-{os.urandom(6).hex()}")


def _right(found: Iterable[Path], folder: str, source: Path) -> Path | None:
    """Return the copy that is right already: these bytes, in this folder."""
    placed = (path for path in found if path.parent.parent.name == folder)
    with told(source):
        return next((path for path in placed if _is_same(path, source)), None)


def _is_same(path: Path, source: Path) -> bool:
    """Whether two names are for the same bytes: one file, or where need be a copy."""
    try:
        return path.samefile(source) or _has_same_bytes(path, source)
    except FileNotFoundError:
        return False


def _has_same_bytes(path: Path, source: Path) -> bool:
    import filecmp  # noqa: PLC0415 - only where disks have no links

    return filecmp.cmp(path, source, shallow=False)


def _links(source: Path) -> int:
    try:
        return source.stat().st_nlink
    except FileNotFoundError:
        return 0


def _has_links(folder: Path) -> bool:
    """Whether a file can have two names on this disk."""
    mark = folder / FOLDERS[0] / "maildirfolder"
    probe = folder / "tmp" / os.urandom(6).hex()
    try:
        os.link(mark, probe)
    except OSError:
        return False
    probe.unlink(missing_ok=True)
    return True
