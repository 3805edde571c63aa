"""Asks which file to attach, and completes its name while it is typed."""

import asyncio
from pathlib import Path
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static
from textual.worker import Worker

from tuimail.tui import wording
from tuimail.tui.files import Completion, complete, path_of
from tuimail.tui.keymap import bindings, without
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over

SHOWN_NAMES: Final = 8


class PathField(Input, inherit_bindings=False):
    """A field that leaves Enter to the dialog, so that its footer says so."""

    BINDINGS: ClassVar[list[BindingType]] = without(Input.BINDINGS, "enter")


class PathScreen(Over[Path]):
    """Returns a path, or None; looks at names only, in a thread."""

    AUTO_FOCUS = "#path"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.PATH)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.PATH,)
    TITLE_TEXT = "Attach which file?"

    class Found(Message):
        """The names in the folder were read."""

        def __init__(self, completion: Completion, *, fill: bool) -> None:
            super().__init__()
            self.completion = completion
            self.fill = fill

    def __init__(self, *, text: str = "", complaint: str = "") -> None:
        super().__init__()
        self._text = text
        self._complaint = complaint

    def content(self) -> ComposeResult:
        yield PathField(self._text, id="path", compact=True)
        yield Static("", id="names", markup=False)

    def on_mount(self) -> None:
        self.complain(wording.line(self._complaint))
        self._find(fill=False)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._find(fill=False)

    def on_path_screen_found(self, message: Found) -> None:
        message.stop()
        names = message.completion.names
        shown = "\n".join(wording.line(name) for name in names[:SHOWN_NAMES])
        more = len(names) - SHOWN_NAMES
        rest = f"\n… and {more} more" if more > 0 else ""
        self.query_one("#names", Static).update(Content(shown + rest))
        if message.fill:
            self._fill(message.completion.text)

    def action_complete(self) -> None:
        self._find(fill=True)

    def action_take(self) -> None:
        text = self.query_one(Input).value
        if not text.strip():
            self.complain("Type the path of a file first.")
            return
        self.dismiss(path_of(text))

    def _fill(self, text: str) -> None:
        field = self.query_one(Input)
        if len(text) > len(field.value):
            field.value = text
            field.cursor_position = len(text)

    def _find(self, *, fill: bool) -> Worker[None]:
        text = self.query_one(Input).value

        async def work() -> None:
            completion = await asyncio.to_thread(complete, text)
            self.post_message(self.Found(completion, fill=fill))

        return self.run_worker(work, group="names", exclusive=True)
