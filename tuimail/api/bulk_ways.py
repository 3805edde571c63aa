"""The two ways that a bulk job's mails can go: through a workspace, or straight out.

Both take a few mails at a time and tell later what came of them; they call nobody
back and count nothing.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol, Self, TypeVar

from tuimail.api.bulk_result import RowResult, is_settled
from tuimail.api.bulk_rows import Mail, message_of
from tuimail.api.record import result_of
from tuimail.api.result import RecipientResult, Result, refused
from tuimail.api.worker import Worker
from tuimail.errors import (
    ConfigurationError,
    NotAllowedError,
    PolicyError,
    SuppressedError,
    TuimailError,
)
from tuimail.workspace.bulk import Handed, Job, Standing

if TYPE_CHECKING:
    from tuimail.api.account import Account
    from tuimail.api.connection import Connection
    from tuimail.workspace.workspace import Workspace as Opened

T = TypeVar("T")
READ_TOGETHER: Final = 50
"""So many results are read at once, where somebody goes through all of them."""
TOGETHER: Final = 100
"""So many mails share a flush of the disk."""
RESULTS_KEPT: Final = 10_000
"""Of mails that are stored nowhere."""
LANES: Final = 4
"""Mails that are under way at once where nothing is stored."""


class Home(Protocol):
    """A workspace in a thread of its own."""

    def do(self, act: "Callable[[Opened], T]") -> Future[T]:
        """Have something done in that thread."""

    def sending(self) -> AbstractContextManager[None]:
        """Keep a sender in this process for the block, if nobody else sends."""


class SendingWorker(Worker):
    """A workspace of one's own, for a face that opens it in its own way."""

    @contextmanager
    def sending(self) -> Iterator[None]:
        """Keep a sender in this process for the block, if nobody else sends."""
        self.hold_sender(1).result()
        try:
            yield
        finally:
            self.hold_sender(-1).result()


