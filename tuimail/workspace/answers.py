"""What a provider's answers come to: what they say of the mail, and of the account.

Reads nothing and writes nothing.
"""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import PurePath
from typing import Final

from tuimail.core import status
from tuimail.core.lifecycle import SubmissionEvent
from tuimail.core.message import Envelope
from tuimail.core.submission import (
    AT_ONCE,
    Receipt,
    Recipient,
    Verdict,
    VerdictKind,
    Verdicts,
)
from tuimail.core.values import replace
from tuimail.errors import StoreError, TuimailError
from tuimail.workspace import discretion

_FINAL: Final = frozenset({VerdictKind.SENT, VerdictKind.QUEUED, VerdictKind.REFUSED})
_OURS: Final = frozenset({status.OUR_DISK, status.STOPPED})
_SEVERITY: Final = ("unknown", "deferred", "refused", "queued", "sent")
_THE_REST: Final = "Some were offered; the others follow."
NOTHING_SAID: Final = Receipt(
    stage="provider", text="The provider said nothing about this recipient."
)
TAKEN: Final = frozenset({SubmissionEvent.ACCEPT, SubmissionEvent.ACCEPT_QUEUED})


def broke_off(verdicts: Verdicts) -> bool:
    """Whether the server was not reached, or went away without an answer.

    A server that closes after each message would else be offered a whole queue,
    and make all of it unknown.
    """
    answers = verdicts.by_recipient
    return verdicts.is_unreachable or bool(
        answers and all(_is_silence(one) for one in answers)
    )


def _is_silence(verdict: Verdict) -> bool:
    is_open = verdict.kind in {VerdictKind.UNKNOWN, VerdictKind.DEFERRED}
    is_ours = verdict.receipt.stage in _OURS | {"provider"}
    return is_open and not verdict.receipt.code and not is_ours


def is_ours(verdicts: Verdicts) -> bool:
    """Whether it was our own disk that failed, or an end of ours: which is no try."""
    answers = verdicts.by_recipient
    return bool(answers) and all(one.receipt.stage in _OURS for one in answers)


def goes_on_at_once(verdicts: tuple[Verdict, ...]) -> bool:
    """Whether those who are left were only too many for one transaction.

    Somebody must have had an answer for good, or it would go round for ever; or
    the sender was stopped, which does not go round.
    """
    left = [one for one in verdicts if one.kind is VerdictKind.DEFERRED]
    is_progress = any(
        one.kind in _FINAL or one.receipt.stage == status.STOPPED for one in verdicts
    )
    return is_progress and all(one.wait == AT_ONCE for one in left)


def worst(verdicts: tuple[Verdict, ...]) -> Verdict:
    """Return the verdict that says why mail stands where it stands."""
    return min(verdicts, key=lambda one: _SEVERITY.index(one.kind.value))


def reason_for(
    event: SubmissionEvent, worst: Verdict, everybody: Iterable[Recipient]
) -> str:
    """Return why it stands where it stands; never names a blind copy."""
    if event in TAKEN:
        return ""
    if event is SubmissionEvent.DEFER and worst.kind in _FINAL:
        return _THE_REST
    envelope = [one.envelope for one in everybody]
    receipt = discretion.for_a_row(worst.receipt, envelope)
    return status.reason(receipt, worst.kind)


def provider_message_id(verdicts: tuple[Verdict, ...]) -> str | None:
    """Return what the provider calls the mail, where it says so."""
    found = (one.receipt.provider_message_id for one in verdicts)
    return next((one for one in found if one), None)


def longest_wait(verdicts: tuple[Verdict, ...]) -> timedelta | None:
    """Return how long a server that is not ready is to be left alone."""
    return max((one.wait for one in verdicts if one.wait is not None), default=None)


def completed(
    verdicts: Verdicts, envelope: Envelope, *, is_committed: bool, why: Receipt
) -> Verdicts:
    """Return one verdict for everybody who was offered, and for nobody else.

    Args:
        verdicts: What the provider said.
        envelope: Who was offered.
        is_committed: Whether the point of no return was passed.
        why: Why it said nothing about the others.
    """
    told = {one.wire_address: one for one in verdicts.by_recipient}
    wanted = [one.wire_address for one in envelope.recipients]
    if list(told) == wanted:
        return verdicts
    if verdicts.fault is not None:
        offered = (told[one] for one in wanted if one in told)
        return replace(verdicts, by_recipient=tuple(offered))
    kind = VerdictKind.UNKNOWN if is_committed else VerdictKind.DEFERRED
    return replace(
        verdicts,
        by_recipient=tuple(
            told.get(address) or Verdict(wire_address=address, kind=kind, receipt=why)
            for address in wanted
        ),
    )


def surprise(error: Exception) -> Receipt:
    """Return what is said of a provider that raised."""
    if isinstance(error, StoreError):
        return Receipt(stage=status.OUR_DISK, text=str(error))
    text = str(error) if isinstance(error, TuimailError) else _mistake(error)
    return Receipt(stage="provider", text=text)


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
