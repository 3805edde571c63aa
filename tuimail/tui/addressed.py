"""Whom a mail is for, in lines: everybody who is marked on one of their own.

A mark is ours, in words, at the right end, where no name can reach it; and of those
who are folded, it is said how many are marked how.

Pure.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from tuimail.core.address import Address, wire_address
from tuimail.core.message import Role
from tuimail.tui import wording
from tuimail.tui.keymap import USUAL, Names
from tuimail.tui.tabs import Tab, later
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.people import Mark, Marked, differing

SHOWN: Final = 3
"""People of one field, the worst first."""
_RANK: Final = {mark: place for place, mark in enumerate(Mark)}
_KINDS: Final = {Mark.OUTSIDE: Kind.WARNING, Mark.NEW: Kind.STRONG}
_LABELS: Final = {Role.TO: "To", Role.CC: "Cc", Role.BCC: "Bcc"}
_ALWAYS: Final = frozenset({Role.TO, Role.BCC})
"""Fields that have a line though nobody is in them."""


def lines(people: Sequence[Marked], names: Names = USUAL) -> Iterator[Paragraph]:
    """Yield everybody whom a mail is for, folded where there are many."""
    for role in Role:
        field = [one for one in people if one.role is role]
        if field or role in _ALWAYS:
            yield from _labelled(_LABELS[role], _field(field, names))


def brief(people: Sequence[Marked]) -> Iterator[Paragraph]:
    """Yield a line for each field, where there is room for no more."""
    for role in Role:
        field = [one for one in people if one.role is role]
        if field:
            first, *rest = _worst_first(field)
            more = f"  +{len(rest)}" if rest else ""
            yield Paragraph(
                label=_LABELS[role],
                text=wording.line(first.address.text) + more,
                note=", ".join(filter(None, (_note(first), _counted(rest)))),
                note_kind=_worst_kind(field),
            )
        elif role in _ALWAYS:
            yield Paragraph(label=_LABELS[role], text="none", kind=Kind.MUTED)


def tab(people: Sequence[Marked]) -> Iterator[Tab]:
    """Yield the tab that has everybody, where some of them are folded."""
    fields = Counter(one.role for one in people)
    if any(number > SHOWN for number in fields.values()):
        text = later(lambda: tuple(everybody(people)))
        yield Tab(name="people", title=f"People {len(people)}", short="Ppl", text=text)


def everybody(people: Sequence[Marked]) -> Iterator[Paragraph]:
    """Yield everybody, each on a line, none folded."""
    for one in people:
        yield from _person(one, label=_LABELS[one.role])


def _field(field: Sequence[Marked], names: Names) -> Iterator[Paragraph]:
    if not field:
        yield Paragraph(text="none", kind=Kind.MUTED)
        return
    shown = _worst_first(field)[:SHOWN] if len(field) > SHOWN else field
    for one in shown:
        if one.marks:
            yield from _person(one)
    plain = [_said(one.address) for one in shown if not one.marks]
    if plain:
        yield Paragraph(text=", ".join(plain))
    if len(field) > SHOWN:
        rest = _worst_first(field)[SHOWN:]
        counts = _counted(rest)
        text = f"+{len(rest)} more{': ' if counts else ''}{counts}"
        note = f"{names('mail.people')} lists them"
        kind = _worst_kind(rest)
        yield Paragraph(text=text, kind=kind, note=note, note_kind=Kind.MUTED)


def _person(one: Marked, *, label: str = "") -> Iterator[Paragraph]:
    yield Paragraph(
        label=label,
        text=_said(one.address),
        note=_note(one),
        note_kind=_worst_kind([one]),
    )
    if one.like:
        theirs, known = differing(one.address.domain, one.like)
        text = f"{wording.line(theirs)} is not {wording.line(known)}"
        yield Paragraph(text=text, kind=Kind.BLOCK)


def _labelled(label: str, found: Iterable[Paragraph]) -> Iterator[Paragraph]:
    for one in found:
        yield Paragraph(
            label=label,
            text=one.text,
            kind=one.kind,
            note=one.note,
            note_kind=one.note_kind,
        )
        label = ""


def _note(one: Marked) -> str:
    words = [mark.value.upper() for mark in one.marks]
    return " ".join(words).replace("LIKE", f"LIKE {wording.line(one.like)}")


def _counted(people: Iterable[Marked]) -> str:
    """Return how many are marked how: ``2 new, 1 outside``."""
    counts = Counter(mark for one in people for mark in one.marks)
    return ", ".join(f"{counts[mark]} {mark.value}" for mark in Mark if counts[mark])


def _worst_first(people: Sequence[Marked]) -> list[Marked]:
    return sorted(people, key=_rank)


def _rank(one: Marked) -> int:
    return _RANK[one.marks[0]] if one.marks else len(_RANK)


def _worst_kind(people: Iterable[Marked]) -> Kind:
    marks = {mark for one in people for mark in one.marks}
    if not marks:
        return Kind.MUTED
    return _KINDS.get(min(marks, key=_RANK.__getitem__), Kind.BLOCK)


def _said(address: Address) -> str:
    wire = wire_address(address)
    is_other = wire != address.text
    return wording.address(address) + (f"  = {wording.line(wire)}" if is_other else "")
