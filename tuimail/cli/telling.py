"""Tells a person at a terminal what nobody was told yet, each thing once."""

from contextlib import suppress
from typing import TYPE_CHECKING

from tuimail.cli.call import Call
from tuimail.cli.console import Console
from tuimail.errors import TuimailError

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace


def tell_at_the_end(call: Call) -> None:
    """Tell it after the answer of any command that looked at the workspace.

    On stderr only: programs read the rest, and nobody may be there.
    """
    if call.opened and call.console.talks_to_person:
        with (
            suppress(TuimailError),
            call.open(reads_settings=False) as workspace,
        ):
            tell(call.console, workspace)


def tell(console: Console, workspace: "Workspace") -> None:
    """Say what nobody was told, and that it was told; a disk may fail at that."""
    if not console.talks_to_person:
        return
    with suppress(TuimailError):
        found = workspace.notices.untold()
        for notice in found:
            console.say(f"tuimail: {notice.sentence}", f"  {notice.hint}")
        if found:
            workspace.notices.told(one.number for one in found)
