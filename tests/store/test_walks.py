"""Any steps in any order: what the database must never come to.

Each step is tried, and may be refused; after every one the workspace has to be
one that makes sense, whatever the program above did.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.bench import EVERYBODY, Bench, later, revision
from tuimail.core.lifecycle import (
    SUBMISSION_STEPS,
    DraftState,
    SubmissionState,
)
from tuimail.core.submission import AttemptPhase, Receipt, RecipientState
from tuimail.errors import StoreError

LIVE = {"ready", "held", "sending", "deferred", "unknown"}


def allowed_after(state: SubmissionState) -> set[SubmissionState]:
    return set(SUBMISSION_STEPS[state].values())


class Walk:
    """One draft, and whatever anybody may try with it."""

    def __init__(self, bench: Bench, name: str) -> None:
        self.bench = bench
        self.name = bench.drafted(name)
        self.submissions: list[str] = []
        self.clock = 0

    def now(self) -> float:
        self.clock += 1
        return self.clock

    def edit(self, state: DraftState) -> None:
        number = self.bench.drafts.get(self.name).revision + 1
        newest = revision(self.name, number, later(self.now()))
        self.bench.drafts.add_revision(newest, state)

    def move(self, state: DraftState) -> None:
        self.bench.drafts.set_state(self.name, state, later(self.now()))

    def approve(self) -> None:
        given = self.bench.approval(self.name)
        given = replace(given, id=f"{given.id}-{self.now()}")
        self.bench.decisions.approve(given)
        self.move(DraftState.APPROVED)

    def release(self) -> None:
        approval = self.bench.decisions.current_approval(self.name)
        row = self.bench.submission(
            self.name,
            id=f"s-{self.name}-{self.now()}",
            approval_id=approval.id if approval else "none",
        )
        self.bench.submissions.insert(row, EVERYBODY)
        self.bench.drafts.set_state(
            self.name, DraftState.RELEASED, later(self.now()), submission_id=row.id
        )
        self.submissions.append(row.id)

    def claim(self, which: int) -> None:
        self.bench.claim(self._one(which), later(self.now()))

    def commit(self, which: int) -> None:
        one = self._one(which)
        number = len(self.bench.submissions.attempts(one))
        self.bench.commit(one, number, later(self.now()))

    def settle(self, which: int, state: SubmissionState) -> None:
        one = self._one(which)
        number = len(self.bench.submissions.attempts(one))
        outcome = "cancel" if state is SubmissionState.CANCELLED else "defer"
        at = later(self.now())
        self.bench.submissions.end_attempt(one, number, outcome, Receipt(), at)
        self.bench.submissions.set_state(one, state, at=at, due_at=at)

    def push(self, which: int, state: SubmissionState) -> None:
        at = later(self.now())
        self.bench.submissions.set_state(self._one(which), state, at=at, due_at=at)

    def mark(self, which: int, state: RecipientState) -> None:
        self.bench.submissions.set_recipient(
            self._one(which), "ana@example.org", state, None, later(self.now())
        )

    def _one(self, which: int) -> str:
        if not self.submissions:
            raise StoreError("Nothing was released.")
        return self.submissions[which % len(self.submissions)]

    def check(self) -> None:
        """Everything that has to be true of the workspace at any time."""
        row = self.bench.drafts.get(self.name)
        approval = self.bench.decisions.current_approval(self.name)
        assert (row.state is DraftState.APPROVED) is (approval is not None)
        found = [self.bench.submissions.get(one) for one in self.submissions]
        live = [one for one in found if one.state.value in LIVE]
        assert len(live) <= 1
        assert all(one.id == row.submission_id for one in live)
        assert not live or row.state is DraftState.RELEASED
        for one in found:
            phases = [each.phase for each in self.bench.submissions.attempts(one.id)]
            unfinished = [phase for phase in phases if phase is not AttemptPhase.DONE]
            is_sending = one.state is SubmissionState.SENDING
            assert len(unfinished) == is_sending


_STATES = st.sampled_from(SubmissionState)
_SETTLED = st.sampled_from(sorted(allowed_after(SubmissionState.SENDING)))
_DRAFT_STATES = st.sampled_from(DraftState)
_WHICH = st.integers(0, 2)
Step = tuple[Callable[..., None], Sequence[object]]


def _step(
    step: Callable[..., None], *arguments: st.SearchStrategy[object]
) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(step), st.tuples(*arguments))


_PROGRESS: st.SearchStrategy[Step] = st.one_of(
    _step(Walk.approve),
    _step(Walk.release),
    _step(Walk.claim, _WHICH),
    _step(Walk.commit, _WHICH),
    _step(Walk.settle, _WHICH, _SETTLED),
)
_ANYTHING: st.SearchStrategy[Step] = st.one_of(
    _step(Walk.edit, _DRAFT_STATES),
    _step(Walk.move, _DRAFT_STATES),
    _step(Walk.push, _WHICH, _STATES),
    _step(Walk.settle, _WHICH, _STATES),
    _step(Walk.mark, _WHICH, st.sampled_from(RecipientState)),
)
_START: Sequence[Step] = [(Walk.approve, ()), (Walk.release, ()), (Walk.claim, (0,))]


def test_no_order_of_steps_leads_where_it_must_not(bench: Bench) -> None:
    bench.database.connection.pragma("synchronous", 0)
    walks: list[Walk] = []

    @settings(max_examples=50, deadline=None)
    @given(
        depth=st.integers(0, 3),
        steps=st.lists(_PROGRESS | _ANYTHING, min_size=5, max_size=15),
    )
    def walk(depth: int, steps: list[Step]) -> None:
        walks.append(Walk(bench, f"d{len(walks)}"))
        for step, arguments in [*_START[:depth], *steps]:
            _try(bench, walks[-1], step, arguments)
            walks[-1].check()

    walk()

    scanned = bench.database.connection.execute(
        "SELECT status, count(*) FROM drafts GROUP BY status"
    ).fetchall()
    assert sorted(bench.rows.counts().items()) == sorted(scanned)
    assert bench.journal.verify().ok


def _try(
    bench: Bench, walk: Walk, step: Callable[..., None], arguments: Sequence[object]
) -> None:
    before = list(walk.submissions)
    try:
        with bench.writing():
            step(walk, *arguments)
    except StoreError:
        walk.submissions = before
