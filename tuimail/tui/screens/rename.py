"""Asks what the receiver is to be told of a file: its name, its type, its use."""

from dataclasses import dataclass
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from tuimail.tui import wording
from tuimail.tui.keymap import bindings
from tuimail.tui.keys.key import Scope
from tuimail.tui.screens.over import Over
from tuimail.tui.screens.path import PathField
from tuimail.tui.widgets.dialog_row import DialogRow
from tuimail.tui.widgets.step_panel import PlainField

_REMARK: Final = (
    "Shown as is what the HTML calls it (cid:…); empty, it is a file to be saved. "
    "On disk it keeps its name."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What was typed, as it was typed."""

    name: str
    content_type: str = ""
    content_id: str = ""
    """What the HTML calls it by; empty for a file that is to be saved."""


class RenameScreen(Over[Told]):
    """Returns what was typed, or None; whether it can be so, the pane finds out."""

    AUTO_FOCUS = "#file-name"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(Scope.RENAME)]
    SCOPES: ClassVar[tuple[Scope, ...]] = (Scope.RENAME,)
    TITLE_TEXT = "What is the receiver to be told of the file?"

    def __init__(
        self,
        name: str,
        *,
        content_type: str = "",
        content_id: str = "",
        complaint: str = "",
    ) -> None:
        super().__init__()
        self._told = Told(name=name, content_type=content_type, content_id=content_id)
        self._complaint = complaint

    def content(self) -> ComposeResult:
        told = self._told
        name = PathField(wording.line(told.name), id="file-name", compact=True)
        type_ = wording.line(told.content_type)
        id_ = wording.line(told.content_id)
        yield DialogRow("Name", name)
        yield DialogRow("Type", PlainField(type_, id="file-type", compact=True))
        yield DialogRow("Shown as", PlainField(id_, id="file-id", compact=True))
        yield Static(_REMARK, classes="remark", markup=False)

    def on_mount(self) -> None:
        self.has_fields(has_fields=True)
        field = self.query_one("#file-name", Input)
        field.cursor_position = len(field.value.rpartition(".")[0] or field.value)
        self.complain(wording.line(self._complaint))

    def action_take(self) -> None:
        name, type_, id_ = (
            self.query_one(selector, Input).value
            for selector in ("#file-name", "#file-type", "#file-id")
        )
        self.dismiss(Told(name=name, content_type=type_, content_id=id_))
