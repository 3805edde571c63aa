"""In which order mail is listed, and pages of that by key, at any number of mails.

A list is a few stretches, one after the other, each of which an index has in its
order. So the first page, the one around a mail, the one at a place and the place of a
mail are found as fast among a million as among fifty.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache, partial
from typing import Final, NamedTuple

from tuimail.core.values import dataclass
from tuimail.store.database import Database, Value
from tuimail.store.instants import instant_text
from tuimail.store.spans import WHOLE, Spans


class Spot(NamedTuple):
    """Where one mail stands in a list; sorts as the list does not, within a part."""

    part: int
    """Which stretch of the list."""
    at: str
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A stretch of a list, which is a merge of what a few indexes have in order."""

    wheres: tuple[str, ...]
    """Which rows, as SQL: one condition for each index that is merged."""
    table: str = "drafts"
    index: str = "drafts_by_status"
    """What has them in order."""
    at: str = "changed_at"
    """Column that orders them."""
    id: str = "id"
    """Column with the mail's id; orders what has the same moment."""
    statuses: tuple[str, ...] = ()
    """Whose mails it has all of; empty where other conditions say which."""
    list: str = ""
    """What its spans are of; empty where there is little, which is counted."""
    newest_first: bool = False
    is_rest: bool = False
    """Whether it has all of the list that no other part has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A list: which mail, and its parts from the top."""

    statuses: frozenset[str]
    parts: tuple[Part, ...]


