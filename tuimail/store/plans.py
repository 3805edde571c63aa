"""When mail is to leave, as somebody said, and what becomes of it if it is late."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from tuimail.core.schedule import Late, Plan
from tuimail.store.database import Database
from tuimail.store.instants import instant, instant_text


class Plans:
    """Reads and writes plans; writes are within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, submission_id: str, plan: Plan, *, now: datetime) -> None:
        """Plan mail that waits, whatever was planned before."""
        at, changed_at = instant_text(plan.at), instant_text(now)
        self._database.write(_SET, (submission_id, at, plan.late.value, changed_at))

    def get(self, submission_id: str) -> Plan | None:
        """Return the plan that counts for one mail."""
        return self.among([submission_id]).get(submission_id)

    def among(self, submission_ids: Iterable[str]) -> dict[str, Plan]:
        """Return the plans that count among these, by submission."""
        values = (json.dumps(list(submission_ids)),)
        return dict(self._database.read(_AMONG, values, _plan))

    def end(self, submission_id: str, *, now: datetime) -> None:
        """Let a plan count no more; nothing happens where there is none."""
        self._database.write(_END, (instant_text(now), submission_id))


class _Planned(NamedTuple):
    submission_id: str
    plan: Plan


def _plan(*, submission_id: str, at: str, late: str) -> _Planned:
    return _Planned(submission_id, Plan(at=instant(at), late=Late(late)))


_SET: Final = """
INSERT INTO plans (submission_id, at, late, is_open, changed_at)
VALUES (?, ?, ?, 1, ?)
ON CONFLICT (submission_id) DO UPDATE
SET at = excluded.at, late = excluded.late, is_open = 1,
    changed_at = excluded.changed_at
"""
_AMONG: Final = """
SELECT submission_id, at, late FROM plans
WHERE is_open = 1 AND submission_id IN (SELECT value FROM json_each(?))
"""
_END: Final = """
UPDATE plans SET is_open = 0, changed_at = ? WHERE submission_id = ? AND is_open = 1
"""
