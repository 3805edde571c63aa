"""A mail server that misbehaves on demand, an account that leads to it, and ways."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import SENDER, Shell, passing, tuimail
from tests.peers.ways import Way, by_command, by_program, without_a_workspace
from tests.settings.conftest import FakeKeyring, desktop
from tuimail.api import workspace as shared
from tuimail.testing import SmtpServer
from tuimail.testing.fixtures import clock

__all__ = ["FakeKeyring", "clock", "desktop", "passing", "tuimail"]

STORING = ("command", "program")
EVERY = (*STORING, "nothing stored")


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def account(tuimail: Shell, server: SmtpServer) -> str:
    """An account that leads to ``server``; its name."""
    answer = tuimail(
        "accounts", "add", "main", "--address", SENDER, "--host", server.host,
        "--port", str(server.port), "--tls", "none",
    )  # fmt: skip
    assert answer.code == 0, answer
    return "main"


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Close what ``tuimail.send`` opened by itself."""
    yield
    for one in shared._SHARED.values():
        one.close()
    shared._SHARED.clear()


@pytest.fixture
def ways(tuimail: Shell, server: SmtpServer, account: str) -> dict[str, Way]:
    """Every way to send through ``server``, by its name."""
    return {
        "command": by_command(tuimail),
        "program": by_program(account=account),
        "nothing stored": without_a_workspace(server),
    }


@pytest.fixture
def send(request: pytest.FixtureRequest, ways: dict[str, Way]) -> Way:
    """The way that the test is about; to be asked for indirectly."""
    return ways[request.param]
