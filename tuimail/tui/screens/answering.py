"""Panes in which a mail is answered, or handed on: a new one begins."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from tuimail.tui.screens.list_pane import ListPane
from tuimail.workspace.beginning import BeginningDesk, FirstDraft
from tuimail.workspace.workspace import Workspace

WAYS: Final[Mapping[str, Callable[[BeginningDesk, bytes], FirstDraft]]] = {
    "reply": lambda desk, raw: desk.reply(raw),
    "reply_all": lambda desk, raw: desk.reply(raw, is_to_all=True),
    "forward": lambda desk, raw: desk.forward(raw),
}
"""How a mail begins from the bytes of another one."""


class AnsweringPane(ListPane):
    """Begins mail from the selected one; what that says stays as it is."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "begin" and self.is_mounted:
            return self.row is not None
        return super().check_action(action, parameters)

    def action_begin(self, way: str) -> None:
        target = self.target
        if target is not None:
            self.ask(partial(begun, target.id, way), self.tuimail.begin)


def begun(draft_id: str, way: str, workspace: Workspace) -> FirstDraft:
    """Return the mail that begins from another one, ``reply`` or the like."""
    desk = workspace.beginning
    return WAYS[way](desk, desk.raw(draft_id))
