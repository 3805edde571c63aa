"""From a draft to its bytes, against the standard library's ``EmailMessage``.

Ours is ``plan`` and ``render`` with the look at the header block that is part of
it; reading the block back with another parser comes later, at the approval.
"""

import json
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.contests import ROUNDS, Asked, Contest, Result, at_least, hold
from tests.bench.mails import GERMAN, build_and_serialise, letter, render
from tests.bench.rendering_memory import BLOCK_BYTES, MEBIBYTE
from tuimail.core.draft import Draft

MEMORY_GOAL: Final = 10
"""Mebibytes that 25 of them may take on their way to disk."""
_CONTENT: Final = bytes(range(256)) * (MEBIBYTE // 256)


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    rounds = asked.rounds_or(ROUNDS)
    return [*hold(list(_contests()), rounds), _memory()]


def _contests() -> Iterator[Contest]:
    plain = letter(text=2_000)
    yield _contest("2 KB text", plain, goal=20)
    yield _contest("2 KB text, German", letter(language=GERMAN, text=2_000))
    both = letter(text=10_000, html=10_000)
    yield _contest("20 KB text and HTML", both, goal=10)
    german = letter(language=GERMAN, text=10_000, html=10_000)
    yield _contest("20 KB text and HTML, German", german, goal=10)
    big = letter(text=2_000, file_bytes=MEBIBYTE)
    yield _contest("1 MB attachment", big, file=_CONTENT, goal=10)


def _contest(
    name: str, draft: Draft, *, file: bytes = b"", goal: float | None = None
) -> Contest:
    return Contest(
        name=name,
        ours=lambda: deque(render(draft, _blocks(file)), maxlen=0),
        theirs=partial(build_and_serialise, draft, file),
        peer="EmailMessage",
        goal=at_least(goal) if goal else None,
    )


def _blocks(content: bytes) -> Iterator[bytes]:
    """Yield ``content`` as the blobs of a workspace are read."""
    for start in range(0, len(content), BLOCK_BYTES):
        yield content[start : start + BLOCK_BYTES]


def _memory() -> Result:
    """Compare what a process grows by that writes a big mail to disk."""
    ours, theirs = _growth("ours"), _growth("theirs")
    return Result(
        name="25 MB attachment to disk, memory",
        unit="MB",
        ours=ours,
        theirs=theirs,
        ratio=theirs / max(ours, 0.1),
        spread=0.0,
        goal=f"< {MEMORY_GOAL} MB",
        is_met=ours < MEMORY_GOAL,
    )


def _growth(side: str) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.rendering_memory", side],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        check=True,
    )
    return float(json.loads(done.stdout))
