"""Names of files while a path is being typed. Looks at the disk; never opens."""

import os
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from glob import has_magic
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from tuimail.core.display import display
from tuimail.settings.files import expanded, is_file
from tuimail.tui import wording

MOST_NAMES: Final = 2000
"""More names of one folder are not looked at."""
MOST_FILES: Final = 100
"""So many files of one pattern are attached at once."""
_LONGEST_PASTE: Final = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One name in a folder."""

    text: str
    """As it is; a folder ends in a slash. Safe text."""
    size_bytes: int | None
    """None for a folder, and for what is no plain file."""
    changed_at: datetime | None

    @property
    def is_folder(self) -> bool:
        """Whether there are names below it."""
        return self.text.endswith("/")

    @property
    def label(self) -> str:
        """The name, for one line."""
        return wording.line(self.text)

    @property
    def more(self) -> str:
        """How big it is, and of when."""
        if self.size_bytes is None:
            return "folder" if self.is_folder else "no plain file"
        day = f"  {self.changed_at:%Y-%m-%d}" if self.changed_at else ""
        return f"{wording.size(self.size_bytes)}{day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a typed path could become."""

    text: str
    """The path as far as it is clear."""
    folder: str
    """What stands before the names; empty, or it ends in a slash."""
    listed: tuple[Name, ...]
    """What begins like it: folders first."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names alone."""
        return tuple(one.text for one in self.listed)


def complete(text: str) -> Completion:
    """Return what ``text`` could become, by the names in its folder.

    Names that a terminal could act upon are left out: completing one would put
    it into a field as it is.
    """
    folder, _, beginning = text.rpartition("/")
    start = folder + "/" if "/" in text else ""
    listed = _listed(expanded(Path(start or ".")), beginning)
    clear = _common([one.text for one in listed] or [beginning])
    return Completion(text=start + clear, folder=start, listed=listed)


def path_of(text: str) -> Path:
    """Return the path in ``text``, which may be quoted or a ``file://`` address."""
    text = text.strip().strip("'\"")
    if text.startswith("file://"):
        text = unquote(urlsplit(text).path)
    return expanded(Path(text))


def named(text: str) -> Path:
    """Return the path that is exactly ``text``."""
    return expanded(Path(text))


def paths_of(text: str) -> tuple[Path, ...]:
    """Return the path in ``text``, several that stand there, or those of a pattern.

    A name that is there is meant as it is, whatever characters it has.
    """
    several = pasted(text)
    if several:
        return several
    path = path_of(text)
    if not has_magic(path.name) or _is_there(path):
        return (path,)
    return tuple(_fitting(path.parent, path.name))[:MOST_FILES] or (path,)


def pasted(text: str) -> tuple[Path, ...]:
    """Return the files that a paste names, if it names nothing else.

    What is dragged onto a terminal comes as paths, quoted for a shell, or as
    ``file://`` addresses.
    """
    if len(text) > _LONGEST_PASTE or not text.strip():
        return ()
    found = [path_of(one) for one in _words(text)]
    is_clear = all(one.is_absolute() and is_file(one) for one in found)
    return tuple(found) if is_clear else ()


def _fitting(folder: Path, pattern: str) -> Iterator[Path]:
    """Yield the files that fit a pattern; hidden ones only where that begins so."""
    with suppress(OSError, ValueError):
        for one in sorted(islice(folder.glob(pattern), MOST_NAMES)):
            if is_file(one) and (one.name[0] != "." or pattern[0] == "."):
                yield one


def _words(text: str) -> list[str]:
    """Return what could be paths in ``text``: its lines, or the words of a shell."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 or is_file(path_of(text)) or text.strip().startswith("file:"):
        return [word for line in lines for word in _addresses(line)]
    with suppress(ValueError):
        return shlex.split(text)
    return lines


def _addresses(line: str) -> list[str]:
    """Return the ``file://`` addresses in a line, or the whole of another one."""
    return line.split() if line.lstrip().startswith("file://") else [line]


def _common(names: list[str]) -> str:
    """Return how all ``names`` begin."""
    first, last = min(names), max(names)
    for place, character in enumerate(first):
        if last[place : place + 1] != character:
            return first[:place]
    return first


def _listed(folder: Path, beginning: str) -> tuple[Name, ...]:
    try:
        with os.scandir(folder) as entries:
            found = [
                _name(entry)
                for entry in islice(entries, MOST_NAMES)
                if entry.name.startswith(beginning) and _is_offered(entry, beginning)
            ]
    except (OSError, ValueError):
        return ()
    return tuple(sorted(found, key=lambda one: (not one.is_folder, one.text)))


def _name(entry: "os.DirEntry[str]") -> Name:
    with suppress(OSError):
        if entry.is_dir():
            return Name(text=entry.name + "/", size_bytes=None, changed_at=None)
        if entry.is_file():
            status = entry.stat()
            return Name(
                text=entry.name,
                size_bytes=status.st_size,
                changed_at=_day_of(status),
            )
    return Name(text=entry.name, size_bytes=None, changed_at=None)


def _is_offered(entry: "os.DirEntry[str]", beginning: str) -> bool:
    is_hidden = entry.name.startswith(".") and not beginning.startswith(".")
    return not is_hidden and display(entry.name) == entry.name


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _day_of(status: os.stat_result) -> datetime | None:
    """Return when a file was changed; a disk may hold times that no calendar has."""
    with suppress(OSError, OverflowError, ValueError):
        return datetime.fromtimestamp(status.st_mtime, UTC).astimezone()
    return None
