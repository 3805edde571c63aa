"""What the service of a provider is like in a test of the contract.

Who tests a provider makes each of these real, with a fake service of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tuimail.providers.base import Provider

SECRET: Final = "the secret of the contract"  # noqa: S105 - made up
FRESH: Final = "the fresh token of the contract"
FIRST, SECOND = "first@example.net", "second@example.net"


class Situation(StrEnum):
    """What the service is like."""

    TAKES = "takes"
    """Takes every message for everybody."""
    REFUSES = "refuses"
    """Refuses every message for good."""
    REFUSES_SECOND = "refuses_second"
    """Refuses the second recipient for good, and takes the first."""
    NOT_THERE = "not_there"
    """Cannot be reached."""
    BREAKS_OFF = "breaks_off"
    """Ends the connection before the content is complete."""
    SILENT = "silent"
    """Takes the content, and then ends the connection without a word."""
    WRONG_LOGIN = "wrong_login"
    """Refuses the password, which is ``SECRET``."""
    OLD_TOKEN = "old_token"  # noqa: S105 - a word
    """Refuses ``SECRET``, which has run out, and takes ``FRESH``, which the account
    gets when it is renewed (``self.account_with_tokens``)."""
    SLOW_DOWN = "slow_down"
    """Takes nothing for now, and asks to be left alone for two minutes."""
    FAILS = "fails"
    """Takes nothing, because of an error of its own, and says so itself."""
    GATEWAY_FAILS = "gateway_fails"
    """Took it or not: what stands before it answers in its place, with an error."""
    GATEWAY_IS_BUSY = "gateway_is_busy"
    """The same, and says when to come back."""
    GARBAGE = "garbage"
    """Takes everything, and says so in a way that nobody can read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A provider in a situation."""

    provider: Provider
    copies: Callable[[], int]
    """Counts what the service has taken, one for each message."""
