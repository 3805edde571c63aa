"""The terminal app with very much mail: until it is painted, and until a key is.

On a pseudo-terminal, as people have it. The other side of the first line is an
empty app of Textual's with the same widgets: what is above it is ours.
"""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from statistics import quantiles
from typing import Final, NamedTuple

from tests.bench.app_run import EMPTY, MARKS, WRITTEN
from tests.bench.contests import (
    MILLIS,
    Asked,
    Cost,
    Goal,
    Result,
    a_second,
    absolute,
    as_it_is,
    at_most,
    compared,
    in_turns,
)
from tests.bench.many import filled
from tests.bench.places import fields, opened, place
from tests.bench.processes import CHECKOUT, environ, ours
from tests.bench.screen import Screen, running
from tests.bench.sink import listening
from tuimail.core.diffs import diff
from tuimail.core.preview import preview
from tuimail.tui.widgets.blocks import TextLines
from tuimail.tui.widgets.wrapping import Prose
from tuimail.workspace.lists import ListName, Wanted

MAILS: Final = 100_000
SENT: Final = 1_000
"""Mails that leave while somebody types."""
ROUNDS: Final = 7
KEYS: Final = 150
_KEY_SECONDS: Final = 0.2
_CALM_SECONDS: Final = 2.0
_BETWEEN_SECONDS: Final = 0.01
_CURSOR: Final = "▸".encode()
_DOWN: Final = b"j"
_QUIT: Final = b"\x11"
_SEARCHES: Final = 20
_LINE: Final = "the numbers of the third quarter are below, as you asked"
_COLUMNS: Final = 100
_ROWS: Final = 40


class _Keys(NamedTuple):
    """Keys that were pressed, one after the other."""

    seconds: list[float]
    """How long each of them took to be seen."""
    cpu: float
    """What the app used of the processor for all, in seconds."""


def results(asked: Asked) -> list[Result]:
    """Return every line of the table."""
    rounds = asked.rounds_or(ROUNDS)
    mails = min(MAILS, asked.most)
    with filled(mails, kept=asked.kept) as folder:
        _look_after(folder)
        found = [
            *_first_paint(folder, mails, rounds),
            *_keys("key to screen", folder),
            *_keys("the same, 50 changes a second", folder, changes=True),
            *_searches(folder, mails),
        ]
    found += _long_list(asked)
    found += [*_body(), *_while_sending(), *_large_bodies(), *_differences()]
    return found


def _look_after(folder: Path) -> None:
    """Have nothing left to look at of an app that was ended while it was measured."""
    with opened(folder) as workspace:
        lock = workspace.sender_lock()
        lock.acquire()
        workspace.take_over()
        lock.release()


def _first_paint(folder: Path, mails: int, rounds: int) -> Iterator[Result]:
    """Yield until there is something of use, what that takes, and until it is left."""
    sides = {
        "ours": partial(_opened_and_left, "ours", folder, _CURSOR),
        "theirs": partial(_opened_and_left, "theirs", folder, EMPTY.encode()),
    }
    told = in_turns(sides, rounds)
    opening = {side: [one for one, _ in each] for side, each in told.items()}
    yield compared(
        f"first paint, {mails:,} mails",
        opening["ours"],
        opening["theirs"],
        unit=MILLIS,
        peer="Textual, same widgets",
        goal=at_most(1.3),
    )
    peaks = [one.peak for one in opening["ours"]]
    unit = as_it_is("MB")
    yield absolute(f"memory, {mails:,} mails", peaks, unit=unit, goal=at_most(60))
    leaving = [seconds for _, seconds in told["ours"]]
    yield absolute("quit", leaving, unit=MILLIS, goal=at_most(100))


def _opened_and_left(side: str, folder: Path, mark: bytes) -> tuple[Cost, float]:
    """Return what it took to open an app, and in seconds to leave it."""
    start = time.perf_counter()
    with running(side, folder) as screen:
        screen.until(mark)
        wall, cpu = time.perf_counter() - start, screen.cpu()
        screen.drain(_CALM_SECONDS)
        peak = screen.peak()
        start = time.perf_counter()
        screen.write(_QUIT)
        screen.until_it_ends()
        return Cost(wall, cpu, peak), time.perf_counter() - start


def _keys(name: str, folder: Path, *, changes: bool = False) -> Iterator[Result]:
    """Move the cursor down, calmly; it is drawn where it is only when it moved.

    The other side is the same list in an app that does nothing else.
    """
    with _changing(folder, is_on=changes):
        mine, other = _moved("ours", folder), _moved("still", folder)
    yield from _typing(name, mine, at_most(2))
    yield from _typing(f"{name}, a list that nobody reads again", other)


