"""Shows what is in the files of a mail, one at a time; opens and runs nothing."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import Static

from tuimail.core.files.enclosed import Enclosed
from tuimail.tui import enclosures
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.facts import Facts
from tuimail.tui.widgets.text_view import TextView


class InsideScreen(Over[None]):
    """One file: what it says it is, what it is, and its words, names or bytes."""

    AUTO_FOCUS = "#inside"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.INSIDE)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.INSIDE, Scope.TEXT)

    def __init__(self, files: Sequence[Enclosed], *, first: int = 0) -> None:
        """Show one of ``files``.

        Args:
            files: At least one.
            first: Place of the one that is shown first.
        """
        super().__init__()
        self._files = files
        self._place = first

    @property
    def title_text(self) -> str:
        place = f"{self._place + 1} of {len(self._files)}"
        return f"{enclosures.name_of(self._file)}   {place}"

    def content(self) -> ComposeResult:
        yield Facts()
        yield TextView(id="inside")

    def on_mount(self) -> None:
        self._show()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "step":
            return len(self._files) > 1
        return super().check_action(action, parameters)

    def action_step(self, count: int) -> None:
        self._place = (self._place + count) % len(self._files)
        self._show()

    @property
    def _file(self) -> Enclosed:
        return self._files[self._place]

    def _fit_text(self) -> None:
        """Leave the text all the room there is."""

    def _show(self) -> None:
        self.query_one("#box-title", Static).update(Content(self.title_text))
        self.query_one(Facts).show(tuple(enclosures.described(self._file)))
        self.query_one("#inside", TextView).show(enclosures.inside(self._file))
