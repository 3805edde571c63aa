"""A bulk job that is killed at random and begun again: who got what, how often?

``python -m tests.faults.bulk_kills --messages 5000 --kills 3 --seed 7`` has the real
command send a mail for each row, kills it at random moments and at named points, and
types the same again. In the end every row was sent once, or is listed as unknown.
Ends with 1 where anything broke.

The seed repeats the rows and where it is killed; how far a job gets until then is
for the machine to say.
"""

import argparse
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.faults.invariants import check
from tests.faults.place import LOGINS, Place, account_table, make_place
from tests.faults.process import Process
from tests.faults.server import MailServer
from tests.faults.waiting import eventually
from tests.faults.whole import exit_code
from tuimail.cli import exits

POINTS: Final = (
    *("draft.after_file_before_row", "release.after_hash_before_commit"),
    *("draft.after_commit_before_reply", "claim.after_commit", "rcpt", "mid_body"),
    *("intent.after_commit", "dot.written", "reply.read", "reply.read_before_commit"),
    "result.after_commit_before_move",
)
NAMED: Final = 0.4
"""How likely a kill is at a named point, and not at any moment."""
_JOB_SECONDS: Final = 1_800.0
_SILENCE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of it."""

    seed: int
    messages: int = 5_000
    kills: int = 3
    connections: int = 4


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of it."""

    plan: Plan
    kills: list[str] = field(default_factory=list)
    """Where, and how many messages the server had by then."""
    answer: dict[str, Any] = field(default_factory=dict)
    """What the last run printed."""
    copies: Counter[str] = field(default_factory=Counter)
    """Of each recipient."""
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """Return the figures, for people."""
        plan, answer = self.plan, self.answer
        yield (
            f"seed {plan.seed}: {plan.messages} rows, {len(self.kills)} kills, "
            f"{self.seconds:.0f} s"
        )
        yield from (f"  killed {one}" for one in self.kills)
        yield ", ".join(
            f"{name} {answer.get(name)}"
            for name in ("total", "sent", "failed", "unknown", "waiting", "earlier")
        )
        yield f"recipients with one copy: {list(self.copies.values()).count(1)}"
        yield from (f"BROKEN: {one}" for one in self.broken)
        yield "broken" if self.broken else "everything holds"


class Kills:
    """One run; ``place`` is at ``server``."""

    def __init__(self, plan: Plan, place: Place, server: MailServer) -> None:
        self._plan, self._place, self._server = plan, place, server
        self._dice = random.Random(plan.seed)
        self._report = Report(plan=plan)
        self._rows = place.folder / "rows.csv"
        self._heard = 0

    def run(self) -> Report:
        """Have all of it happen, and return what came of it."""
        began = time.monotonic()
        self._write_rows()
        for number in range(1, self._plan.kills + 1):
            self._killed(self._plan.messages * number // (self._plan.kills + 1))
        self._end()
        if not self._report.broken:
            self._judge()
        self._report.seconds = time.monotonic() - began
        return self._report

    def _write_rows(self) -> None:
        numbers = list(range(self._plan.messages))
        self._dice.shuffle(numbers)
        lines = [f"{address(one)},{one}\n" for one in numbers]
        self._rows.write_text("".join(["email,number\n", *lines]))

    def _start(self, fault: str = "") -> Process:
        return self._place.start(
            *("bulk", self._rows.name, "--subject", "Number {{ number }}"),
            *("--text", "You are number {{ number }}.\n", "--job", "numbers"),
            *("--yes", "--json", "--wait", "120"),
            fault=fault,
        )

    def _killed(self, most: int) -> None:
        """Begin the job, and end it before the server has ``most`` messages or so."""
        is_named = self._dice.random() < NAMED
        point = self._dice.choice(POINTS) if is_named else ""
        heard = len(self._server.deliveries)
        goal = self._dice.randint(heard + 1, max(most, heard + 2))
        nth = self._dice.randint(1, max((most - heard) // 2, 2))
        job = self._start(f"{point}:kill:{nth}" if point else "")

        def is_over() -> bool:
            is_there = not point and len(self._server.deliveries) >= goal
            return is_there or not job.is_running

        eventually(is_over, seconds=_JOB_SECONDS)
        job.kill()
        self._wait_for_silence()
        self._report.kills.append(
            f"{point or 'at a random moment'}: {len(self._server.deliveries)} were out"
        )

    def _wait_for_silence(self) -> None:
        """Let the server notice that nobody talks to it any more."""
        while eventually(self._hears, seconds=_SILENCE_SECONDS):
            self._heard = len(self._server.deliveries)

    def _hears(self) -> bool:
        return len(self._server.deliveries) > self._heard

    def _end(self) -> None:
        done = self._start().wait(_JOB_SECONDS)
        is_right = done.code in {exits.DONE, exits.WAITS}
        self._hold(is_right, f"The job ended with {done.code}: {done.out[-500:]}")
        self._report.answer = json.loads(done.out)

    def _judge(self) -> None:
        answer, copies = self._report.answer, self._report.copies
        for one in self._server.accepted:
            copies.update(map(_named, one.recipients))
            self._hold(_is_own(one.recipients, one.content), f"{one} got another's.")
        twice = [one for one, count in copies.items() if count > 1]
        self._hold(not twice, f"Twice: {twice[:5]}")
        unknown = {one["key"] for one in answer["errors"]}
        everybody = {address(one) for one in range(self._plan.messages)}
        lost = everybody - set(copies) - unknown
        self._hold(not lost, f"Neither sent nor listed: {sorted(lost)[:5]}")
        is_whole = answer["sent"] + answer["unknown"] == self._plan.messages
        self._hold(is_whole, f"The numbers do not add up: {answer}")
        self._hold(unknown <= everybody, f"Unknown is who was not asked: {unknown}")
        try:
            check(self._place)
        except AssertionError as error:
            self._report.broken.append(str(error))

    def _hold(self, holds: bool, sentence: str) -> None:  # noqa: FBT001 - what it is for
        if not holds:
            self._report.broken.append(sentence)


def address(number: int) -> str:
    """Return whom the row of that number is for."""
    return f"n{number}@example.net"


def _named(path: str) -> str:
    return path.partition("<")[2].partition(">")[0] or path


def _is_own(recipients: Sequence[str], content: bytes) -> bool:
    """Whether a mail is for one, and says the number of that one."""
    if len(recipients) != 1:
        return False
    number = _named(recipients[0]).partition("@")[0].removeprefix("n")
    return f"You are number {number}.".encode() in content


def run(plan: Plan, folder: Path) -> Report:
    """Have it happen in ``folder``."""
    with MailServer(logins=LOGINS) as server:
        place = make_place(folder, server)
        more = f"connections = {plan.connections}"
        place.configure(account_table("work", server.port, more=more))
        try:
            return Kills(plan, place, server).run()
        finally:
            place.end_all()


def _plan(words: Sequence[str] | None) -> Plan:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(10_000))
    parser.add_argument("--messages", type=int, default=Plan(seed=0).messages)
    parser.add_argument("--kills", type=int, default=Plan(seed=0).kills)
    return Plan(**vars(parser.parse_args(words)))


def main(words: Sequence[str] | None = None) -> int:
    """Run it in a folder and a home of its own; return 1 where it broke."""
    plan = _plan(words)
    return exit_code(lambda folder: run(plan, folder), prefix="bulk-kills-")


if __name__ == "__main__":
    sys.exit(main())
