"""One attempt's bytes, on their way to the provider, hashed as they go.

The one rule kept here: nothing passes the point of no return but the very
octets that were approved. That recipients and account are those of the approval
was looked at when it was claimed, and the provider was made from that account.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Final

from tuimail.core.submission import Receipt, Verdicts
from tuimail.errors import DigestMismatchError, WithdrawnError
from tuimail.workspace import answers
from tuimail.workspace.answers import surprise
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.claiming import Claim
from tuimail.workspace.rendering import digest_of_file
from tuimail.workspace.settling import Answer, Intent
from tuimail.workspace.workspace import Workspace

_LOOK_AGAIN: Final = "Withdraw it, look at it, and approve it again."


def record(workspace: Workspace, marks: Sequence[Intent | Answer]) -> Sequence[bool]:
    """Record what many attempts have to, at once: ``Delivery.record``."""
    return workspace.delivery.record(marks)


def _unwatched(_size_bytes: int) -> None:
    """Tell nobody."""


class Handover:
    """What a provider is given to send, and told to ask before it is sent."""

    def __init__(
        self, bridge: Bridge, claim: Claim, handed: Callable[[int], None] = _unwatched
    ) -> None:
        """Hand out what ``claim`` is about.

        Args:
            bridge: To the workspace.
            claim: What is tried.
            handed: Told how much of the content is handed out, piece by piece.
        """
        self._bridge = bridge
        self._handed = handed
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
            self._handed(len(content))
            yield content
            return
        on_disk = await asyncio.to_thread(digest_of_file, self._claim.read)
        self._must_be_approved(on_disk)
        digest = hashlib.sha256()
        for piece in self._claim.read():
            digest.update(piece)
            self._handed(len(piece))
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
        return self.completed(Verdicts(), surprise(error))

    def completed(
        self, verdicts: Verdicts, why: Receipt = answers.NOTHING_SAID
    ) -> Verdicts:
        """Return one verdict for everybody who was offered, and for nobody else.

        Args:
            verdicts: What the provider said.
            why: Why it said nothing about the others.
        """
        return answers.completed(
            verdicts, self._claim.envelope, is_committed=self.is_committed, why=why
        )

    def _must_be_approved(self, found: str) -> None:
        approved = self._claim.submission.message.digest
        if found != approved:
            raise DigestMismatchError(
                f"The stored bytes have digest {found[:12] or 'none'}, "
                f"the approved ones {approved[:12]}; nothing was sent.",
                hint=_LOOK_AGAIN,
            )
