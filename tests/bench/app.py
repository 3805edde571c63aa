"""The terminal app with 100,000 mails: until it is painted, and until a key is.

On a pseudo-terminal, as people have it. The other side of the first line is an
empty app of Textual's with the same widgets: what is above it is ours.
"""

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Final, Self

from tests.bench.app_run import EMPTY
from tests.bench.contests import Asked, Result
from tests.bench.many import filled
from tests.bench.places import opened
from tuimail.core.diffs import diff
from tuimail.core.preview import preview
from tuimail.tui.widgets.blocks import TextLines
from tuimail.tui.widgets.wrapping import Prose
from tuimail.workspace.lists import ListName, Wanted

MAILS: Final = 100_000
ROUNDS: Final = 7
KEYS: Final = 150
_KEY_SECONDS: Final = 0.2
_CALM_SECONDS: Final = 2.0
_DEADLINE_SECONDS: Final = 60.0
_CURSOR: Final = "▸".encode()
_FIRST: Final = 1.3
_KEY_MILLIS: Final = 20.0
_SEARCH_MILLIS: Final = 50.0
_SEARCHES: Final = 20
_LINE: Final = "the numbers of the third quarter are below, as you asked"
_COLUMNS: Final = 100
_ROWS: Final = 40
_CHECKOUT: Final = Path(__file__).parents[2]


def results(_asked: Asked) -> list[Result]:
    """Return every line of the table."""
    with filled(MAILS) as folder:
        return [
            _first_paint(folder),
            _keys("key to screen, p95", folder),
            _keys("the same, 50 changes a second", folder, changes=True),
            *_searches(folder),
            *_large_bodies(),
            *_differences(),
        ]


def _first_paint(folder: Path) -> Result:
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_until_painted("ours", folder, _CURSOR))
        theirs.append(_until_painted("theirs", folder, EMPTY.encode()))
    ratios = [their / our for our, their in zip(ours, theirs, strict=True)]
    ratio = median(ratios)
    return Result(
        name=f"first paint, {MAILS:,} mails",
        unit="ms",
        ours=median(ours),
        theirs=median(theirs),
        ratio=ratio,
        spread=(max(ratios) - min(ratios)) / ratio,
        goal=f"≥ {1 / _FIRST:.2f}",
        is_met=ratio >= 1 / _FIRST,
    )


def _until_painted(side: str, folder: Path, mark: bytes) -> float:
    start = time.perf_counter()
    with _running(side, folder) as screen:
        screen.until(mark)
        return (time.perf_counter() - start) * 1_000


def _keys(name: str, folder: Path, *, changes: bool = False) -> Result:
    """Move the cursor down, calmly; it is drawn where it is only when it moved.

    The other side is the same list in an app that does nothing else.
    """
    with _changing(folder, is_on=changes):
        ours, theirs = _slowest("ours", folder), _slowest("still", folder)
    return Result(
        name=name,
        unit="ms",
        ours=ours,
        theirs=theirs,
        ratio=theirs / ours,
        goal=f"< {_KEY_MILLIS:g}",
        is_met=ours < _KEY_MILLIS,
    )


def _slowest(side: str, folder: Path) -> float:
    """Return how long all but one of twenty keys take at most, in milliseconds."""
    millis = []
    with _running(side, folder) as screen:
        screen.until(_CURSOR)
        screen.drain(_CALM_SECONDS)
        for _ in range(KEYS):
            start = time.perf_counter()
            screen.write(b"j")
            screen.until(_CURSOR)
            millis.append((time.perf_counter() - start) * 1_000)
            screen.drain(_KEY_SECONDS)
    return quantiles(millis, n=20)[-1]


