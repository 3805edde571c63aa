"""Renders mail: ``python -m tests.bench.rendering_here SIDE FILE…``.

``ours`` is ``plan`` and ``render`` with the look at the header block that is part of
it; reading the block back with another parser comes later, at the approval.
``standard`` is the standard library's ``EmailMessage``. Prints JSON: what each kind of
mail takes.
"""

import json
import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path

from tests.bench.contests import Turn
from tests.bench.mails import render
from tests.bench.mails_of_python import build_and_serialise
from tests.bench.rendering import SHAPES, Shape
from tests.bench.rendering_memory import blocks


def main(side: str, folder: str) -> None:
    """Render each kind of mail as often as its time can be told."""
    told = {shape.name: Turn(_act(side, shape, Path(folder)))() for shape in SHAPES}
    sys.stdout.write(json.dumps(told))


def _act(side: str, shape: Shape, folder: Path) -> Callable[[], object]:
    draft, file = shape.draft(), folder / str(shape.file_bytes)
    if side == "ours":
        return lambda: deque(render(draft, blocks(file)), maxlen=0)
    return partial(_by_the_standard_library, shape, folder)


def _by_the_standard_library(shape: Shape, folder: Path) -> bytes:
    file = folder / str(shape.file_bytes)
    return build_and_serialise(shape.draft(), file.read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
