"""Calls that may hang, given up after a time limit.

A keyring may show a prompt that nobody sees, and a command may wait for a
terminal that is not there. Neither can be interrupted from outside, so each
runs in a thread of its own that the process does not wait for.
"""

from collections.abc import Callable
from datetime import timedelta
from types import TracebackType
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Outcome(Generic[Result]):
    """What came of a call in another thread: a result, an error, or nothing yet.

    Any error at all is carried over, for its caller to judge: it may come from
    a back end that somebody else wrote.
    """

    def __init__(self) -> None:
        self._results: list[Result] = []
        self._error: BaseException | None = None

    def __enter__(self) -> list[Result]:
        return self._results

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        self._error = error
        return True

    @property
    def error(self) -> BaseException | None:
        """What the call raised; TimeoutError while it is not done."""
        if self._error is None and not self._results:
            return TimeoutError()
        return self._error

    def result(self) -> Result:
        """Return what the call returned, or raise its error."""
        error = self.error
        if error is not None:
            raise error
        return self._results[0]


def attempt(limit: timedelta, call: Callable[[], Result]) -> Outcome[Result]:
    """Return what came of ``call`` within ``limit``.

    A call that was not done goes on in its thread, and its result is lost.
    """
    import threading  # noqa: PLC0415 - most commands ask for nothing that may hang

    outcome: Outcome[Result] = Outcome()
    thread = threading.Thread(target=_into, args=(outcome, call), daemon=True)
    thread.start()
    thread.join(limit.total_seconds())
    return outcome


def _into(outcome: Outcome[Result], call: Callable[[], Result]) -> None:
    with outcome as results:
        results.append(call())
