"""One mail transaction (RFC 5321 §3.3), lock-step, ours from MAIL to the last reply.

The one rule kept here: until the final dot is written, a failure means that
nobody got the mail; from then on, without an answer, it means that nobody
knows. No library tells the two apart, which is why this is not left to one.
"""

import contextlib
import re
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from typing import Final

from tuimail.core.message import Envelope
from tuimail.core.status import Judgement, Stage, smtp_verdict
from tuimail.core.submission import (
    AT_ONCE,
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.providers.base import SendJob
from tuimail.providers.smtp.connection import Connection, Offered
from tuimail.providers.smtp.conversation import ConversationError
from tuimail.providers.smtp.limits import StageLimits
from tuimail.providers.smtp.reply import Reply
from tuimail.providers.smtp.stuffing import DotStuffing

CLOSING: Final = 421
"""The server ends the session, whatever it was asked (RFC 5321 §3.8)."""
_QUEUE_ID: Final = re.compile(r"(?:queued as |\bid=)([A-Za-z0-9._-]{4,100}+)(?!\S*@)")
"""Never a part of an address, which may be a blind copy's."""
TERMINATOR: Final = b".\r\n"
"""The content ends in CRLF, which is the first half of ``CRLF.CRLF``."""


async def transact(
    connection: Connection, job: SendJob, *, limits: StageLimits
) -> Verdicts:
    """Offer ``job`` and return a verdict for each of its recipients.

    What ``job`` raises passes through; the caller has to drop the connection.
    """
    transaction = _Transaction(connection, job, limits=limits)
    try:
        return await transaction.run()
    except ConversationError as error:
        connection.conversation.drop()
        return transaction.lost(str(error))


class _FaultError(Exception):
    """The account cannot be used; who has no verdict yet waits."""

    def __init__(self, fault: AccountFault, receipt: Receipt) -> None:
        super().__init__(receipt.text)
        self.fault, self.receipt = fault, receipt


class _Transaction:
    """What is known about each recipient, as the conversation goes on."""

    def __init__(
        self, connection: Connection, job: SendJob, *, limits: StageLimits
    ) -> None:
        self._conversation = connection.conversation
        self._offered = connection.offered
        self._job = job
        self._limits = limits
        self._everybody = [one.wire_address for one in job.envelope.recipients]
        self._stage = Stage.MAIL
        self._is_under_way = False
        """Whether some of the content was written."""
        self._is_complete = False
        """Whether the final dot was written."""
        self._settled: dict[str, Verdict] = {}
        self._accepted: list[str] = []
        """Whose RCPT was answered with yes; they have no verdict yet."""
        self._crowded_out: list[str] = []
        """Who was deferred only because of those who were accepted before."""

    async def run(self) -> Verdicts:
        """Return the verdicts; a lost conversation raises."""
        unsayable = _unsayable(self._job, self._offered)
        if unsayable:
            receipt = Receipt(stage=self._stage, text=unsayable)
            refused = Judgement(kind=VerdictKind.REFUSED)
            self._settle(self._everybody, _verdict(refused, receipt))
            return self._verdicts()
        try:
            if await self._mail():
                await self._recipients()
            if self._accepted:
                await self._content()
            else:
                await self._reset()
        except _FaultError as error:
            return Verdicts(
                by_recipient=self._known(),
                fault=error.fault,
                fault_receipt=error.receipt,
            )
        return self._verdicts()

    def lost(self, why: str) -> Verdicts:
        """Return the verdicts when the conversation ended before its time."""
        kind = VerdictKind.UNKNOWN if self._is_complete else VerdictKind.DEFERRED
        receipt = Receipt(stage=self._stage, text=why)
        self._settle(self._left(), _verdict(Judgement(kind=kind), receipt))
        return self._verdicts()

    async def _mail(self) -> bool:
        line = _mail_line(self._job, self._offered)
        reply = await self._conversation.command(line, limit=self._limits.command)
        self._job.progress("mail")
        if not reply.is_positive:
            self._settle_all(reply)
        return reply.is_positive

    async def _recipients(self) -> None:
        self._stage = Stage.RCPT
        for address in self._everybody:
            if not await self._offer(address):
                break
        self._job.progress("rcpt")

    async def _offer(self, address: str) -> bool:
        """Offer one recipient; return whether the next may be offered."""
        line = b"RCPT TO:<" + _encoded(address, self._job.envelope) + b">"
        reply = await self._conversation.command(line, limit=self._limits.command)
        if reply.is_positive:
            self._accepted.append(address)
            return True
        if reply.code == CLOSING:
            self._accepted.clear()
            self._settle_all(reply)
            return False
        return self._settle_one(address, reply)

    def _settle_one(self, address: str, reply: Reply) -> bool:
        judgement = self._judge(reply)
        receipt = self._receipt(reply, judgement)
        if judgement.is_too_many_recipients:
            # The rest is deferred by the same words: RFC 5321 §4.5.3.1.10 wants
            # them in another transaction, and an attempt has only one.
            left = self._left()
            self._crowded_out = [one for one in left if one not in self._accepted]
            self._settle(self._crowded_out, _verdict(judgement, receipt))
            return False
        if judgement.fault is not None and not self._accepted:
            raise _FaultError(judgement.fault, receipt)
        self._settle([address], _verdict(judgement, receipt))
        return True

    async def _content(self) -> None:
        self._stage = Stage.DATA
        reply = await self._conversation.command(b"DATA", limit=self._limits.data)
        if not reply.is_go_ahead:
            self._settle_all(reply)
            return
        self._job.progress("data354")
        self._stage = Stage.END_OF_DATA
        early = await self._body() or await self._last_look()
        if early is not None:
            # There is no way back to commands but the final dot.
            self._conversation.drop()
            self._settle_all(early)
            return
        self._conversation.finish(TERMINATOR)
        self._is_complete = True
        self._job.progress("dot.written")
        self._settle_final(await self._conversation.reply(limit=self._limits.final))

    async def _body(self) -> Reply | None:
        """Hand over the content; return what the server said meanwhile.

        Only a refusal means something there: Postfix and others send it early
        and then read on, waiting to be heard.
        """
        stuffing = DotStuffing()
        pieces = self._job.pieces()
        try:
            async for piece in pieces:
                early = await self._hand_over(stuffing.stuffed(piece))
                if early is not None:
                    return early
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
        stuffing.check_end()
        return None

    async def _hand_over(self, octets: bytes) -> Reply | None:
        await self._conversation.write(octets, limit=self._limits.block)
        if not self._is_under_way:
            self._is_under_way = True
            self._job.progress("mid_body")
        return await self._conversation.early_reply()

    async def _last_look(self) -> Reply | None:
        """Pass the point of no return; return what the server said until then."""
        await self._job.point_of_no_return()
        return await self._conversation.early_reply()

    def _settle_final(self, reply: Reply) -> None:
        """Settle by the reply to the whole content."""
        self._job.progress("reply.read")
        if reply.is_positive:
            judgement = smtp_verdict(
                stage=self._stage, code=reply.code, text=reply.text
            )
            found = _QUEUE_ID.search(reply.text)
            receipt = replace(
                self._receipt(reply, judgement),
                provider_message_id=found[1] if found else "",
            )
            self._settle(self._left(), _verdict(judgement, receipt))
            self._hurry_crowded_out()
        else:
            self._settle_all(reply)

    def _hurry_crowded_out(self) -> None:
        """Let them follow at once, now that there are fewer than before."""
        for address in self._crowded_out:
            self._settled[address] = replace(self._settled[address], wait=AT_ONCE)

    async def _reset(self) -> None:
        """Take back the sender when nobody is left to send to."""
        with contextlib.suppress(ConversationError):
            await self._conversation.command(b"RSET", limit=self._limits.farewell)

    def _settle_all(self, reply: Reply) -> None:
        """Give everybody who has no verdict yet the one that ``reply`` means."""
        judgement = self._judge(reply)
        receipt = self._receipt(reply, judgement)
        if judgement.fault is not None:
            raise _FaultError(judgement.fault, receipt)
        self._settle(self._left(), _verdict(judgement, receipt))

    def _judge(self, reply: Reply) -> Judgement:
        """Judge a refusal; anything else is no answer where this is asked."""
        if not reply.is_refusal:
            raise ConversationError(
                f"The server answered {reply.code} where that means nothing."
            )
        return smtp_verdict(stage=self._stage, code=reply.code, text=reply.text)

    def _receipt(self, reply: Reply, judgement: Judgement) -> Receipt:
        return Receipt(
            stage=self._stage,
            code=reply.code,
            enhanced=judgement.enhanced,
            text=reply.text,
        )

    def _settle(self, addresses: Iterable[str], verdict: Verdict) -> None:
        for address in addresses:
            self._settled[address] = replace(verdict, wire_address=address)

    def _left(self) -> list[str]:
        """Return who has no verdict yet, in the order of the envelope."""
        return [address for address in self._everybody if address not in self._settled]

    def _known(self) -> tuple[Verdict, ...]:
        """Return the verdicts so far, in the order of the envelope."""
        return tuple(
            self._settled[address]
            for address in self._everybody
            if address in self._settled
        )

    def _verdicts(self) -> Verdicts:
        return Verdicts(
            by_recipient=tuple(self._settled[address] for address in self._everybody)
        )


def _verdict(judgement: Judgement, receipt: Receipt) -> Verdict:
    """Return what ``judgement`` means for one recipient, who is not named yet.

    A fault of the account that shows only when others were accepted already
    does not take their mail from them: this one waits.
    """
    return Verdict(
        wire_address="",
        kind=judgement.kind or VerdictKind.DEFERRED,
        receipt=receipt,
        is_bad_address=judgement.is_bad_address,
        wait=judgement.wait,
    )


def _unsayable(job: SendJob, offered: Offered) -> str:
    """Return why the server cannot take the message, or nothing.

    Said before anything is sent: a server without SMTPUTF8 would mangle the
    address or refuse it, and one with a limit reads the whole content first.
    """
    if job.envelope.needs_smtputf8 and not offered.has("smtputf8"):
        return "An address is not ASCII, and the server does not offer SMTPUTF8."
    most = offered.most_bytes
    if most is not None and job.size_bytes > most:
        return (
            f"The message has {job.size_bytes} bytes; the server takes {most} at most."
        )
    return ""


def _mail_line(job: SendJob, offered: Offered) -> bytes:
    """Return the MAIL command, with the parameters that this message needs."""
    line = b"MAIL FROM:<" + _encoded(job.envelope.return_path, job.envelope) + b">"
    if offered.has("size"):
        line += b" SIZE=%d" % job.size_bytes
    if job.envelope.needs_smtputf8:
        line += b" SMTPUTF8"
        # Headers may then hold an address as it is, in UTF-8 (RFC 6532 §3.2).
        line += b" BODY=8BITMIME" if offered.has("8bitmime") else b""
    return line


def _encoded(address: str, envelope: Envelope) -> bytes:
    return address.encode("utf-8" if envelope.needs_smtputf8 else "ascii")
