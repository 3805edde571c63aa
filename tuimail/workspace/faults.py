"""Named points at which tests kill the process, in the code that is released.

Nothing happens but in a workspace that holds a file ``.faults``, where
``TUIMAIL_FAULT=point:kill`` ends the process as a power cut would.
"""

import os
import signal
from collections.abc import Callable, Mapping
from pathlib import Path

MARKER = ".faults"


def fault_hook(root: Path, environ: Mapping[str, str]) -> Callable[[str], None]:
    """Return what is to be called at each named point of this workspace."""
    point, _, action = environ.get("TUIMAIL_FAULT", "").partition(":")
    if not point or action != "kill" or not (root / MARKER).exists():
        return _nothing

    def fault(reached: str) -> None:
        if reached == point:
            os.kill(os.getpid(), signal.SIGKILL)

    return fault


def _nothing(_point: str) -> None:
    """Go on: this workspace is not one for fault tests."""
