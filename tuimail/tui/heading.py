"""The facts above a mail: who, to whom, by whom, and what was found.

They never scroll away, so what an author can make long comes last and is cut off
visibly. Where there are few lines, ``brief`` says the same in fewer.

Pure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tuimail.core.address import Address
from tuimail.core.draft import Attachment, Draft
from tuimail.core.finding import Finding, Severity
from tuimail.tui import addressed, beside, standing, whys, wording
from tuimail.tui.contents import kind_of
from tuimail.tui.keymap import USUAL, Names
from tuimail.tui.widgets.prose import Kind, Paragraph, Span
from tuimail.workspace.people import Marked
from tuimail.workspace.views import DRAFT_STATUSES, REVIEW_STATUSES, Page

Paragraphs = tuple[Paragraph, ...]

SHOWN_FILES: Final = 3
SHOWN_FINDINGS: Final = 3
LONGEST_FINDING: Final = 100
"""Cells of a finding among the facts; Checks has all of it."""
LONGEST_QUOTE: Final = 300
"""Cells of a subject or a claim among the facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the workspace knows beside the page."""

    people: tuple[Marked, ...] = ()
    token_end: str = ""
    """How the token of the program ends that handed it in."""
    remarks: int = 0
    """Comments that were noted here, and told nobody yet."""


def facts(page: Page, known: Known, now: datetime, names: Names = USUAL) -> Paragraphs:
    """Return who, to whom, what, by whom, and what was found; Bcc always."""
    draft = page.draft
    return (
        _sender(page),
        *addressed.lines(known.people, names),
        *_answers(page),
        _subject(draft),
        *_files(draft),
        _author(page, known, now),
        *_findings(page.findings),
        *_noted(known),
        *_ruled(page),
        *standing.in_force(page, now),
        *_asked(draft),
        *standing.before(page, now),
        *_said_of_it(page),
    )


def brief(page: Page, known: Known, now: datetime) -> Paragraphs:
    """Return the same for a place with few lines: what a decision hangs on."""
    worst = [one for one in page.findings if one.severity is Severity.BLOCK]
    policy = standing.policy(page.standing, most=0) if _is_open(page) else ()
    return (
        _sender(page),
        *addressed.brief(known.people),
        _subject(page.draft),
        *_files_in_short(page.draft),
        _author_in_short(page, known),
        *map(_finding_in_short, worst[:1]),
        *_noted(known),
        *policy,
        *standing.in_force(page, now),
    )


def _sender(page: Page) -> Paragraph:
    account = wording.line(page.row.account)
    via = f"via {account}" if account else "no account"
    return Paragraph(
        label="From",
        text=wording.address(page.draft.sender),
        note=via,
        note_kind=Kind.MUTED if account else Kind.WARNING,
    )


def _subject(draft: Draft) -> Paragraph:
    text = wording.clipped(wording.subject(draft.subject), LONGEST_QUOTE)
    return Paragraph(
        label="Subject", text=text, spans=(Span(0, len(text), Kind.STRONG),)
    )


def _noted(known: Known) -> Iterable[Paragraph]:
    if known.remarks:
        text = f"{wording.count(known.remarks, 'comment')} here, told nobody yet"
        yield Paragraph(label="Noted", text=text, kind=Kind.STRONG)


def _is_open(page: Page) -> bool:
    return page.row.status in REVIEW_STATUSES | DRAFT_STATUSES


def _ruled(page: Page) -> Iterable[Paragraph]:
    """Yield what the policy says of mail that has not been released."""
    if _is_open(page):
        yield from standing.policy(page.standing, most=standing.SHOWN_REASONS)


def _answers(page: Page) -> Iterator[Paragraph]:
    """Yield what it answers, and where answers to it go."""
    draft = page.draft
    if page.answered is not None:
        subject = wording.clipped(wording.subject(page.answered.subject), LONGEST_QUOTE)
        yield Paragraph(label="Answers", text=f"“{subject}” of yours")
    elif draft.in_reply_to:
        named = wording.clipped(wording.line(draft.in_reply_to), LONGEST_FINDING)
        yield Paragraph(label="Answers", text=named)
    if draft.reply_to:
        shown = _some(map(_address, draft.reply_to), rest="Headers")
        yield Paragraph(label="Reply to", text=shown)


def _address(mailbox: Address) -> str:
    return wording.address(mailbox)


def _some(texts: Iterable[str], *, rest: str) -> str:
    listed = list(texts)
    shown = ", ".join(listed[:SHOWN_FILES]) or "none"
    more = len(listed) - SHOWN_FILES
    return f"{shown}  +{more} more, see {rest}" if more > 0 else shown


def _files(draft: Draft) -> Iterable[Paragraph]:
    """Yield files to be saved and images of the HTML, each kind in one line."""
    has_html = bool(draft.body.html)
    for label, is_image in (("Files", False), ("Images", True)):
        listed = [
            one for one in draft.attachments if (one.is_inline and has_html) is is_image
        ]
        if listed:
            shown = _some(map(_file, listed), rest="Attachments")
            yield Paragraph(label=label, text=shown)


def _files_in_short(draft: Draft) -> Iterable[Paragraph]:
    if draft.attachments:
        size = wording.size(sum(one.size_bytes for one in draft.attachments))
        number = wording.count(len(draft.attachments), "file")
        yield Paragraph(label="Files", text=f"{number}, {size}")


def _file(file: Attachment) -> str:
    return f"{wording.line(file.name)} {wording.size(file.size_bytes)}"


def _asked(draft: Draft) -> Iterable[Paragraph]:
    """Yield what is asked of readers' programs and of the provider."""
    urgency = f"{draft.priority.value} priority" if draft.priority else ""
    asked = ", ".join(filter(None, (urgency, beside.in_short(draft.service))))
    if asked:
        yield Paragraph(label="Asks", text=asked)
    if draft.unsubscribe_url:
        url = wording.clipped(wording.line(draft.unsubscribe_url), LONGEST_QUOTE)
        yield Paragraph(label="List", text=f"one click ends it: {url}")


