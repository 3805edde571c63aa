"""What left through one account, and what still waits for it; decides nothing."""

from datetime import datetime
from typing import Final

from tuimail.store.database import Database, Value
from tuimail.store.instants import instant, instant_text

MOST: Final = 10_000
"""Nobody counts further than this: it is looked at while a screen waits."""


class Through:
    """Reads what lists of accounts say beside the settings."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def last_taken_at(self, account: str) -> datetime | None:
        """Return when its provider took a mail last, of those released last."""
        return self._database.read_one(_LAST, (account,), _moment)

    def taken_since(self, account: str, at: datetime) -> int:
        """Return how many mails its provider took since ``at``, up to ``MOST``."""
        values: dict[str, Value] = {
            "account": account, "at": instant_text(at), "most": MOST,
        }  # fmt: skip
        return self._database.read_one(_SINCE, values, _number) or 0

    def waiting(self, account: str) -> int:
        """Return how many mails are to leave through it some day, up to ``MOST``."""
        values: dict[str, Value] = {"account": account, "most": MOST}
        return self._database.read_one(_WAITING, values, _number) or 0


def _moment(*, at: str) -> datetime:
    return instant(at)


def _number(*, mails: int) -> int:
    return mails


_LAST: Final = """
SELECT changed_at AS at FROM submissions
WHERE account = ? AND state IN ('sent', 'queued', 'partial')
ORDER BY released_at DESC LIMIT 1
"""
_SINCE: Final = """
SELECT count(*) AS mails FROM (
  SELECT 1 FROM drafts JOIN submissions ON submissions.id = drafts.submission_id
  WHERE drafts.status IN ('sent', 'queued', 'partial') AND drafts.changed_at >= :at
    AND submissions.account = :account
  LIMIT :most)
"""
_WAITING: Final = """
SELECT count(*) AS mails FROM (
  SELECT 1 FROM submissions
  WHERE state IN ('ready', 'held', 'deferred', 'sending', 'unknown')
    AND account = :account
  LIMIT :most)
"""
