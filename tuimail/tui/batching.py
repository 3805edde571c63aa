"""Several mails that leave together: which of those that were marked, and how.

Calls run in the workspace's thread and know no widgets.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from tuimail.errors import TuimailError
from tuimail.tui import wording
from tuimail.tui.outgoing import DIGEST_SHOWN, recipients
from tuimail.tui.screens.deciding import what_became
from tuimail.tui.widgets.prose import Kind, Paragraph
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

    released: tuple[Row, ...]
    left: tuple[tuple[str, str], ...]
    """Subject of each mail that did not leave, and why; safe text."""


def sorted_out(
    rows: Sequence[Row], unread: Sequence[Row]
) -> Callable[[Workspace], Marked]:
    """Return the call that tells which of ``rows`` can go together.

    Args:
        rows: What was marked.
        unread: Those of them whose end was not on the screen.
    """
    read = [row.id for row in rows if row not in unread]
    subjects = {row.id: wording.subject(row.subject) for row in rows}

    def call(workspace: Workspace) -> Marked:
        batch = workspace.reviews.batch(read)
        refused = {row.id: UNREAD for row in unread} | dict(batch.refused)
        return Marked(
            batch=batch,
            pages=tuple(workspace.drafts.page(row.id) for row in batch.rows),
            stay=tuple(_named(refused, subjects)),
        )

    return call


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
        result = Outcome(released=(), left=tuple(_named(approved.refused, subjects)))
        for row in approved.rows:
            result = _with(result, workspace, row, undo)
        return result

    return call


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
    return replace(result, released=(*result.released, released))
