"""Asks which files to attach, and shows what there is while a path is typed."""

from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import Input
from textual.worker import Worker

from tuimail.settings.files import is_folder
from tuimail.tui import wording
from tuimail.tui.files import (
    Completion,
    Name,
    complete,
    named,
    paths_of,
)
from tuimail.tui.keymap import bindings, without
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.widgets.offers import Offers
from tuimail.workspace.aside import aside


class PathField(Input, inherit_bindings=False):
    """A field that leaves Enter to the dialog, so that its footer says so."""

    BINDINGS: ClassVar[list[BindingType]] = without(Input.BINDINGS, "enter")


class PathScreen(Over[tuple[Path, ...]]):
    """Returns paths, or None; looks at names only, in a thread."""

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

    class Chosen(Message):
        """The files that are meant were found, or a folder."""

        def __init__(self, paths: tuple[Path, ...], *, is_folder: bool) -> None:
            super().__init__()
            self.paths = paths
            self.is_folder = is_folder

    def __init__(self, *, text: str = "", complaint: str = "", title: str = "") -> None:
        """Ask.

        Args:
            text: What stands in the field; safe text.
            complaint: Why that did not do.
            title: The question, where it is not which file to attach; safe text.
        """
        super().__init__()
        self._title = title
        self._text = text
        self._complaint = complaint
        self._folder = ""

    @property
    def title_text(self) -> str:
        return self._title or self.TITLE_TEXT

    def content(self) -> ComposeResult:
        yield PathField(self._text, id="path", compact=True)
        yield Offers[Name](id="names")

    def on_mount(self) -> None:
        self.query_one(Input).cursor_position = len(self._text)
        self.complain(wording.line(self._complaint))
        self._find(fill=False)

    @property
    def _names(self) -> "Offers[Name]":
        return self.query_one("#names", Offers)

    @on(Input.Changed)
    def _typed(self) -> None:
        self._find(fill=False)

    @on(Offers.Clicked)
    def _clicked(self, message: Offers.Clicked) -> None:
        message.stop()
        self._names.place = message.place
        self.action_take()

    def on_path_screen_found(self, message: Found) -> None:
        message.stop()
        found = message.completion
        self._folder = found.folder
        self._names.show(found.listed, is_first_marked=False)
        if message.fill:
            self._fill(found.text)

    def on_path_screen_chosen(self, message: Chosen) -> None:
        message.stop()
        if message.is_folder:
            self._fill(self._value.rstrip("/") + "/")
        else:
            self.dismiss(message.paths)

    def action_complete(self) -> None:
        """Put the marked name into the field, or what is clear already."""
        marked = self._names.marked
        if marked is None:
            self._find(fill=True)
        else:
            self._fill(self._folder + marked.text, is_shorter_too=True)

    def action_move(self, count: int) -> None:
        self._names.move(count)

    def action_take(self) -> None:
        """Attach the marked name, or go into it; else what is typed."""
        marked = self._names.marked
        if marked is not None:
            self._fill(self._folder + marked.text, is_shorter_too=True)
            self._names.place = None
        if not self._value.strip():
            self.complain("Type the path of a file first.")
        elif marked is None or not marked.is_folder:
            self._look_for(self._value, is_name=marked is not None)

    @property
    def _value(self) -> str:
        return self.query_one(Input).value

    def _fill(self, text: str, *, is_shorter_too: bool = False) -> None:
        field = self.query_one(Input)
        if is_shorter_too or len(text) > len(field.value):
            field.value = text
            field.cursor_position = len(text)

    def _find(self, *, fill: bool) -> Worker[None]:
        text = self._value

        async def work() -> None:
            completion = await aside(partial(complete, text))
            self.post_message(self.Found(completion, fill=fill))

        return self.run_worker(work, group="names", exclusive=True)

    def _look_for(self, text: str, *, is_name: bool) -> Worker[None]:
        def look() -> PathScreen.Chosen:
            paths = (named(text),) if is_name else paths_of(text)
            return self.Chosen(paths, is_folder=any(map(is_folder, paths)))

        async def work() -> None:
            self.post_message(await aside(look))

        return self.run_worker(work, group="chosen", exclusive=True)
