"""A Maildir++ that shows the workspace to any other mail program.

It mirrors the state and is never read back: the database is the truth. So
nothing here is flushed, and what is lost is put there again by ``place``.
"""

import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from tuimail.store.durable import make_folder, write_durably
from tuimail.store.failures import told
from tuimail.store.outbound import checked_id, link

FOLDERS: Final = (".Drafts", ".Review", ".Outbox", ".Sent", ".Failed")
"""Every folder there is, beside the empty one at the top."""

_STATUSES: Final = {
    ".Drafts": ("draft", "dry_run", "rejected"),
    ".Review": ("review", "approved"),
    ".Outbox": ("ready", "held", "sending", "deferred", "unknown"),
    ".Sent": ("sent", "queued", "partial"),
    ".Failed": ("error",),
}
_FOLDER_OF: Final = {
    status: folder for folder, statuses in _STATUSES.items() for status in statuses
}
_KEPT: Final = ("cur", "new")
"""Where other programs keep mail: what they have looked at, and what not."""


def folder_of(status: str) -> str | None:
    """Return the folder for mail of this status, or None for none at all."""
    return _FOLDER_OF.get(status)


class Maildir:
    """The folder ``mail/`` of a workspace."""

    def __init__(self, root: Path) -> None:
        self._folder = root
        self._is_made = False

    def place(self, draft_id: str, folder: str | None, source: Path) -> None:
        """Have the message in this folder, as a link, and in no other.

        The new one is there before the old one goes, under a name that was
        never used: mail programs remember what they saw under a name.

        Args:
            draft_id: Whose message; finds the copies there are.
            folder: One of ``FOLDERS``, or None for none.
            source: The message's file; not looked at where ``folder`` is None.
        """
        self._make()
        found = self._copies(checked_id(draft_id))
        kept = None if folder is None else _right(found, folder, source)
        if folder is not None and kept is None:
            name = f"{draft_id}.{secrets.token_hex(6)}.tuimail:2,S"
            link(source, self._folder / folder / "cur" / name)
        with told(self._folder):
            for path in found:
                if path != kept:
                    path.unlink(missing_ok=True)

    def ids(self, folder: str) -> tuple[str, ...]:
        """Return the ids of the drafts whose message is in ``folder``."""
        self._make()
        return tuple(sorted(path.name.split(".", 1)[0] for path in self._in(folder)))

    def _make(self) -> None:
        if self._is_made:
            return
        for folder in (self._folder, *(self._folder / name for name in FOLDERS)):
            for part in ("cur", "new", "tmp"):
                make_folder(folder / part)
            if folder != self._folder:
                write_durably(folder / "maildirfolder", ())
        self._is_made = True

    def _in(self, folder: str) -> Iterator[Path]:
        for part in _KEPT:
            path = self._folder / folder / part
            with told(path):
                yield from path.iterdir()

    def _copies(self, draft_id: str) -> tuple[Path, ...]:
        beginning = f"{draft_id}."
        return tuple(
            path
            for folder in FOLDERS
            for path in self._in(folder)
            if path.name.startswith(beginning)
        )


def _right(found: Iterable[Path], folder: str, source: Path) -> Path | None:
    """Return the copy that is right already: these bytes, in this folder."""
    placed = (path for path in found if path.parent.parent.name == folder)
    with told(source):
        return next((path for path in placed if path.samefile(source)), None)
