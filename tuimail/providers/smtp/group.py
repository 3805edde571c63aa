"""The envelope as a group of commands (RFC 2920 §3.1), and the answers to it.

Where the server offers it, MAIL, the RCPTs and DATA leave together; else one
after the other. The one rule kept here: in a group, no answer is believed
before something came that can only be the answer to its own command. One reply
too many would shift all of them, and refuse the wrong recipients for good.

Pure.
"""

from collections import deque
from typing import Final

from tuimail.core.status import Judgement, Stage, smtp_verdict
from tuimail.core.values import dataclass
from tuimail.providers.smtp.conversation import ConversationError
from tuimail.providers.smtp.reply import Reply

CLOSING: Final = 421
"""The server ends the session, whatever it was asked (RFC 5321 §3.8)."""
WINDOW: Final = 100
"""So many commands of one group may wait for their answers.

Neither side then holds much for the other, and a server that takes a hundred
recipients is not asked about thousands in vain. RFC 5321 §4.5.3.1.8: a hundred
is what each has to take.
"""
LOCK_STEP: Final = 1


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was said about one recipient who was not taken."""

    number: int
    """Which one, in the order of the envelope, from 0."""
    reply: Reply
    judgement: Judgement


class Group:
    """MAIL, RCPTs and DATA of one message, and what was answered.

    Args:
        lines: All of them, in this order, with their CRLF.
        window: How many may wait for an answer, ``LOCK_STEP`` for one.
    """

    def __init__(self, lines: list[bytes], *, window: int) -> None:
        self._lines = lines
        self._window = window
        self._last = len(lines) - 1
        self._next = 0
        self._open: deque[int] = deque()
        """Which lines were said and not answered yet."""
        self._heard = 0
        """Which line was answered last."""
        self._is_over = False
        self.mail: Reply | None = None
        """The refusal of MAIL."""
        self.data: Reply | None = None
        """What was answered to DATA."""
        self.closing: Reply | None = None
        """The 421 that ended the session."""
        self.accepted: dict[int, Reply] = {}
        """Which recipients were, by number, and what was said to it."""
        self.refusals: list[Refusal] = []
        self.crowding: Refusal | None = None
        """The first who found no more room."""
        self.is_lock_step = window == LOCK_STEP
        """Whether each answer can be believed as it comes."""
        self.is_answered = False
        """Whether anything was."""

    @property
    def is_waiting(self) -> bool:
        """Whether an answer is due."""
        return bool(self._open)

    @property
    def stage(self) -> Stage:
        """What the next answer is about; with none due, what the last one was."""
        place = self._open[0] if self._open else self._heard
        if place == 0:
            return Stage.MAIL
        return Stage.DATA if place == self._last else Stage.RCPT

    @property
    def is_wanted(self) -> bool:
        """Whether the server wants the content."""
        return self.data is not None and self.data.is_go_ahead

    @property
    def is_for_somebody(self) -> bool:
        """Whether the content may follow: it is wanted, and somebody gets it.

        Whoever is taken behind a refused MAIL has no transaction to be in
        (RFC 5321 §3.3), and is told that refusal, whatever came afterwards.
        """
        return self.is_wanted and self.mail is None and bool(self.accepted)

    @property
    def are_offered(self) -> bool:
        """Whether no answer about a recipient is due any more."""
        at_the_end = self._next >= self._last or self.crowding is not None
        return at_the_end and (not self._open or self._open[0] == self._last)

    def more(self) -> list[bytes]:
        """Return the commands that may be said now; they count as said."""
        said: list[bytes] = []
        if self._next > self._last or len(self._open) > self._window // 2:
            return said
        while len(self._open) < self._window and self._may_go_on():
            self._open.append(self._next)
            said.append(self._lines[self._next])
            self._next += 1
        return said

    def take(self, reply: Reply) -> None:
        """Take the next answer.

        Raises:
            ConversationError: It means nothing where it stands.
        """
        place = self._heard = self._open.popleft()
        self.is_answered = True
        is_yes = reply.is_go_ahead if place == self._last else reply.is_positive
        if not (is_yes or reply.is_refusal):
            raise ConversationError(
                f"The server answered {reply.code} where that means nothing."
            )
        if reply.code == CLOSING:
            self._close(reply)
        elif place == 0:
            self._take_mail(reply)
        elif place == self._last:
            self.data = reply
        else:
            self._take_recipient(place - 1, reply)

    def _may_go_on(self) -> bool:
        if self.crowding is not None:
            self._next = max(self._next, self._last)
        if self._is_over or self._next > self._last:
            return False
        is_for_nobody = not self._open and not self.accepted
        return not (self._next == self._last and is_for_nobody)

    def _close(self, reply: Reply) -> None:
        self.closing = reply
        self._is_over = True
        self._open.clear()

    def _take_mail(self, reply: Reply) -> None:
        if reply.is_refusal:
            self.mail = reply
            self._is_over = True

    def _take_recipient(self, number: int, reply: Reply) -> None:
        if not reply.is_refusal:
            self.accepted[number] = reply
            return
        judgement = smtp_verdict(stage=Stage.RCPT, code=reply.code, text=reply.text)
        refusal = Refusal(number, reply, judgement)
        if not judgement.is_too_many_recipients:
            self.refusals.append(refusal)
        elif self.crowding is None:
            self.crowding = refusal
        if judgement.fault is not None and not self.accepted:
            self._is_over = self._is_over or self.is_lock_step
