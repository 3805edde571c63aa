"""The row for what went wrong: it stays, where a toast would be missed."""

from textual.content import Content
from textual.widgets import Static

from tuimail.tui import wording


class Notice(Static):
    """The row for what went wrong; stays until the next thing goes right."""

    DEFAULT_CSS = """
    Notice {
        height: auto;
        max-height: 4;
        padding: 0 1;
        background: $panel;
        color: $error;
        text-style: bold;
        display: none;
    }
    Notice.-shown { display: block; }
    Notice.-plain { color: $foreground; text-style: none; }
    """

    def __init__(self) -> None:
        super().__init__("", id="notice", markup=False)
        self.text = ""

    def say(self, sentence: str, *, hint: str = "", is_error: bool = True) -> None:
        """Show an untrusted ``sentence`` and what to do about it."""
        self.text = wording.line(f"{sentence} {hint}".strip())
        self.set_class(not is_error, "-plain")
        self.set_class(bool(self.text), "-shown")
        self.update(Content(self.text))

    def clear(self) -> None:
        """Take no room."""
        self.say("")
