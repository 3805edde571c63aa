"""Pages, filters, counts and searches, at a thousand records and at a million.

What is timed is the store: rows as objects, warm, in one process. The last lines are
the same as faces ask for it, with everything that is shown of a mail.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from typing import Final

from tests.bench.contests import (
    MICROS,
    Asked,
    Cost,
    Result,
    Turn,
    absolute,
    at_most,
    in_turns,
)
from tests.bench.growing import FLAT, grown
from tests.bench.many import filled
from tests.bench.places import opened
from tuimail.core.searching import parse_query
from tuimail.store import orders
from tuimail.workspace.lists import ListName, Wanted
from tuimail.workspace.workspace import Workspace

ROUNDS: Final = 7
SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
PAGE: Final = 50
LIMIT: Final = at_most(500)
"""Microseconds that one answer may take."""
Question = Callable[[], object]


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    sizes = [size for size in SIZES if size <= asked.most]
    with ExitStack() as stack:
        turns: dict[tuple[str, int], Turn] = {}
        for size in sizes:
            filling = filled(size, is_shown=False, is_settled=True, kept=asked.kept)
            folder = stack.enter_context(filling)
            workspace = stack.enter_context(opened(folder))
            for name, question in _questions(workspace, size).items():
                turns[name, size] = Turn(question)
        told = in_turns(turns, asked.rounds_or(ROUNDS))
    names = dict.fromkeys(name for name, _ in turns)
    sides = {name: {size: told[name, size] for size in sizes} for name in names}
    return [line for name, side in sides.items() for line in _lines(name, side)]


def _questions(workspace: Workspace, size: int) -> dict[str, Question]:
    return {
        **_pages(workspace, size),
        **_searches(workspace),
        **_faces(workspace, size),
    }


def _pages(workspace: Workspace, size: int) -> dict[str, Question]:
    stores, now = workspace._stores, workspace._stores.clock.now()
    rows, listed = stores.rows, stores.orders
    (middle,) = listed.between(orders.SENT, now, size // 2, size // 2 + 1)
    draft = stores.drafts.get(middle.id)
    before = draft.changed_at, draft.id
    sent, few = frozenset({"sent"}), frozenset({"error"})
    return {
        "newest page": partial(rows.rows, limit=PAGE),
        "page in the middle, by key": partial(rows.rows, limit=PAGE, before=before),
        "the same, its keys": partial(listed.below, orders.SENT, now, middle, PAGE),
        "page in the middle, by its place": partial(
            listed.between, orders.SENT, now, size // 2, size // 2 + PAGE
        ),
        "place of a mail in the middle": partial(
            listed.place, orders.SENT, now, middle
        ),
        "one of many states": partial(rows.rows, statuses=sent, limit=PAGE),
        "one of few states": partial(rows.rows, statuses=few, limit=PAGE),
        "counts": rows.counts,
    }


def _searches(workspace: Workspace) -> dict[str, Question]:
    search = workspace._stores.search
    return {
        f"search, {name}": partial(search.hits, parse_query(text), statuses, PAGE)
        for name, text, statuses in (
            ("a word of one mail", "part471", None),
            ("a word of all mails", "warehouse", None),
            ("two words", "warehouse goods", None),
            ("a word that is begun", "clerk1", None),
            ("in a list", "warehouse", frozenset({"ready"})),
        )
    }


def _faces(workspace: Workspace, size: int) -> dict[str, Question]:
    window = workspace.lists.window
    newest, middle = Wanted(below=PAGE), Wanted(place=size // 2, below=PAGE)
    return {
        "app: first window": partial(window, ListName.SENT, newest),
        "app: window in the middle": partial(window, ListName.SENT, middle),
        "app: search": partial(
            window, ListName.SENT, Wanted(search="warehouse", below=PAGE)
        ),
        "command: page": partial(workspace.drafts.rows, limit=PAGE),
        "command: search": partial(workspace.search.page, "warehouse", limit=PAGE),
    }


def _lines(name: str, sides: Mapping[int, Sequence[Cost]]) -> Iterator[Result]:
    """Yield the figure at each size, and how it grows; the largest has the goal."""
    is_store = not name.startswith(("app:", "command:"))
    for size, costs in sides.items():
        yield absolute(
            f"{name}, {size:,}",
            [cost.wall for cost in costs],
            cpu=[cost.cpu for cost in costs],
            unit=MICROS,
            goal=LIMIT if is_store and size == max(sides) else None,
        )
    if len(sides) > 1:
        cpu = {size: [cost.cpu for cost in costs] for size, costs in sides.items()}
        yield grown(f"{name}, of processor", cpu, unit=MICROS, goal=FLAT)
