"""One JSON object, read strictly (RFC 8259). Pure.

UTF-8, no name twice in one object, no number that is none, no half of a surrogate
pair, which nothing can store or send; and neither too deep nor too much.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

MOST_VALUES: Final = 1_000_000
"""Signs that begin or part values; a small text can stand for a lot of memory."""


class NoObjectError(Exception):
    """What came is no such object."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what
        """As what follows “It …”."""


def read_object(content: bytes, *, deepest: int) -> dict[str, Any]:
    """Return the one object that ``content`` is.

    Args:
        content: All of it.
        deepest: Lists and objects in one another, the outermost counted.

    Raises:
        NoObjectError: It is none.
    """
    if sum(map(content.count, (b"[", b"{", b","))) > MOST_VALUES:
        raise NoObjectError(f"has over {MOST_VALUES} values")
    try:
        found = json.loads(
            content.decode(), object_pairs_hook=_object, parse_constant=_no_number
        )
    except RecursionError:
        raise _too_deep(deepest) from None
    except ValueError as error:
        raise NoObjectError(_what(error)) from None
    if not isinstance(found, dict):
        raise NoObjectError("is not an object")
    _look_through(found, deepest)
    return found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NoObjectError("has a name twice in one object")
    return found


def _no_number(_text: str) -> NoReturn:
    raise NoObjectError("has a number that is none")


def _look_through(found: object, deepest: int) -> None:
    """Refuse what is too deep or no text, without going deep oneself."""
    level: Iterable[object] = [found]
    for _ in range(deepest):
        level = [inner for one in level for inner in _inside(one)]
        if not level:
            return
    raise _too_deep(deepest)


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return [*value, *value.values()]
    if isinstance(value, list):
        return value
    if isinstance(value, str) and not value.isascii():
        _require_text(value)
    return ()


def _require_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NoObjectError("has half of a surrogate pair") from None


def _what(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON at octet {error.pos}"
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8"
    return "has a number that is too long"


def _too_deep(deepest: int) -> NoObjectError:
    return NoObjectError(f"has over {deepest} lists and objects in one another")
