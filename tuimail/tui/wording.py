"""How times, sizes, people and statuses are said on the screen.

One place, so that the same fact has the same words in every pane. Text that
others wrote goes through ``said`` or ``line`` first.

Pure, but for one setting about widths.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from rich.cells import cell_len, set_cell_size

from tuimail.core.address import Address, format_address
from tuimail.core.display import display, mark_posing, posing, safe_width
from tuimail.workspace.views import Row

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
_STEPS: Final = ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m"), (1, "s"))
_KILO: Final = 1000
_UNITS: Final = ("B", "kB", "MB", "GB")
_ELLIPSIS: Final = "…"


class _Manner:
    """How untrusted text is made fit for a line; set once, when the app begins."""

    fit: Callable[[str], str] = staticmethod(safe_width)


def trust_widths(*, is_wanted: bool) -> None:
    """Keep characters in lines of which terminals do not agree about the width."""
    _Manner.fit = staticmethod(display if is_wanted else safe_width)


def line(text: str) -> str:
    """Return untrusted ``text`` for a line that it shares with others."""
    return _Manner.fit(text)


def said(text: str) -> str:
    """Return untrusted ``text`` for a place of several lines that it owns."""
    return display(text, keep_newlines=True)


def marked(text: str) -> str:
    """Return safe ``text`` with letters in brackets that pose as other ones."""
    return mark_posing(text)


def marked_place(text: str, place: int) -> int:
    """Return where in ``marked(text)`` stands what is at ``place`` of ``text``."""
    edges = [edge for run in posing(text) for edge in ((run[0], 0), (run[1], 1))]
    return place + sum(at + 1 - is_end <= place for at, is_end in edges)


def fitted(text: str, width: int) -> str:
    """Return safe ``text`` in exactly ``width`` cells, cut off visibly."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, width - 1) + _ELLIPSIS


def duration(span: timedelta) -> str:
    """Return ``span`` in its largest unit: ``4 m``, ``2 d``; never negative."""
    seconds = max(0, round(span.total_seconds()))
    for size, unit in _STEPS:
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return "0 s"


def age(moment: datetime, now: datetime) -> str:
    """Return how long ago ``moment`` was."""
    return duration(now - moment)


def clock(moment: datetime, now: datetime) -> str:
    """Return the local time of ``moment``, with the day unless it is today."""
    there, here = moment.astimezone(), now.astimezone()
    if there.date() == here.date():
        return f"{there:%H:%M}"
    if there.year == here.year:
        return f"{there.day} {there:%b %H:%M}"
    return f"{there:%Y-%m-%d %H:%M}"


def day(moment: datetime, now: datetime) -> str:
    """Return the local time of ``moment`` today, else its day; at most 9 cells."""
    there, here = moment.astimezone(), now.astimezone()
    if there.date() == here.date():
        return f"{there:%H:%M}"
    return f"{there.day} {there:%b}" if there.year == here.year else f"{there:%b %Y}"


def when(row: Row, now: datetime) -> str:
    """Return when ``row`` is tried next, or when it last changed."""
    if "resume" in row.actions:
        return "waits"
    if row.due_at is None:
        return day(row.sent_at or row.updated_at, now)
    if row.due_at <= now:
        return "now"
    if row.due_at - now < timedelta(days=1):
        return f"in {duration(row.due_at - now)}"
    return day(row.due_at, now)


def status(row: Row, now: datetime) -> str:
    """Return the one word for where ``row`` stands, as this moment shows it."""
    left = undo_left(row, now)
    return f"undo {left} s" if left else row.status.replace("_", " ")


def undo_left(row: Row, now: datetime) -> int:
    """Return the whole seconds in which ``row`` can still be taken back."""
    if row.undo_until is None or "take_back" not in row.actions:
        return 0
    return max(0, ceil((row.undo_until - now).total_seconds()))


def size(size_bytes: int) -> str:
    """Return ``size_bytes`` in the unit that people read."""
    amount = float(size_bytes)
    for unit in _UNITS:
        if amount < _KILO or unit == _UNITS[-1]:
            break
        amount /= _KILO
    is_small = amount < 10 and unit != "B"  # noqa: PLR2004 - one digit
    return f"{amount:.1f} {unit}" if is_small else f"{amount:.0f} {unit}"


def people(addresses: Iterable[str]) -> str:
    """Return the first address and how many more there are."""
    listed = [line(address) for address in addresses]
    if not listed:
        return "nobody"
    more = f" +{len(listed) - 1}" if len(listed) > 1 else ""
    return listed[0] + more


_AT_SIGNS: Final = "@\uff20\ufe6b"
"""The sign of addresses, and those that look like it."""


def whom(row: Row) -> str:
    """Return the first person whom a mail is for, by name, and how many more.

    A name that has an address in it could be taken for one, so it is not shown.
    """
    name = line(row.name).strip()
    is_a_name = name and not any(sign in name for sign in _AT_SIGNS)
    return people((name, *row.to[1:]) if is_a_name else row.to)


def subject(text: str) -> str:
    """Return a subject line, with letters in brackets that pose as other ones."""
    return marked(line(text)) or "(no subject)"


def address(mailbox: Address) -> str:
    """Return one mailbox with its name, for one line."""
    return line(format_address(mailbox))


def typed(mailboxes: Iterable[Address]) -> str:
    """Return ``mailboxes`` for a field, to be typed on; safe text."""
    return ", ".join(said(format_address(one)) for one in mailboxes)


def count(number: int, one: str, many: str = "") -> str:
    """Return ``1 draft``, ``2 drafts``."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def cells(text: str) -> int:
    """Return how many cells safe ``text`` takes."""
    return cell_len(text)


def clipped(text: str, width: int) -> str:
    """Return safe ``text`` in at most ``width`` cells, cut off visibly."""
    return fitted(text, min(width, cell_len(text)))
