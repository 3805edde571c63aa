"""The way out through a program of this machine that takes mail as ``sendmail`` does.

The program is given a file, and not a pipe: when tuimail ends in the middle of a
pipe, that looks to the program like the end of a message, and half a mail would
leave. So the point of no return comes before it is started, with all of the message
on disk; from then on it works alone, whatever becomes of tuimail.
"""

import asyncio
import errno
import os
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import IO, ClassVar, Final

from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.status import OUR_MACHINE, Judgement
from tuimail.core.submission import (
    AccountFault,
    Receipt,
    VerdictKind,
    Verdicts,
)
from tuimail.core.values import dataclass
from tuimail.providers import options
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.everybody import told_to_all
from tuimail.providers.failures import NotConnectedError
from tuimail.providers.features import refuse_features
from tuimail.providers.http.api import content_of
from tuimail.providers.threads import in_a_thread

ALLOWED: Final = ("command",)
USUAL: Final = ("/usr/sbin/sendmail", "/usr/lib/sendmail")
"""Where the program is, where nothing else is said (LSB, and older systems)."""
PATIENCE: Final = timedelta(minutes=10)
"""So long the program may take; one that sends by itself asks a server first."""
TEXT_LIMIT: Final = 2000
"""Octets of what it says that are kept."""
MOST_SAID: Final = 1_000_000
"""Octets that may be on disk before they are cut."""
LOOK_SECONDS: Final = 0.25
"""So often it is looked at how much that is."""
LINE_LIMIT: Final = 256
"""Octets of a first line that Linux reads (execve(2))."""
SCRIPT: Final = b"#!"
TEXT: Final = bytes(range(32, 127)) + b"\t\r\n\f"


