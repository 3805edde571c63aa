"""What a person looks at before deciding: facts and tabs of one mail.

Made in the workspace's thread from the rendered bytes, not from the draft, so
that the reviewer sees what the receiver will get; every text in it is safe to
show.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from tuimail.core.address import Address
from tuimail.core.decision import Comment
from tuimail.core.draft import Attachment, Draft
from tuimail.core.finding import Finding
from tuimail.core.preview import preview
from tuimail.core.submission import Attempt, Receipt, Verdict
from tuimail.errors import TuimailError
from tuimail.tui import beside, comparing, contents, standing, wording
from tuimail.tui.contents import Tab, finding_line
from tuimail.tui.widgets.prose import Kind, Paragraph, paragraphs_of
from tuimail.workspace.views import (
    DRAFT_STATUSES,
    REVIEW_STATUSES,
    Decision,
    JournalLine,
    Page,
    RecipientView,
)
from tuimail.workspace.workspace import Workspace

Paragraphs = tuple[Paragraph, ...]

SHOWN_PEOPLE: Final = 3
SHOWN_FINDINGS: Final = 2
LONGEST_FINDING: Final = 100
"""Cells of a finding among the facts; Checks has all of it."""
LONGEST_QUOTE: Final = 300
"""Cells of a subject or a claim among the facts."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything that is shown about one mail."""

    page: Page
    facts: Paragraphs
    tabs: tuple[Tab, ...]

    @property
    def has_pictures(self) -> bool:
        """Whether the mail has pictures in it."""
        return any(tab.has_pictures for tab in self.tabs)

    def tab(self, name: str) -> Tab:
        """Return the tab called ``name``, or the first one."""
        return next((tab for tab in self.tabs if tab.name == name), self.tabs[0])


def look(draft_id: str) -> Callable[[Workspace], Look]:
    """Return the call that looks at the newest revision of a mail."""

    def call(workspace: Workspace) -> Look:
        page = workspace.drafts.page(draft_id)
        journal = workspace.drafts.journal(draft_id)
        now = workspace.clock.now()
        return Look(
            page=page,
            facts=facts(page, now),
            tabs=(
                *content_tabs(workspace, page),
                *comparing.tabs(page),
                Tab(
                    name="checks",
                    title="Checks",
                    short="Chk",
                    paragraphs=_checks(page),
                ),
                Tab(
                    name="record",
                    title="Record",
                    short="Rec",
                    paragraphs=_record(page, journal, now),
                ),
            ),
        )

    return call


def content_tabs(workspace: Workspace, page: Page) -> tuple[Tab, ...]:
    """Return the tabs made from the rendered bytes; why not, if there are none."""
    if page.not_composable:
        return (contents.text_tab(_not_yet(page)),)
    try:
        raw = workspace.drafts.message_bytes(page.row.id)
    except TuimailError as error:
        return (contents.text_tab(_trouble(error)),)
    return (*contents.tabs(preview(raw)), *_handed_on(workspace, page))


def _handed_on(workspace: Workspace, page: Page) -> Iterator[Tab]:
    """Yield the tab of what leaves, where that is not the source.

    That it cannot leave at all is among the findings.
    """
    try:
        found = workspace.drafts.handed_on(page.row.id)
    except TuimailError:
        return
    if found is not None:
        yield contents.handed_on_tab(found)


def facts(page: Page, now: datetime) -> Paragraphs:
    """Return who, to whom, what, by whom, and what was found; Bcc always.

    What the author can make long comes last, so that it pushes nothing of this
    out of sight.
    """
    draft, row = page.draft, page.row
    via = f"   via {wording.line(row.account)}" if row.account else "   no account"
    subject = wording.clipped(wording.subject(draft.subject), LONGEST_QUOTE)
    return (
        Paragraph(label="From", text=wording.address(draft.sender) + via),
        Paragraph(label="To", text=_people(draft.to)),
        *([Paragraph(label="Cc", text=_people(draft.cc))] if draft.cc else []),
        Paragraph(label="Bcc", text=_people(draft.bcc)),
        *_answers(draft),
        Paragraph(label="Subject", text=subject),
        *_files(draft),
        _author(page, now),
        *_findings(page.findings),
        *_ruled(page),
        *standing.in_force(page, now),
        *_asked(draft),
        *standing.before(page, now),
        *_said_of_it(page),
    )


