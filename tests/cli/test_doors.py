"""``serve`` lets programs in: where it was told to, and nowhere else."""

import http.client
import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.cli.conftest import Moments, Shell, Stream, Time
from tuimail.cli.verbs import VERBS

pytestmark = pytest.mark.usefixtures("account")


def asked_at(path: Path) -> int:
    """Return the status that a socket answers with; 0 while nobody does."""
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return 0
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
        with http.client.HTTPResponse(client) as answer:
            answer.begin()
            return answer.status


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
        return port


def served(
    tuimail: Shell,
    passing: Time,
    look: Callable[[], bool],
    *flags: str,
    says: Sequence[str] = (),
) -> str:
    """Serve until ``look`` has seen what it wants twice; return what was said.

    Not before ``says`` is said: a door answers a moment before it is told to be open.
    """
    a_moment, seen = Moments(), 0

    def then() -> None:
        nonlocal seen
        a_moment()
        assert isinstance(sys.stderr, Stream)
        talk = sys.stderr.bytes.decode()
        seen += look() and all(one in talk for one in says)
        if seen > 1:
            os.kill(os.getpid(), signal.SIGTERM)

    passing.then = then
    answer = tuimail("serve", *flags)
    assert answer.code == 130
    return answer.talk


@pytest.mark.slow
def test_programs_come_in_at_the_socket_of_the_workspace(
    tuimail: Shell, passing: Time
) -> None:
    path = tuimail.folder / "workspace" / "http.sock"

    talk = served(
        tuimail, passing, lambda: asked_at(path) == 401, says=[f"HTTP: {path}"]
    )

    assert talk.count(str(path)) == 1
    assert not path.exists()


@pytest.mark.slow
def test_programs_come_in_where_they_were_told_to(
    tuimail: Shell, passing: Time
) -> None:
    path, own = tuimail.folder / "own.sock", tuimail.folder / "workspace" / "http.sock"

    talk = served(
        tuimail, passing, lambda: asked_at(path) == 401,
        "--http", str(path), "--http", "127.0.0.1:0", "--smtp", str(free_port()),
        says=[f"HTTP: {path}, http://127.0.0.1:", "SMTP: smtp://127.0.0.1:"],
    )  # fmt: skip

    assert talk.count(str(path)) == 1
    assert not own.exists()


@pytest.mark.slow
def test_nobody_comes_in_where_nobody_is_to(tuimail: Shell, passing: Time) -> None:
    with tuimail.open() as workspace:
        talk = served(
            tuimail, passing, lambda: bool(workspace.sender_holder()), "--no-http"
        )

    assert "HTTP" not in talk


@pytest.mark.parametrize(
    ("flags", "field"),
    [
        (("--http", "0.0.0.0:8025"), "http"),
        (("--http", "8025"), "http"),
        (("--http", "/nowhere/at/all/http.sock"), "http"),
        (("--http", "./x.sock", "--http-group", "nobody at all"), "http-group"),
        (("--smtp", "192.0.2.1:2525"), "smtp"),
    ],
)
def test_a_place_that_cannot_be_ends_it_with_the_reason(
    tuimail: Shell, flags: tuple[str, ...], field: str
) -> None:
    """Nobody notices that mail does not come in, if the sender goes on."""
    answer = tuimail("serve", *flags, "--json")

    assert (answer.code, answer.error["code"]) == (4, "configuration")
    assert (answer.error["field"], bool(answer.error["hint"])) == (field, True)


@pytest.mark.parametrize(
    ("flags", "field"),
    [
        (("--http", "127.0.0.1:8025", "--no-http"), "no-http"),
        (("--http-group", "staff"), "http-group"),
        (("--smtp", "x"), "smtp"),
        (("--smtp", "0"), "smtp"),
        (("--smtp", "127.0.0.1:65536"), "smtp"),
    ],
)
def test_flags_that_say_nothing_are_refused(
    tuimail: Shell, flags: tuple[str, ...], field: str
) -> None:
    answer = tuimail("serve", *flags, "--json")

    assert (answer.code, answer.error["field"]) == (2, field)


def test_a_public_address_that_is_none_is_refused(tuimail: Shell) -> None:
    answer = tuimail("serve", "--public-url", "http://x", "--json")

    assert (answer.code, answer.error["code"]) == (4, "configuration")


def test_the_machine_is_told_the_same_flags(tuimail: Shell) -> None:
    """One argument each, so that none can be taken for another word."""
    text = tuimail(
        "serve", "--print", "--http", "127.0.0.1:8025", "--http", "/run/x y/h.sock",
        "--http-group", "agents", "--smtp", "[::1]:2525",
        "--public-url", "https://mail.example.org",
    ).text  # fmt: skip

    (line,) = [one for one in text.splitlines() if one.startswith("ExecStart=")]
    assert line.endswith(
        '"serve" "--http=127.0.0.1:8025" "--http=/run/x y/h.sock" '
        '"--http-group=agents" "--public-url=https://mail.example.org" '
        '"--smtp=[::1]:2525"'
    )


def test_the_machine_is_told_that_nobody_comes_in(tuimail: Shell) -> None:
    assert '"serve" "--no-http"' in tuimail("serve", "--print", "--no-http").text


def test_the_list_of_verbs_says_that_programs_come_in() -> None:
    assert "programs" in VERBS["serve"][1]
