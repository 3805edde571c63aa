"""Has ``mailto:`` links open the composer: a desktop file of the user's own.

Desktops find it by the rules of freedesktop.org (Desktop Entry, MIME Applications).
Nothing is written unasked, and a file that somebody else put there is left alone.
"""

import re
from pathlib import Path
from typing import Final

from tuimail.core.patterns import regex
from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError
from tuimail.settings.files import text_at
from tuimail.store.durable import write_durably
from tuimail.store.failures import told
from tuimail.workspace.keepers import Machine

NAME: Final = "tuimail.desktop"
SCHEME: Final = "x-scheme-handler/mailto"
MARK: Final = (
    '# Written by "tuimail desktop install"; removed by "tuimail desktop remove".\n'
)
TEMPLATE: Final = Path(__file__).parent.parent / "desktop" / NAME

_EXEC: Final = regex(r"(?m)^Exec=.*$")
_PLAIN: Final = regex(r"[\w./+:@-]+", re.ASCII)
_WITHOUT: Final = frozenset({"darwin", "win32", "cygwin"})
_SHOWN_LETTERS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DesktopStatus:
    """What there is of the file."""

    path: Path
    """Where it is, or would be."""
    is_installed: bool
    content: str
    """What it has, or would have."""


class Desktop:
    """The file by which a desktop knows the composer."""

    def __init__(
        self, machine: Machine, *, workspace: Path | None, config: Path | None
    ) -> None:
        """Describe it.

        Args:
            machine: Whose desktop.
            workspace: The one that links open in; None for whichever is found then.
            config: The settings that were named; None for the person's own.
        """
        self._machine = machine
        self._workspace, self._config = workspace, config

    @property
    def path(self) -> Path:
        """Where desktops look for a user's own (XDG Base Directory)."""
        named = Path(self._machine.environ.get("XDG_DATA_HOME", ""))
        data = named if named.is_absolute() else self._machine.home / ".local" / "share"
        return data / "applications" / NAME

    def content(self) -> str:
        """Return the file that ``install`` writes."""
        words = [self._machine.executable, "-P", "-m", "tuimail"]
        for flag, path in (
            ("--workspace", self._workspace),
            ("--config", self._config),
        ):
            words += [flag, str(path.absolute())] if path else []
        line = " ".join([*map(exec_word, words), "compose", "%u"])
        shipped = TEMPLATE.read_text("utf-8")
        return MARK + _EXEC.sub(lambda _: f"Exec={line}", shipped)

    def status(self) -> DesktopStatus:
        """Return what there is now."""
        found = text_at(self.path)
        is_ours = found.startswith(MARK)
        return DesktopStatus(
            path=self.path,
            is_installed=is_ours,
            content=found if is_ours else self.content(),
        )

    def install(self, *, as_default: bool = False) -> DesktopStatus:
        """Write the file; it may be there already.

        Args:
            as_default: Whether all such links are to open in it.

        Raises:
            ConfigurationError: The machine knows no such files, another one is in
                the way, or the desktop could not be told.
            StoreError: The file cannot be written.
        """
        if self._machine.platform in _WITHOUT:
            raise ConfigurationError(
                "This system does not know desktop files.",
                hint="Open a link by hand: tuimail compose 'mailto:…'",
            )
        self._refuse_others()
        with told(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(self.path, [self.content().encode()], 0o644)
        self._refresh()
        if as_default:
            self._make_default()
        return self.status()

    def remove(self) -> DesktopStatus:
        """Remove the file.

        Raises:
            ConfigurationError: There is none, or it is somebody else's.
            StoreError: It cannot be removed.
        """
        if not text_at(self.path):
            raise ConfigurationError(
                f"{self.path} is not there.",
                hint="See what it would be: tuimail desktop show",
            )
        self._refuse_others()
        with told(self.path):
            self.path.unlink(missing_ok=True)
        self._refresh()
        return self.status()

    def _refuse_others(self) -> None:
        found = text_at(self.path)
        if found and not found.startswith(MARK):
            raise ConfigurationError(
                f"{self.path} was not written by tuimail desktop install.",
                hint="Move it away if you do not need it, then try again.",
            )

    def _refresh(self) -> None:
        """Have what desktops remember of such files be written anew, where it is."""
        if self._machine.which("update-desktop-database"):
            self._machine.run(("update-desktop-database", str(self.path.parent)))

    def _make_default(self) -> None:
        if not self._machine.which("xdg-mime"):
            raise ConfigurationError(
                f"{self.path} is written, but xdg-mime is not here to make it the "
                "default.",
                hint="Choose tuimail for mail in the settings of your desktop.",
            )
        ran = self._machine.run(("xdg-mime", "default", NAME, SCHEME))
        if ran.code:
            said = ran.text[:_SHOWN_LETTERS] or f"exit code {ran.code}"
            raise ConfigurationError(
                f"{self.path} is written, but xdg-mime failed: {said}.",
                hint="Choose tuimail for mail in the settings of your desktop.",
            )


def exec_word(word: str) -> str:
    r"""Return a word as it stands in ``Exec`` (Desktop Entry, "The Exec key").

    Quoted, and then escaped as any text of such a file, so that one ``\`` is four.
    """
    doubled = word.replace("%", "%%")
    if _PLAIN.fullmatch(doubled):
        return doubled
    quoted = re.sub(r'(["`$\\])', r"\\\1", doubled)
    escaped = quoted.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
