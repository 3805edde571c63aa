"""Colour themes: TOML files that are checked before Textual sees them.

An unchecked colour ends a Textual app when the theme is switched, and a value
such as ``red; } * {display: none`` would be read as style rules; so every key
and every value is looked at first, and a bad file is refused with its name and
the key.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from textual.color import Color, ColorParseError
from textual.theme import Theme

from tuimail.errors import ConfigurationError

DEFAULT: Final = "dark"
"""The theme of whoever chose none."""

_COLOURS: Final = (
    "primary", "secondary", "accent", "foreground", "background", "surface",
    "panel", "boost", "warning", "error", "success",
)  # fmt: skip
_NEEDED: Final = ("primary", "foreground", "background", "surface", "panel")
_VARIABLES: Final = frozenset({
    "block-cursor-background", "block-cursor-foreground", "border", "border-blurred",
    "footer-background", "footer-foreground", "footer-key-foreground",
    "input-cursor-background", "input-cursor-foreground",
    "input-selection-background", "scrollbar", "scrollbar-active",
    "scrollbar-background", "scrollbar-hover", "text-muted",
})  # fmt: skip
_NAME: Final = re.compile(r"[a-z0-9-]{1,32}")
_BESIDE_MODULES: Final = Path(__file__).parent.parent / "themes"
_IN_CHECKOUT: Final = Path(__file__).parent.parent.parent / "themes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The theme to use, and what was wrong with the one that was asked for."""

    theme: Theme
    problem: str = ""
    """One sentence naming file and key, or empty."""


def folder() -> Path:
    """Return where the themes are: in the wheel, else beside the package."""
    return _BESIDE_MODULES if _BESIDE_MODULES.is_dir() else _IN_CHECKOUT


def names(place: Path) -> tuple[str, ...]:
    """Return the names of the themes in ``place``."""
    return tuple(sorted(path.stem for path in place.glob("*.toml")))


def choose(name: str, place: Path) -> Chosen:
    """Return the theme called ``name``, or the default one with the reason."""
    wanted = name or DEFAULT
    try:
        return Chosen(theme=_named(wanted, place))
    except ConfigurationError as error:
        problem = f"{error} {error.hint}".strip()
        return Chosen(theme=_named(DEFAULT, place), problem=problem)


def load(path: Path) -> Theme:
    """Return the theme that ``path`` describes.

    Raises:
        ConfigurationError: The file is missing, is not TOML, or has a key or a
            value that a theme cannot have; the text names both.
    """
    values = _read(path)
    dark = values.pop("dark", True)
    variables = values.pop("variables", {})
    if not isinstance(dark, bool):
        raise _refused(path, "dark", "true or false")
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


def _named(name: str, place: Path) -> Theme:
    if not _NAME.fullmatch(name) or name not in names(place):
        raise ConfigurationError(
            f"There is no theme {name!r}.",
            hint=f"There are: {', '.join(names(place))}.",
            field="theme",
        )
    return load(place / f"{name}.toml")


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
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
        f"The theme {path.name} cannot be used: {key} must be {expected}.",
        hint=f"Mend {path.name}, or choose another theme in config.toml.",
        field="theme",
    )
