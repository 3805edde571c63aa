"""Answering a mail that is a file, or handing it on: by name, from any pane."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.settings.files import expanded
from tuimail.settings.texts import read_bytes
from tuimail.tui import on_demand
from tuimail.tui.commanding import Command
from tuimail.tui.screens.answering import WAYS
from tuimail.workspace.beginning import MAIL_LIMIT_BYTES, FirstDraft
from tuimail.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tuimail.tui.app import TuimailApp

_HELP: Final = {
    "reply": "Answer the author of a mail that is a file: :reply FILE",
    "reply_all": "Answer everybody in a mail that is a file: :reply-all FILE",
    "forward": "Hand a mail on that is a file: :forward FILE",
}


def commands(app: "TuimailApp") -> tuple[Command, ...]:
    """Return what can be done with the file of a mail."""
    return tuple(
        Command(
            name=way.replace("_", "-"), help=text, takes="FILE", act=_taking(app, way)
        )
        for way, text in _HELP.items()
    )


def begun(way: str, path: Path, workspace: Workspace) -> FirstDraft:
    """Return the mail that begins from the one in the file at ``path``."""
    raw = read_bytes(
        path, name=str(path), field="mail", limit_bytes=MAIL_LIMIT_BYTES
    )  # fmt: skip
    return WAYS[way](workspace.beginning, raw)


def _taking(app: "TuimailApp", way: str) -> Callable[[str], None]:
    def act(text: str) -> None:
        if text:
            _begin(app, way, expanded(Path(text)))
        else:
            screen = on_demand.PathScreen(title="Which file has the mail?")
            app.push_screen(screen, partial(_chosen, app, way))

    return act


def _chosen(app: "TuimailApp", way: str, paths: tuple[Path, ...] | None) -> None:
    if paths:
        _begin(app, way, paths[0])


def _begin(app: "TuimailApp", way: str, path: Path) -> None:
    if app.pane is not None:
        app.pane.ask(partial(begun, way, path), app.begin)
