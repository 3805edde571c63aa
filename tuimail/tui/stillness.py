"""A cursor that does not blink, for who wants nothing to move."""

from textual.widget import Widget
from textual.widgets import Input, TextArea


def keep_still(widget: Widget, *, moves: bool) -> None:
    """Let the cursor of ``widget`` blink only if something may move."""
    if isinstance(widget, Input | TextArea):
        widget.cursor_blink = moves
