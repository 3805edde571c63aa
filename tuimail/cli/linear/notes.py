"""What happened while nobody typed: said once, in lines that begin with ``Note:``."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Final

from tuimail.cli.linear.hints import in_dialogue
from tuimail.cli.linear.session import Session
from tuimail.cli.linear.telling import about, stands, who_sends
from tuimail.errors import NotFoundError, TuimailError
from tuimail.tui import wording
from tuimail.workspace.views import OUTBOX_STATUSES, REVIEW_STATUSES, Row

WATCHED: Final = 200
"""Mails of a list that are looked at for changes."""
MOST_AT_ONCE: Final = 8
"""So many changes are said one by one; a slow line must not be filled with them."""
_TOLD: Final = frozenset({"unknown"})
"""Why mail is so is among what has to be told once, with what can be typed."""


class Notes:
    """Knows what was said already."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._version = -1
        self._sender = session.sender.state

    def begin(self) -> tuple[str, ...]:
        """Take all mail as known, and return what nobody was told yet."""
        self._version = self._session.workspace.data_version()
        self._session.known = self._read()
        return tuple(self._untold())

    def look(self) -> tuple[str, ...]:
        """Return what is new, as sentences; a disk in trouble says so when asked."""
        found = [*self._of_sender()]
        with suppress(TuimailError):
            version = self._session.workspace.data_version()
            if version != self._version:
                self._version = version
                found += [*self._of_mails(), *self._untold()]
        return tuple(found)

    def _of_sender(self) -> Iterator[str]:
        state = self._session.sender.state
        if state != self._sender:
            self._sender = state
            yield who_sends(state)

    def _untold(self) -> Iterator[str]:
        """Yield what has to be told once, whichever face comes first."""
        notices = self._session.workspace.notices
        found = notices.untold()
        numbers = self._session.numbers
        for one in found:
            for draft_id in self._session.known:
                if draft_id in one.sentence:
                    numbers.of(draft_id)
            said = (one.sentence, one.hint)
            yield from (in_dialogue(text, numbers) for text in said if text)
        if found:
            notices.told(one.number for one in found)

    def _of_mails(self) -> tuple[str, ...]:
        before, found = self._session.known, self._read()
        self._session.known = found
        gone = self._looked_for(before.keys() - found.keys())
        changed = [
            row for row in (*found.values(), *gone) if _differs(before.get(row.id), row)
        ]
        if len(changed) > MOST_AT_ONCE:
            number = wording.count(len(changed), "mail")
            return (f"{number} changed: type list to see how it stands.",)
        return tuple(line for row in changed for line in self._lines(row, before))

    def _lines(self, row: Row, before: Mapping[str, Row]) -> Iterator[str]:
        session = self._session
        number, old = session.numbers.of(row.id), before.get(row.id)
        is_edited = old is not None and old.revision != row.revision
        if is_edited and row.status == "review":
            yield f"{number} is revision {row.revision} now, {about(row)}"
            return
        yield f"{number} {stands(row, session.now())}, {about(row)}"
        if row.reason and row.status not in _TOLD:
            yield f"{number}, why: {row.reason}"

    def _read(self) -> dict[str, Row]:
        rows = self._session.workspace.drafts.rows
        listed = (
            *rows(statuses=REVIEW_STATUSES, limit=WATCHED),
            *rows(statuses=OUTBOX_STATUSES, limit=WATCHED),
        )
        return {row.id: row for row in listed}

    def _looked_for(self, ids: Iterable[str]) -> Iterator[Row]:
        """Yield what is in no list any more: sent, sent back, thrown away."""
        for draft_id in sorted(ids):
            with suppress(NotFoundError):
                yield self._session.workspace.drafts.row(draft_id)


def _differs(old: Row | None, new: Row) -> bool:
    """Whether somebody who waits would want to hear of it."""
    if old is None:
        return True
    return (old.status, old.revision) != (new.status, new.revision)
