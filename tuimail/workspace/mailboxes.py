"""Mailboxes of other programs, read mail by mail: mbox files and maildirs.

Nothing in them is changed, moved or marked. What of them cannot be read is told in
its place, and the next one is read.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from pathlib import Path
from typing import Final

from tuimail.core.finding import Finding, Severity
from tuimail.core.handed_in import mbox
from tuimail.core.handed_in.mbox import Dialect, MboxMail
from tuimail.core.patterns import regex
from tuimail.core.values import dataclass, replace
from tuimail.errors import FieldError, InputError
from tuimail.settings.texts import opened, read_bytes, reason
from tuimail.workspace.importing import MESSAGE_LIMIT_BYTES

CHUNK_BYTES: Final = 64 * 1024
HEAD_BYTES: Final = 1024 * 1024
"""In so many, most mailboxes show that they have more than one mail."""
FIELD: Final = "path"
PARTS: Final = ("cur", "new")
"""Folders of a maildir with whole messages; what is in ``tmp`` is none yet."""
_FLAGS: Final = regex(r":2,([A-Za-z]*)\Z")
_TRASHED: Final = "T"
_LEADING: Final = regex(r"[0-9]{1,18}")
_MOST_NAMED: Final = 10
_ENDS: Final = b"\r\n"

Read = Callable[[int], bytes]
"""Returns so many bytes at most, none at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One mail of a mailbox."""

    place: str
    """Which it is: ``mail 3, at byte 2,105``, or the name of its file; untrusted."""
    raw: bytes
    """Header and body; empty where it cannot be read."""
    problem: InputError | None
    """Why it cannot be read."""
    flags: str = ""
    """What its mailbox says of it, in letters of maildir(5)."""
    noticed: tuple[Finding, ...] = ()
    """What was changed, or left, because a mailbox quotes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Many mails, to be gone through once."""

    mails: Iterator[Found]
    total: int | None
    """How many there are; None where nobody knows before the end."""
    left_out: tuple[str, ...] = ()
    """What is there and is not among them, one sentence each; untrusted."""


def open_mailbox(path: Path, *, name: str, dialect: Dialect) -> Mailbox | bytes:
    """Return the mailbox at ``path``, or the one message that stands there.

    Args:
        path: A maildir or a file.
        name: What errors call it.
        dialect: How a file was written.

    Raises:
        FieldError: It cannot be read, or is a folder and no maildir.
    """
    if os.path.isdir(path):  # noqa: PTH112 - a path may be too long for Path
        return _maildir(path, name)
    stack = ExitStack()
    with stack:
        file = stack.enter_context(opened(path, name=name, field=FIELD))
        found = mailbox_of(file.read, dialect=dialect)
        if isinstance(found, bytes):
            return found
        kept = stack.pop_all()
    return replace(found, mails=_until_closed(found.mails, kept))


def mailbox_of(read: Read, *, dialect: Dialect) -> Mailbox | bytes:
    """Return the mailbox that is read, or the one message that it is.

    Of a message that is longer than one may be, a byte too many is returned.

    Args:
        read: Gives what stands there.
        dialect: How it was written.
    """
    head = read(min(HEAD_BYTES, MESSAGE_LIMIT_BYTES + 1))
    if not head.lstrip(_ENDS).startswith(mbox.FROM):
        return head + read(MESSAGE_LIMIT_BYTES + 1 - len(head))
    while len(head) <= MESSAGE_LIMIT_BYTES and _has_one(head):
        more = read(len(head))
        if not more:
            return head.lstrip(_ENDS)
        head += more
    chunks = chain([head], iter(lambda: read(CHUNK_BYTES), b""))
    return Mailbox(mails=_mails(chunks, dialect), total=None)


def _has_one(head: bytes) -> bool:
    """Return whether no second message begins in ``head``, or may do so."""
    mails = mbox.split(mbox.pieces([head]), limit_bytes=MESSAGE_LIMIT_BYTES)
    found = list(islice(mails, 2))
    return len(found) == 1 and not found[0].doubtful


def _until_closed(mails: Iterator[Found], stack: ExitStack) -> Iterator[Found]:
    with stack:
        yield from mails


def _mails(chunks: Iterable[bytes], dialect: Dialect) -> Iterator[Found]:
    limit = MESSAGE_LIMIT_BYTES
    for mail in mbox.split(mbox.pieces(chunks), limit_bytes=limit, dialect=dialect):
        yield Found(
            place=f"mail {mail.number}, at byte {mail.start + 1:,}",
            raw=mail.raw,
            problem=_too_long() if mail.is_too_long else None,
            noticed=(*_doubted(mail), *_noticed(mail)),
        )


def _too_long() -> InputError:
    return FieldError(
        f"The message has more than {MESSAGE_LIMIT_BYTES:,} bytes, which are the "
        "limit.",
        hint="Leave out files, or send a link to them.",
        field="message",
    )


def _noticed(mail: MboxMail) -> tuple[Finding, ...]:
    """Say which lines had a ``>`` more in the mailbox, or may have one too many."""
    if mail.unquoted:
        message = (
            f"{_lines(mail.unquoted)} “>From ” in the mailbox, and lost one “>”: "
            "that is how mailboxes keep what begins with “From ”."
        )
        return (_finding(message, "Where that is wrong, import it as mboxcl2."),)
    if mail.still_quoted:
        message = (
            f"{_lines(mail.still_quoted)} “>From ” in the mailbox, which may have put "
            "the “>” there."
        )
        return (_finding(message, "Where it did, import it as mboxcl."),)
    return ()


def _doubted(mail: MboxMail) -> tuple[Finding, ...]:
    """Say where another mail may begin that was taken for text of this one."""
    if not mail.doubtful:
        return ()
    many = mail.doubtful > 1
    message = (
        f"{mail.doubtful:,} line{'s look' if many else ' looks'} like the first of "
        "another mail, but without the empty line that a mailbox has before it."
    )
    return (_finding(message, "Where it is one, put an empty line before it."),)


def _lines(number: int) -> str:
    return "1 line begins with" if number == 1 else f"{number:,} lines begin with"


def _finding(message: str, hint: str) -> Finding:
    return Finding(
        code="mime.from-quoted",
        severity=Severity.INFO,
        field="text",
        message=message,
        hint=hint,
    )


def _maildir(path: Path, name: str) -> Mailbox:
    """Return the mails of a folder in the order in which they came to it."""
    with told(name):
        present = [part for part in PARTS if (path / part).is_dir()]
        if not present:
            raise FieldError(
                f"{name} is a folder and no maildir: it has neither cur nor new.",
                hint="Name a maildir, or the files themselves.",
                field=FIELD,
            )
        found = [one for part in present for one in _names(path / part)]
        kept = sorted((one for one in found if not _is_trashed(one)), key=_order)
        others = sorted(one.name for one in _folders(path))
    return Mailbox(
        mails=(_found(one) for one in kept),
        total=len(kept),
        left_out=tuple(_left_out(name, len(found) - len(kept), others)),
    )


@contextmanager
def told(name: str) -> Iterator[None]:
    """Tell of a folder that cannot be read."""
    try:
        yield
    except OSError as error:
        raise FieldError(
            f"{name} cannot be read: {reason(error)}.",
            hint="Look at its permissions.",
            field=FIELD,
        ) from error


def _names(folder: Path) -> list[Path]:
    return [one for one in folder.iterdir() if not one.name.startswith(".")]


def _folders(path: Path) -> Iterator[Path]:
    """Yield the folders of a Maildir++, which lie beside cur and new."""
    for one in path.iterdir():
        if one.name.startswith(".") and (one / PARTS[0]).is_dir():
            yield one


def _left_out(name: str, trashed: int, others: list[str]) -> Iterator[str]:
    if trashed:
        yield f"{name} has {trashed:,} marked as trash, which were left out."
    if others:
        more = ["…"] if len(others) > _MOST_NAMED else []
        named = ", ".join([*others[:_MOST_NAMED], *more])
        yield f"Folders in {name} were left out: {named}; name them to import them."


def _order(path: Path) -> tuple[int, str]:
    """Return when a mail came, as its name says by custom."""
    begun = _LEADING.match(path.name)
    return int(begun.group()) if begun else 0, path.name


def _flags(path: Path) -> str:
    found = _FLAGS.search(path.name)
    return found[1] if found else ""


def _is_trashed(path: Path) -> bool:
    return _TRASHED in _flags(path)


def _found(path: Path) -> Found:
    place = os.fsencode(f"{path.parent.name}/{path.name}").decode(errors="replace")
    raw, problem = b"", None
    try:
        limit = MESSAGE_LIMIT_BYTES
        raw = read_bytes(path, name="The file", field=FIELD, limit_bytes=limit)
    except InputError as error:
        problem = error
    return Found(place=place, raw=raw, problem=problem, flags=_flags(path))
