"""Who sends: a thread of the app or of ``outbox run``, or this process at once.

Only the holder of the sender lock sends. A face that has just released
something leaves it to whoever that is, or takes the lock for as long as this
one mail needs.
"""

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from math import inf
from types import FrameType
from typing import Final

from tuimail.core.submission import AttemptPhase
from tuimail.errors import FullDiskError, TuimailError
from tuimail.providers.threads import LeftBehind
from tuimail.settings.prompts import PROMPT
from tuimail.workspace.bridge import Bridge
from tuimail.workspace.progress import Watch
from tuimail.workspace.sender import Sender
from tuimail.workspace.views import Page, Row
from tuimail.workspace.workspace import Workspace

WATCH: Final = timedelta(seconds=0.05)
"""How often another process's sender is looked after."""
AGAIN: Final = timedelta(seconds=1)
"""How often the sender lock is asked for, and a sender that fell is restarted."""
LONGEST_PAUSE: Final = timedelta(minutes=1)
"""After mistakes of ours in a row, each pause is twice as long, up to this."""

Opener = Callable[[], Workspace]
Say = Callable[[str], None]
"""Tells whoever waits why it takes longer."""

_STILL_TRYING: Final = (
    "It is still being tried; waiting until this attempt ends. Ctrl-C twice leaves."
)
_HANDED_OVER: Final = (
    "The whole message went out and the server has not answered yet; waiting up to "
    "ten minutes, because leaving now would make it unknown. Ctrl-C twice leaves."
)
_ENDING: Final = (
    "Waiting for what was begun, up to ten minutes. Ctrl-C again leaves at once, and "
    "what was handed over by then becomes unknown."
)
_STAYS: Final = "What is in the outbox stays there until there is room."


def _in_silence(_sentence: str) -> None:
    """Tell nobody."""


def send_now(
    opener: Opener,
    draft_id: str,
    *,
    wait: float,
    say: Say = _in_silence,
    here: Workspace | None = None,
) -> Row:
    """Have one released mail sent, and return its row after a verdict.

    An attempt that this process began is waited for however long it takes,
    because leaving in the middle would make the mail unknown; ``wait`` limits
    only the watching of somebody else's sender. A disk that is full is said: the mail
    is in the outbox, and may even have left, so that nobody is to write it again.

    Args:
        opener: Opens the workspace.
        draft_id: What was released.
        wait: Seconds; 0 returns at once and leaves it in the outbox.
        say: Is told what is waited for, once ``wait`` is over.
        here: The workspace, where it is open already.
    """
    deadline = time.monotonic() + wait
    with opener() if here is None else nullcontext(here) as workspace:
        row = workspace.drafts.row(draft_id)
        if wait and workspace.sender_holder() is None:
            _ask_ahead(workspace, row.account)
        while _is_coming(row, workspace, wait) and time.monotonic() < deadline:
            patience = _Patience(workspace, row.id, deadline - time.monotonic(), say)
            try:
                if not (_is_due(row, workspace) and _drain_here(opener, patience)):
                    time.sleep(WATCH.total_seconds())
            except FullDiskError as error:
                say(f"{error} {_STAYS}")
                return workspace.drafts.row(draft_id)
            row = workspace.drafts.row(draft_id)
            if patience.is_over:
                break
        return row


def drain(opener: Opener, *, say: Say = _in_silence) -> bool:
    """Send all that is due now; False if somebody else is the sender."""
    with opener() as workspace:
        _ask_ahead(workspace)
        return _drain_here(opener, _Patience(workspace, None, inf, say))


def _ask_ahead(workspace: Workspace, account: str = "") -> None:
    """Have a person type what is kept nowhere, if there is any such account."""
    if any(one.secret == PROMPT for one in workspace.config.accounts):
        workspace.accounts.ask_ahead(account)


