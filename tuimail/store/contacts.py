"""Whom people here write to, found again by how their name or address begins.

Learnt from what was sent, when there is time: what sends mail writes none of this.
A query of one letter takes about as long as one of ten, at any number of contacts.
"""

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

from tuimail.core.contact import Contact, together, tokens, weight, words
from tuimail.core.origin import AGENT_PREFIX
from tuimail.store.database import Database, Value
from tuimail.store.instants import instant

NEAR_LIMIT: Final = 1000
"""Where a query fits many, so many of those with the greatest weight are looked at."""
RANGE_LIMIT: Final = 1000
"""A query that fits so many words fits many."""
LINES_LIMIT: Final = 5000
"""So many lines of the journal are looked at in one step."""


class Contacts:
    """Finds contacts; learns and forgets them within the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def matching(self, text: str, *, is_blind: bool, limit: int) -> tuple[Contact, ...]:
        """Return who fits ``text``, those with the greatest weight first.

        Args:
            text: Beginnings of words of a name or an address.
            is_blind: Whether those are meant, too, who only ever got blind copies.
            limit: How many, at most.
        """
        wanted = tokens(text)
        if not wanted:
            return ()
        values: dict[str, Value] = {
            "tokens": json.dumps([f" {one}" for one in wanted]),
            "first": wanted[0],
            "end": wanted[0] + _LAST,
            "most": RANGE_LIMIT,
            "near": NEAR_LIMIT,
            "is_blind": is_blind,
            "limit": limit,
        }
        heavy: list[Contact] = []
        if self._database.read(_FITTING, values, _number)[0] >= RANGE_LIMIT:
            heavy = self._database.read(_AMONG_HEAVY, values, _contact)
            if len(heavy) == limit:
                return tuple(heavy)
        found = self._database.read(_AMONG_FITTING, values, _contact)
        further = (one for one in found if one not in heavy)
        return (*heavy, *further)[:limit]

    def forget(self, address: str) -> bool:
        """Offer somebody no more, until mail is sent to them again; was anybody?"""
        found = self._rows([address])
        self._reword(found.values(), ())
        return bool(self._database.write(_FORGET, (address,)))

    def is_behind(self) -> bool:
        """Return whether there may be somebody to take in; costs next to nothing."""
        head = self._database.read(_HEAD, (), _number)[0]
        learnt = self._database.read(_LEARNT, (), _Learnt)
        return not (learnt and learnt[0].is_caught_up and learnt[0].line == head)

    def learn(self, most: int) -> bool:
        """Take in so many recipients who have their mail by now; are there more?

        Raises:
            RuntimeError: It is outside a transaction; a defect of the caller.
        """
        self._database.write(_BEGIN, ())
        learnt = self._database.read(_LEARNT, (), _Learnt)[0]
        if learnt.is_caught_up:
            return self._learn_from_the_journal(learnt, most)
        return self._learn_from_before(learnt, most)

    def _learn_from_before(self, learnt: "_Learnt", most: int) -> bool:
        """Take in those of before anything was learnt: the journal may not tell."""
        values: dict[str, Value] = {**learnt._asdict(), "most": most}
        found = self._database.read(_EARLIER, values, _Recipient)
        self._take_in(found)
        last = found[-1] if found else None
        values["is_caught_up"] = last is None
        if last is not None:
            values |= {"submission_id": last.submission_id, "position": last.position}
        self._database.write(_GET_ON, values)
        return True

    def _learn_from_the_journal(self, learnt: "_Learnt", most: int) -> bool:
        """Take in those whom the journal tells of since."""
        head = self._database.read(_HEAD, (), _number)[0]
        line = min(learnt.line + LINES_LIMIT, head)
        values: dict[str, Value] = {**learnt._asdict(), "end": line, "most": most}
        told = self._database.read(_TOLD, values, _Told)
        if len(told) == most:
            line = told[-1].number
        keys = json.dumps([(one.submission_id, one.position) for one in told])
        self._take_in(self._database.read(_NAMED, (keys,), _Recipient))
        if line != learnt.line:
            self._database.write(_GET_ON, values | {"line": line})
        return line != head

    def _take_in(self, recipients: list["_Recipient"]) -> None:
        names = self._names(recipients)
        known = self._rows(one.address for one in recipients)
        rows = dict(known)
        for one in recipients:
            key = one.address.lower()
            rows[key] = _with_mail(rows.get(key), one, names.get(one.named_at, ""))
        self._reword(known.values(), rows.values())
        self._database.write_each(_PUT, [row._asdict() for row in rows.values()])

    def _reword(self, before: Iterable["_Row"], after: Iterable["_Row"]) -> None:
        """Have the index say of ``after`` what it said of ``before``."""
        old = {pair for row in before for pair in row.pairs}
        new = {pair for row in after for pair in row.pairs}
        self._database.write_each(_REMOVE_WORD, sorted(old - new))
        self._database.write_each(_ADD_WORD, sorted(new - old))

    def _rows(self, addresses: Iterable[str]) -> dict[str, "_Row"]:
        given = json.dumps(sorted(set(addresses)))
        found = self._database.read(_ROWS, (given,), _Row)
        return {row.address.lower(): row for row in found}

    def _names(self, recipients: Iterable["_Recipient"]) -> dict["_NamedAt", str]:
        """Return the names that the mails had for them."""
        mails = sorted({(one.draft_id, one.revision) for one in recipients})
        found = self._database.read(_NAMES, (json.dumps(mails),), _Mailboxes)
        return {
            _NamedAt(mail.draft_id, mail.revision, address): name
            for mail in found
            for address, name in mail.named()
        }


class _NamedAt(NamedTuple):
    draft_id: str
    revision: int
    address: str


class _Recipient(NamedTuple):
    submission_id: str
    position: int
    address: str
    role: str
    changed_at: str
    actor: str
    draft_id: str
    revision: int

    @property
    def named_at(self) -> _NamedAt:
        return _NamedAt(self.draft_id, self.revision, self.address)


class _Mailboxes(NamedTuple):
    draft_id: str
    revision: int
    mailboxes: str

    def named(self) -> Iterable[tuple[str, str]]:
        """Yield address and name of each, as the draft's JSON has them."""
        for one in json.loads(self.mailboxes):
            yield f"{one['local']}@{one['domain']}", one.get("name", "")


