"""Keeps what is being written in the dialogue while it is, and finds it again.

Each answer is stored before the next question is said, so that a line that breaks, or
a power cut, takes nothing that was ended with Enter.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.cli.linear.session import Session
from tuimail.core.draft import Draft
from tuimail.errors import LifecycleError, TuimailError
from tuimail.tui import editing
from tuimail.tui.editing import Opened
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row

_MOST_FOUND: Final = 20
"""Drafts that are looked after at the beginning; others stand in the list."""


class Keeping:
    """What is stored of one mail that is being written."""

    def __init__(self, session: Session) -> None:
        self._session = session
        empty = session.workspace.drafts.compose(Fields(is_signed=False))
        self._typed = editing.typed_of(empty)
        self._opened = Opened()
        self._has_complained = False

    def keep(self, **answers: str) -> None:
        """Store what was answered, by field; nothing at all makes no draft.

        What cannot be stored is told once, and written on: it may be, at its end.
        """
        self._typed = editing.with_fields(self._typed, answers)
        if self._typed.is_blank:
            return
        try:
            kept = editing.keep(self._typed, self._opened)(self._session.workspace)
        except TuimailError as error:
            if not self._has_complained:
                self._has_complained = True
                self._session.complain(error)
        else:
            self._opened = kept.opened

    def finish(self, draft: Draft) -> Row:
        """Store the whole mail; as one of its own, if the other went its own way."""
        workspace, opened = self._session.workspace, self._opened
        if opened.id:
            try:
                return workspace.writing.cut(
                    opened.id, draft, revision=opened.revision, seen=opened.seen
                ).page.row
            except LifecycleError as error:
                self._session.complain(error)
        return workspace.drafts.new(draft)

    def put_down(self) -> Row | None:
        """Make a draft of what was stored; None where nothing was."""
        if not self._opened.id:
            return None
        call = editing.save(self._typed, self._opened, strict=False)
        return call(self._session.workspace).page.row


def found_again(session: Session) -> Iterator[str]:
    """Have what was being written when its program ended be a draft; say which."""
    writing = session.workspace.writing
    for _ in range(_MOST_FOUND):
        row = writing.left_behind()
        if row is None:
            return
        begun = writing.begin(row.id)
        typed, opened = editing.typed_into(begun), editing.opened_of(begun)
        editing.save(typed, opened, strict=False, place=begun.place)(session.workspace)
        number = session.numbers.of(row.id)
        yield (
            f"{number} was being written when tuimail ended, and is a draft: "
            f"type read {number}."
        )
