"""Where programs come in: a Unix socket that others cannot open, or the loopback.

A socket's file outlives who made it. So a lock beside it says whether somebody
listens, and only who has the lock removes a file that was left.
"""

import errno
import fcntl
import grp
import os
import socket
import stat
import struct
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Final, Protocol, Self

from tuimail.core.values import dataclass
from tuimail.errors import ConfigurationError, WorkspaceBusyError

SOCKET_NAME: Final = "http.sock"
BACKLOG: Final = 1024
_LONGEST_PATH: Final = 107 if os.uname().sysname == "Linux" else 103
"""Octets of a socket's path that the system has room for (unix(7))."""
_CREDENTIALS: Final = struct.Struct("iII")
"""``struct ucred``: process, user, group (unix(7))."""
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_LOCALHOST: Final = "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to listen: a path, or an address of the loopback and a port."""

    path: Path | None = None
    address: str = ""
    port: int = 0
    group: str = ""
    """Who may open the socket beside its owner; empty for nobody."""

    def __str__(self) -> str:
        if self.path is not None:
            return str(self.path)
        name = f"[{self.address}]" if ":" in self.address else self.address
        return f"http://{name}:{self.port}"


def place_of(text: str, *, group: str = "") -> Place:
    """Return the place that a person wrote.

    Args:
        text: ``127.0.0.1:8025``, ``[::1]:8025``, or a path with a slash.
        group: Of the operating system; may open the socket.

    Raises:
        ConfigurationError: It is neither, or not on this machine only.
    """
    if "/" in text:
        return Place(path=Path(text).expanduser().absolute(), group=group)
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    address = "127.0.0.1" if host == _LOCALHOST else host
    if not _is_loopback(address) or not _is_port(port):
        raise ConfigurationError(
            f"{text[:100]!r} is no place on this machine to listen at.",
            hint="Write 127.0.0.1:8025, [::1]:8025, or the path of a socket.",
            field="http",
        )
    return Place(address=address, port=int(port))


class Listener:
    """One open socket; closing it lets others have its place."""

    def __init__(self, listening: socket.socket, place: Place, lock: int) -> None:
        self.socket, self._place, self._lock = listening, place, lock

    @classmethod
    def at(cls, place: Place) -> Self:
        """Listen at ``place``.

        Raises:
            ConfigurationError: Nobody can listen there.
            WorkspaceBusyError: Somebody else does.
        """
        if place.path is None:
            return cls(_on_loopback(place), place, -1)
        lock = _locked(place.path)
        try:
            return cls(_on_path(place.path, place.group), place, lock)
        except BaseException:
            os.close(lock)
            raise

    @property
    def place(self) -> Place:
        """Where it is, with the port that the system chose."""
        if self._place.path is not None:
            return self._place
        address, port = self.socket.getsockname()[:2]
        return Place(address=address, port=port)

    def close(self) -> None:
        """Listen no more, and leave nothing."""
        self.socket.close()
        if self._place.path is not None:
            with suppress(OSError):
                self._place.path.unlink()
            os.close(self._lock)


class Peer(Protocol):
    """A connected socket, as far as one can ask who is at its other end."""

    @property
    def family(self) -> int:
        """``AF_UNIX`` or another."""

    def getsockopt(self, level: int, name: int, size: int, /) -> bytes:
        """Return what the system says."""


def is_own_peer(peer: Peer) -> bool:
    """Return whether the process at the other end is the same user's, or root's.

    The mode of the file says so already, unless somebody changed it. Where the
    system tells nothing about peers, that has to do.
    """
    option = getattr(socket, "SO_PEERCRED", None)
    if peer.family != socket.AF_UNIX or option is None:
        return True
    told = peer.getsockopt(socket.SOL_SOCKET, option, _CREDENTIALS.size)
    _process, user, _group = _CREDENTIALS.unpack(told)
    return user in {os.geteuid(), 0}


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and int(text) < 1 << 16


def _on_loopback(place: Place) -> socket.socket:
    family = socket.AF_INET6 if ":" in place.address else socket.AF_INET
    # With the protocol named, asyncio has what is short sent at once (TCP_NODELAY).
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((place.address, place.port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise _not_had(place, error) from error
    return listening


def _on_path(path: Path, group: str) -> socket.socket:
    """Listen at ``path``; who has its lock is asked for, so it may be replaced."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _remove_left(path)
        os.fchmod(listening.fileno(), stat.S_IRUSR | stat.S_IWUSR)
        _bind(listening, path)
        _share(path, group)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise _not_had(Place(path=path), error) from error
    except ConfigurationError:
        listening.close()
        raise
    return listening


def _bind(listening: socket.socket, path: Path) -> None:
    """Make the socket's file, which is for nobody else from its first moment."""
    if len(os.fsencode(path)) > _LONGEST_PATH:
        raise ConfigurationError(
            f"The path {path} is over {_LONGEST_PATH} octets, too long for a socket.",
            hint="Name a shorter one: tuimail serve --http PATH, or 127.0.0.1:8025",
            field="http",
        )
    before = os.umask(_OTHERS)
    try:
        listening.bind(str(path))
    finally:
        os.umask(before)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def _share(path: Path, group: str) -> None:
    """Let a group open the socket: agents that run as another user."""
    if not group:
        return
    try:
        number = grp.getgrnam(group).gr_gid
    except KeyError:
        raise ConfigurationError(
            f"This machine has no group {group[:60]!r}.",
            hint="See those that there are: getent group",
            field="http-group",
        ) from None
    os.chown(path, -1, number)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP)


def _remove_left(path: Path) -> None:
    """Remove the socket of somebody who died; anything else is left alone."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise ConfigurationError(
            f"{path} is there already, and is no socket.",
            hint="Name another place: tuimail serve --http PATH",
            field="http",
        )
    path.unlink()


def _locked(path: Path) -> int:
    """Return the lock beside ``path``, held.

    Raises:
        WorkspaceBusyError: Another process has it.
        ConfigurationError: It cannot be made, or others could make theirs there.
    """
    _require_private(path)
    lock = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(
            lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
    except OSError as error:
        raise _not_had(Place(path=path), error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise _taken(Place(path=path)) from None
    return descriptor


def _require_private(path: Path) -> None:
    """Refuse a folder in which somebody else could put another socket.

    Raises:
        ConfigurationError: It is missing, or not ours to write alone.
    """
    try:
        found = path.parent.stat()
    except OSError as error:
        raise _not_had(Place(path=path), error) from error
    is_shared = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if found.st_uid not in {os.geteuid(), 0} or is_shared:
        raise ConfigurationError(
            f"Others may write to {path.parent}, and could put their own socket there.",
            hint=f"Close it: chmod go-w {path.parent}, or name another folder.",
            field="http",
        )


def _not_had(place: Place, error: OSError) -> ConfigurationError | WorkspaceBusyError:
    if error.errno == errno.EADDRINUSE:
        return _taken(place)
    return ConfigurationError(
        f"Nobody can listen at {place}: {error.strerror or error}.",
        hint="Name another place: tuimail serve --http 127.0.0.1:8025",
        field="http",
    )


def _taken(place: Place) -> WorkspaceBusyError:
    return WorkspaceBusyError(
        f"Another program listens at {place}; it is tried again.",
        hint="End that program, or name another place: tuimail serve --http PLACE",
        field="http",
    )
