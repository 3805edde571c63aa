"""Full text: which mails have which words.

What it knows is made from the revisions and can be made again. It follows the
journal, in small steps, whenever somebody has time for one: storing and sending
write nothing here.
"""

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final, NamedTuple

from tuimail.core.searching import Place, Query, Term, Words
from tuimail.store.database import Database, Value

MOST_HITS: Final = 1_000
"""Nobody looks through more; who finds so many says another word."""
_FEW: Final = 5_000
"""Where no more mails than this can be meant, it is each of them that is looked at."""
_PASSED: Final = 32
"""About so many that match are gone past in the time that a look at one takes."""
_MOST_WORDS: Final = 16
"""A beginning that more words have is looked for as a beginning."""
_MOST_KNOWN: Final = 100
"""Beginnings whose words are kept."""
_TOKENIZER: Final = "unicode61"
_OPTIONS: Final = ("remove_diacritics", "2")
"""How the index takes texts apart (``0022_search.sql``)."""
_PAGES_A_STEP: Final = 200
"""How much of the index one step of clearing up writes anew."""
_STILL: Final = 2
"""A step of clearing up that changes fewer rows has nothing left to do."""


class Told(NamedTuple):
    """What the journal tells: something happened to these mails."""

    ids: tuple[str, ...]
    read_to: int
    """Number of the last line that was read."""


class Worded(NamedTuple):
    """A mail whose words are known."""

    draft_id: str
    revision: int


class Search:
    """Keeps the words of mail, and finds mail by them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._index = b""
        self._known: dict[str, list[str]] = {}

    def told(self, lines: int) -> Told:
        """Return what happened since the words were last brought up to date.

        Args:
            lines: How much of the journal is read, at most.
        """
        found = self._database.read(_TOLD, {"limit": lines}, _Line)
        ids = dict.fromkeys(line.draft_id for line in found if line.draft_id)
        return Told(tuple(ids), found[-1].number if found else 0)

    def behind(self) -> int:
        """Return how many lines of the journal were not read yet."""
        return self._database.read(_BEHIND, (), _number)[0]

    def worded(self, ids: Iterable[str]) -> dict[str, int]:
        """Return the revision whose words are known, of each of ``ids`` that has."""
        values = (json.dumps(list(ids)),)
        found = self._database.read(_WORDED, values, Worded)
        return {one.draft_id: one.revision for one in found}

    def put(self, mails: Sequence[tuple[str, int, Words]]) -> None:
        """Keep the words of one revision of each mail, in the place of others."""
        ids = json.dumps([draft_id for draft_id, _, _ in mails])
        self._remove(ids)
        self._database.write_each(
            _NAME, [(draft_id, revision) for draft_id, revision, _ in mails]
        )
        self._database.write_each(
            _PUT, [_values(draft_id, words) for draft_id, _, words in mails]
        )

    def remove(self, ids: Iterable[str]) -> None:
        """Forget the words of mails that are not there any more."""
        self._remove(json.dumps(list(ids)))

    def read_to(self, number: int) -> None:
        """Note how far the journal was read."""
        self._database.write(_READ_TO, (number,))

    def clear_up(self) -> bool:
        """Take a step at writing what was removed out of the index; is more left?

        Until then the words of a mail that is gone are still in the file.
        """
        before = self._changes()
        self._database.write(_MERGE, (-_PAGES_A_STEP,))
        return self._changes() - before >= _STILL

    def hits(
        self, query: Query, statuses: frozenset[str] | None, limit: int = MOST_HITS
    ) -> tuple[str, ...]:
        """Return ids of mails that match, those that came last first.

        Args:
            query: What they must have; a word, at least.
            statuses: Where they may stand; None for anywhere.
            limit: How many, at most.
        """
        if query.statuses is not None:
            among = query.statuses if statuses is None else statuses
            statuses = among & query.statuses
        if statuses is not None and not statuses:
            return ()
        values: dict[str, Value] = {
            "limit": limit,
            "statuses": None if statuses is None else json.dumps(sorted(statuses)),
            "match": " AND ".join(self._phrase(term) for term in query.terms),
        }
        way = self._way(values, 0 if statuses is None else len(statuses))
        return tuple(self._database.read_in_order(way, values, str))

    def _way(self, values: dict[str, Value], among: int) -> str:
        """Return what looks through as little as there is to be looked through.

        Args:
            values: What the statement is given.
            among: In how many statuses is looked; 0 for all.
        """
        if not among:
            return _NEWEST
        size = self._database.read(_SIZE, values, _Size)[0]
        mails = size.among
        if mails > _FEW or mails * _PASSED >= size.of_all:
            return _NEWEST
        found = self._database.read(_MATCHES, values | {"most": mails}, _number)[0]
        return _NEWEST if found < mails else _each_of_few(among)

    def _phrase(self, term: Term) -> str:
        """Return what SQLite's FTS5 is asked for: everything is put in its quotes."""
        column = f"{_COLUMNS[term.place]} : " if term.place else ""
        if term.is_whole or not _is_begun(term.text):
            return column + _quoted(term.text)
        split = self._database.split(term.text, _TOKENIZER, _OPTIONS)
        known = self._beginning_with(split[-1]) if split else []
        if 0 < len(known) <= _MOST_WORDS:
            whole = (_quoted(" ".join([*split[:-1], word])) for word in known)
            return f"{column}({' OR '.join(whole)})"
        return f"{column}{_quoted(term.text)} *"

    def _beginning_with(self, begun: str) -> list[str]:
        """Return the words that there are with this beginning; one more than few.

        FTS5 puts the mails of all of them in order before it tells the first, and
        takes the mails of a few words in order from each as they are asked for.
        Who looks through what was found asks again and again, so the words are
        kept for as long as the index stays as it is.
        """
        index = self._database.read(_INDEX, (), _block)[0]
        if index != self._index or len(self._known) >= _MOST_KNOWN:
            self._index = index
            self._known.clear()
        if begun not in self._known:
            values: dict[str, Value] = {"first": begun, "last": f"{begun}\U0010ffff"}
            values["most"] = _MOST_WORDS + 1
            self._known[begun] = self._database.read(_BEGINNING, values, _term)
        return self._known[begun]

    def _remove(self, ids: str) -> None:
        self._database.write(_REMOVE, (ids,))
        self._database.write(_UNNAME, (ids,))

    def _changes(self) -> int:
        return self._database.connection.total_changes()


