"""By how many mebibytes a process grows that writes a 25 MB attachment to disk.

``python -m tests.bench.rendering_memory ours`` or ``theirs``, in a process of its
own, since memory that was once taken does not show when it is taken again.
"""

import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.bench.mails import letter, render
from tests.bench.mails_of_python import build_and_serialise

BLOCK_BYTES: Final = 65_536
MEBIBYTE: Final = 1 << 20
SIZE: Final = 25 * MEBIBYTE


def main(side: str) -> None:
    """Write one small mail, then a big one, and say what that took."""
    with TemporaryDirectory() as folder:
        file, target = Path(folder, "file"), Path(folder, "mail")
        _write(file, target, MEBIBYTE // 16, side)
        before = peak_bytes()
        _write(file, target, SIZE, side)
        grown = (peak_bytes() - before) / MEBIBYTE
        sys.stdout.write(json.dumps({"grown": grown}))


def _write(file: Path, target: Path, size: int, side: str) -> None:
    write_file(file, size)
    draft = letter(text=2_000, file_bytes=size)
    with target.open("wb", buffering=0) as mail:
        if side == "ours":
            mail.writelines(render(draft, blocks(file)))
        else:
            mail.write(build_and_serialise(draft, file.read_bytes()))


def write_file(file: Path, size: int) -> None:
    """Write so many bytes, to be attached."""
    with file.open("wb") as content:
        for _ in range(size // BLOCK_BYTES):
            content.write(bytes(range(256)) * (BLOCK_BYTES // 256))


def blocks(file: Path) -> Iterator[bytes]:
    """Yield what is in a file, as the blobs of a workspace are read."""
    with file.open("rb", buffering=0) as content:
        while block := content.read(BLOCK_BYTES):
            yield block


def peak_bytes() -> int:
    """Return the most memory that this process has had at once.

    From the kernel's own word where there is one: ``getrusage`` counts what the
    process that started this one had.
    """
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (one for one in status.read_text().splitlines() if "VmHWM" in one)
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    main(sys.argv[1])
