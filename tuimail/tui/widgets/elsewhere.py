"""The line that says a mail was decided about while somebody looked at it."""

from textual.content import Content
from textual.widgets import Static


class Elsewhere(Static):
    """Takes no room until there is something to say."""

    DEFAULT_CSS = """
    Elsewhere {
        height: auto;
        display: none;
        color: $warning;
        text-style: bold;
    }
    Elsewhere.-shown { display: block; }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self.text = ""

    def tell(self, sentence: str) -> None:
        """Say ``sentence``, which is safe text; nothing takes no room."""
        if sentence == self.text:
            return
        self.text = sentence
        self.set_class(bool(sentence), "-shown")
        self.update(Content(sentence))
