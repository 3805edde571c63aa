"""What is about to leave, as the question before it says: to whom, and what of it.

Pure.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from tuimail.core.finding import Finding, Severity
from tuimail.core.message import Role
from tuimail.tui import comparing, standing, wording
from tuimail.tui.contents import kind_of
from tuimail.tui.looks import labelled_findings
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.views import Page, RecipientView

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
        *_accepted(page),
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
    if page.edited is not None:
        number = comparing.words_changed(page.edited, page.draft)
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
            text=f"{' and '.join(parts)}, see Checks",
            kind=Kind.BLOCK if is_worst else Kind.WARNING,
        )


def _accepted(page: Page) -> Iterable[Paragraph]:
    """Yield which of the warnings somebody let stand, and why."""
    for place, one in enumerate(page.accepted):
        number = sum(found.code == one.code for found in page.findings)
        text = f"{wording.count(number, 'warning')} accepted: {wording.line(one.code)}"
        yield Paragraph(
            label="" if place else "Stands",
            text=f"{text}  “{wording.line(one.reason)}”",
        )


_SERIOUS: Final = (
    (Severity.BLOCK, "thing nobody should let pass", "things nobody should let pass"),
    (Severity.WARNING, "warning", "warnings"),
)


_OF_DOMAINS: Final = {"addr.lookalike-domain": "LIKE ANOTHER"}
_OF_ADDRESSES: Final = {"addr.mixed-script": "MIXED SCRIPT", "rcpt.new": "FIRST MAIL"}
_WORDS: Final = _OF_DOMAINS | _OF_ADDRESSES
"""What was found about an address, in the words that stand beside it."""


def recipients(page: Page) -> Iterable[Paragraph]:
    """Yield everybody it is for, with what was found about each."""
    for one in page.recipients:
        hidden = "   only you and the account see this" if one.role is Role.BCC else ""
        name = f"{wording.line(one.name)} " if one.name else ""
        found = [finding for finding in page.findings if _is_about(finding, one)]
        words = " · ".join(dict.fromkeys(_WORDS[finding.code] for finding in found))
        yield Paragraph(
            label=one.role.value.capitalize(),
            text=f"{name}<{wording.line(one.address)}>{hidden}",
            note="" if hidden else words,
            note_kind=_worst(found),
        )
        if hidden and words:
            yield Paragraph(text=words, kind=_worst(found))


def _is_about(finding: Finding, recipient: RecipientView) -> bool:
    """Whether something was found about an address, or about all at its domain."""
    places = finding.place.split(", ")
    if finding.code in _OF_DOMAINS:
        domain = recipient.address.rpartition("@")[2]
        return any(one.rpartition("@")[2] == domain for one in places)
    return finding.code in _OF_ADDRESSES and recipient.address in places


def _worst(found: Iterable[Finding]) -> Kind:
    severities = {one.severity for one in found}
    worst = next((one for one in Severity if one in severities), Severity.INFO)
    return kind_of(worst)


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
