"""Named points at which tests break the process, in the code that is released.

Nothing happens but in a workspace that holds a file ``.faults``. There
``TUIMAIL_FAULT=point:action`` has the process die, stand still or fail when it
reaches the point, and ``point:action:3`` when it reaches it for the third time.
Several are separated by commas.
"""

import errno
import os
from _thread import allocate_lock, get_ident
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

MARKER: Final = ".faults"
VARIABLE: Final = "TUIMAIL_FAULT"


def fault_hook(root: Path, environ: Mapping[str, str]) -> Callable[[str], None]:
    """Return what is to be called at each named point of this workspace.

    The count goes on where a workspace is closed and opened again in the same
    process, so that a disk that failed once works the next time.
    """
    words = environ.get(VARIABLE, "")
    faults = [fault for word in words.split(",") if (fault := _fault(root, word))]
    if not faults or not (root / MARKER).exists():
        return _nothing

    def reach(point: str) -> None:
        for fault in faults:
            fault(point)

    return reach


def _fault(root: Path, word: str) -> Callable[[str], None] | None:
    """Return one fault, or None where the word names none."""
    point, _, rest = word.partition(":")
    action, _, nth = rest.partition(":")
    act = _ACTIONS.get(action)
    if act is None:
        return None
    wanted = int(nth or 1)

    def fault(reached: str) -> None:
        if reached == point and _count(f"{root} {word}") == wanted:
            act()

    return fault


def _nothing(_point: str) -> None:
    """Go on: this workspace is not one for fault tests."""


def _count(key: str) -> int:
    with _COUNTING:
        _REACHED[key] += 1
        return _REACHED[key]


def _kill() -> None:
    """End as a power cut would."""
    import signal  # noqa: PLC0415 - for tests only

    os.kill(os.getpid(), signal.SIGKILL)


def _stop() -> None:
    """Stand still, as in a computer that sleeps, until somebody says go on.

    Said to this very thread: another one that is told stops this one a bit later.
    """
    import signal  # noqa: PLC0415 - for tests only

    signal.pthread_kill(get_ident(), signal.SIGSTOP)


def _raise() -> None:
    """Meet a mistake in the program that nobody has found."""
    raise RuntimeError("a fault that was asked for")


def _break_disk() -> None:
    """Meet a disk that is dying."""
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def _fill_disk() -> None:
    """Meet a disk that is full."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


_REACHED: Final = Counter[str]()
_COUNTING: Final = allocate_lock()  # without loading threading
_ACTIONS: Final[Mapping[str, Callable[[], None]]] = {
    "kill": _kill,
    "stop": _stop,
    "raise": _raise,
    "io": _break_disk,
    "full": _fill_disk,
}
