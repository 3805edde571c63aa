"""Pages over the app that only say something: keys, and mistakes of ours."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tuimail.tui import keymap, mistakes
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.prose import Kind, Paragraph
from tuimail.tui.widgets.text_view import TextView


class HelpScreen(Over[None]):
    """Explains every key that works in the pane below."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.HELP)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.HELP, Scope.TEXT)
    TITLE_TEXT = "Keys"

    def __init__(
        self,
        scopes: Sequence[Scope],
        changed: Mapping[str, str],
        problems: Sequence[str],
    ) -> None:
        super().__init__()
        self._lines = keymap.help_lines(scopes, changed)
        self._problems = problems

    def content(self) -> ComposeResult:
        yield TextView(id="help-text")

    def on_mount(self) -> None:
        view = self.query_one(TextView)
        view.show(self._paragraphs())
        view.focus()

    def _paragraphs(self) -> Sequence[Paragraph]:
        found = [Paragraph(text=one, kind=Kind.WARNING) for one in self._problems]
        heading = ""
        for place, keys, text in self._lines:
            if place != heading:
                if found:
                    found.append(Paragraph(text=""))
                found.append(Paragraph(text=place.capitalize(), kind=Kind.HEADING))
                heading = place
            found.append(Paragraph(label=keys, text=text))
        return found


class MistakeScreen(Over[None]):
    """Says that tuimail itself was wrong; the app goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.HELP)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.HELP,)
    TITLE_TEXT = "A mistake in tuimail itself"

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def content(self) -> ComposeResult:
        yield Facts()

    def on_mount(self) -> None:
        self.query_one(Facts).show(
            (
                Paragraph(text=mistakes.in_one_line(self._error), kind=Kind.BLOCK),
                Paragraph(text=""),
                Paragraph(text="What was stored is on disk. You can go on."),
                Paragraph(text="Please report the line above.", kind=Kind.MUTED),
            )
        )
