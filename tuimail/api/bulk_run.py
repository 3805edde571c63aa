"""One bulk job from its first row to its last verdict.

Memory is bounded by what is on its way at once. No mail is begun before its time
where there is a limit on how many may leave in a second, and what was not used of
it is not made up for.
"""

import math
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tuimail.api.bulk_result import BulkResult, RowResult, Tally
from tuimail.api.bulk_rows import Mail
from tuimail.api.bulk_ways import Way
from tuimail.errors import FieldError

LOOK_SECONDS: Final = 0.05
"""How often one sees what came of mails that are on their way."""
BUNCHES_A_SECOND: Final = 50
"""Where more than that may leave in a second, a few begin together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a job is."""

    done: int
    """Rows with a verdict."""
    total: int | None
    """None where it is not known before the end."""
    failed: int
    unknown: int
    seconds: float
    """Since it began."""


class Pace:
    """How many mails may begin now, at so many a second."""

    def __init__(
        self,
        per_second: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Begin to count.

        Args:
            per_second: The limit; None for none.
            clock: Tells seconds that only ever grow.

        Raises:
            FieldError: It is no number above 0.
        """
        is_number = isinstance(per_second, int | float | None)
        if not is_number or (per_second is not None and not 0 < per_second < math.inf):
            raise FieldError(
                f"The field max_per_second is a number above 0, not {per_second}.",
                hint="Leave it out to send as fast as the account may.",
                field="max-per-second",
            )
        self._rate, self._clock = per_second, clock
        self._next = -math.inf

    @property
    def most(self) -> float:
        """How many may begin together."""
        return math.ceil(self._rate / BUNCHES_A_SECOND) if self._rate else math.inf

    @property
    def pause(self) -> float:
        """Seconds until the next may begin."""
        return max(self._next - self._clock(), 0.0)

    def take(self, number: int) -> None:
        """Let so many begin now."""
        if self._rate:
            self._next = self._clock() + number / self._rate


class Run:
    """Hands mails over, waits for their verdicts, and counts."""

    def __init__(
        self,
        way: Way,
        tally: Tally,
        *,
        pace: Pace,
        wait: float,
        show: Callable[[Progress], None],
        stop: threading.Event | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._way, self._tally, self._pace = way, tally, pace
        self._wait, self._show = wait, show
        self._clock = clock
        self._total: int | None = None
        self._began = self._news_at = clock()
        self._stop = stop or threading.Event()

    def stop(self) -> None:
        """Hand nothing more over, and wait no longer; from any thread."""
        self._stop.set()

    def all(self, groups: Iterable[list[Mail]], total: int | None) -> BulkResult:
        """Send all, and return what came of it.

        Raises:
            TuimailError: Nothing can be sent, or the disk failed.
        """
        self._total = total
        with self._way:
            for group in groups:
                self._hand_over(group)
                if self._stop.is_set():
                    break
            else:
                self._total = self._tally.total
            self._wait_for_the_rest()
        self._look(is_last=True)
        return replace(
            self._tally.result(self._way.waiting()),
            earlier=self._way.earlier,
            is_stopped=self._stop.is_set(),
            seconds=self._clock() - self._began,
            read=self._way.results,
        )

    def _hand_over(self, group: Sequence[Mail]) -> None:
        most = min(self._pace.most, self._way.most, self._way.together)
        for some in _several(group, int(most)):
            self._wait_for_room(len(some))
            self._wait_for_time()
            if self._stop.is_set():
                return
            self._pace.take(len(some))
            self._tally.total += len(some)
            self._take_in(self._way.hand(some))

    def _wait_for_room(self, number: int) -> None:
        """Wait until few enough are on their way, as long as some arrive."""
        self._look()
        while self._way.moving + number > self._way.most and self._is_patient():
            self._way.rest(LOOK_SECONDS)
            self._look()

    def _wait_for_time(self) -> None:
        while (left := self._pace.pause) > 0 and not self._stop.is_set():
            self._way.rest(min(left, LOOK_SECONDS))
            self._look()

    def _wait_for_the_rest(self) -> None:
        self._news_at = self._clock()
        self._look(is_last=True)
        while self._way.moving and self._is_patient():
            self._way.rest(LOOK_SECONDS)
            self._look()
        self._look(is_last=True)

    def _is_patient(self) -> bool:
        """Whether to wait on: some verdict came lately enough."""
        return not self._stop.is_set() and self._clock() - self._news_at < self._wait

    def _look(self, *, is_last: bool = False) -> None:
        self._take_in(self._way.settled(is_last=is_last))

    def _take_in(self, found: Sequence[RowResult]) -> None:
        for one in found:
            self._news_at = self._clock()
            self._tally.note(one)
        self._show(
            Progress(
                done=self._tally.done,
                total=self._total,
                failed=self._tally.failed,
                unknown=self._tally.unknown,
                seconds=self._clock() - self._began,
            )
        )


def _several(mails: Sequence[Mail], most: int) -> Iterator[Sequence[Mail]]:
    for at in range(0, len(mails), most):
        yield mails[at : at + most]
