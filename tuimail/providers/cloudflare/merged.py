"""What came of one attempt that took a request for each recipient. Pure."""

from collections.abc import Sequence

from tuimail.core.message import Envelope
from tuimail.core.submission import Verdict, VerdictKind, Verdicts
from tuimail.core.values import replace


def merged(envelope: Envelope, answered: Sequence[Verdicts]) -> Verdicts:
    """Return what is known about everybody in ``envelope``.

    Args:
        envelope: Whom the attempt was for.
        answered: What came of the requests for its first recipients, one each,
            never empty; the last one says why the others were not asked for.
    """
    told = tuple(one for answer in answered for one in answer.by_recipient)
    last = answered[-1]
    is_uncertain = any(one.kind is VerdictKind.UNKNOWN for one in told)
    if last.fault is not None and not is_uncertain:
        return replace(last, by_recipient=told)
    rest = envelope.recipients[len(told) :]
    return Verdicts(
        by_recipient=(*told, *(_later(one.wire_address, last) for one in rest)),
        wait=last.wait,
        server=last.server,
    )


def stops(answer: Verdicts) -> bool:
    """Return whether the next recipient would meet the same."""
    return answer.fault is not None or answer.wait is not None or answer.is_unreachable


def _later(address: str, last: Verdicts) -> Verdict:
    receipt = last.fault_receipt
    if last.by_recipient:
        receipt = last.by_recipient[0].receipt
    return Verdict(
        wire_address=address,
        kind=VerdictKind.DEFERRED,
        receipt=receipt,
        wait=last.wait,
    )
