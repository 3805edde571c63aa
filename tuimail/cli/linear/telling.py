"""Mails and accounts, as lines that are heard one after the other.

What others wrote stands at the end of a line, after words of ours, and a line never
begins with it: no subject can pass for a fact or for a note.

Pure.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final

from tuimail.cli.accounts import HEADS, cells
from tuimail.cli.refusals import STANDS
from tuimail.cli.table import local
from tuimail.core.origin import is_agent
from tuimail.tui import whys, wording
from tuimail.tui.whys import Around
from tuimail.workspace.evidence import Evidence
from tuimail.workspace.views import AccountView, Counts, Row

_WORST: Final = {
    "block": "blocked",
    "warning": "warning",
}


def row_lines(row: Row, number: int, now: datetime, around: Around) -> Iterator[str]:
    """Yield one mail of a list: where it stands, whom it is for, and why it waits."""
    yield f"{number}. {_standing(row, now, around)}, {about(row)}"
    if row.due_at is not None or row.reason:
        yield f"   Why: {whys.why(row, now, around)}"


def about(row: Row) -> str:
    """Return whom a mail is for, who wrote it, and its subject."""
    actor = row.origin.actor
    author = f"from {wording.line(actor)}, " if is_agent(actor) else ""
    people, subject = wording.people(row.to), wording.subject(row.subject)
    return f"{author}to {people}: {subject}"


def stands(row: Row, now: datetime) -> str:
    """Return how a mail stands, for a sentence about it."""
    return STANDS.get(row.status) or f"is {whys.status(row, now)}"


def count_lines(counts: Counts) -> Iterator[str]:
    """Yield how much there is in each list."""
    yield f"review: {counts.review}"
    yield f"outbox: {counts.outbox}"
    if counts.unknown:
        yield f"of unknown fate: {counts.unknown}"
    yield f"sent: {counts.sent}"
    yield f"drafts: {counts.drafts}"


def account_lines(accounts: Iterable[AccountView]) -> Iterator[str]:
    """Yield every way out, a fact a line."""
    for one in accounts:
        for head, cell in zip(HEADS, cells(one), strict=True):
            if cell:
                yield f"{head}: {cell}"
        yield f"  waiting: {one.waiting}"
        yield f"  taken today: {one.taken_today}"


def evidence_lines(found: Evidence) -> Iterator[str]:
    """Yield what is known of a mail of which nobody knows whether it arrived."""
    for one in found.facts:
        at = f" at {local(one.at)}" if one.at else ""
        quote = f" “{one.quote}”" if one.quote else ""
        yield f"Evidence{at}: {one.text}{quote}"


def who_sends(state: str) -> str:
    """Return who sends, in a sentence, from the sender's own words."""
    if state == whys.HERE:
        return "Mail is sent from here."
    other = state.removeprefix("held by ")
    return f"{other} sends." if other != state else f"Nobody sends: {state}."


def _standing(row: Row, now: datetime, around: Around) -> str:
    words = [whys.status(row, now)]
    if row.worst_finding in _WORST:
        words.append(_WORST[row.worst_finding])
    if row.revision > 1:
        words.append(f"revision {row.revision}")
    if row.assigned:
        words.append(f"for {wording.line(row.assigned)}")
    is_planned = row.due_at is not None
    when = (
        whys.when(row, now, around)
        if is_planned
        else wording.day(row.sent_at or row.updated_at, now)
    )
    return ", ".join([*words, when])
