"""Where it listens: nobody else's place, and nobody else in it."""

import errno
import grp
import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from tests.umasks import umask
from tuimail.errors import ConfigurationError, WorkspaceBusyError
from tuimail.intake.http import sockets
from tuimail.intake.http.sockets import Listener, Place, is_own_peer, place_of


@pytest.fixture
def path(tmp_path: Path) -> Path:
    tmp_path.chmod(0o700)
    return tmp_path / "http.sock"


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Which places there are ----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("127.0.0.1:8025", "http://127.0.0.1:8025"),
        ("localhost:8025", "http://127.0.0.1:8025"),
        ("127.0.0.2:8025", "http://127.0.0.2:8025"),
        ("[::1]:8025", "http://[::1]:8025"),
        ("/run/tuimail/http.sock", "/run/tuimail/http.sock"),
    ],
)
def test_a_place_is_a_path_or_on_the_loopback(text: str, shown: str) -> None:
    assert str(place_of(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "", "8025", ":8025", "0.0.0.0:8025", "[::]:8025", "192.0.2.1:8025",
        "example.org:8025", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
        "127.0.0.1:65536", "127.0.0.1:-1", "localhost.evil.example:80", "*:80",
        "127.0.0.1:\u0661",
    ],
)  # fmt: skip
def test_no_other_machine_is_let_in(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        place_of(text)

    assert (refused.value.field, bool(refused.value.hint)) == ("http", True)


def test_a_path_may_begin_at_home_or_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/mara")

    assert place_of("~/http.sock").path == Path("/home/mara/http.sock")
    assert place_of("./http.sock").path == Path.cwd() / "http.sock"


# Sockets -------------------------------------------------------------------------


def test_a_socket_is_for_its_owner_alone_whatever_the_umask(path: Path) -> None:
    with umask(0):
        listener = Listener.at(Place(path=path))

    assert (mode_of(path), mode_of(path.with_name("http.sock.lock"))) == (0o600, 0o600)
    listener.close()
    assert not path.exists()


def test_two_cannot_listen_at_one_socket(path: Path) -> None:
    """The first one's is left alone."""
    first = Listener.at(Place(path=path))
    inode = path.stat().st_ino

    with pytest.raises(WorkspaceBusyError, match="listens at"):
        Listener.at(Place(path=path))

    assert path.stat().st_ino == inode
    first.close()
    Listener.at(Place(path=path)).close()


def test_what_a_dead_one_left_is_replaced(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))

    listener = Listener.at(Place(path=path))

    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
    listener.close()


def test_what_is_no_socket_is_left_alone(path: Path) -> None:
    path.write_text("mine")

    with pytest.raises(ConfigurationError, match="is no socket"):
        Listener.at(Place(path=path))

    assert path.read_text() == "mine"
    path.unlink()
    Listener.at(Place(path=path)).close()


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ConfigurationError):
        Listener.at(Place(path=path))


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777])
def test_a_folder_that_others_write_to_is_refused(path: Path, mode: int) -> None:
    """They could put another socket there, and be given the tokens."""
    path.parent.chmod(mode)

    with pytest.raises(ConfigurationError, match="Others may write"):
        Listener.at(Place(path=path))


def test_a_folder_that_is_not_there_is_said(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        Listener.at(Place(path=path / "below" / "http.sock"))


def test_a_lock_that_cannot_be_made_is_said(path: Path) -> None:
    path.with_name("http.sock.lock").symlink_to("elsewhere")

    with pytest.raises(ConfigurationError, match="Nobody can listen"):
        Listener.at(Place(path=path))


def test_a_path_that_is_too_long_is_said_and_lets_go_of_the_lock(path: Path) -> None:
    long = path.with_name("x" * 120)

    for _ in range(2):
        with pytest.raises(ConfigurationError, match="too long for a socket"):
            Listener.at(Place(path=long))


def test_a_group_may_be_let_in(path: Path) -> None:
    """Programs that run as another user, which is the best wall there is."""
    group = grp.getgrgid(os.getgid()).gr_name

    listener = Listener.at(Place(path=path, group=group))

    assert (mode_of(path), path.stat().st_gid) == (0o660, os.getgid())
    listener.close()


def test_a_group_that_there_is_not_is_refused(path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no group 'nobody at all'"):
        Listener.at(Place(path=path, group="nobody at all"))


def test_somebody_who_was_faster_has_the_place(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that knows nothing of our lock."""

    def bind(_socket: socket.socket, _path: Path) -> None:
        raise OSError(errno.EADDRINUSE, "Address already in use")

    with monkeypatch.context() as patched:
        patched.setattr(sockets, "_bind", bind)
        with pytest.raises(WorkspaceBusyError):
            Listener.at(Place(path=path))

    Listener.at(Place(path=path)).close()


# The loopback --------------------------------------------------------------------


def test_a_port_is_had_by_one_alone(path: Path) -> None:
    first = Listener.at(Place(address="127.0.0.1"))

    with pytest.raises(WorkspaceBusyError):
        Listener.at(first.place)

    assert first.place.port > 0
    first.close()


def test_a_port_that_may_not_be_had_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="Nobody can listen at http://"):
        Listener.at(Place(address="192.0.2.1", port=1))


# Who is at the other end ---------------------------------------------------------


class Peer:
    """A process of some user."""

    family = socket.AF_UNIX

    def __init__(self, user: int) -> None:
        self._user = user

    def getsockopt(self, _level: int, _name: int, _size: int, /) -> bytes:
        return sockets._CREDENTIALS.pack(1, self._user, 5)


@pytest.mark.parametrize("user", [os.geteuid(), 0])
def test_the_same_user_and_root_are_let_in(user: int) -> None:
    assert is_own_peer(Peer(user))


def test_other_users_are_not_let_in() -> None:
    assert not is_own_peer(Peer(4711))


def test_who_is_really_there_is_known(path: Path) -> None:
    listener = Listener.at(Place(path=path))
    client = socket.socket(socket.AF_UNIX)
    connecting = threading.Thread(target=lambda: client.connect(str(path)))
    connecting.start()

    peer, _ = listener.socket.accept()

    connecting.join()
    assert is_own_peer(peer)
    for one in (peer, client, listener):
        one.close()


def test_over_tcp_nobody_can_say(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as one:
        assert is_own_peer(one)


def test_a_system_that_tells_nothing_relies_on_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(socket, "SO_PEERCRED")

    with socket.socket(socket.AF_UNIX) as one:
        assert is_own_peer(one)
