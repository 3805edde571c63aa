"""Why each mail in the outbox is where it is, in one plain sentence a mail.

The workspace knows the reasons; what only the app sees is joined here: how far an
upload is, what keeps the whole account, who sends, and which key helps.

Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tuimail.tui import wording
from tuimail.workspace.obstacles import Obstacle
from tuimail.workspace.progress import BEGUN, Progress
from tuimail.workspace.queue_desk import LeftAlone
from tuimail.workspace.views import Row

HERE: Final = "here"
_HELD_BY: Final = "held by "
"""How the sender says that another program sends."""
_WEEK: Final = timedelta(days=6)
_MEGA: Final = 1_000_000
_STAGES: Final = {
    BEGUN: "connecting",
    "resolved": "connecting",
    "connected": "connected, securing the line",
    "tls": "logging in",
    "auth": "offering it",
    "mail": "offering it",
    "rcpt": "offering it",
    "data354": "sending",
    "mid_body": "sending",
    "dot.written": "all of it is out, waiting for the answer",
    "reply.read": "answered",
}
"""What an attempt is at, by the stage that was reached last."""
_MAY_HAVE_ARRIVED: Final = "it may have arrived: you decide"
_SENDING: Final = frozenset({"data354", "mid_body"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What the app sees beside the mails themselves."""

    sender: str = HERE
    """Who sends, in the sender's own words."""
    undo_key: str = "u"
    obstacles: Mapping[str, Obstacle] = field(default_factory=dict)
    """By account."""
    under_way: Mapping[str, Progress] = field(default_factory=dict)
    """How far attempts of this app are, by mail."""


def status(row: Row, now: datetime) -> str:
    """Return the word for where ``row`` stands; of what has a time, that."""
    is_later = row.due_at is not None and row.due_at > now
    if row.status == "ready" and is_later and not wording.undo_left(row, now):
        return "waits" if _is_kept(row) else "scheduled"
    return wording.status(row, now)


def when(row: Row, now: datetime, around: Around) -> str:
    """Return when it leaves or is tried next; while it goes out, how much is out."""
    progress = around.under_way.get(row.id)
    if progress is not None and progress.stage in _SENDING:
        return _amount(progress)
    if row.due_at is not None and timedelta(days=1) <= row.due_at - now < _WEEK:
        return f"{row.due_at.astimezone():%a %H:%M}"
    return wording.when(row, now)


def why(row: Row, now: datetime, around: Around) -> str:
    """Return why it is where it is; safe text, short enough to be read."""
    if wording.undo_left(row, now):
        return f"{around.undo_key} takes it back"
    if row.status == "sending":
        return _handed_over(around.under_way.get(row.id), around)
    return _kept_by_account(row, around) or _of_itself(row, now, around)


def brief(row: Row, now: datetime, around: Around) -> str:
    """Return the point of what ``why`` says, where there is no room for all of it."""
    if wording.undo_left(row, now):
        return f"{around.undo_key} takes it back"
    if row.status == "sending":
        return _handed_over(around.under_way.get(row.id), around).partition(",")[0]
    if kept := _kept_by_account(row, around):
        return kept.removeprefix("account ")
    if row.status == "unknown":
        return _MAY_HAVE_ARRIVED.partition(":")[0].removeprefix("it ")
    reason = wording.line(row.reason)
    if row.status == "deferred" or reason:
        return _point(reason)
    return _leaves(row, now, around).partition(",")[0].partition(":")[0]


def _point(reason: str) -> str:
    """Return the first clause of a reason."""
    ends = (reason.find(mark) for mark in (": ", "; ", ", ", ". "))
    return reason[: min((end for end in ends if end > 0), default=len(reason))]


def not_tried(left: Sequence[LeftAlone]) -> str:
    """Return which mails were not tried with the others, and why; safe text.

    What has the same reason is told once.
    """
    reasons: dict[tuple[str, str], list[str]] = {}
    for one in left:
        reason = (one.row.status, wording.line(one.why))
        reasons.setdefault(reason, []).append(wording.subject(one.row.subject))
    return " ".join(
        f"Not tried, {status}: {_subjects(subjects)}. {why}"
        for (status, why), subjects in reasons.items()
    )


