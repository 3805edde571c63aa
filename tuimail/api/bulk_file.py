"""Where the rows of a job come from: what a program gives, or a file of any length."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from typing import BinaryIO, Final

from tuimail.api.bulk_result import Item
from tuimail.core.templates.merge_data import rows_in
from tuimail.errors import FieldError
from tuimail.settings.files import expanded
from tuimail.settings.texts import lines_of, opened

MOST_CHARACTERS: Final = 16_000_000
"""Of the texts of one group's rows, which may have files in them; or one row alone."""


class Source:
    """Where the rows come from; how many there are, where that is known."""

    def __init__(self, items: Iterable[Item], total: int | None) -> None:
        self.items, self.total = items, total


@contextmanager
def source_of(messages: Iterable[Item] | str | os.PathLike[str]) -> Iterator[Source]:
    """Read a file once to its end, so that every row of it is known to be right.

    Raises:
        FieldError: It cannot be read, or a row of it is wrong.
    """
    if not isinstance(messages, str | os.PathLike):
        if not isinstance(messages, Iterable):
            raise FieldError(
                "What is sent is messages, mappings, or the path of a file, not "
                f"{type(messages).__name__}.",
                hint="Look at what it takes: help(tuimail.bulk)",
                field="messages",
            )
        total = len(messages) if isinstance(messages, Sequence) else None
        yield Source(messages, total)
        return
    path = expanded(Path(messages))
    with opened(path, name=str(messages), field="data") as file, _again(file) as rows:
        yield counted(rows, name=str(messages))


def counted(file: BinaryIO, *, name: str) -> Source:
    """Return the rows of a file that can be read from its beginning again."""
    total = sum(1 for _ in rows_in(lines_of(file, name=name, field="data"), name=name))
    file.seek(0)
    return Source(rows_in(lines_of(file, name=name, field="data"), name=name), total)


@contextmanager
def _again(file: BinaryIO) -> Iterator[BinaryIO]:
    """Give a file that can be read twice: a pipe is copied first."""
    if file.seekable():
        yield file
        return
    with tempfile.TemporaryFile() as copy:
        copyfileobj(file, copy)
        copy.seek(0)
        yield copy


def few_of(rows: Iterator[tuple[int, Item]]) -> Iterator[tuple[int, Item]]:
    """Yield rows until there is as much text in them as is to be in memory."""
    characters = 0
    for number, item in rows:
        yield number, item
        characters += _characters(item)
        if characters >= MOST_CHARACTERS:
            return


def _characters(value: object) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_characters, value.values()))
    return sum(map(_characters, value)) if isinstance(value, list) else 0
