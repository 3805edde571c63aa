"""A sender that is killed again and again before a moody server: what holds then?

``python -m tests.faults.soak --seed 7`` stores mail, has the real command send
it through several connections, kills it at random moments and at named points,
and presses "retry now" for whatever waits. In the end the server behaves, and what
became of everybody is counted on both sides. Ends with 1 where anything broke.

The seed repeats what is stored, when it is killed and what the server does; how
far a sender gets until then is for the machine to say.
"""

import argparse
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Final

from tests.end_to_end.command import Done
from tests.faults.invariants import check
from tests.faults.moody_server import MoodyMailServer
from tests.faults.place import LOGINS, Place, account_table, make_place
from tests.faults.process import Process
from tests.faults.waiting import eventually
from tests.faults.whole import exit_code
from tuimail.core.lifecycle import SubmissionState
from tuimail.core.submission import AttemptPhase
from tuimail.errors import TuimailError
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

ACCOUNT: Final = "work"
POINTS: Final = (
    *("claim.after_commit", "connected", "auth", "mail", "rcpt", "data354"),
    *("mid_body", "intent.after_commit", "dot.written", "reply.read"),
    *("reply.read_before_commit", "result.after_commit_before_move"),
)
SIZES: Final = (20, 2_000, 40_000, 300_000)
SIZE_WEIGHTS: Final = (60, 30, 9, 1)
_AT_RANDOM: Final = "at a random moment"
_PRESS_SECONDS: Final = 0.1
_AT_ONCE: Final = 60
_DEATHS: Final = 0.03
_STOPS: Final = 0.05
_LAST_ROUNDS: Final = 40
_DRAIN_SECONDS: Final = 120.0
_ROLES: Final = ("to", "cc", "bcc")
_WAITING: Final = frozenset({
    SubmissionState.READY, SubmissionState.DEFERRED,
    SubmissionState.SENDING, SubmissionState.HELD,
})  # fmt: skip
_OURS: Final = frozenset({"tuimail", "provider"})
"""Stages of receipts that only a mistake in the program leaves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much of it."""

    seed: int
    messages: int = 2_000
    kills: int = 100
    connections: int = 4
    """Each may have one message past the point of no return when it is killed."""


@dataclass(slots=True, kw_only=True)
class Report:
    """What came of it."""

    plan: Plan
    kills: Counter[str] = field(default_factory=Counter)
    """By where the sender was."""
    before_the_end: int = 0
    """How many messages the server had heard whole until the last kill."""
    stops: int = 0
    """How often it stood still for a moment."""
    holds: int = 0
    """How often a person let the account, or mail, go on."""
    caught: list[int] = field(default_factory=list)
    """Of each kill: how much mail was past the point of no return."""
    mishaps: Counter[tuple[str, str]] = field(default_factory=Counter)
    unanswered: int = 0
    """How often the server had a whole message and hung up without a word."""
    states: Counter[str] = field(default_factory=Counter)
    recipients: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    copies: int = 0
    seconds: float = 0.0
    broken: list[str] = field(default_factory=list)
    """What does not hold, in sentences."""

    @property
    def most_unknown(self) -> int:
        """What can be unknown: cut off as its end was out, by a kill or the server."""
        return sum(self.caught) + self.unanswered

    def lines(self) -> Iterator[str]:
        """Return the figures, for people."""
        plan = self.plan
        died = self.mishaps["server", "died"]
        yield (
            f"seed {plan.seed}: {plan.messages} messages through {plan.connections} "
            f"connections in {self.seconds:.0f} s"
        )
        yield f"kills: {self.kills.total()}; stopped {self.stops} times"
        yield from _counted(self.kills)
        yield f"mishaps: {self.mishaps.total()}; the server died {died} times"
        yield from _counted(_by_stage(self.mishaps))
        yield f"heard whole until the last kill: {self.before_the_end}"
        yield f"a person resumed {self.holds} times"
        yield f"messages: {_listed(self.states)}"
        yield f"recipients: {_listed(self.recipients)}"
        yield f"copies: {self.copies}, of them twice: {self.duplicates}"
        yield (
            f"unknown: {self.states['unknown']}, at most {self.most_unknown}: "
            f"{sum(self.caught)} past the point of no return at {plan.kills} kills "
            f"(most at one: {max(self.caught, default=0)}), "
            f"{self.unanswered} hung up on in the content, or after it"
        )
        yield from (f"BROKEN: {one}" for one in self.broken)
        yield _how_to_repeat(plan) if self.broken else "everything holds"


