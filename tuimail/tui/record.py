"""The tab that tells what happened to a mail: to whom, each try, who decided.

What servers said stands word for word, as quotations; every text in it is safe
to show.

Pure.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.decision import Comment
from tuimail.core.submission import (
    Attempt,
    AttemptPhase,
    Receipt,
    RecipientState,
    Verdict,
)
from tuimail.tui import beside, standing, wording
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.views import (
    SENT_STATUSES,
    Decision,
    JournalLine,
    Page,
    RecipientView,
    ReportView,
)

Paragraphs = tuple[Paragraph, ...]

_SECOND: Final = timedelta(seconds=1)
AS_APPROVED: Final = "on disk they are those that were approved"
NOT_AS_APPROVED: Final = "on disk they are not those that were approved"
_NOT_PROVEN: Final = "as other servers report; nothing of it is proven"
_OUTCOMES: Final = {
    "accept": "accepted",
    "accept_queued": "queued",
    "accept_some": "accepted for some",
    "defer": "told to come later",
    "refuse": "refused",
    "lose": "no answer came",
    "hold": "stopped, the account is held",
    "cancel": "withdrawn",
    "stop": "withdrawn for who was left",
}
"""What an attempt ended in, for people."""
_PHASES: Final = {
    AttemptPhase.OPEN: "begun, nothing is out",
    AttemptPhase.COMMITTED: "all of it was handed over, no answer yet",
    AttemptPhase.DONE: "over",
}
_MEANINGS: Final = {
    RecipientState.PENDING: "not offered yet",
    RecipientState.SENT: "the provider took it",
    RecipientState.QUEUED: "the provider has it in its queue",
}
"""Of states about which nobody said a reason."""
_TONES: Final = {
    RecipientState.SENT: Kind.GOOD,
    RecipientState.QUEUED: Kind.GOOD,
    RecipientState.INVALID: Kind.BLOCK,
    RecipientState.REJECTED: Kind.BLOCK,
    RecipientState.FAILED: Kind.BLOCK,
    RecipientState.UNKNOWN: Kind.WARNING,
    RecipientState.DEFERRED: Kind.WARNING,
}
_REPORTS: Final = {
    "delivered": Kind.GOOD,
    "failed": Kind.BLOCK,
    "delayed": Kind.WARNING,
}


def record(
    page: Page, journal: Iterable[JournalLine], now: datetime, *, is_whole: bool | None
) -> Paragraphs:
    """Return everything that happened to a mail.

    Args:
        page: The mail.
        journal: Its steps, oldest first.
        now: Aware.
        is_whole: Whether the bytes on disk are those that it stands for; None
            where there are none yet.
    """
    taken = " (sent means that the provider took it)"
    sections = (
        (
            f"Recipients{taken if page.row.status in SENT_STATUSES else ''}",
            [line for one in page.recipients for line in _recipient(one)],
        ),
        ("Attempts", _attempts(page.attempts, now)),
        (
            "Attempts before it was released again",
            _attempts(page.earlier_attempts, now),
        ),
        ("Decisions", [one for each in page.decisions for one in _decision(each, now)]),
        ("What the provider is asked", list(beside.in_full(page.draft.service))),
        ("What it is", list(_identity(page, is_whole=is_whole))),
        ("Journal", [_step(line, now) for line in journal]),
    )
    lines: list[Paragraph] = []
    for title, content in sections:
        if content:
            lines += [Paragraph(text=title, kind=Kind.HEADING), *content]
            lines.append(Paragraph(text=""))
    return tuple(lines)


def said(receipt: Receipt) -> Iterator[Paragraph]:
    """Yield a server's own words, line by line, as a quotation."""
    stage = f"at {wording.line(receipt.stage)}: " if receipt.stage else ""
    words = [one for one in receipt.text.split("\n") if one.strip()]
    for place, one in enumerate(words):
        text = f"{stage if not place else ''}“{wording.line(one)}”"
        yield Paragraph(text=text, kind=Kind.QUOTE)


