"""A message on its way out: recipients' fates, attempts, verdicts, receipts.

The one rule that lives here: what happens to a submission follows from what
happened to each of its recipients (``settle``).

Pure: no clock, no database.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tuimail.core.characters import storable
from tuimail.core.lifecycle import SubmissionEvent
from tuimail.core.message import EnvelopeRecipient
from tuimail.core.values import dataclass


class RecipientState(StrEnum):
    """What is known about one recipient."""

    PENDING = "pending"
    """Not offered to the provider yet."""
    DEFERRED = "deferred"
    """Told to come back later."""
    SENT = "sent"
    """Accepted by the provider."""
    QUEUED = "queued"
    """Queued by the provider."""
    INVALID = "invalid"
    """The provider says there is no such address."""
    REJECTED = "rejected"
    """Refused for good, for another reason."""
    FAILED = "failed"
    """Given up."""
    UNKNOWN = "unknown"
    """May or may not have been accepted."""


OPEN_RECIPIENTS: Final = frozenset({RecipientState.PENDING, RecipientState.DEFERRED})
"""Whom the next attempt is for."""
HAVE_IT: Final = frozenset({RecipientState.SENT, RecipientState.QUEUED})
"""Whose copy the provider answers for."""


class VerdictKind(StrEnum):
    """What a provider's answer means for one recipient."""

    SENT = "sent"
    """Accepted."""
    QUEUED = "queued"
    """Accepted into the provider's own queue."""
    DEFERRED = "deferred"
    """Not now."""
    REFUSED = "refused"
    """Never."""
    UNKNOWN = "unknown"
    """The content went out and no answer came."""


