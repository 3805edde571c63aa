"""The tab of what was noticed, and of what was looked for and not found.

Pure.
"""

from collections.abc import Iterator
from typing import Final

from tuimail.core.finding import Finding, Severity
from tuimail.tui import standing, wording
from tuimail.tui.contents import kind_of
from tuimail.tui.keymap import USUAL, Names
from tuimail.tui.widgets.blocks import Given, Place
from tuimail.tui.widgets.prose import Kind, Paragraph, Span
from tuimail.workspace.looked_for import passed
from tuimail.workspace.views import Page

ALL_WELL: Final = "Every check ran and found nothing."


def checks(page: Page, names: Names = USUAL) -> tuple[Paragraph, ...]:
    """Return all that the checks and the policy say of a mail."""
    if not page.findings:
        first: list[Paragraph] = [Paragraph(text=ALL_WELL, kind=Kind.GOOD)]
    else:
        first = [line for one in page.findings for line in _finding(page, one, names)]
    return (*first, *_policy(page), *_passed(page))


def place_of(page: Page, number: int) -> Place:
    """Return where the finding ``number`` begins, counted from 0."""
    before = sum(
        len(list(_finding(page, one, USUAL))) for one in page.findings[:number]
    )
    return Given(checks(page)).place_of(before)


def _finding(page: Page, finding: Finding, names: Names) -> Iterator[Paragraph]:
    kind = kind_of(finding.severity)
    code = finding.code
    yield Paragraph(
        label=finding.severity.value.upper(),
        label_kind=kind,
        text=f"{code}: {wording.line(finding.message)}",
        spans=(Span(0, len(code), Kind.STRONG),),
    )
    if finding.place:
        place = f"“{wording.line(finding.place)}”"
        yield Paragraph(label=_field(finding), text=place)
    elif finding.field:
        yield Paragraph(label="in", text=wording.line(finding.field))
    if finding.hint:
        yield Paragraph(label="do", text=wording.line(finding.hint))
    if finding.severity is Severity.WARNING:
        yield from _box(page, finding.code, names)
    yield Paragraph(text="")


def _box(page: Page, code: str, names: Names) -> Iterator[Paragraph]:
    """Yield whether somebody let a warning stand, and why."""
    said = next((one for one in page.accepted if one.code == code), None)
    if said is not None:
        why = f"“{wording.line(said.reason)}”"
        text = f"[x] let stand by {wording.line(said.actor)}: {why}"
        yield Paragraph(label="stands", text=text, kind=Kind.GOOD)
    elif page.row.status == "review":
        text = f"[ ] nobody let it stand; {names('review.accept')} says that it may"
        yield Paragraph(label="stands", text=text, kind=Kind.MUTED)


def _field(finding: Finding) -> str:
    return f"in {wording.clipped(wording.line(finding.field), 12)}".strip()


def _policy(page: Page) -> Iterator[Paragraph]:
    """Yield all that the policy says about it."""
    reasons = len(page.standing.reasons)
    if reasons or page.standing.problem or page.standing.blocked:
        yield Paragraph(text="Policy", kind=Kind.HEADING)
        yield from standing.policy(page.standing, most=reasons)
        yield Paragraph(text="")


def _passed(page: Page) -> Iterator[Paragraph]:
    yield Paragraph(text="Looked for, and not found", kind=Kind.HEADING)
    for kind in passed(page.findings):
        text = f"{kind.name}: {kind.what}"
        yield Paragraph(label="passed", text=text, kind=Kind.MUTED)
