"""From the words typed to an exit code; the outermost edge.

Nothing here knows a verb: it finds the module of the one that was typed, and
imports no other. No traceback gets past ``main``.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING

from tuimail import __version__
from tuimail.cli import exits
from tuimail.cli.console import Console, prepared
from tuimail.cli.tints import are_wanted
from tuimail.cli.verbs import SENDMAIL, VERBS, overview
from tuimail.cli.words import Words
from tuimail.errors import (
    ConfigurationError,
    StoreError,
    TransitionError,
    TuimailError,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tuimail.cli.call import Call
    from tuimail.cli.parser import Command
    from tuimail.settings.prompts import Prompts

_WHO_RUNS_THIS = frozenset({"LNAME", "LOGNAME", "USER", "USERNAME"})
"""Where Python looks for the name of the user, who is the actor."""


class _InterruptedError(TuimailError):
    """The person pressed Ctrl-C."""

    code = "interrupted"
    exit_code = exits.INTERRUPTED


class _BugError(TuimailError):
    """Something that nobody foresaw."""

    code = "bug"


def main(
    arguments: Sequence[str],
    *,
    verb: str = "",
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Do what was typed and return the exit code.

    Args:
        arguments: Everything after the name of the program.
        verb: What the name of the program stands for; empty for our own, which is
            told its verb.
        sleep: Waits so many seconds.
        clock: Tells seconds that only ever grow.
    """
    words = Words.of(verb, arguments) if verb else Words(arguments)
    console = Console(
        stdin=sys.stdin,
        stdout=prepared(sys.stdout),
        stderr=prepared(sys.stderr),
        is_json=words.is_json,
        is_quiet=words.is_quiet,
        has_colours=are_wanted(os.environ),
    )
    try:
        error = _guarded(console, lambda: _answer(words, console, sleep, clock))
    except Exception as mistake:  # noqa: BLE001 - the outermost edge of this face
        error = _bug(mistake)
    if isinstance(error, int):
        return error
    _report(console, error)
    return _code(words.verb, error)


def _guarded(console: Console, run: Callable[[], int]) -> int | TuimailError:
    """Return what ``run`` does, or why it could not."""
    try:
        code = run()
        console.close()
    except TuimailError as error:
        return error
    except KeyboardInterrupt:
        return _InterruptedError("Interrupted.")
    return code


def _report(console: Console, error: TuimailError) -> None:
    try:
        console.error(error)
        console.close()
    except StoreError as unwritten:
        console.insist(f"tuimail: {error}", f"tuimail: {unwritten}")


def _code(verb: str, error: TuimailError) -> int:
    """Return the exit code; where other programs know other ones, one of those."""
    if verb != SENDMAIL or isinstance(error, _InterruptedError):
        return error.exit_code
    from tuimail.cli import sysexits  # noqa: PLC0415 - for one verb

    return sysexits.of(error)


def _bug(error: Exception) -> TuimailError:
    """Return where it happened and no more: texts of exceptions hold secrets."""
    return _BugError(
        f"This is a mistake in tuimail ({type(error).__name__} in "
        f"{_place(error.__traceback__)}).",
        hint="Please report it with what you typed, without passwords.",
    )


def _place(trace: TracebackType | None) -> str:
    """Return the innermost line of ours, such as ``cli/entry.py:60``."""
    found = "an unknown place"
    while trace is not None:
        _, ours, file = trace.tb_frame.f_code.co_filename.rpartition("/tuimail/")
        found = f"{file}:{trace.tb_lineno}" if ours else found
        trace = trace.tb_next
    return found


def _answer(
    words: Words,
    console: Console,
    sleep: Callable[[float], None],
    clock: Callable[[], float],
) -> int:
    if words.error is not None:
        raise words.error
    if words.wants_version:
        return _tell(console, "version", __version__, line=f"tuimail {__version__}")
    if words.wants_help and not words.verb:
        return _tell(console, "help", overview())
    return _run(words, console, sleep, clock)


def _tell(console: Console, name: str, text: str, *, line: str = "") -> int:
    """Print a text about tuimail itself; ``line`` is how people are told it."""
    if console.is_json:
        console.document({name: text})
    else:
        console.data(*(line or text).splitlines())
    return exits.DONE


def _run(
    words: Words,
    console: Console,
    sleep: Callable[[float], None],
    clock: Callable[[], float],
) -> int:
    """Build the parser of one verb, and run it."""
    from pathlib import Path  # noqa: PLC0415 - not for --help

    from tuimail.cli.call import Call  # noqa: PLC0415 - not for --help
    from tuimail.cli.parser import Parser, parse  # noqa: PLC0415 - not for --help
    from tuimail.cli.telling import tell_at_the_end  # noqa: PLC0415 - not for --help

    verb = words.verb
    command = command_of(verb)
    parser = Parser(verb, VERBS[verb][1], examples=command.examples)
    if words.wants_help:
        command.arguments(parser)
        return _tell(console, "help", parser.format_help())
    call = Call(
        options=parse(parser, command, words.rest),
        console=console,
        environ=_environ(),
        cwd=_cwd(),
        workspace=Path(words.workspace) if words.workspace else None,
        config=Path(words.config) if words.config else None,
        sleep=sleep,
        clock=clock,
        prompts=_prompts(console),
    )
    code = _done(command, call, verb)
    tell_at_the_end(call)
    return code


def _prompts(console: Console) -> "Prompts":
    """Return who asks for passwords that are kept nowhere."""
    from tuimail.settings.prompts import NOBODY, Prompts  # noqa: PLC0415 - not for help

    if not console.is_terminal:
        return NOBODY
    return Prompts(_typed_unseen)


def _typed_unseen(question: str) -> str:
    """Return what a person types; nothing where the terminal was closed."""
    from getpass import getpass  # noqa: PLC0415 - not for --help

    try:
        return getpass(question)
    except EOFError:
        return ""


def _done(command: "Command", call: "Call", verb: str) -> int:
    """Run it; a refusal of the state machine is said in verbs, with the id."""
    try:
        return command.run(call)
    except TransitionError as error:
        from tuimail.cli.refusals import in_verbs  # noqa: PLC0415 - rare

        raise in_verbs(call, verb, error) from error


def _environ() -> Mapping[str, str]:
    """Return the environment; what we use of it is text."""
    for name, value in os.environ.items():
        if name.startswith("TUIMAIL_") or name in _WHO_RUNS_THIS:
            _refuse_bytes(name, value)
    return os.environ


def _refuse_bytes(name: str, value: str) -> None:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ConfigurationError(
            f"The variable {name} has bytes that are not UTF-8.",
            hint=f"Set it again, as UTF-8, or unset it: unset {name}",
            field=name,
        ) from error


def _cwd() -> "Path":
    from pathlib import Path  # noqa: PLC0415 - not for --help

    try:
        return Path.cwd()
    except OSError as error:
        raise ConfigurationError(
            f"The folder that you are in cannot be used: {error.strerror}.",
            hint="Go to another: cd",
        ) from error


def command_of(verb: str) -> "Command":
    """Return the command of ``verb``, from the one module that has it."""
    from importlib import import_module  # noqa: PLC0415 - not for --help

    module = import_module(f"tuimail.cli.{VERBS[verb][0]}")
    found: Command = module.COMMANDS[verb]
    return found