def _author_in_short(page: Page, known: Known) -> Paragraph:
    parts = (
        wording.line(page.row.origin.actor),
        _token(known),
        f"rev {page.row.revision}",
    )
    found = page.findings
    return Paragraph(
        label="By",
        text="   ".join(filter(None, parts)),
        note=_counted(found),
        note_kind=kind_of(found[0].severity) if found else Kind.MUTED,
    )


def _token(known: Known) -> str:
    return f"token …{wording.line(known.token_end)}" if known.token_end else ""


def _author(page: Page, known: Known, now: datetime) -> Paragraph:
    origin, row = page.row.origin, page.row
    word = row.status if wording.undo_left(row, now) else whys.status(row, now)
    status = wording.line(word.replace("_", " "))
    begun = "begun " if row.revision > 1 else ""
    parts = (
        wording.line(f"{origin.actor} ({origin.door})"),
        _token(known),
        f"revision {row.revision}, {status}",
    )
    return Paragraph(
        label="By",
        text="   ".join(filter(None, parts)),
        note=f"{begun}{wording.age(page.created_at, now)} ago",
        note_kind=Kind.MUTED,
    )


def _said_of_it(page: Page) -> Iterable[Paragraph]:
    """Yield the author's claim and why it stands where it stands."""
    if page.row.reason:
        yield Paragraph(label="Why", text=wording.line(page.row.reason))
    note = page.note or page.row.origin.note
    if note:
        claim = wording.clipped(wording.line(note), LONGEST_QUOTE)
        yield Paragraph(label="Says", text=f"“{claim}”  (its claim)")
    if page.row.origin.run_url:
        url = wording.clipped(wording.line(page.row.origin.run_url), LONGEST_QUOTE)
        yield Paragraph(label="Run", text=f"{url}  (its claim)")


def _findings(findings: Sequence[Finding]) -> Iterator[Paragraph]:
    """Yield what is worth a look; of what is good to know, only how much."""
    serious = [one for one in findings if one.severity is not Severity.INFO]
    shown = serious[:SHOWN_FINDINGS]
    yield from map(_finding, shown)
    more = Counter(
        one.severity for one in findings if one not in serious[:SHOWN_FINDINGS]
    )
    if more:
        said = _listed(more)
        also = f"{said} more" if serious else said
        yield Paragraph(label="Found", text=f"{also}, see Checks", kind=Kind.MUTED)
    elif not findings:
        yield Paragraph(label="Found", text="nothing, see Checks", kind=Kind.GOOD)


def _finding(finding: Finding) -> Paragraph:
    kind = kind_of(finding.severity)
    message = wording.clipped(wording.line(finding.message), LONGEST_FINDING)
    return Paragraph(
        label=finding.severity.value.upper(),
        label_kind=kind,
        text=f"{finding.code}: {message}",
        kind=kind,
    )


def _finding_in_short(finding: Finding) -> Paragraph:
    """Return what was found without its code, which Checks has and fills a line."""
    message = wording.clipped(wording.line(finding.message), LONGEST_FINDING)
    return replace(_finding(finding), text=message)


def _counted(findings: Sequence[Finding]) -> str:
    return _listed(Counter(one.severity for one in findings))


def _listed(counts: Counter[Severity]) -> str:
    """Return how many there are of each: ``1 block, 2 warnings, 3 notes``."""
    said = ((Severity.BLOCK, "block"), (Severity.WARNING, "warning"))
    words = [wording.count(counts[one], word) for one, word in said if counts[one]]
    if counts[Severity.INFO]:
        words.append(f"{counts[Severity.INFO]} info")
    return ", ".join(words)
