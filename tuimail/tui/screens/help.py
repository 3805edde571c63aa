"""What is said about a mistake of ours."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.tui import mistakes, wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.prose import Kind, Paragraph


class MistakeScreen(Over[None]):
    """Says that tuimail itself was wrong; the app goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.MISTAKE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.MISTAKE,)
    TITLE_TEXT = "A mistake in tuimail itself"

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error
        self._is_open = False
        """Whether the whole report is shown."""

    def content(self) -> ComposeResult:
        yield Facts()

    def on_mount(self) -> None:
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        is_offered = action != "open_report" or not self._is_open
        return is_offered and super().check_action(action, parameters)

    def action_open_report(self) -> None:
        self._is_open = True
        self._show()
        self.refresh_bindings()

    def action_copy_report(self) -> None:
        self.app.copy_to_clipboard(wording.said(mistakes.report(self._error)))
        self.complain("Copied, as far as this terminal allows it.")

    def _show(self) -> None:
        report = wording.said(mistakes.report(self._error)).split("\n")
        shown = [Paragraph(text=mistakes.in_one_line(self._error), kind=Kind.BLOCK)]
        if self._is_open:
            shown = [Paragraph(text=line, kind=Kind.MUTED) for line in report]
        else:
            shown += [
                Paragraph(text=mistakes.code(self._error), kind=Kind.MUTED),
                Paragraph(text=""),
                Paragraph(text="What was stored is on disk. You can go on."),
                Paragraph(
                    text="A report has the lines of code, and nothing of your mail.",
                    kind=Kind.MUTED,
                ),
            ]
        self.query_one(Facts).show(shown)
