"""A field of one line that loses nothing of what is pasted into it."""

from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.widgets import Input

from tuimail.tui.keymap import without


class LineInput(Input):
    """Takes a paste of several lines as one, where Textual takes the first.

    A list of people is pasted line by line: recipients that vanish without a
    word would get no mail.
    """

    def __init__(self, *, id: str, joint: str, placeholder: str = "") -> None:
        super().__init__(id=id, compact=True, placeholder=placeholder)
        self._joint = joint
        """What stands between two lines that were pasted."""

    def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        lines = (line.strip() for line in event.text.splitlines())
        self.replace(self._joint.join(line for line in lines if line), *self.selection)


class AskingLine(LineInput, inherit_bindings=False):
    """A field that leaves Enter to what it is in, so that its footer says so."""

    BINDINGS: ClassVar[list[BindingType]] = without(Input.BINDINGS, "enter")
