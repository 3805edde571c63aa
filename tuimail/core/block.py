"""The header block as bytes, held against the names that were planned.

One pass over the very bytes that go out, sharing no code with what wrote them:
whatever a value managed to do, it did not add, end or split a header.

Pure.
"""

import re
from typing import Final

from tuimail.core.encoding import LINE_LIMIT
from tuimail.errors import PlanMismatchError

_FIRST_LINE: Final = re.compile(rb"([!-9;-~]+):[\t -~\x80-\xff]*")
_NEXT_LINE: Final = re.compile(rb"[\t ]+[!-~\x80-\xff][\t -~\x80-\xff]*")
_NEVER: Final = re.compile(rb"(?i:bcc|resent-.*)")


def check_block(
    block: bytes, *, names: tuple[str, ...], utf8_names: frozenset[str]
) -> None:
    """Make sure that ``block`` is the header block it was meant to be.

    Args:
        block: All header lines and the empty line that ends them.
        names: The names that were planned, in order.
        utf8_names: Headers that may hold an address that is not ASCII (RFC 6532).

    Raises:
        PlanMismatchError: A name is missing, added or out of place, or is Bcc
            or Resent-…; a line is too long, is empty, or has a bare CR or LF, a
            NUL or another control character; there is 8-bit text elsewhere.
    """
    found: list[str] = []
    for line in _lines(block):
        start = _FIRST_LINE.fullmatch(line)
        if start is not None:
            found.append(start[1].decode())
        _check_line(line, is_well_formed=_is_line(line, start, found))
        if not line.isascii():
            _check_utf8(line, is_allowed=found[-1] in utf8_names)
    if tuple(found) != names:
        raise mismatch(f"its headers are {', '.join(found)}")


def mismatch(what: str) -> PlanMismatchError:
    """Return the error that says in which way bytes and plan differ."""
    return PlanMismatchError(
        f"The rendered mail is not what was planned: {what}.",
        hint="Nothing was stored or sent. This is a defect of tuimail; "
        "please report it.",
    )


def _lines(block: bytes) -> list[bytes]:
    if not block.endswith(b"\r\n\r\n"):
        raise mismatch("its header block does not end in an empty line")
    return block[:-4].split(b"\r\n")


def _is_line(line: bytes, start: re.Match[bytes] | None, found: list[str]) -> bool:
    if start is None:
        return bool(found) and _NEXT_LINE.fullmatch(line) is not None
    return not _NEVER.fullmatch(start[1])


def _check_line(line: bytes, *, is_well_formed: bool) -> None:
    if not is_well_formed:
        raise mismatch(f"it has the header line {line[:60]!r}")
    if len(line) > LINE_LIMIT:
        raise mismatch(f"a header line has {len(line)} octets")


def _check_utf8(line: bytes, *, is_allowed: bool) -> None:
    try:
        line.decode()
    except UnicodeDecodeError:
        is_allowed = False
    if not is_allowed:
        raise mismatch(f"the header line {line[:60]!r} is not ASCII")
