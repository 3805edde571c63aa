"""A bar that shows how far a job is, on the terminal that stderr is.

``bar`` is pure; what is shown has no character that a terminal acts upon but the one
that goes back to the beginning of the line.
"""

import shutil
import sys
import time
from collections.abc import Callable
from typing import Final, TextIO

from tuimail.api.bulk_run import Progress

OFTEN: Final = 0.1
"""Seconds between two lines."""
BAR_CELLS: Final = 20
_LONG: Final = 3600


def bar(progress: Progress, *, width: int) -> str:
    """Return one line that says how far it is, of at most ``width`` characters."""
    line = f"{_how_much(progress)}{_how_fast(progress)}{_what_is_wrong(progress)}"
    if progress.total and len(line) + BAR_CELLS + len("[] ") <= width:
        cells = BAR_CELLS * min(progress.done, progress.total) // progress.total
        line = f"[{'#' * cells}{'.' * (BAR_CELLS - cells)}] {line}"
    return line[:width]


def _how_much(progress: Progress) -> str:
    if not progress.total:
        return f"{progress.done:,} done"
    percent = 100 * progress.done // progress.total
    return f"{progress.done:,} of {progress.total:,} ({percent} %)"


def _how_fast(progress: Progress) -> str:
    if progress.seconds < 1 or not progress.done:
        return ""
    rate = progress.done / progress.seconds
    said = f", {rate:.0f} a second" if rate >= 1 else f", {rate * 60:.0f} a minute"
    left = ((progress.total or progress.done) - progress.done) / rate
    return f"{said}, {_duration(left)} left" if left else said


def _duration(seconds: float) -> str:
    if seconds >= _LONG:
        return f"{seconds / _LONG:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:.0f} s"  # noqa: PLR2004 - a minute


def _what_is_wrong(progress: Progress) -> str:
    failed = f"; {progress.failed:,} failed" if progress.failed else ""
    return failed + (f"; {progress.unknown:,} unknown" if progress.unknown else "")


class Bar:
    """Draws the bar, and leaves its last state standing."""

    def __init__(
        self,
        rewrite: Callable[[str], object],
        end: Callable[[], object],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Draw by ``rewrite``, which writes a line over the one before it.

        Args:
            rewrite: Is given one line, padded so that nothing of the last is left.
            end: Goes on to the next line.
            clock: Tells seconds that only ever grow.
        """
        self._rewrite, self._end, self._clock = rewrite, end, clock
        self._drawn_at = float("-inf")
        self._length = 0
        self._last: Progress | None = None
        self._has_gone = False

    def __call__(self, progress: Progress) -> None:
        """Draw it, unless that was done just now."""
        self._last = progress
        if self._clock() - self._drawn_at >= OFTEN:
            self._draw(progress)

    def end(self) -> None:
        """Draw how it ended."""
        if self._last is not None:
            self._draw(self._last)
            self._try(self._end)

    def _draw(self, progress: Progress) -> None:
        self._drawn_at = self._clock()
        line = bar(progress, width=shutil.get_terminal_size().columns - 2)
        self._try(lambda: self._rewrite(line.ljust(self._length)))
        self._length = len(line)

    def _try(self, write: Callable[[], object]) -> None:
        """Write, as long as the terminal is there; that it went ends no job."""
        if self._has_gone:
            return
        try:
            write()
        except (OSError, ValueError):
            self._has_gone = True


def bar_on(stream: TextIO | None, *, is_wanted: bool | None) -> Bar | None:
    """Return a bar on a stream, if it is a terminal or one is wanted anyway."""
    if stream is None or stream.closed or is_wanted is False:
        return None
    if is_wanted is None and not stream.isatty():
        return None

    def write(text: str) -> None:
        stream.write(text)
        stream.flush()

    return Bar(lambda line: write(f"\r{line}"), lambda: write("\n"))


def bar_on_stderr(*, is_wanted: bool | None) -> Bar | None:
    """Return a bar for a program that asked for one, or runs on a terminal."""
    return bar_on(sys.stderr, is_wanted=is_wanted)