def _typing(name: str, keys: _Keys, goal: Goal | None = None) -> Iterator[Result]:
    """Yield how long a key takes, and all keys but one of twenty at most.

    Time of the processor has all in it that the app does from one key to the next.
    """
    cpu = [keys.cpu / len(keys.seconds)]
    yield absolute(name, keys.seconds, unit=MILLIS, cpu=cpu, goal=goal)
    yield absolute(f"{name}, p95", [quantiles(keys.seconds, n=20)[-1]], unit=MILLIS)


def _moved(side: str, folder: Path) -> _Keys:
    with running(side, folder) as screen:
        screen.until(_CURSOR)
        screen.drain(_CALM_SECONDS)
        return _pressed(screen, lambda _: (_DOWN, _CURSOR))


def _pressed(screen: Screen, key: Callable[[int], tuple[bytes, bytes]]) -> _Keys:
    """Press keys, calmly; ``key`` says which, and what is drawn then."""
    seconds, used = [], screen.cpu()
    for number in range(KEYS):
        seconds.append(screen.typed(*key(number)))
        screen.drain(_KEY_SECONDS)
    return _Keys(seconds, screen.cpu() - used)


def _long_list(asked: Asked) -> Iterator[Result]:
    """Move down the longest list, while somebody else is the sender.

    Who sends looks after the files of each mail; those of a million are not there.
    """
    filling = filled(asked.most, is_shown=False, is_settled=True, kept=asked.kept)
    with filling as folder, opened(folder) as workspace:
        lock = workspace.sender_lock()
        lock.acquire()
        try:
            seconds = _moved("sent", folder)
        finally:
            lock.release()
    yield from _typing(f"key to screen, {asked.most:,} sent", seconds, at_most(2))


def _body() -> Iterator[Result]:
    with place() as folder, running("body", folder) as screen:
        screen.until(WRITTEN.encode())
        screen.drain(_CALM_SECONDS)
        keys = _pressed(screen, _letter)
    yield from _typing("key to screen, 10 KB body", keys, at_most(5))


def _while_sending() -> Iterator[Result]:
    """Type, while the app sends what waits in its outbox."""
    with listening() as port, place(port=port) as folder:
        with opened(folder) as workspace:
            for number in range(SENT):
                workspace.outbox.send_new(workspace.drafts.compose(fields(number)))
        seconds: list[float] = []
        with running("body", folder) as screen, opened(folder) as workspace:
            screen.until(WRITTEN.encode())
            while workspace.drafts.counts().outbox:
                seconds.append(screen.typed(*_letter(len(seconds))))
                screen.drain(_BETWEEN_SECONDS)
    name = f"key to screen, {SENT:,} mails being sent"
    yield absolute(name, seconds, unit=MILLIS)
    yield absolute(f"{name}, slowest", [max(seconds)], unit=MILLIS, goal=at_most(50))


def _letter(number: int) -> tuple[bytes, bytes]:
    """Return a letter that was not drawn before, to be typed and looked for."""
    letter = MARKS[number % len(MARKS)].encode()
    return letter, letter


def _searches(folder: Path, mails: int) -> Iterator[Result]:
    with opened(folder) as workspace:
        start, lines = time.perf_counter(), workspace.search.behind
        while workspace.search.catch_up():
            pass
        if lines >= mails:
            seconds = (time.perf_counter() - start) / mails
            yield absolute("read, to be searched", [seconds], unit=a_second("mail"))
        for text in ("subject:order 71", "warehouse goods", "to:reader account:work"):
            wanted = Wanted(search=text)
            search = partial(workspace.lists.window, ListName.OUTBOX, wanted)
            yield _in_time(f"search: {text}", search, 50.0, rounds=_SEARCHES)


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
    for line in range(_ROWS):
        prose.line(line)


def _differences() -> Iterator[Result]:
    many = "".join(f"{_LINE} {number}\n" for number in range(400))
    others = "".join(f"{_LINE} {number + 1000}\n" for number in range(400))
    large = "".join(f"{_LINE} {number}\n" for number in range(1_000_000 // 60))
    changed = large.replace(" 500\n", " five hundred\n")
    yield _in_time("1 MB: a difference", partial(diff, large, changed), 300.0)
    yield _in_time("400 lines nearly alike", partial(diff, many, others), 200.0)


def _in_time(
    name: str, act: Callable[[], object], goal: float, *, rounds: int = ROUNDS
) -> Result:
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - start)
    return absolute(name, seconds, unit=MILLIS, goal=at_most(goal))


@contextmanager
def _changing(folder: Path, *, is_on: bool) -> Iterator[None]:
    """Have mail changed by another process meanwhile."""
    if not is_on:
        yield
        return
    command = ours("app_run", "changes", folder)
    with subprocess.Popen(command, cwd=CHECKOUT, env=environ()) as process:
        try:
            yield
        finally:
            process.kill()
