"""How much left lately, by account, destination and slice of time.

Knows no limits. Rows are removed when no window has them any more.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tuimail.store.database import Database
from tuimail.store.instants import instant, instant_text

if TYPE_CHECKING:
    from tuimail.core.pacing import Slice, Window

EVERYWHERE: Final = ""
"""The destination that stands for all of them."""


class Pace:
    """Reads and writes counts; writes are within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tidied_at = 0

    def has_counted(self, account: str) -> bool:
        """Return whether anything of it was counted; else no limit keeps it waiting."""
        return bool(self._database.read(_COUNTED, (account,), _count))

    def slices(
        self, account: str, window: "Window", destination: str = EVERYWHERE
    ) -> "Sequence[Slice]":
        """Return what left, oldest first."""
        values = (account, destination, window.slice_seconds)
        return self._database.read(_SLICES, values, _slice)

    def fullest(self, account: str, window: "Window") -> str:
        """Return the destination that got the most, or empty where none did."""
        values = (account, window.slice_seconds)
        return self._database.read_one(_FULLEST, values, _destination) or EVERYWHERE

    def add(
        self,
        account: str,
        window: "Window",
        at: datetime,
        count: int,
        destination: str = EVERYWHERE,
    ) -> None:
        """Count what leaves at ``at``."""
        start = window.slice_at(at)
        values = (account, destination, window.slice_seconds, start, count)
        self._database.write(_ADD, values)

    def remove(
        self,
        account: str,
        window: "Window",
        at: datetime,
        count: int,
        destination: str = EVERYWHERE,
    ) -> None:
        """Uncount what was counted at ``at``, as far as it is still there."""
        start = window.slice_at(at)
        values = (count, account, destination, window.slice_seconds, start)
        self._database.write(_REMOVE, values)

    def tidy(self, now: datetime) -> None:
        """Remove what is over; what is yet to come counts as of now.

        A clock that was set back must neither keep mail waiting for the times
        that were counted before, nor forget what was sent in them. Done once a
        second: nothing is over sooner.
        """
        from tuimail.core.pacing import (  # noqa: PLC0415 - not for lists
            WINDOWS,
            seconds_since_1970,
        )

        newest = seconds_since_1970(now)
        if newest == self._tidied_at:
            return
        self._tidied_at = newest
        for window in WINDOWS:
            gone = newest - window.seconds - window.slice_seconds
            self._database.write(_FORGET, (window.slice_seconds, gone))
            values = (window.slice_at(now), window.slice_seconds, newest)
            if self._database.write(_BRING_BACK, values):
                self._database.write(_DROP_AHEAD, (window.slice_seconds, newest))

    def started_at(self, account: str) -> datetime | None:
        """Return when the account began to be warmed up, if it did."""
        return self._database.read_one(_STARTED, (account,), _moment)

    def start(self, account: str, at: datetime) -> None:
        """Let its warm-up begin; an earlier beginning stays."""
        text = instant_text(at)
        self._database.write(_START, (account, text))

    def forget_start(self, account: str, *, after: datetime) -> None:
        """Let its warm-up begin later, if it began after ``after`` and nothing left."""
        self._database.write(_FORGET_START, (account, instant_text(after), account))


def _count(*, count: int) -> int:
    return count


def _slice(*, start: int, count: int) -> "Slice":
    from tuimail.core.pacing import Slice  # noqa: PLC0415 - not for lists

    return Slice(start=start, count=count)


def _destination(*, destination: str) -> str:
    return destination


def _moment(*, at: str) -> datetime:
    return instant(at)


_COUNTED: Final = "SELECT count FROM pace WHERE account = ? LIMIT 1"
_SLICES: Final = """
SELECT start, count FROM pace
WHERE account = ? AND destination = ? AND seconds = ? ORDER BY start
"""
_FULLEST: Final = """
SELECT destination FROM pace
WHERE account = ? AND seconds = ? AND destination <> ''
GROUP BY destination ORDER BY sum(count) DESC, destination LIMIT 1
"""
_ADD: Final = """
INSERT INTO pace (account, destination, seconds, start, count)
VALUES (?, ?, ?, ?, ?)
ON CONFLICT (account, destination, seconds, start)
DO UPDATE SET count = count + excluded.count
"""
_REMOVE: Final = """
UPDATE pace SET count = max(count - ?, 0)
WHERE account = ? AND destination = ? AND seconds = ? AND start = ?
"""
_FORGET: Final = "DELETE FROM pace WHERE seconds = ? AND start <= ?"
_BRING_BACK: Final = """
INSERT INTO pace (account, destination, seconds, start, count)
SELECT account, destination, seconds, ?, sum(count) FROM pace
WHERE seconds = ? AND start > ?
GROUP BY account, destination, seconds
ON CONFLICT (account, destination, seconds, start)
DO UPDATE SET count = count + excluded.count
"""
_DROP_AHEAD: Final = "DELETE FROM pace WHERE seconds = ? AND start > ?"
_STARTED: Final = "SELECT at FROM account_starts WHERE name = ?"
_START: Final = """
INSERT INTO account_starts (name, at) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE at > excluded.at
"""
_FORGET_START: Final = """
DELETE FROM account_starts
WHERE name = ? AND at > ?
  AND NOT EXISTS (SELECT 1 FROM pace WHERE account = ? AND count > 0)
"""
