"""The sender lock: one sender a workspace, let go by the kernel at any death."""

from pathlib import Path


class SenderLock:
    """An exclusive ``flock`` on a file of its own, never on the database."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def acquire(self, face: str = "tuimail") -> bool:
        """Take the lock if nobody has it; return whether it is ours now."""
        raise NotImplementedError

    def release(self) -> None:
        """Let it go; nothing happens where it is not ours."""
        raise NotImplementedError

    def holder(self) -> str | None:
        """Return who holds it, e.g. ``app, pid 412``, or None if nobody does."""
        raise NotImplementedError
