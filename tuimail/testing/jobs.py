"""Jobs and verdicts to test with."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Final

from tuimail.core.message import Envelope, EnvelopeRecipient, Role
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts
from tuimail.providers.base import SendJob

MESSAGE: Final = (
    b"From: ada@example.org\r\nSubject: dots\r\n\r\n.\r\n..two\r\nplain\r\n"
)
_NOTHING: Final = Receipt()


def envelope_to(*addresses: str, needs_smtputf8: bool = False) -> Envelope:
    """Return an envelope from ``ada@example.org`` to ``addresses``."""
    return Envelope(
        return_path="ada@example.org",
        recipients=tuple(
            EnvelopeRecipient(role=Role.TO, address=address, wire_address=address)
            for address in addresses
        ),
        needs_smtputf8=needs_smtputf8,
    )


def verdicts_for(
    envelope: Envelope,
    kind: VerdictKind,
    *,
    receipt: Receipt = _NOTHING,
    other: Mapping[str, VerdictKind] | None = None,
) -> Verdicts:
    """Return ``kind`` for everybody in ``envelope``, but for those in ``other``."""
    kinds = other or {}
    return Verdicts(
        by_recipient=tuple(
            Verdict(
                wire_address=recipient.wire_address,
                kind=kinds.get(recipient.wire_address, kind),
                receipt=receipt,
            )
            for recipient in envelope.recipients
        )
    )


class RecordedJob:
    """A job, and what a provider did with it."""

    def __init__(
        self,
        *recipients: str,
        content: bytes = MESSAGE,
        piece_bytes: int = 7,
        at_the_point: Exception | None = None,
        needs_smtputf8: bool = False,
    ) -> None:
        self.content = content
        self.events: list[str] = []
        """``piece``, ``point`` and the stages, in the order they came."""
        self.handle = ""
        """What the provider named at the point of no return."""
        self._piece_bytes = piece_bytes
        self._at_the_point = at_the_point
        self.job = SendJob(
            submission_id="submission",
            message_id="<one@example.org>",
            envelope=envelope_to(
                *(recipients or ("bob@example.net",)), needs_smtputf8=needs_smtputf8
            ),
            size_bytes=len(content),
            idempotency_key="key",
            pieces=self._pieces,
            point_of_no_return=self._point,
            progress=self.events.append,
        )

    async def _pieces(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.content), self._piece_bytes):
            self.events.append("piece")
            yield self.content[start : start + self._piece_bytes]

    async def _point(self, handle: str = "") -> None:
        self.events.append("point")
        self.handle = handle
        if self._at_the_point is not None:
            raise self._at_the_point


def job_of(job: SendJob, submission_id: str) -> SendJob:
    """Return ``job`` as that of another submission, under a key of its own."""
    return replace(
        job, submission_id=submission_id, idempotency_key=f"key-of-{submission_id}"
    )


class Standstill:
    """Where a job stands still until it is told to go on; for one event loop."""

    def __init__(self) -> None:
        self.is_reached = asyncio.Event()
        self.goes_on = asyncio.Event()

    async def wait(self) -> None:
        """Stand still."""
        self.is_reached.set()
        await self.goes_on.wait()


def standing_still_at_a_piece(job: SendJob) -> tuple[SendJob, Standstill]:
    """Return ``job``, which stands still whenever it has handed out a piece."""
    stop = Standstill()

    async def pieces() -> AsyncIterator[bytes]:
        async for piece in job.pieces():
            yield piece
            await stop.wait()

    return replace(job, pieces=pieces), stop


def standing_still_at_the_point(job: SendJob) -> tuple[SendJob, Standstill]:
    """Return ``job``, which stands still once it is at the point of no return."""
    stop = Standstill()

    async def point(handle: str = "") -> None:
        await job.point_of_no_return(handle)
        await stop.wait()

    return replace(job, point_of_no_return=point), stop
