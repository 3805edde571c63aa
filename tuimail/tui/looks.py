"""What a person looks at before deciding: facts and tabs of one mail.

Made in the workspace's thread from the rendered bytes, not from the draft, so
that the reviewer sees what the receiver will get; every text in it is safe to
show.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from tuimail.core.decision import Comment
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding
from tuimail.core.preview import Outline, outline
from tuimail.errors import TuimailError
from tuimail.tui import (
    addressed,
    checked,
    comparing,
    contents,
    headers,
    heading,
    record,
    wording,
)
from tuimail.tui.contents import finding_line
from tuimail.tui.heading import Known
from tuimail.tui.keymap import USUAL, Names
from tuimail.tui.tabs import Tab, later
from tuimail.tui.widgets.prose import Kind, Paragraph, paragraphs_of
from tuimail.workspace.views import OUTBOX_STATUSES, SENT_STATUSES, Page
from tuimail.workspace.workspace import Workspace

Paragraphs = tuple[Paragraph, ...]

_ORDER: Final = ("text", "html", "links", "diff", "parts", "headers", "source")
"""Tabs that come first, in this order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Everything that is shown about one mail."""

    page: Page
    facts: Paragraphs
    brief: Paragraphs
    """The facts where there are few lines."""
    tabs: tuple[Tab, ...]
    has_pictures: bool = False
    """Whether the mail has pictures in it."""
    has_files: bool = False
    """Whether files go along with it."""
    remarks: tuple[Comment, ...] = ()
    """What a reviewer noted here, and told nobody yet."""

    def tab(self, name: str) -> Tab:
        """Return the tab called ``name``, or the first one."""
        return next((tab for tab in self.tabs if tab.name == name), self.tabs[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """What is made from the bytes of a mail."""

    tabs: tuple[Tab, ...]
    has_pictures: bool = False
    has_files: bool = False


def look(draft_id: str, names: Names = USUAL) -> Callable[[Workspace], Look]:
    """Return the call that looks at the newest revision of a mail.

    Args:
        draft_id: Which mail.
        names: Names the keys that it says.
    """

    def call(workspace: Workspace) -> Look:
        page = workspace.drafts.page(draft_id)
        now = workspace.clock.now()
        remarks = workspace.looking.remarks(draft_id, page.row.revision)
        known = Known(
            people=workspace.looking.people(page.draft),
            token_end=workspace.looking.token_end(page.row.origin.actor),
            remarks=len(remarks),
        )
        seen = workspace.looking.seen_before(draft_id, page.row.revision)
        opened = _opened(workspace, page, seen)
        tabs = (
            *opened.tabs,
            *comparing.tabs(page, seen, names),
            *_about(workspace, page, names),
            *addressed.tab(known.people),
        )
        return Look(
            page=page,
            facts=heading.facts(page, known, now, names),
            brief=heading.brief(page, known, now),
            tabs=tuple(sorted(tabs, key=_rank)),
            has_pictures=opened.has_pictures,
            has_files=opened.has_files,
            remarks=remarks,
        )

    return call


def content_tabs(workspace: Workspace, page: Page) -> tuple[Tab, ...]:
    """Return the tabs made from the rendered bytes; why not, if there are none."""
    return _opened(workspace, page, None).tabs


def labelled_findings(findings: Sequence[Finding], label: str) -> Paragraphs:
    """Return a line for each finding; the first has the label."""
    lines = [finding_line(one) for one in findings]
    return tuple(
        replace(line, label="" if place else label) for place, line in enumerate(lines)
    )


def _rank(tab: Tab) -> int:
    return _ORDER.index(tab.name) if tab.name in _ORDER else len(_ORDER)


def _about(workspace: Workspace, page: Page, names: Names) -> Iterable[Tab]:
    """Return the tabs of what tuimail knows of a mail."""
    now = workspace.clock.now()
    told = partial(
        record.record,
        page,
        workspace.drafts.journal(page.row.id),
        now,
        is_whole=_is_whole(workspace, page),
    )
    checks = later(partial(checked.checks, page, names))
    yield Tab(name="checks", title="Checks", short="Chk", text=checks)
    yield Tab(name="record", title="Record", short="Rec", text=later(told))


def _is_whole(workspace: Workspace, page: Page) -> bool | None:
    """Return whether what is on disk is what was released; None while it is not."""
    if not page.attempts and page.row.status not in OUTBOX_STATUSES | SENT_STATUSES:
        return None
    try:
        return workspace.drafts.is_as_stored(page.row.id)
    except TuimailError:
        return None


def _opened(workspace: Workspace, page: Page, seen: Draft | None) -> _Opened:
    if page.not_composable:
        return _Opened(tabs=(contents.text_tab(later(partial(_not_yet, page))),))
    try:
        raw = workspace.drafts.message_bytes(page.row.id)
    except TuimailError as error:
        return _Opened(tabs=(contents.text_tab(later(partial(_trouble, error))),))
    found = outline(raw)
    tabs = contents.tabs(
        raw,
        found,
        set_by=headers.set_by(page.draft, page.row.origin.actor),
        spans=_changed(found, seen),
    )
    handed_on = _handed_on(workspace, page)
    return _Opened(
        tabs=(*tabs, *handed_on),
        has_pictures=found.has_pictures,
        has_files=found.files > 0,
    )


def _changed(now: Outline, seen: Draft | None) -> comparing.Spans:
    """Return what of the text was not there when somebody looked last."""
    return comparing.changed_words(seen.body.text, now.text) if seen else {}


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
