"""Idempotency keys: which mail somebody meant by a word of their own choice.

A key belongs to who asked and to the account; it is written in the transaction
that makes its mail, stands for that mail ever after, and outlives it.
"""

from datetime import datetime
from typing import Final

from tuimail.core.values import dataclass
from tuimail.store.database import Database
from tuimail.store.instants import instant, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """One key, and what it stands for."""

    origin: str
    """The actor who asked."""
    account: str
    """Name of the account that the mail was to leave through."""
    key: str
    content_digest: str
    """Of everything that was asked for under the key."""
    draft_id: str
    at: datetime


class Keys:
    """Reads keys, and adds them within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def insert(self, row: KeyRow) -> None:
        """Let a key stand for a mail; the database refuses one that does already."""
        values = (row.origin, row.account, row.key, row.content_digest)
        self._database.write(_INSERT, (*values, row.draft_id, instant_text(row.at)))

    def get(self, origin: str, account: str, key: str) -> KeyRow | None:
        """Return what a key stands for, or None while nobody used it."""
        return self._database.read_one(_SELECT + _ONE, (origin, account, key), _key)

    def of_draft(self, draft_id: str) -> tuple[KeyRow, ...]:
        """Return the keys that stand for one mail, oldest first."""
        return tuple(self._database.read(_SELECT + _OF_DRAFT, (draft_id,), _key))

    def accounts(self, origin: str, prefix: str) -> tuple[str, ...]:
        """Return the accounts for which one who asks used keys that begin so."""
        values = {"origin": origin, "prefix": prefix}
        return tuple(self._database.read(_ACCOUNTS, values, _account))

    def first(self, origin: str, account: str, prefix: str) -> str:
        """Return a key that begins so; empty where there is none."""
        values = {"origin": origin, "account": account, "prefix": prefix}
        return self._database.read_one(_FIRST, values, _name) or ""


def _name(*, key: str) -> str:
    return key


def _account(*, account: str) -> str:
    return account


def _key(
    *,
    origin: str,
    account: str,
    key: str,
    content_digest: str,
    draft_id: str,
    at: str,
) -> KeyRow:
    return KeyRow(
        origin=origin,
        account=account,
        key=key,
        content_digest=content_digest,
        draft_id=draft_id,
        at=instant(at),
    )


_INSERT: Final = """
INSERT INTO keys (origin, account, key, content_digest, draft_id, at)
VALUES (?, ?, ?, ?, ?, ?)
"""
_SELECT: Final = """
SELECT origin, account, key, content_digest, draft_id, at FROM keys
"""
_ONE: Final = "WHERE origin = ? AND account = ? AND key = ?"
_ACCOUNTS: Final = """
WITH RECURSIVE names(account) AS (
  SELECT min(account) FROM keys WHERE origin = :origin
  UNION ALL
  SELECT (
    SELECT min(account) FROM keys
    WHERE origin = :origin AND account > names.account
  )
  FROM names WHERE account IS NOT NULL
)
SELECT account FROM names
WHERE EXISTS (
  SELECT 1 FROM keys
  WHERE origin = :origin AND keys.account = names.account
    AND key >= :prefix AND key < :prefix || char(127)
)
"""
"""From account to account by the index: a job may have a hundred thousand keys."""
_FIRST: Final = """
SELECT key FROM keys
WHERE origin = :origin AND account = :account
  AND key >= :prefix AND key < :prefix || char(127)
ORDER BY key LIMIT 1
"""
_OF_DRAFT: Final = "WHERE draft_id = ? ORDER BY at, key"
