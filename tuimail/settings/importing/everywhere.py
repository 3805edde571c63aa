"""Looks for other programs' settings: in variables, in files, by asking git.

Nothing here waits for ever, and no file of a folder that one merely stands in is
read.
"""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from tuimail.settings.files import is_ours_to_write
from tuimail.settings.importing.candidate import Candidate
from tuimail.settings.importing.git import ARGUMENTS, files_of, from_git
from tuimail.settings.importing.msmtp import from_msmtp
from tuimail.settings.importing.variables import from_variables
from tuimail.settings.texts import READING, regular

MOST_BYTES: Final = 256 * 1024
"""Of a file, or of what git prints; nobody's settings are longer."""
_FOLDERS: Final = ("HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL")
GIT_LIMIT: Final = timedelta(seconds=10)
Ask = Callable[[Mapping[str, str]], bytes]
"""Asks git; takes the environment."""


def ask_git(environ: Mapping[str, str]) -> bytes:
    """Return what git says of sending mail; nothing where there is no git."""
    try:
        found = subprocess.run(  # noqa: S603 - no word of it is anybody's
            ("git", *ARGUMENTS),  # noqa: S607 - the person's own, as in a shell
            env=_without_relative(environ),
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=GIT_LIMIT.total_seconds(),
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return b""
    return found.stdout if len(found.stdout) <= MOST_BYTES else b""


def _without_relative(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables but for folders that depend on where one stands.

    The XDG rules say to ignore those.
    """
    return {
        name: value
        for name, value in environ.items()
        if name not in _FOLDERS or not value or Path(value).is_absolute()
    }


def candidates(
    environ: Mapping[str, str], *, ask: Ask = ask_git
) -> tuple[Candidate, ...]:
    """Return every account that another program would send through."""
    return (
        *from_variables(environ),
        *_from_msmtp_files(environ),
        *_from_git_files(ask(environ)),
    )


def _from_git_files(printed: bytes) -> Iterator[Candidate]:
    """Yield what git says, where nobody else could have said it."""
    files = (Path(one) for one in files_of(printed))
    opened = next((one for one in files if not _is_trusted(one)), None)
    for found in from_git(printed):
        yield (
            found
            if opened is None
            else Candidate(
                name=found.name,
                provider=found.provider,
                source=found.source,
                problem=_open_to_others(opened),
            )
        )


def _is_trusted(path: Path) -> bool:
    try:
        return is_ours_to_write(path)
    except OSError:
        return False


def _open_to_others(path: Path) -> str:
    return f"Others may write {path}; close it: chmod go-w {path}"


def _from_msmtp_files(environ: Mapping[str, str]) -> Iterator[Candidate]:
    for path in _msmtp_paths(environ):
        try:
            text = _content(path).decode()
        except FileNotFoundError:
            continue
        except OSError as error:
            yield _unread(path, f"It cannot be read: {error.strerror}.")
        except UnicodeDecodeError:
            yield _unread(path, "It is not UTF-8 text.")
        except ValueError as error:
            yield _unread(path, str(error))
        else:
            yield from from_msmtp(text, source=str(path))


def _msmtp_paths(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return where msmtp looks; only the first that is there counts for it."""
    whole = _without_relative(environ)
    home = whole.get("HOME", "")
    if not home:
        return ()
    settings = whole.get("XDG_CONFIG_HOME") or f"{home}/.config"
    own = Path(home) / ".msmtprc"
    return (own if own.exists() else Path(settings) / "msmtp" / "config",)


def _content(path: Path) -> bytes:
    """Return all of a file that nobody else could have written a command into."""
    with os.fdopen(regular(os.open(path, READING)), "rb") as file:
        status = os.fstat(file.fileno())
        if status.st_uid not in {0, os.geteuid()} or status.st_mode & 0o022:
            raise ValueError(f"Others may write it; close it: chmod go-w {path}")
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"It is longer than {MOST_BYTES} bytes.")
    return content


def _unread(path: Path, problem: str) -> Candidate:
    return Candidate(name="msmtp", provider="smtp", source=str(path), problem=problem)
