"""Which mail the maildir shows otherwise than it stands.

Looked for in pieces: a folder may have more names than fit in memory easily.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from tuimail.store.maildir import Copy, statuses_of
from tuimail.workspace.stores import Stores

_PIECE: Final = 500
Key = tuple[str, int]
"""A mail, and its newest revision."""


def misplaced(stores: Stores, folder: str) -> Iterator[tuple[str, bool]]:
    """Yield whose copy is wrongly in ``folder``, or missing there: whether it belongs.

    What is missing is looked for one by one only where too few are right. Somebody
    who writes meanwhile has that done for nothing, and no more.
    """
    before = _expected(stores, folder)
    right, renamed = 0, set[Key]()
    copies = stores.maildir.shown(folder)
    while piece := list(islice(copies, _PIECE)):
        belong = _belonging(stores, folder, piece)
        for copy in piece:
            if copy.key not in belong:
                yield copy.draft_id, False
            elif copy.is_usual:
                right += 1
            else:
                renamed.add(copy.key)
    right += sum(not stores.maildir.has(folder, *key) for key in renamed)
    if not right == before == _expected(stores, folder):
        yield from ((key[0], True) for key in _missing(stores, folder, renamed))


def _expected(stores: Stores, folder: str) -> int:
    counts = stores.rows.counts()
    return sum(counts.get(status, 0) for status in statuses_of(folder))


def _belonging(stores: Stores, folder: str, copies: list[Copy]) -> set[Key]:
    """Return which of these are of a mail's newest revision, and in its folder."""
    places = stores.rows.places_of({copy.draft_id for copy in copies})
    statuses = statuses_of(folder)
    return {(one.id, one.revision) for one in places if one.status in statuses}


def _missing(stores: Stores, folder: str, renamed: set[Key]) -> Iterator[Key]:
    for one in stores.rows.places(statuses_of(folder)):
        key = (one.id, one.revision)
        if key not in renamed and not stores.maildir.has(folder, *key):
            yield key
