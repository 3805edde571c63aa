"""What a check noticed: the value that every check returns.

Pure.
"""

from enum import StrEnum
from typing import Final

from tuimail.core.values import dataclass

PLACE_LIMIT: Final = 200
"""Characters of what a finding quotes."""
UNSUPPORTED: Final = "account.unsupported"
"""The code of what no provider may be asked, whoever approves it."""


class Severity(StrEnum):
    """How much a finding matters to the person who decides."""

    BLOCK = "block"
    """Nobody should let it pass unseen."""
    WARNING = "warning"
    """Worth a look."""
    INFO = "info"
    """Good to know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was noticed, where, and what to do about it."""

    code: str
    """Stable word, area first: ``html.link-mismatch``."""
    severity: Severity
    field: str
    """Which field of the draft it is about: ``subject``, ``text``, ``html``, …"""
    message: str
    """One sentence; may quote the mail, so it is shown as untrusted text."""
    hint: str = ""
    """What to do about it."""
    place: str = ""
    """The text it is about, quoted, at most ``PLACE_LIMIT`` of it; untrusted."""
