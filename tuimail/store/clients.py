"""Programs that may hand in mail, what they handed in lately, and what is theirs.

Of a token, only the SHA-256 is here: 256 random bits need no slower hash.
"""

from datetime import datetime
from typing import Final

from tuimail.core.values import dataclass, field
from tuimail.store.database import Database, Value, Values
from tuimail.store.instants import (
    instant,
    instant_or_none,
    instant_text,
    instant_text_or_none,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRow:
    """A program, and what it may do; that is never changed."""

    name: str
    token_hash: str = field(repr=False)
    """SHA-256 of its token, lower-case hexadecimal; empty once it was revoked."""
    last_characters: str
    scopes: frozenset[str]
    account: str
    """Empty means any."""
    sender: str
    """Empty means any."""
    per_hour: int
    added_at: datetime
    revoked_at: datetime | None = None


class Clients:
    """Reads and writes clients; writes are within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: tuple[int, str, ClientRow | None] = (0, "", None)
        """Whose token was asked for last, and in which turn of the database."""

    def insert(self, row: ClientRow) -> None:
        """Store a new client; the database refuses a name that was ever used."""
        self._write(
            _INSERT,
            (
                row.name,
                row.token_hash,
                row.last_characters,
                " ".join(sorted(row.scopes)),
                row.account,
                row.sender,
                row.per_hour,
                instant_text(row.added_at),
                instant_text(row.added_at),
                instant_text_or_none(row.revoked_at),
            ),
        )

    def set_token(
        self, name: str, *, token_hash: str, last_characters: str, at: datetime
    ) -> None:
        """Let another token be the one of a client."""
        values = (token_hash, last_characters, instant_text(at), name)
        self._write(_ROTATE, values)

    def revoke(self, name: str, at: datetime) -> None:
        """Let no token be the one of a client, for good."""
        self._write(_REVOKE, (instant_text(at), instant_text(at), name))

    def spend_names(self, at: datetime) -> None:
        """Give away the names of agents who wrote mail, to clients that are revoked.

        For when it is not known which of them were, and who they were.
        """
        self._write(_SPEND, {"at": instant_text(at)})

    def _write(self, sql: str, values: Values) -> None:
        self._database.write(sql, values)
        self._found = 0, "", None

    def get(self, name: str) -> ClientRow | None:
        """Return the client of that name, revoked or not; None where none is."""
        return self._database.read_one(_SELECT + "WHERE name = ?", (name,), _client)

    def wrote(self, actor: str) -> bool:
        """Return whether an agent of that name has mail, however it is written."""
        found = self._database.read(_WROTE, {"actor": actor}, _number)
        return any(found)

    def by_token(self, token_hash: str) -> ClientRow | None:
        """Return whose token has that hash; None where it is nobody's.

        Those that share a flush, and no step of theirs, share the look.
        """
        turn = 0 if self._database.is_writing else self._database.turn
        if turn and self._found[:2] == (turn, token_hash):
            return self._found[2]
        row = self._database.read_one(_SELECT + _WITH_HASH, (token_hash,), _client)
        self._found = turn, token_hash, row
        return row

    def all(self) -> tuple[ClientRow, ...]:
        """Return every client there ever was, by name."""
        return tuple(self._database.read(_SELECT + "ORDER BY name", (), _client))

    def full_since(
        self, actor: str, *, limit: int, after: datetime, now: datetime
    ) -> datetime | None:
        """Return when an agent handed in the first of its newest ``limit``.

        Revisions and reports count. None where it handed in fewer between ``after``
        and ``now``. What a clock that ran ahead noted is not counted.
        """
        values: dict[str, Value] = {
            "actor": actor,
            "after": instant_text(after),
            "now": instant_text(now),
            "others": limit - 1,
        }
        return self._database.read_one(_FULL_SINCE, values, _moment)

    def room(self, actor: str, *, limit: int, after: datetime) -> int:
        """Return how much less than ``limit`` an agent handed in since.

        Also what a clock that ran ahead noted is taken off.
        """
        values: dict[str, Value] = {
            "actor": actor,
            "after": instant_text(after),
            "limit": limit,
        }
        return limit - sum(self._database.read(_COUNT, values, _number))

    def note_report(self, actor: str, at: datetime) -> None:
        """Note that an agent handed in a report; it counts as much as a revision."""
        self._database.write(_NOTE_REPORT, (actor, instant_text(at)))

    def draft_ids(self, actor: str, *, limit: int, before: str) -> tuple[str, ...]:
        """Return ids of an agent's mail, newest first.

        Args:
            actor: Who handed it in.
            limit: At most so many.
            before: Only older ones than this id; empty means all.
        """
        values: dict[str, Value] = {"actor": actor, "limit": limit, "before": before}
        return tuple(self._database.read(_DRAFT_IDS, values, _id))


def _client(
    *,
    name: str,
    token_hash: str,
    last_characters: str,
    scopes: str,
    account: str,
    sender: str,
    per_hour: int,
    added_at: str,
    revoked_at: str | None,
) -> ClientRow:
    return ClientRow(
        name=name,
        token_hash=token_hash,
        last_characters=last_characters,
        scopes=frozenset(scopes.split()),
        account=account,
        sender=sender,
        per_hour=per_hour,
        added_at=instant(added_at),
        revoked_at=instant_or_none(revoked_at),
    )


def _moment(*, created_at: str) -> datetime:
    return instant(created_at)


def _number(*, number: int) -> int:
    return number


def _id(*, id: str) -> str:
    return id


_INSERT: Final = """
INSERT INTO clients (
  name, token_hash, last_characters, scopes, account, sender, per_hour, added_at,
  changed_at, revoked_at)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_ROTATE: Final = """
UPDATE clients SET token_hash = ?, last_characters = ?, changed_at = ? WHERE name = ?
"""
_REVOKE: Final = """
UPDATE clients SET token_hash = '', changed_at = ?, revoked_at = ? WHERE name = ?
"""
_SPEND: Final = """
INSERT OR IGNORE INTO clients (
  name, token_hash, last_characters, scopes, account, sender, per_hour, added_at,
  changed_at, revoked_at)
SELECT substr(actor, 7), '', '', 'draft status', '', '', 1, :at, :at, :at
FROM (
  SELECT actor FROM drafts WHERE actor GLOB 'agent:*'
  UNION SELECT author FROM revisions WHERE author GLOB 'agent:*')
"""
_SELECT: Final = """
SELECT
  name, token_hash, last_characters, scopes, account, sender, per_hour, added_at,
  revoked_at
FROM clients
"""
_WITH_HASH: Final = "WHERE token_hash = ? AND token_hash <> ''"
_FULL_SINCE: Final = """
SELECT created_at FROM revisions
WHERE author = :actor AND author GLOB 'agent:*'
  AND created_at > :after AND created_at <= :now
UNION ALL
SELECT at FROM handed_in_reports
WHERE actor = :actor AND at > :after AND at <= :now
ORDER BY created_at DESC LIMIT 1 OFFSET :others
"""
_COUNT: Final = """
SELECT count(*) AS number FROM (
  SELECT 1 FROM revisions
  WHERE author = :actor AND author GLOB 'agent:*' AND created_at > :after
  UNION ALL
  SELECT 1 FROM handed_in_reports WHERE actor = :actor AND at > :after
  LIMIT :limit)
"""
_NOTE_REPORT: Final = "INSERT INTO handed_in_reports (actor, at) VALUES (?, ?)"
_WROTE: Final = """
SELECT EXISTS (
  SELECT 1 FROM drafts WHERE actor GLOB 'agent:*' AND actor = :actor COLLATE NOCASE
) AS number
"""
_DRAFT_IDS: Final = """
SELECT id FROM drafts
WHERE actor = :actor AND actor GLOB 'agent:*' AND (:before = '' OR id < :before)
ORDER BY id DESC LIMIT :limit
"""
