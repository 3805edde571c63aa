"""What is said where a list has nothing to show: what it is for, and what was last.

Pure.
"""

from datetime import datetime

from tuimail.tui import wording
from tuimail.workspace.lately import Lately


def with_last(text: str, mode: str, lately: Lately | None, now: datetime) -> str:
    """Return ``text`` with what happened last, where that says something here."""
    said = {"review": _decided, "outbox": _sent}.get(mode)
    last = said(lately, now) if said is not None and lately is not None else ""
    return f"{text}\n\n{last}" if last else text


def _decided(lately: Lately, now: datetime) -> str:
    if lately.decided_at is None:
        return ""
    return f"Last decision {wording.clock(lately.decided_at, now)}."


def _sent(lately: Lately, now: datetime) -> str:
    row = lately.sent
    if row is None:
        return ""
    at = wording.clock(row.sent_at or row.updated_at, now)
    return f"Last sent {at} to {wording.people(row.to)}."
