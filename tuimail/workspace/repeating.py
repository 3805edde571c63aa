"""When mail whose fate is not known may be sent again without being asked.

Where the provider knows it by its key, for as long as it remembers keys; or where
the account says so. Looked at when the answer did not come, and once more before
it is sent again: a sender may have been away for days in between.
"""

from typing import Final

from tuimail.core.lifecycle import SubmissionEvent
from tuimail.core.submission import OPEN_RECIPIENTS, Receipt, RecipientState
from tuimail.settings.config import AccountSettings
from tuimail.store.notices import UNKNOWN
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import steps
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import capabilities

SENT_AGAIN: Final = (
    "The whole message went out and no answer came. It is sent again all the same: "
    "the account says so, or the provider recognises it."
)
_FORGOTTEN: Final = Receipt(
    stage="provider",
    text="It may have arrived, and the provider would not recognise it any more.",
)


def may_be_repeated(stores: Stores, row: SubmissionRow) -> bool:
    """Return whether sending it again could not make two of it, or may."""
    account = stores.settings.account(row.account)
    if account is not None and account.on_unknown == "resend":
        return True
    return capabilities(row.provider).is_idempotent and _is_known(stores, row)


def may_arrive_twice(
    stores: Stores, row: SubmissionRow, account: AccountSettings
) -> bool:
    """Return whether a try that nobody knows of was too long ago to be repeated."""
    if account.on_unknown == "resend" or not capabilities(row.provider).is_idempotent:
        return False
    last = stores.submissions.attempts(row.id)[-1:]
    was_lost = any(one.outcome == SubmissionEvent.LOSE for one in last)
    return was_lost and row.attempts > 0 and not _is_known(stores, row)


def lose(stores: Stores, row: SubmissionRow) -> None:
    """Leave it to a person: nobody knows whether it arrived."""
    steps.mark(stores, row, OPEN_RECIPIENTS, RecipientState.UNKNOWN, receipt=_FORGOTTEN)
    steps.step(stores, row, SubmissionEvent.LOSE, reason=_FORGOTTEN.text)
    tell_unknown(stores, row, _FORGOTTEN.text)


def tell_unknown(stores: Stores, row: SubmissionRow, reason: str) -> None:
    """Have a person told, once, that nobody knows whether it arrived."""
    now = stores.clock.now()
    stores.notices.add(kind=UNKNOWN, subject=row.draft_id, sentence=reason, at=now)


def _is_known(stores: Stores, row: SubmissionRow) -> bool:
    """Return whether the provider still remembers the key of the first try."""
    first = stores.submissions.attempts(row.id)[0].started_at
    return stores.clock.now() - first < capabilities(row.provider).key_life
