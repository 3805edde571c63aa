"""The steps of many attempts at once: one statement for each, however many there are.

The guards of the database look at every row of them. What fails, fails for all
of a batch: the caller's transaction undoes it.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from tuimail.core.submission import Receipt, Recipient, Verdict, recipient_state
from tuimail.core.values import dataclass
from tuimail.errors import NotFoundError
from tuimail.store.attempts import answer_values, decode_recipient, receipt_values
from tuimail.store.database import Database, Value
from tuimail.store.instants import instant_text


class Which(NamedTuple):
    """One attempt."""

    id: str
    """Of its submission."""
    number: int


class Intended(NamedTuple):
    """One attempt that may leave from now on."""

    id: str
    """Of its submission."""
    number: int
    handle: str = ""
    """By what the provider can be asked about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An attempt that ended with everybody having the mail."""

    which: Which
    outcome: str
    state: str
    """Of the submission, from now on."""
    receipt: Receipt
    server: str
    attempts: int
    """How many count now."""
    provider_message_id: str | None
    """None leaves what is there."""
    answers: tuple[Verdict, ...]
    """What was said about each who was offered."""


class Batches:
    """Takes steps, within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recipients(self, ids: Iterable[str]) -> dict[str, tuple[Recipient, ...]]:
        """Return the recipients of each submission, in the order of its envelope."""
        found: dict[str, list[Recipient]] = {one: [] for one in ids}
        values = {"ids": json.dumps(list(found))}
        for one, recipient in self._database.read(_RECIPIENTS, values, _of_submission):
            found[one].append(recipient)
        return {one: tuple(recipients) for one, recipients in found.items()}

    def claim(self, ids: Sequence[str], at: datetime) -> dict[str, int]:
        """Open the next attempt of each and move it to ``sending``.

        Returns the numbers of the attempts, by submission.
        """
        values: dict[str, Value] = {"ids": json.dumps(ids), "at": instant_text(at)}
        opened = dict(self._database.write_returning(_OPEN, values, Which))
        self._database.write(_SEND, values)
        return opened

    def commit(self, attempts: Sequence[Intended], at: datetime) -> frozenset[str]:
        """Mark that the next step of each cannot be taken back.

        Returns the submissions of which that step may be taken: the attempt was
        open, and the submission ``sending``.
        """
        if not attempts:
            return frozenset()
        values = {"rows": json.dumps(attempts), "at": instant_text(at)}
        found = self._database.write_returning(_COMMIT, values, Which)
        return frozenset(one.id for one in found)

    def settle(self, taken: Sequence[Taken], at: datetime) -> frozenset[str]:
        """Record the answers, and move each submission to where it belongs.

        Returns the submissions whose attempt had not ended before; of the
        others nothing is changed.

        Raises:
            NotFoundError: A submission has no such recipient.
        """
        moment = instant_text(at)
        rows = json.dumps([_ended(one) for one in taken])
        found = self._database.write_returning(
            _END, {"rows": rows, "at": moment}, Which
        )
        ended = frozenset(one.id for one in found)
        told = [row for one in taken if one.which.id in ended for row in _told(one)]
        values = {"rows": json.dumps(told), "at": moment}
        if self._database.write(_TELL, values) != len(told):
            raise NotFoundError("A submission has no such recipient.")
        moved = [_moved(one) for one in taken if one.which.id in ended]
        self._database.write(_SETTLE, {"rows": json.dumps(moved), "at": moment})
        return ended


def _of_submission(*, submission_id: str, **columns: str) -> tuple[str, Recipient]:
    return submission_id, decode_recipient(**columns)  # type: ignore[arg-type]


def _ended(taken: Taken) -> list[Value]:
    receipt = receipt_values(taken.receipt).values()
    others = tuple(one for one in taken.answers if one.receipt != taken.receipt)
    answered = answer_values(taken.server, others).values()
    return [*taken.which, taken.outcome, *receipt, *answered]


def _told(taken: Taken) -> list[list[Value]]:
    return [
        [
            taken.which.id,
            one.wire_address,
            recipient_state(one).value,
            *receipt_values(one.receipt).values(),
        ]
        for one in taken.answers
    ]


def _moved(taken: Taken) -> list[Value]:
    return [taken.which.id, taken.state, taken.attempts, taken.provider_message_id]


_RECIPIENTS: Final = """
SELECT
  submission_id, role, address, wire_address, state, stage, code, enhanced, reply,
  provider_message_id
FROM recipients WHERE submission_id IN (SELECT value FROM json_each(:ids))
ORDER BY submission_id, position
"""
_OPEN: Final = """
INSERT INTO attempts (
  submission_id, number, phase, started_at, outcome, stage, code, enhanced, reply,
  provider_message_id)
SELECT
  value, 1 + (SELECT count(*) FROM attempts WHERE submission_id = value), 'open', :at,
  '', '', 0, '', '', ''
FROM json_each(:ids)
RETURNING submission_id AS id, number
"""
_SEND: Final = """
UPDATE submissions SET state = 'sending', changed_at = :at
WHERE id IN (SELECT value FROM json_each(:ids))
"""
_COMMIT: Final = """
UPDATE attempts
SET phase = 'committed', committed_at = :at, handle = one.value ->> 2
FROM json_each(:rows) AS one
WHERE submission_id = one.value ->> 0 AND number = one.value ->> 1
  AND phase = 'open'
  AND 'sending' = (SELECT state FROM submissions WHERE submissions.id = submission_id)
RETURNING submission_id AS id, number
"""
_END: Final = """
UPDATE attempts
SET phase = 'done', ended_at = :at, outcome = one.value ->> 2,
    stage = one.value ->> 3, code = one.value ->> 4, enhanced = one.value ->> 5,
    reply = one.value ->> 6, provider_message_id = one.value ->> 7,
    server = one.value ->> 8, answers = one.value ->> 9
FROM json_each(:rows) AS one
WHERE submission_id = one.value ->> 0 AND number = one.value ->> 1
  AND phase <> 'done'
RETURNING submission_id AS id, number
"""
_TELL: Final = """
UPDATE recipients
SET state = one.value ->> 2, changed_at = :at, stage = one.value ->> 3,
    code = one.value ->> 4, enhanced = one.value ->> 5, reply = one.value ->> 6,
    provider_message_id = one.value ->> 7
FROM json_each(:rows) AS one
WHERE submission_id = one.value ->> 0 AND wire_address = one.value ->> 1
"""
_SETTLE: Final = """
UPDATE submissions
SET state = one.value ->> 1, changed_at = :at, due_at = NULL, undo_until = NULL,
    reason = '', attempts = one.value ->> 2,
    provider_message_id = coalesce(one.value ->> 3, provider_message_id)
FROM json_each(:rows) AS one
WHERE submissions.id = one.value ->> 0
"""
