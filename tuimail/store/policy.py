"""The policy as it was last readable, and what its budgets are counted by.

The rows are added and never changed; the database writes a line in the journal
for each. What was used of a budget is asked of the mail itself, so that there is
no count that could be wrong.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from tuimail.core.values import dataclass
from tuimail.store.database import Database
from tuimail.store.facts import Facts
from tuimail.store.instants import instant, instant_text

_LOST: Final = "policy_lost"
"""A fact: there may have been one, and none was readable since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One text of the policy, and since when it was known."""

    number: int
    digest: str
    content: bytes
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLetOut:
    """One mail of a program that waits, was taken back, refused or thrown away."""

    draft_id: str
    revision: int
    """Its newest."""
    created_at: datetime
    was_decided: bool
    """Whether somebody, or a rule, said something about it."""


class Policies:
    """Reads and adds policies, and counts; writes are within a transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self) -> PolicyRow | None:
        """Return the policy that was last readable, if there ever was one."""
        return self._database.read_one(_NEWEST, (), _policy)

    def keep(self, content: bytes, digest: str, at: datetime) -> None:
        """Remember another policy; nothing happens where it is the same."""
        newest = self.newest()
        if newest is None or newest.digest != digest:
            self._database.write(_KEEP, (digest, content, instant_text(at)))
        if self.is_lost():
            Facts(self._database).set(_LOST, "")

    def is_lost(self) -> bool:
        """Return whether there may have been one that nobody knows any more."""
        return bool(Facts(self._database).get(_LOST))

    def lose(self) -> None:
        """Remember that there may have been one, until one is kept."""
        Facts(self._database).set(_LOST, "yes")

    def asked_about(self, draft_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the digest of the policy that each mail was approved under.

        Empty where there was none; mails that were never approved are left out.
        """
        given = json.dumps(list(draft_ids))
        found = self._database.read(_ASKED, (given,), _Asked)
        return {one.draft_id: one.policy_digest for one in found}

    def handed_in(self, actor: str, since: datetime, *, but: str) -> int:
        """Return how often a program handed in mail since then, but for one mail.

        A revision counts as what it is: handed in once more.
        """
        return self._count(_HANDED_IN, (actor, instant_text(since), but))

    def released(self, account: str, since: datetime, *, but: str) -> int:
        """Return how many mails were released through an account, without one."""
        return self._count(_RELEASED, (account, instant_text(since), but))

    def released_by(self, rule: str, since: datetime, *, but: str) -> int:
        """Return how many mails a rule released since then, without one."""
        return self._count(_BY_RULE, (rule, instant_text(since), but))

    def not_let_out(
        self, actor: str, since: datetime, *, but: str, limit: int
    ) -> tuple[NotLetOut, ...]:
        """Return mail that a program handed in since then and that does not leave.

        Args:
            actor: The program.
            since: Nothing older than this.
            but: Id of a mail that does not count.
            limit: At most so many, the newest; 1 or more.
        """
        values = (actor, instant_text(since), but, limit)
        return tuple(self._database.read(_NOT_LET_OUT, values, _not_let_out))

    def first_written_to(
        self, account: str, since: datetime, *, but: str
    ) -> frozenset[str]:
        """Return who was first written to since then through an account.

        Args:
            account: Its name.
            since: When the time begins that is counted.
            but: Id of a mail that does not count.

        Returns:
            ``Address.text`` of each, folded.
        """
        values = {"account": account, "since": instant_text(since), "but": but}
        found = self._database.read(_FIRST, values, _Address)
        return frozenset(one.address.casefold() for one in found)

    def unknown(self, addresses: Iterable[str], since: datetime) -> frozenset[str]:
        """Return those of ``addresses`` whom nobody wrote to before then, folded."""
        given = (json.dumps(list(addresses)), instant_text(since))
        found = self._database.read(_UNKNOWN, given, _Address)
        return frozenset(one.address.casefold() for one in found)

    def _count(self, sql: str, values: tuple[str, ...]) -> int:
        (found,) = self._database.read(sql, values, _Count)
        return found.count


class _Asked(NamedTuple):
    draft_id: str
    policy_digest: str


class _Address(NamedTuple):
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    count: int


def _policy(*, number: int, digest: str, content: bytes, at: str) -> PolicyRow:
    return PolicyRow(number=number, digest=digest, content=content, at=instant(at))


def _not_let_out(
    *, draft_id: str, revision: int, created_at: str, was_decided: int
) -> NotLetOut:
    return NotLetOut(
        draft_id=draft_id,
        revision=revision,
        created_at=instant(created_at),
        was_decided=bool(was_decided),
    )


_NEWEST: Final = """
SELECT number, digest, content, at FROM policies ORDER BY number DESC LIMIT 1
"""
_KEEP: Final = "INSERT INTO policies (digest, content, at) VALUES (?, ?, ?)"
_ASKED: Final = """
SELECT decision.draft_id, decision.policy_digest
FROM json_each(?) AS given
JOIN decisions AS decision ON decision.number = (
  SELECT max(number) FROM decisions
  WHERE draft_id = given.value AND verdict = 'approved')
"""
_HANDED_IN: Final = """
SELECT count(*) AS count FROM revisions
WHERE author = ? AND author GLOB 'agent:*' AND created_at > ? AND draft_id <> ?
"""
_RELEASED: Final = """
SELECT count(*) AS count FROM submissions
WHERE account = ? AND released_at > ? AND draft_id <> ?
"""
_BY_RULE: Final = """
SELECT count(*) AS count FROM decisions
WHERE role = 'rule' AND reason = ? AND at > ? AND draft_id <> ?
"""
_NOT_LET_OUT: Final = """
SELECT
  draft.id AS draft_id, draft.revision, draft.created_at,
  EXISTS (SELECT 1 FROM decisions WHERE draft_id = draft.id) AS was_decided
FROM revisions AS first
JOIN drafts AS draft ON draft.id = first.draft_id AND draft.actor = first.author
WHERE first.author = ? AND first.author GLOB 'agent:*' AND first.created_at > ?
  AND first.number = 1 AND draft.id <> ?
  AND draft.status IN
    ('review', 'draft', 'rejected', 'discarded', 'held', 'cancelled')
ORDER BY first.created_at DESC LIMIT ?
"""
_FIRST: Final = """
SELECT DISTINCT recipient.address
FROM submissions AS submission
JOIN recipients AS recipient ON recipient.submission_id = submission.id
WHERE submission.account = :account
  AND submission.released_at > :since
  AND submission.draft_id <> :but
  AND NOT EXISTS (
    SELECT 1 FROM correspondents AS known
    WHERE known.address = recipient.address AND known.first_at <= :since)
"""
_UNKNOWN: Final = """
SELECT DISTINCT given.value AS address
FROM json_each(?) AS given
WHERE NOT EXISTS (
  SELECT 1 FROM correspondents AS known
  WHERE known.address = given.value AND known.first_at <= ?)
"""
