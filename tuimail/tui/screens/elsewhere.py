"""Asks where to save what is being written, when the workspace takes nothing."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.settings.files import expanded
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.prose import Paragraph
from tuimail.tui.widgets.step_panel import PlainField


class ElsewhereScreen(Over[Path]):
    """Returns a path, or None; looks at no disk."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.ELSEWHERE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.ELSEWHERE,)
    TITLE_TEXT = "Save what is being written elsewhere"

    def __init__(self, proposed: str) -> None:
        super().__init__()
        self._proposed = proposed

    def content(self) -> ComposeResult:
        yield Facts()
        yield PlainField(self._proposed, id="path", compact=True)

    def on_mount(self) -> None:
        self.has_fields(has_fields=True)
        text = (
            "A new file with headers and text, Bcc among them; only you can read it. "
            "What is attached is named there, and stays where it is."
        )
        self.query_one(Facts).show((Paragraph(text=text),))
        self.query_one(PlainField).focus()

    def action_take(self) -> None:
        field = self.query_one(PlainField)
        field.settle()
        if field.value.strip():
            self.dismiss(expanded(Path(field.value.strip())))
        else:
            self.complain("Type the path of a file first.")
