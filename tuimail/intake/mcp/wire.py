"""What an agent's program writes to stdin, checked, and what is written to stdout.

The library drops a line that it cannot read, and says nothing: whoever waits for
the answer waits for ever. So each line is looked at first, and a bad one gets an
error with the number of its request (JSON-RPC 2.0 §5.1).
"""

import fcntl
import io
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO, cast

import mcp_types as types

from tuimail.core.patterns import regex
from tuimail.intake.objects import NoObjectError, read_object

LONGEST_BYTES: Final = 40 * 1024 * 1024
"""Of one message; as much as is taken over HTTP."""
DEEPEST: Final = 20
"""Lists and objects in one another; a mail is in three more than over HTTP."""
_STDIN, _STDOUT, _STDERR = range(3)
_SIGN: Final = regex(r'"(?:[^"\\]|\\.)*+"?|[{}\[\]:]|-?\d+')
"""One pass, whatever it is: a text that never ends is one token, too."""
Id = int | str | None


class Writing(io.TextIOBase):
    """Whole messages to a program, one after the other, whoever writes them."""

    def __init__(self, sink: BinaryIO) -> None:
        super().__init__()
        self._sink, self._lock = sink, threading.Lock()

    def write(self, text: str, /) -> int:
        """Write ``text`` at once."""
        with self._lock:
            self._sink.write(text.encode())
            self._sink.flush()
        return len(text)


class Checked(io.TextIOBase):
    """The lines of a program that are messages; all others are answered here."""

    def __init__(self, source: BinaryIO, answers: Writing) -> None:
        super().__init__()
        self._source, self._answers = source, answers

    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]  # no bytes
        """Return the next message, or an empty text at the end."""
        while line := self._source.readline(LONGEST_BYTES + 1):
            refusal = self._refusal(line) if line.strip() else {}
            if refusal is None:
                return line.decode()
            if refusal:
                self._answers.write(json.dumps(refusal) + "\n")
        return ""

    def _refusal(self, line: bytes) -> dict[str, Any] | None:
        """Return what is wrong with a line; None where it can be answered."""
        if len(line) > LONGEST_BYTES:
            self._skip(line)
            return _error(types.PARSE_ERROR, "is too long", _id_in(line))
        try:
            found = read_object(line, deepest=DEEPEST)
        except NoObjectError as error:
            return _error(types.PARSE_ERROR, error.what, _id_in(line))
        try:
            types.jsonrpc_message_adapter.validate_json(line, by_name=False)
        except ValueError:
            return _error(types.INVALID_REQUEST, "is no request", _id_of(found))
        return None

    def _skip(self, line: bytes) -> None:
        """Read on to the end of a line that is too long."""
        while line and not line.endswith(b"\n"):
            line = self._source.readline(LONGEST_BYTES)


@contextmanager
def wire() -> Iterator[tuple[TextIO, TextIO]]:
    """Take stdin and stdout for messages alone.

    Meanwhile whoever else reads from stdin finds its end, and what somebody else
    writes to stdout goes to stderr.
    """
    with (
        Path(os.devnull).open("rb") as nothing,
        _taken(_STDIN, nothing.fileno()) as reading,
        _taken(_STDOUT, _STDERR) as writing,
    ):
        # They stay open: a thread may still wait for a line when all else has ended.
        sink = Writing(os.fdopen(writing, "wb", closefd=False))
        lines = Checked(os.fdopen(reading, "rb", closefd=False), sink)
        yield cast("TextIO", lines), cast("TextIO", sink)


@contextmanager
def _taken(descriptor: int, instead: int) -> Iterator[int]:
    own = fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, _STDERR + 1)
    os.dup2(instead, descriptor)
    try:
        yield own
    finally:
        os.dup2(own, descriptor)


def _error(code: int, what: str, number: Id) -> dict[str, Any]:
    """Return what is answered to a message that is none."""
    message = f"The message {what}."
    error = {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": number, "error": error}


def _id_of(found: dict[str, Any]) -> Id:
    number = found.get("id")
    return number if type(number) in {int, str} else None


def _id_in(line: bytes) -> Id:
    """Return the number of a request that cannot be read, as far as that can.

    It is found sign by sign, however deep the rest goes; one that could be two is
    none.
    """
    depth, before, found = 0, ["", ""], set[str]()
    for match in _SIGN.finditer(line.decode(errors="replace")):
        sign = match[0]
        depth += (sign in "{[") - (sign in "}]")
        if depth == 1 and before == ['"id"', ":"]:
            found.add(sign)
        before = [before[1], sign]
    with suppress(ValueError):
        return _id_of({"id": json.loads(found.pop())}) if len(found) == 1 else None
    return None
