"""The desk for bulk jobs: many mails handed over together, each exactly once.

Every row of a job is asked for under a key of its own, which is made of the job's
name and the row's. So a job that was killed is begun again as it was, and only
what is left of it leaves; a row that says something else by now is a conflict,
unless what it said before reached nobody.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import quote

from tuimail.core.draft import Draft, require_recipient
from tuimail.core.finding import Finding
from tuimail.core.schedule import Late
from tuimail.core.values import dataclass, field
from tuimail.errors import (
    FieldError,
    KeyConflictError,
    StoreError,
    TuimailError,
)
from tuimail.workspace import keys
from tuimail.workspace.checking import findings
from tuimail.workspace.drafts import DraftDesk
from tuimail.workspace.fields import Fields
from tuimail.workspace.outbox import OutboxDesk
from tuimail.workspace.stores import Stores

LONGEST_JOB: Final = 200
"""Characters of a job's name, once it is written as addresses of the web are."""
SOON: Final = timedelta(seconds=2)
"""What is due so soon is as good as on its way."""
LONGEST_ROW: Final = 1_000
"""Characters of the name of one row."""
REACHED_NOBODY: Final = "error"
"""Status of mail that nobody got, nor will without being tried again."""
_NAME_THEM: Final = "Name a column to or email, or say to: {{ column }}."


class Standing(NamedTuple):
    """How one mail stands."""

    status: str
    """The one word of the docs."""
    is_coming: bool
    """Whether a sender has it, or may take it any moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """What came of handing over one row."""

    id: str = ""
    """Of the mail; empty where there is none."""
    standing: Standing | None = None
    """How it stands; None where there is none, or it was only looked at."""
    is_earlier: bool = False
    """Whether it had been handed over before."""
    error: TuimailError | None = None
    """Why there is no mail."""
    findings: tuple[Finding, ...] = ()
    """What was noticed, worst first; where it was only looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """When the mails of a job may leave, and until when they are of use."""

    at: datetime | None = None
    """Not before, aware, and their Date; None means now."""
    late: Late = Late.ASK
    """What becomes of one that misses that time."""
    lifetime: timedelta | None = None
    """How long from now they are of use; None for as long as each says itself."""