class Way(Protocol):
    """Where a job's mails go."""

    most: int
    """So many may be on their way at once."""
    together: int
    """So many are best handed over at a time."""
    earlier: int
    """How many of those that were handed over had been before."""

    @property
    def moving(self) -> int:
        """How many are on their way, and worth waiting for."""

    def hand(self, mails: Sequence[Mail]) -> list[RowResult]:
        """Take mails; return those of which is known already what came of them.

        Raises:
            TuimailError: None can be taken, whatever they say.
        """

    def settled(self, *, is_last: bool = False) -> list[RowResult]:
        """Return what came of mails since this was asked for last."""

    def rest(self, seconds: float) -> None:
        """Wait so long, or until there is something new."""

    def waiting(self) -> Mapping[str, int]:
        """Return how many are left that stand so: word of the docs to number."""

    def results(self) -> Iterator[Result]:
        """Yield what came of every mail."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_exc: object) -> None: ...


class ThroughWorkspace:
    """Every mail is in the outbox before it leaves, under a key of its own."""

    def __init__(
        self,
        home: Home,
        *,
        job: Job,
        most: int,
        reads_sent: bool,
        keeps_items: bool,
        names_bcc: bool = True,
    ) -> None:
        """Prepare to hand mails over.

        Args:
            home: Where they are stored.
            job: What it is called, and when its mails may leave.
            most: So many may be on their way at once.
            reads_sent: Whether somebody wants to know all about what was sent.
            keeps_items: Whether somebody wants to know what a row was.
            names_bcc: Whether blind copies are among the recipients of a result.
        """
        self.most, self.together, self.earlier = most, TOGETHER, 0
        self._home, self._job = home, job
        self._reads_sent, self._keeps_items = reads_sent, keeps_items
        self._names_bcc = names_bcc
        self._open = ExitStack()
        self._moving: dict[str, tuple[Mail, bool]] = {}
        self._parked: dict[str, tuple[Mail, bool]] = {}
        self._words: dict[str, str] = {}
        self._ids: list[str] = []
        self._version = -1

    def __enter__(self) -> Self:
        self._open.enter_context(self._home.sending())
        return self

    def __exit__(self, *_exc: object) -> None:
        self._open.close()

    @property
    def moving(self) -> int:
        """How many are on their way: deferred and held mail is not."""
        return len(self._moving)

    def hand(self, mails: Sequence[Mail]) -> list[RowResult]:
        """Store and release mails with one flush of the disk.

        Raises:
            TuimailError: The disk failed; or the first of all cannot be sent for a
                reason that is none of its own.
        """
        good = [one for one in mails if one.error is None]
        orders = [one.order(self._job.prefix) for one in good]
        handed = self._home.do(
            lambda opened: opened.bulk.hand_over(orders, self._job)
        ).result()
        self._require_some(handed)
        found = [self._refused(one, one.error) for one in mails if one.error]
        for mail, one in zip(good, handed, strict=True):
            found += self._noted(mail, one)
        return found + self._told(
            {one.id: one.standing for one in handed if one.standing is not None}
        )

    def _require_some(self, handed: Sequence[Handed]) -> None:
        """Refuse to go on where nothing was taken, for a reason that is no row's.

        Raises:
            TuimailError: There is no account to go through, or it may not be used.
        """
        if self._ids or any(one.error is None for one in handed):
            return
        errors = (one.error for one in handed)
        if shared := next((one for one in errors if _is_everyones(one)), None):
            raise shared

    def _refused(self, mail: Mail, error: TuimailError) -> RowResult:
        return _refused(mail, error, key=mail.name if self._job.prefix else "")

    def _noted(self, mail: Mail, one: Handed) -> list[RowResult]:
        if one.error is not None:
            return [self._refused(mail, one.error)]
        self._ids.append(one.id)
        self.earlier += one.is_earlier
        self._moving[one.id] = (
            mail.without_files(keeps_item=self._keeps_items),
            one.is_earlier,
        )
        return []

    def settled(self, *, is_last: bool = False) -> list[RowResult]:
        """Return what came of mails, where somebody wrote something since."""
        version = self._home.do(lambda opened: opened.data_version()).result()
        if version == self._version and not is_last:
            return []
        self._version = version
        ids = [*self._moving, *(self._parked if is_last else ())]
        return self._told(
            self._home.do(lambda opened: opened.bulk.standings(ids)).result()
        )

    def _told(self, standings: Mapping[str, Standing]) -> list[RowResult]:
        """Return what is settled; what waits for long is not on its way."""
        done: list[tuple[str, str]] = []
        for id_, standing in standings.items():
            if is_settled(standing.status):
                done.append((id_, standing.status))
                continue
            self._words[id_] = standing.status
            if id_ in self._moving and not standing.is_coming:
                self._parked[id_] = self._moving.pop(id_)
            elif id_ in self._parked and standing.is_coming:
                self._moving[id_] = self._parked.pop(id_)
        results = self._read([id_ for id_, word in done if self._is_read(word)])
        return [self._row(id_, status, results) for id_, status in done]

    def _is_read(self, status: str) -> bool:
        return self._reads_sent or status not in {"sent", "queued"}

    def _read(self, ids: Sequence[str]) -> dict[str, Result]:
        found: dict[str, Result] = {}
        for at in range(0, len(ids), READ_TOGETHER):
            some = ids[at : at + READ_TOGETHER]
            found |= self._home.do(self._reading(some)).result()
        return found

    def _reading(self, ids: Sequence[str]) -> "Callable[[Opened], dict[str, Result]]":
        return partial(_results, ids, with_bcc=self._names_bcc)

    def _row(self, id_: str, status: str, results: Mapping[str, Result]) -> RowResult:
        moving = self._moving.pop(id_, None)
        mail, is_earlier = moving or self._parked.pop(id_)
        self._words.pop(id_, None)
        return RowResult(
            row=mail.row,
            key=mail.name if self._job.prefix else "",
            item=mail.item,
            result=results[id_] if id_ in results else _briefly(id_, status, mail),
            is_earlier=is_earlier,
        )

    def rest(self, seconds: float) -> None:
        """Wait so long."""
        time.sleep(seconds)

    def waiting(self) -> Mapping[str, int]:
        """Return how many are left that stand so."""
        words = [self._words.get(one, "ready") for one in self._moving | self._parked]
        return {word: words.count(word) for word in words}

    def results(self) -> Iterator[Result]:
        """Yield every stored mail as it stands now."""
        for at in range(0, len(self._ids), READ_TOGETHER):
            some = self._ids[at : at + READ_TOGETHER]
            yield from self._home.do(self._reading(some)).result().values()


class StraightOut:
    """Every mail goes out over a connection that is kept; nothing is stored."""

    def __init__(self, account: "str | Account | None") -> None:
        """Prepare to send.

        Args:
            account: The way out.
        """
        self.most, self.together, self.earlier = LANES, 1, 0
        self._account = account
        self._open = ExitStack()
        self._connection: Connection
        self._lanes = ThreadPoolExecutor(LANES, thread_name_prefix="bulk")
        self._under_way: list[tuple[Mail, Future[Result]]] = []
        self._results: deque[Result] = deque(maxlen=RESULTS_KEPT)

    def __enter__(self) -> Self:
        from tuimail.api.connection import connection  # noqa: PLC0415 - asyncio

        self._connection = self._open.enter_context(
            connection(self._account, workspace=None)
        )
        # Called first: what was begun needs the connection.
        self._open.callback(self._lanes.shutdown)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._open.close()

    @property
    def moving(self) -> int:
        """How many are on their way, or told nobody what came of them."""
        return len(self._under_way)

    def hand(self, mails: Sequence[Mail]) -> list[RowResult]:
        """Begin to send mails."""
        for one in mails:
            if one.error is None:
                sent = self._lanes.submit(self._sent, one)
                self._under_way.append((one, sent))
        return [_refused(one, one.error) for one in mails if one.error is not None]

    def _sent(self, mail: Mail) -> Result:
        try:
            return self._connection.send(message_of(mail.order("").fields))
        except TuimailError as error:
            return refused(error, mail.addresses)

    def settled(self, *, is_last: bool = False) -> list[RowResult]:  # noqa: ARG002 - as others
        """Return what came of mails."""
        done = [one for one in self._under_way if one[1].done()]
        self._under_way = [one for one in self._under_way if not one[1].done()]
        found = []
        for mail, future in done:
            result = future.result()
            self._results.append(result)
            found.append(RowResult(row=mail.row, key="", item=mail.item, result=result))
        return found

    def rest(self, seconds: float) -> None:
        """Wait so long, or until something came of a mail."""
        futures = [one for _, one in self._under_way if not one.done()]
        if futures:
            wait(futures, timeout=seconds, return_when=FIRST_COMPLETED)
        else:
            time.sleep(seconds)

    def waiting(self) -> Mapping[str, int]:
        """Return how many are left: none, once all were waited for."""
        return {"sending": self.moving} if self.moving else {}

    def results(self) -> Iterator[Result]:
        """Yield the last ten thousand."""
        yield from tuple(self._results)


def _results(
    ids: Sequence[str], opened: "Opened", *, with_bcc: bool
) -> dict[str, Result]:
    return {one: result_of(opened.drafts.page(one), with_bcc=with_bcc) for one in ids}


def _is_everyones(error: TuimailError | None) -> bool:
    """Whether an error is about the account, and not about one mail."""
    is_about_mail = isinstance(error, PolicyError | SuppressedError)
    return not is_about_mail and isinstance(error, ConfigurationError | NotAllowedError)


def _refused(mail: Mail, error: TuimailError, *, key: str = "") -> RowResult:
    return RowResult(
        row=mail.row,
        key=key,
        item=mail.item,
        result=refused(error, mail.addresses),
    )


def _briefly(id_: str, status: str, mail: Mail) -> Result:
    """Return what is known of sent mail without reading it."""
    recipients = {
        one: RecipientResult(address=one, status=status) for one in mail.addresses
    }
    return Result(id=id_, status=status, recipients=recipients)
