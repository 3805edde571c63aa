"""Opening a file that a program named, in a folder that it was allowed.

Where a path leads is found out before anything is said about the file: of what is
elsewhere, nobody is told whether it is there. Then it is opened one folder after the
other, and no link is followed on the way: who changes one meanwhile leads nowhere.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from tuimail.errors import AttachmentError

OPENING: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
"""Without waiting for a writer, as a FIFO would have it."""
SHOWN: Final = 200
"""Characters of a path that a sentence has."""
_PASSING: Final = (
    getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
)


def shown(path: Path) -> str:
    """Return ``path`` for a sentence, its beginning where it is long."""
    text = str(path)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def really(path: Path, roots: Iterable[Path]) -> tuple[Path, Path]:
    """Return the root that a file is in, and where in it, all links followed.

    All but that of the file itself, which is refused when it is opened.

    Args:
        path: As it was named.
        roots: Folders; each may be a link, as a person chose it.

    Raises:
        AttachmentError: It is in none of them, whether or not it is there.
    """
    try:
        place = Path(os.path.realpath(path.parent)) / path.name
    except (OSError, ValueError):
        raise outside(path) from None
    for root in map(Path, map(os.path.realpath, roots)):
        if place != root and place.is_relative_to(root):
            return root, place.relative_to(root)
    raise outside(path)


def outside(path: Path) -> AttachmentError:
    """Return the one sentence about all that is elsewhere."""
    return AttachmentError(
        f"{shown(path)} is outside the folders that programs may attach files from.",
        hint="Put it into one of them, or hand in its content.",
        field="attach",
    )


@contextmanager
def opened(root: Path, inside: Path) -> Iterator[int]:
    """Open the file ``inside`` a root, no link followed below that.

    Raises:
        OSError: It is not there, is a link, or may not be read.
    """
    with ExitStack() as open_ones:
        folder: int | None = None
        for part in (str(root), *inside.parent.parts):
            folder = os.open(part, _PASSING, dir_fd=folder)
            open_ones.callback(os.close, folder)
        file = os.open(inside.name, OPENING | os.O_NOFOLLOW, dir_fd=folder)
        open_ones.callback(os.close, file)
        yield file
