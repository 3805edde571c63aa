"""From an answer to what it means for each recipient. Pure.

The one rule kept here: of whom a list says nothing, nothing is known.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from tuimail.core.characters import on_one_line
from tuimail.core.http_reasons import HttpStage
from tuimail.core.http_status import http_verdict, retry_after
from tuimail.core.message import Envelope
from tuimail.core.status import Judgement
from tuimail.core.submission import Receipt, Verdict, VerdictKind, Verdicts
from tuimail.core.values import dataclass, replace
from tuimail.providers.http.request import TEXT_LIMIT, Exchanged


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an answer says about one recipient."""

    kind: VerdictKind
    text: str = ""
    """Of this recipient alone; empty where the whole answer says it."""
    provider_message_id: str = ""
    is_bad_address: bool = False


def judge(exchanged: Exchanged, *, has_structure: bool, now: datetime) -> Judgement:
    """Return what an answer means by the table that all APIs share.

    Args:
        exchanged: What came of the request.
        has_structure: Whether a complete answer has the form that the API's own
            answers have with such a status.
        now: Aware datetime, for waits that are given as a date.
    """
    if exchanged.fault is not None:
        return Judgement(fault=exchanged.fault)
    return http_verdict(
        stage=exchanged.stage,
        status=exchanged.status,
        has_structure=has_structure and exchanged.is_complete,
        wait=retry_after(exchanged.headers.get("retry-after", ""), now=now),
    )


def verdicts(
    envelope: Envelope,
    exchanged: Exchanged,
    judgement: Judgement,
    *,
    told: Mapping[str, Told] | None = None,
    provider_message_id: str = "",
) -> Verdicts:
    """Return what came of an attempt.

    Args:
        envelope: Whom it was for.
        exchanged: What came of the request.
        judgement: What that means for everybody.
        told: What it says about each recipient, by address, where the API says
            so; None where it never does.
        provider_message_id: The provider's id for the whole request.
    """
    receipt = _receipt(exchanged, provider_message_id)
    if judgement.fault is not None:
        return Verdicts(
            fault=judgement.fault,
            fault_receipt=receipt,
            wait=judgement.wait,
            server=exchanged.server,
        )
    kind = judgement.kind or VerdictKind.UNKNOWN
    usual = Verdict(wire_address="", kind=kind, receipt=receipt, wait=judgement.wait)
    addresses = [recipient.wire_address for recipient in envelope.recipients]
    is_for_all = exchanged.status in _SLOW_DOWN or judgement.is_about_account
    answered = (_verdict(one, usual, told) for one in addresses)
    session = _session(exchanged)
    return Verdicts(
        by_recipient=tuple(_witnessed(one, session) for one in answered),
        wait=judgement.wait if is_for_all else None,
        is_unreachable=exchanged.stage is HttpStage.CONNECT,
        server=exchanged.server,
    )


def _witnessed(verdict: Verdict, session: str) -> Verdict:
    """Keep what was said, where a person has to decide by whatever is known."""
    if verdict.kind is not VerdictKind.UNKNOWN:
        return verdict
    return replace(verdict, session=session)


def _session(exchanged: Exchanged) -> str:
    """Return who was asked how, with which status, and by what they find it again."""
    status = f"status {exchanged.status}" if exchanged.status else "no status"
    named = (exchanged.headers.get(name, "") for name in _REQUEST_IDS)
    request_id = next((found for one in named if (found := _id(one).strip())), "")
    said = f", request id {request_id[:SHOWN_ID]}" if request_id else ""
    line = f"HTTP, {exchanged.tls}" if exchanged.tls else "HTTP"
    return f"{exchanged.server} over {line}: {status}{said}"


def _verdict(address: str, usual: Verdict, told: Mapping[str, Told] | None) -> Verdict:
    own = replace(usual, wire_address=address)
    if told is None:
        return own
    found = told.get(address) or _spelled_otherwise(address, told)
    if found is None:
        is_taken = usual.kind in {VerdictKind.SENT, VerdictKind.QUEUED}
        return replace(own, kind=VerdictKind.UNKNOWN if is_taken else usual.kind)
    return replace(
        own,
        kind=found.kind,
        is_bad_address=found.is_bad_address,
        receipt=replace(
            usual.receipt,
            text=found.text[:TEXT_LIMIT] or usual.receipt.text,
            provider_message_id=_id(found.provider_message_id)
            or usual.receipt.provider_message_id,
        ),
    )


def _spelled_otherwise(address: str, told: Mapping[str, Told]) -> Told | None:
    """Return what is said about ``address`` in other capitals.

    Providers write addresses small; two recipients who differ in nothing else
    are told apart by the exact match that comes first, or not at all.
    """
    found = [one for name, one in told.items() if name.lower() == address.lower()]
    return found[0] if len(found) == 1 else None


def _receipt(exchanged: Exchanged, provider_message_id: str) -> Receipt:
    return Receipt(
        stage=exchanged.stage,
        code=exchanged.status,
        text=exchanged.text,
        provider_message_id=_id(provider_message_id),
    )


def _id(text: str) -> str:
    """Return an id as people get to see it: one line, of a length that ids have."""
    return on_one_line(text[:ID_LIMIT])[:ID_LIMIT]


ID_LIMIT: Final = 500
"""Longer than any provider's id; what is more is none."""
SHOWN_ID: Final = 100
"""What is more of an id of a request says no more to those who look for it."""
_REQUEST_IDS: Final = (
    "request-id",
    "x-request-id",
    "x-amzn-requestid",
    "x-amz-request-id",
    "x-ms-request-id",
    "x-correlation-id",
    "cf-ray",
    "x-guploader-uploadid",
)
"""Headers in which services name a request, for whom one asks about it."""
_SLOW_DOWN: Final = (429, 503)
"""Where a wait is meant for the whole account."""
