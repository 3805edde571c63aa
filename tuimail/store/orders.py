"""In which order mail is listed, and pages of that by key, at any number of mails.

A list is a few stretches, one after the other, each of which an index has in its
order. So the first page, the last one and the one around a mail are found as fast
among a million as among fifty.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple

from tuimail.store.database import Database, Value
from tuimail.store.instants import instant_text


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

    def total(self, order: Order) -> int:
        """Return how many mails are listed; nothing is counted for it."""
        return self._number(_TOTAL, {"statuses": json.dumps(sorted(order.statuses))})

    def top(
        self, order: Order, soon: datetime, limit: int, *, skip: int = 0
    ) -> list[Spot]:
        """Return the first mails, or those from a place on.

        Args:
            order: The list.
            soon: What expires before is urgent.
            limit: How many, at most.
            skip: How many stand above them; as slow as they are many.
        """
        found: list[Spot] = []
        for number, part in enumerate(order.parts):
            size = self._size(order, number, soon) if skip else 0
            if skip and skip >= size:
                skip -= size
                continue
            values = _values(soon, limit - len(found), skip)
            found += self._page(part, number, values, is_down=True)
            skip = 0
        return found

    def bottom(
        self, order: Order, soon: datetime, limit: int, *, skip: int = 0
    ) -> list[Spot]:
        """Return the last mails, in the order of the list.

        Args:
            order: The list.
            soon: What expires before is urgent.
            limit: How many, at most.
            skip: How many stand below them.
        """
        found: list[Spot] = []
        for number in reversed(range(len(order.parts))):
            size = self._size(order, number, soon) if skip else 0
            if skip and skip >= size:
                skip -= size
                continue
            values = _values(soon, limit - len(found), skip)
            found += self._page(order.parts[number], number, values, is_down=False)
            skip = 0
        return found[::-1]

    def below(self, order: Order, soon: datetime, spot: Spot, limit: int) -> list[Spot]:
        """Return the mails after one, in the order of the list."""
        found: list[Spot] = []
        for number in range(spot.part, len(order.parts)):
            key = spot if number == spot.part else None
            values = _values(soon, limit - len(found), 0, key)
            found += self._page(order.parts[number], number, values, is_down=True)
        return found

    def above(self, order: Order, soon: datetime, spot: Spot, limit: int) -> list[Spot]:
        """Return the mails before one, in the order of the list."""
        found: list[Spot] = []
        for number in reversed(range(spot.part + 1)):
            key = spot if number == spot.part else None
            values = _values(soon, limit - len(found), 0, key)
            found += self._page(order.parts[number], number, values, is_down=False)
        return found[::-1]

    def among(self, order: Order, soon: datetime, ids: Iterable[str]) -> list[Spot]:
        """Return where those of ``ids`` stand that are in the list, from its top."""
        values = {"soon": instant_text(soon), "ids": json.dumps(list(ids))}
        found: list[Spot] = []
        for number, part in enumerate(order.parts):
            rows = self._database.read(_among(part), values, _Key)
            spots = [Spot(number, *row) for row in rows]
            spots.sort(key=_by_key, reverse=part.newest_first)
            found += spots
        return found

    def place(
        self, order: Order, soon: datetime, spot: Spot, *, is_near_end: bool = False
    ) -> int:
        """Return how many mails stand above one.

        Args:
            order: The list.
            soon: What expires before is urgent.
            spot: Where it stands.
            is_near_end: Whether fewer mails stand below it, probably: they are
                counted then.
        """
        if is_near_end:
            others = range(spot.part + 1, len(order.parts))
            beyond = self._count(order.parts[spot.part], soon, spot, is_down=True)
            below = beyond + sum(self._size(order, one, soon) for one in others)
            return self.total(order) - below - 1
        others = range(spot.part)
        beyond = self._count(order.parts[spot.part], soon, spot, is_down=False)
        return beyond + sum(self._size(order, one, soon) for one in others)

    def _page(
        self, part: Part, number: int, values: dict[str, Value], *, is_down: bool
    ) -> list[Spot]:
        if values["limit"] == 0:
            return []
        sql = _page(part, is_down=is_down, has_key="at" in values)
        return [Spot(number, *row) for row in self._database.read(sql, values, _Key)]

    def _size(self, order: Order, number: int, soon: datetime) -> int:
        part = order.parts[number]
        if part.is_rest:
            others = [one for one in range(len(order.parts)) if one != number]
            counted = sum(self._size(order, one, soon) for one in others)
            return self.total(order) - counted
        return self._number(_count(part), {"soon": instant_text(soon)})

    def _count(self, part: Part, soon: datetime, spot: Spot, *, is_down: bool) -> int:
        sql = _count(part, is_down=is_down)
        return self._number(sql, _values(soon, 0, 0, spot))

    def _number(self, sql: str, values: dict[str, Value]) -> int:
        return self._database.read(sql, values, _number)[0]


class _Key(NamedTuple):
    at: str
    id: str


def _by_key(spot: Spot) -> tuple[str, str]:
    return spot.at, spot.id


def _number(*, number: int) -> int:
    return number


def _values(
    soon: datetime, limit: int, skip: int, key: Spot | None = None
) -> dict[str, Value]:
    values: dict[str, Value] = {
        "soon": instant_text(soon),
        "limit": limit,
        "skip": skip,
    }
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
    """Return a merge, which SQLite does without sorting: each index is in order."""
    way = "DESC" if is_down == part.newest_first else "ASC"
    beyond = _beyond(part, is_down=is_down) if has_key else ""
    merged = "\nUNION ALL\n".join(
        f"{_columns(part)} {_rows(part, where)} {beyond}" for where in part.wheres
    )
    return f"{merged}\nORDER BY at {way}, id {way} LIMIT :limit OFFSET :skip"


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
def _count(part: Part, *, is_down: bool | None = None) -> str:
    beyond = "" if is_down is None else _beyond(part, is_down=is_down)
    counts = (
        f"(SELECT count(*) {_rows(part, where)} {beyond})" for where in part.wheres
    )
    return f"SELECT {' + '.join(counts)} AS number"


_TOTAL: Final = """
SELECT coalesce(sum(count), 0) AS number FROM status_counts
WHERE status IN (SELECT value FROM json_each(:statuses))
"""
_WAITING: Final = "status IN ('review', 'approved')"
_LATER: Final = "(expires_at IS NULL OR expires_at > :soon)"


def _changed(*statuses: str, newest_first: bool = False) -> Part:
    """Return mail of these statuses by its newest change."""
    return Part(
        wheres=tuple(f"status = '{status}'" for status in statuses),
        newest_first=newest_first,
    )


def newest_first(*statuses: str) -> Order:
    """Return the list of all mail of these statuses, the newest change first."""
    return Order(
        statuses=frozenset(statuses), parts=(_changed(*statuses, newest_first=True),)
    )


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
        _changed("unknown"),
        _changed("held"),
        _changed("error"),
        _changed("sending"),
        Part(
            wheres=("state IN ('ready', 'deferred')",),
            table="submissions",
            index="submissions_leaving",
            at="due_at",
            id="draft_id",
            is_rest=True,
        ),
    ),
)
"""What needs a person first, then what is under way, then what leaves next."""
SENT: Final = newest_first("sent", "queued", "partial", "cancelled")
DRAFTS: Final = newest_first("draft", "dry_run", "rejected")
