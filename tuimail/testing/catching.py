"""A way out that leads into a folder, from which a test reads what would have left.

A file for each mail, so that what another process sends is caught as well.
"""

import json
import os
import time
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Final

from tuimail.core.address import parse_address
from tuimail.core.draft import Draft
from tuimail.core.message import Envelope, EnvelopeRecipient
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts
from tuimail.providers.base import (
    AccountCheck,
    Capabilities,
    ProviderAccount,
    SendJob,
)

REPLIES: Final = "replies.json"
"""What single recipients are told, by what ``key_of`` makes of their address."""
_TAKEN: Final = "250 2.0.0 Caught"
_KINDS: Final = {"2": VerdictKind.SENT, "4": VerdictKind.DEFERRED}
_NUMBERS: Final = count()


class CatchingProvider:
    """Takes every mail, for everybody but those that a test had refused.

    It takes any setting and asks for no password, so it can stand in for every
    other provider.
    """

    capabilities: ClassVar[Capabilities] = Capabilities()
    folder: ClassVar[Path | None] = None
    """Where mail goes in this process, whatever the account says."""

    def __init__(self, account: ProviderAccount) -> None:
        self._account = account

    def accept(self, draft: Draft, envelope: Envelope) -> None:
        """Take anything."""

    async def submit(self, job: SendJob) -> Verdicts:
        """Keep the message for whom it is taken; tell the others what was asked."""
        content = b"".join([piece async for piece in job.pieces()])
        verdicts = [_verdict(one, self._replies()) for one in job.envelope.recipients]
        taken = [
            recipient
            for recipient, verdict in zip(
                job.envelope.recipients, verdicts, strict=True
            )
            if verdict.kind is VerdictKind.SENT
        ]
        if taken:
            await job.point_of_no_return()
            self._keep(job, taken, content)
        return Verdicts(by_recipient=tuple(verdicts), server=str(self._folder))

    async def check(self) -> AccountCheck:
        """Say that there is nothing that could fail."""
        return AccountCheck(ok=True, endpoint=str(self._folder))

    async def close(self) -> None:
        """Nothing is open."""

    @property
    def _folder(self) -> Path:
        return self.folder or Path(str(self._account.options["folder"]))

    def _replies(self) -> dict[str, str]:
        path = self._folder / REPLIES
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        return found

    def _keep(
        self, job: SendJob, taken: list[EnvelopeRecipient], content: bytes
    ) -> None:
        """Write the message, then what it is known by: what has that is whole."""
        name = f"{time.time_ns():020}-{os.getpid()}-{next(_NUMBERS)}"
        known: dict[str, Any] = {
            "account": self._account.name,
            "return_path": job.envelope.return_path,
            "recipients": [one.address for one in taken],
        }
        (self._folder / f"{name}.eml").write_bytes(content)
        unfinished = self._folder / f"{name}.tmp"
        unfinished.write_text(json.dumps(known), encoding="utf-8")
        unfinished.rename(self._folder / f"{name}.json")


def key_of(address: str) -> str:
    """Return by what somebody is known, however the address was written.

    Raises:
        AddressError: It is none.
    """
    return parse_address(address, field="address").text.casefold()


def _verdict(recipient: EnvelopeRecipient, replies: dict[str, str]) -> Verdict:
    reply = replies.get(key_of(recipient.address), _TAKEN)
    code, _, text = reply.partition(" ")
    kind = _KINDS.get(reply[:1], VerdictKind.REFUSED)
    return Verdict(
        wire_address=recipient.wire_address,
        kind=kind,
        receipt=Receipt(
            stage="end-of-data" if kind is VerdictKind.SENT else "rcpt",
            code=int(code),
            enhanced=text.partition(" ")[0],
            text=reply,
        ),
        is_bad_address=reply.startswith("550 5.1.1"),
    )
