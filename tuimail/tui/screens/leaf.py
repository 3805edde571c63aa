"""A page of the docs, read over the pane; searched as the keys are."""

from tuimail.tui import leaves
from tuimail.tui.screens.keys_help import HelpScreen
from tuimail.tui.widgets.text_view import TextView
from tuimail.workspace import documentation


class LeafScreen(HelpScreen):
    """One page; a word that is typed leaves only the paragraphs that have it."""

    def __init__(self, name: str) -> None:
        super().__init__((), {}, ())
        self._name = name
        self._text = documentation.text(name)

    @property
    def title_text(self) -> str:
        return f"Docs: {self._name}"

    def _show(self, words: str) -> None:
        self.query_one(TextView).show(leaves.paragraphs(self._text, words))
