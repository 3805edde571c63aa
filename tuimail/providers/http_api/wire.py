"""From a tree to the bytes of a body, piece by piece.

A file is put in as it is and becomes base64 on the way, so that its size is known
beforehand and it is never there twice. The same tree gives the same bytes.

Pure.
"""

import base64
import json
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Final

from tuimail.core.values import dataclass, field
from tuimail.providers.http_api.paths import Tree


@dataclass(frozen=True, slots=True)
class Encoded:
    """Bytes that are told as base64."""

    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Verbatim:
    """A message that is told as JSON text; all of it is ASCII."""

    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class File:
    """A message that is told as a file of a form."""

    content: bytes = field(repr=False)


def json_pieces(tree: Tree) -> Iterator[bytes]:
    """Yield ``tree`` as JSON in ASCII, in pieces of a size that suits a socket."""
    return _gathered(_value(tree))


def form_pieces(tree: Tree, boundary: str) -> Iterator[bytes]:
    """Yield ``tree`` as ``multipart/form-data`` (RFC 7578), its file last."""
    return _gathered(_form(tree, boundary))


def boundary_for(tree: Tree) -> str:
    """Return what is in no value of ``tree``, so that none can end its part."""
    values = [one for value in tree.values() for one in _values(value)]
    number = 0
    while any(_boundary(number).encode() in value for value in values):
        number += 1
    return _boundary(number)


def _boundary(number: int) -> str:
    return f"----tuimail-{number:012}"


def _gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    held = bytearray()
    for part in parts:
        held += part
        if len(held) >= _PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _value(value: object) -> Iterator[bytes]:
    if isinstance(value, dict):
        yield from _object(value)
    elif isinstance(value, list):
        yield from _list(value)
    elif isinstance(value, str):
        yield from _text(value)
    elif isinstance(value, Encoded):
        yield from _quoted(_base64(value.content))
    elif isinstance(value, Verbatim):
        yield from _quoted(_escaped_ascii(value.content))
    else:
        yield json.dumps(value).encode()


def _object(value: Tree) -> Iterator[bytes]:
    yield b"{"
    for number, (name, one) in enumerate(value.items()):
        yield (b", " if number else b"") + json.dumps(name).encode() + b": "
        yield from _value(one)
    yield b"}"


def _list(value: list[object]) -> Iterator[bytes]:
    yield b"["
    for number, one in enumerate(value):
        yield b", " if number else b""
        yield from _value(one)
    yield b"]"


def _text(value: str) -> Iterator[bytes]:
    yield from _quoted(
        json.dumps(value[start : start + _SLICE]).encode()[1:-1]
        for start in range(0, len(value), _SLICE)
    )


def _quoted(parts: Iterable[bytes]) -> Iterator[bytes]:
    yield b'"'
    yield from parts
    yield b'"'


def _base64(content: bytes) -> Iterator[bytes]:
    for part in _slices(content):
        yield base64.b64encode(part)


def _escaped_ascii(content: bytes) -> Iterator[bytes]:
    for part in _slices(content):
        yield json.dumps(bytes(part).decode("ascii")).encode()[1:-1]


def _slices(content: bytes) -> Iterator[memoryview]:
    seen = memoryview(content)
    return (seen[start : start + _SLICE] for start in range(0, len(content), _SLICE))


def _form(tree: Tree, boundary: str) -> Iterator[bytes]:
    files = {name: one for name, one in tree.items() if isinstance(one, File)}
    part = partial(_part, boundary=boundary)
    for name, value in tree.items():
        if name not in files:
            for one in _values(value):
                yield from part(name, (one,))
    for name, file in files.items():
        yield from part(name, _slices(file.content), more=_FILE)
    yield f"--{boundary}--\r\n".encode()


def _part(
    name: str, content: Iterable[bytes | memoryview], *, boundary: str, more: str = ""
) -> Iterator[bytes]:
    quoted = name.translate(_NOT_IN_A_NAME)
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="{quoted}"'
    yield f"{head}{more}\r\n\r\n".encode()
    yield from (bytes(one) for one in content)
    yield b"\r\n"


def _values(value: object) -> Iterator[bytes]:
    """Yield what stands in a form for ``value``: a list stands there repeatedly."""
    if isinstance(value, list):
        for one in value:
            yield from _values(one)
    elif isinstance(value, File):
        yield value.content
    else:
        yield str(value).encode()


_PIECE: Final = 65_536
_SLICE: Final = 48 * 1024
"""A multiple of three, so that base64 of the slices is base64 of the whole."""
_FILE: Final = '; filename="message.eml"\r\nContent-Type: message/rfc822'
_NOT_IN_A_NAME: Final = str.maketrans({'"': "%22", "\r": "%0D", "\n": "%0A"})
"""As browsers write it (RFC 7578 §2)."""
