"""Several mails that leave together: which of those that were marked, and how.

Calls run in the workspace's thread and know no widgets.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from tuimail.errors import NotFoundError, TuimailError
from tuimail.tui import wording
from tuimail.tui.outgoing import DIGEST_SHOWN, recipients
from tuimail.tui.screens.deciding import Refusal, what_became
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.reading import HTML, TEXT
from tuimail.workspace.views import Batch, Page, Row, Signature
from tuimail.workspace.workspace import Workspace

UNREAD: Final = "It was not read to its end."


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """What was marked before the question; nothing comes to it later."""

    batch: Batch
    pages: tuple[Page, ...]
    """Of each mail in it, in its order."""
    stay: tuple[tuple[str, str], ...]
    """Subject of each other one, and why it stays; safe text."""

    @property
    def reviewers(self) -> tuple[str, ...]:
        """Names of those who may decide."""
        return self.pages[0].standing.reviewers if self.pages else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """How many somebody said there are, and who that was."""

    count: int
    signature: Signature | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a batch."""

    done: tuple[Row, ...]
    """Those that were released, or rejected."""
    left: tuple[tuple[str, str], ...]
    """Subject of each mail that stayed, and why; safe text."""


def sorted_out(ids: Sequence[str]) -> Callable[[Workspace], Marked]:
    """Return the call that tells which of the mails can go together.

    Args:
        ids: What was marked. What was not on the screen to its end stays.
    """

    def call(workspace: Workspace) -> Marked:
        workspace.reviews.require_few(len(ids))
        rows = {row.id: row for row in _there(workspace, ids)}
        unread = [id_ for id_, row in rows.items() if not _is_read(workspace, row)]
        batch = workspace.reviews.batch(id_ for id_ in rows if id_ not in unread)
        refused = dict.fromkeys(unread, UNREAD) | dict(batch.refused)
        subjects = {id_: wording.subject(row.subject) for id_, row in rows.items()}
        return Marked(
            batch=batch,
            pages=tuple(workspace.drafts.page(row.id) for row in batch.rows),
            stay=tuple(_named(refused, subjects)),
        )

    return call


def _there(workspace: Workspace, ids: Sequence[str]) -> Iterator[Row]:
    """Yield the mails that are still there: a purge may have come in between."""
    for id_ in ids:
        with suppress(NotFoundError):
            yield workspace.drafts.row(id_)


def _is_read(workspace: Workspace, row: Row) -> bool:
    """Return whether its texts were on the screen to their ends, as they are now."""
    sight = workspace.looking.sight(row.id)
    if sight is None or sight.revision != row.revision:
        return False
    body = workspace.drafts.page(row.id).draft.body
    return {TEXT, *([HTML] if body.html else [])} <= sight.tabs


def release_all(
    marked: Marked, counted: Counted, undo: timedelta
) -> Callable[[Workspace], Outcome]:
    """Return the call that approves each mail for itself, and releases it."""
    rows = marked.batch.rows
    subjects = {row.id: wording.subject(row.subject) for row in rows}

    def call(workspace: Workspace) -> Outcome:
        approved = workspace.reviews.approve_batch(
            marked.batch, counted.count, signature=counted.signature
        )
        result = Outcome(done=(), left=tuple(_named(approved.refused, subjects)))
        for row in approved.rows:
            result = _with(result, workspace, row, undo)
        return result

    return call


@dataclass(frozen=True, slots=True, kw_only=True)
class Unwanted:
    """What was marked before somebody said no; nothing comes to it later."""

    rows: tuple[Row, ...]
    reviewers: tuple[str, ...]


def unwanted(ids: Sequence[str]) -> Callable[[Workspace], Unwanted]:
    """Return the call that tells what of the marked mails there is to reject."""

    def call(workspace: Workspace) -> Unwanted:
        workspace.reviews.require_few(len(ids))
        rows = _there(workspace, ids)
        open_ = tuple(row for row in rows if "reject" in row.actions)
        named = workspace.reviewers.list()
        return Unwanted(rows=open_, reviewers=tuple(one.name for one in named))

    return call


def reject_all(unwanted: Unwanted, no: Refusal) -> Callable[[Workspace], Outcome]:
    """Return the call that says no to each mail for itself."""
    subjects = {row.id: wording.subject(row.subject) for row in unwanted.rows}

    def call(workspace: Workspace) -> Outcome:
        found = workspace.reviews.reject_batch(
            unwanted.rows, codes=no.codes, reason=no.reason, signature=no.signature
        )
        return Outcome(done=found.rows, left=tuple(_named(found.refused, subjects)))

    return call


def listed(rows: Sequence[Row]) -> Iterator[Paragraph]:
    """Yield a line for each mail: what it is, for whom, and by whom."""
    for number, row in enumerate(rows, start=1):
        people = ", ".join(map(wording.line, row.to))
        by = wording.line(row.origin.actor)
        subject = wording.subject(row.subject)
        yield Paragraph(label=f"{number}", text=f"{subject}   {by} → {people}")


def lines(marked: Marked) -> Iterator[Paragraph]:
    """Yield each mail with everybody it is for, none folded, and what stays why."""
    if marked.stay:
        text = wording.count(len(marked.stay), "marked mail stays", "marked mails stay")
        yield Paragraph(text=f"{text} in review:", kind=Kind.WARNING)
        for subject, why in marked.stay:
            yield Paragraph(text=f"  {subject}: {why}")
        yield Paragraph(text="")
    if marked.pages:
        yield Paragraph(text=wording.line(marked.batch.kind), kind=Kind.HEADING)
    for number, page in enumerate(marked.pages, start=1):
        yield from _mail(number, page)


def _mail(number: int, page: Page) -> Iterator[Paragraph]:
    digest = f"{page.release_digest[:DIGEST_SHOWN]}…"
    subject = wording.subject(page.draft.subject)
    text = f"{subject}   {wording.size(page.size_bytes)}   {digest}"
    yield Paragraph(label=f"{number}", text=text)
    yield from recipients(page)


def _named(
    refused: Mapping[str, str], subjects: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for id_, why in refused.items():
        yield subjects.get(id_, wording.line(id_)), wording.line(why)


def _with(result: Outcome, workspace: Workspace, row: Row, undo: timedelta) -> Outcome:
    """Return ``result`` with what became of one more; one that stays stops none."""
    if "release" not in row.actions:
        why = (wording.subject(row.subject), f"it {what_became(row)}.")
        return replace(result, left=(*result.left, why))
    try:
        released = workspace.outbox.release(row.id, undo=undo)
    except TuimailError as error:
        why = (wording.subject(row.subject), wording.line(str(error)))
        return replace(result, left=(*result.left, why))
    return replace(result, done=(*result.done, released))
