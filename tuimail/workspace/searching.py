"""The desk for searching: which mails have which words.

The words are read when somebody searches or when there is time, a little at a
time; what leaves never waits for that. Who searches is told how much was not read
yet.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from tuimail.core.searching import (
    DECIDED,
    Query,
    Words,
    parse_query,
    wordless,
    words_of,
)
from tuimail.core.values import dataclass, replace
from tuimail.errors import FieldError, StoreError
from tuimail.store.drafts import DraftRow
from tuimail.store.orders import newest_first
from tuimail.store.rows import Place
from tuimail.store.search import MOST_HITS, Told
from tuimail.workspace import discretion
from tuimail.workspace.row_views import row_view
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import REVIEW_STATUSES, Row

LINES_A_STEP: Final = 100
"""Of the journal: some ten mails that were sent, or as many as were handed in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What came of a search."""

    ids: tuple[str, ...]
    """Of the mails that match; the newest thousand where there are more."""
    is_more: bool
    """Whether more match than are listed."""
    is_behind: bool
    """Whether some mail was not read yet."""


class SearchDesk:
    """Reads what mail says, and finds it again."""

    def __init__(self, stores: Stores) -> None:
        self._stores = stores

    def search(self, text: str, statuses: frozenset[str] | None = None) -> Found:
        """Return which mails match, as far as they were read.

        Args:
            text: Words that must all be there, each maybe only begun; ``"these
                together"``; ``subject: from: to: body: file: note: agent: account:``
                before a word say where; ``state:`` says where the mail stands.
            statuses: Where it must stand; None for anywhere.

        Raises:
            FieldError: There is no such state.
        """
        query = parse_query(text)
        ids = self._ids(query, statuses)
        return Found(
            ids=ids[:MOST_HITS],
            is_more=len(ids) > MOST_HITS,
            is_behind=self._stores.search.behind() > 0,
        )

    def page(
        self,
        text: str,
        statuses: frozenset[str] | None = None,
        *,
        limit: int,
        before: str = "",
    ) -> tuple[Row, ...]:
        """Return the mails that match, the newest change first; as of ``search``.

        Args:
            text: What they must have.
            statuses: Where they must stand; None for anywhere.
            limit: How many, at most.
            before: Id of the last row of the page before this one.

        Raises:
            FieldError: There is no such state, or no word.
        """
        _require_words(text)
        stores = self._stores
        with stores.database.reading():
            found = stores.rows.places_of(self.search(text, statuses).ids)
            newest = sorted(found, key=_by_change, reverse=True)
            if before:
                row = stores.rows.row(before)
                last = row.changed_text, row.id
                newest = [one for one in newest if _by_change(one) < last]
            rows = stores.rows.listed([one.id for one in newest[:limit]])
        return tuple(row_view(stores, row) for row in rows)

    @property
    def behind(self) -> int:
        """How many steps of mail were not looked at yet."""
        return self._stores.search.behind()

    def catch_up(self, lines: int = LINES_A_STEP) -> bool:
        """Read what was written lately, some of it; is more left to read?

        Args:
            lines: How many steps of mail are looked at, at most.
        """
        if self._stores.database.is_read_only:
            return False
        told = self._stores.search.told(lines)
        if told.read_to == 0:
            return False
        self._keep(told, list(self._to_be_read(told.ids)))
        return True

    def _ids(self, query: Query, statuses: frozenset[str] | None) -> tuple[str, ...]:
        """Return one more than are listed, where there are so many."""
        stores, among = self._stores, query.statuses
        if query.asked:
            return self._asked(query, statuses)
        if query.terms:
            return stores.search.hits(query, statuses, MOST_HITS + 1)
        meant = among if statuses is None or among is None else among & statuses
        if not meant:
            return ()
        order = newest_first(*sorted(meant))
        now = stores.clock.now()
        return tuple(spot.id for spot in stores.orders.top(order, now, MOST_HITS + 1))

    def _asked(self, query: Query, statuses: frozenset[str] | None) -> tuple[str, ...]:
        """Return what stands as it is asked, in the order in which that came."""
        stores, most = self._stores, MOST_HITS + 1
        if DECIDED in query.asked:
            found = stores.decisions.decided_lately(most)
            statuses = None
        else:
            found = stores.seen.unopened(statuses or REVIEW_STATUSES, most)
        rest = replace(query, asked=frozenset())
        if rest.terms or rest.statuses is not None:
            hits = frozenset(self._ids(rest, statuses))
            found = tuple(one for one in found if one in hits)
        return () if query.asked > {DECIDED} else found

    def _to_be_read(self, ids: Sequence[str]) -> Iterator[tuple[str, int, Words]]:
        """Yield the words of each mail whose newest revision was not read yet."""
        known = self._stores.search.worded(ids)
        for row in self._stores.drafts.among(ids).values():
            if known.get(row.id) != row.revision:
                with suppress(StoreError):  # the doctor tells of it
                    yield row.id, row.revision, self._words(row)

    def _words(self, row: DraftRow) -> Words:
        revision = self._stores.drafts.revision(row.id, row.revision)
        blind = [one.text for one in revision.draft.bcc]
        note = discretion.without(revision.note or row.origin.note, blind)
        return words_of(revision.draft, actor=row.origin.actor, note=note)

    def _keep(self, told: Told, mails: list[tuple[str, int, Words]]) -> None:
        """Keep what was read, but of mail that was purged in the meantime."""
        stores = self._stores
        with stores.database.transaction():
            there = stores.drafts.among(told.ids)
            stores.search.put([one for one in mails if one[0] in there])
            stores.search.remove(one for one in told.ids if one not in there)
            stores.search.read_to(told.read_to)


def _by_change(place: Place) -> tuple[str, str]:
    return place.changed_at, place.id


def _require_words(text: str) -> None:
    if place := wordless(text):
        raise FieldError(
            f"{place}: is followed by no word.",
            hint=f"Write the word right behind it: {place}:WORD",
            field="search",
        )
    query = parse_query(text)
    if not query.terms and query.statuses is None and not query.asked:
        raise FieldError(
            f"{text!r} has no word that mail could be found by.",
            hint="Say a word, or where the mail stands: state:sent",
            field="search",
        )