def _make_storable(value: object, *names: str) -> None:
    """Replace texts of a frozen ``value`` that is just being made."""
    for name in names:
        text = getattr(value, name)
        if not text.isascii():
            object.__setattr__(value, name, storable(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the provider said, kept word for word.

    Whatever it is made of can be stored: an answer that the database does not take
    would stop the mail of everybody.
    """

    stage: str = ""
    """Where in the conversation: ``connect``, ``auth``, ``mail``, ``rcpt``, …"""
    code: int = 0
    """SMTP reply code or HTTP status; 0 where there was none."""
    enhanced: str = ""
    """Enhanced status code (RFC 3463), or empty."""
    text: str = ""
    """The reply as received, lines joined by LF; untrusted."""
    provider_message_id: str = ""
    """The provider's own id for the message, where it gives one."""

    def __post_init__(self) -> None:
        _make_storable(self, "stage", "enhanced", "text", "provider_message_id")


AT_ONCE: Final = timedelta(0)
"""The ``wait`` of whom the provider wants in a transaction right after this one.

Only given where somebody else got the mail in this one, so that every try
leaves fewer, and a provider that takes nothing is not asked without end.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A provider's answer about one recipient."""

    wire_address: str
    kind: VerdictKind
    receipt: Receipt = Receipt()
    is_bad_address: bool = False
    """Refused because the mailbox does not exist."""
    wait: timedelta | None = None
    """The least time after which another try makes sense, where one was asked
    for or is known from the reply; ``AT_ONCE`` for no time at all."""
    session: str = ""
    """Where its fate is not known: how the connection was secured and who was
    logged in, or what an API said instead of an answer; never a secret. May name
    what the other side calls the request, so it is untrusted."""
    taken: str = ""
    """Where no answer came to the content: what was said when the address was
    taken, word for word; untrusted."""

    def __post_init__(self) -> None:
        _make_storable(self, "session", "taken")


class AccountFault(StrEnum):
    """Why an account cannot be used; every message of it would fail alike."""

    LOGIN = "login"
    """The server refused the user name or the password."""
    CERTIFICATE = "certificate"
    """The server did not prove who it is, or offers no TLS where it must."""
    SECRET = "secret"  # noqa: S105 - a word, not a password
    """The password could not be read."""
    QUOTA = "quota"
    """The provider says that the account has sent its share."""
    SETTINGS = "settings"
    """The account is gone from the configuration, or not usable as it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What came of one attempt.

    Where not everybody offered has a verdict, ``fault`` says why the account
    could not be used. What some were told all the same stays true: that they
    never get it, or, where the fault showed for others only, that they have it.
    """

    by_recipient: tuple[Verdict, ...] = ()
    """In the order of the envelope. With a fault, only those who were answered
    for; nobody among them is unknown, because what is held with its account
    goes on with it."""
    fault: AccountFault | None = None
    fault_receipt: Receipt = Receipt()
    """What the server said about the fault."""
    wait: timedelta | None = None
    """How long the account as a whole is to be left alone.

    With a fault, None means until a person has mended it; without one, that
    nothing was asked for."""
    is_unreachable: bool = False
    """Nobody was offered, because the way out itself could not be reached: every
    other message of the account would have met the same."""
    server: str = ""
    """Who answered, or was to: ``smtp.example.org:465``; never a secret."""

    def __post_init__(self) -> None:
        _make_storable(self, "server")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """One row of a submission: whom, and what is known."""

    envelope: EnvelopeRecipient
    state: RecipientState = RecipientState.PENDING
    receipt: Receipt = Receipt()


class AttemptPhase(StrEnum):
    """How far one try got, as far as the disk knows."""

    OPEN = "open"
    """Claimed; nothing that cannot be taken back has left this machine."""
    COMMITTED = "committed"
    """The next step cannot be taken back, and may have been taken."""
    DONE = "done"
    """The answer is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One try to submit."""

    number: int
    """Counts from 1 within the submission."""
    phase: AttemptPhase
    started_at: datetime
    committed_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    """The event it ended in, or empty while it is open."""
    receipt: Receipt = Receipt()
    server: str = ""
    """Who answered, or was to; empty where nobody was asked."""
    answers: tuple[Verdict, ...] = ()
    """What was said about those of whom it differs from ``receipt``; Bcc
    recipients are among them."""
    handle: str = ""
    """By what the provider can be asked about it; empty where it cannot."""


_RECIPIENT_STATES: Final = {
    VerdictKind.SENT: RecipientState.SENT,
    VerdictKind.QUEUED: RecipientState.QUEUED,
    VerdictKind.DEFERRED: RecipientState.DEFERRED,
    VerdictKind.UNKNOWN: RecipientState.UNKNOWN,
}


def recipient_state(verdict: Verdict) -> RecipientState:
    """Return what ``verdict`` makes of its recipient."""
    if verdict.kind is VerdictKind.REFUSED:
        return (
            RecipientState.INVALID
            if verdict.is_bad_address
            else RecipientState.REJECTED
        )
    return _RECIPIENT_STATES[verdict.kind]


def settle(states: Iterable[RecipientState]) -> SubmissionEvent:
    """Return the one event that the recipients' states call for.

    An unknown recipient makes the whole submission unknown, because a retry
    for the others must not hide that a person has to decide. After that,
    anybody left to try defers it.

    Args:
        states: Every recipient of the submission, not only those of the last
            attempt; never empty.
    """
    found = frozenset(states)
    if not found:
        raise ValueError("A submission has at least one recipient.")
    if RecipientState.UNKNOWN in found:
        return SubmissionEvent.LOSE
    if found & OPEN_RECIPIENTS:
        return SubmissionEvent.DEFER
    return _settled(found)


def _settled(found: frozenset[RecipientState]) -> SubmissionEvent:
    if not found & HAVE_IT:
        return SubmissionEvent.REFUSE
    if found - HAVE_IT:
        return SubmissionEvent.ACCEPT_SOME
    if RecipientState.QUEUED in found:
        return SubmissionEvent.ACCEPT_QUEUED
    return SubmissionEvent.ACCEPT
