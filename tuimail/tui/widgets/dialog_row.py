"""One line of a dialog: what is asked, and the field or the choice beside it."""

from textual.app import ComposeResult
from textual.containers import HorizontalGroup
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static


class DialogRow(HorizontalGroup):
    """A label of ours in a column of its own, and one widget."""

    DEFAULT_CSS = """
    DialogRow { height: auto; }
    DialogRow > .dialog-label {
        width: 11;
        color: $text-muted;
        text-style: bold;
    }
    DialogRow > Input { width: 1fr; height: 1; background: $panel; }
    DialogRow > Stepper { width: 1fr; }
    DialogRow > TextArea { width: 1fr; background: $panel; }
    """

    def __init__(self, label: str, widget: Widget, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self._label = label
        self._widget = widget

    def compose(self) -> ComposeResult:
        yield Static(self._label, classes="dialog-label", markup=False)
        yield self._widget

    def rename(self, label: str) -> None:
        """Have another label; ours, safe text."""
        self.query_one(".dialog-label", Static).update(Content(label))
