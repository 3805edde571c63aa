"""What accounts were refused for, as long as mail may be claimed that should wait.

Mail is claimed ahead, and the refusal of a login is in the store a moment after it
came: what was claimed before that is not to offer a wrong password once more.
"""

from tuimail.core.submission import Verdicts
from tuimail.core.values import replace
from tuimail.settings.account import AccountSettings


class Refusals:
    """Knows an account's refusal until it is stored and claims were made after it."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[AccountSettings, Verdicts]] = {}
        self._stored: set[str] = set()

    def note(self, account: AccountSettings, verdicts: Verdicts) -> None:
        """Remember what is wrong with an account, as it is set up now, if anything."""
        if verdicts.fault is not None:
            self._known[account.name] = account, replace(verdicts, by_recipient=())

    def stored(self, account: AccountSettings) -> None:
        """Take note that what is claimed from now on was claimed knowing it."""
        if account.name in self._known:
            self._stored.add(account.name)

    def of(self, account: AccountSettings) -> Verdicts | None:
        """Return what holds for all mail of this account; None where it may be tried.

        An account that was set up anew may always be tried.
        """
        known = self._known.get(account.name)
        return known[1] if known is not None and known[0] == account else None

    def before_claiming(self) -> None:
        """Forget what the store knows: mail is claimed only where it may be tried."""
        for name in self._stored:
            del self._known[name]
        self._stored.clear()
