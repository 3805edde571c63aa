"""The list of who gets no mail any more, once more beside the database.

Without it, whoever unsubscribed would get mail again from a database that was made
again.
"""

from pathlib import Path
from typing import Final

import msgspec

from tuimail.store.kept_lists import KeptList, ListFile
from tuimail.store.list_names import SUPPRESSIONS
from tuimail.store.suppressions import SuppressionRow, Suppressions

NAME: Final = SUPPRESSIONS
_ALL: Final = 1_000_000_000


def kept_suppressions(
    folder: Path, suppressions: Suppressions
) -> KeptList[tuple[SuppressionRow, ...]]:
    """Return the list, which is kept in ``folder``."""
    return KeptList(_LIST, folder, lambda: suppressions.rows(limit=_ALL))


def read_kept(folder: Path) -> tuple[SuppressionRow, ...]:
    """Return the list that was written down; an empty one where there is none.

    Raises:
        StoreError: The file cannot be read, or is not what was written.
    """
    try:
        return _LIST.read(folder)
    except FileNotFoundError:
        return ()


_LIST: Final[ListFile[tuple[SuppressionRow, ...]]] = ListFile(
    name=NAME,
    decoder=msgspec.json.Decoder(tuple[SuppressionRow, ...]),
    nothing=(),
    without="Without it, nobody is known who gets no mail any more.",
)
