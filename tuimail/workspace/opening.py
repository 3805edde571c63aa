"""Finds and opens the workspace that a face is asked to work on."""

import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tuimail.core.origin import PERSON_PREFIX
from tuimail.errors import ConfigurationError
from tuimail.settings.paths import config_path, find_workspace, remember_workspace
from tuimail.settings.prompts import NOBODY, Prompts
from tuimail.workspace.workspace import Workspace

if TYPE_CHECKING:
    from tuimail.workspace.doctor import Doctor


def person() -> str:
    """Return the actor that the operating system's user is."""
    try:
        return PERSON_PREFIX + getpass.getuser()
    except (KeyError, OSError):
        return PERSON_PREFIX + "owner"


def open_workspace(
    *,
    environ: Mapping[str, str],
    cwd: Path,
    workspace: Path | None,
    config: Path | None,
    door: str,
    on_terminal: bool,
    actor: str = "",
    prompts: Prompts = NOBODY,
    reads_settings: bool = True,
) -> Workspace:
    """Open the workspace that was named, or the one that is meant here.

    Args:
        environ: Environment for settings and secrets.
        cwd: Where to look for a ``.tuimail`` folder, upwards.
        workspace: The folder that was named, or None.
        config: The ``config.toml`` that was named, or None.
        door: Which face asks.
        on_terminal: Whether a person sits at a real terminal there.
        actor: Who acts; empty means the operating system's user.
        prompts: Passwords that a person types.
        reads_settings: Whether settings that cannot be used are refused at once.

    Raises:
        WorkspaceRefusedError: A folder was found that may not be opened.
        ConfigurationError: The settings cannot be used.
        StoreError: The folder or the database cannot be used.
    """
    settings = config_path(environ, config)
    root = find_workspace(environ, cwd, workspace, config=settings)
    opened = Workspace.open(
        root,
        config_path=settings,
        actor=actor or person(),
        door=door,
        on_terminal=on_terminal,
        environ=environ,
        prompts=prompts,
        reads_settings=reads_settings,
    )
    if not opened.is_read_only:
        _remember(root, config=settings)
    return opened


def _remember(root: Path, *, config: Path) -> None:
    """Put a workspace on the list, where the disk takes one.

    Only what is found upwards of a folder has to be on it, and was, or it had not
    been opened. A container may have settings that nobody can write.
    """
    try:
        remember_workspace(root, config=config)
    except ConfigurationError as error:
        if not isinstance(error.__cause__, OSError):
            raise


def open_doctor(
    *,
    environ: Mapping[str, str],
    cwd: Path,
    workspace: Path | None,
    config: Path | None,
    on_terminal: bool,
) -> "Doctor":
    """Return who looks over the workspace that was named, or is meant here.

    Also one that cannot be opened; the arguments are those of
    ``open_workspace``.

    Raises:
        WorkspaceRefusedError: A folder was found that may not be opened.
    """
    from tuimail.workspace.doctor import Doctor  # noqa: PLC0415 - for one verb only

    settings = config_path(environ, config)
    root = find_workspace(environ, cwd, workspace, config=settings)
    return Doctor(
        root,
        lambda: open_workspace(
            environ=environ,
            cwd=cwd,
            workspace=root,
            config=settings,
            door="cli",
            on_terminal=on_terminal,
        ),
    )
