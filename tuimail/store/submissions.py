"""Messages on their way out: submissions, their recipients, their attempts.

Knows nothing about when mail may move; it does as told, and the database
refuses the steps that are not in ``core.lifecycle``.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.message import Message
from tuimail.core.service import NOTHING_ASKED, ServiceOptions
from tuimail.core.submission import (
    Attempt,
    Receipt,
    Recipient,
    RecipientState,
    Verdict,
)
from tuimail.core.values import dataclass
from tuimail.errors import NotFoundError
from tuimail.store.attempts import (
    END_ATTEMPT,
    INSERT_RECIPIENT,
    MOVE_RECIPIENT,
    SELECT_ATTEMPTS,
    SELECT_RECIPIENTS,
    SETTLE_RECIPIENT,
    answer_values,
    decode_attempt,
    decode_recipient,
    receipt_values,
    recipient_values,
)
from tuimail.store.columns import SUBMISSION_STATES
from tuimail.store.database import Database, Value
from tuimail.store.decoding import decoder
from tuimail.store.encoding import json_text
from tuimail.store.instants import (
    instant,
    instant_or_none,
    instant_text,
    instant_text_or_none,
)
from tuimail.store.unchanged import UNCHANGED, Unchanged, changed


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRow:
    """One message, envelope and account on its way out."""

    id: str
    draft_id: str
    approval_id: str
    account: str
    provider: str
    message: Message
    release_digest: str
    return_path: str
    needs_smtputf8: bool
    service: ServiceOptions = NOTHING_ASKED
    state: SubmissionState
    released_at: datetime
    due_at: datetime | None
    """When it may be tried; always there while it is ready or deferred."""
    undo_until: datetime | None = None
    give_up_at: datetime | None = None
    """When it stops being tried; None means never."""
    attempts: int = 0
    """Tries that count towards giving up; faults of the account do not."""
    reason: str = ""
    """Why it waits or failed, for a person."""
    changed_at: datetime
    provider_message_id: str = ""


class Submissions:
    """Reads and writes submissions; writes are within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, row: SubmissionRow, recipients: tuple[Recipient, ...]) -> None:
        """Store a submission, while its draft is still ``approved``.

        The database refuses it when the approval is spent, is for another
        draft, revision, message or digest, or was used before.
        """
        self._database.write(_INSERT, _values(row))
        self._database.write_each(
            INSERT_RECIPIENT,
            [
                recipient_values(
                    row.id, position, recipient, instant_text(row.changed_at)
                )
                for position, recipient in enumerate(recipients, start=1)
            ],
        )

    def get(self, id: str) -> SubmissionRow:
        """Return one submission; raises NotFoundError."""
        row = self._database.read_one(
            _SELECT + "WHERE id = ?", (id,), decode_submission
        )
        if row is None:
            raise _no_submission(id)
        return row

    def recipients(self, id: str) -> tuple[Recipient, ...]:
        """Return its recipients in the order of the envelope."""
        return tuple(self._database.read(SELECT_RECIPIENTS, (id,), decode_recipient))

    def attempts(self, id: str) -> tuple[Attempt, ...]:
        """Return its attempts, oldest first."""
        return tuple(self._database.read(SELECT_ATTEMPTS, (id,), decode_attempt))

    def accounts_due(self, now: datetime) -> tuple[str, ...]:
        """Return the accounts that have something due and are not held, by name."""
        found = self._database.read(
            _ACCOUNTS_DUE, {"now": instant_text(now)}, _name_of_account
        )
        return tuple(found)

    def due(
        self, account: str, now: datetime, *, limit: int
    ) -> tuple[SubmissionRow, ...]:
        """Return what an account is to try next: longest due, then first released."""
        values: dict[str, Value] = {"account": account, "limit": limit}
        values |= {"now": instant_text(now)}
        return self._rows(_DUE, values)

    def of_draft(self, draft_id: str) -> SubmissionRow | None:
        """Return the submission that a draft was last released as."""
        return self._database.read_one(
            _SELECT + _OF_DRAFT, (draft_id,), decode_submission
        )

    def by_message_id(self, message_id: str) -> str:
        """Return the draft that was released under this Message-ID, or empty."""
        found = self._database.read_one(_BY_MESSAGE_ID, (message_id,), _draft_id)
        return found or ""

    def end_attempt(
        self,
        id: str,
        number: int,
        outcome: str,
        receipt: Receipt,
        at: datetime,
        *,
        server: str = "",
        answers: tuple[Verdict, ...] = (),
    ) -> bool:
        """Record the answer, before the submission leaves ``sending``.

        Returns False, and changes nothing, when it had ended before.
        """
        values = receipt_values(receipt) | answer_values(server, answers)
        values |= {"id": id, "number": number, "outcome": outcome}
        values |= {"at": instant_text(at)}
        return self._database.write(END_ATTEMPT, values) == 1

    def set_recipient(
        self,
        id: str,
        wire_address: str,
        state: RecipientState,
        receipt: Receipt | None,
        at: datetime,
    ) -> None:
        """Record what is known about one recipient; None keeps the receipt.

        Raises NotFoundError when the submission has no such recipient.
        """
        values: dict[str, Value] = {"id": id, "wire_address": wire_address}
        values |= {"state": state.value, "at": instant_text(at)}
        if receipt is None:
            found = self._database.write(MOVE_RECIPIENT, values)
        else:
            values |= receipt_values(receipt)
            found = self._database.write(SETTLE_RECIPIENT, values)
        if not found:
            raise NotFoundError(f"Submission {id} has no such recipient.")

    def set_state(
        self,
        id: str,
        state: SubmissionState,
        *,
        at: datetime,
        due_at: datetime | Unchanged | None = UNCHANGED,
        undo_until: datetime | Unchanged | None = UNCHANGED,
        give_up_at: datetime | Unchanged | None = UNCHANGED,
        reason: str | None = None,
        attempts: int | None = None,
        provider_message_id: str | None = None,
    ) -> None:
        """Move a submission, or change what stands beside its state.

        ``reason``, ``attempts`` and ``provider_message_id`` keep what they have
        where they are None.
        """
        values: dict[str, Value] = {
            "id": id,
            "state": state.value,
            "at": instant_text(at),
            "reason": reason,
            "attempts": attempts,
            "provider_message_id": provider_message_id,
        }
        values |= changed("due_at", _moment(due_at))
        values |= changed("undo_until", _moment(undo_until))
        values |= changed("give_up_at", _moment(give_up_at))
        if not self._database.write(_MOVE, values):
            raise _no_submission(id)

    def in_state(
        self, *states: SubmissionState, released_after: datetime | None = None
    ) -> tuple[SubmissionRow, ...]:
        """Return every submission in one of the states, oldest release first."""
        after = instant_text(released_after) if released_after else ""
        return self._rows(_IN_STATES, {"states": _words(states), "after": after})

    def in_window(self) -> tuple[SubmissionRow, ...]:
        """Return what waits and could be undone when it was released."""
        return self._rows(_IN_WINDOW, {})

    def by_account(
        self, account: str, states: Iterable[SubmissionState]
    ) -> tuple[SubmissionRow, ...]:
        """Return an account's submissions in these states, oldest release first."""
        return self._rows(_OF_ACCOUNT, {"account": account, "states": _words(states)})

    def waiting_by_account(self) -> dict[str, int]:
        """Return how many mails wait for each account; none where none do."""
        return dict(self._database.read(_WAITING_BY_ACCOUNT, (), _waiting))

    def _rows(
        self, which: str, values: Mapping[str, Value]
    ) -> tuple[SubmissionRow, ...]:
        sql = _SELECT + which
        return tuple(self._database.read_in_order(sql, values, decode_submission))


