"""Lists that stand once more beside the database, for the day that it is lost.

A database that is lost is made again from what lies beside each mail, and a list
is beside none. Each is written after the change is on disk, whole, with a digest
that says whether it is still what was written.
"""

from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final, Generic, TypeVar

import msgspec

from tuimail.core.values import dataclass
from tuimail.errors import StoreError
from tuimail.store.durable import blocks, write_durably, write_unflushed

_VERSION: Final = 1

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFile(Generic[T]):
    """How one list stands in its file."""

    name: str
    decoder: msgspec.json.Decoder[T]
    nothing: T
    """What it is while nobody has ever put anything on it."""
    without: str
    """One sentence: what is not known without it."""

    def read(self, folder: Path) -> T:
        """Return the list that was written down.

        Raises:
            FileNotFoundError: There is none.
            StoreError: It cannot be read, or is not what was written.
        """
        path = folder / self.name
        try:
            found = _FILE.decode(b"".join(blocks(path)))
            known = self.decoder.decode(found.list)
        except (msgspec.MsgspecError, ValueError) as error:
            raise self._spoilt(path, str(error).removesuffix(".")) from error
        if found.version != _VERSION or found.digest != _digest(found.list):
            raise self._spoilt(path, "it is not what was written")
        return known

    def write(self, folder: Path, found: T, *, is_flushed: bool = True) -> None:
        """Write the list down, wholly or not at all; for its owner's eyes only.

        Raises:
            StoreError: The disk does not take it.
        """
        content = msgspec.Raw(msgspec.json.encode(found))
        file = _File(version=_VERSION, digest=_digest(content), list=content)
        path, pieces = folder / self.name, [msgspec.json.encode(file)]
        if is_flushed:
            write_durably(path, pieces)
        else:
            write_unflushed(path, pieces, by_way_of=folder)

    def _spoilt(self, path: Path, why: str) -> StoreError:
        return StoreError(
            f"{path} cannot be understood: {why}.",
            hint=f"Put it back from a backup. {self.without}",
        )


class KeptList(Generic[T]):
    """One list, as it is now in the database and as it is in its file."""

    def __init__(self, file: ListFile[T], folder: Path, now: Callable[[], T]) -> None:
        """Keep in ``folder`` what ``now`` returns."""
        self._file = file
        self._folder = folder
        self._now = now

    @property
    def name(self) -> str:
        """The name of the file."""
        return self._file.name

    @property
    def is_there(self) -> bool:
        """Whether there is a file, whatever is in it."""
        return (self._folder / self.name).exists()

    def keep(self) -> None:
        """Write down what the database says now; nothing, while it says nothing.

        Another process may do so at the same time with what it knew: whoever is
        last looks again. Where the disk does not take it, the next change tries
        again, or whoever sends next.
        """
        with suppress(StoreError):
            found = self._now()
            if found != self._file.nothing or self.is_there:
                self._write(found)

    def begin(self) -> None:
        """Have a file, so that one that is missing is known to be lost.

        One that says nothing yet is not flushed: without it, less is allowed.
        """
        if self.is_there:
            return
        with suppress(StoreError):
            found = self._now()
            self._write(found, is_flushed=found != self._file.nothing)

    def is_behind(self) -> bool:
        """Return whether the file does not say what the database says."""
        found = self._now()
        try:
            return self._file.read(self._folder) != found
        except FileNotFoundError:
            return found != self._file.nothing
        except StoreError:
            return True

    def mend(self) -> bool:
        """Write the file anew where it is behind; return whether that was done."""
        if not self.is_behind():
            return False
        self.keep()
        return not self.is_behind()

    def _write(self, found: T, *, is_flushed: bool = True) -> None:
        written: T | None = None
        while found != written:
            self._file.write(self._folder, found, is_flushed=is_flushed)
            written, found, is_flushed = found, self._now(), True


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    version: int
    digest: str
    list: msgspec.Raw


def _digest(content: msgspec.Raw) -> str:
    return sha256(content).hexdigest()


_FILE: Final = msgspec.json.Decoder(_File)