def _ruled(page: Page) -> Iterable[Paragraph]:
    """Yield what the policy says of mail that has not been released."""
    if page.row.status in REVIEW_STATUSES | DRAFT_STATUSES:
        yield from standing.policy(page.standing, most=standing.SHOWN_REASONS)


def labelled_findings(findings: Sequence[Finding], label: str) -> Paragraphs:
    """Return a line for each finding; the first has the label."""
    lines = [finding_line(one) for one in findings]
    return tuple(
        replace(line, label="" if place else label) for place, line in enumerate(lines)
    )


def _some(texts: Iterable[str], *, rest: str) -> str:
    listed = list(texts)
    shown = ", ".join(listed[:SHOWN_PEOPLE]) or "none"
    more = len(listed) - SHOWN_PEOPLE
    return f"{shown}  +{more} more, see {rest}" if more > 0 else shown


def _people(mailboxes: Iterable[Address], *, rest: str = "Record") -> str:
    return _some(map(wording.address, mailboxes), rest=rest)


def _answers(draft: Draft) -> Iterable[Paragraph]:
    if draft.reply_to:
        shown = _people(draft.reply_to, rest="Headers")
        yield Paragraph(label="Reply to", text=shown)


def _files(draft: Draft) -> Iterable[Paragraph]:
    """Yield files to be saved and images of the HTML, each kind in one line."""
    has_html = bool(draft.body.html)
    for label, is_image in (("Files", False), ("Images", True)):
        listed = [
            one for one in draft.attachments if (one.is_inline and has_html) is is_image
        ]
        if listed:
            yield Paragraph(label=label, text=_some(map(_file, listed), rest="Parts"))


def _asked(draft: Draft) -> Iterable[Paragraph]:
    """Yield what is asked of readers' programs and of the provider."""
    urgency = f"{draft.priority.value} priority" if draft.priority else ""
    asked = ", ".join(filter(None, (urgency, beside.in_short(draft.service))))
    if asked:
        yield Paragraph(label="Asks", text=asked)
    if draft.unsubscribe_url:
        url = wording.clipped(wording.line(draft.unsubscribe_url), LONGEST_QUOTE)
        yield Paragraph(label="List", text=f"one click ends it: {url}")


def _file(file: Attachment) -> str:
    return f"{wording.line(file.name)} {wording.size(file.size_bytes)}"


def _author(page: Page, now: datetime) -> Paragraph:
    origin, row = page.row.origin, page.row
    author = wording.line(f"{origin.actor} ({origin.door})")
    status = wording.line(row.status.replace("_", " "))
    since = f"{wording.age(page.created_at, now)} ago"
    text = f"{author}   revision {row.revision}, {status}   {since}"
    return Paragraph(label="By", text=text)


def _said_of_it(page: Page) -> Iterable[Paragraph]:
    """Yield the author's claim and why it stands where it stands."""
    if page.row.reason:
        yield Paragraph(label="Why", text=wording.line(page.row.reason))
    if page.row.origin.note:
        claim = wording.clipped(wording.line(page.row.origin.note), LONGEST_QUOTE)
        yield Paragraph(label="Says", text=f"“{claim}”  (its claim)")
    if page.row.origin.run_url:
        url = wording.clipped(wording.line(page.row.origin.run_url), LONGEST_QUOTE)
        yield Paragraph(label="Run", text=f"{url}  (its claim)")


def _findings(findings: tuple[Finding, ...]) -> Paragraphs:
    shown = tuple(
        replace(line, text=wording.clipped(line.text, LONGEST_FINDING))
        for line in labelled_findings(findings[:SHOWN_FINDINGS], "Found")
    )
    more = len(findings) - SHOWN_FINDINGS
    if more <= 0:
        return shown
    text = f"{wording.count(more, 'more finding')}, see Checks"
    return (*shown, Paragraph(text=text, kind=Kind.MUTED))


def _not_yet(page: Page) -> Paragraphs:
    why = f"It cannot be sent yet: {wording.line(page.not_composable)}"
    return (
        Paragraph(text=why, kind=Kind.WARNING),
        Paragraph(text=""),
        *paragraphs_of(wording.said(page.draft.body.text)),
    )


