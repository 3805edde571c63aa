"""Writes every snapshot anew: ``python -m tests.tui.snapshots [WIDTHxHEIGHT…]``."""

import asyncio
import sys
from collections.abc import Sequence

from tests.tui.snapshots.printed import printed
from tests.tui.snapshots.taking import SIZES, folder, take


def main(wanted: Sequence[str]) -> None:
    """Write the screens of the sizes that are named, or of all of them."""
    for size in SIZES:
        place = folder(size)
        if wanted and place.name not in wanted:
            continue
        taken = {
            name: printed(shots) for name, shots in asyncio.run(take(size)).items()
        }
        place.mkdir(parents=True, exist_ok=True)
        for old in place.glob("*.txt"):
            if old.stem not in taken:
                old.unlink()
        for name, text in taken.items():
            (place / f"{name}.txt").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
