"""Another program's address book, asked for who may be meant.

khard, abook, notmuch and what mutt calls a query command all print one person a
line: ``address<TAB>name<TAB>anything``, or a mailbox as in a header. What else they
print is passed over. The program is called without a shell, has no input, and is
ended when it takes too long: an address book is never worth waiting for.
"""

import os
import shlex
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final

from tuimail.core.address import Address, parse_address, with_name
from tuimail.errors import AddressError

PATIENCE: Final = timedelta(milliseconds=300)
MOST_PEOPLE: Final = 8
_PLACE: Final = "%s"
_MOST_CHARACTERS: Final = 64 * 1024


def words(command: str) -> tuple[str, ...]:
    """Return the program of ``command`` and its arguments; none if it is unclear."""
    try:
        return tuple(shlex.split(command))
    except ValueError:
        return ()


def ask(command: str, text: str, patience: timedelta = PATIENCE) -> tuple[Address, ...]:
    """Return whom the program knows by ``text``; nobody where it fails. Blocks.

    Args:
        command: Program and arguments; ``%s`` in one of them stands for the text,
            which is the last argument where none has it.
        text: What was typed.
        patience: How long it may take.
    """
    program = words(command)
    if not program or text.startswith("-"):  # which might be an option of it
        return ()
    return tuple(_people(_output(_with(program, text), patience)))[:MOST_PEOPLE]


def _with(program: Sequence[str], text: str) -> list[str]:
    if any(_PLACE in one for one in program):
        return [one.replace(_PLACE, text) for one in program]
    return [*program, text]


def _output(arguments: Sequence[str], patience: timedelta) -> str:
    try:
        process = subprocess.Popen(  # noqa: S603 - the person's own command
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError):
        return ""
    with process:
        try:
            printed, _ = process.communicate(timeout=patience.total_seconds())
        except subprocess.TimeoutExpired:
            _end(process)
            return ""
    return printed.decode("utf-8", "replace")[:_MOST_CHARACTERS]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with whatever it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _people(printed: str) -> Iterator[Address]:
    for line in printed.splitlines():
        with suppress(AddressError):
            yield _person(line)


def _person(line: str) -> Address:
    address, tab, rest = line.partition("\t")
    if not tab:
        return parse_address(line, field="address")
    mailbox = parse_address(address, field="address")
    return with_name(mailbox, rest.partition("\t")[0].strip(), field="name")
