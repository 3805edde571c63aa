"""The desk for lists: what a pane lists, as much of it as it shows now.

A pane never has a list as a whole: it has a window of it, around the mail that is
selected, and is told how long the list is and where the window stands.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final, Protocol

from tuimail.core.searching import DECIDED, parse_query
from tuimail.core.values import dataclass, replace
from tuimail.store import orders
from tuimail.store.orders import Order, Spot
from tuimail.workspace.row_views import row_view
from tuimail.workspace.searching import Found, SearchDesk
from tuimail.workspace.stores import Stores
from tuimail.workspace.views import Row

SOON: Final = timedelta(hours=1)
"""What is of no use any more within this time comes before what waits longest."""


class ListName(StrEnum):
    """The lists that panes show, each in its own order."""

    REVIEW = "review"
    """What nobody should overlook first, then what expires, then the oldest."""
    OUTBOX = "outbox"
    """What needs a person first, then what leaves next."""
    SENT = "sent"
    """The newest first."""
    DRAFTS = "drafts"
    """The newest first."""


ORDERS: Final = {
    ListName.REVIEW: orders.REVIEW,
    ListName.OUTBOX: orders.OUTBOX,
    ListName.SENT: orders.SENT,
    ListName.DRAFTS: orders.DRAFTS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which part of a list is to be shown."""

    around: Sequence[str] = ()
    """Ids; the window is around the first of them that is still in the list."""
    place: int = 0
    """Around which place, where none of them is; negative counts from the end."""
    above: int = 0
    """How many mails before that one, at least, where there are so many."""
    below: int = 100
    """How many after it."""
    selected: str = ""
    """Id of a mail whose place is told, wherever in the list it is."""
    kept: frozenset[str] = frozenset()
    """Ids of mails that are told wherever they are: those that are marked."""
    search: str = ""
    """What the mail has to match; empty for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A few mails of a list, and where they stand in it."""

    rows: tuple[Row, ...]
    start: int
    """How many mails stand above the first."""
    total: int
    """How many mails the list has now."""
    selected: Row | None
    """The mail that was asked about; None where it is not in the list."""
    place: int
    """How many mails stand above that one; 0 where it is not in the list."""
    kept: tuple[Row, ...]
    """Those that were asked for and are in the list, in its order."""
    among: int
    """How many mails the list would have if nothing was searched for."""
    found: Found | None = None
    """What came of the search; None where nothing was searched for."""


def _decided(search: str) -> str:
    """Return what lists the mail that was decided about, if that is asked for.

    Review takes the word alone as well.
    """
    whole = f"state:{DECIDED}" if search.strip() == DECIDED else search
    return whole if DECIDED in parse_query(whole).asked else ""


class ListDesk:
    """Answers which mails stand where in a list."""

    def __init__(self, stores: Stores, *, search: SearchDesk) -> None:
        self._stores = stores
        self._search = search

    def window(self, name: ListName, wanted: Wanted) -> Window:
        """Return the part of a list that is to be shown, as of one moment.

        Raises:
            FieldError: The search says something that cannot be searched for.
        """
        order = ORDERS[name]
        with self._stores.database.reading():
            whole = _Whole(self._stores, order)
            if not wanted.search:
                return self._window(whole, wanted)
            if name is ListName.REVIEW and (decided := _decided(wanted.search)):
                found = self._search.search(decided)
                hits = _Hits([Spot(0, "", one) for one in found.ids])
            else:
                found = self._search.search(wanted.search, order.statuses)
                hits = _Hits(whole.spots(found.ids))
            return replace(self._window(hits, wanted), found=found, among=whole.total)

    def hit(self, name: ListName, search: str, row_id: str, step: int) -> str:
        """Return the id of the next mail in a list that matches, or empty.

        Args:
            name: The list, which is shown as a whole.
            search: What is looked for.
            row_id: After which mail; it need not match, or be there.
            step: 1 for the next one, -1 for the one before.
        """
        order = ORDERS[name]
        with self._stores.database.reading():
            hits = self._search.search(search, order.statuses).ids
            whole = _Whole(self._stores, order)
            spots = [one.id for one in whole.spots({*hits, row_id})]
        here = spots.index(row_id) if row_id in spots else -1
        hit = set(hits)
        others = spots[here + 1 :] if step > 0 else spots[: max(here, 0)][::-1]
        return next((one for one in others if one in hit), "")

    def _window(self, listing: "_Listing", wanted: Wanted) -> Window:
        named = listing.spots({*wanted.around, wanted.selected, *wanted.kept})
        there = {spot.id: spot for spot in named}
        anchor = next((there[one] for one in wanted.around if one in there), None)
        spots, start = listing.around(anchor, wanted)
        places = {spot.id: start + step for step, spot in enumerate(spots)}
        selected = there.get(wanted.selected)
        return Window(
            rows=self._rows(spots),
            start=start,
            total=listing.total,
            selected=self._rows([selected])[0] if selected else None,
            place=_place(listing, selected, places) if selected else 0,
            kept=self._rows([one for one in named if one.id in wanted.kept]),
            among=listing.total,
        )

    def _rows(self, spots: Sequence[Spot]) -> tuple[Row, ...]:
        listed = self._stores.rows.listed([spot.id for spot in spots])
        return tuple(row_view(self._stores, one) for one in listed)


