"""Fixtures for pytest; a test, or a ``conftest.py``, imports the ones it wants.

``from tuimail.testing.fixtures import outbox`` in a ``conftest.py`` gives ``outbox``
to every test below it. This is the only module here that needs pytest.
"""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tuimail.testing.catching import CatchingProvider
from tuimail.testing.clock import FakeClock
from tuimail.testing.outbox import Outbox
from tuimail.testing.smtp_in_thread import SmtpServer

if TYPE_CHECKING:
    from tuimail.api.workspace import Workspace


@pytest.fixture
def outbox(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outbox]:
    """Catch everything that is sent in the test, whatever it is sent through.

    There is an empty workspace with an account ``test``, which programs and the
    command line mean where they name none. In this process every provider is
    replaced, so that a mail to a real server is caught, too; another process that
    the test starts finds the same account, by its environment.
    """
    outbox = Outbox(tmp_path_factory.mktemp("outbox"))
    for name in tuple(os.environ):
        if name.startswith("TUIMAIL_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TUIMAIL_CONFIG", str(outbox.config))
    monkeypatch.setenv("TUIMAIL_WORKSPACE", str(outbox.workspace))
    monkeypatch.setattr(CatchingProvider, "folder", outbox.caught)
    monkeypatch.setattr(
        "tuimail.providers.registry._loaded", lambda _name: CatchingProvider
    )
    shared = _shared_workspace()
    yield outbox
    shared.close()


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """Run a mail server on this machine, which misbehaves where its script says so."""
    with SmtpServer() as server:
        yield server


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """Stop the time that tuimail sees in this process; ``clock.advance`` moves it.

    Limits of a connection and of waiting go by the machine's own time.
    """
    clock = FakeClock()
    monkeypatch.setattr(
        "tuimail.workspace.clock.SystemClock.now", lambda _self: clock.now()
    )
    return clock


def _shared_workspace() -> "Workspace":
    """Return the workspace that is meant where none is named; not open yet.

    Asked for at the beginning, as a test may leave this process in a folder that is
    gone by its end.
    """
    from tuimail.api.workspace import DEFAULT, workspace_at  # noqa: PLC0415 - 40 ms

    return workspace_at(DEFAULT)
