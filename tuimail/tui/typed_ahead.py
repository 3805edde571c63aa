"""Keys that were pressed before the place they are meant for was there.

A key that is no text may lead somewhere else: to the next field, another pane, a
mail that is yet to be read. Keys after it wait until it has done what it does, and
then act in the order in which they were pressed, so that none is lost and none
lands where the person no longer was. A key that waited decides nothing, and a
click is not done at all while keys still act: it says where, and that changes.
"""

from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Final, Protocol

from textual import events
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

LONGEST_SECONDS: Final = 5.0
"""Keys wait no longer: something hangs, and somebody may want to leave."""
CLICKED_EARLY: Final = "Too quick: the keys before were not done. Click again."
_ROUNDS: Final = 2
"""What a key sets off is said to its own place, and from there to others."""
Input = events.Key | events.Paste
"""What a person enters."""


class Surroundings(Protocol):
    """What is asked of the app."""

    @property
    def screen(self) -> Screen[object]:
        """The pane or dialog that gets the keys."""
        ...

    @property
    def focused(self) -> Widget | None:
        """What has the keyboard."""
        ...


class TypedAhead:
    """Hands keys on one after the other, each once the one before is done."""

    def __init__(
        self,
        app: Surroundings,
        *,
        hand_on: Callable[[Input], Awaitable[None]],
        handles: Callable[[bool], None],
        wait: Callable[[float, Callable[[], Awaitable[None]]], object],
    ) -> None:
        """Begin with nothing that waits.

        Args:
            app: Knows who gets keys now.
            hand_on: Gives a key, or a paste, to them.
            handles: Told before each key whether that one had to wait.
            wait: Calls after so many seconds.
        """
        self._app = app
        self._hand_on = hand_on
        self._handles = handles
        self._wait = wait
        self._waiting: deque[Input] = deque()
        self._holds: set[int] = set()
        self._turn = 0
        """Counts what is followed and held, so that nothing old ends what is new."""
        self._is_following = False
        self._is_click_early = False

    @property
    def is_acting(self) -> bool:
        """Whether a key is still doing what it does; others would wait."""
        return self._is_following or bool(self._holds)

    @property
    def count(self) -> int:
        """How many keys wait."""
        return len(self._waiting)

    async def take(self, event: Input) -> None:
        """Hand ``event`` on, now or when it is its turn."""
        if not self.is_acting and not self._waiting:
            await self._hand(event, is_late=False)
            return
        self._waiting.append(event)
        if len(self._waiting) == 1:
            self._watch()

    def lets_click(self, event: events.MouseDown | events.MouseUp) -> bool:
        """Return whether a click may act: what the keys before it do is done.

        What it was aimed at may be gone otherwise, and something else be there. A
        button that went down too early comes up without effect, too.
        """
        if isinstance(event, events.MouseDown):
            self._is_click_early = self.is_acting or bool(self._waiting)
        return not self._is_click_early

    def put_back(self, event: Input) -> None:
        """Have ``event``, which was handed on, be the next one that is."""
        self._waiting.appendleft(event)

    async def doing(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do what keys mean that were handed on before."""
        self._is_following = True
        await act()
        self._follow()

    def forget(self) -> None:
        """Drop the keys that wait: they came with one that was refused."""
        self._waiting.clear()

    def hold(self) -> Callable[[], None]:
        """Have keys wait until the function that is returned is called."""
        self._turn += 1
        mine = self._turn
        self._holds.add(mine)
        return partial(self._let_go, mine)

    def let_go(self) -> None:
        """Wait for nothing any more: what was asked is never answered."""
        for hold in tuple(self._holds):
            self._let_go(hold)

    def _let_go(self, hold: int) -> None:
        if hold in self._holds:
            self._holds.discard(hold)
            self._follow()

    async def _hand(self, event: Input, *, is_late: bool) -> None:
        place = self._place
        if self._is_text(event):
            await self._hand_on(event)
            return
        self._handles(is_late)
        self._is_following = True
        await self._hand_on(event)
        self._follow(place)

    def _is_text(self, event: Input) -> bool:
        """Whether it stays where it is entered, whatever comes of it."""
        if isinstance(event, events.Paste):
            return True
        focused = self._app.focused
        return focused is not None and focused.check_consume_key(
            event.key, event.character
        )

    @property
    def _place(self) -> MessagePump:
        return self._app.focused or self._app.screen

    def _follow(self, place: MessagePump | None = None, *, rounds: int = 1) -> None:
        """Go the way a key goes, from where it was pressed to the app.

        Whatever it set off there was put into the same queues before.
        """
        self._is_following = True
        self._turn += 1
        begin = place or self._place
        path = _path(begin)
        self._hop(path, partial(self._came_through, begin, rounds, self._turn))

    def _hop(
        self, path: Sequence[MessagePump], arrive: Callable[[], Awaitable[None]]
    ) -> None:
        """Wait for each of ``path`` in turn; those that are gone do nothing more."""
        for number, node in enumerate(path):
            further = path[number + 1 :]
            then = partial(self._hop, further, arrive) if further else arrive
            if node.call_later(then):
                return

    async def _came_through(self, begin: MessagePump, rounds: int, turn: int) -> None:
        if turn != self._turn:
            return
        if rounds < _ROUNDS or self._place is not begin:
            self._follow(rounds=rounds + 1)
            return
        self._is_following = False
        await self._next()

    async def _next(self) -> None:
        while self._waiting and not self.is_acting:
            await self._hand(self._waiting.popleft(), is_late=True)

    async def _give_up(self, event: Input) -> None:
        """Wait no longer, if ``event`` still does; else see to those after it."""
        if any(one is event for one in self._waiting):
            self._holds.clear()
            self._is_following = False
            self._turn += 1
            await self._next()
        self._watch()

    def _watch(self) -> None:
        if self._waiting:
            give_up = partial(self._give_up, self._waiting[0])
            self._wait(LONGEST_SECONDS, give_up)


def _path(begin: MessagePump) -> list[MessagePump]:
    """Return who gets a key, from ``begin`` up to the app."""
    path = [begin]
    while (node := path[-1]._parent) is not None:  # noqa: SLF001 - as messages bubble
        path.append(node)
    return path
