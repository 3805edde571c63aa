"""Who decides, and the PIN that shows it; only where reviewers were named."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalGroup

from tuimail.tui import wording
from tuimail.tui.set_up.values import Choice
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.picks import Stepper
from tuimail.tui.widgets.step_panel import PlainField
from tuimail.workspace.views import Signature


class Signing(VerticalGroup):
    """Asks for a name and a PIN, which is given out once and shown never."""

    def __init__(self, names: Sequence[str], *, name: str) -> None:
        """Offer ``names``.

        Args:
            names: Of the reviewers; where there are none, nothing is asked.
            name: Whose is shown first.
        """
        super().__init__()
        self._names = names
        self._first = name
        self.display = bool(names)

    def compose(self) -> ComposeResult:
        if self._names:
            choices = [Choice(key=one, text=wording.line(one)) for one in self._names]
            yield DialogRow("Reviewer", Stepper(choices, key=self._first, id="name"))
            yield DialogRow("PIN", PlainField(id="pin", compact=True, password=True))

    def take(self) -> Signature | None:
        """Return who signs, if a PIN was typed; it is in no field afterwards.

        Whether a decision takes one is for the workspace to say.
        """
        if not self._names:
            return None
        pin, self._pin.value = self._pin.value, ""
        return Signature(name=self.query_one(Stepper).key, pin=pin) if pin else None

    @property
    def _pin(self) -> PlainField:
        return self.query_one("#pin", PlainField)
