"""Lines as a person types them, and whether each was typed by itself.

A paste, and what was typed before a question was there, comes as lines as well.
Neither may decide anything; so every line says whether it came alone, after the
program had begun to wait for it.
"""

import os
import select
from collections import deque
from typing import Final

from tuimail.core.values import dataclass
from tuimail.tui.guard import QUIET_SECONDS

LONGEST_BYTES: Final = 1_000_000
"""Of what comes at once; more is looked at in the next round."""
_PIECE_BYTES: Final = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """One line."""

    text: str
    is_alone: bool
    """Whether nothing came with it, and nothing asked for it was still unsaid."""


class Keyboard:
    """Reads what is typed at a terminal, by its descriptor.

    Past every buffer, for a line that waits in one is not seen to be there.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: deque[Typed] = deque()
        self._begun = b""
        self.is_ended = False
        """Whether nothing comes any more."""

    def hear(self, seconds: float) -> Typed | None:
        """Return the next line; None where none came in that time, or ever will."""
        if not self._lines and self._comes(seconds):
            self._take(are_awaited=True)
        return self._lines.popleft() if self._lines else None

    def note_early(self) -> bool:
        """Take what is there already; it was typed before anybody asked for it.

        Returns whether there is any.
        """
        if self._comes(0):
            self._take(are_awaited=False)
        early = [Typed(text=one.text, is_alone=False) for one in self._lines]
        self._lines = deque(early)
        return bool(early)

    @property
    def has_more(self) -> bool:
        """Whether lines are there already that came with the last one."""
        return bool(self._lines)

    def forget(self) -> int:
        """Drop the lines that came and were not asked for; return how many."""
        dropped = len(self._lines)
        self._lines.clear()
        return dropped

    def _take(self, *, are_awaited: bool) -> None:
        content = self._burst()
        *whole, self._begun = content.split(b"\n")
        if self.is_ended and self._begun:
            whole, self._begun = [*whole, self._begun], b""
        is_alone = are_awaited and len(whole) == 1 and content.endswith(b"\n")
        for one in whole:
            text = one.decode("utf-8", errors="replace").rstrip()
            self._lines.append(Typed(text=text, is_alone=is_alone))

    def _burst(self) -> bytes:
        """Return all that comes without a pause that a hand would make."""
        content = self._begun
        while len(content) < LONGEST_BYTES and not self.is_ended:
            content += self._piece()
            if not self._comes(QUIET_SECONDS):
                break
        return content

    def _piece(self) -> bytes:
        try:
            found = os.read(self._descriptor, _PIECE_BYTES)
        except OSError:
            found = b""
        self.is_ended = not found
        return found

    def _comes(self, seconds: float) -> bool:
        if self.is_ended:
            return False
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        return bool(ready)
