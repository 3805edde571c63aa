"""What a person configured about the app itself, read again whenever that changes.

``config.toml``, and the file of keys that it may name, are looked at as the file of
a theme is. What concerns mail is not: a change of it in the middle of something
would be a surprise, and counts when the app begins anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tuimail.settings.config import Config, load
from tuimail.tui.dressed import Looks
from tuimail.tui.themes import Watch
from tuimail.workspace.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the person configured, as far as the app itself is concerned."""

    undo: timedelta = timedelta(0)
    """How long a release can be taken back."""
    looks: Looks = field(default_factory=Looks)
    notify: bool = True
    """Whether notices are told beyond the app."""
    keys: Mapping[str, str]
    key_preset: str = ""
    key_places: Mapping[str, str] = field(default_factory=dict)
    """On which line of which file each key was changed."""
    key_problem: str = ""
    """Why the file of keys cannot be used, or empty."""
    files: tuple[Path, ...] = ()
    """Where all of it was read, ``config.toml`` first."""


def settings(workspace: Workspace) -> Settings:
    """Return what the person configured."""
    return settings_of(workspace.config)


def settings_of(config: Config) -> Settings:
    """Return what of ``config`` concerns the app."""
    files = (config.source, config.key_file)
    return Settings(
        undo=config.undo,
        looks=Looks(
            theme=config.theme,
            folder=config.source.parent / "themes" if config.source else None,
            glyphs=config.glyphs,
            moves=config.motion,
        ),
        notify=config.notify,
        keys=config.keys,
        key_preset=config.key_preset,
        key_places=config.key_places,
        key_problem=config.key_problem,
        files=tuple(path for path in files if path is not None),
    )


class Written:
    """Knows when one of the files was changed that the settings are from."""

    def __init__(self, found: Settings, environ: Mapping[str, str]) -> None:
        """Take what was read as what stands there now.

        Args:
            found: What was read.
            environ: What beats the files.
        """
        self.found = found
        """What counts now."""
        self._environ = environ
        self._watches = tuple(map(Watch, found.files))

    def changed(self) -> Settings | None:
        """Return, once for each change, what is configured now.

        Raises:
            ConfigurationError: What stands there cannot be used.
        """
        due = [one for one in self._watches if one.is_due()]
        if not due:
            return None
        found = settings_of(load(self.found.files[0], self._environ))
        if found.files != self.found.files:
            self._watches = tuple(map(Watch, found.files))
        self.found = found
        return found