def _no_submission(id: str) -> NotFoundError:
    return NotFoundError(
        f"There is no submission {id}.", hint="See which there are: tuimail outbox"
    )


def _waiting(*, account: str, mails: int) -> tuple[str, int]:
    return account, mails


def _draft_id(*, draft_id: str) -> str:
    return draft_id


def _name_of_account(*, account: str) -> str:
    return account


def _moment(at: datetime | Unchanged | None) -> str | Unchanged | None:
    return at if isinstance(at, Unchanged) else instant_text_or_none(at)


def _words(states: Iterable[SubmissionState]) -> str:
    return json.dumps([state.value for state in states])


def _values(row: SubmissionRow) -> dict[str, Value]:
    return {
        "id": row.id,
        "draft_id": row.draft_id,
        "approval_id": row.approval_id,
        "account": row.account,
        "provider": row.provider,
        "message_id": row.message.message_id,
        "message_date": instant_text(row.message.date),
        "message_digest": row.message.digest,
        "size_bytes": row.message.size_bytes,
        "release_digest": row.release_digest,
        "return_path": row.return_path,
        "needs_smtputf8": row.needs_smtputf8,
        "service": _service_text(row.service),
        "released_at": instant_text(row.released_at),
        "state": row.state.value,
        "due_at": instant_text_or_none(row.due_at),
        "undo_until": instant_text_or_none(row.undo_until),
        "give_up_at": instant_text_or_none(row.give_up_at),
        "attempts": row.attempts,
        "reason": row.reason,
        "provider_message_id": row.provider_message_id,
        "changed_at": instant_text(row.changed_at),
    }


def _service_text(service: ServiceOptions) -> str:
    if service.is_empty:
        return _NO_SERVICE
    return json_text(service)


def _service(text: str) -> ServiceOptions:
    return NOTHING_ASKED if text == _NO_SERVICE else _SERVICE.decode(text)


