"""One attempt's bytes, on their way to the provider, hashed as they go.

The one rule kept here: nothing passes the point of no return but the very
octets that were approved. That recipients and account are those of the approval
was looked at when it was claimed, and the provider was made from that account.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from tuimail.core.status import OUR_DISK
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts
from tuimail.errors import (
    DigestMismatchError,
    StoreError,
    TuimailError,
    WithdrawnError,
)
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.claiming import Claim
from tuimail.workspace.rendering import digest_of_file
from tuimail.workspace.settling import Answer, Intent
from tuimail.workspace.workspace import Workspace

_NOTHING_SAID: Final = Receipt(
    stage="provider", text="The provider said nothing about this recipient."
)
_LOOK_AGAIN: Final = "Withdraw it, look at it, and approve it again."


def record(workspace: Workspace, marks: Sequence[Intent | Answer]) -> Sequence[bool]:
    """Record what many attempts have to, at once: ``Delivery.record``."""
    return workspace.delivery.record(marks)


class Handover:
    """What a provider is given to send, and told to ask before it is sent."""

    def __init__(self, bridge: Bridge, claim: Claim) -> None:
        self._bridge = bridge
        self._claim = claim
        self._digest = ""
        """Of everything that was handed out; empty until that is all there is."""
        self.is_committed = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the message's bytes.

        Nothing of it is handed out before all of it was looked at: small mail
        in the memory that is handed out, big mail on disk first.
        """
        content = self._claim.content
        if content is not None:
            self._digest = hashlib.sha256(content).hexdigest()
            self._must_be_approved(self._digest)
            yield content
            return
        on_disk = await asyncio.to_thread(digest_of_file, self._claim.read)
        self._must_be_approved(on_disk)
        digest = hashlib.sha256()
        for piece in self._claim.read():
            digest.update(piece)
            yield piece
        self._digest = digest.hexdigest()

    async def point_of_no_return(self, handle: str = "") -> None:
        """Check the very bytes handed out, and mark the attempt committed.

        Args:
            handle: By what the provider can be asked about it later.

        Raises:
            DigestMismatchError: They are not what was approved.
            WithdrawnError: Somebody withdrew it, or took it from this sender.
            StoreError: The disk failed; the step must not be taken.
        """
        self._must_be_approved(self._digest)
        intent = Intent(self._claim, handle)
        if not await self._bridge.alike(record, intent):
            raise WithdrawnError("The mail was withdrawn meanwhile.")
        self.is_committed = True

    def surprise(self, error: Exception) -> Verdicts:
        """Return the verdicts for a provider that raised: later, or not known."""
        if isinstance(error, StoreError):
            return self.completed(Verdicts(), Receipt(stage=OUR_DISK, text=str(error)))
        text = str(error) if isinstance(error, TuimailError) else _mistake(error)
        return self.completed(Verdicts(), Receipt(stage="provider", text=text))

    def completed(self, verdicts: Verdicts, why: Receipt = _NOTHING_SAID) -> Verdicts:
        """Return one verdict for everybody who was offered, and for nobody else.

        Args:
            verdicts: What the provider said.
            why: Why it said nothing about the others.
        """
        told = {one.wire_address: one for one in verdicts.by_recipient}
        wanted = [one.wire_address for one in self._claim.envelope.recipients]
        if list(told) == wanted:
            return verdicts
        if verdicts.fault is not None:
            offered = (told[one] for one in wanted if one in told)
            return replace(verdicts, by_recipient=tuple(offered))
        kind = VerdictKind.UNKNOWN if self.is_committed else VerdictKind.DEFERRED
        return replace(
            verdicts,
            by_recipient=tuple(
                told.get(address)
                or Verdict(wire_address=address, kind=kind, receipt=why)
                for address in wanted
            ),
        )

    def _must_be_approved(self, found: str) -> None:
        approved = self._claim.submission.message.digest
        if found != approved:
            raise DigestMismatchError(
                f"The stored bytes have digest {found[:12] or 'none'}, "
                f"the approved ones {approved[:12]}; nothing was sent.",
                hint=_LOOK_AGAIN,
            )


def _mistake(error: Exception) -> str:
    """Return what was met and where; texts of exceptions may hold the password."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = ""
    if trace is not None:
        name = PurePath(trace.tb_frame.f_code.co_filename).name
        where = f" in {name}:{trace.tb_lineno}"
    return f"The provider has a mistake: {type(error).__name__}{where}."
