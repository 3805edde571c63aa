"""Verbs that open the terminal app."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from tuimail.cli.call import Call
from tuimail.cli.parser import Command, nothing
from tuimail.errors import UsageError


def _open(call: Call, start: str) -> int:
    """Open the app, or say that there is no screen to open it on."""
    if not (call.console.is_terminal and call.console.shows_to_person):
        raise UsageError(
            "The app needs a terminal, and this is none.",
            hint="See what works without one: tuimail --help",
        )
    from tuimail.tui.app import run_app  # noqa: PLC0415 - Textual, and slow

    call.open().close()
    return run_app(partial(call.open, door="app"), start=start)


COMMANDS: Final[Mapping[str, Command]] = {
    "": Command(arguments=nothing, run=partial(_open, start="review")),
    "compose": Command(arguments=nothing, run=partial(_open, start="compose")),
}
