"""The way out through a program of this machine that takes mail as ``sendmail`` does.

The program is given a file, and not a pipe: when tuimail ends in the middle of a
pipe, that looks to the program like the end of a message, and half a mail would
leave. So the point of no return comes before it is started, with all of the message
on disk; from then on it works alone, whatever becomes of tuimail.
"""

import asyncio
import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
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
            message = await asyncio.to_thread(_on_disk, await content_of(job))
        except NotConnectedError as error:
            return error.verdicts(job.envelope, server=self._name)
        with closing(message):
            await job.point_of_no_return()
            ended = await in_a_thread(
                partial(_run, command, message, self._patience), name="tuimail-sendmail"
            )
        return _verdicts(job.envelope, ended, server=self._name)

    async def check(self) -> AccountCheck:
        """Look whether the program is there; only mail would tell what it does."""
        try:
            self._found()
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


def _usual() -> str:
    return next((path for path in USUAL if Path(path).exists()), USUAL[0])


def _arguments(envelope: Envelope) -> Iterator[str]:
    """Yield what every such program knows; no address can be taken for an option."""
    yield from ("-i", "-f", envelope.return_path or "<>", "--")
    yield from (recipient.wire_address for recipient in envelope.recipients)


def _on_disk(content: bytes) -> IO[bytes]:
    """Return a file without a name that holds the message, with line feeds alone.

    That is how programs of this kind want it; they write CRLF where mail needs it.
    """
    try:
        with ExitStack() as stack:
            file = stack.enter_context(tempfile.TemporaryFile())
            file.write(content.replace(b"\r\n", b"\n"))
            file.seek(0)
            stack.pop_all()
            return file
    except OSError as error:
        raise _not_handed_over(
            f"The message cannot be put on disk: {error.strerror}."
        ) from None


def _run(command: list[str], message: IO[bytes], patience: timedelta) -> _Ended:
    """Start the program and wait for its end, in a thread.

    What it says goes to a file as well: something that it leaves running might keep
    a pipe open for ever.
    """
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TUIMAIL_")
    }
    with tempfile.TemporaryFile() as said:
        try:
            done = subprocess.run(  # noqa: S603 - the person's own, split, no shell
                command,
                stdin=message,
                stdout=said,
                stderr=subprocess.STDOUT,
                env=inherited,
                cwd="/",
                start_new_session=True,
                timeout=patience.total_seconds(),
                check=False,
            )
        except OSError as error:
            return _Ended(code=None, text=error.strerror or str(error))
        except subprocess.TimeoutExpired:
            text = f"The program had not ended after {patience}, and was ended."
            return _Ended(code=-9, text=text)
        said.seek(0)
        words = said.read(TEXT_LIMIT).decode("utf-8", "backslashreplace").strip()
    return _Ended(code=done.returncode, text=words or _meaning(done.returncode))


def _verdicts(envelope: Envelope, ended: _Ended, *, server: str) -> Verdicts:
    judgement = _judged(ended.code, is_one=len(envelope.recipients) == 1)
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


def _judged(code: int | None, *, is_one: bool) -> Judgement:
    """Return what an exit code means.

    Args:
        code: As in ``sysexits.h``; None where nothing was started.
        is_one: Whether the mail was for one recipient: of several, others than the
            one that the code is about may have got it.
    """
    if code is None:
        return _LATER
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
