"""The desk that lends mail to an editor, as a file, and takes it back.

A face runs the editor. What the editor wrote is there until it was stored,
whatever becomes of the face meanwhile.
"""

from pathlib import Path
from typing import Final

from tuimail.core.lent import Sheet, read, written
from tuimail.core.values import dataclass
from tuimail.store.lent import Loan, Loans
from tuimail.workspace.stores import Stores

NEW: Final = "new"
"""Stands in the place of an id for mail that is not stored yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lent:
    """A part of a mail that an editor is given, or was given earlier."""

    draft_id: str
    """Which mail; empty for one that is not stored yet."""
    part: str
    """``text`` or ``html``."""
    path: Path
    """What the editor is to open."""
    is_left: bool
    """Whether it has what an editor wrote earlier and nobody took."""
    loan: Loan


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What came back from the editor."""

    sheet: Sheet | None
    """What it wrote; None where it changed nothing."""
    is_late: bool = False
    """Whether the mail itself was changed meanwhile, so that one of the two is to
    be chosen."""


class LendingDesk:
    """What editors have, and what they left."""

    def __init__(self, stores: Stores) -> None:
        self._loans = Loans(stores.root)
        self._stores = stores

    def lend(self, draft_id: str, part: str, sheet: Sheet, *, suffix: str) -> Lent:
        """Return the file for an editor; the one that was left goes first.

        Args:
            draft_id: Which mail, or empty for one that is not stored yet.
            part: ``text`` or ``html``.
            sheet: What it says now.
            suffix: How the name of the file ends, by which editors know its kind.

        Raises:
            WorkspaceBusyError: An editor has it open already.
            FullDiskError: The disk has only the room that is kept for results.
            StoreError: The disk refuses.
        """
        self._stores.require_room()
        name = _name(draft_id, part)
        loan = self._loans.lend(name, written(sheet), suffix)
        return Lent(
            draft_id=draft_id,
            part=part,
            path=loan.path,
            is_left=loan.is_left,
            loan=loan,
        )

    def take_back(self, lent: Lent, now: Sheet) -> Returned:
        """Return what the editor wrote; it stays where it is until ``end``.

        Args:
            lent: What it was given.
            now: What the mail says by now.

        Raises:
            FieldError: It is not UTF-8, or its headers cannot be told.
            StoreError: It cannot be read.
        """
        content, shown = lent.loan.changed(), written(now)
        if content is None or content == shown:
            return Returned(sheet=None)
        return Returned(sheet=read(content, now), is_late=lent.loan.before != shown)

    def end(self, lent: Lent) -> None:
        """Forget what was lent: it is stored, or nobody wants it."""
        lent.loan.end()

    def leave(self, lent: Lent) -> bool:
        """Let it lie for another time; return whether there is anything new in it."""
        is_worth_it = lent.loan.changed() is not None or lent.loan.has_more
        lent.loan.leave()
        return is_worth_it

    def has_left(self, draft_id: str) -> bool:
        """Return whether an editor wrote something that nobody took."""
        parts = ("text", "html")
        return any(self._loans.has_left(_name(draft_id, part)) for part in parts)


def _name(draft_id: str, part: str) -> str:
    return f"{draft_id or NEW}.{part}"
