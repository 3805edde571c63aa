"""Counts and chords: keys that mean something only together with the next ones.

``5j`` goes five down and ``g g`` to the top. What was pressed so far stands at the
left of the footer; after a moment without another key it is taken for what it
means by itself. A field gets its characters first, and a chord that begins with
one does not begin there.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Final, Protocol

from textual import actions, events
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widget import Widget

from tuimail.tui.keys import strokes

CHORD_SECONDS: Final = 0.5
"""How long the next stroke of a chord may take."""
DIGIT_SECONDS: Final = 0.3
"""How long a digit that is a key itself waits for what it may count."""
MOST: Final = 99_999
Parsed = tuple[str, str, tuple[object, ...]]
"""An action: whose it is, its name, and its parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What a key does here and now."""

    action: str
    node: DOMNode
    """Whose action it is."""

    @property
    def is_counted(self) -> bool:
        """Whether it goes a number of steps, or to a line of a number."""
        return _steps(self.action) is not None or self._is_to_the_end

    def times(self, count: int) -> Parsed:
        """Return the action with ``count`` times its number of steps.

        Whatever goes to the end goes to the line of that number instead.
        """
        namespace, name, _parameters = actions.parse(self.action)
        if self._is_to_the_end:
            return namespace, name.replace(_TO_THE_END, _TO_A_LINE), (count,)
        return namespace, name, ((_steps(self.action) or 0) * count,)

    @property
    def _is_to_the_end(self) -> bool:
        return self.action.endswith(_TO_THE_END)


class Surroundings(Protocol):
    """What the reader asks of the app."""

    @property
    def screen(self) -> Screen[object]:
        """The pane or dialog that gets the keys."""
        ...

    @property
    def focused(self) -> Widget | None:
        """What has the keyboard."""
        ...

    async def run_action(
        self,
        action: str | Parsed,
        default_namespace: DOMNode | None = None,
    ) -> bool:
        """Do it, if it is allowed."""
        ...


class KeyReader:
    """Holds keys back until it is clear what they mean together."""

    def __init__(
        self,
        app: Surroundings,
        *,
        pass_on: Callable[[events.Key], Awaitable[None]],
        wait: Callable[[float, Callable[[], Awaitable[None]]], Callable[[], object]],
        show: Callable[[str], None],
        disarm: Callable[[], None],
        put_back: Callable[[events.Key], object],
    ) -> None:
        """Begin with nothing held back.

        Args:
            app: Knows the keys that work now.
            pass_on: Gives a key to whoever has the focus.
            wait: Calls after so many seconds; returns how to call that off.
            show: Told what is held back, as people write it.
            disarm: Makes decision keys deaf: a key acted later than it was pressed.
            put_back: Has a key come again once what was done before it is done.
        """
        self._app = app
        self._pass_on = pass_on
        self._wait = wait
        self._show = show
        self._disarm = disarm
        self._put_back = put_back
        self._held: list[events.Key] = []
        self._turn = 0
        """Counts what was held back, so that an old wait ends nothing new."""
        self._call_off: Callable[[], object] = _nothing
        self.beginnings: frozenset[str] = frozenset()
        """Strokes that chords begin with, anywhere; others are not looked at."""

    @property
    def is_holding(self) -> bool:
        """Whether keys wait for others."""
        return bool(self._held)

    async def takes(self, event: events.Key) -> bool:
        """Return whether ``event`` is held back or used; else it is a plain key."""
        if not self._held and not self._may_begin(event):
            return False
        self._call_off()
        self._held.append(event)
        return await self._weigh()

    async def _weigh(self) -> bool:
        """Look at all that is held, the newest key among it."""
        digits, rest = self._parts()
        bound = self._bound()
        if not rest:
            self._hold(DIGIT_SECONDS if len(digits) == 1 else CHORD_SECONDS)
            return True
        chord = " ".join(rest)
        if any(key.startswith(f"{chord} ") for key in bound):
            self._hold(CHORD_SECONDS)
            return True
        found = bound.get(chord)
        if found is not None and (len(rest) > 1 or (digits and found.is_counted)):
            self._drop()
            await self._run(found, int(digits or 0))
            return True
        return await self._unfit(bound)

    async def _unfit(self, bound: Mapping[str, Bound]) -> bool:
        """Make the best of keys that mean nothing together."""
        *before, last = self._held
        _digits, rest = self._parts()
        self._drop()
        if last.key == "escape":
            return True
        first = bound.get(_stroke(before[0])) if len(before) == 1 else None
        if first is not None:
            await self._run(first, 0)
            self._disarm()
            self._put_back(last)
            return True
        if len(rest) > 1 and _is_character(last):
            return True
        if not await self.takes(last):
            await self._pass_on(last)
        return True

    async def _expired(self, turn: int) -> None:
        """Take what is held for what it means by itself."""
        if turn != self._turn or not self._held:
            return
        held = list(self._held)
        digits, rest = self._parts()
        found = self._bound().get(" ".join(rest) or digits)
        self._drop()
        if found is not None:
            await self._run(found, int(digits or 0) if rest else 0)
        elif len(held) == 1:
            await self._pass_on(held[0])

    def _may_begin(self, event: events.Key) -> bool:
        focused = self._app.focused
        if focused is not None and focused.check_consume_key(
            event.key, event.character
        ):
            return False
        stroke = _stroke(event)
        is_digit = stroke in _DIGITS and stroke != "0"
        if not is_digit and stroke not in self.beginnings:
            return False
        bound = self._bound()
        if any(key.startswith(f"{stroke} ") for key in bound):
            return True
        is_answer = self._app.screen.is_modal and stroke in bound
        return is_digit and not is_answer and _has_motions(bound)

    def _parts(self) -> tuple[str, list[str]]:
        """Return the count that was typed first, and the strokes after it."""
        found = list(map(_stroke, self._held))
        digits = list(takewhile(_DIGITS.__contains__, found))
        return "".join(digits)[: len(str(MOST))], found[len(digits) :]

    def _bound(self) -> dict[str, Bound]:
        """Return what each key does here, by its usual spelling."""
        return {
            strokes.usual(key): Bound(action=one.binding.action, node=one.node)
            for key, one in self._app.screen.active_bindings.items()
            if one.enabled
        }

    def _hold(self, seconds: float) -> None:
        self._show(strokes.shown(" ".join(map(_stroke, self._held))))
        self._turn += 1
        self._call_off = self._wait(seconds, partial(self._expired, self._turn))

    def _drop(self) -> None:
        self._turn += 1
        self._held = []
        self._call_off = _nothing
        self._show("")

    async def _run(self, found: Bound, count: int) -> None:
        has_count = found.is_counted and count > 0
        action = found.times(min(count, MOST)) if has_count else found.action
        await self._app.run_action(action, found.node)


_DIGITS: Final = frozenset("0123456789")
_TO_THE_END: Final = "_to_bottom"
_TO_A_LINE: Final = "_to_line"


def _stroke(event: events.Key) -> str:
    return strokes.pressed(event.key, event.character)


def _is_character(event: events.Key) -> bool:
    return len(_stroke(event)) == 1


def _has_motions(bound: Mapping[str, Bound]) -> bool:
    return any(one.is_counted for one in bound.values())


def _steps(action: str) -> int | None:
    """Return how many steps ``action`` goes, None where it goes none."""
    _namespace, _name, parameters = actions.parse(action)
    match parameters:
        case (int() as steps,) if not isinstance(steps, bool):
            return steps
        case _:
            return None


def _nothing() -> None:
    """Nothing is to be called off."""
