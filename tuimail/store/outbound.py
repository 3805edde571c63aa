"""One folder for each mail, with the exact bytes and a readable copy beside it.

``message.eml`` is what is sent; everything else in the folder is for people and
for a rebuild, and is never read back while the database is there.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path


class Outbound:
    """The folder ``outbound/`` of a workspace."""

    def __init__(self, root: Path) -> None:
        """Args: root: the workspace's folder."""
        self._folder = root / "outbound"

    def write_message(self, draft_id: str, pieces: Iterable[bytes]) -> tuple[str, int]:
        """Store the bytes durably; return their SHA-256 and size in bytes."""
        raise NotImplementedError

    def message_path(self, draft_id: str) -> Path:
        """Return where the bytes are, or would be."""
        raise NotImplementedError

    def read_message(self, draft_id: str) -> Iterator[bytes]:
        """Yield the bytes in blocks; raises DigestMismatchError if they are gone."""
        raise NotImplementedError

    def write_extras(
        self,
        draft_id: str,
        *,
        sidecar: Mapping[str, object],
        text: str = "",
        html: str = "",
        attachments: Iterable[tuple[str, str]] = (),
    ) -> bool:
        """Write ``message.json``, the bodies and the attachments, as they are now.

        Best effort, after the acknowledgement: returns False where the disk
        did not take all of it.
        """
        raise NotImplementedError

    def write_sidecar(self, draft_id: str, sidecar: Mapping[str, object]) -> bool:
        """Write only ``message.json``: enough when an attempt is settled."""
        raise NotImplementedError

    def remove(self, draft_id: str) -> None:
        """Remove the folder of one mail; nothing happens where there is none."""
        raise NotImplementedError

    def orphans(self, known: Container[str]) -> tuple[str, ...]:
        """Return the ids of folders that are not ``known``."""
        raise NotImplementedError
