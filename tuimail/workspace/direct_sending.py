"""One try to send what is stored nowhere, and what became of each recipient.

The one rule kept here: nobody is offered the same mail twice. Who was told to come
back later is given up, because nothing is left that could try again; whose answer
never came is unknown.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final

from tuimail.core.lifecycle import SubmissionEvent
from tuimail.core.message import EnvelopeRecipient
from tuimail.core.status import reason
from tuimail.core.submission import (
    AT_ONCE,
    AccountFault,
    Receipt,
    Recipient,
    RecipientState,
    Verdict,
    VerdictKind,
    Verdicts,
    recipient_state,
    settle,
)
from tuimail.core.values import dataclass, replace
from tuimail.errors import ConfigurationError, DigestMismatchError
from tuimail.providers.base import Provider, SendJob
from tuimail.settings.account import AccountSettings
from tuimail.workspace.answers import (
    NOTHING_SAID,
    broke_off,
    completed,
    goes_on_at_once,
    provider_message_id,
    reason_for,
    surprise,
    worst,
)
from tuimail.workspace.clock import SYSTEM_CLOCK, new_id
from tuimail.workspace.direct import Ready
from tuimail.workspace.direct_checking import Checked, checked_of
from tuimail.workspace.providers import close_provider
from tuimail.workspace.under_way import UnderWay
from tuimail.workspace.ways_out import checked, rules_of

_STATUSES: Final[Mapping[SubmissionEvent, str]] = {
    SubmissionEvent.ACCEPT: "sent",
    SubmissionEvent.ACCEPT_QUEUED: "queued",
    SubmissionEvent.ACCEPT_SOME: "partial",
    SubmissionEvent.REFUSE: "error",
    SubmissionEvent.LOSE: "unknown",
}
_NOT_OFFERED: Final = "It was not offered any more, because the connection broke off."
_LASTING: Final = frozenset({
    AccountFault.LOGIN, AccountFault.CERTIFICATE, AccountFault.SECRET,
    AccountFault.SETTINGS,
})  # fmt: skip
"""Faults that stay until a person mends them, so that nobody meets them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of one recipient."""

    recipient: EnvelopeRecipient
    state: RecipientState
    receipt: Receipt
    reason: str = ""
    """One sentence why not; empty for who has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one mail."""

    status: str
    """``sent``, ``queued``, ``partial``, ``error`` or ``unknown``."""
    fates: tuple[Fate, ...]
    """In the order of the envelope."""
    reason: str = ""
    """Why not everybody has it, in one sentence; names nobody who gets a blind
    copy."""
    provider_message_id: str = ""
    fault: AccountFault | None = None
    is_temporary: bool = False
    """Whether the same may go well later, for somebody who does not have it."""


class Patience:
    """How long somebody waits for a mail that nobody would send later."""

    def __init__(self) -> None:
        self.is_over = False
        self._under_way: UnderWay | None = None

    def let_go(self) -> None:
        """End it, unless the mail may be out; from the loop that sends it."""
        self.is_over = True
        if self._under_way is not None:
            self._under_way.let_go()

    async def verdicts(self, provider: Provider, job: SendJob) -> Verdicts:
        """Return what the provider answers; later for everybody, if let go of."""
        self._under_way = UnderWay(job)
        if self.is_over:
            self._under_way.let_go()
        return await self._under_way.verdicts(provider)


class Way:
    """One account's provider, which keeps its connections; for one loop."""

    def __init__(self, account: AccountSettings, provider: Provider) -> None:
        self._account, self._provider = account, provider
        self._refused: Verdicts | None = None
        """What was wrong with the account; it is not asked again."""
        self._under_way: set[asyncio.Future[None]] = set()

    async def send(self, ready: Ready, patience: Patience) -> Outcome:
        """Offer a mail once to everybody it is for, and say what came of it."""
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._under_way.add(ended)
        try:
            return await self._offered(ready, patience)
        finally:
            self._under_way.remove(ended)
            ended.set_result(None)

    async def _offered(self, ready: Ready, patience: Patience) -> Outcome:
        told: dict[str, Verdict] = {}
        left: Sequence[EnvelopeRecipient] = ready.envelope.recipients
        last = Verdicts()
        while left:
            most = self._account.recipients_per_message or len(left)
            now_for, later = left[:most], left[most:]
            last = self._refused or await self._try(ready, now_for, patience)
            self._learn(last)
            told |= {one.wire_address: one for one in last.by_recipient}
            if last.fault or broke_off(last) or patience.is_over:
                break
            left = (*_again(last, now_for), *later)
        return _outcome(ready, told, last)

    async def check(self) -> Checked:
        """Log in and say what the account can do; this is then closed."""
        try:
            found = await checked(self._provider, name=self._account.provider)
        except ConfigurationError as error:
            return Checked(error=error)
        return checked_of(found)

    async def close(self) -> None:
        """Close what is kept open, once nothing is under way any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)
        await close_provider(self._provider)

    def _learn(self, verdicts: Verdicts) -> None:
        if verdicts.fault in _LASTING and verdicts.wait is None:
            self._refused = replace(verdicts, by_recipient=())

    async def _try(
        self,
        ready: Ready,
        recipients: Sequence[EnvelopeRecipient],
        patience: Patience,
    ) -> Verdicts:
        envelope = replace(ready.envelope, recipients=tuple(recipients))
        handing = _Handing(ready)
        key = new_id(SYSTEM_CLOCK.now())
        job = SendJob(
            submission_id=key,
            message_id=ready.message.message_id,
            envelope=envelope,
            size_bytes=ready.message.size_bytes,
            idempotency_key=key,
            pieces=handing.pieces,
            point_of_no_return=handing.point_of_no_return,
            rules=rules_of(ready.account),
        )
        try:
            told, why = await patience.verdicts(self._provider, job), NOTHING_SAID
        except ConfigurationError as error:
            text = Receipt(text=str(error))
            told, why = Verdicts(fault=AccountFault.SETTINGS, fault_receipt=text), text
        except Exception as error:  # noqa: BLE001 - a provider's bug is a verdict
            told, why = Verdicts(), surprise(error)
        return completed(told, envelope, is_committed=handing.is_committed, why=why)


class _Handing:
    """One try's bytes, hashed as they are handed out, and how far it got."""

    def __init__(self, ready: Ready) -> None:
        self._ready = ready
        self._digest = ""
        self.is_committed = False

    async def pieces(self) -> AsyncIterator[bytes]:
        """Yield the message's bytes."""
        digest = hashlib.sha256()
        for piece in self._ready.pieces():
            digest.update(piece)
            yield piece
        self._digest = digest.hexdigest()

    async def point_of_no_return(self, handle: str = "") -> None:  # noqa: ARG002 - nothing is kept that could be asked later
        """Make sure that everything was handed out, exactly once.

        Raises:
            DigestMismatchError: It was not.
        """
        if self._digest != self._ready.message.digest:
            raise DigestMismatchError("Other bytes were handed out than were made.")
        self.is_committed = True


