"""Colour themes: TOML files that are checked before Textual sees them.

An unchecked colour ends a Textual app when the theme is switched, and a value
such as ``red; } * {display: none`` would be read as style rules; so every key
and every value is looked at first, and a bad file is refused with its name, the
line and the key.

A person's own files stand in ``themes`` beside ``config.toml`` and come before
ours; the one that is worn is looked at again whenever it changes.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from textual.color import Color, ColorParseError
from textual.theme import Theme

from tuimail.errors import ConfigurationError
from tuimail.settings.files import parsed, read_content
from tuimail.settings.places import lines_of

DEFAULT: Final = "dark"
"""The theme of whoever chose none."""

_COLOURS: Final = (
    "primary", "secondary", "accent", "foreground", "background", "surface",
    "panel", "boost", "warning", "error", "success",
)  # fmt: skip
_NEEDED: Final = ("primary", "foreground", "background", "surface", "panel")
_VARIABLES: Final = frozenset({
    "ansi-background", "ansi-foreground", "block-cursor-background",
    "block-cursor-foreground", "border", "border-blurred",
    "footer-background", "footer-foreground", "footer-key-foreground",
    "input-cursor-background", "input-cursor-foreground",
    "input-selection-background", "input-selection-foreground",
    "screen-selection-background", "screen-selection-foreground", "scrollbar",
    "scrollbar-active", "scrollbar-background", "scrollbar-hover", "text-muted",
})  # fmt: skip
_NAME: Final = re.compile(r"[a-z0-9-]{1,32}")
_BESIDE_MODULES: Final = Path(__file__).parent.parent / "themes"
_IN_CHECKOUT: Final = Path(__file__).parent.parent.parent / "themes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The theme to use, and what was wrong with the one that was asked for."""

    theme: Theme
    path: Path
    """The file it was read from."""
    problem: str = ""
    """One sentence naming file and key, or empty."""


def folder() -> Path:
    """Return where the themes are: in the wheel, else beside the package."""
    return _BESIDE_MODULES if _BESIDE_MODULES.is_dir() else _IN_CHECKOUT


def names(*places: Path) -> tuple[str, ...]:
    """Return the names of the themes in ``places``."""
    found = {path.stem for place in places for path in _files(place)}
    return tuple(sorted(name for name in found if _NAME.fullmatch(name)))


def choose(name: str, *places: Path) -> Chosen:
    """Return the theme called ``name``, or the default one with the reason.

    Args:
        name: Of a file, without its end; empty for the default.
        places: Where to look, first to last; the last one has the default.
    """
    wanted = name or DEFAULT
    try:
        return _named(wanted, places)
    except ConfigurationError as error:
        problem = f"{error} {error.hint}".strip()
        return replace(_named(DEFAULT, places[-1:]), problem=problem)


class Watch:
    """Knows when the file of a theme was changed.

    What cannot be read counts as unchanged: an editor that writes a file anew
    takes it away for a moment.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._stamp = _stamp(path)

    def is_due(self) -> bool:
        """Return, once for each change, whether the file is to be read again."""
        stamp = _stamp(self.path)
        is_new = stamp is not None and stamp != self._stamp
        if is_new:
            self._stamp = stamp
        return is_new


def load(path: Path) -> Theme:
    """Return the theme that ``path`` describes.

    Raises:
        ConfigurationError: The file is missing, is not TOML, or has a key or a
            value that a theme cannot have; the text names both.
    """
    values = _read(path)
    dark = _switch(path, values, "dark", default=True)
    ansi = _switch(path, values, "ansi", default=False)
    variables = values.pop("variables", {})
    if not isinstance(variables, dict):
        raise _refused(path, "variables", "a table of colours")
    colours = _checked(path, values, allowed=frozenset(_COLOURS))
    for key in _NEEDED:
        if key not in colours:
            raise _refused(path, key, "there, as a colour")
    extra = _checked(path, variables, allowed=_VARIABLES, prefix="variables.")
    return Theme(
        name=path.stem,
        dark=dark,
        ansi=ansi,
        variables=extra,
        primary=colours["primary"],
        secondary=colours.get("secondary"),
        accent=colours.get("accent"),
        foreground=colours["foreground"],
        background=colours["background"],
        surface=colours["surface"],
        panel=colours["panel"],
        boost=colours.get("boost"),
        warning=colours.get("warning"),
        error=colours.get("error"),
        success=colours.get("success"),
    )


def _files(place: Path) -> Sequence[Path]:
    """Return the files of themes in ``place``; none where it cannot be read."""
    try:
        return list(place.glob("*.toml"))
    except OSError:
        return ()


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _named(name: str, places: Sequence[Path]) -> Chosen:
    known = names(*places)
    if name not in known:
        raise ConfigurationError(
            f"There is no theme {name[:40]!r}.",
            hint=f"There are: {', '.join(known)}.",
            field="theme",
        )
    paths = (place / f"{name}.toml" for place in places)
    path = next(path for path in paths if path.is_file())
    return Chosen(theme=load(path), path=path)


def _switch(path: Path, values: dict[str, object], key: str, *, default: bool) -> bool:
    """Take ``key`` out of ``values``."""
    value = values.pop(key, default)
    if not isinstance(value, bool):
        raise _refused(path, key, "true or false")
    return value


def _read(path: Path) -> dict[str, object]:
    try:
        return parsed(path, read_content(path))
    except (FileNotFoundError, ConfigurationError) as error:
        raise ConfigurationError(
            f"The theme {path.name} cannot be read: {error}", field="theme"
        ) from error


def _checked(
    path: Path,
    values: Mapping[str, object],
    *,
    allowed: frozenset[str],
    prefix: str = "",
) -> dict[str, str]:
    checked: dict[str, str] = {}
    for key, value in values.items():
        if key not in allowed:
            raise _refused(path, prefix + key, f"one of {', '.join(sorted(allowed))}")
        if not isinstance(value, str) or not _is_colour(value):
            raise _refused(path, prefix + key, "a colour such as #1e90ff")
        checked[key] = value
    return checked


def _is_colour(value: str) -> bool:
    try:
        Color.parse(value)
    except ColorParseError:
        return False
    return re.fullmatch(r"#[0-9A-Fa-f]{3,8}|[a-z_]+", value) is not None


def _refused(path: Path, key: str, expected: str) -> ConfigurationError:
    return ConfigurationError(
        f"The theme {path.name}{_line(path, key)} cannot be used: "
        f"{key[:40]} must be {expected}.",
        hint=f"Mend {path.name}, or choose another theme in config.toml.",
        field="theme",
    )


def _line(path: Path, key: str) -> str:
    """Return on which line ``key`` stands, if it stands anywhere."""
    place = tuple(key.split(".", 1))
    with suppress(FileNotFoundError, ConfigurationError, UnicodeDecodeError):
        line = lines_of(read_content(path).decode()).get(place)
        return f", line {line}," if line else ""
    return ""
