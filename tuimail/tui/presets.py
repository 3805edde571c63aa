"""Keys by habit: files of ids and keys that come with tuimail.

``aerc`` is the table of keys itself; the others say what they change of it.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

DEFAULT: Final = "aerc"
"""Whose habits the table of keys follows."""

_FOLDER: Final = Path(__file__).parent / "keys" / "presets"


def names() -> tuple[str, ...]:
    """Return whose habits there are, the usual ones first."""
    return (DEFAULT, *sorted(path.stem for path in _FOLDER.glob("*.toml")))


def changes(name: str) -> Mapping[str, str]:
    """Return keys by id that differ from the table; none for what there is not."""
    if name == DEFAULT or name not in names():
        return {}
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def problem(name: str, place: str) -> str:
    """Return what is wrong with the choice of ``name``; empty if nothing is.

    Args:
        name: What the person wrote.
        place: In which file, on which line.
    """
    if name in {"", *names()}:
        return ""
    said = f"keys.preset: there is no {name[:40]!r}. There are: {', '.join(names())}."
    return f"{place}: {said}" if place else said
