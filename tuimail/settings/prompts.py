"""Passwords that a person types each time: in memory only, for one process.

Who reads a password for a provider does so in a thread that cannot be broken off,
where a question would keep the process from ending. So it is asked ahead, in the
thread of whoever sits there, and only looked up here.
"""

from collections.abc import Callable
from typing import Final

from tuimail.errors import SecretError, TemporarySecretError

PROMPT: Final = "prompt:"
"""Reference to what somebody types when it is needed."""

Ask = Callable[[str], str]
"""Shows a question and returns what was typed, unseen."""


class Prompts:
    """What was typed so far, for all who send in this process.

    Args:
        ask: Asks a person; None where nobody can be asked.
    """

    def __init__(self, ask: Ask | None = None) -> None:
        self._ask = ask
        self._typed: dict[str, str] = {}

    def ask_ahead(self, account: str) -> None:
        """Have the password of ``account`` typed, where that was not done yet."""
        if self._ask is not None and account not in self._typed:
            typed = self._ask(f"Password for {account} (is not kept): ")
            if typed:
                self._typed[account] = typed

    def secret(self, account: str) -> str:
        """Return what was typed for ``account``.

        Raises:
            TemporarySecretError: Nobody typed it, though somebody is there.
            SecretError: Nobody can be asked here.
        """
        typed = self._typed.get(account, "")
        if typed:
            return typed
        if self._ask is not None:
            raise TemporarySecretError(
                f"Nobody typed the password of “{account}”.",
                hint="Send again, and type it: tuimail outbox run --drain",
                field="password",
            )
        raise SecretError(
            f"The password of “{account}” is typed each time, and nobody can be asked "
            "here.",
            hint=f"In a terminal: tuimail accounts resume {account}, then tuimail "
            "outbox run",
            field="password",
        )

    def forget(self, account: str) -> None:
        """Have it typed again; what there was is wrong."""
        self._typed.pop(account, None)


NOBODY: Final = Prompts()
"""Where nobody can be asked: the app draws on the terminal, a service has none."""
