"""What came of a mail, for a program to act upon.

A mail that was refused or failed is a value, not an exception: some recipients may
have it all the same, so there is no yes or no to it, and a ``Result`` is never
asked for its truth.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Never

from tuimail.core.finding import Finding
from tuimail.core.submission import HAVE_IT, RecipientState
from tuimail.errors import NotSentError, TuimailError

_HAVE_IT: Final = frozenset(state.value for state in HAVE_IT)
_NEVER_GET_IT: Final = frozenset(
    state.value
    for state in (
        RecipientState.INVALID,
        RecipientState.REJECTED,
        RecipientState.FAILED,
    )
)
_WAITING: Final = frozenset(
    {"ready", "sending", "deferred", "review", "approved", "held"}
)
_NOT_KEPT: Final = frozenset(
    {"error", "partial", "unknown", "rejected", "discarded", "cancelled"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientResult:
    """What is known about one recipient."""

    address: str
    """Without the name, as it was given."""
    status: str
    """``pending``, ``deferred``, ``sent``, ``queued``, ``invalid``, ``rejected``,
    ``failed`` or ``unknown``."""
    provider_message_id: str = ""
    """The provider's own id, where it gives one for each."""
    error: str = ""
    """One sentence why not, or not yet; may quote the server, so it is untrusted."""
    code: int = 0
    """SMTP reply code or HTTP status, as it came; 0 where there was none."""
    enhanced: str = ""
    """Enhanced status code (RFC 3463), as it came, or empty."""

    @property
    def is_success(self) -> bool:
        """Whether the provider answers for this copy; not that it was delivered."""
        return self.status in _HAVE_IT


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of one mail, as far as it was known then.

    ``recipients`` has blind copies, too, because the program named them; they are
    not in ``raw``, nor in the ``repr``.
    """

    id: str = ""
    """Of the mail in the workspace, for ``tuimail show``; empty where nothing was
    stored."""
    status: str
    """The one word of the docs: ``sent``, ``deferred``, ``review``, ``unknown``, …"""
    account: str = ""
    """Name of the way out."""
    provider: str = ""
    provider_message_id: str = ""
    """The provider's own id, where it gives one."""
    message_id: str = ""
    """The header of that name, with its brackets; empty where none was made."""
    recipients: Mapping[str, RecipientResult] = field(repr=False)
    """By address, without names, in the order of To, Cc and Bcc."""
    error: TuimailError | None = None
    """Why not everybody gets it, with a stable ``code``, and a ``hint`` what to do;
    None where nothing failed, which mail that waits has not."""
    findings: tuple[Finding, ...] = field(default=(), repr=False)
    """What the checks noticed, worst first."""
    raw: Mapping[str, object] = field(default_factory=dict, repr=False)
    """The record as ``tuimail show --json`` prints it; empty where there is none."""
    is_for_review: bool = False
    """Whether it was handed in to be decided about, and not to be sent."""

    @property
    def is_success(self) -> bool:
        """Whether the provider took it for everybody.

        Of a dry run, and of what was handed in for review: whether it is stored.
        """
        if self.error is not None:
            return False
        if self.status == "dry_run" or self.is_for_review:
            return self.status not in _NOT_KEPT
        found = self.recipients.values()
        return bool(found) and all(one.is_success for one in found)

    @property
    def has_failures(self) -> bool:
        """Whether somebody will not get it, as it stands."""
        return bool(self.failed) or (self.error is not None and not self.is_unknown)

    @property
    def successful(self) -> tuple[str, ...]:
        """The addresses whose copy the provider answers for."""
        return self._with(_HAVE_IT)

    @property
    def failed(self) -> tuple[str, ...]:
        """The addresses that will not get it, as it stands."""
        return self._with(_NEVER_GET_IT)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The addresses that may or may not have it."""
        return self._with(frozenset({RecipientState.UNKNOWN.value}))

    @property
    def is_waiting(self) -> bool:
        """Whether more may come of it: tuimail, or a person, goes on with it."""
        return self.status in _WAITING

    @property
    def is_unknown(self) -> bool:
        """Whether somebody may or may not have it; it is not sent again unasked."""
        return self.status == "unknown" or bool(self.unknown)

    def __bool__(self) -> Never:
        """Refuse to be a yes or a no.

        Raises:
            TypeError: Always.
        """
        raise TypeError("Ask a Result for is_success, has_failures or is_waiting.")

    def _with(self, states: frozenset[str]) -> tuple[str, ...]:
        return tuple(
            address for address, one in self.recipients.items() if one.status in states
        )


def refused(
    error: TuimailError,
    addresses: Iterable[str],
    *,
    account: str = "",
    provider: str = "",
) -> Result:
    """Return that ``error`` stopped a mail before anybody was offered it.

    Args:
        error: What stopped it.
        addresses: Whom it was for, without names; all of them failed.
        account: Name of the way out, as far as it is known.
        provider: Likewise.
    """
    return Result(
        status="error",
        account=account,
        provider=provider,
        error=error,
        recipients={
            one: RecipientResult(
                address=one, status=RecipientState.FAILED.value, error=str(error)
            )
            for one in addresses
        },
    )


def failure_of(
    status: str, reason: str, recipients: Mapping[str, RecipientResult], *, hint: str
) -> TuimailError | None:
    """Return what is wrong with a mail that stands so, or None.

    Args:
        status: The one word of the docs.
        reason: Why it failed, in one sentence; empty where nobody said so.
        recipients: What is known about each.
        hint: What to do about it.
    """
    if status not in {"error", "partial", "unknown"}:
        return None
    return NotSentError(
        reason or _in_numbers(status, recipients), hint=hint, field="to"
    )


def _in_numbers(status: str, recipients: Mapping[str, RecipientResult]) -> str:
    found, total = [one.status for one in recipients.values()], len(recipients)
    if status == "unknown":
        number = found.count(RecipientState.UNKNOWN.value)
        return f"{number} of {total} recipients may or may not have it."
    number = sum(one in _NEVER_GET_IT for one in found)
    return f"{number} of {total} recipients do not get it."
