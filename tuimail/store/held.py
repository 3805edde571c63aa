"""Attachments in memory only, for mail that is stored nowhere.

Each content once, named by its SHA-256, in the pieces in which it came: nothing is
put together, so that a file takes its own size and no more.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tuimail.store.blobs import Measured, PathRules, content_of, limited


class HeldBlobs:
    """What ``Blobs`` is to a workspace, for as long as one mail takes."""

    def __init__(self) -> None:
        self._held: dict[str, tuple[bytes, ...]] = {}

    def add(self, chunks: Iterable[bytes], *, limit_bytes: int) -> tuple[str, int]:
        """Keep content; return its digest and its size in bytes.

        Raises:
            AttachmentError: There are more than ``limit_bytes`` of it.
        """
        measured = Measured(limited(chunks, limit_bytes))
        pieces = tuple(measured)
        self._held[measured.digest] = pieces
        return measured.digest, measured.size_bytes

    def add_file(
        self, path: Path, *, limit_bytes: int, rules: PathRules | None = None
    ) -> tuple[str, int]:
        """Keep what is in a regular file, as ``Blobs.add_file`` does.

        Raises:
            AttachmentError: As there.
        """
        with content_of(path, limit_bytes=limit_bytes, rules=rules) as pieces:
            return self.add(pieces, limit_bytes=limit_bytes)

    def read(self, digest: str) -> Iterator[bytes]:
        """Yield the content in pieces.

        Raises:
            KeyError: It was never added.
        """
        yield from self._held[digest]
