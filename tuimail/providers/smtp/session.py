"""One mail transaction (RFC 5321 §3.3), ours from MAIL to the last reply.

The one rule kept here: until the final dot is written, a failure means that
nobody got the mail; from then on, without an answer, it means that nobody
knows. No library tells the two apart, which is why this is not left to one.
"""

from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Final

from tuimail.core.status import Stage
from tuimail.core.submission import Verdicts
from tuimail.providers.base import SendJob
from tuimail.providers.smtp.commands import RSET, TERMINATOR, envelope_lines
from tuimail.providers.smtp.connection import Connection
from tuimail.providers.smtp.conversation import (
    TOO_EARLY,
    ConversationError,
    LateError,
)
from tuimail.providers.smtp.fates import Fates
from tuimail.providers.smtp.group import CLOSING, LOCK_STEP, WINDOW, Group
from tuimail.providers.smtp.limits import HELD_BYTES, StageLimits
from tuimail.providers.smtp.reply import Reply
from tuimail.providers.smtp.stuffing import DotStuffing


class Transaction:
    """One job's way through a conversation; the steps are called in their order.

    Each step raises ConversationError when the conversation cannot go on, and
    whatever the job raises; ``lose`` and ``verdicts`` say what that means.

    Args:
        connection: Ready for mail.
        job: What is to be sent.
        limits: How long each step may take.
        server: Who answers, for people.

    Raises:
        ValueError: The envelope cannot be said.
    """

    def __init__(
        self,
        connection: Connection,
        job: SendJob,
        *,
        limits: StageLimits,
        server: str,
    ) -> None:
        self._conversation = connection.conversation
        self._session = connection.words
        self._job = job
        self._limits = limits
        self._addresses = [one.wire_address for one in job.envelope.recipients]
        self._fates = Fates(self._addresses, server=server)
        self._group = Group(
            envelope_lines(job, connection.offered),
            window=WINDOW if connection.is_pipelined else LOCK_STEP,
        )
        self.is_chained = False
        """Whether it began with the end of another."""
        self._is_believed = False
        """Whether what was answered to the envelope is among the fates."""
        self.is_overdue = False
        """Whether the server was given all its time to answer, and did not."""
        self._held: list[bytes] = []
        """Content, ready to leave, that leaves with what comes after it."""
        self._held_bytes = 0
        self._is_told = False
        """Whether those who watch were told that there is content."""
        self._is_under_way = False
        """Whether some of it was written."""
        self._is_complete = False
        """Whether the final dot was written."""
        self._told = 0
        """How many stages of the envelope those who watch were told."""
        self._to_tidy = b""

    @property
    def is_answered(self) -> bool:
        """Whether anything was said about it."""
        return self._group.is_answered

    @property
    def is_offered(self) -> bool:
        """Whether the server wanted the content: from then on it counts as a try."""
        return self._group.is_wanted

    def hook_on(self) -> None:
        """Begin behind another message, before that one is answered for."""
        self._say(self._begin())

    async def offer(self) -> bool:
        """Offer everybody; return whether the server wants the content for some."""
        group = self._group
        while True:
            self._say(group.more())
            if not group.is_waiting:
                break
            group.take(await self._conversation.reply(limit=self._patience()))
            self._tell()
        if group.closing is not None:
            self._settle_closed(group.closing)
            return False
        await self._make_certain()
        self._believe()
        return group.is_for_somebody

    async def hand_over(self) -> bool:
        """Hand over the content and pass the point of no return.

        Returns whether the dot may follow: a server may refuse in the middle.
        There is no way back to commands then but the final dot.
        """
        early = await self._body() or await self._last_look()
        if early is None:
            return True
        self._conversation.drop()
        if not (self._is_under_way or early.code == CLOSING):
            raise ConversationError(TOO_EARLY)
        self._settle_all(Stage.END_OF_DATA, early)
        return False

    def finish(self, following: "Transaction | None") -> None:
        """Write the end of the content, and with it how the next one begins."""
        lines = following._begin() if following else []  # noqa: SLF001 - its own kind
        octets = b"".join((*self._held, TERMINATOR, *lines))
        self._conversation.ask(octets, replies=1 + len(lines))
        self._is_complete = True
        self._job.progress("dot.written")

    async def hear(self) -> None:
        """Hear what the server says to the whole content."""
        reply = await self._conversation.reply(limit=self._limits.final)
        self._job.progress("reply.read")
        if reply.is_positive:
            self._fates.accept_all(reply)
        else:
            self._settle_all(Stage.END_OF_DATA, reply)
        if reply.code == CLOSING:
            self._conversation.hang_up()

    def refuse(self, why: str) -> None:
        """Refuse everybody for a reason of our own, instead of any step."""
        self._fates.refuse_unasked(why)

    def lose(self, error: ConversationError) -> None:
        """Settle everybody who is left: the conversation has ended too early."""
        self._conversation.drop()
        is_hurried = self.is_chained and not self.is_answered
        self.is_overdue = isinstance(error, LateError) and not is_hurried
        if self._group.is_lock_step:
            self._believe()
        stage = Stage.END_OF_DATA if self.is_offered else self._group.stage
        self._fates.lose(stage, str(error), is_complete=self._is_complete)
        if self._is_complete:
            accepted = self._group.accepted.items()
            taken = {self._addresses[number]: reply for number, reply in accepted}
            self._fates.testify(taken, session=self._session)

    def verdicts(self) -> Verdicts:
        """Return what came of it."""
        return self._fates.verdicts()

    async def tidy(self) -> None:
        """Bring the conversation back to where another message may begin."""
        if not self._to_tidy or self._conversation.is_over:
            return
        try:
            reply = await self._conversation.command(
                self._to_tidy, limit=self._limits.farewell
            )
        except ConversationError:
            self._conversation.drop()
            return
        is_refused_dot = self._to_tidy == TERMINATOR and reply.is_refusal
        if reply.code == CLOSING or not (reply.is_positive or is_refused_dot):
            self._conversation.drop()

    def _begin(self) -> list[bytes]:
        self.is_chained = True
        return self._group.more()

    def _say(self, lines: list[bytes]) -> None:
        if lines:
            self._conversation.ask(b"".join(lines), replies=len(lines))

    def _patience(self) -> timedelta:
        if self._group.stage is Stage.DATA:
            return self._limits.data
        if self.is_chained and not self._group.is_answered:
            return min(self._limits.chained, self._limits.command)
        return self._limits.command

    def _tell(self) -> None:
        """Tell those who watch how far it got, each stage once."""
        if not self._told:
            self._told = 1
            self._job.progress("mail")
        if self._told == 1 and self._group.are_offered:
            self._told = 2
            self._job.progress("rcpt")
        if self._group.is_wanted:
            self._job.progress("data354")

    async def _make_certain(self) -> None:
        """Have the server say something that can only be the answer to a RSET.

        After a 354 there is nothing left to be made sure of; where nobody was
        taken all the same, a lone dot ends the content that nobody gets.
        """
        group = self._group
        if group.is_for_somebody:
            return
        if group.is_wanted and group.accepted:
            await self._leave_content_open()
        elif group.is_wanted:
            self._to_tidy = TERMINATOR
        elif group.is_lock_step:
            self._to_tidy = RSET
        else:
            reply = await self._conversation.command(RSET, limit=self._limits.command)
            if not reply.is_positive:
                raise ConversationError(_SHIFTED)

    async def _leave_content_open(self) -> None:
        """End the connection: MAIL was refused, and yet recipients were taken.

        A lone dot could be an empty message to them; without one, there is
        none (RFC 5321 §4.1.1.4). One reply more, and none of them is believed.
        """
        early = await self._conversation.early_reply()
        self._conversation.drop()
        if early is not None:
            raise ConversationError(_SHIFTED)

    def _believe(self) -> None:
        """Settle by what was answered to the envelope."""
        group = self._group
        if self._is_believed:
            return
        self._is_believed = True
        if group.mail is not None:
            self._settle_all(Stage.MAIL, group.mail)
            return
        self._settle_refused()
        if group.data is not None and group.data.is_refusal and group.accepted:
            self._settle_all(Stage.DATA, group.data)

    def _settle_refused(self) -> None:
        group = self._group
        for one in group.refusals:
            if one.judgement.fault is not None and not group.accepted:
                self._fates.find_fault(one.reply, one.judgement)
            else:
                address = self._addresses[one.number]
                self._fates.answer_one(address, one.reply, one.judgement)
        if group.crowding is not None:
            accepted = {self._addresses[number] for number in group.accepted}
            crowded = [one for one in self._fates.left if one not in accepted]
            self._fates.crowd_out(
                crowded, group.crowding.reply, group.crowding.judgement
            )

    def _settle_closed(self, closing: Reply) -> None:
        """Settle by a 421: who was accepted got nothing."""
        if self._group.is_lock_step:
            self._settle_refused()
        self._conversation.hang_up()
        self._settle_all(self._group.stage, closing)

    def _settle_all(self, stage: Stage, reply: Reply) -> None:
        """Give everybody who has no verdict yet the one that ``reply`` means."""
        if not reply.is_refusal:
            raise ConversationError(
                f"The server answered {reply.code} where that means nothing."
            )
        self._fates.answer_all(stage, reply)

    async def _body(self) -> Reply | None:
        """Hand over the content; return what the server said meanwhile.

        Only a refusal means something there: Postfix and others send it early
        and then read on, waiting to be heard. In a run of messages, what is
        short is held back, to leave with its end in one write.
        """
        stuffing = DotStuffing()
        most_held = HELD_BYTES if self.is_chained else 0
        pieces = self._job.pieces()
        try:
            async for piece in pieces:
                octets = stuffing.stuffed(piece)
                self._held.append(octets)
                self._held_bytes += len(octets)
                if self._held_bytes > most_held and (early := await self._flush()):
                    return early
        finally:
            if isinstance(pieces, AsyncGenerator):
                await pieces.aclose()
        stuffing.check_end()
        if self._held:
            self._tell_content()
        return None

    async def _flush(self) -> Reply | None:
        """Write what is held, unless the server has something to say."""
        early = await self._conversation.early_reply()
        if early is None:
            held = b"".join(self._held)
            self._held.clear()
            self._held_bytes = 0
            self._is_under_way = True
            await self._conversation.write(held, limit=self._limits.block)
            self._tell_content()
        return early

    def _tell_content(self) -> None:
        if not self._is_told:
            self._is_told = True
            self._job.progress("mid_body")

    async def _last_look(self) -> Reply | None:
        """Pass the point of no return; return what the server said until then."""
        await self._job.point_of_no_return()
        return await self._conversation.early_reply()


_SHIFTED: Final = "The server's answers do not fit what it was asked."
