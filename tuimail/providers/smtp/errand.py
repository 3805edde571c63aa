"""A job on its way through a provider, and whoever waits for its verdicts."""

import asyncio

from tuimail.core.submission import Verdicts
from tuimail.core.values import dataclass, field
from tuimail.providers.base import SendJob
from tuimail.providers.failures import NotConnectedError


def _unanswered() -> "asyncio.Future[Verdicts]":
    return asyncio.get_running_loop().create_future()


@dataclass(slots=True, eq=False)
class Errand:
    """One call of ``submit``; answered once, or given up by the caller."""

    job: SendJob
    answer: "asyncio.Future[Verdicts]" = field(default_factory=_unanswered)
    is_again: bool = False
    """Whether a connection ended under it before, which did not count."""
    refusal: NotConnectedError | None = None
    """Why a further connection would not come about: the account was refused."""

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits for it any more."""
        return self.answer.done()

    def settle(self, verdicts: Verdicts) -> None:
        """Answer, if somebody still waits."""
        if not self.answer.done():
            self.answer.set_result(verdicts)

    def fail(self, error: BaseException) -> None:
        """Raise ``error`` where the answer is waited for."""
        if not self.answer.done():
            self.answer.set_exception(error)

    def cancel(self) -> None:
        """Cancel whoever waits."""
        self.answer.cancel()
