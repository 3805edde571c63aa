"""What came of a bulk job, in numbers, and row by row where something failed.

Memory does not grow with the job: what failed is kept for the first thousand rows,
and what was sent is counted.
"""

from asyncio import CancelledError
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Never

from tuimail.api.message import Message
from tuimail.api.result import Result
from tuimail.errors import TuimailError

ERRORS_KEPT: Final = 1_000
"""Rows that failed, or are unknown, which are told one by one."""
MISTAKES_KEPT: Final = 100
"""Errors of callbacks that are kept."""
_UNKNOWN: Final = "unknown"
_SENT: Final = frozenset({"sent", "queued"})
_FAILED: Final = frozenset(
    {"error", "partial", "cancelled", "discarded", "rejected", "draft"}
)
Item = Message | Mapping[str, object]
"""What a row was: a message, or names and values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowResult:
    """What came of one row of a job."""

    row: int
    """Its number, from 1."""
    result: Result
    key: str = ""
    """What the row is called within the job; empty where the job has no name."""
    item: Item | None = field(default=None, repr=False)
    """The message, or the row of data; None where it is not kept."""
    is_earlier: bool = False
    """Whether it had been handed over before the job was begun this time."""

    @property
    def error(self) -> TuimailError | None:
        """Why not everybody gets it; None where nothing failed."""
        return self.result.error


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkResult:
    """What came of a job: rows, each of which is one mail.

    ``sent + failed + unknown + waiting == total``.
    """

    job: str = ""
    """The name it was begun under; empty where it had none."""
    total: int = 0
    """Rows that were read."""
    sent: int = 0
    """The provider took these for everybody."""
    failed: int = 0
    """Somebody will not get these, as it stands; in a partial one others have it."""
    unknown: int = 0
    """These may or may not have arrived; they are not sent again unasked."""
    waiting: int = 0
    """These are in the outbox, or in review, and more may come of them."""
    earlier: int = 0
    """How many of all these had been handed over when the job was begun again."""
    errors: tuple[RowResult, ...] = ()
    """The first thousand that failed or are unknown, in the order they did."""
    errors_left_out: int = 0
    """How many more there were."""
    statuses: Mapping[str, int] = field(default_factory=dict)
    """How many rows have each word of the docs."""
    callback_errors: tuple[BaseException, ...] = ()
    """What the first hundred callbacks raised that failed; it changed nothing."""
    error: TuimailError | None = None
    """What ended the job early, where it was told to fail silently."""
    is_stopped: bool = False
    """Whether it was broken off before the last row."""
    seconds: float = 0.0
    """How long it took."""
    read: Callable[[], Iterator[Result]] = field(default=lambda: iter(()), repr=False)

    @property
    def is_success(self) -> bool:
        """Whether every row was sent, this time or before."""
        is_whole = self.error is None and not self.is_stopped
        return is_whole and self.sent == self.total

    @property
    def has_failures(self) -> bool:
        """Whether somebody will not get something, as it stands."""
        return bool(self.failed) or self.error is not None

    @property
    def results(self) -> Iterator[Result]:
        """Every stored mail as it stands now, in order, read while one goes through.

        Without a workspace: the last ten thousand, as they came. What could not be
        stored is in ``errors`` only.
        """
        return self.read()

    def __bool__(self) -> Never:
        """Refuse to be a yes or a no.

        Raises:
            TypeError: Always.
        """
        raise TypeError("Ask a BulkResult for is_success, has_failures or waiting.")


class Tally:
    """Counts rows, and calls back; whatever a callback does, the counts are right."""

    def __init__(
        self,
        *,
        on_success: Callable[[RowResult], object] | None,
        on_error: Callable[[RowResult], object] | None,
    ) -> None:
        self._on_success, self._on_error = on_success, on_error
        self._words: Counter[str] = Counter()
        self._errors: list[RowResult] = []
        self._left_out = 0
        self._mistakes: list[BaseException] = []
        self.total = 0

    @property
    def done(self) -> int:
        """How many rows there is nothing more to wait for."""
        return self._words.total()

    @property
    def failed(self) -> int:
        """How many failed so far."""
        return sum(self._words[word] for word in _FAILED)

    @property
    def unknown(self) -> int:
        """How many are unknown so far."""
        return self._words[_UNKNOWN]

    def note(self, one: RowResult) -> None:
        """Count a row of which nothing more is to be expected, and call back."""
        self._words[one.result.status] += 1
        if one.result.status in _SENT:
            self._call(self._on_success, one)
            return
        if len(self._errors) < ERRORS_KEPT:
            self._errors.append(replace(one, item=None))
        else:
            self._left_out += 1
        self._call(self._on_error, one)

    def result(self, left: Mapping[str, int]) -> BulkResult:
        """Return the numbers.

        Args:
            left: Of the rows that nobody waits for any more: how many have which
                word.
        """
        words = self._words + Counter(left)
        sent = sum(words[word] for word in _SENT)
        return BulkResult(
            total=self.total,
            sent=sent,
            failed=self.failed,
            unknown=self.unknown,
            waiting=sum(left.values()),
            errors=tuple(self._errors),
            errors_left_out=self._left_out,
            statuses=dict(words),
            callback_errors=tuple(self._mistakes),
        )

    def _call(
        self, callback: Callable[[RowResult], object] | None, one: RowResult
    ) -> None:
        if callback is None:
            return
        try:
            callback(one)
        # A future that somebody cancelled is no wish to end the job.
        except (Exception, CancelledError) as error:  # noqa: BLE001 - user code
            if len(self._mistakes) < MISTAKES_KEPT:
                self._mistakes.append(error)


def is_settled(status: str) -> bool:
    """Whether nothing more comes of waiting for a mail that stands so."""
    return status in _SENT or status in _FAILED or status == _UNKNOWN