def _searches(folder: Path) -> Iterator[Result]:
    with opened(folder) as workspace:
        start = time.perf_counter()
        while workspace.search.catch_up():
            pass
        read = MAILS / (time.perf_counter() - start)
        yield Result(name="read, to be searched", unit="mail/s", ours=read)
        for text in ("subject:order 71", "warehouse goods", "to:reader account:work"):
            millis = []
            for _ in range(_SEARCHES):
                start = time.perf_counter()
                workspace.lists.window(ListName.OUTBOX, Wanted(search=text))
                millis.append((time.perf_counter() - start) * 1_000)
            yield Result(
                name=f"search: {text}",
                unit="ms",
                ours=median(millis),
                goal=f"< {_SEARCH_MILLIS:g}",
                is_met=median(millis) < _SEARCH_MILLIS,
            )


def _large_bodies() -> Iterator[Result]:
    """Show a mail of a megabyte, then another of its tabs."""
    one = f"{_LINE}\n" * (1_000_000 // len(_LINE))
    made = EmailMessage()
    made.set_content(f"a large one\n{one}")
    made.add_alternative(f"<p>in HTML</p><p>{one}</p>", subtype="html")
    content = made.as_bytes(policy=policy.SMTP)
    seen = preview(content)
    yield _in_time(
        "1 MB: read, and its text laid out",
        lambda: _lay_out(preview(content).text),
        150.0,
    )
    yield _in_time(
        "1 MB: another tab laid out", lambda: _lay_out(seen.html_text or ""), 50.0
    )


def _lay_out(text: str) -> None:
    prose = Prose(TextLines(text), _COLUMNS)
    prose.settle(0, above=0, below=_ROWS)
    for place in range(_ROWS):
        prose.line(place)


def _differences() -> Iterator[Result]:
    many = "".join(f"{_LINE} {number}\n" for number in range(400))
    others = "".join(f"{_LINE} {number + 1000}\n" for number in range(400))
    large = "".join(f"{_LINE} {number}\n" for number in range(1_000_000 // 60))
    changed = large.replace(" 500\n", " five hundred\n")
    yield _in_time("1 MB: a difference", partial(diff, large, changed), 300.0)
    yield _in_time("400 lines nearly alike", partial(diff, many, others), 200.0)


def _in_time(name: str, act: Callable[[], object], goal: float) -> Result:
    millis = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        act()
        millis.append((time.perf_counter() - start) * 1_000)
    taken = median(millis)
    return Result(
        name=name, unit="ms", ours=taken, goal=f"< {goal:g}", is_met=taken < goal
    )


class _Screen:
    """The far end of a pseudo-terminal, which reads and draws nothing."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._seen = b""

    def write(self, keys: bytes) -> None:
        self._seen = b""
        os.write(self._descriptor, keys)

    def until(self, mark: bytes) -> Self:
        """Read until ``mark`` was written."""
        deadline = time.monotonic() + _DEADLINE_SECONDS
        while mark not in self._seen:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{mark!r} was not drawn.")
            self._read(1.0)
        return self

    def drain(self, seconds: float) -> None:
        """Read whatever is written in this time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self._read(left)

    def _read(self, seconds: float) -> None:
        ready, _, _ = select.select([self._descriptor], [], [], seconds)
        if ready:
            self._seen += os.read(self._descriptor, 65_536)


@contextmanager
def _running(side: str, folder: Path) -> Iterator[_Screen]:
    """Run one side in a terminal of 120 by 36."""
    child, descriptor = pty.fork()
    if child == 0:
        environ = os.environ | {
            "TERM": "xterm-256color", "COLUMNS": "120", "LINES": "36",
            "PYTHONPATH": str(_CHECKOUT),
        }  # fmt: skip
        command = [sys.executable, "-m", "tests.bench.app_run", side, str(folder)]
        os.execve(sys.executable, command, environ)
    try:
        yield _Screen(descriptor)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        os.close(descriptor)


@contextmanager
def _changing(folder: Path, *, is_on: bool) -> Iterator[None]:
    """Have mail changed by another process meanwhile."""
    if not is_on:
        yield
        return
    command = [sys.executable, "-m", "tests.bench.app_run", "changes", str(folder)]
    with subprocess.Popen(command, cwd=_CHECKOUT) as process:
        try:
            yield
        finally:
            process.kill()