class _Patience:
    """Who waits, for which mail, for how long without being told why."""

    def __init__(
        self, workspace: Workspace, only: str | None, seconds: float, say: Say
    ) -> None:
        self.workspace, self.only, self.say = workspace, only, say
        self._seconds = seconds
        self._said = ""
        self.is_over = False
        """Whether the process was told to end."""
        self._next: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Count from now, in the running loop."""
        if self.only is not None:
            self._look_in(max(self._seconds, 0))

    def end(self) -> None:
        """Say nothing more."""
        if self._next is not None:
            self._next.cancel()

    def _look_in(self, seconds: float) -> None:
        self._next = asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        """Say how it stands where that is news, and look again."""
        with suppress(TuimailError):
            page = self.workspace.drafts.page(self.only or "")
            sentence = _HANDED_OVER if is_handed_over(page) else _STILL_TRYING
            if page.row.status == "sending" and sentence != self._said:
                self._said = sentence
                self.say(sentence)
        self._look_in(AGAIN.total_seconds())


def is_handed_over(page: Page) -> bool:
    """Whether the last attempt went past the point of no return, unanswered."""
    return bool(page.attempts) and page.attempts[-1].phase is AttemptPhase.COMMITTED


def _is_coming(row: Row, workspace: Workspace, wait: float) -> bool:
    """Whether a verdict may come while one waits: not for what is scheduled."""
    if row.status == "sending":
        return True
    latest = workspace.clock.now() + timedelta(seconds=wait)
    is_planned = row.due_at is not None and row.due_at <= latest
    return is_planned and (row.status == "ready" or _is_due(row, workspace))


def _is_due(row: Row, workspace: Workspace) -> bool:
    """Whether a sender would take it now; what is deferred has to be asked for."""
    is_waiting = row.status in {"ready", "deferred"}
    now = workspace.clock.now()
    return is_waiting and row.due_at is not None and row.due_at <= now


def _drain_here(opener: Opener, patience: _Patience) -> bool:
    workspace = patience.workspace
    lock = workspace.sender_lock()
    if not lock.acquire(workspace.door):
        return False
    try:
        if patience.only is None:
            workspace.take_over()
        else:
            workspace.recover()
        with _same_ctrl_c_afterwards():
            asyncio.run(_drain(opener, patience))
    finally:
        lock.release()
    return True


async def _drain(opener: Opener, patience: _Patience) -> None:
    async with Bridge(opener) as bridge:
        sender = Sender(bridge)
        with _ending_politely(sender, patience):
            patience.begin()
            try:
                await sender.drain(only=patience.only)
            finally:
                patience.end()
            if patience.only is None:
                await _wait_for_windows(bridge, sender)


async def _wait_for_windows(bridge: Bridge, sender: Sender) -> None:
    """Stay until nothing can be undone any more, or nobody would ever send it."""
    while (left := await bridge.call(_longest_window)) and not sender.is_stopping:
        await sender.pause(min(left, AGAIN))
    await sender.drain()


def _longest_window(workspace: Workspace) -> timedelta:
    now = workspace.clock.now()
    ends = [row.undo_until for row in workspace.outbox.undoable() if row.undo_until]
    return max(ends, default=now) - now


@contextmanager
def _ending_politely(sender: Sender, patience: _Patience) -> Iterator[None]:
    """Finish what was begun when the process is told to end, then end.

    Leaving between the point of no return and the answer makes mail unknown.
    """
    loop, endings = asyncio.get_running_loop(), _endings()

    def end() -> None:
        patience.is_over = True
        sender.stop()

    for number in endings:
        loop.add_signal_handler(number, end)
    try:
        with _telling_what_a_second_one_costs(patience.say):
            yield
    finally:
        for number in endings:
            loop.remove_signal_handler(number)


@contextmanager
def _telling_what_a_second_one_costs(say: Say) -> Iterator[None]:
    """Answer the first Ctrl-C, after which the loop ends what was begun in peace."""
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or not _is_main_thread():
        yield
        return
    loop = asyncio.get_running_loop()

    def interrupted(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(say, _ENDING)
        before(number, frame)

    signal.signal(signal.SIGINT, interrupted)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _same_ctrl_c_afterwards() -> Iterator[None]:
    """Undo what a loop that was left in a hurry did not."""
    before = signal.getsignal(signal.SIGINT)
    try:
        yield
    finally:
        if _is_main_thread() and before is not None:
            signal.signal(signal.SIGINT, before)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _endings() -> tuple[signal.Signals, ...]:
    """Return which signals to listen to: not those that ``nohup`` has ignored."""
    if not _is_main_thread():
        return ()
    return tuple(
        one
        for one in (signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(one) is not signal.SIG_IGN
    )


class SenderThread:
    """Sends in the background, in a thread and a loop of its own.

    Waits for the sender lock where somebody else has it, and starts again
    where the disk made it stop.
    """

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._main()), name="sender", daemon=True
        )
        self._asked_to_stop = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._go_on = asyncio.Event()
        """Set where nobody wants to wait any longer before the next try."""
        self._sender: Sender | None = None
        self.watch = Watch()
        """How far the attempts of this sender are, and what providers said."""
        self.state = "starting"
        """``here``, ``held by …``, ``stopped``, or why it cannot send."""

    def start(self) -> None:
        """Begin, or try again now where it could not; returns at once."""
        if self._thread.is_alive():
            self._tell(self._go_on.set)
        else:
            self._thread.start()

    def wake(self) -> None:
        """Have it look at the outbox now; from any thread."""
        if self._sender is not None:
            self._tell(self._sender.wake)

    def inquire(self, draft_id: str) -> bool:
        """Have providers asked about mail of unknown fate; from any thread.

        Returns whether this is the sender that will.
        """
        sender = self._sender
        if sender is not None:
            self.watch.forget(draft_id)
            self._tell(sender.inquire)
        return sender is not None

    def stop(self, *, timeout: float | None = None) -> bool:
        """End it once the attempts that were begun have ended.

        Args:
            timeout: Seconds to wait; None waits as long as it takes.

        Returns:
            Whether it has ended.
        """
        self._asked_to_stop.set()
        self._tell(self._stop.set)
        self._tell(self._go_on.set)
        if self._thread.is_alive():  # else it was not started
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def _tell(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` in the sender's loop, if that still runs."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(callback)

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_default_executor(LeftBehind())
        falls = 0
        while not self._asked_to_stop.is_set():
            fell = await self._try_once(self._stop)
            falls = falls + 1 if fell else 0
            await _wait(self._go_on, min(AGAIN * 2**falls, LONGEST_PAUSE))
            self._go_on.clear()
        self.state = "stopped"

    async def _try_once(self, stop: asyncio.Event) -> bool:
        """Send for as long as it goes well; return whether a mistake ended it."""
        try:
            async with Bridge(self._opener) as bridge:
                await self._send_with_lock(bridge, stop)
        except TuimailError as error:
            self.state = str(error)
        except Exception as error:  # noqa: BLE001 - the edge of this thread
            self.state = f"A mistake in tuimail stopped it: {type(error).__name__}."
            return True
        return False

    async def _send_with_lock(self, bridge: Bridge, stop: asyncio.Event) -> None:
        lock = await bridge.call(lambda ws: ws.sender_lock())
        door = await bridge.call(lambda ws: ws.door)
        if not lock.acquire(door):
            self.state = f"held by {lock.holder() or 'another process'}"
            return
        try:
            is_over = self._asked_to_stop.is_set
            await bridge.call(lambda ws: ws.take_over(is_over=is_over))
            self._sender = Sender(bridge, watch=self.watch)
            self.state = "here"
            await self._sender.run(stop)
        finally:
            self._sender = None
            lock.release()


async def _wait(asked: asyncio.Event, limit: timedelta) -> None:
    try:
        async with asyncio.timeout(limit.total_seconds()):
            await asked.wait()
    except TimeoutError:
        """Nobody asked for anything."""
