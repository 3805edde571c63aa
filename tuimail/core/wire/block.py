"""The header block as bytes, held against the names that were planned.

One pass over the very bytes that go out, sharing no code with what wrote them:
whatever a value managed to do, it did not add, end or split a header.

Pure.
"""

from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.wire.encoding import LINE_LIMIT
from tuimail.errors import PlanMismatchError

_FIELD: Final = (
    r"(?!(?i:bcc|resent-[!-9;-~]*):)([!-9;-~]++):[\t -~\x80-\xff]*+\r\n"
    r"(?:[\t ]++[!-~\x80-\xff][\t -~\x80-\xff]*+\r\n)*+"
)
"""One header with its folded lines, one character an octet; never Bcc."""
_ONE_FIELD: Final = regex(_FIELD)
_FIELDS: Final = regex(rf"\A(?:{_FIELD})*+")


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
    text = block.decode("latin-1")
    pieces = _ONE_FIELD.split(text)
    found, between, end = tuple(pieces[1::2]), pieces[:-1:2], pieces[-1]
    if any(between) or end != "\r\n":
        raise _faulty(text)
    if len(text) > LINE_LIMIT:
        _check_lengths(text)
    if not text.isascii():
        _check_utf8(text, utf8_names)
    if found != names:
        raise mismatch(f"its headers are {', '.join(found)}")


def mismatch(what: str) -> PlanMismatchError:
    """Return the error that says in which way bytes and plan differ."""
    return PlanMismatchError(
        f"The rendered mail is not what was planned: {what}.",
        hint="Nothing was stored or sent. This is a defect of tuimail; "
        "please report it.",
    )


def _faulty(text: str) -> PlanMismatchError:
    """Return what is wrong with a block that is not one."""
    if not text.endswith("\r\n\r\n"):
        return mismatch("its header block does not end in an empty line")
    line, _, _ = _FIELDS.sub("", text, count=1).partition("\r\n")
    return mismatch(f"it has the header line {_shown(line)}")


def _check_lengths(text: str) -> None:
    longest = max(map(len, text.split("\r\n")))
    if longest > LINE_LIMIT:
        raise mismatch(f"a header line has {longest} octets")


def _check_utf8(text: str, utf8_names: frozenset[str]) -> None:
    """Make sure that only addresses are not ASCII, and that they are UTF-8."""
    for field in _ONE_FIELD.finditer(text):
        line, name = field.group(0, 1)
        if not line.isascii() and not (name in utf8_names and _is_utf8(line)):
            raise mismatch(f"the header line {_shown(line)} is not ASCII")


def _is_utf8(line: str) -> bool:
    try:
        line.encode("latin-1").decode()
    except UnicodeDecodeError:
        return False
    return True


def _shown(line: str) -> str:
    return repr(line[:60].encode("latin-1"))