class SendmailProvider:
    """Hands mail to a program, which queues it or sends it by itself."""

    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(
        self, account: ProviderAccount, *, patience: timedelta = PATIENCE
    ) -> None:
        options.refuse_unknown(account, ALLOWED)
        self._command = _command(account)
        self._patience = patience

    def accept(self, draft: Draft, envelope: Envelope) -> None:  # noqa: ARG002 - any
        """Take any message: its bytes are handed on, with line ends as files have."""
        refuse_features(envelope.service, provider="sendmail")

    async def submit(self, job: SendJob) -> Verdicts:
        """Try once; the program says one thing for everybody."""
        try:
            command = [*self._found(), *_arguments(job.envelope)]
            files = await asyncio.to_thread(_on_disk, await content_of(job))
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=self._name)
        with closing(files.message), ExitStack() as unless_started:
            unless_started.enter_context(closing(files.said))
            await job.point_of_no_return()
            unless_started.pop_all()
            ended = await in_a_thread(
                partial(_run, command, files, self._patience), name="tuimail-sendmail"
            )
        return _verdicts(job.envelope, ended, server=self._name)

    async def check(self) -> AccountCheck:
        """Look whether the program is there; only mail would tell what it does."""
        try:
            _must_be_startable(Path(self._found()[0]))
        except NotConnectedError as error:
            return AccountCheck(
                ok=False,
                endpoint=self._name,
                fault=error.fault,
                error=error.receipt.text,
                hint='Write its whole path: command = "/usr/sbin/sendmail"',
            )
        return AccountCheck(ok=True, endpoint=self._name)

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def _name(self) -> str:
        return self._command[0] if self._command else _usual()

    def _found(self) -> tuple[str, ...]:
        """Return the command, whose program can be started.

        Raises:
            NotConnectedError: It is not there.
        """
        if os.access(self._name, os.X_OK) and Path(self._name).is_file():
            return self._command or (self._name,)
        raise _not_handed_over(
            f"There is no program {self._name} that could be started.",
            fault=AccountFault.SETTINGS,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """How the program ended."""

    code: int | None
    """Exit code; None where it was never started, below 0 for a signal."""
    errno: int = 0
    """Why it was never started."""
    text: str


def _command(account: ProviderAccount) -> tuple[str, ...]:
    """Return program and arguments, split as a shell would, without one."""
    text = options.text(account, "command")
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        words = ("",)
    if words and not Path(words[0]).is_absolute():
        raise options.option_error(
            account,
            "command",
            f"is “{text[:80]}”, which does not begin with the whole path of a program",
            hint='Write it out: command = "/usr/bin/msmtp -a work"',
        )
    return words


def _must_be_startable(program: Path) -> None:
    """Refuse a file that no system would start; for a program, this proves little."""
    try:
        with program.open("rb") as file:
            start = file.read(LINE_LIMIT)
    except OSError:
        return  # one may start what one may not read
    interpreter = start[len(SCRIPT) :].split(b"\n")[0].split()[:1]
    if start.startswith(SCRIPT):
        is_good = bool(interpreter) and os.access(interpreter[0], os.X_OK)
    else:
        is_good = bool(start.translate(None, TEXT))
    if not is_good:
        raise _not_handed_over(
            f"{program} is no program that could be started: its first line does not "
            "name an interpreter that is there.",
            fault=AccountFault.SETTINGS,
        )


def _usual() -> str:
    return next((path for path in USUAL if Path(path).exists()), USUAL[0])


def _arguments(envelope: Envelope) -> Iterator[str]:
    """Yield what every such program knows; no address can be taken for an option."""
    yield from ("-i", "-f", envelope.return_path or "<>", "--")
    yield from (recipient.wire_address for recipient in envelope.recipients)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """The two files that the program gets, on disk without a name."""

    message: IO[bytes]
    said: IO[bytes]
    """For what it says: something that it leaves running might keep a pipe open for
    ever, and a pipe to us would break when we end. Closed by who waits for it."""

    def cut(self) -> None:
        """Keep no more of what it says than is shown."""
        if os.fstat(self.said.fileno()).st_size > MOST_SAID:
            os.ftruncate(self.said.fileno(), TEXT_LIMIT)

    @property
    def words(self) -> str:
        self.said.seek(0)
        return self.said.read(TEXT_LIMIT).decode("utf-8", "backslashreplace").strip()


def _on_disk(content: bytes) -> _Files:
    """Return what holds the message, with line feeds alone, and what will be said.

    That is how programs of this kind want it; they write CRLF where mail needs it.
    """
    try:
        with ExitStack() as stack:
            file = stack.enter_context(tempfile.TemporaryFile())
            file.write(content.replace(b"\r\n", b"\n"))
            file.seek(0)
            said = stack.enter_context(tempfile.TemporaryFile())
            _append_only(said)
            stack.pop_all()
            return _Files(message=file, said=said)
    except OSError as error:
        raise _not_handed_over(
            f"The message cannot be put on disk: {error.strerror}."
        ) from None


def _append_only(file: IO[bytes]) -> None:
    """Let whoever writes go on at the end, also of a file that was cut."""
    import fcntl  # noqa: PLC0415 - not on Windows, where nothing gets this far

    flags = fcntl.fcntl(file, fcntl.F_GETFL)
    fcntl.fcntl(file, fcntl.F_SETFL, flags | os.O_APPEND)


def _run(command: list[str], files: _Files, patience: timedelta) -> _Ended:
    """Start the program and wait for its end, in a thread."""
    with closing(files.said):
        return _ended(command, files, patience)


def _ended(command: list[str], files: _Files, patience: timedelta) -> _Ended:
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TUIMAIL_")
    }
    try:
        running = subprocess.Popen(  # noqa: S603 - the person's own, split, no shell
            command,
            stdin=files.message,
            stdout=files.said,
            stderr=subprocess.STDOUT,
            env=inherited,
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        return _Ended(code=None, errno=error.errno or 0, text=_not_started(error))
    code = _waited(running, files, patience)
    files.cut()
    if code is None:
        text = f"The program had not ended after {patience}, and was ended."
        return _Ended(code=-9, text=text)
    return _Ended(code=code, text=files.words or _meaning(code))


def _waited(
    running: "subprocess.Popen[bytes]", files: _Files, patience: timedelta
) -> int | None:
    """Return the exit code; None where it was ended, with all that it started."""
    until = time.monotonic() + patience.total_seconds()
    while (left := until - time.monotonic()) > 0:
        with suppress(subprocess.TimeoutExpired):
            return running.wait(timeout=min(left, LOOK_SECONDS))
        files.cut()
    with suppress(ProcessLookupError, PermissionError):  # it may have become another's
        os.killpg(running.pid, signal.SIGKILL)
    with suppress(subprocess.TimeoutExpired):
        running.wait(timeout=LOOK_SECONDS)
    return None


def _not_started(error: OSError) -> str:
    if error.errno == errno.E2BIG:
        return "There are too many recipients for one command; nothing was started."
    return f"The program could not be started: {error.strerror or error}."


def _verdicts(envelope: Envelope, ended: _Ended, *, server: str) -> Verdicts:
    judgement = _judged(ended, is_one=len(envelope.recipients) == 1)
    receipt = Receipt(stage=OUR_MACHINE, code=max(ended.code or 0, 0), text=ended.text)
    if judgement.fault is not None:
        return Verdicts(fault=judgement.fault, fault_receipt=receipt, server=server)
    return told_to_all(
        envelope,
        judgement.kind or VerdictKind.UNKNOWN,
        receipt=receipt,
        server=server,
        is_bad_address=judgement.is_bad_address,
    )


def _judged(ended: _Ended, *, is_one: bool) -> Judgement:
    """Return what an end means.

    Args:
        ended: With an exit code as in ``sysexits.h``.
        is_one: Whether the mail was for one recipient: of several, others than the
            one that the code is about may have got it.
    """
    code = ended.code
    if code is None:
        return _NEVER_STARTED.get(ended.errno, _LATER)
    if code in _ABOUT_ONE:
        return _ABOUT_ONE[code] if is_one else _UNKNOWN
    return _JUDGEMENTS.get(code, _UNKNOWN)


def _meaning(code: int) -> str:
    return (
        f"The program was ended by signal {-code}."
        if code < 0
        else f"The program ended with exit code {code}, and said nothing."
    )


def _not_handed_over(
    text: str, *, fault: AccountFault | None = None
) -> NotConnectedError:
    return NotConnectedError(Receipt(stage=OUR_MACHINE, text=text), fault=fault)


_LATER: Final = Judgement(kind=VerdictKind.DEFERRED)
_UNKNOWN: Final = Judgement(kind=VerdictKind.UNKNOWN)
_REFUSED: Final = Judgement(kind=VerdictKind.REFUSED)
_MENDED_BY_HAND: Final = Judgement(fault=AccountFault.SETTINGS)
_NEVER_STARTED: Final = {
    errno.E2BIG: _REFUSED,  # so many recipients never fit
    errno.EACCES: _MENDED_BY_HAND,
    errno.EISDIR: _MENDED_BY_HAND,
    errno.ELOOP: _MENDED_BY_HAND,
    errno.ENOENT: _MENDED_BY_HAND,  # its interpreter
    errno.ENOEXEC: _MENDED_BY_HAND,
    errno.ENOTDIR: _MENDED_BY_HAND,
    errno.EPERM: _MENDED_BY_HAND,
}
"""All others go away by themselves, such as too many processes."""
_JUDGEMENTS: Final = {
    0: Judgement(kind=VerdictKind.QUEUED),
    64: _MENDED_BY_HAND,  # EX_USAGE
    65: _REFUSED,  # EX_DATAERR
    66: _MENDED_BY_HAND,  # EX_NOINPUT
    71: _LATER,  # EX_OSERR
    72: _MENDED_BY_HAND,  # EX_OSFILE
    73: _LATER,  # EX_CANTCREAT
    75: _LATER,  # EX_TEMPFAIL
    77: Judgement(fault=AccountFault.LOGIN),  # EX_NOPERM
    78: _MENDED_BY_HAND,  # EX_CONFIG
}
"""What is certain. EX_SOFTWARE, EX_IOERR and EX_PROTOCOL are not: msmtp says so, too,
when the server was lost after it had everything; nor is 1, which is everything else.
"""
_ABOUT_ONE: Final = {
    67: Judgement(kind=VerdictKind.REFUSED, is_bad_address=True),  # EX_NOUSER
    68: _LATER,  # EX_NOHOST: the recipient's, or msmtp's own server
    69: _REFUSED,  # EX_UNAVAILABLE
}