def _subjects(subjects: Sequence[str]) -> str:
    first, *others = (f"“{one}”" for one in subjects)
    return f"{first} and {len(others)} more" if others else first


def speed(progress: Progress) -> str:
    """Return how fast content goes out, or an empty text while nobody can tell."""
    rate = progress.bytes_per_second
    return f"{wording.size(round(rate))}/s" if rate else ""


def _handed_over(progress: Progress | None, around: Around) -> str:
    if progress is None:
        who = _other_sender(around)
        return f"being handed over by {who}" if who else "being handed over"
    words = _STAGES.get(progress.stage, "being handed over")
    if progress.stage in _SENDING:
        parts = (f"{words} {_share(progress)}", speed(progress))
        return ", ".join(part for part in parts if part)
    seconds = round(progress.stage_seconds)
    return f"{words} {seconds} s" if seconds else words


def _share(progress: Progress) -> str:
    if not progress.size_bytes:
        return "it"
    return f"{min(100, 100 * progress.handed_bytes // progress.size_bytes)} %"


def _amount(progress: Progress) -> str:
    """Return ``12/40 MB``; mail that is small goes at once."""
    if progress.size_bytes < _MEGA:
        return "now"
    handed = progress.handed_bytes / _MEGA
    return f"{handed:.0f}/{progress.size_bytes / _MEGA:.0f} MB"


def _kept_by_account(row: Row, around: Around) -> str:
    """Return what keeps its whole account; the reason stands below the list."""
    obstacle = around.obstacles.get(row.account)
    if obstacle is None or row.status not in {"ready", "held", "deferred"}:
        return ""
    account = wording.line(row.account)
    if obstacle.is_held:
        is_with_it = row.status != "held" or row.reason == obstacle.reason
        return f"account {account} is held" if is_with_it else ""
    if row.due_at is None or (obstacle.until and row.due_at != obstacle.until):
        return ""
    return "no network" if obstacle.is_unreachable else f"account {account} waits"


def _of_itself(row: Row, now: datetime, around: Around) -> str:
    reason = wording.line(row.reason)
    if row.status == "unknown":
        return _MAY_HAVE_ARRIVED
    if row.status == "deferred":
        return f"{reason} ({_tries(row, now)})"
    is_next = row.status == "ready" and not reason
    return _leaves(row, now, around) if is_next else reason


def _leaves(row: Row, now: datetime, around: Around) -> str:
    """Return when mail leaves that nothing keeps, and who is to send it."""
    if row.due_at is not None and row.due_at > now:
        away = wording.duration(row.due_at - now)
        return f"leaves in {away}, {day_of(row.due_at)}"
    if around.sender == HERE:
        return "leaves next"
    who = _other_sender(around)
    return (
        f"leaves next, {who} sends"
        if who
        else f"nobody sends: {wording.line(around.sender)}"
    )


def _other_sender(around: Around) -> str:
    """Return which other program sends, or an empty text."""
    found = around.sender.startswith(_HELD_BY)
    return wording.line(around.sender.removeprefix(_HELD_BY)) if found else ""


def _tries(row: Row, now: datetime) -> str:
    end = f", gives up {wording.clock(row.gives_up_at, now)}" if row.gives_up_at else ""
    return f"{wording.count(row.attempts, 'try', 'tries')}{end}"


def moment_of(at: datetime, now: datetime) -> str:
    """Return a moment to come as people say it, and how long it is until then."""
    return f"{day_of(at)}, in {wording.duration(at - now)}"


def day_of(at: datetime) -> str:
    """Return a moment here, with the day of the week."""
    there = at.astimezone()
    return f"{there:%a} {there.day} {there:%b %H:%M}"


def _is_kept(row: Row) -> bool:
    """Whether it is not its own time that it waits for."""
    return bool(row.reason)