def decode_submission(  # noqa: PLR0917 - columns
    id: str,
    draft_id: str,
    approval_id: str,
    account: str,
    provider: str,
    message_id: str,
    message_date: str,
    message_digest: str,
    size_bytes: int,
    release_digest: str,
    return_path: str,
    needs_smtputf8: int,
    service: str,
    released_at: str,
    state: str,
    due_at: str | None,
    undo_until: str | None,
    give_up_at: str | None,
    attempts: int,
    reason: str,
    provider_message_id: str,
    changed_at: str,
) -> SubmissionRow:
    """Return the submission that one row holds; given as ``SUBMISSION_COLUMNS``."""
    return SubmissionRow(
        id=id,
        draft_id=draft_id,
        approval_id=approval_id,
        account=account,
        provider=provider,
        message=Message(
            message_id=message_id,
            date=instant(message_date),
            digest=message_digest,
            size_bytes=size_bytes,
        ),
        release_digest=release_digest,
        return_path=return_path,
        needs_smtputf8=bool(needs_smtputf8),
        service=_service(service),
        state=SUBMISSION_STATES[state],
        released_at=instant(released_at),
        due_at=instant_or_none(due_at),
        undo_until=instant_or_none(undo_until),
        give_up_at=instant_or_none(give_up_at),
        attempts=attempts,
        reason=reason,
        changed_at=instant(changed_at),
        provider_message_id=provider_message_id,
    )


_NO_SERVICE: Final = "{}"
_SERVICE: Final = decoder(ServiceOptions)
_INSERT: Final = """
INSERT INTO submissions (
  id, draft_id, approval_id, account, provider, message_id, message_date,
  message_digest, size_bytes, release_digest, return_path, needs_smtputf8,
  service, released_at, state, due_at, undo_until, give_up_at, attempts, reason,
  provider_message_id,
  changed_at)
VALUES (
  :id, :draft_id, :approval_id, :account, :provider, :message_id, :message_date,
  :message_digest, :size_bytes, :release_digest, :return_path, :needs_smtputf8,
  :service, :released_at, :state, :due_at, :undo_until, :give_up_at, :attempts, :reason,
  :provider_message_id, :changed_at)
"""
SUBMISSION_COLUMNS: Final = (
    "id", "draft_id", "approval_id", "account", "provider", "message_id",
    "message_date", "message_digest", "size_bytes", "release_digest", "return_path",
    "needs_smtputf8", "service", "released_at", "state", "due_at", "undo_until",
    "give_up_at", "attempts", "reason", "provider_message_id", "changed_at",
)  # fmt: skip
_SELECT: Final = f"""
SELECT {", ".join(SUBMISSION_COLUMNS)} FROM submissions
"""  # noqa: S608 - of constants
# From one account to the next in the index, however much each of them has.
_ACCOUNTS_DUE: Final = """
WITH RECURSIVE due (account) AS (
  SELECT min(account) FROM submissions INDEXED BY submissions_due
  WHERE state IN ('ready', 'deferred')
  UNION ALL
  SELECT (
    SELECT min(account) FROM submissions INDEXED BY submissions_due
    WHERE state IN ('ready', 'deferred') AND account > due.account)
  FROM due WHERE due.account IS NOT NULL)
SELECT account FROM due
WHERE account IS NOT NULL
  AND account NOT IN (SELECT name FROM account_states WHERE is_held)
  AND EXISTS (
    SELECT 1 FROM submissions INDEXED BY submissions_due
    WHERE state IN ('ready', 'deferred') AND account = due.account AND due_at <= :now)
"""
_DUE: Final = """
INDEXED BY submissions_due
WHERE state IN ('ready', 'deferred') AND account = :account AND due_at <= :now
ORDER BY due_at, rowid LIMIT :limit
"""
_BY_MESSAGE_ID: Final = """
SELECT draft_id FROM submissions
WHERE message_id = ? ORDER BY released_at DESC LIMIT 1
"""
_OF_DRAFT: Final = """
WHERE id = (SELECT submission_id FROM drafts WHERE id = ?)
"""
_IN_STATES: Final = """
WHERE state IN (SELECT value FROM json_each(:states)) AND released_at > :after
ORDER BY released_at, id
"""
_IN_WINDOW: Final = """
WHERE state = 'ready' AND undo_until IS NOT NULL ORDER BY released_at, id
"""
_OF_ACCOUNT: Final = """
WHERE account = :account AND state IN (SELECT value FROM json_each(:states))
ORDER BY released_at, id
"""
_WAITING_BY_ACCOUNT: Final = """
SELECT account, count(*) AS mails FROM submissions
WHERE state IN ('ready', 'held', 'deferred') GROUP BY account
"""
_MOVE: Final = """
UPDATE submissions
SET state = :state, changed_at = :at,
    due_at = iif(:sets_due_at, :due_at, due_at),
    undo_until = iif(:sets_undo_until, :undo_until, undo_until),
    give_up_at = iif(:sets_give_up_at, :give_up_at, give_up_at),
    reason = coalesce(:reason, reason),
    attempts = coalesce(:attempts, attempts),
    provider_message_id = coalesce(:provider_message_id, provider_message_id)
WHERE id = :id
"""
