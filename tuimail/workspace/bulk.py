"""The desk for bulk jobs: many mails handed over together, each exactly once.

Every row of a job is asked for under a key of its own, which is made of the job's
name and the row's. So a job that was killed is begun again as it was, and only
what is left of it leaves; a row that says something else by now is a conflict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final, NamedTuple
from urllib.parse import quote

from tuimail.core.draft import Draft, require_recipient
from tuimail.core.finding import Finding
from tuimail.errors import (
    FieldError,
    KeyConflictError,
    StoreError,
    TuimailError,
)
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


def _standing(status: str, due_at: datetime | None, now: datetime) -> Standing:
    is_due = due_at is not None and due_at <= now + SOON
    is_coming = status == "sending" or (is_due and status in {"ready", "deferred"})
    return Standing(status, is_coming)


def job_prefix(job: str) -> str:
    """Return how the keys of all rows of ``job`` begin.

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
    return f"bulk/{written}/"


def row_key(prefix: str, row: str) -> str:
    """Return the key of one row; empty for a job without a name."""
    return prefix and prefix + sha256(row.encode(errors="replace")).hexdigest()[:40]


class BulkDesk:
    """Takes mails in groups, and tells how they stand."""

    def __init__(
        self, stores: Stores, *, drafts: DraftDesk, outbox: OutboxDesk
    ) -> None:
        self._stores = stores
        self._drafts = drafts
        self._outbox = outbox

    def hand_over(self, mails: Sequence[Fields], *, prefix: str) -> list[Handed]:
        """Store and release mails, all of them with one flush of the disk.

        One that cannot be is in the answer, and stops no other.

        Args:
            mails: Each with its own key, or without one.
            prefix: How all keys of the job begin; empty where there are none.

        Raises:
            StoreError: The disk failed; what was handed over is known by asking
                again.
        """
        with self._stores.together():
            accounts = self._accounts(prefix)
            return [self._handed(one, accounts) for one in mails]

    def looked_at(self, mails: Sequence[Fields], *, prefix: str) -> list[Handed]:
        """Return how each stands or would begin, with what the checks say of it.

        Nothing is sent or stored, but for what is in attached files.
        """
        accounts = self._accounts(prefix)
        return [self._looked_at(one, accounts) for one in mails]

    def standings(self, ids: Sequence[str]) -> Mapping[str, Standing]:
        """Return how each mail stands."""
        now = self._stores.clock.now()
        return {
            one.draft.id: _standing(
                one.status, one.submission.due_at if one.submission else None, now
            )
            for one in self._stores.rows.listed(ids)
        }

    def _handed(self, fields: Fields, accounts: Sequence[str]) -> Handed:
        try:
            draft = self._composed(fields)
            before = self._before(draft, fields.idempotency_key, accounts)
            row = self._outbox.send_new(draft, key=fields.idempotency_key)
        except StoreError:
            raise
        except TuimailError as error:
            return Handed(error=error)
        now = self._stores.clock.now()
        standing = _standing(row.status, row.due_at, now)
        return Handed(id=row.id, standing=standing, is_earlier=bool(before))

    def _looked_at(self, fields: Fields, accounts: Sequence[str]) -> Handed:
        try:
            draft = self._composed(fields)
            before = self._before(draft, fields.idempotency_key, accounts)
        except TuimailError as error:
            return Handed(error=error)
        noticed = findings(self._stores, draft, None)
        return Handed(id=before, is_earlier=bool(before), findings=noticed)

    def _composed(self, fields: Fields) -> Draft:
        draft = self._drafts.compose(fields)
        return require_recipient(draft, hint=_NAME_THEM)

    def _before(self, draft: Draft, key: str, accounts: Sequence[str]) -> str:
        """Return the id of what was handed over before for the same row.

        Raises:
            KeyConflictError: It went through another account.
        """
        if not key:
            return ""
        keys, origin = self._stores.keys, self._stores.acting.actor
        for account in accounts:
            row = keys.get(origin, account, key)
            if row is not None and account != draft.account:
                raise KeyConflictError(key, row.draft_id)
        found = keys.get(origin, draft.account, key)
        return found.draft_id if found else ""

    def _accounts(self, prefix: str) -> Sequence[str]:
        """Return the accounts through which some of the job left already."""
        if not prefix:
            return ()
        return self._stores.keys.accounts(self._stores.acting.actor, prefix)