def _trouble(error: TuimailError) -> Paragraphs:
    return (
        Paragraph(text=wording.line(str(error)), kind=Kind.BLOCK),
        Paragraph(text=wording.line(error.hint), kind=Kind.MUTED),
    )


def _checks(page: Page) -> Paragraphs:
    if not page.findings:
        good = Paragraph(text="Every check ran and found nothing.", kind=Kind.GOOD)
        return (good, *_policy(page))
    lines: list[Paragraph] = []
    for finding in page.findings:
        lines.append(finding_line(finding))
        if finding.place:
            place = f"“{wording.line(finding.place)}”"
            lines.append(Paragraph(label="at", text=place))
        if finding.hint:
            lines.append(Paragraph(label="do", text=wording.line(finding.hint)))
        lines.append(Paragraph(text=""))
    return (*lines, *_policy(page))


def _policy(page: Page) -> Iterator[Paragraph]:
    """Yield all that the policy says about it."""
    reasons = len(page.standing.reasons)
    if reasons or page.standing.problem or page.standing.blocked:
        yield Paragraph(text="")
        yield Paragraph(text="Policy", kind=Kind.HEADING)
        yield from standing.policy(page.standing, most=reasons)


def _record(page: Page, journal: tuple[JournalLine, ...], now: datetime) -> Paragraphs:
    sections = (
        ("Recipients", [_recipient(one) for one in page.recipients]),
        ("Attempts", _attempts(page.attempts, now)),
        (
            "Attempts before it was released again",
            _attempts(page.earlier_attempts, now),
        ),
        ("Decisions", [one for each in page.decisions for one in _decision(each, now)]),
        ("What the provider is asked", list(beside.in_full(page.draft.service))),
        ("What it is", list(_identity(page))),
        ("Journal", [_step(line, now) for line in journal]),
    )
    lines: list[Paragraph] = []
    for title, content in sections:
        if content:
            lines += [Paragraph(text=title, kind=Kind.HEADING), *content]
            lines.append(Paragraph(text=""))
    return tuple(lines)


def _recipient(recipient: RecipientView) -> Paragraph:
    state = recipient.state.value
    reason = f": {wording.line(recipient.reason)}" if recipient.reason else ""
    text = f"{wording.line(recipient.address)}  {state}{reason}"
    return Paragraph(label=recipient.role.value.capitalize(), text=text)


def _attempts(attempts: Iterable[Attempt], now: datetime) -> list[Paragraph]:
    return [line for one in attempts for line in _attempt(one, now)]


def _attempt(attempt: Attempt, now: datetime) -> Paragraphs:
    began = wording.clock(attempt.started_at, now)
    outcome = _OUTCOMES.get(attempt.outcome) or attempt.phase.value
    server = f", {wording.line(attempt.server)}" if attempt.server else ""
    first = Paragraph(label=began, text=f"try {attempt.number}: {outcome}{server}")
    answers = [line for one in attempt.answers for line in _answer(one)]
    return (first, *_said(attempt.receipt), *answers)


def _answer(verdict: Verdict) -> Paragraphs:
    """Return what was said about one recipient, where it was something else."""
    to = Paragraph(text=f"{wording.line(verdict.wire_address)}: {verdict.kind.value}")
    return (to, *_said(verdict.receipt))


def _said(receipt: Receipt) -> Paragraphs:
    """Return the server's own words, as a quotation."""
    if not receipt.text:
        return ()
    stage = f"at {wording.line(receipt.stage)}: " if receipt.stage else ""
    text = wording.line(receipt.text.replace("\n", " / "))
    return (Paragraph(text=f"{stage}“{text}”", kind=Kind.QUOTE),)


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


def _identity(page: Page) -> Iterable[Paragraph]:
    facts_ = (
        ("Id", page.row.id),
        ("Message", page.message_id),
        ("Bytes", wording.size(page.size_bytes) if page.size_bytes else ""),
        ("Digest", page.release_digest),
        ("Provider", page.provider),
        ("Receipt", page.provider_message_id),
    )
    for label, value in facts_:
        if value:
            yield Paragraph(label=label, text=wording.line(value))


def _step(line: JournalLine, now: datetime) -> Paragraph:
    event = wording.line(line.event.replace("_", " "))
    text = f"{event} by {wording.line(line.actor)}"
    return Paragraph(label=wording.clock(line.at, now), text=text)
