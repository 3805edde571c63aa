"""A workspace, a mail server that misbehaves, and what must hold after any fault.

Every test ends with ``invariants.check(place)``.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.place import LOGINS, Place, make_place
from tests.faults.server import MailServer


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server on the loopback that wants a login."""
    with MailServer(logins=LOGINS) as server:
        yield server


@pytest.fixture
def place(tmp_path: Path, server: MailServer) -> Iterator[Place]:
    """A workspace with an account on that server; nothing that it starts stays."""
    place = make_place(tmp_path, server)
    yield place
    place.end_all()
