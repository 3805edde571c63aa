"""What came of logging in to an account that a program names or made."""

from collections.abc import Mapping

from tuimail.core.submission import AccountFault
from tuimail.core.values import dataclass, field
from tuimail.errors import ConfigurationError, NotSentError, TuimailError
from tuimail.providers.base import AccountCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a provider found, with what is wrong as an error; nothing was sent."""

    endpoint: str = ""
    latency_ms: int = 0
    capabilities: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    error: TuimailError | None = None
    """Why it cannot be used; None where it can."""


def checked_of(found: AccountCheck) -> Checked:
    """Return what a provider found."""
    return Checked(
        endpoint=found.endpoint,
        latency_ms=found.latency_ms,
        capabilities=found.capabilities,
        limits=found.limits,
        error=None if found.ok else _error(found),
    )


def _error(found: AccountCheck) -> TuimailError:
    text = found.error or f"The account cannot be used: {found.endpoint}."
    is_for_later = found.fault is None or found.fault is AccountFault.QUOTA
    kind = NotSentError if is_for_later else ConfigurationError
    return kind(text, hint=found.hint, field="account")
