"""The footer: keys that work now, as many as fit whole.

Textual's own footer cuts off in the middle of a word and builds a widget for
each key whenever anything changes.
"""

from collections.abc import Sequence
from typing import Final

from textual import events
from textual.reactive import reactive
from textual.screen import Screen

from tuimail.tui import keymap, wording
from tuimail.tui.keys import strokes
from tuimail.tui.widgets.bar import Bar, Piece

_BACK: Final = "escape"


class KeyLine(Bar):
    """Shows the active keys in the order of the keymap, and takes clicks.

    While keys are held back, what was pressed stands at the left, and after it what
    may follow.
    """

    held: reactive[str] = reactive("")
    """What was pressed and means something only with what follows; safe text."""

    def __init__(self, *, is_flush: bool = False) -> None:
        """Show nothing yet; a flush one begins where the text above it does."""
        super().__init__()
        self._is_flush = is_flush
        self._offered: Sequence[Piece] | None = None
        """What is offered now, once somebody asked."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    @property
    def shown_keys(self) -> list[tuple[str, str]]:
        """Key and label of everything that is offered now."""
        found: dict[str, tuple[int, str, str]] = {}
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            is_offered = self._follows(key) if self.held else binding.show
            if is_offered and binding.id and active.enabled and self._begins(key):
                place = keymap.rank(binding)
                found.setdefault(binding.action, (place, key, binding.description))
        return [(key, label) for _place, key, label in sorted(found.values())]

    def _follows(self, key: str) -> bool:
        """Return whether ``key`` goes on with what was pressed."""
        shown = strokes.shown(key)
        return shown.startswith(self.held.lstrip("0123456789 ")) and " " in key

    def _begins(self, key: str) -> bool:
        """Return whether ``key`` can be begun: a field takes characters for itself."""
        focused = self.screen.focused
        first, *others = strokes.strokes(key)
        return (
            not others
            or focused is None
            or not focused.check_consume_key(first, first if len(first) == 1 else None)
        )

    def pieces(self) -> Sequence[Piece]:
        if self._offered is None:
            self._offered = self._found()
        return self._offered

    def _found(self) -> Sequence[Piece]:
        pieces: list[Piece] = []
        if self.held:
            pieces.append(Piece(text=f" {self.held} ", style="current"))
            pieces.append(Piece(text=" ", style="text"))
        for key, label in self.shown_keys:
            shown = strokes.shown(key)
            gap = "" if self._is_flush and not pieces else " "
            pieces.append(Piece(text=f"{gap}{shown} ", style="key", target=key))
            pieces.append(Piece(text=f"{label} ", style="text", target=key))
        return pieces

    def on_click(self, event: events.Click) -> None:
        target = self.target_at(event.x)
        if target:
            for stroke in strokes.strokes(target):
                self.app.simulate_key(stroke)

    def _changed(self, screen: Screen[object]) -> None:
        del screen
        before, self._offered = self._offered, self._found()
        if self._offered != before:
            self.refresh()

    def watch_held(self) -> None:
        self._offered = None

    def _fitting(self, width: int) -> list[Piece]:
        """Return what fits whole; of a dialog, the way back in any case."""
        shown = self._whole(width)
        if not self.screen.is_modal:
            return shown
        back = [one for one in self.pieces() if one.target == _BACK]
        if all(one in shown for one in back):
            return shown
        return [
            *self._whole(width - sum(wording.cells(one.text) for one in back)),
            *back,
        ]

    def _whole(self, width: int) -> list[Piece]:
        """Return the keys that fit, each with what it does."""
        shown = super()._fitting(width)
        return shown[: len(shown) // 2 * 2]
