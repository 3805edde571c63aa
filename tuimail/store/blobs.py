"""Attachments, each content once, named by its SHA-256.

What was attached is what is sent: the file is copied when it is attached, and
every reading checks the digest.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path


class Blobs:
    """The folder ``blobs/`` of a workspace."""

    def __init__(self, root: Path) -> None:
        """Args: root: the workspace's folder."""
        self._folder = root / "blobs" / "sha256"

    def add(self, chunks: Iterable[bytes], *, limit_bytes: int) -> tuple[str, int]:
        """Store content durably; return its digest and its size in bytes."""
        raise NotImplementedError

    def add_file(self, path: Path, *, limit_bytes: int) -> tuple[str, int]:
        """Store what is in a regular file; return its digest and size in bytes."""
        raise NotImplementedError

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield the content in blocks; raises DigestMismatchError at its end."""
        raise NotImplementedError

    def path(self, digest: str) -> Path:
        """Return where the content is, or would be."""
        raise NotImplementedError

    def has(self, digest: str) -> bool:
        """Return whether the content is there."""
        raise NotImplementedError
