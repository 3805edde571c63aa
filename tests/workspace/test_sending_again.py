"""A sender that could not begin, and is told not to wait for its next try."""

import threading
from datetime import timedelta

import pytest

from tests.workspace.conftest import Desk
from tuimail.errors import StoreError
from tuimail.workspace import sending
from tuimail.workspace.sending import SenderThread
from tuimail.workspace.workspace import Workspace

LIMIT_SECONDS = 10.0


def test_it_is_tried_again_at_once_when_somebody_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "AGAIN", timedelta(hours=1))
    monkeypatch.setattr(sending, "LONGEST_PAUSE", timedelta(hours=1))
    tried, opened = threading.Event(), threading.Event()

    def opener() -> Workspace:
        if not tried.is_set():
            tried.set()
            raise StoreError("The disk is gone.", hint="Look for it.")
        opened.set()
        return desk.open(door="sender")

    sender = SenderThread(opener)
    sender.start()
    assert tried.wait(LIMIT_SECONDS)

    sender.start()

    is_open = opened.wait(LIMIT_SECONDS)
    assert sender.stop(timeout=LIMIT_SECONDS)
    assert is_open
