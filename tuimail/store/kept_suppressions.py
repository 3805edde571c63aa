"""The list of who gets no mail any more, once more beside the database.

A database that is lost is made again from what lies beside each mail, and this is
beside none: without the file, whoever unsubscribed would get mail again. It is
written anew after each change, so that a crash in between mends itself.
"""

from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from tuimail.errors import StoreError
from tuimail.store.durable import blocks, write_durably
from tuimail.store.suppressions import SuppressionRow, Suppressions

NAME: Final = "suppressions.json"
_ALL: Final = 1_000_000_000


class KeptSuppressions:
    """Writes the list down."""

    def __init__(self, folder: Path, suppressions: Suppressions) -> None:
        self._path = folder / NAME
        self._suppressions = suppressions

    def keep(self) -> None:
        """Write down who is on the list now.

        Another process may do so at the same time with what it knew: whoever is
        last looks again. Where the disk does not take it, the next change tries
        again.
        """
        written: tuple[SuppressionRow, ...] | None = None
        rows = self._suppressions.rows(limit=_ALL)
        with suppress(StoreError):
            while rows != written and (rows or self._path.exists()):
                write_durably(self._path, [msgspec.json.encode(rows)])
                written, rows = rows, self._suppressions.rows(limit=_ALL)


def read_kept(folder: Path) -> tuple[SuppressionRow, ...]:
    """Return the list that was written down; an empty one where there is none.

    Raises:
        StoreError: The file cannot be read, or is not what was written.
    """
    path = folder / NAME
    try:
        return _ROWS.decode(b"".join(blocks(path)))
    except FileNotFoundError:
        return ()
    except (msgspec.MsgspecError, ValueError) as error:
        raise StoreError(
            f"{path} cannot be understood: {error}.",
            hint="Put it back from a backup. Without it, nobody is known who gets no "
            "mail any more.",
        ) from error


_ROWS: Final = msgspec.json.Decoder(tuple[SuppressionRow, ...])
