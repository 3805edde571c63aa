"""When mail whose fate is not known may be sent again without being asked.

Where the provider knows it by its key, for as long as it remembers keys; or where
the account says so. Looked at when the answer did not come, and once more before
it is sent again: a sender may have been away for days in between.
"""

from typing import Final

from tuimail.core.lifecycle import SubmissionEvent
from tuimail.core.retry import next_attempt_at
from tuimail.core.submission import Receipt, RecipientState
from tuimail.settings.account import AccountSettings
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import steps
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import capabilities

SENT_AGAIN: Final = (
    "The whole message went out and no answer came. It is sent again all the same: "
    "the account says so, or the provider recognises it."
)
FORGOTTEN: Final = Receipt(
    stage="provider",
    text="It may have arrived, and the provider would not recognise it any more.",
)
OUT_OF_TIME: Final = Receipt(
    stage="tuimail",
    text="It may have arrived at an earlier try; it is not sent again, its time is "
    "over.",
)


def may_be_repeated(stores: Stores, row: SubmissionRow) -> bool:
    """Return whether sending it again could not make two of it, or may."""
    account = stores.settings.account(row.account)
    if account is not None and account.on_unknown == "resend":
        return True
    return capabilities(row.provider).is_idempotent and _is_known(stores, row)


def repeat(
    stores: Stores, row: SubmissionRow, *, attempts: int, jitter: float = 1.0
) -> None:
    """Have it sent again in its turn: each time may be one more copy.

    Args:
        stores: The open workspace, in a transaction.
        row: As it stands in the database.
        attempts: How many count now.
        jitter: Factor on the wait, 0.8 to 1.2.
    """
    now = stores.clock.now()
    steps.step(
        stores,
        row,
        SubmissionEvent.DEFER,
        reason=SENT_AGAIN,
        due_at=next_attempt_at(attempts=attempts, now=now, jitter=jitter),
        attempts=attempts,
    )


def may_arrive_twice(
    stores: Stores, row: SubmissionRow, account: AccountSettings
) -> bool:
    """Return whether a try that nobody knows of was too long ago to be repeated."""
    if account.on_unknown == "resend" or not was_lost(stores, row):
        return False
    return capabilities(row.provider).is_idempotent and not _is_known(stores, row)


def was_lost(stores: Stores, row: SubmissionRow) -> bool:
    """Return whether nobody knows what became of a try that is being repeated.

    Only the tries since a person last had it sent count.
    """
    if not row.attempts:
        return False
    since = stores.submissions.attempts(row.id)[-row.attempts :]
    return any(one.outcome == SubmissionEvent.LOSE for one in since)


def lose(stores: Stores, row: SubmissionRow, why: Receipt) -> None:
    """Leave it to a person: nobody knows whether it arrived.

    Those who were never offered did certainly not get it.
    """
    offered = {RecipientState.DEFERRED}
    steps.mark(stores, row, offered, RecipientState.UNKNOWN, receipt=why)
    steps.step(stores, row, SubmissionEvent.LOSE, reason=why.text)
    steps.tell_unknown(stores, row, why.text)


def _is_known(stores: Stores, row: SubmissionRow) -> bool:
    """Return whether the provider still remembers the key of the first try."""
    first = stores.submissions.attempts(row.id)[0].started_at
    return stores.clock.now() - first < capabilities(row.provider).key_life
