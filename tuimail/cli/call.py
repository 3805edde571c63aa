"""One command as it was typed, with everything it may touch."""

from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tuimail.cli.console import Console
from tuimail.core.values import dataclass, field
from tuimail.errors import UsageError
from tuimail.settings.files import expanded
from tuimail.settings.prompts import NOBODY, Prompts

if TYPE_CHECKING:
    from tuimail.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a verb is given."""

    options: Namespace
    console: Console
    environ: Mapping[str, str]
    cwd: Path
    workspace: Path | None
    """As typed; None where it is to be found."""
    config: Path | None
    sleep: Callable[[float], None]
    """Waits so many seconds."""
    clock: Callable[[], float]
    """Tells seconds that only ever grow."""
    prompts: Prompts = NOBODY
    """Passwords that are typed here, the same for all who send in this process."""
    opened: set[Path] = field(default_factory=set)
    """Workspaces that this command has opened."""

    def open(self, *, door: str = "cli", reads_settings: bool = True) -> "Workspace":
        """Return the workspace, opened by the person who runs this.

        Args:
            door: Which face asks.
            reads_settings: Whether settings that cannot be used are refused, though
                nothing may need one.

        Raises:
            TuimailError: It cannot be opened, or the settings are wrong.
        """
        from tuimail.workspace.opening import open_workspace  # noqa: PLC0415 - heavy

        workspace = open_workspace(
            environ=self.environ,
            cwd=self.cwd,
            workspace=self.workspace,
            config=self.config,
            door=door,
            on_terminal=self.console.is_terminal,
            prompts=self.prompts if door == "cli" else NOBODY,
            reads_settings=reads_settings,
        )
        self.opened.add(workspace.root)
        return workspace


def place_of(call: Call, text: str, field: str) -> Path:
    """Return the path that was typed, from the folder that somebody is in.

    Raises:
        UsageError: It is empty, as a variable that was never set is; that is not
            the folder that somebody happens to be in.
    """
    if not text:
        raise UsageError(
            "The path is empty.",
            hint="Write one, or . for this folder; a variable may not be set.",
            field=field,
        )
    return call.cwd / expanded(Path(text))
