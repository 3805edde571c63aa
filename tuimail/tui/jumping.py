"""Where findings and comments are in a mail, to go from one to the next.

Pure.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tuimail.core.decision import Comment
from tuimail.core.draft import Draft
from tuimail.core.finding import Finding
from tuimail.tui import checked, wording
from tuimail.tui.contents import kind_of
from tuimail.tui.looks import Look
from tuimail.tui.searching import Hit, first
from tuimail.tui.widgets.prose import Kind
from tuimail.workspace.views import Decision, Page

_TABS: Final = {
    "text": "text",
    "html": "html",
    "attach": "parts",
    "subject": "headers",
    "from": "headers",
    "to": "headers",
    "cc": "headers",
    "reply-to": "headers",
    "header": "headers",
    "bcc": "record",
}
"""Where what a field says is shown."""
_WORDS: Final = 40
"""Characters of a long place that are looked for where not all of it stands there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Somewhere in a mail, and what is to be said of it."""

    tab: str
    hit: Hit | None
    """None for the beginning of the tab."""
    told: str
    """One line; safe text."""
    kind: Kind


def findings(look: Look) -> Sequence[Finding]:
    """Return what can be gone to, the worst first."""
    return look.page.findings


def finding_spot(look: Look, number: int) -> Spot:
    """Return where the finding ``number`` is, counted from 0."""
    finding = look.page.findings[number]
    many = f"{number + 1} of {len(look.page.findings)}"
    severity = finding.severity.value.upper()
    said = wording.line(finding.message)
    told = f"{many}  {severity} {finding.code}: {said}"
    kind = kind_of(finding.severity)
    tab = _TABS.get(finding.field, "")
    hit = _place(look, tab, finding.place)
    if hit is None:
        tab, hit = "checks", _in_checks(look.page, number)
    return Spot(tab=tab, hit=hit, told=told, kind=kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A comment, whoever made it."""

    comment: Comment
    by: Decision | None = None
    """None for what a reviewer noted here, and told nobody yet."""
    text: str = ""
    """The text that its lines are counted in."""


def remarks(look: Look) -> tuple[Remark, ...]:
    """Return what was noted here, then what was said before, the newest first."""
    page = look.page
    own = (Remark(comment=one, text=page.draft.body.text) for one in look.remarks)
    said = (
        Remark(comment=one, by=decision, text=_text_of(page, decision))
        for decision in reversed(page.decisions)
        for one in decision.comments
    )
    return (*own, *said)


def remark_spot(look: Look, number: int, now: datetime) -> Spot:
    """Return where the comment ``number`` is, counted from 0."""
    found = remarks(look)
    one = found[number]
    words = wording.line(one.comment.text)
    told = f"{number + 1} of {len(found)}  {_author(one, now)}: “{words}”"
    tab = _TABS.get(one.comment.field, "text")
    place = _line(one.text, one.comment.line) if one.comment.line else ""
    return Spot(tab=tab, hit=_place(look, tab, place), told=told, kind=Kind.STRONG)


def _author(one: Remark, now: datetime) -> str:
    where = f"line {one.comment.line}, " if one.comment.line else ""
    if one.by is None:
        return f"{where}noted here, told nobody yet"
    age = wording.age(one.by.at, now)
    who = wording.line(one.by.actor)
    return f"{where}revision {one.by.revision}, {who} {age} ago"


def _text_of(page: Page, decision: Decision) -> str:
    """Return the text that was decided about, where it is still at hand."""
    behind = page.row.revision - decision.revision
    drafts: dict[int, Draft | None] = {0: page.draft, 1: page.previous}
    draft = page.first if decision.revision == 1 and behind else drafts.get(behind)
    return draft.body.text if draft else ""


def _line(text: str, number: int) -> str:
    lines = text.split("\n")
    return lines[number - 1] if 0 < number <= len(lines) else ""


def _place(look: Look, tab: str, quoted: str) -> Hit | None:
    """Return where in a tab something is quoted from, if it is there."""
    if not quoted or look.tab(tab).name != tab:
        return None
    return first(look.tab(tab).text, _phrases(quoted))


def _phrases(quoted: str) -> Iterator[str]:
    """Yield what to look for: all of it, its first line, its beginning."""
    yield wording.line(quoted)
    line = wording.line(quoted.strip().split("\n")[0])
    yield line
    yield line[:_WORDS]


def _in_checks(page: Page, number: int) -> Hit:
    return Hit(checked.place_of(page, number), 0, len(page.findings[number].code))