NOW: Final = Leaving()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it goes: what it is called, and what it met with on its way."""

    prefix: str = ""
    """How the keys of its rows begin; empty where it has no name."""
    leaving: Leaving = NOW
    changed: set[str] = field(default_factory=set)
    """Whom rows are for of which one says something else than when it was sent;
    which of them was sent, their numbers do not tell any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One row, made into a mail."""

    fields: Fields
    """With its key within the job, or without one."""
    people: str = ""
    """Whom it is for, where that and its number tell it apart from other rows."""


def _standing(status: str, due_at: datetime | None, now: datetime) -> Standing:
    is_due = due_at is not None and due_at <= now + SOON
    is_coming = status == "sending" or (is_due and status in {"ready", "deferred"})
    return Standing(status, is_coming)


def job_prefix(job: str, by: str = "") -> str:
    """Return how the keys of all rows of ``job`` begin.

    Args:
        job: What it is called.
        by: What tells its rows apart; empty for whom they are for.

    Raises:
        FieldError: No job can be called so.
    """
    written = quote(job, safe="", errors="replace")
    if not job.strip() or len(written) > LONGEST_JOB:
        raise FieldError(
            f"The job's name {job[:60]!r} is empty or has over {LONGEST_JOB} "
            "characters.",
            hint="Call it by what is sent and when: newsletter-2027-03.",
            field="job",
        )
    return f"bulk/{written}/" + (f"{_digest(by)[:8]}/" if by else "")


def row_key(prefix: str, row: str) -> str:
    """Return the key of one row; empty for a job without a name."""
    return prefix and prefix + _digest(row)[:32]


def _digest(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()


def _whole(prefix: str) -> str:
    """Return how the keys of a job begin, whatever tells its rows apart."""
    return prefix and "/".join([*prefix.split("/")[:2], ""])


class BulkDesk:
    """Takes mails in groups, and tells how they stand."""

    def __init__(
        self, stores: Stores, *, drafts: DraftDesk, outbox: OutboxDesk
    ) -> None:
        self._stores = stores
        self._drafts = drafts
        self._outbox = outbox

    def hand_over(self, orders: Sequence[Order], job: Job) -> list[Handed]:
        """Store and release mails, all of them with one flush of the disk.

        One that cannot be is in the answer, and stops no other.

        Raises:
            FieldError: The job was begun with rows told apart by something else.
            StoreError: The disk failed; what was handed over is known by asking
                again.
        """
        with self._stores.together():
            accounts = self._accounts(job)
            return [self._handed(one, job, accounts) for one in orders]

    def looked_at(self, orders: Sequence[Order], job: Job) -> list[Handed]:
        """Return how each stands or would begin, with what the checks say of it.

        Nothing is sent or stored, but for what is in attached files.

        Raises:
            FieldError: The job was begun with rows told apart by something else.
        """
        accounts = self._accounts(job)
        return [self._looked_at(one, job, accounts) for one in orders]

    def standings(self, ids: Sequence[str]) -> Mapping[str, Standing]:
        """Return how each mail stands."""
        now = self._stores.clock.now()
        return {
            one.id: _standing(
                one.status, one.submission.due_at if one.submission else None, now
            )
            for one in self._stores.rows.listed(ids)
        }

    def _handed(self, order: Order, job: Job, accounts: Sequence[str]) -> Handed:
        try:
            draft = self._composed(order.fields)
            known = self._known(draft, order, job, accounts)
            row = self._outbox.send_new(
                draft,
                key=known.key,
                at=job.leaving.at,
                late=job.leaving.late,
                lifetime=job.leaving.lifetime,
            )
        except StoreError:
            raise
        except TuimailError as error:
            return Handed(error=error)
        standing = _standing(row.status, row.due_at, self._stores.clock.now())
        return Handed(id=row.id, standing=standing, is_earlier=bool(known.id))

    def _looked_at(self, order: Order, job: Job, accounts: Sequence[str]) -> Handed:
        try:
            draft = self._composed(order.fields)
            known = self._known(draft, order, job, accounts)
        except TuimailError as error:
            return Handed(error=error)
        noticed = findings(self._stores, draft, None)
        return Handed(id=known.id, is_earlier=bool(known.id), findings=noticed)

    def _composed(self, fields: Fields) -> Draft:
        draft = self._drafts.compose(fields)
        return require_recipient(draft, hint=_NAME_THEM)

    def _known(
        self, draft: Draft, order: Order, job: Job, accounts: Sequence[str]
    ) -> "_Known":
        """Return what was handed over before for the same row.

        Raises:
            KeyConflictError: That says something else, or left another way.
            FieldError: Nobody can tell whether it was sent before.
        """
        try:
            found = self._latest(draft, order.fields.idempotency_key, job, accounts)
        except KeyConflictError:
            job.changed.add(order.people)
            raise
        if order.people and order.people in job.changed and not found.id:
            raise FieldError(
                "An earlier row for the same people says something else than when "
                "it was sent, so that nobody can tell whether this one was, too.",
                hint="Give what is new a new job; and name what tells its rows "
                "apart: --key COLUMN",
                field="key",
            )
        return found

    def _latest(
        self, draft: Draft, key: str, job: Job, accounts: Sequence[str]
    ) -> "_Known":
        """Return the key that this row has by now, and the mail that it stands for.

        What reached nobody keeps its key, and what the row says instead has the next.
        """
        number, name = 1, key
        while True:
            try:
                self._require_same_account(draft, name, accounts)
                return _Known(
                    name, keys.known(self._stores, self._asked(draft, name, job))
                )
            except KeyConflictError as error:
                if not self._reached_nobody(error.draft_id):
                    raise
            number += 1
            name = f"{key}.{number}"

    def _asked(self, draft: Draft, key: str, job: Job) -> keys.Asked | None:
        at, lifetime = job.leaving.at, job.leaving.lifetime
        return keys.asked(self._stores, draft, key, at=at, lifetime=lifetime)

    def _reached_nobody(self, draft_id: str) -> bool:
        found = self._stores.rows.listed([draft_id])
        return [one.status for one in found] == [REACHED_NOBODY]

    def _require_same_account(
        self, draft: Draft, key: str, accounts: Sequence[str]
    ) -> None:
        """Refuse a row that left through another account.

        Raises:
            KeyConflictError: It did.
        """
        if not key:
            return
        for account in accounts:
            row = self._stores.keys.get(self._stores.acting.actor, account, key)
            if row is not None and account != draft.account:
                raise KeyConflictError(key, row.draft_id)

    def _accounts(self, job: Job) -> Sequence[str]:
        """Return the accounts through which some of the job left already.

        Raises:
            FieldError: Its rows were told apart by something else: all of them would
                be sent again.
        """
        if not job.prefix:
            return ()
        origin, whole = self._stores.acting.actor, _whole(job.prefix)
        accounts = self._stores.keys.accounts(origin, whole)
        for account in accounts:
            first = self._stores.keys.first(origin, account, whole)
            if first.rpartition("/")[0] != job.prefix.removesuffix("/"):
                raise FieldError(
                    "The job was begun with rows told apart by something else, and "
                    "would be sent again as a whole.",
                    hint="Give the same --key as before, or none if there was none; "
                    "or give the job a new name.",
                    field="key",
                )
        return accounts


class _Known(NamedTuple):
    """What is known of a row."""

    key: str
    """Under which it is asked for; empty for a job without a name."""
    id: str
    """Of its mail; empty where there is none yet."""