class _Listing(Protocol):
    """Mails in the order of a list, as of one moment."""

    @property
    def total(self) -> int:
        """How many there are."""
        ...

    def spots(self, ids: Collection[str]) -> list[Spot]:
        """Return where those of ``ids`` stand that are listed, from the top."""
        ...

    def place(self, spot: Spot) -> int:
        """Return how many mails stand above ``spot``."""
        ...

    def around(self, anchor: Spot | None, wanted: Wanted) -> tuple[list[Spot], int]:
        """Return the window, and how many mails stand above it.

        Args:
            anchor: The mail that it is around; None for what the place says.
            wanted: How far it reaches.
        """
        ...


def _place(listing: _Listing, spot: Spot, places: Mapping[str, int]) -> int:
    """Return where a mail stands, which is known of those in the window."""
    known = places.get(spot.id)
    return listing.place(spot) if known is None else known


def _reach(wanted: Wanted, total: int) -> tuple[int, int]:
    """Return the first place of the window around a place, and the one after it."""
    place = wanted.place if wanted.place >= 0 else total + wanted.place
    last = min(total, max(0, place) + wanted.below + 1)
    return max(0, min(place, last) - wanted.above), last


class _Hits:
    """What was found of a list: never more than a few pages of it."""

    def __init__(self, hits: Sequence[Spot]) -> None:
        self._hits = hits
        self._places = {spot.id: place for place, spot in enumerate(hits)}

    @property
    def total(self) -> int:
        return len(self._hits)

    def spots(self, ids: Collection[str]) -> list[Spot]:
        return [spot for spot in self._hits if spot.id in ids]

    def place(self, spot: Spot) -> int:
        return self._places[spot.id]

    def around(self, anchor: Spot | None, wanted: Wanted) -> tuple[list[Spot], int]:
        if anchor is not None:
            wanted = replace(wanted, place=self.place(anchor))
        first, last = _reach(wanted, self.total)
        return list(self._hits[first:last]), first


class _Whole:
    """A list as it is; as long as there is mail, so only parts of it are read."""

    def __init__(self, stores: Stores, order: Order) -> None:
        self._orders = stores.orders
        self._order = order
        self._soon = stores.clock.now() + SOON
        self._total = stores.orders.total(order)

    @property
    def total(self) -> int:
        return self._total

    def spots(self, ids: Collection[str]) -> list[Spot]:
        return self._orders.among(self._order, self._soon, ids) if ids else []

    def place(self, spot: Spot) -> int:
        return self._orders.place(self._order, self._soon, spot)

    def around(self, anchor: Spot | None, wanted: Wanted) -> tuple[list[Spot], int]:
        if anchor is None:
            return self._at(wanted)
        above = self._orders.above(self._order, self._soon, anchor, wanted.above)
        below = self._orders.below(self._order, self._soon, anchor, wanted.below)
        spots = [*above, anchor, *below]
        if len(above) < wanted.above:
            return spots, 0
        if len(below) < wanted.below:
            return spots, self._total - len(spots)
        return spots, self.place(anchor) - len(above)

    def _at(self, wanted: Wanted) -> tuple[list[Spot], int]:
        """Return the window around a place."""
        first, last = _reach(wanted, self._total)
        if first == 0:
            return self._orders.top(self._order, self._soon, last), 0
        return self._orders.between(self._order, self._soon, first, last), first
