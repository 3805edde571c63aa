"""Notes something about lines of a mail, to be said with a no."""

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input

from tuimail.core.decision import Comment
from tuimail.errors import FieldError
from tuimail.tui import commenting, wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.line_input import AskingLine
from tuimail.tui.widgets.line_picker import LinePicker


class CommentScreen(Over[tuple[Comment, ...]]):
    """Returns everything that is noted then, or None where nothing was changed."""

    AUTO_FOCUS = "#lines"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.COMMENT)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.COMMENT, Scope.LINES)
    TITLE_TEXT = "Comment on which lines?"

    def __init__(
        self, text: Sequence[str], remarks: Sequence[Comment], *, line: int
    ) -> None:
        """Offer the lines of a text.

        Args:
            text: As its author handed it in.
            remarks: What was noted about it already.
            line: The one to begin at, from 1.
        """
        super().__init__()
        self._text = text
        self._remarks = tuple(remarks)
        self._line = line

    def content(self) -> ComposeResult:
        yield LinePicker(self._text, self._remarks, line=self._line, id="lines")
        yield DialogRow("Line 1", AskingLine(id="words", joint=" "))

    def _fit_text(self) -> None:
        """Leave the lines all the room there is."""

    def action_decide(self) -> None:
        """Note what was typed; nothing takes the note off."""
        words = self._field.value.strip()
        first, last = self._picker.chosen
        kept = [one for one in self._remarks if one != self._about(first)]
        try:
            kept += [commenting.about_lines(words, first, last)] if words else []
        except FieldError as error:
            self.complain(wording.line(f"{error} {error.hint}"))
            return
        self.dismiss(tuple(kept))

    @on(LinePicker.Chosen)
    def _name_lines(self, message: LinePicker.Chosen) -> None:
        """Show what was noted about the line that is chosen, to be changed."""
        row = self.query_one(DialogRow)
        row.rename(commenting.named(message.first, message.last))
        about = self._about(message.first)
        with self.prevent(Input.Changed):
            self._field.value = commenting.words_of(about) if about else ""

    @on(LinePicker.Taken)
    def _write(self) -> None:
        self._field.focus()

    def _about(self, line: int) -> Comment | None:
        return next((one for one in self._remarks if one.line == line), None)

    @property
    def _field(self) -> AskingLine:
        return self.query_one("#words", AskingLine)

    @property
    def _picker(self) -> LinePicker:
        return self.query_one(LinePicker)
