"""The table ``[keys]``: which habits, which keys, and on which line each stands.

Keys may stand in a file of their own, which it names. Whether a key can be pressed
and means nothing else is for the app to say, and so is what is wrong with that file:
what is wrong with a key keeps nobody from sending mail.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from tuimail.core.values import dataclass, field, replace
from tuimail.errors import ConfigurationError
from tuimail.settings.files import expanded, parsed, read_content
from tuimail.settings.places import Place, lines_of
from tuimail.settings.schema import Table

_TABLE: Final = "keys"
_PRESET: Final = "preset"
_FILE: Final = "file"
_NO_KEYS: Final = frozenset({_PRESET, _FILE})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """What a person wrote about keys."""

    preset: str = ""
    """Whose habits, or empty."""
    changed: Mapping[str, str] = field(default_factory=dict)
    """Keys by id, with commas between those that mean the same."""
    places: Mapping[str, str] = field(default_factory=dict)
    """By id, or ``preset``: ``config.toml, line 12``."""
    file: Path | None = None
    """The file that has only keys; None where none is named."""
    problem: str = ""
    """Why that cannot be used, or empty."""


def read_keys(own: Table, path: Path) -> KeySettings:
    """Return what stands in ``[keys]`` of ``own``, which was read from ``path``.

    What stands there comes before what its ``file`` says.
    """
    table = own.table(_TABLE)
    changed = dict(_changed(table))
    preset = table.text(_PRESET, default="")
    ids = {*changed, _PRESET}
    places = _places(path, ids, header=(_TABLE,)) if table.values else {}
    found = KeySettings(preset=preset, changed=changed, places=places)
    named = table.text(_FILE, default="")
    return _with_file(found, path.parent / expanded(Path(named))) if named else found


def _with_file(nearer: KeySettings, path: Path) -> KeySettings:
    """Return ``nearer`` with what the file at ``path`` says beside it."""
    try:
        table = Table(source=str(path), values=parsed(path, read_content(path)))
        changed = dict(_changed(table))
        preset = table.text(_PRESET, default="")
    except FileNotFoundError:
        return replace(nearer, file=path, problem=f"keys.file: there is no {path}.")
    except ConfigurationError as error:
        problem = f"keys.file: {error} {error.hint}".strip()
        return replace(nearer, file=path, problem=problem)
    places = _places(path, {*changed, _PRESET}, header=())
    return KeySettings(
        preset=nearer.preset or preset,
        changed={**changed, **nearer.changed},
        places={**places, **nearer.places},
        file=path,
    )


def _changed(table: Table, above: str = "") -> Iterator[tuple[str, str]]:
    """Yield ids and keys; ``a.b = "x"`` without quotes is a table in a table."""
    for key, value in table.values.items():
        id_ = f"{above}{key}"
        if isinstance(value, dict):
            yield from _changed(table.table(key), f"{id_}.")
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            yield id_, ",".join(value)
        elif id_ not in _NO_KEYS:
            yield id_, table.text(key)


def _places(path: Path, ids: Collection[str], *, header: Place) -> dict[str, str]:
    """Return where each of ``ids`` stands; nothing where no line is to be found."""
    with suppress(OSError, ConfigurationError, UnicodeDecodeError):
        lines = lines_of(read_content(path).decode())
        depth = len(header)
        by_id = {".".join(place[depth:]): line for place, line in lines.items()
                 if place[:depth] == header}  # fmt: skip
        return {
            id_: f"{path.name}, line {line}"
            for id_, line in by_id.items()
            if id_ in ids
        }
    return {}
