"""What is known about each recipient of one attempt, and what it comes to.

The one rule kept here: who has a verdict keeps it, whatever becomes of the
others later.

Pure.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.status import Judgement, Stage, smtp_verdict
from tuimail.core.submission import (
    AT_ONCE,
    AccountFault,
    Receipt,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.core.values import replace
from tuimail.providers.smtp.reply import Reply

_QUEUE_ID: Final = regex(r"(?:queued as |\bid=)([A-Za-z0-9._-]{4,100}+)(?!\S*@)")
"""Never a part of an address, which may be a blind copy's."""


_UNKNOWN: Final = VerdictKind.UNKNOWN


class Fates:
    """The verdicts so far.

    Args:
        everybody: Who is offered, in the order of the envelope.
        server: Who answers, for people.
    """

    def __init__(self, everybody: list[str], *, server: str) -> None:
        self._everybody = everybody
        self._server = server
        self._settled: dict[str, Verdict] = {}
        self._crowded_out: list[str] = []
        self._fault: AccountFault | None = None
        self._fault_receipt = Receipt()
        self._wait: timedelta | None = None
        """How long the account as a whole is to be left alone."""

    @property
    def left(self) -> list[str]:
        """Who has no verdict yet, in the order of the envelope."""
        return [one for one in self._everybody if one not in self._settled]

    def refuse_unasked(self, why: str) -> None:
        """Refuse everybody for a reason of our own."""
        refused = Judgement(kind=VerdictKind.REFUSED)
        self._settle(self.left, refused, Receipt(stage=Stage.MAIL, text=why))

    def lose(self, stage: Stage, why: str, *, is_complete: bool) -> None:
        """Settle whom no reply reached: the content was complete, or not."""
        kind = VerdictKind.UNKNOWN if is_complete else VerdictKind.DEFERRED
        self._settle(self.left, Judgement(kind=kind), Receipt(stage=stage, text=why))

    def testify(self, taken: Mapping[str, Reply], *, session: str) -> None:
        """Keep what was said before the content, for those of whom nobody knows.

        A person has to decide about them, by whatever is known.

        Args:
            taken: What was said to the addresses that were taken.
            session: How the connection was secured, and who is logged in.
        """
        for address, verdict in self._settled.items():
            if verdict.kind is _UNKNOWN:
                said = f"{taken[address].code} {taken[address].text}".strip()
                self._settled[address] = replace(verdict, session=session, taken=said)

    def answer_all(self, stage: Stage, reply: Reply) -> None:
        """Settle everybody who is left by one refusal, or find a fault."""
        judgement = smtp_verdict(stage=stage, code=reply.code, text=reply.text)
        receipt = _receipt(stage, reply, judgement)
        if judgement.fault is None:
            self._settle(self.left, judgement, receipt)
        else:
            self._find_fault(judgement, receipt)

    def answer_one(self, address: str, reply: Reply, judgement: Judgement) -> None:
        """Settle one recipient by the refusal of the RCPT.

        A fault of the account that shows only when others are accepted does
        not take their mail from them: this one waits, as the account does.
        """
        receipt = _receipt(Stage.RCPT, reply, judgement)
        self._settle([address], judgement, receipt)
        if judgement.fault is not None:
            self._find_fault(judgement, receipt)

    def crowd_out(
        self, addresses: Iterable[str], reply: Reply, judgement: Judgement
    ) -> None:
        """Defer those for whom the others leave no room in this transaction.

        RFC 5321 §4.5.3.1.10 wants them in another one, and an attempt has one.
        """
        self._crowded_out += addresses
        receipt = _receipt(Stage.RCPT, reply, judgement)
        self._settle(self._crowded_out, judgement, receipt)

    def find_fault(self, reply: Reply, judgement: Judgement) -> None:
        """Note that a RCPT showed why no message would get through."""
        self._find_fault(judgement, _receipt(Stage.RCPT, reply, judgement))

    def accept_all(self, reply: Reply) -> None:
        """Settle everybody who is left by the server's word for the content.

        Whom they had crowded out may follow at once: they will be fewer.
        """
        stage = Stage.END_OF_DATA
        judgement = smtp_verdict(stage=stage, code=reply.code, text=reply.text)
        found = _QUEUE_ID.search(reply.text)
        receipt = _receipt(stage, reply, judgement, found[1] if found else "")
        self._settle(self.left, judgement, receipt)
        for address in self._crowded_out:
            self._settled[address] = replace(self._settled[address], wait=AT_ONCE)

    def verdicts(self) -> Verdicts:
        """Return what came of the attempt.

        Beside somebody of whom nobody knows, a fault is not reported: held
        mail goes on by itself, and this has to wait for a person. The next
        mail meets the fault again.
        """
        is_lost = any(one.kind is _UNKNOWN for one in self._settled.values())
        return Verdicts(
            by_recipient=tuple(
                self._settled[one] for one in self._everybody if one in self._settled
            ),
            fault=None if is_lost else self._fault,
            fault_receipt=Receipt() if is_lost else self._fault_receipt,
            wait=self._wait,
            server=self._server,
        )

    def _find_fault(self, judgement: Judgement, receipt: Receipt) -> None:
        if self._fault is None:
            self._fault, self._fault_receipt = judgement.fault, receipt
            self._wait = judgement.wait

    def _settle(
        self, addresses: Iterable[str], judgement: Judgement, receipt: Receipt
    ) -> None:
        for address in addresses:
            self._settled[address] = Verdict(
                wire_address=address,
                kind=judgement.kind or VerdictKind.DEFERRED,
                receipt=receipt,
                is_bad_address=judgement.is_bad_address,
                wait=judgement.wait,
            )
        if judgement.is_about_account and judgement.wait is not None:
            self._wait = max(self._wait or judgement.wait, judgement.wait)


def _receipt(
    stage: Stage, reply: Reply, judgement: Judgement, message_id: str = ""
) -> Receipt:
    return Receipt(
        stage=stage,
        code=reply.code,
        enhanced=judgement.enhanced,
        text=reply.text,
        provider_message_id=message_id,
    )
