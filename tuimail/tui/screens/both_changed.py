"""Asks which of two texts is to stay: the editor's file, or what is in the app."""

from collections.abc import Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.tui.widgets.text_view import TextView

_WHY: Final = (
    Paragraph(text="The mail was changed here while the editor had it."),
    Paragraph(text=""),
    Paragraph(
        text="What is not kept stays among the revisions, or in the editor's file.",
        kind=Kind.MUTED,
    ),
)


class BothChangedScreen(Over[str]):
    """Returns ``file`` or ``app``, or None for later; shows what differs."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.BOTH_CHANGED)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.BOTH_CHANGED, Scope.TEXT)
    TITLE_TEXT = "Keep what the editor wrote, or what is here?"

    def __init__(self, difference: Sequence[Paragraph]) -> None:
        """Ask about two texts.

        Args:
            difference: From what is here to what the editor wrote; safe text.
        """
        super().__init__()
        self._difference = difference
        self._is_told = False

    def content(self) -> ComposeResult:
        yield TextView(id="both")

    def on_mount(self) -> None:
        view = self.query_one(TextView)
        view.show(_WHY)
        view.focus()

    def action_take(self, which: str) -> None:
        self.decide(lambda: which)

    def action_difference(self) -> None:
        self._is_told = not self._is_told
        self.query_one(TextView).show(self._difference if self._is_told else _WHY)
