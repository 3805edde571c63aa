"""What the sender is to try next: claimed, so that nobody else tries it.

What may not go out is settled on the way: given up when it is out of time, held
when its account is gone or is not the one that was approved, when somebody it is
for gets no such mail any more, or when the policy became stricter.
"""

from collections.abc import (
    Callable,
    Container,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from datetime import datetime
from enum import Enum, auto
from functools import partial
from typing import Final, NamedTuple

from tuimail.core.lifecycle import SubmissionState
from tuimail.core.message import Envelope, release_digest
from tuimail.core.retry import GIVE_UP_AFTER
from tuimail.core.schedule import Plan
from tuimail.core.submission import Recipient, RecipientState
from tuimail.core.values import dataclass, field
from tuimail.errors import StoreError
from tuimail.settings.account import AccountSettings
from tuimail.store.submissions import SubmissionRow
from tuimail.workspace import pacing, steps
from tuimail.workspace.holding import expire_holds
from tuimail.workspace.lateness import miss, missed
from tuimail.workspace.objecting import objections
from tuimail.workspace.repeating import (
    FORGOTTEN,
    OUT_OF_TIME,
    lose,
    may_arrive_twice,
    was_lost,
)
from tuimail.workspace.stores import Stores
from tuimail.workspace.suppressions import unwanted
from tuimail.workspace.ways_out import fingerprint, is_pipelined, rules_of
from tuimail.workspace.witnessing import unbacked

_WAITING: Final = frozenset({SubmissionState.READY, SubmissionState.DEFERRED})
_NEVER_TRIED: Final = (
    "It waited for days without being tried: look whether it is still to leave."
)
_ENOUGH: Final = "Enough was sent there for now"
AHEAD: Final = 4
"""So much mail for each connection is claimed at once, where the provider has it
wait its turn; more is claimed when half of it is done."""
MOST_PUT_OFF: Final = 200
"""In one round, whose transaction nobody else can write beside."""
SMALL_BYTES: Final = 128 * 1024
"""Messages up to this size are read whole when they are claimed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One submission that this sender, and no other, now tries to submit."""

    submission: SubmissionRow
    attempt: int
    begun_at: datetime
    account: AccountSettings
    envelope: Envelope
    """Only those whom this attempt is for."""
    recipients: tuple[Recipient, ...]
    """All of the submission, as they were when it was claimed."""
    read: Callable[[], Iterator[bytes]]
    """Reads the bytes on disk, block by block; in any thread."""
    content: bytes | None = None
    """All of them, where they are few."""
    rules: str = ""
    """By which the provider makes something else of them, as they were compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What the sender is at, by the names of accounts."""

    busy: Mapping[str, int] = field(default_factory=dict)
    """How many attempts are under way."""
    proven: Container[str] = ()
    """Those whose server listens; the others are tried with one mail, so that a
    server that is gone, asked for a rest or wants another password is not met by
    four at once."""


@dataclass(slots=True, kw_only=True)
class Claimed:
    """What came of one round."""

    claims: list[Claim] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    """Ids of the drafts that stand elsewhere now."""


class _Chosen(NamedTuple):
    """One submission that is to be claimed, with others."""

    row: SubmissionRow
    envelope: Envelope
    recipients: tuple[Recipient, ...]
    content: bytes | None


class Round:
    """One look at what is due; in a transaction."""

    def __init__(self, stores: Stores, load: Load, now: datetime) -> None:
        self._stores = stores
        self._load = load
        self._now = now
        self._put_off = 0
        self._claimed = Claimed()
        self._chosen: list[_Chosen] = []
        self.looked_at = ""
        """The submission that is looked at, in case a mistake of ours ends it."""
        self._rules: dict[str, str] = {}
        self._fingerprints: dict[str, str] = {}
        self._resting: Mapping[str, datetime] = {}
        self._unwanted: Mapping[str, str] = {}
        self._missed: Mapping[str, Plan] = {}

    def claim(self, only: str | None) -> Claimed:
        """Claim what is due, as much as the accounts can take.

        Args:
            only: A draft id; nothing else is claimed.
        """
        expire_holds(self._stores, self._now)
        self._resting = pacing.resting(self._stores, self._now)
        if only is not None:
            self._claim_one(only)
            return self._claimed
        for name in self._stores.submissions.accounts_due(self._now):
            if name not in self._resting:
                self._fill(name)
        return self._claimed

    def _claim_one(self, draft_id: str) -> None:
        row = self._stores.submissions.of_draft(draft_id)
        if row is None or row.state not in _WAITING or row.due_at is None:
            return
        is_open = row.account not in self._stores.accounts.held()
        if row.due_at <= self._now and is_open and row.account not in self._resting:
            account = self._stores.settings.account(row.account)
            self._take_all([row], account)
            self._open(account)

    def _fill(self, name: str) -> None:
        """Claim for one account until it has enough to do, or nothing is due."""
        account = self._stores.settings.account(name)
        room = self._room(name, account)
        is_more = True
        while is_more and room > 0:
            rows = self._stores.submissions.due(name, self._now, limit=room)
            is_more = bool(rows) and self._take_all(rows, account)
            room -= self._open(account)

    def _take_all(
        self, rows: Sequence[SubmissionRow], account: AccountSettings | None
    ) -> bool:
        """Choose among what is due; return whether there may be more."""
        everybody = self._stores.batches.recipients(row.id for row in rows)
        self._unwanted = {
            **unwanted(self._stores, rows, everybody),
            **objections(self._stores, rows),
            **unbacked(self._stores, rows),
        }
        self._missed = missed(self._stores, rows, self._now)
        return all(
            self._take(row, account, everybody[row.id]) is not Taken.NOTHING_MORE
            for row in rows
        )

    def _open(self, account: AccountSettings | None) -> int:
        """Claim what was chosen, at once; return how many."""
        chosen, self._chosen = self._chosen, []
        if account is None or not chosen:
            return 0
        ids = [one.row.id for one in chosen]
        numbers = self._stores.batches.claim(ids, at=self._now)
        self._claimed.touched += [one.row.draft_id for one in chosen]
        self._claimed.claims += [
            self._claim(one, numbers[one.row.id], account) for one in chosen
        ]
        return len(chosen)

    def _room(self, name: str, account: AccountSettings | None) -> int:
        """Return how many more attempts an account can make use of now."""
        busy = self._load.busy.get(name, 0)
        if account is None or name not in self._load.proven:
            return 1 - busy
        if not is_pipelined(account):
            return account.connections - busy
        most = account.connections * AHEAD
        return most - busy if busy <= most // 2 else 0

    def _take(
        self,
        row: SubmissionRow,
        account: AccountSettings | None,
        everybody: tuple[Recipient, ...],
    ) -> "Taken":
        """Choose one, or settle what may not go out."""
        self.looked_at = row.id
        envelope = envelope_of(row, everybody)
        unfit = self._unfit(row, account, envelope) or self._unwanted.get(row.id, "")
        if account is None or unfit:
            return self._settled(row, lambda: steps.hold(self._stores, row, unfit))
        plan = self._missed.get(row.id)
        if plan is not None:
            return self._settled(row, lambda: miss(self._stores, row, plan))
        if row.give_up_at is not None and self._now >= row.give_up_at:
            return self._settled(row, lambda: self._give_up(row))
        if may_arrive_twice(self._stores, row, account):
            return self._settled(row, lambda: lose(self._stores, row, FORGOTTEN))
        return self._paced(row, account, envelope, everybody)

    def _give_up(self, row: SubmissionRow) -> None:
        """Stop trying; what may have arrived, or was never tried, waits instead."""
        stores, attempts = self._stores, self._stores.submissions.attempts(row.id)
        if was_lost(stores, row):
            lose(stores, row, OUT_OF_TIME)
        elif not attempts and _waited_for_days(row):
            steps.hold(stores, row, _NEVER_TRIED)
        else:
            steps.give_up(stores, row, _out_of_time(row))

    def _unfit(
        self,
        row: SubmissionRow,
        account: AccountSettings | None,
        envelope: Envelope,
    ) -> str:
        """Return why it cannot leave through its account as that is now."""
        if account is None:
            return f"The account {row.account} is not configured any more."
        digest = release_digest(
            message_digest=row.message.digest,
            envelope=envelope,
            account_fingerprint=self._fingerprint(account),
        )
        if digest == row.release_digest:
            return ""
        return (
            f"The account {row.account} or the recipients are not those "
            "that were approved."
        )

    def _fingerprint(self, account: AccountSettings) -> str:
        """Return the account's fingerprint, made once a round."""
        if account.name not in self._fingerprints:
            rules = self._rules_of(account)
            self._fingerprints[account.name] = fingerprint(account, rules=rules)
        return self._fingerprints[account.name]

    def _rules_of(self, account: AccountSettings) -> str:
        """Return what goes into the fingerprint, read once a round as well."""
        if account.name not in self._rules:
            self._rules[account.name] = rules_of(account)
        return self._rules[account.name]

    def _settled(self, row: SubmissionRow, settle: Callable[[], None]) -> "Taken":
        settle()
        self._claimed.touched.append(row.draft_id)
        return Taken.NOT_CHOSEN

    def _paced(
        self,
        row: SubmissionRow,
        account: AccountSettings,
        envelope: Envelope,
        everybody: tuple[Recipient, ...],
    ) -> "Taken":
        """Choose it, unless the account has sent enough for now."""
        left = in_turn(row, everybody, account.recipients_per_message)
        now_for = envelope if tuple(left) == everybody else envelope_of(row, left)
        addresses = [one.wire_address for one in now_for.recipients]
        if pacing.next_allowed(self._stores, account, self._now, copies=len(addresses)):
            return Taken.NOTHING_MORE
        later = pacing.take(self._stores, account, addresses, self._now)
        if later is not None:
            return self._wait(row, later)
        content = _content(self._stores, row)
        self._chosen.append(_Chosen(row, now_for, everybody, content))
        return Taken.CHOSEN

    def _wait(self, row: SubmissionRow, until: datetime) -> "Taken":
        """Let it wait for its destination; so many a round, for others to write."""
        self._settled(row, lambda: _put_off(self._stores, row, until))
        self._put_off += 1
        is_enough = self._put_off >= MOST_PUT_OFF
        return Taken.NOTHING_MORE if is_enough else Taken.NOT_CHOSEN

    def _claim(self, chosen: _Chosen, number: int, account: AccountSettings) -> Claim:
        draft_id = chosen.row.draft_id
        return Claim(
            submission=chosen.row,
            attempt=number,
            begun_at=self._now,
            account=account,
            envelope=chosen.envelope,
            recipients=chosen.recipients,
            read=partial(self._stores.outbound.read_message, draft_id),
            content=chosen.content,
            rules=self._rules_of(account),
        )


class Taken(Enum):
    """What became of one mail that was due."""

    CHOSEN = auto()
    """It is to be tried now."""
    NOT_CHOSEN = auto()
    """It waits for something else than before, or is settled."""
    NOTHING_MORE = auto()
    """It waits, and everything behind it does."""


def _put_off(stores: Stores, row: SubmissionRow, until: datetime) -> None:
    """Let it wait for its destination, which is no try."""
    stores.submissions.set_state(
        row.id, row.state, at=stores.clock.now(), due_at=until, reason=_ENOUGH
    )


def _content(stores: Stores, row: SubmissionRow) -> bytes | None:
    if row.message.size_bytes > SMALL_BYTES:
        return None
    try:
        size = row.message.size_bytes
        return stores.outbound.read_small(row.draft_id, size_bytes=size)
    except (FileNotFoundError, StoreError):
        return b""


def in_turn(
    row: SubmissionRow, everybody: tuple[Recipient, ...], most: int | None
) -> list[Recipient]:
    """Return whom this attempt is for: those first who were never offered.

    Where only so many may be named at once, those who were told to come back
    take turns, or one of them could keep all others from being tried.
    """
    new = [one for one in everybody if one.state is RecipientState.PENDING]
    again = [one for one in everybody if one.state is RecipientState.DEFERRED]
    if most is not None and again:
        first = row.attempts * most % len(again)
        again = again[first:] + again[:first]
    return [*new, *again][:most]


def _waited_for_days(row: SubmissionRow) -> bool:
    """Whether it is not its author who wanted it to end so soon."""
    if row.give_up_at is None or row.due_at is None:
        return True
    return row.give_up_at - row.due_at == GIVE_UP_AFTER


def _out_of_time(row: SubmissionRow) -> str:
    return f"Given up: it could not be sent by {row.give_up_at:%Y-%m-%d %H:%M} UTC."


def envelope_of(row: SubmissionRow, recipients: Iterable[Recipient]) -> Envelope:
    """Return the envelope of a submission for some of its recipients."""
    return Envelope(
        return_path=row.return_path,
        recipients=tuple(one.envelope for one in recipients),
        needs_smtputf8=row.needs_smtputf8,
        service=row.service,
    )
