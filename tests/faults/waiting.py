"""Waiting for something to come true, with a deadline and never for a time."""

import threading
from collections.abc import Callable
from typing import Final

DEADLINE_SECONDS: Final = 30.0
_STEP_SECONDS: Final = 0.01


def eventually(claim: Callable[[], bool], *, seconds: float = DEADLINE_SECONDS) -> bool:
    """Return whether ``claim`` comes true before the deadline."""
    waiting = threading.Event()
    for _ in range(int(seconds / _STEP_SECONDS)):
        if claim():
            return True
        waiting.wait(_STEP_SECONDS)
    return False


def wait_until(
    claim: Callable[[], bool], *, what: str, seconds: float = DEADLINE_SECONDS
) -> None:
    """Wait until ``claim`` comes true, or fail saying that ``what`` never came."""
    assert eventually(claim, seconds=seconds), f"Never came: {what}"
