"""TOML files on disk: read strictly, written so that a crash loses nothing.

Who reads a file to write it again does so inside ``exclusively``, or what another
process writes meanwhile is lost. Nothing here knows what the keys mean.
"""

import fcntl
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

from tuimail.errors import ConfigurationError

Check = Callable[[os.stat_result], None]
Stamp = tuple[int, ...]
"""Changes whenever the file, its owner or its permissions do."""
MOST_BYTES: Final = 4 * 1024 * 1024
"""Of a file with settings; nobody's are longer."""
LOCK_SECONDS: Final = 10.0
"""How long a change waits for another program's."""
_PAUSE_SECONDS: Final = 0.02
_READING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_LOCKING: Final = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def read_toml(path: Path) -> dict[str, Any]:
    """Return what stands in ``path``; nothing where there is no such file.

    Raises:
        ConfigurationError: It cannot be read, is no regular file, is not UTF-8
            or is not TOML; the text names the place, never the content, which
            may hold a secret that somebody wrote there by mistake.
    """
    try:
        return parsed(path, read_content(path))
    except FileNotFoundError:
        return {}


def write_toml(path: Path, document: Mapping[str, Any]) -> None:
    """Replace ``path`` by ``document``, whole or not at all, mode 0600.

    A link stays one: who keeps settings in another folder, and links to them, finds
    what was written there.

    Raises:
        ConfigurationError: The folder or the disk refuses; the old file is as
            it was.
    """
    target = Path(os.path.realpath(path))
    try:
        make_private_folder(target.parent)
        import tomli_w  # noqa: PLC0415 - most commands write none

        replace_private(target, tomli_w.dumps(document).encode())
    except OSError as error:
        raise _unwritten(path, error) from error
    except UnicodeEncodeError as error:
        raise ConfigurationError(
            f"{path} is UTF-8 text, and what is to be written there is none.",
            hint="Look for bytes that are not UTF-8 in what you gave, names of "
            "folders among them.",
        ) from error


@contextmanager
def exclusively(path: Path, *, seconds: float = LOCK_SECONDS) -> Iterator[None]:
    """Let nobody else change ``path`` meanwhile.

    The lock is a file of its own beside it, because ``path`` itself is replaced
    at every change. It stays for ever: a file that is removed and made again
    could be locked twice.

    Raises:
        ConfigurationError: Somebody else is at it for too long, or the folder
            or the disk refuses.
    """
    try:
        make_private_folder(path.parent)
        descriptor = os.open(path.with_name(f"{path.name}.lock"), _LOCKING, 0o600)
    except OSError as error:
        raise _unwritten(path, error) from error
    try:
        _lock(path, descriptor, seconds)
        yield
    finally:
        os.close(descriptor)


def is_private(path: Path) -> bool:
    """Return whether ``path`` is this user's and closed to everybody else."""
    status = path.stat()
    return status.st_uid == os.geteuid() and not status.st_mode & 0o077


def is_ours_to_write(path: Path) -> bool:
    """Return whether nobody but this user and root may write ``path``."""
    status = path.stat()
    return status.st_uid in {0, os.geteuid()} and not status.st_mode & 0o022


def is_unicode(text: str) -> bool:
    """Return whether ``text`` can be written as UTF-8.

    Bytes of a command line or a variable that are not UTF-8 reach Python as
    halves of surrogate pairs, which cannot.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def expanded(path: Path) -> Path:
    """Return ``path`` with ``~`` as the home it stands for.

    Where there is none, ``~`` is a name like any other.
    """
    with suppress(RuntimeError):
        return path.expanduser()
    return path


def is_file(path: Path) -> bool:
    """Whether there is such a file; what cannot be looked at is none."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name that is none, a folder that is closed
        return False


def is_folder(path: Path) -> bool:
    """Whether there is such a folder; what cannot be looked at is none."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def text_at(path: Path) -> str:
    """Return the text of a file, and none where there is no file.

    Raises:
        ConfigurationError: It cannot be read.
    """
    try:
        return path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error.strerror}.",
            hint=f"Look at it: ls -l {path}",
        ) from error


def make_private_folder(folder: Path) -> None:
    """Make ``folder`` and what is missing above it; the last one is 0700."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def read_content(path: Path, *, check: Check | None = None) -> bytes:
    """Return all of a regular file; a pipe or a device could keep us for ever.

    Args:
        path: Which file.
        check: Refuses it for whose it is, by an error; asked about the very file
            that is read.

    Raises:
        FileNotFoundError: There is none.
        ConfigurationError: It cannot be read, is too long, or no regular file.
    """
    try:
        return _content(path, check)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be read: {error.strerror}.",
            hint=f"Look at its permissions: ls -l {path}",
        ) from error


def _content(path: Path, check: Check | None) -> bytes:
    descriptor = os.open(path, _READING)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ConfigurationError(
                f"{path} is not a regular file.",
                hint=f"Look what it is: ls -l {path}",
            )
        if check is not None:
            check(status)
        return _all(path, descriptor)
    finally:
        os.close(descriptor)


def _all(path: Path, descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ConfigurationError(
            f"{path} is longer than {MOST_BYTES} bytes.",
            hint=f"Look what it is: ls -l {path}",
        )
    return content


def stamp_of(path: Path) -> Stamp | None:
    """Return what tells this state of the file from any other; None for no file."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (
        found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino,
        found.st_mode, found.st_uid,
    )  # fmt: skip


def parsed(path: Path, content: bytes) -> dict[str, Any]:
    """Return the TOML in ``content``, which is what ``path`` holds or held.

    Raises:
        ConfigurationError: It is not UTF-8 or not TOML; the text names the place,
            never the content.
    """
    import tomllib  # noqa: PLC0415 - not for --help

    try:
        found = tomllib.loads(content.decode())
        repr(found)  # of a number in hexadecimal, this fails where parsing did not
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path} is not UTF-8 text: byte {error.start + 1} is wrong.",
            hint="Save it again as UTF-8.",
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{path} is not valid TOML: {error}.",
            hint=f"Correct that place in {path}.",
        ) from None
    except (RecursionError, ValueError):
        # Python's own limits: how deep calls go, how long a number may be.
        raise ConfigurationError(
            f"{path} has brackets nested too deeply, or a number with too many digits.",
            hint=f"Correct {path}: no setting needs that.",
        ) from None
    return found


def _unwritten(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"{path} cannot be written: {error.strerror}.",
        hint=f"Look at the folder and the space left: ls -ld {path.parent}",
    )


def _lock(path: Path, descriptor: int, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_PAUSE_SECONDS)
    raise ConfigurationError(
        f"Another program keeps {path} from being changed for more than "
        f"{seconds:g} seconds.",
        hint="Wait for it or close it, then try again; nothing was changed.",
    )


def replace_private(path: Path, content: bytes) -> None:
    """Put ``content`` in the place of ``path``: durable, whole or not at all, 0600."""
    from tempfile import mkstemp  # noqa: PLC0415 - most commands write none

    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _fsync_folder(path.parent)


def _fsync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