def _again(
    verdicts: Verdicts, offered: Sequence[EnvelopeRecipient]
) -> Sequence[EnvelopeRecipient]:
    """Return who was only too many for one transaction, and may follow at once."""
    if not goes_on_at_once(verdicts.by_recipient):
        return ()
    wanted = {
        one.wire_address
        for one in verdicts.by_recipient
        if one.kind is VerdictKind.DEFERRED and one.wait == AT_ONCE
    }
    return [one for one in offered if one.wire_address in wanted]


def _outcome(ready: Ready, told: Mapping[str, Verdict], last: Verdicts) -> Outcome:
    why = _account_reason(last)
    everybody = ready.envelope.recipients
    fates = tuple(
        _fate(one, told.get(one.wire_address), last, why) for one in everybody
    )
    event = settle(one.state for one in fates)
    verdicts = tuple(told.values())
    return Outcome(
        status=_STATUSES[event],
        fates=fates,
        reason=why if last.fault else _reason(event, verdicts, everybody),
        provider_message_id=provider_message_id(verdicts) or "",
        fault=last.fault,
        is_temporary=_is_temporary(told, everybody, last),
    )


def _fate(
    recipient: EnvelopeRecipient, verdict: Verdict | None, last: Verdicts, why: str
) -> Fate:
    if verdict is None:
        return Fate(
            recipient=recipient,
            state=RecipientState.FAILED,
            receipt=last.fault_receipt,
            reason=why or _NOT_OFFERED,
        )
    state = recipient_state(verdict)
    if state is RecipientState.DEFERRED:
        state = RecipientState.FAILED
    has_it = state in {RecipientState.SENT, RecipientState.QUEUED}
    return Fate(
        recipient=recipient,
        state=state,
        receipt=verdict.receipt,
        reason="" if has_it else reason(verdict.receipt, verdict.kind),
    )


def _account_reason(last: Verdicts) -> str:
    return reason(last.fault_receipt, last.fault) if last.fault else ""


def _reason(
    event: SubmissionEvent,
    verdicts: tuple[Verdict, ...],
    everybody: Sequence[EnvelopeRecipient],
) -> str:
    recipients = [Recipient(envelope=one) for one in everybody]
    return reason_for(event, worst(verdicts), recipients)


def _is_temporary(
    told: Mapping[str, Verdict], everybody: Sequence[EnvelopeRecipient], last: Verdicts
) -> bool:
    if last.fault in _LASTING:
        return False
    kinds = {one.kind for one in told.values()}
    return VerdictKind.DEFERRED in kinds or len(told) < len(everybody)
