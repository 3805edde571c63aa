"""What ``GetAccount`` says about an account: what it may send, and has sent. Pure."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Self

from tuimail.core.submission import AccountFault
from tuimail.core.values import dataclass
from tuimail.providers.base import AccountCheck
from tuimail.providers.http.numbers import whole_number


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountState:
    """One account, as far as its key may know."""

    is_known: bool = False
    """Whether the key may look at it."""
    is_switched_on: bool = True
    is_sandbox: bool = False
    """Only verified recipients, 200 a day."""
    limits: Mapping[str, int]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Self:
        """Return what is in the answer; nothing is known from an empty one."""
        quota = answer.get("SendQuota")
        if not isinstance(quota, Mapping):
            return cls(limits={})
        found = {name: quota.get(key) for name, key in _QUOTA.items()}
        return cls(
            is_known=True,
            is_switched_on=answer.get("SendingEnabled") is not False,
            is_sandbox=answer.get("ProductionAccessEnabled") is False,
            limits={
                name: whole
                for name, value in found.items()
                if (whole := whole_number(value)) is not None and whole >= 0
            },
        )

    def check(self, endpoint: str, *, latency: timedelta) -> AccountCheck:
        """Return it as an account's check: the login is good."""
        place = "sandbox" if self.is_sandbox else "production"
        return AccountCheck(
            ok=self.is_switched_on,
            endpoint=endpoint,
            latency_ms=round(latency.total_seconds() * 1000),
            capabilities=(place,) if self.is_known else (),
            limits=self.limits,
            fault=None if self.is_switched_on else AccountFault.SETTINGS,
            error="" if self.is_switched_on else _SWITCHED_OFF,
            hint=self._hint(),
        )

    def _hint(self) -> str:
        if not self.is_known:
            return _NOT_KNOWN
        if not self.is_switched_on:
            return "Look at the account's state in the SES console."
        return _SANDBOX if self.is_sandbox else ""


_QUOTA: Final = {
    "per_day": "Max24HourSend",
    "per_second": "MaxSendRate",
    "sent_today": "SentLast24Hours",
}
"""In recipients; -1 stands for no limit."""
_SWITCHED_OFF: Final = "Sending is switched off for this account."
_SANDBOX: Final = (
    "The account is in the sandbox, and sends to verified addresses alone; ask for "
    "production access in the SES console."
)
_NOT_KNOWN: Final = (
    "The key is good, but may not look at the account (ses:GetAccount): its limits are "
    "not known, nor whether it may send."
)