class _Row(NamedTuple):
    address: str
    name: str
    words: str
    mails: int
    last_at: str
    weight: int
    is_shown: int

    @property
    def pairs(self) -> Iterable[tuple[str, str]]:
        """What the index of words has of it."""
        return [(word, self.address.lower()) for word in self.words.split()]


class _Learnt(NamedTuple):
    began_at: str
    submission_id: str
    position: int
    is_caught_up: int
    line: int


class _Told(NamedTuple):
    number: int
    submission_id: str
    position: int


def _number(*, number: int) -> int:
    return number


def _contact(*, address: str, name: str, mails: int, last_at: str) -> Contact:
    return Contact(address=address, name=name, mails=mails, last_at=instant(last_at))


def _with_mail(row: _Row | None, heard: _Recipient, name: str) -> _Row:
    """Return what is known of somebody once they have one more mail."""
    by_program = heard.actor.startswith(AGENT_PREFIX)
    heavy = weight(instant(heard.changed_at), is_of_a_program=by_program)
    name = name or (row.name if row else "")
    return _Row(
        address=heard.address,
        name=name,
        words="".join(f" {word}" for word in sorted(words(heard.address, name))),
        mails=row.mails + 1 if row else 1,
        last_at=max(row.last_at, heard.changed_at) if row else heard.changed_at,
        weight=together(row.weight, heavy) if row else heavy,
        is_shown=int(heard.role != "bcc" or bool(row and row.is_shown)),
    )


