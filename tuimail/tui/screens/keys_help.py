"""Every key that works in a pane, with what it does; searched by typing a word."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from tuimail.tui import keymap
from tuimail.tui.keymap import HelpLine, bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.line_input import LineInput
from tuimail.tui.widgets.prose import MOST_LABEL_CELLS, Kind, Paragraph
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
        field = LineInput(id="help-field", joint=" ")
        field.placeholder = "a word, a key, or an id"
        field.display = False
        yield field
        yield TextView(id="help-text")

    def on_mount(self) -> None:
        self._show("")
        self.query_one(TextView).focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        is_searching = isinstance(self.focused, Input)
        if action == "search":
            return not is_searching
        return super().check_action(action, parameters)

    def action_search(self) -> None:
        field = self.query_one(Input)
        field.display = True
        field.focus()

    def action_keep(self) -> None:
        """Take the search back first, then go."""
        field = self.query_one(Input)
        if not field.display:
            super().action_keep()
            return
        field.value = ""
        field.display = False
        self.query_one(TextView).focus()

    @on(Input.Changed)
    def _changed(self, message: Input.Changed) -> None:
        message.stop()
        self._show(message.value)

    @on(Input.Submitted)
    def _read(self, message: Input.Submitted) -> None:
        message.stop()
        self.query_one(TextView).focus()

    def _show(self, words: str) -> None:
        wanted = words.casefold().split()
        lines = [one for one in self._lines if _fits(one, wanted)]
        self.query_one(TextView).show(
            (*self._warnings(), *_paragraphs(lines), *_nothing(words, lines))
        )

    def _warnings(self) -> Sequence[Paragraph]:
        """Return what of the configuration could not be used."""
        said = [Paragraph(text=one, kind=Kind.WARNING) for one in self._problems]
        return [*said, Paragraph(text="")] if said else []


def _fits(line: HelpLine, wanted: Sequence[str]) -> bool:
    """Return whether every word is somewhere in ``line``."""
    text = f"{line.place} {line.keys} {line.help} {line.id}".casefold()
    return all(word in text for word in wanted)


def _paragraphs(lines: Sequence[HelpLine]) -> Sequence[Paragraph]:
    found: list[Paragraph] = []
    heading = ""
    for line in lines:
        if line.place != heading:
            if found:
                found.append(Paragraph(text=""))
            heading = line.place
            found.append(_heading(heading))
        found.append(Paragraph(label=line.keys, text=line.help))
    return found


def _heading(place: str) -> Paragraph:
    """Return where keys work, above them, as far as their column is wide."""
    said = place.capitalize()
    if len(said) > MOST_LABEL_CELLS - 2:
        return Paragraph(text=said, kind=Kind.HEADING)
    return Paragraph(text="", label=said, label_kind=Kind.HEADING)


def _nothing(words: str, lines: Sequence[HelpLine]) -> Sequence[Paragraph]:
    if lines:
        return ()
    return (Paragraph(text=f"No key here has to do with “{words.strip()}”."),)
