"""A way out that prints, for trying things without a mail server."""

import sys
from collections.abc import Iterator
from typing import ClassVar, Final, TextIO

from tuimail.core.display import display
from tuimail.core.draft import Draft
from tuimail.core.message import Envelope
from tuimail.core.status import OUR_MACHINE
from tuimail.core.submission import Receipt, VerdictKind, Verdicts
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)
from tuimail.providers.everybody import told_to_all
from tuimail.providers.features import refuse_features
from tuimail.providers.options import refuse_unknown


class ConsoleProvider:
    """Prints envelope and message to stderr, since stdout is data; says sent."""

    capabilities: ClassVar[Capabilities] = Capabilities()

    def __init__(
        self, account: ProviderAccount, *, stream: TextIO | None = None
    ) -> None:
        refuse_unknown(account, ())
        self._stream = stream

    def accept(self, draft: Draft, envelope: Envelope) -> None:  # noqa: ARG002 - any
        """Take any message; there is nobody who could do more with it."""
        refuse_features(envelope.service, provider="The console")

    async def submit(self, job: SendJob) -> Verdicts:
        """Print the message, with nothing in it that acts on a terminal."""
        content = b"".join([piece async for piece in job.pieces()])
        await job.point_of_no_return()
        stream = self._stream or sys.stderr
        for line in _lines(job.envelope, content):
            print(line, file=stream)
        return told_to_all(
            job.envelope,
            VerdictKind.SENT,
            receipt=Receipt(stage=OUR_MACHINE, text="Printed."),
            server=_STDERR,
        )

    async def check(self) -> AccountCheck:
        """Say that there is nothing that could fail."""
        return AccountCheck(ok=True, endpoint=_STDERR)

    async def close(self) -> None:
        """Nothing is open."""


def _lines(envelope: Envelope, content: bytes) -> Iterator[str]:
    yield f"MAIL FROM: {display(envelope.return_path)}"
    for recipient in envelope.recipients:
        yield f"RCPT TO: {display(recipient.wire_address)}"
    yield ""
    text = content.decode("utf-8", "backslashreplace").replace("\r\n", "\n")
    yield display(text, keep_newlines=True)


_STDERR: Final = "stderr"
