"""The kinds of values that the options of a call can have.

A value of another kind is refused before anything is done: a key that is no text
would keep nothing from being sent twice.
"""

import os
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from typing import Final

from tuimail.errors import FieldError

LONGEST_SHOWN: Final = 60
MOST_KINDS: Final = 5
"""So many kinds of items are named, of a sequence that has a wrong one."""


def require_text(name: str, value: object) -> None:
    """Refuse what is no text.

    Raises:
        FieldError: It is not; ``field`` is ``name``.
    """
    if not isinstance(value, str):
        raise wrong(name, value, "text")


def require_yes_or_no(name: str, value: object) -> None:
    """Refuse what is neither True nor False, such as the text ``"false"``.

    Raises:
        FieldError: It is not; ``field`` is ``name``.
    """
    if not isinstance(value, bool):
        raise wrong(name, value, "True or False")


def require_callable(name: str, value: Callable[..., object] | None) -> None:
    """Refuse what cannot be called, unless there is none.

    Raises:
        FieldError: It is not; ``field`` is ``name``.
    """
    if value is not None and not callable(value):
        raise wrong(name, value, "a function or None")


def seconds_of(wait: float, *, field: str = "wait") -> float:
    """Return how long to wait.

    Raises:
        FieldError: It is no number of seconds.
    """
    if isinstance(wait, bool) or not isinstance(wait, int | float):
        raise wrong(field, wait, "seconds, 0 or more")
    try:
        seconds = float(wait)
    except OverflowError:
        seconds = float("inf")
    if not isfinite(seconds) or seconds < 0:
        raise FieldError(
            f"The field {field} is seconds, 0 or more, not {seconds}.",
            hint="Give 0 to return at once.",
            field=field,
        )
    return seconds


def folder_of(place: str | os.PathLike[str], *, field: str = "workspace") -> Path:
    """Return the folder that is meant.

    Raises:
        FieldError: It is none, or no folder can be called so.
    """
    said: object = os.fspath(place) if isinstance(place, os.PathLike) else place
    if not isinstance(said, str):
        raise wrong(field, place, "the path of a folder")
    try:
        named = os.fsencode(said)
    except UnicodeEncodeError:
        named = b"\0"
    if b"\0" in named:
        raise FieldError(
            f"The field {field} is the path of a folder, not {said[:LONGEST_SHOWN]!r}.",
            hint="Write a path without NUL and half characters.",
            field=field,
        )
    return Path(said)


def wrong(name: str, value: object, wanted: str) -> FieldError:
    """Return that an option is of another kind than it can be."""
    field = name.replace("_", "-")
    return FieldError(
        f"The field {field} is {wanted}, not {kind_of(value)}.",
        hint="Look at what it takes: help(tuimail.send)",
        field=field,
    )


def kind_of(value: object) -> str:
    """Return what a value is, and what is in it where that is several."""
    kind = type(value).__name__
    if not isinstance(value, list | tuple) or not value:
        return kind
    inside = dict.fromkeys(type(one).__name__ for one in value)
    return f"{kind} of {', '.join(tuple(inside)[:MOST_KINDS])}"
