"""How far a decision is, in lines: what it takes, who said what, what was before.

Every text in them is safe to show.

Pure.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from tuimail.tui import wording
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.views import Decision, Earlier, Page, Row, Standing

SHOWN_REASONS: Final = 2
LONGEST_REASON: Final = 200
"""Cells of somebody's reason among the facts; the record has all of it."""
_WHY: Final = {"revises": "an earlier mail", "duplicate": "nearly the same mail"}


def in_force(page: Page, now: datetime) -> Iterator[Paragraph]:
    """Yield what was decided about this revision, and what it takes now."""
    this = [one for one in page.decisions if one.revision == page.row.revision]
    if this:
        yield Paragraph(label="Decided", text=decided(this[-1], now))
    yield from _quorum(page)
    if page.standing.assigned:
        yield Paragraph(label="For", text=wording.line(page.standing.assigned))
    yield from _expiry(page.standing, now)


def policy(standing: Standing, *, most: int) -> Iterator[Paragraph]:
    """Yield what the policy says, what is wrong with it first.

    Args:
        standing: As the workspace says.
        most: How many of its reasons are listed.
    """
    if standing.problem:
        why = wording.line(standing.problem)
        text = f"policy.toml cannot be used: {why} A person may still decide."
        yield Paragraph(label="Policy", text=text, kind=Kind.WARNING)
    if standing.blocked:
        text = f"nobody can approve it: {wording.line(standing.blocked)}"
        yield Paragraph(label="Policy", text=text, kind=Kind.BLOCK)
    if standing.unread:
        yield Paragraph(label="Policy", text=to_read(standing), kind=Kind.WARNING)
    reasons = [one for one in standing.reasons if one.text != standing.blocked]
    for one in reasons[:most]:
        text = f"{wording.line(one.rule)}: {wording.line(one.text)}"
        yield Paragraph(label="Policy", text=text)
    if len(reasons) > most:
        more = wording.count(len(reasons) - most, "more reason")
        yield Paragraph(text=f"{more}, see Checks", kind=Kind.MUTED)


def to_read(standing: Standing) -> str:
    """Return what is still to be read before it is approved, in one sentence."""
    return f"To be read to its end before it is approved: {_listed(standing.unread)}."


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def before(page: Page, now: datetime) -> Iterator[Paragraph]:
    """Yield what was decided about earlier revisions, and about what it repeats."""
    earlier = [one for one in page.decisions if one.revision < page.row.revision]
    if earlier:
        last = earlier[-1]
        text = f"revision {last.revision} {decided(last, now)}"
        more = f"   +{len(earlier) - 1} more, see Record" if len(earlier) > 1 else ""
        yield Paragraph(label="Before", text=text + more)
    if page.earlier_decision is not None:
        yield _repeated(page.earlier_decision, now)
    elif page.row.origin.revises:
        claim = wording.line(page.row.origin.revises)
        text = f"“{claim}”  (its claim; there is no such mail)"
        yield Paragraph(label="Revises", text=text)


def decided(decision: Decision, now: datetime, *, whole: bool = False) -> str:
    """Return who decided what, when and why, in one line.

    Args:
        decision: As the workspace says.
        now: Aware.
        whole: Whether the reason is told to its end.
    """
    verdict = decision.verdict.replace("_", " ")
    age = f"{wording.age(decision.at, now)} ago"
    codes = f" ({', '.join(map(wording.line, decision.codes))})"
    reason = wording.line(decision.reason)
    if not whole:
        reason = wording.clipped(reason, LONGEST_REASON)
    over = ", ".join(map(wording.line, decision.overruled))
    return "".join(
        (
            f"{verdict} by {wording.line(decision.actor)} {age}",
            codes if decision.codes else "",
            f", over {over}" if over else "",
            f": “{reason}”" if reason else "",
        )
    )


def overtaken(page: Page, asked: Row, now: datetime) -> str:
    """Return who was first, while somebody was still asked about ``asked``."""
    if page.row.revision != asked.revision:
        return (
            f"It is at revision {page.row.revision} now; you looked at "
            f"{asked.revision}. Go back, and look at what changed."
        )
    what = decided(page.decisions[-1], now) if page.decisions else ""
    status = wording.line(page.row.status.replace("_", " "))
    return f"Decided elsewhere: {what or status}. Nothing is decided here any more."


def elsewhere(page: Page, now: datetime) -> str:
    """Return what became of a mail that is not in the list any more."""
    status = wording.line(page.row.status.replace("_", " "))
    last = page.decisions[-1] if page.decisions else None
    if last is None or last.revision != page.row.revision:
        age = wording.age(page.row.updated_at, now)
        return f"Not here any more: {status}, {age} ago. Keys do nothing to it."
    what = decided(last, now)
    return f"Decided: {what}. It is {status} now."


def is_part(page: Page) -> bool:
    """Return whether one more approval would not be enough."""
    return len(page.standing.given) + 1 < page.standing.needed


def _quorum(page: Page) -> Iterator[Paragraph]:
    """Yield how many agreed; findings that block can take one more than is asked."""
    given = page.standing.given
    is_open = "approve" in page.row.actions
    needed = max(page.standing.needed, len(given) + is_open)
    if needed <= 1 or (len(given) < needed and not is_open):
        return
    by = f" ({', '.join(wording.line(one.actor) for one in given)})" if given else ""
    so_far = f"{len(given)} of {needed}{by}"
    if not is_open:
        yield Paragraph(label="Needs", text=f"nobody more: {so_far}")
        return
    who = "another reviewer" if given else wording.count(needed, "reviewer")
    yield Paragraph(label="Needs", text=f"{so_far}, needs {who}", kind=Kind.WARNING)


def _expiry(standing: Standing, now: datetime) -> Iterator[Paragraph]:
    end = standing.expires_at
    if end is None:
        return
    if end > now:
        text = f"the approval counts for {wording.duration(end - now)} more"
        yield Paragraph(label="Until", text=text)
    else:
        text = f"the approval ran out {wording.age(end, now)} ago"
        yield Paragraph(label="Until", text=text, kind=Kind.WARNING)


def _repeated(earlier: Earlier, now: datetime) -> Paragraph:
    """Return what became of the mail that this one repeats or replaces."""
    label = "Revises" if earlier.why == "revises" else "Repeats"
    what = _WHY.get(earlier.why, wording.line(earlier.why))
    fate = decided(earlier.decision, now) if earlier.decision else "not decided about"
    text = f"{what}, {wording.line(earlier.draft_id)}: {fate}"
    kind = Kind.PLAIN if earlier.why == "revises" else Kind.WARNING
    return Paragraph(label=label, text=text, kind=kind)
