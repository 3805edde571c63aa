"""Where the recipients of a field stand, in rows of a width.

Pure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tuimail.core.contact import Contact
from tuimail.tui import wording
from tuimail.tui.recipients import Chip, Entry
from tuimail.workspace.contacts import Remark

MOST_ROWS: Final = 4
"""More rows of recipients scroll."""
_OPEN: Final = "\u2039"
_CLOSE: Final = "\u203a"
_LEAST_TEXT: Final = 12
"""Cells that what is typed has behind the last recipient, or else its own row."""

_LEAST_NOTE: Final = 18
"""Cells that are left for what is said of those who have no room."""

Remarks = Mapping[str, Remark]
"""What is known of recipients, by their text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something on one row: safe text, how it looks, and whose it is."""

    text: str
    style: str
    """Component class, without the widget's name."""
    place: int | None = None
    """Which recipient; None for what is typed, and for our own words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What a field shows, and where its cursor is."""

    rows: tuple[tuple[Part, ...], ...]
    cursor: tuple[int, int] | None = None
    """Column and row; None while a recipient is marked."""


def mark(chip: Chip, remark: Remark | None) -> str:
    """Return the word for what is odd about a recipient, or nothing."""
    if chip.mailbox is None:
        return "no address"
    if remark is None:
        return ""
    if remark.like:
        return f"like {wording.line(remark.like)}"
    if remark.suppressed == "all":
        return "gets no mail"
    return "new" if remark.is_new else ""


def about(chip: Chip, remark: Remark | None) -> str:
    """Return everything that is known of a recipient, in one sentence."""
    if chip.mailbox is None:
        return wording.line(chip.reason)
    known = ", ".join(_known(remark)) if remark is not None else ""
    if mark(chip, remark):  # then the address is what stands on the chip
        return known
    written = wording.address(chip.mailbox)
    return f"{written}: {known}" if known else written


def summary(chips: Sequence[Chip], remarks: Remarks) -> str:
    """Return what is odd about some recipients, in numbers: ``2 new, 1 outside``.

    Outside is said where somebody else is inside: to others it is no news.
    """
    known = [remarks[one.text] for one in chips if one.text in remarks]
    outside = sum(one.is_outside for one in known)
    counts = (
        (sum(one.mailbox is None for one in chips), "no address"),
        (sum(bool(one.like) for one in known), "look-alike"),
        (sum(one.suppressed == "all" for one in known), "gets no mail"),
        (sum(one.is_new for one in known), "new"),
        (outside if outside < len(known) else 0, "outside"),
    )
    return ", ".join(f"{number} {word}" for number, word in counts if number)


def folded(entry: Entry, remarks: Remarks, width: int) -> Rows:
    """Return one row, with those left out that have no room; they are counted."""
    parts: list[Part] = []
    used = 0
    for place, chip in enumerate(entry.chips):
        part = _part(entry, place, chip, remarks, width)
        rest = entry.chips[place + 1 :]
        room = min(len(_more(rest, remarks)), _LEAST_NOTE) + 1 if rest else 0
        if used + wording.cells(part.text) + room > width:
            text = wording.clipped(_more(entry.chips[place:], remarks), width - used)
            return Rows(rows=((*parts, Part(text=text, style="note")),))
        parts += (part, Part(text=" ", style="text"))
        used += wording.cells(part.text) + 1
    text = wording.clipped(wording.line(entry.typed), width - used)
    said = summary(entry.chips, remarks) if len(entry.chips) > 1 else ""
    room = width - used - wording.cells(text)
    gap = Part(text=" " * max(0, room - wording.cells(said)), style="text")
    tail = (gap, Part(text=said, style="note")) if len(said) < room else ()
    return Rows(rows=((*parts, Part(text=text, style="text"), *tail),))


def unfolded(entry: Entry, remarks: Remarks, width: int) -> Rows:
    """Return all of them, row below row, and what is typed behind the last."""
    rows: list[list[Part]] = [[]]
    used = 0
    for place, chip in enumerate(entry.chips):
        part = _part(entry, place, chip, remarks, width)
        cells = wording.cells(part.text)
        if used and used + cells > width:
            rows.append([])
            used = 0
        rows[-1] += (part, Part(text=" ", style="text"))
        used += cells + 1
    if used and width - used < _needed(entry):
        rows.append([])
        used = 0
    text, column = _window(entry, width - used)
    rows[-1].append(Part(text=text, style="text"))
    cursor = (used + column, len(rows) - 1) if entry.chosen is None else None
    return Rows(rows=tuple(map(tuple, rows)), cursor=cursor)


def offered(contact: Contact, age: str) -> str:
    """Return how well somebody is known: ``12 mails, 2 d ago``."""
    return f"{wording.count(contact.mails, 'mail')}, {age} ago"


def _known(remark: Remark) -> list[str]:
    return [
        word
        for is_so, word in (
            (remark.like, f"looks like {wording.line(remark.like)}"),
            (remark.suppressed == "all", "on the list of who gets no mail"),
            (remark.suppressed == "bulk", "gets no bulk mail"),
            (remark.is_new, "first mail to them"),
            (remark.is_outside, "outside your domains"),
        )
        if is_so
    ]


def _more(chips: Sequence[Chip], remarks: Remarks) -> str:
    said = summary(chips, remarks)
    return f"+{len(chips)} more: {said}" if said else f"+{len(chips)} more"


def _part(entry: Entry, place: int, chip: Chip, remarks: Remarks, width: int) -> Part:
    said = mark(chip, remarks.get(chip.text))
    style = "chosen" if place == entry.chosen else _style(chip, said)
    return Part(text=_face(chip, said, width - 1), style=style, place=place)


@lru_cache(maxsize=4096)
def _face(chip: Chip, said: str, width: int) -> str:
    """Return a chip in at most ``width`` cells; the word about it stays whole."""
    more = f" {said}" if said else ""
    room = max(1, width - wording.cells(_OPEN + more + _CLOSE))
    label = wording.clipped(wording.line(_label(chip, said)), room)
    return wording.clipped(f"{_OPEN}{label}{more}{_CLOSE}", width)


def _label(chip: Chip, said: str) -> str:
    """Return the name of who is known, and the address of whoever is not."""
    is_odd = bool(said) and chip.mailbox is not None
    return chip.mailbox.text if is_odd and chip.mailbox else chip.label


def _style(chip: Chip, said: str) -> str:
    if chip.mailbox is None:
        return "bad"
    return "odd" if said and said != "new" else "chip"


def _needed(entry: Entry) -> int:
    """Return how much room what is typed wants: its own, and a cell for the cursor."""
    return max(_LEAST_TEXT, wording.cells(wording.line(entry.typed)) + 1)


def _window(entry: Entry, width: int) -> tuple[str, int]:
    """Return what of the typed text is shown, and the column of the cursor in it."""
    before = wording.line(entry.typed[: entry.cursor])
    start = 0
    while wording.cells(before[start:]) >= max(1, width):
        start += 1
    text = wording.line(entry.typed)[start:]
    return wording.clipped(text, width), wording.cells(before[start:])