def _recipient(recipient: RecipientView) -> Iterator[Paragraph]:
    state = recipient.state
    plain = recipient.reason
    if recipient.receipt.text:  # which stands below, word for word
        plain = plain.partition(": ")[0]
    meaning = wording.line(plain) or _MEANINGS.get(state, "")
    text = f"{wording.line(recipient.address)}  {state.value}"
    yield Paragraph(
        label=recipient.role.value.capitalize(),
        text=f"{text}: {meaning}" if meaning else text,
        kind=_TONES.get(state, Kind.PLAIN),
    )
    yield from said(recipient.receipt)
    for report in recipient.reports:
        yield from _report(report)


def _report(report: ReportView) -> Iterator[Paragraph]:
    status = f" {wording.line(report.status)}" if report.status else ""
    server = f" by {wording.line(report.server)}" if report.server else ""
    yield Paragraph(
        text=f"reported {report.action}{status}{server}, {_NOT_PROVEN}",
        kind=_REPORTS.get(report.action, Kind.MUTED),
    )
    yield from said(Receipt(text=report.reply))


def _attempts(attempts: Iterable[Attempt], now: datetime) -> list[Paragraph]:
    return [line for one in attempts for line in _attempt(one, now)]


def _attempt(attempt: Attempt, now: datetime) -> Paragraphs:
    outcome = _OUTCOMES.get(attempt.outcome) or _PHASES[attempt.phase]
    server = f", {wording.line(attempt.server)}" if attempt.server else ""
    first = Paragraph(
        label=wording.clock(attempt.started_at, now),
        text=f"try {attempt.number}: {outcome}{server}{_lasted(attempt)}",
    )
    answers = [line for one in attempt.answers for line in _answer(one)]
    return (first, *said(attempt.receipt), *answers)


def _lasted(attempt: Attempt) -> str:
    """Return how long it took, where that was long enough to be told."""
    if attempt.ended_at is None:
        return ""
    took = attempt.ended_at - attempt.started_at
    return f", {wording.duration(took)}" if took >= _SECOND else ""


def _answer(verdict: Verdict) -> Paragraphs:
    """Return what was said about one recipient, where it was something else."""
    to = Paragraph(text=f"{wording.line(verdict.wire_address)}: {verdict.kind.value}")
    before = [
        Paragraph(text=f"before that: {wording.line(one)}", kind=Kind.MUTED)
        for one in (verdict.session, verdict.taken)
        if one
    ]
    return (to, *before, *said(verdict.receipt))


def _decision(decision: Decision, now: datetime) -> Paragraphs:
    text = standing.decided(decision, now, whole=True)
    first = Paragraph(
        label=wording.clock(decision.at, now),
        text=f"revision {decision.revision} {text}",
    )
    return (first, *map(_comment, decision.comments))


def _comment(comment: Comment) -> Paragraph:
    place = wording.line(comment.field) or "all of it"
    line = f" line {comment.line}" if comment.line else ""
    text = f"on {place}{line}: “{wording.line(comment.text)}”"
    return Paragraph(text=text, kind=Kind.QUOTE)


def _identity(page: Page, *, is_whole: bool | None) -> Iterable[Paragraph]:
    facts_ = (
        ("Id", page.row.id),
        ("Message", page.message_id),
        ("Digest", page.release_digest),
        ("Provider", page.provider),
        ("Receipt", page.provider_message_id),
    )
    for label, value in facts_:
        if value:
            yield Paragraph(label=label, text=wording.line(value))
        if label == "Message" and page.size_bytes:
            yield _bytes(page.size_bytes, is_whole=is_whole)


def _bytes(size_bytes: int, *, is_whole: bool | None) -> Paragraph:
    size = wording.size(size_bytes)
    if is_whole is None:
        return Paragraph(label="Bytes", text=size)
    if is_whole:
        return Paragraph(
            label="Bytes", text=f"{size}; {AS_APPROVED}", kind=Kind.GOOD
        )  # fmt: skip
    return Paragraph(
        label="Bytes", text=f"{size}; {NOT_AS_APPROVED}", kind=Kind.BLOCK
    )  # fmt: skip


def _step(line: JournalLine, now: datetime) -> Paragraph:
    event = wording.line(line.event.replace("_", " "))
    text = f"{event} by {wording.line(line.actor)}"
    return Paragraph(label=wording.clock(line.at, now), text=text)