class Soak:
    """One run; ``place`` is at ``server``."""

    def __init__(self, plan: Plan, place: Place, server: MoodyMailServer) -> None:
        self._plan = plan
        self._place = place
        self._server = server
        self._dice = random.Random(f"sender {plan.seed}")
        self._stored = 0
        self._caught: set[str] = set()
        """What a kill left past the point of no return; ids of submissions."""
        self._report = Report(plan=plan)

    def run(self) -> Report:
        """Have all of it happen, and return what came of it."""
        began = time.monotonic()
        with self._place.open() as workspace:
            for number in range(1, self._plan.kills + 1):
                self._store(workspace, self._plan.messages * number // self._plan.kills)
                self._round(workspace)
            self._report.before_the_end = len(self._server.deliveries)
            self._server.moods.is_calm = True
            self._end(workspace)
        self._server.wait_for_silence()
        self._judge()
        self._report.seconds = time.monotonic() - began
        return self._report

    def _store(self, workspace: Workspace, up_to: int) -> None:
        """Write and release mail until there are so many."""
        with workspace.together():
            for number in range(self._stored, up_to):
                row = workspace.outbox.send_new(
                    workspace.drafts.compose(self._mail(number))
                )
                self._place.acknowledged.add(row.id)
        self._stored = up_to

    def _mail(self, number: int) -> Fields:
        size = self._dice.choices(SIZES, SIZE_WEIGHTS)[0]
        by_role: dict[str, list[str]] = {role: [] for role in _ROLES}
        for one in range(self._dice.randint(1, 3)):
            by_role[self._dice.choice(_ROLES)].append(f"r{number}.{one}@example.net")
        lines = size // 20 + 1
        return Fields(
            to=tuple(by_role["to"]),
            cc=tuple(by_role["cc"]),
            bcc=tuple(by_role["bcc"]),
            subject=f"Number {number}",
            text=".A line of the body.\n" * lines,
        )

    def _round(self, workspace: Workspace) -> None:
        """Have a sender begin, and end by a kill."""
        point = self._dice.choice(POINTS) if self._is_likely(0.5) else ""
        fault = f"{point}:kill:{self._dice.randint(1, 12)}" if point else ""
        sender = self._place.start_sender(fault=fault)
        goal = len(self._server.deliveries) + self._goal()
        ends = time.monotonic() + self._dice.uniform(0.5, 3.0)

        def is_over() -> bool:
            is_enough = not point and len(self._server.deliveries) >= goal
            return is_enough or not sender.is_running or time.monotonic() >= ends

        while not eventually(is_over, seconds=_PRESS_SECONDS):
            self._press(workspace)
            self._disturb(sender, may_stop=not point)
        self._kill(sender, point)
        caught = _past_return(workspace) - self._caught
        self._report.caught.append(len(caught))
        self._caught |= caught

    def _goal(self) -> int:
        """Return after how much mail this round ends, if nothing ends it before."""
        return self._dice.randint(1, 2 * self._plan.messages // self._plan.kills)

    def _is_likely(self, chance: float) -> bool:
        return self._dice.random() < chance

    def _disturb(self, sender: Process, *, may_stop: bool) -> None:
        """Now and then, have the server be dead or the sender sleep for a while."""
        seconds = self._dice.uniform(0.05, 0.3)
        if self._is_likely(_DEATHS):
            self._server.die()
            eventually(lambda: not sender.is_running, seconds=seconds)
            self._server.rise()
        elif may_stop and self._is_likely(_STOPS):
            sender.stop()
            eventually(lambda: not sender.is_running, seconds=seconds)
            sender.go_on()
            self._report.stops += 1

    def _kill(self, sender: Process, point: str) -> None:
        is_by_point = not sender.is_running
        if not is_by_point:
            sender.kill()
        done = sender.wait()
        if done.code != -signal.SIGKILL:
            self._report.broken.append(f"The sender ended by itself: {done}")
        self._report.kills[point if is_by_point else _AT_RANDOM] += 1
        self._hear(done)

    def _hear(self, done: Done) -> None:
        self._place.said += [done.out, done.err]
        if "istake" in done.err or "Traceback" in done.err:
            self._report.broken.append(f"The sender says: {done.err}")

    def _press(self, workspace: Workspace, *, most: int = _AT_ONCE) -> None:
        """Press "retry now" for what waits, and let go on what is held.

        All of it in one transaction: what a person retries must not have become
        unknown since it was seen waiting.
        """
        stores = workspace._stores
        with workspace.together():
            self._resume(workspace)
            now = workspace.clock.now()
            deferred = stores.submissions.in_state(SubmissionState.DEFERRED)
            late = [one for one in deferred if one.due_at and one.due_at > now]
            for row in late[:most]:
                workspace.outbox.retry(row.draft_id)

    def _resume(self, workspace: Workspace) -> None:
        stores = workspace._stores
        is_held = ACCOUNT in stores.accounts.held()
        if is_held or stores.rests.get(ACCOUNT) is not None:
            workspace.accounts.resume(ACCOUNT)
        held = stores.submissions.in_state(SubmissionState.HELD)
        for row in held:
            workspace.outbox.resume(row.draft_id)
        self._report.holds += is_held + len(held)

    def _end(self, workspace: Workspace) -> None:
        """Have all that waits be sent to a server that behaves."""
        for _ in range(_LAST_ROUNDS):
            self._press(workspace, most=self._plan.messages)
            sender = self._place.start("outbox", "run", "--drain")
            done = sender.wait(_DRAIN_SECONDS)
            self._hear(done)
            if done.code:
                self._report.broken.append(f"The last sender failed: {done}")
            if not workspace._stores.submissions.in_state(*_WAITING):
                return
        self._report.broken.append("Some mail never left.")

    def _judge(self) -> None:
        try:
            check(self._place)
        except (AssertionError, TuimailError) as error:
            self._report.broken.append(f"{type(error).__name__}: {error}")
        with self._place.open() as workspace:
            self._count(workspace)
        self._count_at_server()
        self._report.broken += _untrue(self._report)

    def _count(self, workspace: Workspace) -> None:
        submissions, report = workspace._stores.submissions, self._report
        for row in submissions.in_state(*SubmissionState):
            report.states[row.state] += 1
            report.recipients.update(
                one.state for one in submissions.recipients(row.id)
            )
            if row.id in self._caught and row.state is not SubmissionState.UNKNOWN:
                report.broken.append(f"{row.draft_id} was not left alone: {row.state}")
            report.broken += [
                f"{row.draft_id}: {one.receipt.text}"
                for one in submissions.attempts(row.id)
                if one.receipt.stage in _OURS
            ]

    def _count_at_server(self) -> None:
        report, copies = self._report, self._server.scripted.copies()
        report.mishaps = self._server.moods.tally
        report.unanswered = self._server.moods.unanswered
        report.copies = copies.total()
        report.duplicates = sum(number - 1 for number in copies.values())


def run(plan: Plan, folder: Path) -> Report:
    """Do what ``plan`` says in ``folder``, and return what came of it."""
    with MoodyMailServer(seed=plan.seed, logins=LOGINS) as server:
        place = make_place(folder, server)
        more = f"connections = {plan.connections}"
        place.configure(account_table(ACCOUNT, server.port, more=more))
        try:
            return Soak(plan, place, server).run()
        finally:
            place.end_all()


def _past_return(workspace: Workspace) -> set[str]:
    """Return the ids of what a dead sender had past the point of no return."""
    submissions = workspace._stores.submissions
    return {
        row.id
        for row in submissions.in_state(SubmissionState.SENDING)
        if submissions.attempts(row.id)[-1].phase is AttemptPhase.COMMITTED
    }


def _untrue(report: Report) -> Iterator[str]:
    """Return what the figures show that may not be."""
    plan, states = report.plan, report.states
    if states.total() != plan.messages:
        yield f"{plan.messages} messages were stored, there are {states.total()}."
    if report.duplicates:
        yield f"{report.duplicates} copies too many were accepted."
    if max(report.caught, default=0) > plan.connections:
        yield f"A kill caught {max(report.caught)} messages after the dot."
    if states[SubmissionState.UNKNOWN] > report.most_unknown:
        yield "More is unknown than was cut off when its end was out."
    if unsettled := states.keys() & _WAITING:
        yield f"Some mail is still {', '.join(unsettled)}."
    if report.kills.total() != plan.kills:
        yield f"The sender was killed {report.kills.total()} times."


def _by_stage(mishaps: Counter[tuple[str, str]]) -> Counter[str]:
    return Counter({f"{stage} {kind}": many for (stage, kind), many in mishaps.items()})


def _counted(counted: Counter[str]) -> Iterator[str]:
    yield from (f"  {number:5} {word}" for word, number in sorted(counted.items()))


def _listed(counted: Counter[str]) -> str:
    return ", ".join(f"{number} {word}" for word, number in sorted(counted.items()))


def _how_to_repeat(plan: Plan) -> str:
    return (
        f"Repeat it: python -m tests.faults.soak --seed {plan.seed} "
        f"--messages {plan.messages} --kills {plan.kills} "
        f"--connections {plan.connections}"
    )


def _plan(words: Sequence[str] | None) -> Plan:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.soak")
    for one in fields(Plan):
        parser.add_argument(f"--{one.name}", type=int, default=one.default)
    parser.set_defaults(seed=1)
    return Plan(**vars(parser.parse_args(words)))


def main(words: Sequence[str] | None = None) -> int:
    """Run it in a folder and a home of its own; return 1 where it broke."""
    plan = _plan(words)
    return exit_code(lambda folder: run(plan, folder), prefix="soak-")


if __name__ == "__main__":
    sys.exit(main())