def _quoted(text: str) -> str:
    return '"' + text.replace('"', " ").replace("\0", " ") + '"'


@cache
def _each_of_few(statuses: int) -> str:
    """Return a look at each of a few mails, until so many as are wanted have the words.

    Each status has its mails in order; the limit within keeps them in that order.
    """
    few = " UNION ALL ".join(
        f"""
        SELECT changed_at AS at, id FROM drafts INDEXED BY drafts_by_status
        WHERE status = :statuses ->> {number}
        """  # noqa: S608 - a number
        for number in range(statuses)
    )
    return f"""
    SELECT few.id FROM ({few} ORDER BY at DESC, id DESC LIMIT -1) AS few
    CROSS JOIN worded ON worded.draft_id = few.id
    WHERE EXISTS (
      SELECT 1 FROM words WHERE words MATCH :match AND words.rowid = worded.number)
    LIMIT :limit
    """  # noqa: S608 - of constants


def _is_begun(text: str) -> bool:
    """Whether the last word of ``text`` is long enough to be the beginning of one.

    Half of all words begin with some letter: those would be slow to find, and
    nobody means them.
    """
    last = text.rsplit(maxsplit=1)[-1]
    return len(last) > 1 or not last.isascii()


_COLUMNS: Final = {
    Place.SUBJECT: "subject",
    Place.FROM: "sender",
    Place.TO: "recipients",
    Place.BODY: "body",
    Place.FILE: "files",
    Place.NOTE: "note",
    Place.AGENT: "agent",
    Place.ACCOUNT: "account",
}


def _values(draft_id: str, words: Words) -> dict[str, Value]:
    return {
        "id": draft_id,
        "subject": words.subject,
        "sender": words.sender,
        "recipients": words.recipients,
        "body": words.body,
        "files": words.files,
        "note": words.note,
        "agent": words.agent,
        "account": words.account,
    }


class _Size(NamedTuple):
    """How many mails there are."""

    among: int
    """Where is looked."""
    of_all: int


class _Line(NamedTuple):
    number: int
    draft_id: str


def _number(*, number: int) -> int:
    return number


def _block(*, block: bytes) -> bytes:
    return block


def _term(*, term: str) -> str:
    return term


_TOLD: Final = """
SELECT number, draft_id FROM journal
WHERE number > (SELECT number FROM words_read)
ORDER BY number LIMIT :limit
"""
_BEHIND: Final = """
SELECT coalesce((SELECT max(number) FROM journal), 0)
  - (SELECT number FROM words_read) AS number
"""
_READ_TO: Final = "UPDATE words_read SET number = max(number, ?)"
_WORDED: Final = """
SELECT draft_id, revision FROM worded
WHERE draft_id IN (SELECT value FROM json_each(?))
"""
_REMOVE: Final = """
DELETE FROM words WHERE rowid IN (
  SELECT number FROM worded WHERE draft_id IN (SELECT value FROM json_each(?)))
"""
_UNNAME: Final = """
DELETE FROM worded WHERE draft_id IN (SELECT value FROM json_each(?))
"""
_NAME: Final = "INSERT INTO worded (draft_id, revision) VALUES (?, ?)"
_PUT: Final = """
INSERT INTO words (
  rowid, subject, sender, recipients, body, files, note, agent, account)
SELECT
  number, :subject, :sender, :recipients, :body, :files, :note, :agent, :account
FROM worded WHERE draft_id = :id
"""
_MERGE: Final = "INSERT INTO words (words, rank) VALUES ('merge', ?)"
_SIZE: Final = """
SELECT
  coalesce(sum(count) FILTER (
    WHERE status IN (SELECT value FROM json_each(:statuses))), 0) AS among,
  coalesce(sum(count), 0) AS of_all
FROM status_counts
"""
_MATCHES: Final = """
SELECT count(*) AS number FROM (
  SELECT 1 FROM words WHERE words MATCH :match LIMIT :most)
"""
_NEWEST: Final = """
SELECT draft.id FROM words
JOIN worded ON worded.number = words.rowid
JOIN drafts AS draft ON draft.id = worded.draft_id
WHERE words MATCH :match AND (
  :statuses IS NULL OR draft.status IN (SELECT value FROM json_each(:statuses)))
ORDER BY words.rowid DESC LIMIT :limit
"""
# Which parts the index has: every change of its words makes another of them
# (https://sqlite.org/fts5.html, "Structure Record Format").
_INDEX: Final = "SELECT block FROM words_data WHERE id = 10"
# From one word to the next one, past all the places where each stands.
_BEGINNING: Final = """
WITH RECURSIVE begun (term) AS (
  SELECT (SELECT term FROM terms WHERE term >= :first AND term <= :last LIMIT 1)
  UNION ALL
  SELECT (
    SELECT term FROM terms WHERE term >= begun.term || char(1) AND term <= :last
    LIMIT 1)
  FROM begun WHERE begun.term IS NOT NULL)
SELECT term FROM begun WHERE term IS NOT NULL LIMIT :most
"""
