"""Gives the terminal to a person's own editor, and takes it back.

The loop goes on meanwhile, and with it everything that sends. Nothing is drawn,
as there is nobody to draw it: the thread that writes to the terminal has ended,
and whoever waited for it would wait for ever.
"""

import asyncio
import os
import shlex
import shutil
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tuimail.errors import ConfigurationError

if TYPE_CHECKING:
    from tuimail.tui.app import TuimailApp

VARIABLES: Final = ("VISUAL", "EDITOR")
EDITORS: Final = ("sensible-editor", "editor", "nano", "vi")
"""What is tried where nobody said which."""
LOOK_SECONDS: Final = 0.2
"""How often it is looked whether the editor was stopped."""
GRACE_SECONDS: Final = 2.0
"""How long an editor has to save when the app has to end."""
AT_ONCE_SECONDS: Final = 1.0
"""Nobody writes anything in so short a time."""
_CAN_LOOK: Final = hasattr(os, "waitid")
"""macOS has no such call before Python 3.13; there, a stopped editor stops all."""
_FOR_THE_EDITOR: Final = (
    signal.SIGINT,
    signal.SIGQUIT,
    *((signal.SIGTSTP,) if _CAN_LOOK else ()),
)
"""Keys that a terminal turns into signals for everybody in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an editor ended."""

    status: int
    """0 where all is well; below that the signal that killed it."""
    seconds: float

    @property
    def was_at_once(self) -> bool:
        """Whether it was over before anybody could have written."""
        return self.seconds < AT_ONCE_SECONDS


def editor(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command of the person's editor.

    Raises:
        ConfigurationError: There is none, or it cannot be found.
    """
    for variable in VARIABLES:
        if environ.get(variable, "").strip():
            return _named(variable, environ[variable], environ.get("PATH"))
    for name in EDITORS:
        found = shutil.which(name, path=environ.get("PATH"))
        if found:
            return (found,)
    raise ConfigurationError(
        "There is no editor: EDITOR is not set, and neither nano nor vi is here.",
        hint="Leave, type export EDITOR=…, and start again.",
        field="text",
    )


async def run(app: "TuimailApp", command: Sequence[str]) -> Ended:
    """Give the terminal to ``command`` until it ends.

    Raises:
        ConfigurationError: It cannot be started.
    """
    failure: OSError | None = None
    ended = Ended(status=0, seconds=0)
    has_terminal = _is_there()
    with app.batch_update(), app.suspend(), _lent(app), _unheard():
        try:
            ended = await _ended(command)
        except OSError as error:
            failure = error
        if has_terminal and not _is_there():
            app.leave_at_once()
            await asyncio.Event().wait()
    if failure is not None:
        raise ConfigurationError(
            f"The editor {command[0]} cannot be started: {failure.strerror}.",
            hint="Leave, type export EDITOR=…, and start again.",
            field="text",
        ) from failure
    return ended


def _named(variable: str, value: str, path: str | None) -> tuple[str, ...]:
    try:
        command = tuple(shlex.split(value))
    except ValueError as error:
        raise _not_usable(variable, value, "its quotes do not match") from error
    found = shutil.which(command[0], path=path) if command else None
    if found is None:
        raise _not_usable(variable, value, "there is no such program")
    return (found, *command[1:])


def _not_usable(variable: str, value: str, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"{variable} is “{value[:60]}”: {why}.",
        hint=f"Leave, type export {variable}=nano, and start again.",
        field="text",
    )


def _is_there() -> bool:
    with suppress(OSError, ValueError, AttributeError):
        return os.isatty(sys.__stdin__.fileno())  # type: ignore[union-attr]
    return False


async def _ended(command: Sequence[str]) -> Ended:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    process = await asyncio.create_subprocess_exec(*command)
    waiting = asyncio.ensure_future(process.wait())
    try:
        while not (await asyncio.wait({waiting}, timeout=LOOK_SECONDS))[0]:
            if _CAN_LOOK:
                _go_on(process.pid)
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.send_signal(signal.SIGHUP)
        await asyncio.wait({waiting}, timeout=GRACE_SECONDS)
        raise
    return Ended(status=waiting.result(), seconds=loop.time() - begun)


def _go_on(pid: int) -> None:
    """Wake an editor that was stopped: there is no shell here to bring it back."""
    with suppress(ChildProcessError, ProcessLookupError):
        how = os.WSTOPPED | os.WNOHANG | os.WNOWAIT
        if os.waitid(os.P_PID, pid, how) is not None:
            os.kill(pid, signal.SIGCONT)


@contextmanager
def _lent(app: "TuimailApp") -> Iterator[None]:
    """Let nothing of the app's get into the terminal meanwhile."""
    app.is_lent = True
    try:
        yield
    finally:
        app.is_lent = False


@contextmanager
def _unheard() -> Iterator[None]:
    """Let signals of the keyboard be for the editor alone.

    With a handler of ours and not ignored, so that the editor does not ignore
    them, too.
    """
    before = {number: signal.getsignal(number) for number in _FOR_THE_EDITOR}
    for number in before:
        signal.signal(number, _nothing)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _nothing(_number: int, _frame: object) -> None:
    """Hear a signal that is for somebody else."""
