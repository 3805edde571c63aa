"""How many mails stand where in a list, at any number of mails.

Each list is cut into spans of at most about two thousand mails, and triggers keep
how many each of them has (``0028_spans.sql``). So nobody counts further than through
one span.
"""

import json
from bisect import bisect_right
from itertools import accumulate
from typing import Final, NamedTuple

from tuimail.store.database import Database, Value


class Span(NamedTuple):
    """A stretch of a list, from its first mail on; the lowest key is first."""

    at: str
    id: str
    before: int
    """How many mails of the list have a lower key."""


WHOLE: Final = Span("", "", 0)
"""What a list that is not cut is one of."""


class Spans:
    """Finds the span of a key, and that of a place."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_key(self, name: str, at: str, id: str) -> Span:
        """Return the span that a key belongs to.

        Args:
            name: What the list is called in the database.
            at: The moment that orders the list.
            id: Orders what has the same moment.
        """
        values: dict[str, Value] = {"list": name, "at": at, "id": id}
        return self._database.read(_OF_KEY, values, Span)[0]

    def of_place(self, name: str, place: int) -> Span:
        """Return the span with the mail that so many others are below, by key.

        Args:
            name: What the list is called in the database.
            place: 0 or more; less than the list has mails.
        """
        counts = self._database.read(_COUNTS, (name,), _counts)[0]
        ends = list(accumulate(counts))
        nth = bisect_right(ends, place)
        values: dict[str, Value] = {"list": name, "nth": nth}
        values["before"] = ends[nth] - counts[nth]
        return self._database.read(_NTH, values, Span)[0]


def _counts(*, counts: str) -> list[int]:
    return list(json.loads(counts))


_OF_KEY: Final = """
SELECT at, id, (
  SELECT coalesce(sum(count), 0) FROM spans AS lower
  WHERE list = :list AND (lower.at, lower.id) < (spans.at, spans.id)) AS before
FROM spans WHERE list = :list AND (at, id) <= (:at, :id)
ORDER BY at DESC, id DESC LIMIT 1
"""
# One text for all of them: a row for each would take four times as long.
_COUNTS: Final = """
SELECT json_group_array(count) AS counts FROM (
  SELECT count FROM spans WHERE list = ? ORDER BY at, id)
"""
_NTH: Final = """
SELECT at, id, :before AS before FROM spans WHERE list = :list
ORDER BY at, id LIMIT 1 OFFSET :nth
"""
CUT: Final = """
INSERT INTO spans (list, at, id, count)
SELECT list, iif(span = 0, '', at), iif(span = 0, '', id), mails FROM (
  SELECT list, span, at, id, count(*) AS mails, min(place) FROM (
    SELECT list, at, id, place, place / 1024 AS span FROM (
      SELECT
        list, changed_at AS at, id,
        row_number() OVER (PARTITION BY list ORDER BY changed_at, id) - 1 AS place
      FROM drafts JOIN listed USING (status)
      UNION ALL
      SELECT
        'leaving', due_at, draft_id,
        row_number() OVER (ORDER BY due_at, draft_id) - 1
      FROM submissions WHERE state IN ('ready', 'deferred')))
  GROUP BY list, span)
WHERE true
ON CONFLICT (list, at, id) DO UPDATE SET count = excluded.count
"""
"""Cuts all lists anew, where triggers were not in force; as the migration does."""
