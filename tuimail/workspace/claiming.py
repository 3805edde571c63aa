"""What the sender is to try next: claimed, so that nobody else tries it.

What may not go out is settled on the way: given up when it is out of time, held
when its account is gone or is not the one that was approved.
"""

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.message import Envelope, release_digest
from tuimail.core.retry import GIVE_UP_AFTER
from tuimail.core.submission import OPEN_RECIPIENTS, Recipient
from tuimail.errors import StoreError
from tuimail.settings.config import AccountSettings
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import steps
from tuimail.workspace.stores import Stores
from tuimail.workspace.ways_out import is_pipelined

SMALL_BYTES: Final = 128 * 1024
"""Messages up to this size are read whole when they are claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One submission that this sender, and no other, now tries to submit."""

    submission: SubmissionRow
    attempt: int
    account: AccountSettings
    envelope: Envelope
    """Only those whom this attempt is for."""
    everybody: Envelope
    """As it was approved."""
    read: Callable[[], Iterator[bytes]]
    """Reads the bytes on disk, block by block; in any thread."""
    content: bytes | None = None
    """All of them, where they are few."""

    def release_digest(self, message_digest: str) -> str:
        """Return the digest of bytes that would leave now, as an approval has it."""
        return release_digest(
            message_digest=message_digest,
            envelope=self.everybody,
            account_fingerprint=self.account.fingerprint,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What the sender is at, by the names of accounts."""

    busy: Mapping[str, int] = field(default_factory=dict)
    """How many attempts are under way."""
    proven: Container[str] = ()
    """Those that an attempt got through by; the others are tried with one mail,
    so that a wrong password is not offered by four connections at once."""


def claim_due(stores: Stores, *, only: str | None, load: Load) -> "Claimed":
    """Claim what is due, as much as the accounts can take; in a transaction.

    Args:
        stores: The open workspace.
        only: A draft id; nothing else is claimed.
        load: What is under way.
    """
    claimed = Claimed()
    if only is not None:
        for row in _due_one(stores, only):
            _take(stores, row, claimed)
        return claimed
    for account in stores.submissions.accounts_due(stores.clock.now()):
        _fill(stores, account, load, claimed)
    return claimed


@dataclass(slots=True)
class Claimed:
    """What came of one round."""

    claims: list[Claim]
    touched: list[str]
    """Ids of the drafts that stand elsewhere now."""

    def __init__(self) -> None:
        self.claims, self.touched = [], []


def _fill(stores: Stores, name: str, load: Load, claimed: Claimed) -> None:
    """Claim for one account until it has enough to do, or nothing is due."""
    room = _room(stores, name, load)
    while room > 0:
        rows = stores.submissions.due(name, stores.clock.now(), limit=room)
        for row in rows:
            room -= _take(stores, row, claimed)
        if not rows:
            return


def _room(stores: Stores, name: str, load: Load) -> int:
    """Return how many more attempts an account can make use of now."""
    account, busy = stores.settings.account(name), load.busy.get(name, 0)
    if account is None or name not in load.proven:
        return 1 - busy
    return account.connections * (2 if is_pipelined(account) else 1) - busy


def _due_one(stores: Stores, draft_id: str) -> Iterator[SubmissionRow]:
    row = stores.submissions.of_draft(draft_id)
    waiting = {SubmissionState.READY, SubmissionState.DEFERRED}
    if row is None or row.state not in waiting or row.due_at is None:
        return
    if row.due_at <= stores.clock.now() and row.account not in stores.accounts.held():
        yield row


def _take(stores: Stores, row: SubmissionRow, claimed: Claimed) -> bool:
    """Claim one, or settle what may not go out; was it claimed?"""
    claimed.touched.append(row.draft_id)
    account = _fit_account(stores, row)
    if isinstance(account, str):
        steps.hold(stores, row, account)
        return False
    now = stores.clock.now()
    if row.give_up_at is not None and now >= row.give_up_at:
        steps.give_up(stores, row, _out_of_time(row))
        return False
    claimed.claims.append(_claim(stores, row, account, now))
    return True


def _claim(
    stores: Stores, row: SubmissionRow, account: AccountSettings, now: datetime
) -> Claim:
    everybody = stores.submissions.recipients(row.id)
    left = [one for one in everybody if one.state in OPEN_RECIPIENTS]
    return Claim(
        submission=row,
        attempt=stores.submissions.claim(row.id, at=now),
        account=account,
        envelope=_envelope(row, left[: account.recipients_per_message]),
        everybody=_envelope(row, everybody),
        read=lambda: stores.outbound.read_message(row.draft_id),
        content=_content(stores, row),
    )


def _content(stores: Stores, row: SubmissionRow) -> bytes | None:
    if row.message.size_bytes > SMALL_BYTES:
        return None
    try:
        return b"".join(stores.outbound.read_message(row.draft_id))
    except (FileNotFoundError, StoreError):
        return b""


def _out_of_time(row: SubmissionRow) -> str:
    waited = row.give_up_at and row.give_up_at - row.released_at
    if waited and waited < GIVE_UP_AFTER:
        return "Expired: it could not be sent before it was to be given up."
    return "Given up: it could not be sent in 5 days."


def _fit_account(stores: Stores, row: SubmissionRow) -> AccountSettings | str:
    """Return the account that was approved, or why there is none."""
    account = stores.settings.account(row.account)
    if account is None:
        return f"The account {row.account} is not configured any more."
    digest = release_digest(
        message_digest=row.message.digest,
        envelope=_envelope(row, stores.submissions.recipients(row.id)),
        account_fingerprint=account.fingerprint,
    )
    if digest != row.release_digest:
        return (
            f"The account {row.account} or the recipients are not those "
            "that were approved."
        )
    return account


def _envelope(row: SubmissionRow, recipients: Iterable[Recipient]) -> Envelope:
    return Envelope(
        return_path=row.return_path,
        recipients=tuple(one.envelope for one in recipients),
        needs_smtputf8=row.needs_smtputf8,
        service=row.service,
    )
