"""Values as JSON, byte for byte as ``msgspec`` writes them.

A command writes a few, and ``msgspec`` takes longer to load than all of that
takes: so the first are written by the standard library, and whoever goes on writing
gets ``msgspec``, which is quicker with many. What the standard library would write
another way is left to ``msgspec`` at once.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final

from tuimail.core.values import names_of

FEW: Final = 64
"""So many are written before ``msgspec`` is loaded; a mail that leaves has 40."""

_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":")
)
_INDENTED: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, indent=2)
_AS_THEY_ARE: Final = frozenset({str, int, bool, type(None)})


class _OtherwiseError(Exception):
    """It holds what the standard library writes another way, or not at all."""


def json_text(value: object, *, but: str = "") -> str:
    """Return ``value`` as JSON that is the same for the same content.

    Args:
        value: What there is to be said.
        but: The name of a field of it that is left out; empty for none.
    """
    if _are_few():
        with suppress(_OtherwiseError):
            return _ENCODER.encode(_without(_plain(value), but))
    import msgspec  # noqa: PLC0415 - see above

    if but:
        value = _without(msgspec.to_builtins(value, order="deterministic"), but)
        return msgspec.json.encode(value).decode()
    return msgspec.json.encode(value, order="deterministic").decode()


def json_lines(value: Mapping[str, object]) -> str:
    """Return what ``plain`` made, as JSON for people: indented, its names in order."""
    if _are_few():
        with suppress(_OtherwiseError):
            return _INDENTED.encode(_plain(value))
    import msgspec  # noqa: PLC0415 - see above

    content = msgspec.json.encode(value, order="deterministic")
    return msgspec.json.format(content).decode()


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON has for it
    """Return ``value`` as what JSON has: mappings, lists, texts, numbers."""
    if _are_few():
        with suppress(_OtherwiseError):
            return _plain(value)
    import msgspec  # noqa: PLC0415 - see above

    return msgspec.to_builtins(value, order="deterministic")


def _without(said: Any, but: str) -> object:  # noqa: ANN401 - whatever JSON has
    if but:
        del said[but]
    return said


class _Written:
    """How many values this process has written."""

    number = 0


def _are_few() -> bool:
    _Written.number += 1
    return _Written.number <= FEW


def _plain(value: object) -> object:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    make = _MAKERS.get(kind)
    if make is not None:
        return make(value)
    if isinstance(value, Enum):
        return _plain(value.value)
    names = names_of(kind)
    if names is None:
        raise _OtherwiseError
    return {name: _plain(getattr(value, name)) for name in names}


def _list(value: list[object]) -> list[object]:
    return list(map(_plain, value))


def _mapping(value: dict[object, object]) -> dict[str, object]:
    if not all(type(key) is str for key in value):
        raise _OtherwiseError
    return {str(key): _plain(value[key]) for key in sorted(value)}  # type: ignore[type-var]


def _moment(value: datetime) -> str:
    if value.tzinfo is not UTC:
        raise _OtherwiseError
    return value.replace(tzinfo=None).isoformat() + "Z"


_MAKERS: Final[Mapping[type, Callable[..., object]]] = {
    tuple: _list,
    list: _list,
    dict: _mapping,
    datetime: _moment,
}
