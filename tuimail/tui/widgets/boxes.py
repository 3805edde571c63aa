"""A list of choices of which several can be taken, each with its box."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType

from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.picks import Picks


class Boxes(Picks):
    """Shows choices, one a line, with ``[x]`` before those that are taken."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.BOXES)]

    def __init__(
        self, choices: Sequence[Choice], *, taken: Iterable[str], id: str
    ) -> None:
        """Offer ``choices``.

        Args:
            choices: In their order; safe texts.
            taken: Keys of those that are taken at first.
            id: Of the widget.
        """
        self._plain = choices
        self._taken = frozenset(taken)
        super().__init__(self._boxed(), id=id)

    @property
    def taken(self) -> tuple[str, ...]:
        """The keys of those that are taken, in the order of the choices."""
        return tuple(one.key for one in self._plain if one.key in self._taken)

    def action_tick(self) -> None:
        """Take the marked choice, or do not any more."""
        self._taken ^= {self.key}
        self._choices = self._boxed()
        self.refresh()

    def _boxed(self) -> Sequence[Choice]:
        return [
            replace(one, text=f"[{'x' if one.key in self._taken else ' '}] {one.text}")
            for one in self._plain
        ]
