"""What changed in a mail, as one tab with several ways to look at it.

Beside the revision before: what its author wrote first, the mail it answers, and
the mail it takes the place of or repeats. What stands in the column of labels is
ours; text that itself has the marks of changed words is shown in two lines, so
that nothing in a mail can pretend to be a change.

Pure.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from tuimail.core.address import format_address
from tuimail.core.diffs import STEPS, DiffLine, Kind, Words, diff
from tuimail.core.draft import Draft
from tuimail.tui import beside, wording
from tuimail.tui.contents import Tab
from tuimail.tui.widgets.prose import Kind as Tone
from tuimail.tui.widgets.prose import Paragraph
from tuimail.workspace.views import Page

CONTEXT: Final = 3
"""Lines that are shown beside each change."""
MOST_LINES: Final = 2_000
_LIMIT: Final = STEPS // 4
"""Of each text; there are up to eight of them."""
_MARKS: Final = {Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}", Kind.SAME: "{}"}
_LOOK_LIKE_MARKS: Final = ("[-", "-]", "{+", "+}")
_LABELS: Final = {
    Kind.SAME: ("", Tone.MUTED),
    Kind.REMOVED: ("-", Tone.WARNING),
    Kind.ADDED: ("+", Tone.GOOD),
    Kind.CHANGED: ("~", Tone.PLAIN),
}
_CUT: Final = Paragraph(text="… it goes on, not shown here.", kind=Tone.MUTED)
_ROUGH: Final = Paragraph(
    text="Too much changed to tell it word for word: more is marked than changed.",
    kind=Tone.WARNING,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Something that the mail is compared with."""

    what: str
    """A sentence for above it."""
    before: Draft


def tabs(page: Page) -> Iterator[Tab]:
    """Yield the tab of what changed, if there is anything to compare with."""
    ways = list(_ways(page))
    shown = [_tab(page, way, n, len(ways)) for n, way in enumerate(ways, start=1)]
    if shown:
        yield replace(shown[0], others=tuple(shown[1:]))


def words_changed(before: Draft, now: Draft) -> int:
    """Return how many words of both bodies are other ones now."""
    return sum(
        diff(was, is_, limit=_LIMIT).words_changed
        for was, is_ in (
            (before.body.text, now.body.text),
            (before.body.html, now.body.html),
        )
    )


def _ways(page: Page) -> Iterator[_Way]:
    revision = page.row.revision
    if page.previous is not None:
        what = f"What changed from revision {revision - 1} to {revision}."
        yield _Way(what=what, before=page.previous)
    if page.first is not None and revision > 2:  # noqa: PLR2004 - else the same
        what = "What changed since its author first wrote it."
        yield _Way(what=what, before=page.first)
    if page.answered is not None:
        what = "The mail it answers, and what it says to it."
        yield _Way(what=what, before=_quoted(page.answered))
    if page.earlier_decision is not None:
        is_named = page.earlier_decision.why == "revises"
        name = "replaced" if is_named else "repeated"
        what = f"The mail that is {name}, and this one."
        yield _Way(what=what, before=page.earlier_decision.draft)


def _tab(page: Page, way: _Way, place: int, number: int) -> Tab:
    which = f" {place}/{number}" if number > 1 else ""
    return Tab(
        name="diff",
        title=f"Diff{which}",
        paragraphs=(
            Paragraph(text=way.what, kind=Tone.MUTED),
            *_compared(way.before, page.draft),
        ),
    )


def _compared(before: Draft, now: Draft) -> tuple[Paragraph, ...]:
    changed = [
        *_fields_changed(before, now),
        *_text_changed("Text", before.body.text, now.body.text),
        *_text_changed("HTML", before.body.html, now.body.html),
    ]
    return tuple(changed) or (Paragraph(text="Nothing changed."),)


def _quoted(draft: Draft) -> Draft:
    """Return a mail as an answer quotes it, so that a quote that differs is seen."""
    lines = draft.body.text.rstrip("\n").split("\n")
    text = "".join(f"> {line}".rstrip() + "\n" for line in lines)
    return replace(draft, body=replace(draft.body, text=text, html=""))


def _fields_changed(before: Draft, now: Draft) -> Iterator[Paragraph]:
    old, new = _fields(before), _fields(now)
    for label in old:
        gone = [one for one in old[label] if one not in new[label]]
        come = [one for one in new[label] if one not in old[label]]
        for one in gone:
            yield Paragraph(label=f"- {label}", text=one, kind=Tone.WARNING)
        for one in come:
            yield Paragraph(label=f"+ {label}", text=one, kind=Tone.GOOD)


def _fields(draft: Draft) -> Mapping[str, tuple[str, ...]]:
    """Return everything but the bodies; safe text."""
    asked = tuple(f"{one.label} {one.text}" for one in beside.in_full(draft.service))
    single = {
        "From": format_address(draft.sender),
        "Via": draft.account,
        "Subject": draft.subject,
        "Answers": draft.in_reply_to,
        "Asks": draft.priority.value if draft.priority else "",
        "List": draft.unsubscribe_url,
    }
    several = {
        "To": tuple(map(format_address, draft.to)),
        "Cc": tuple(map(format_address, draft.cc)),
        "Bcc": tuple(map(format_address, draft.bcc)),
        "Reply to": tuple(map(format_address, draft.reply_to)),
        "Header": tuple(f"{name}: {value}" for name, value in draft.headers),
        "Beside": asked,
        "File": tuple(
            f"{one.name} {wording.size(one.size_bytes)} {one.digest[:12]}…"
            for one in draft.attachments
        ),
    }
    found = {label: (text,) for label, text in single.items() if text}
    return {
        label: tuple(map(wording.line, {**several, **found}.get(label, ())))
        for label in (*single, *several)
    }


def _text_changed(title: str, before: str, now: str) -> Iterator[Paragraph]:
    found = diff(before, now, limit=_LIMIT)
    if found.is_same:
        return
    yield Paragraph(text=title, kind=Tone.HEADING)
    if not found.is_complete:
        yield _ROUGH
    shown = found.around(CONTEXT)
    for line in shown[:MOST_LINES]:
        if line is None:
            yield Paragraph(label="…", text="", kind=Tone.MUTED)
        else:
            yield from _line(line)
    if found.is_cut or len(shown) > MOST_LINES:
        yield _CUT


def _line(line: DiffLine) -> Iterator[Paragraph]:
    is_clear = not any(mark in line.text for mark in _LOOK_LIKE_MARKS)
    if line.kind is Kind.CHANGED and not is_clear:
        for kind in (Kind.REMOVED, Kind.ADDED):
            kept = [one for one in line.words if one.kind in {kind, Kind.SAME}]
            yield _paragraph(kind, "".join(_said(one) for one in kept))
    elif line.kind is Kind.CHANGED:
        marked = (_MARKS[one.kind].format(_said(one)) for one in line.words)
        yield _paragraph(line.kind, "".join(marked))
    else:
        yield _paragraph(line.kind, "".join(map(_said, line.words)))


def _paragraph(kind: Kind, text: str) -> Paragraph:
    label, tone = _LABELS[kind]
    return Paragraph(label=label, text=text, kind=tone)


def _said(words: Words) -> str:
    return wording.said(words.text)
