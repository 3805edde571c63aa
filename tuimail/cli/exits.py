"""What a command ends with, so that scripts need not read.

The table is the one in the docs; every other module names its entries.
"""

from collections.abc import Iterable, Mapping
from typing import Final

DONE: Final = 0
REFUSED: Final = 1
"""Refused or failed; the record says why."""
USAGE: Final = 2
WAITS: Final = 3
"""For a person, or for a server, longer than the command did."""
SETTINGS: Final = 4
"""Configuration or credentials."""
INTERRUPTED: Final = 130

_BY_STATUS: Final[Mapping[str, int]] = {
    "approved": DONE,
    "cancelled": REFUSED,
    "discarded": REFUSED,
    "draft": REFUSED,
    "dry_run": DONE,
    "error": REFUSED,
    "partial": REFUSED,
    "queued": DONE,
    "rejected": REFUSED,
    "sent": DONE,
}
"""How a wait for mail of that status ended; of any other, it still waits."""


_UNDER_WAY: Final = frozenset({"ready", "sending"})


def of_status(status: str, *, has_waited: bool = True) -> int:
    """Return the exit code of a command that leaves a mail in ``status``.

    Args:
        status: The one word of the docs.
        has_waited: Whether it was to wait for a verdict; where it was not, mail
            on its way is all that was asked for.
    """
    if not has_waited and status in _UNDER_WAY:
        return DONE
    return _BY_STATUS.get(status, WAITS)


def of_dry_run(*, is_sayable: bool) -> int:
    """Return the exit code of a mail that was tried out.

    Args:
        is_sayable: Whether its provider can do what it asks for; where not, the same
            command without ``--dry-run`` is refused.
    """
    return DONE if is_sayable else REFUSED


def worst(codes: Iterable[int]) -> int:
    """Return the exit code of a command about several mails."""
    found = set(codes)
    return next((code for code in (REFUSED, WAITS) if code in found), DONE)
