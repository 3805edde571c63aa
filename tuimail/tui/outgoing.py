"""What is about to leave, as the question before it says: to whom, and what of it.

Pure.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.finding import Severity
from tuimail.core.message import Role
from tuimail.tui import comparing, standing, wording
from tuimail.tui.looks import labelled_findings
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.views import Page

DIGEST_SHOWN: Final = 12


def release_lines(
    page: Page, undo: timedelta, *, verb: str, now: datetime
) -> Sequence[Paragraph]:
    """Return everything a person must see before these bytes leave.

    Args:
        page: The mail.
        undo: How long it can be taken back.
        verb: ``approve``, ``release`` or ``send``.
        now: Aware.
    """
    draft, row = page.draft, page.row
    return (
        Paragraph(label="As", text=wording.address(draft.sender)),
        Paragraph(label="Via", text=wording.line(row.account) or "no account"),
        Paragraph(label="Subject", text=wording.subject(draft.subject)),
        *_edited(page),
        *_in_short(page),
        *_standing(page, verb, now),
        Paragraph(text=""),
        *recipients(page),
        Paragraph(text=""),
        *_files(page),
        Paragraph(label="Bytes", text=f"{wording.size(page.size_bytes)} as sent"),
        *_found(page),
        Paragraph(
            label="Digest",
            text=f"{page.release_digest[:DIGEST_SHOWN]}…  revision {row.revision}",
        ),
        Paragraph(label="When", text=_when(undo)),
    )


def _edited(page: Page) -> Iterable[Paragraph]:
    """Say how much is not what its author first wrote."""
    if page.first is not None:
        number = comparing.words_changed(page.first, page.draft)
        text = f"{wording.count(number, 'word')} changed since its author wrote it"
        yield Paragraph(label="Edited", text=f"{text}, see Diff")


def _standing(page: Page, verb: str, now: datetime) -> Iterable[Paragraph]:
    """Yield what the policy says, and who has to agree, where somebody decides."""
    if verb == "send":
        return
    yield from standing.policy(page.standing, most=len(page.standing.reasons))
    yield from standing.in_force(page, now)


def _in_short(page: Page) -> Iterable[Paragraph]:
    """Say above everything else how bad it is: on a small screen the rest is below."""
    number = Counter(one.severity for one in page.findings)
    parts = [
        wording.count(number[severity], one, several)
        for severity, one, several in _SERIOUS
        if number[severity]
    ]
    if parts:
        is_worst = bool(number[Severity.BLOCK])
        yield Paragraph(
            label="Found",
            text=f"{' and '.join(parts)}, see Checks below",
            kind=Kind.BLOCK if is_worst else Kind.WARNING,
        )


_SERIOUS: Final = (
    (Severity.BLOCK, "thing nobody should let pass", "things nobody should let pass"),
    (Severity.WARNING, "warning", "warnings"),
)


def recipients(page: Page) -> Iterable[Paragraph]:
    """Yield everybody it is for, those who see nobody else among them."""
    for one in page.recipients:
        hidden = "   only you and the account see this" if one.role is Role.BCC else ""
        name = f"{wording.line(one.name)} " if one.name else ""
        yield Paragraph(
            label=one.role.value.capitalize(),
            text=f"{name}<{wording.line(one.address)}>{hidden}",
        )


def _files(page: Page) -> Iterable[Paragraph]:
    for file in page.draft.attachments:
        text = f"{wording.line(file.name)}  {wording.size(file.size_bytes)}"
        yield Paragraph(label="File", text=text)


def _found(page: Page) -> Iterable[Paragraph]:
    if not page.findings:
        yield Paragraph(label="Checks", text="nothing found", kind=Kind.GOOD)
    yield from labelled_findings(page.findings, "Checks")


def _when(undo: timedelta) -> str:
    if not undo:
        return "now; it cannot be taken back"
    return f"now; it can be taken back for {wording.duration(undo)}"
