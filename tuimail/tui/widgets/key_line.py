"""The footer: keys that work now, as many as fit whole.

Textual's own footer cuts off in the middle of a word and builds a widget for
each key whenever anything changes.
"""

from collections.abc import Sequence

from textual import events
from textual.screen import Screen

from tuimail.tui import keymap
from tuimail.tui.widgets.bar import Bar, Piece


class KeyLine(Bar):
    """Shows the active keys in the order of the keymap, and takes clicks."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, self._changed)

    @property
    def shown_keys(self) -> list[tuple[str, str]]:
        """Key and label of everything that is offered now."""
        found: dict[str, tuple[int, str, str]] = {}
        for key, active in self.screen.active_bindings.items():
            binding = active.binding
            if binding.show and binding.id and active.enabled:
                place = keymap.rank(binding)
                found.setdefault(binding.action, (place, key, binding.description))
        return [(key, label) for _place, key, label in sorted(found.values())]

    def pieces(self) -> Sequence[Piece]:
        pieces: list[Piece] = []
        for key, label in self.shown_keys:
            shown = keymap.shown(key)
            pieces.append(Piece(text=f" {shown} ", style="key", target=key))
            pieces.append(Piece(text=f"{label} ", style="text", target=key))
        return pieces

    def on_click(self, event: events.Click) -> None:
        target = self.target_at(event.x)
        if target:
            self.app.simulate_key(target)

    def _changed(self, screen: Screen[object]) -> None:
        del screen
        self.refresh()

    def _fitting(self, width: int) -> list[Piece]:
        shown = super()._fitting(width)
        return shown[: len(shown) // 2 * 2]
