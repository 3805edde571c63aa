"""Writes every screenshot anew: ``python -m tests.screenshots [FOLDER]``."""

import asyncio
import sys
from pathlib import Path

from tests.screenshots.taking import take_all

FOLDER = Path(__file__).parents[2] / "screenshots"


def main(folder: Path) -> None:
    """Write each picture into ``folder``, and take away what is none any more."""
    pictures = asyncio.run(take_all())
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.svg"):
        if old.stem not in pictures:
            old.unlink()
    for name, picture in pictures.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else FOLDER)