class Orders:
    """Reads pages of lists, as keys; what a mail says is read by ``Rows``."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._spans = Spans(database)

    def total(self, order: Order) -> int:
        """Return how many mails are listed; nothing is counted for it."""
        return self._counted(order.statuses)

    def top(self, order: Order, soon: datetime, limit: int) -> list[Spot]:
        """Return the first mails.

        Args:
            order: The list.
            soon: What expires before is urgent.
            limit: How many, at most.
        """
        found: list[Spot] = []
        for number, part in enumerate(order.parts):
            values = _values(soon, limit - len(found))
            found += self._page(part, number, values, is_down=True)
        return found

    def between(
        self, order: Order, soon: datetime, first: int, last: int
    ) -> list[Spot]:
        """Return the mails from a place on, up to another.

        Args:
            order: The list.
            soon: What expires before is urgent.
            first: Place of the first, from 0.
            last: The place after the last one; may be beyond the end.
        """
        found: list[Spot] = []
        for number in range(len(order.parts)):
            size = self._size(order, number, soon)
            begin, end = max(0, first), min(size, last)
            if begin < end:
                part = order.parts[number]
                lowest = size - end if part.newest_first else begin
                found += self._slice(part, number, soon, lowest, end - begin)
            first, last = first - size, last - size
        return found

    def below(self, order: Order, soon: datetime, spot: Spot, limit: int) -> list[Spot]:
        """Return the mails after one, in the order of the list."""
        found: list[Spot] = []
        for number in range(spot.part, len(order.parts)):
            key = spot if number == spot.part else None
            values = _values(soon, limit - len(found), key)
            found += self._page(order.parts[number], number, values, is_down=True)
        return found

    def above(self, order: Order, soon: datetime, spot: Spot, limit: int) -> list[Spot]:
        """Return the mails before one, in the order of the list."""
        found: list[Spot] = []
        for number in reversed(range(spot.part + 1)):
            key = spot if number == spot.part else None
            values = _values(soon, limit - len(found), key)
            found += self._page(order.parts[number], number, values, is_down=False)
        return found[::-1]

    def among(self, order: Order, soon: datetime, ids: Iterable[str]) -> list[Spot]:
        """Return where those of ``ids`` stand that are in the list, from its top."""
        values = {"soon": instant_text(soon), "ids": json.dumps(list(ids))}
        found: list[Spot] = []
        for number, part in enumerate(order.parts):
            spots = self._database.read_in_order(
                _among(part), values, partial(Spot, number)
            )
            spots.sort(key=_by_key, reverse=part.newest_first)
            found += spots
        return found

    def place(self, order: Order, soon: datetime, spot: Spot) -> int:
        """Return how many mails stand above one.

        Args:
            order: The list.
            soon: What expires before is urgent.
            spot: Where it stands.
        """
        part = order.parts[spot.part]
        span = self._spans.of_key(part.list, spot.at, spot.id) if part.list else WHOLE
        values = _values(soon, 0, spot) | {"from_at": span.at, "from_id": span.id}
        lower = span.before + self._number(_count_lower(part), values)
        if part.newest_first:
            lower = self._size(order, spot.part, soon) - 1 - lower
        return lower + sum(self._size(order, one, soon) for one in range(spot.part))

    def _page(
        self, part: Part, number: int, values: dict[str, Value], *, is_down: bool
    ) -> list[Spot]:
        if values["limit"] == 0:
            return []
        sql = _page(part, is_down=is_down, has_key="at" in values)
        return self._database.read_in_order(sql, values, partial(Spot, number))

    def _slice(
        self, part: Part, number: int, soon: datetime, lowest: int, limit: int
    ) -> list[Spot]:
        """Return so many mails of a part, from how many have a lower key."""
        span = self._spans.of_place(part.list, lowest) if part.list else WHOLE
        values = _values(soon, limit) | {"from_at": span.at, "from_id": span.id}
        values["skip"] = lowest - span.before
        spots = self._database.read_in_order(_from(part), values, partial(Spot, number))
        return spots[::-1] if part.newest_first else spots

    def _size(self, order: Order, number: int, soon: datetime) -> int:
        part = order.parts[number]
        if part.statuses:
            return self._counted(part.statuses)
        if part.is_rest:
            others = [one for one in range(len(order.parts)) if one != number]
            counted = sum(self._size(order, one, soon) for one in others)
            return self.total(order) - counted
        return self._number(_count(part), {"soon": instant_text(soon)})

    def _counted(self, statuses: Iterable[str]) -> int:
        return self._number(_TOTAL, {"statuses": json.dumps(sorted(statuses))})

    def _number(self, sql: str, values: dict[str, Value]) -> int:
        return self._database.read(sql, values, _number)[0]


def _by_key(spot: Spot) -> tuple[str, str]:
    return spot.at, spot.id


def _number(*, number: int) -> int:
    return number


def _values(soon: datetime, limit: int, key: Spot | None = None) -> dict[str, Value]:
    values: dict[str, Value] = {"soon": instant_text(soon), "limit": limit}
    return values | ({"at": key.at, "id": key.id} if key else {})


def _beyond(part: Part, *, is_down: bool) -> str:
    sign = "<" if is_down == part.newest_first else ">"
    return f"AND ({part.at}, {part.id}) {sign} (:at, :id)"


def _columns(part: Part) -> str:
    return f"SELECT {part.table}.{part.at} AS at, {part.table}.{part.id} AS id"


def _rows(part: Part, where: str) -> str:
    return f"FROM {part.table} INDEXED BY {part.index} WHERE {where}"


@cache
def _page(part: Part, *, is_down: bool, has_key: bool) -> str:
    way = "DESC" if is_down == part.newest_first else "ASC"
    beyond = _beyond(part, is_down=is_down) if has_key else ""
    return f"{_merged(part, beyond)}\nORDER BY at {way}, id {way} LIMIT :limit"


@cache
def _from(part: Part) -> str:
    """Return a page within a span; what is skipped is less than the span has."""
    merged = _merged(part, _from_span(part))
    return f"{merged}\nORDER BY at, id LIMIT :limit OFFSET :skip"


def _merged(part: Part, beyond: str) -> str:
    """Return a merge, which SQLite does without sorting: each index is in order."""
    return "\nUNION ALL\n".join(
        f"{_columns(part)} {_rows(part, where)} {beyond}" for where in part.wheres
    )


def _from_span(part: Part) -> str:
    return f"AND ({part.at}, {part.id}) >= (:from_at, :from_id)"


@cache
def _among(part: Part) -> str:
    """Return a look at each of a few mails, whatever else the indexes offer."""
    rows = (
        f"FROM json_each(:ids) AS wanted CROSS JOIN {part.table}"
        f" ON {part.table}.{part.id} = wanted.value"
    )
    return "\nUNION ALL\n".join(
        f"{_columns(part)} {rows} WHERE {where}" for where in part.wheres
    )


@cache
def _count(part: Part, beyond: str = "") -> str:
    counts = (
        f"(SELECT count(*) {_rows(part, where)} {beyond})" for where in part.wheres
    )
    return f"SELECT {' + '.join(counts)} AS number"


def _count_lower(part: Part) -> str:
    """Return what counts the mails of a span with a lower key."""
    return _count(part, f"{_from_span(part)} AND ({part.at}, {part.id}) < (:at, :id)")


_TOTAL: Final = """
SELECT coalesce(sum(count), 0) AS number FROM status_counts
WHERE status IN (SELECT value FROM json_each(:statuses))
"""
_WAITING: Final = "status IN ('review', 'approved')"
_LATER: Final = "(expires_at IS NULL OR expires_at > :soon)"


def _changed(*statuses: str, newest_first: bool = False, list: str = "") -> Part:
    """Return mail of these statuses by its newest change."""
    return Part(
        wheres=tuple(f"status = '{status}'" for status in statuses),
        statuses=statuses,
        newest_first=newest_first,
        list=list,
    )


def newest_first(*statuses: str, list: str = "") -> Order:
    """Return the list of all mail of these statuses, the newest change first."""
    part = _changed(*statuses, newest_first=True, list=list)
    return Order(statuses=frozenset(statuses), parts=(part,))


REVIEW: Final = Order(
    statuses=frozenset({"review", "approved"}),
    parts=(
        Part(
            wheres=(f"{_WAITING} AND is_blocked = 1",),
            index="drafts_waiting",
        ),
        Part(
            wheres=(f"{_WAITING} AND is_blocked = 0 AND expires_at <= :soon",),
            index="drafts_expiring",
            at="expires_at",
        ),
        Part(
            wheres=(f"{_WAITING} AND is_blocked = 0 AND {_LATER}",),
            index="drafts_waiting",
            is_rest=True,
        ),
    ),
)
"""What nobody should overlook, what soon is of no use, and what waits longest."""
OUTBOX: Final = Order(
    statuses=frozenset({"unknown", "held", "error", "sending", "ready", "deferred"}),
    parts=(
        _changed("unknown", list="unknown"),
        _changed("held", list="held"),
        _changed("error", list="error"),
        _changed("sending"),
        Part(
            wheres=("state IN ('ready', 'deferred')",),
            table="submissions",
            index="submissions_leaving",
            at="due_at",
            id="draft_id",
            list="leaving",
            is_rest=True,
        ),
    ),
)
"""What needs a person first, then what is under way, then what leaves next."""
SENT: Final = newest_first("sent", "queued", "partial", "cancelled", list="sent")
DRAFTS: Final = newest_first("draft", "dry_run", "rejected", list="drafts")
