"""What keeps whole accounts from sending: a line each, or one for no network."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from tuimail.tui import wording
from tuimail.tui.widgets.appearing import Appearing
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.workspace.obstacles import Obstacle

MOST: Final = 3
"""Accounts that have a line; of more only the number is said."""
_LONGEST_REASON: Final = 200
_LONGEST_REST: Final = 70
"""Cells of why an account waits that goes on by itself, mostly in a moment."""


def obstacle_lines(
    found: Sequence[Obstacle],
    now: datetime,
    *,
    keys: Mapping[str, str],
    about: str,
) -> tuple[Paragraph, ...]:
    """Return what is said about ``found``.

    Args:
        found: What is in the way.
        now: Aware.
        keys: The keys ``log_in``, ``resume`` and ``retry``, as people write them.
        about: The account that the keys are about.
    """
    if found and all(one.is_unreachable for one in found):
        return (_no_network(found, now, keys),)
    shown = [_line(one, now, keys, is_meant=one.account == about)
             for one in found[:MOST]]  # fmt: skip
    more = len(found) - MOST
    if more > 0:
        text = f"and {wording.count(more, 'more account')}, see Accounts"
        shown.append(Paragraph(text=text, kind=Kind.MUTED))
    return tuple(shown)


def _no_network(
    found: Sequence[Obstacle], now: datetime, keys: Mapping[str, str]
) -> Paragraph:
    waiting = sum(one.waiting for one in found)
    ends = [one.until for one in found if one.until is not None]
    text = "no network: no server could be reached"
    if ends:
        text += f", next try in {wording.duration(min(ends) - now)}"
    text += f"; {wording.count(waiting, 'message')} waiting"
    return Paragraph(text=f"{text}.   {keys['retry']} try now", kind=Kind.WARNING)


def _line(
    one: Obstacle, now: datetime, keys: Mapping[str, str], *, is_meant: bool
) -> Paragraph:
    reason = wording.clipped(wording.line(one.reason), _LONGEST_REASON).rstrip(".")
    state = "is held" if one.is_held else "waits"
    until = f", until {wording.clock(one.until, now)}" if one.until else ""
    text = f"account {wording.line(one.account)} {state}{until}"
    if is_meant and one.is_held:
        offers = "   ".join(_offers(one, keys))
        return Paragraph(text=f"{text}   {offers}   {reason}.", kind=Kind.WARNING)
    if not one.is_held:
        reason = wording.clipped(reason.partition(": ")[0], _LONGEST_REST)
    return Paragraph(text=f"{text}: {reason}", kind=Kind.WARNING)


def _offers(one: Obstacle, keys: Mapping[str, str]) -> Iterator[str]:
    if one.is_login:
        yield f"{keys['log_in']} log in again"
    what = f"its {wording.count(one.waiting, 'message')}" if one.waiting else "it"
    yield f"{keys['resume']} resume {what}"


class ObstacleLines(Appearing, can_focus=False):
    """Takes no room while nothing is in the way."""

    DEFAULT_CSS = "ObstacleLines { max-height: 4; background: $panel; }"