_LAST: Final = "\U0010ffff"
_BEGIN: Final = """
INSERT INTO contacts_learnt (one, began_at, submission_id, position, is_caught_up, line)
SELECT 1, coalesce(max(at), ''), '', -1, 0, coalesce(max(number), 0) FROM journal
WHERE true ON CONFLICT DO NOTHING
"""
_LEARNT: Final = """
SELECT began_at, submission_id, position, is_caught_up, line FROM contacts_learnt
"""
_GET_ON: Final = """
UPDATE contacts_learnt SET submission_id = :submission_id, position = :position,
  is_caught_up = :is_caught_up, line = :line
"""
_HEAD: Final = "SELECT coalesce(max(number), 0) AS number FROM journal"
_RECIPIENT: Final = """
SELECT r.submission_id, position, address, role, r.changed_at, d.actor,
  a.draft_id, a.revision
FROM recipients r
JOIN submissions s ON s.id = r.submission_id
JOIN approvals a ON a.id = s.approval_id
JOIN drafts d ON d.id = s.draft_id
"""
_EARLIER: Final = f"""
{_RECIPIENT}
WHERE (r.submission_id, position) > (:submission_id, :position)
  AND r.state IN ('sent', 'queued') AND r.changed_at <= :began_at
ORDER BY r.submission_id, position LIMIT :most
"""
_NAMED: Final = f"""
{_RECIPIENT}
WHERE (r.submission_id, position) IN (
    SELECT value ->> 0, value ->> 1 FROM json_each(?))
  AND r.state IN ('sent', 'queued')
"""  # noqa: S608 - of constants
_TOLD: Final = """
SELECT number, details ->> 'submission' AS submission_id,
  CAST(details ->> 'recipient' AS INTEGER) AS position
FROM journal
WHERE number > :line AND number <= :end AND event = 'recipient_moved'
  AND details ->> 'to' IN ('sent', 'queued')
  AND details ->> 'from' NOT IN ('sent', 'queued')
ORDER BY number LIMIT :most
"""
_NAMES: Final = """
SELECT draft_id, number AS revision, content -> field.value AS mailboxes
FROM json_each(?) AS wanted, json_each('["$.to", "$.cc", "$.bcc"]') AS field
JOIN revisions
  ON draft_id = wanted.value ->> 0 AND number = CAST(wanted.value ->> 1 AS INTEGER)
"""
_ROWS: Final = """
SELECT address, name, words, mails, last_at, weight, is_shown
FROM json_each(?) AS given JOIN contacts ON address = given.value
"""
_PUT: Final = """
INSERT OR REPLACE INTO contacts
  (address, name, words, mails, last_at, weight, is_shown)
VALUES (:address, :name, :words, :mails, :last_at, :weight, :is_shown)
"""
_FORGET: Final = "DELETE FROM contacts WHERE address = ?"
_REMOVE_WORD: Final = "DELETE FROM contact_words WHERE word = ? AND address = ?"
_ADD_WORD: Final = "INSERT OR IGNORE INTO contact_words (word, address) VALUES (?, ?)"
_FITTING: Final = """
SELECT count(*) AS number FROM (
  SELECT 1 FROM contact_words WHERE word >= :first AND word < :end LIMIT :most)
"""
_FITS: Final = """
(is_shown OR :is_blind) AND NOT EXISTS (
  SELECT 1 FROM json_each(:tokens) AS token WHERE instr(words, token.value) = 0)
"""
_AMONG_FITTING: Final = f"""
SELECT address, name, mails, last_at FROM contacts
WHERE address IN (
    SELECT address FROM contact_words WHERE word >= :first AND word < :end
    LIMIT :most)
  AND {_FITS}
ORDER BY weight DESC, address LIMIT :limit
"""  # noqa: S608 - of constants
_AMONG_HEAVY: Final = f"""
SELECT address, name, mails, last_at FROM (
  SELECT * FROM contacts ORDER BY weight DESC LIMIT :near)
WHERE {_FITS} LIMIT :limit
"""  # noqa: S608 - of constants
