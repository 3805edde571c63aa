"""A Maildir++ that shows the workspace to any other mail program.

It mirrors the state and is never read back: the database is the truth.
"""

from pathlib import Path


def folder_of(status: str) -> str | None:
    """Return the folder for mail of this status, or None for none at all."""
    raise NotImplementedError


class Maildir:
    """The folder ``mail/`` of a workspace."""

    def __init__(self, root: Path) -> None:
        """Args: root: the workspace's folder."""
        self._folder = root / "mail"

    def place(self, draft_id: str, folder: str | None, source: Path) -> None:
        """Have the message in this folder, as a link, and in no other."""
        raise NotImplementedError

    def list(self, folder: str) -> tuple[str, ...]:
        """Return the ids of the drafts whose message is in ``folder``."""
        raise NotImplementedError
