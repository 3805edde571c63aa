"""What is known about mail of which nobody knows whether it arrived.

Facts only, in the order in which they happened, and what the next answer would
take: which word to type, and whether the provider can be asked.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.lifecycle import SubmissionEvent, SubmissionState
from tuimail.core.message import Role
from tuimail.core.submission import (
    Attempt,
    Recipient,
    RecipientState,
    VerdictKind,
)
from tuimail.core.values import dataclass
from tuimail.errors import FieldError, TransitionError
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace.recovery import STAGE as AFTER_A_CRASH
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import capabilities

_MOST_TAKEN: Final = 3
"""Addresses of which the panel says what was said to them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that happened, or that was said."""

    at: datetime | None
    """None where nobody noted when."""
    text: str
    """A sentence of ours; may name an address, so it is untrusted."""
    quote: str = ""
    """Somebody else's words about it, untrusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that a person can go by, of the try that was lost last."""

    facts: tuple[Fact, ...]
    is_written: bool
    """Whether all of the content is certain to have gone out."""
    to_type: str
    """The domain that has to be typed to have it sent again; empty where a yes
    will do."""
    can_inquire: bool
    """Whether the provider keeps a record that tuimail can read."""


def evidence(stores: Stores, submission: SubmissionRow) -> Evidence:
    """Return what is known about ``submission``, whose fate is not.

    Raises:
        TransitionError: Its fate is known.
    """
    if submission.state is not SubmissionState.UNKNOWN:
        raise TransitionError(
            f"Mail {submission.draft_id} is {submission.state.value}, not unknown.",
            hint=f"See where it stands: tuimail show {submission.draft_id}",
        )
    attempts = stores.submissions.attempts(submission.id)
    recipients = stores.submissions.recipients(submission.id)
    lost = [one for one in attempts if one.outcome == SubmissionEvent.LOSE]
    is_written = bool(lost) and lost[-1].receipt.stage != AFTER_A_CRASH
    return Evidence(
        facts=(*_tries(submission, lost), *_others(recipients)),
        is_written=is_written,
        to_type=_domain(recipients) if is_written else "",
        can_inquire=capabilities(submission.provider).can_look_up,
    )


def require_typed(found: Evidence, typed: str) -> None:
    """Refuse to have mail sent again that somebody did not look at.

    Raises:
        FieldError: What was typed is not what the evidence asks for.
    """
    if found.to_type and typed.strip().casefold() != found.to_type.casefold():
        raise FieldError(
            "All of the content went out, so they may get it twice.",
            hint=f"Type the receiver's domain to send it again: {found.to_type}",
            field="domain",
        )


def _tries(row: SubmissionRow, lost: list[Attempt]) -> Iterator[Fact]:
    for one in lost[-1:]:
        server = f" with {one.server}" if one.server else ""
        yield Fact(at=one.started_at, text=f"try {one.number} began{server}")
        yield from _before_the_content(one)
        if one.committed_at is not None:
            yield Fact(
                at=one.committed_at,
                text=f"all {row.message.size_bytes:,} bytes were handed over, "
                f"digest {row.message.digest[:8]}…; the end of them cannot be "
                "taken back",
            )
        yield Fact(at=one.ended_at, text=_silence(one), quote=one.receipt.text)


def _before_the_content(attempt: Attempt) -> Iterator[Fact]:
    """Yield how the connection was made, and what was said to the addresses."""
    lost = [one for one in attempt.answers if one.kind is VerdictKind.UNKNOWN]
    for session in dict.fromkeys(one.session for one in lost if one.session):
        yield Fact(at=None, text=f"connected with {session}")
    taken = [one for one in lost if one.taken]
    for one in taken[:_MOST_TAKEN]:
        text = f"{one.wire_address} was taken"
        yield Fact(at=None, text=text, quote=one.taken)
    if taken[_MOST_TAKEN:]:
        yield Fact(at=None, text=f"so were {len(taken) - _MOST_TAKEN} more")


def _silence(attempt: Attempt) -> str:
    """Return that nothing came, and how long it was waited for, if that was long."""
    begun, ended = attempt.committed_at, attempt.ended_at
    if begun is None or ended is None:
        return "no answer came"
    seconds = round((ended - begun) / timedelta(seconds=1))
    return f"no answer in {seconds} s" if seconds > 0 else "no answer came"


def _others(recipients: tuple[Recipient, ...]) -> Iterator[Fact]:
    """Yield what is known of those whose fate is."""
    for one in recipients:
        if one.state is not RecipientState.UNKNOWN:
            text = f"{one.envelope.address} is {one.state.value}"
            yield Fact(at=None, text=text, quote=one.receipt.text)


def _domain(recipients: tuple[Recipient, ...]) -> str:
    """Return the domain of the first whose fate is not known; a blind copy's last."""
    unknown = [one for one in recipients if one.state is RecipientState.UNKNOWN]
    unknown.sort(key=lambda one: one.envelope.role is Role.BCC)
    return unknown[0].envelope.address.rpartition("@")[2] if unknown else ""
