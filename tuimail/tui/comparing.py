"""What changed in a mail, as one tab with several ways to look at it.

Beside the revision before: the one that was seen last, what its author wrote first,
the mail it answers, and the mail it takes the place of or repeats. What stands in
the column of labels is ours; text that itself has the marks of changed words is
shown in two lines, so that nothing in a mail can pretend to be a change.

Pure; texts are compared when the tab is opened.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Final, NamedTuple

from tuimail.core.address import format_address
from tuimail.core.diffs import STEPS, Diff, DiffLine, Kind, Words, diff
from tuimail.core.draft import Draft
from tuimail.tui import beside, wording
from tuimail.tui.keymap import USUAL, Names
from tuimail.tui.tabs import Tab, later
from tuimail.tui.widgets.prose import Kind as Tone
from tuimail.tui.widgets.prose import Paragraph, Span, flat
from tuimail.workspace.views import Page

Spans = Mapping[int, tuple[Span, ...]]

CONTEXT: Final = 3
"""Lines that are shown beside each change."""
MOST_LINES: Final = 2_000
MOST_MARKED: Final = 200_000
"""Characters of a text in which changed words are marked."""
MOVED: Final = 3
"""Quoted lines or more, of which only the first is shown where they are all new."""
_LIMIT: Final = STEPS // 4
"""Of each text; there are up to eight of them."""
_MARKS: Final = {Kind.REMOVED: "[-{}-]", Kind.ADDED: "{{+{}+}}", Kind.SAME: "{}"}
_LOOK_LIKE_MARKS: Final = ("[-", "-]", "{+", "+}")
_LABELS: Final = {
    Kind.SAME: ("", Tone.MUTED),
    Kind.REMOVED: ("-", Tone.REMOVED),
    Kind.ADDED: ("+", Tone.ADDED),
    Kind.CHANGED: ("~", Tone.PLAIN),
}
_TONES: Final = {Kind.REMOVED: Tone.REMOVED, Kind.ADDED: Tone.ADDED}
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


def tabs(page: Page, seen: Draft | None = None, names: Names = USUAL) -> Iterator[Tab]:
    """Yield the tab of what changed, if there is anything to compare with.

    Args:
        page: The mail.
        seen: What it said when somebody looked at another revision last.
        names: Names the keys that it says.
    """
    ways = list(_ways(page, seen))
    key = names("mail.fold")
    shown = [
        _tab(page, way, place=f" {n}/{len(ways)}" if len(ways) > 1 else "", key=key)
        for n, way in enumerate(ways, start=1)
    ]
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


def texts(title: str, before: str, now: str) -> tuple[Paragraph, ...]:
    """Return what changed from one text to another; safe text."""
    return tuple(_text_changed(title, diff(before, now, limit=_LIMIT), CONTEXT))


def between(before: Draft, now: Draft, *, what: str) -> tuple[Paragraph, ...]:
    """Return what changed from one to the other, below the sentence ``what``."""
    way = _Way(what=what, before=before)
    return _told(way, _found(before, now), context=CONTEXT)


def changed_words(before: str, now: str) -> Spans:
    """Return what of ``now`` is new since ``before``, by line from 0.

    Nothing of a text so long that this would be felt; the tab says it of any.
    """
    if len(before) + len(now) > MOST_MARKED:
        return {}
    found = diff(before.rstrip("\n"), now, limit=_LIMIT)
    return {
        line.after - 1: tuple(_new_words(line))
        for line in found.lines
        if line.after and line.kind is not Kind.SAME
    }


def _new_words(line: DiffLine) -> Iterator[Span]:
    """Yield where in a line, as it is shown, the words are that were not there."""
    text = ""
    for words in line.words:
        if words.kind is Kind.REMOVED:
            continue
        start, text = len(flat(text)), text + _said(words)
        if words.kind is Kind.ADDED:
            yield Span(start, len(flat(text)), Tone.ADDED)


def _ways(page: Page, seen: Draft | None) -> Iterator[_Way]:
    revision = page.row.revision
    if seen is not None and seen != page.previous:
        yield _Way(what="What changed since you looked last.", before=seen)
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


def _tab(page: Page, way: _Way, *, place: str, key: str) -> Tab:
    found = cache(partial(_found, way.before, page.draft))
    return Tab(
        name="diff",
        title=f"Diff{place}",
        text=later(lambda: _told(way, found(), context=None)),
        folded=later(lambda: _told(way, found(), context=CONTEXT, key=key)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """Two mails, compared."""

    fields: tuple[Paragraph, ...]
    texts: tuple[tuple[str, Diff], ...]
    """Those that are not the same."""


def _found(before: Draft, now: Draft) -> _Compared:
    texts = (
        ("Text", before.body.text, now.body.text),
        ("HTML", before.body.html, now.body.html),
    )
    diffs = [(title, diff(was, is_, limit=_LIMIT)) for title, was, is_ in texts]
    return _Compared(
        fields=tuple(_fields_changed(before, now)),
        texts=tuple((title, one) for title, one in diffs if not one.is_same),
    )


def _told(
    way: _Way, found: _Compared, *, context: int | None, key: str = ""
) -> tuple[Paragraph, ...]:
    """Return what changed; with ``context`` lines beside it, or with all there are."""
    lines = [*found.fields]
    for title, one in found.texts:
        lines += _text_changed(title, one, context, key)
    return (
        Paragraph(text=way.what, kind=Tone.MUTED),
        *(lines or [Paragraph(text="Nothing changed.")]),
    )


def _quoted(draft: Draft) -> Draft:
    """Return a mail as an answer quotes it, so that a quote that differs is seen."""
    lines = draft.body.text.rstrip("\n").split("\n")
    text = "".join(f"> {line}".rstrip() + "\n" for line in lines)
    return replace(draft, body=replace(draft.body, text=text, html=""))


def _fields_changed(before: Draft, now: Draft) -> Iterator[Paragraph]:
    """Yield people, files and the rest, each kind under its own heading."""
    old, new = _fields(before), _fields(now)
    for title, labels in _SECTIONS:
        changed = [
            one for label in labels for one in _changes(label, old[label], new[label])
        ]
        if changed:
            yield Paragraph(text=title, kind=Tone.HEADING)
            yield from changed


def _changes(label: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Paragraph]:
    for one in old:
        if one not in new:
            yield Paragraph(label=f"- {label}", text=one, kind=Tone.REMOVED)
    for one in new:
        if one not in old:
            yield Paragraph(label=f"+ {label}", text=one, kind=Tone.ADDED)


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
        label: tuple(map(_line_shown, {**several, **found}.get(label, ())))
        for label in (*single, *several)
    }


_SECTIONS: Final = (
    ("Header", ("From", "Via", "Subject", "Answers", "Asks", "List", "Header",
                "Beside")),
    ("Recipients", ("To", "Cc", "Bcc", "Reply to")),
    ("Attachments", ("File",)),
)  # fmt: skip


def _text_changed(
    title: str, found: Diff, context: int | None, key: str = ""
) -> Iterator[Paragraph]:
    yield Paragraph(text=title, kind=Tone.HEADING)
    yield from told(found, context, key)


def told(found: Diff, context: int | None, key: str = "") -> Iterator[Paragraph]:
    """Yield what changed, line by line.

    Args:
        found: What was compared.
        context: Lines beside each change; None for all there are.
        key: The one that shows all lines; empty where none does.
    """
    if not found.is_complete:
        yield _ROUGH
    shown: Sequence[DiffLine | None] = (
        found.lines if context is None else found.around(context)
    )
    for line in _collapsed(shown[:MOST_LINES], is_folded=context is not None):
        if isinstance(line, int):
            more = f"; {key} shows them" if key else ""
            text = f"{line} quoted lines, new here{more}"
            yield Paragraph(label="+", text=text, kind=Tone.MUTED)
        elif line is None:
            yield Paragraph(label="…", text="", kind=Tone.MUTED)
        else:
            yield from _line(line)
    if found.is_cut or len(shown) > MOST_LINES:
        yield _CUT


def _collapsed(
    lines: Iterable[DiffLine | None], *, is_folded: bool
) -> Iterator[DiffLine | int | None]:
    """Yield the number of quoted lines in the place of many that are all new."""
    quoted: list[DiffLine] = []
    for line in lines:
        if is_folded and line is not None and _is_new_quote(line):
            quoted.append(line)
            continue
        yield from _or_number(quoted)
        quoted = []
        yield line
    yield from _or_number(quoted)


def _or_number(quoted: Sequence[DiffLine]) -> Iterator[DiffLine | int]:
    if len(quoted) > MOVED:
        yield len(quoted)
    else:
        yield from quoted


def _is_new_quote(line: DiffLine) -> bool:
    return line.kind is Kind.ADDED and line.text.startswith(">")


def _line(line: DiffLine) -> Iterator[Paragraph]:
    is_clear = not any(mark in line.text for mark in _LOOK_LIKE_MARKS)
    if line.kind is Kind.CHANGED and not is_clear:
        for kind in (Kind.REMOVED, Kind.ADDED):
            kept = [one for one in line.words if one.kind in {kind, Kind.SAME}]
            yield _paragraph(kind, "".join(map(_shown, kept)))
    elif line.kind is Kind.CHANGED:
        yield _marked(line.words)
    else:
        yield _paragraph(line.kind, "".join(map(_shown, line.words)))


def _marked(words: Sequence[Words]) -> Paragraph:
    """Return a line in which words changed: in marks, whose colours repeat them."""
    text, spans = "", list[Span]()
    for one in _joined(words):
        start, text = len(flat(text)), text + _MARKS[one.kind].format(_shown(one))
        if one.kind is not Kind.SAME:
            spans.append(Span(start, len(flat(text)), _TONES[one.kind]))
    label, tone = _LABELS[Kind.CHANGED]
    return Paragraph(label=label, text=text, kind=tone, spans=tuple(spans))


class _Run(NamedTuple):
    """Words that are the same, or what stands for each other."""

    same: str
    removed: str = ""
    added: str = ""

    @property
    def is_replaced(self) -> bool:
        return bool(self.removed and self.added)


def _joined(words: Iterable[Words]) -> Iterator[Words]:
    """Yield the same, where words that were replaced one by one are told as one."""
    for run in _replaced_together(_runs(words)):
        if run.same:
            yield Words(Kind.SAME, run.same)
        if run.removed:
            yield Words(Kind.REMOVED, run.removed)
        if run.added:
            yield Words(Kind.ADDED, run.added)


def _runs(words: Iterable[Words]) -> Iterator[_Run]:
    run = _Run("")
    for one in words:
        if one.kind is Kind.SAME:
            yield run
            run = _Run("")
            yield _Run(one.text)
        elif one.kind is Kind.REMOVED:
            run = run._replace(removed=run.removed + one.text)
        else:
            run = run._replace(added=run.added + one.text)
    yield run


def _replaced_together(runs: Iterable[_Run]) -> list[_Run]:
    """Return ``runs``, those joined between which is nothing but blanks."""
    found: list[_Run] = []
    for run in runs:
        if not any(run):
            continue
        if run.is_replaced and len(found) > 1 and _is_bridge(found[-2], found[-1]):
            blank = found.pop().same
            before = found.pop()
            run = _Run(  # noqa: PLW2901 - it grows
                "",
                removed=before.removed + blank + run.removed,
                added=before.added + blank + run.added,
            )
        found.append(run)
    return found


def _is_bridge(before: _Run, between: _Run) -> bool:
    return before.is_replaced and bool(between.same) and between.same.isspace()


def _paragraph(kind: Kind, text: str) -> Paragraph:
    label, tone = _LABELS[kind]
    return Paragraph(label=label, text=text, kind=tone)


def _said(words: Words) -> str:
    return wording.said(words.text)


def _shown(words: Words) -> str:
    return wording.marked(_said(words))


def _line_shown(text: str) -> str:
    return wording.marked(wording.line(text))
