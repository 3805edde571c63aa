"""What a sender does about a clock that is, or was, wrong by far.

The one rule kept here: a clock that is set neither lets mail leave that waited
for its day, nor strands mail that was due. A workspace that nobody used for a
year is no different from a clock that is a year ahead: a person looks first.
"""

from datetime import datetime, timedelta
from typing import Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.retry import clamped, gives_up_at, is_out_of_reach
from tuimail.core.schedule import FARTHEST
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import steps
from tuimail.workspace.stores import Stores

SEEN: Final = "sender_last_seen"
REMEMBER_AFTER: Final = timedelta(minutes=15)
"""So often the time is noted; far less than any jump that matters."""
BEHIND: Final = timedelta(days=1)
"""Clocks are set back by hours at most, where nothing is wrong."""


class Timekeeper:
    """Compares the clock with what it said before; in a transaction."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores
        self._seen: datetime | None = None

    def look(self, now: datetime) -> None:
        """Do what the clock asks for, if it jumped since anybody looked."""
        seen = self._seen or self._stores.facts.moment(SEEN)
        if self._seen is None and (seen is None or seen - now <= BEHIND):
            self._bring_back_early(now)
        self._seen = now if seen is None else seen
        if seen is not None and abs(now - seen) < REMEMBER_AFTER:
            return
        if seen is not None:
            self._compare(seen, now)
        self._stores.facts.set_moment(SEEN, now)
        self._seen = now

    def _compare(self, seen: datetime, now: datetime) -> None:
        if now - seen > FARTHEST:
            self._keep_all(seen, now)
        elif seen - now > BEHIND:
            for row in self._stores.submissions.in_state(*_WAITING):
                self._bring_back(row, seen, now)

    def _bring_back_early(self, now: datetime) -> None:
        """Find mail that was released in the future, where no sender ran then."""
        early = self._stores.submissions.in_state(
            *_WAITING, released_after=now + BEHIND
        )
        for row in early:
            if row.due_at is not None and row.due_at >= row.released_at:
                self._bring_back(row, row.released_at, now)

    def _keep_all(self, seen: datetime, now: datetime) -> None:
        """Let nothing leave that waited for its day, or for its account's."""
        for row in self._stores.submissions.in_state(*_WAITING):
            steps.hold(self._stores, row, _ahead(seen, now))
        for held in self._stores.accounts.held().values():
            if held.until is not None:
                self._stores.accounts.hold(held.name, held.reason, held.fault, held.at)

    def _bring_back(self, row: SubmissionRow, seen: datetime, now: datetime) -> None:
        """Let mail that had been due be due, and nothing last for years.

        What was left of an undo window, and until it is given up, is what is
        left of it now.
        """
        due_at = self._due(row, seen, now)
        if is_out_of_reach(due_at, now=now):
            steps.hold(self._stores, row, _out_of_reach(due_at))
            return
        ends = (gives_up_at(released_at=due_at), _shifted(row.give_up_at, seen, now))
        self._stores.submissions.set_state(
            row.id,
            row.state,
            at=now,
            due_at=due_at,
            undo_until=_shifted(row.undo_until, seen, now),
            give_up_at=min(one for one in ends if one is not None),
        )

    def _due(self, row: SubmissionRow, seen: datetime, now: datetime) -> datetime:
        due_at = row.due_at or now
        if due_at <= seen:
            return now
        if row.state is SubmissionState.DEFERRED:
            return clamped(due_at, now=now)
        window = _shifted(row.undo_until, seen, now)
        return window if window and row.undo_until == due_at else due_at


def _shifted(moment: datetime | None, seen: datetime, now: datetime) -> datetime | None:
    """Return a moment as far from ``now`` as it was from ``seen``."""
    return None if moment is None else now + max(moment - seen, timedelta(0))


_WAITING: Final = (SubmissionState.READY, SubmissionState.DEFERRED)


def _ahead(seen: datetime, now: datetime) -> str:
    return (
        f"The clock says {now:%Y-%m-%d}, and mail was last sent from here on "
        f"{seen:%Y-%m-%d}: look whether it is still to leave."
    )


def _out_of_reach(due_at: datetime) -> str:
    return f"It is scheduled for {due_at:%Y-%m-%d}, over a year away."
