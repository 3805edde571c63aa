"""Where things are: configuration, accounts, and the workspace to open.

The one rule kept here: a ``.tuimail/`` that was merely found is opened only
when this user made it here, because a cloned folder could hold mail ready to
leave.
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tuimail.errors import ConfigurationError, WorkspaceRefusedError
from tuimail.settings.files import (
    exclusively,
    expanded,
    read_content,
    read_toml,
    write_toml,
)

if TYPE_CHECKING:
    from platformdirs import PlatformDirs

FOUND_NAME: Final = ".tuimail"
"""Name of a workspace that is found from a folder below it."""
ID_FILE: Final = "workspace.id"
"""File in a workspace with its random id."""


def config_path(environ: Mapping[str, str], explicit: Path | None = None) -> Path:
    """Return the ``config.toml`` to read, whether or not it exists."""
    if explicit is not None:
        return _absolute(explicit)
    if environ.get("TUIMAIL_CONFIG"):
        return _absolute(Path(environ["TUIMAIL_CONFIG"]))
    return _usual().user_config_path / "config.toml"


def accounts_path(config: Path) -> Path:
    """Return the ``accounts.toml`` that goes with ``config``."""
    return config.with_name("accounts.toml")


def templates_path(config: Path) -> Path:
    """Return the folder of the person's own templates, beside ``config``."""
    return config.with_name("templates")


def workspaces_path(config: Path) -> Path:
    """Return the list of the workspaces created here."""
    return config.with_name("workspaces.toml")


def log_path(environ: Mapping[str, str]) -> Path | None:
    """Return the file that the log is written to, or None for no log.

    ``$TUIMAIL_LOG`` names another file, or is ``off``.
    """
    wanted = environ.get("TUIMAIL_LOG", "")
    if wanted.lower() in _NO_LOG:
        return None
    if wanted:
        return _absolute(Path(wanted))
    return _usual().user_log_path / "tuimail.log"


def locks_path() -> Path:
    """Return the folder with locks for what a user's processes have in common."""
    return _usual().user_state_path / "locks"


def find_workspace(
    environ: Mapping[str, str],
    cwd: Path,
    explicit: Path | None = None,
    *,
    config: Path | None = None,
) -> Path:
    """Return the folder of the workspace to open, whether or not it exists.

    What was named, by ``explicit`` or ``$TUIMAIL_WORKSPACE``, is taken as it
    is; after that the nearest ``.tuimail/``; after that the data folder.

    Args:
        environ: The environment.
        cwd: Where to look from, upwards.
        explicit: What the command line names.
        config: The ``config.toml`` in use, beside which the list of known
            workspaces is; looked up where it is None.

    Raises:
        WorkspaceRefusedError: The ``.tuimail/`` that was found belongs to
            somebody else, is open to others, or was not made here.
    """
    if explicit is not None:
        return _absolute(explicit)
    if environ.get("TUIMAIL_WORKSPACE"):
        return _absolute(Path(environ["TUIMAIL_WORKSPACE"]))
    found = _nearest(cwd)
    if found is None:
        return _usual().user_data_path
    _check_found(found, known=_known(config or config_path(environ)))
    return found


def remember_workspace(root: Path, *, config: Path) -> str:
    """Give the workspace at ``root`` an id if it has none, put it on the list.

    May be called each time a workspace is opened by its name; nothing is
    written when nothing is new.

    Raises:
        ConfigurationError: The list or the id cannot be written.
    """
    identifier = _read_id(root)
    if _is_listed(identifier, config):
        return identifier
    with exclusively(workspaces_path(config)):
        identifier = _read_id(root) or _write_id(root)
        entries = _known(config) | {identifier: str(root.resolve())}
        write_toml(workspaces_path(config), {"workspaces": entries})
    return identifier


_ID_LENGTH: Final = 32
_DIGITS: Final = frozenset("0123456789abcdef")
_NO_LOG: Final = frozenset({"0", "false", "no", "off"})


def _usual() -> "PlatformDirs":
    """Return where this system keeps what belongs to us."""
    from platformdirs import PlatformDirs  # noqa: PLC0415 - unless all was named

    return PlatformDirs("tuimail", appauthor=False)


def _absolute(path: Path) -> Path:
    return expanded(path).absolute()


def _nearest(cwd: Path) -> Path | None:
    for folder in (cwd, *cwd.parents):
        candidate = folder / FOUND_NAME
        if os.path.lexists(candidate):
            return candidate
    return None


def _check_found(found: Path, *, known: Mapping[str, str]) -> None:
    status = found.lstat()
    if not stat.S_ISDIR(status.st_mode):
        raise _refused(found, "is not a folder")
    if status.st_uid != os.geteuid():
        raise _refused(found, f"belongs to user {status.st_uid}, not to you")
    if stat.S_IMODE(status.st_mode) & 0o077:
        mode = stat.S_IMODE(status.st_mode)
        raise _refused(found, f"is open to others (mode {mode:04o} instead of 0700)")
    if _read_id(found) not in known:
        raise _refused(found, "was not made by you on this machine")


def _refused(found: Path, why: str) -> WorkspaceRefusedError:
    return WorkspaceRefusedError(
        f"The workspace {found} {why}.",
        hint=f"If you trust it: tuimail --workspace {found}",
    )


def _known(config: Path) -> dict[str, str]:
    entries = read_toml(workspaces_path(config)).get("workspaces", {})
    if not isinstance(entries, dict):
        raise ConfigurationError(
            f"workspaces in {workspaces_path(config)} is not a table.",
            hint="Remove that file; open each workspace once with --workspace.",
        )
    return {str(key): str(value) for key, value in entries.items()}


def _is_listed(identifier: str, config: Path) -> bool:
    """Return whether a workspace is on the list.

    Its line is looked for as ``write_toml`` has it, before TOML is loaded: every
    command that opens a workspace asks.
    """
    try:
        content = read_content(workspaces_path(config))
    except FileNotFoundError:
        return False
    written = f"\n{identifier} = ".encode()
    return bool(identifier and written in content) or identifier in _known(config)


def _read_id(root: Path) -> str:
    try:
        text = (root / ID_FILE).read_bytes().decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return text if len(text) == _ID_LENGTH and _DIGITS.issuperset(text) else ""


def _write_id(root: Path) -> str:
    identifier = os.urandom(16).hex()
    try:
        _create_private(root / ID_FILE, f"{identifier}\n".encode())
    except OSError as error:
        raise ConfigurationError(
            f"{root / ID_FILE} cannot be written: {error.strerror}.",
            hint=f"Look at the folder and the space left: ls -ld {root}",
        ) from error
    return identifier


def _create_private(path: Path, content: bytes) -> None:
    path.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
