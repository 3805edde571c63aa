"""Names of files while a path is being typed. Looks at the disk; never opens."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from tuimail.core.display import display
from tuimail.settings.files import expanded

MOST_NAMES: Final = 2000
"""More names of one folder are not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a typed path could become."""

    text: str
    """The path as far as it is clear."""
    names: tuple[str, ...]
    """Names that begin like it; folders end in a slash. Safe text."""


def complete(text: str) -> Completion:
    """Return what ``text`` could become, by the names in its folder.

    Names that a terminal could act upon are left out: completing one would put
    it into a field as it is.
    """
    folder, _, beginning = text.rpartition("/")
    start = folder + "/" if "/" in text else ""
    names = _names(expanded(Path(start or ".")), beginning)
    return Completion(text=start + _common(names or [beginning]), names=tuple(names))


def path_of(text: str) -> Path:
    """Return the path in ``text``, which may be quoted or a ``file://`` address."""
    text = text.strip().strip("'\"")
    if text.startswith("file://"):
        text = unquote(urlsplit(text).path)
    return expanded(Path(text))


def _common(names: list[str]) -> str:
    """Return how all ``names`` begin."""
    first, last = min(names), max(names)
    for place, character in enumerate(first):
        if last[place : place + 1] != character:
            return first[:place]
    return first


def _names(folder: Path, beginning: str) -> list[str]:
    found: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry, _ in zip(entries, range(MOST_NAMES), strict=False):
                if entry.name.startswith(beginning) and _is_offered(entry, beginning):
                    found.append(entry.name + ("/" if entry.is_dir() else ""))
    except OSError:
        return []
    return sorted(found)


def _is_offered(entry: "os.DirEntry[str]", beginning: str) -> bool:
    is_hidden = entry.name.startswith(".") and not beginning.startswith(".")
    return not is_hidden and display(entry.name) == entry.name
