"""How many mails stand where in a list, kept while mail comes, moves and goes."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Final

import pytest

from tests.store.bench import NOW, Bench, later
from tuimail.core.lifecycle import DraftState, SubmissionState
from tuimail.store.orders import DRAFTS, OUTBOX, REVIEW, SENT, Order, Orders
from tuimail.store.schema import shipped
from tuimail.store.spans import CUT

LISTS: Final = (REVIEW, OUTBOX, SENT, DRAFTS)
MAILS: Final = 30


@pytest.fixture(autouse=True)
def short(bench: Bench) -> None:
    """Spans of four at most, so that a few mails make many of them."""
    (sql,) = (
        str(row[0])
        for row in bench.database.connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'spans_are_halved'"
        )
    )
    bench.write("DROP TRIGGER spans_are_halved")
    bench.write(sql.replace("2048", "4").replace("1024", "2"))


def kept(bench: Bench) -> dict[str, int]:
    """Return how many mails the spans of each list have."""
    found = bench.database.connection.execute(
        "SELECT list, sum(count) FROM spans GROUP BY list HAVING sum(count) > 0"
    )
    return {str(name): int(count) for name, count in found}


def spans(bench: Bench) -> list[tuple[object, ...]]:
    found = bench.database.connection.execute(
        "SELECT * FROM spans ORDER BY list, at, id"
    )
    return list(found)


def cut_anew(bench: Bench) -> list[tuple[object, ...]]:
    """Return each span with the mails that it really has."""
    found = bench.database.connection.execute("""
      SELECT span.list, span.at, span.id, (
        SELECT count(*) FROM (
          SELECT list, changed_at AS at, id FROM drafts JOIN listed USING (status)
          UNION ALL
          SELECT 'leaving', due_at, draft_id FROM submissions
          WHERE state IN ('ready', 'deferred')) AS mail
        WHERE mail.list = span.list AND (mail.at, mail.id) >= (span.at, span.id)
          AND NOT EXISTS (
            SELECT 1 FROM spans AS later
            WHERE later.list = span.list
              AND (later.at, later.id) > (span.at, span.id)
              AND (later.at, later.id) <= (mail.at, mail.id)))
      FROM spans AS span ORDER BY 1, 2, 3""")
    return list(found)


def steps(bench: Bench, random: Random) -> Iterator[Callable[[], object]]:
    """Yield a life for each of many mails, in steps that are taken in any order."""
    lives = [_life(bench, f"m{number:02}", random) for number in range(MAILS)]
    while lives:
        life = random.choice(lives)
        step = next(life, None)
        if step is None:
            lives.remove(life)
        else:
            yield step


def _life(bench: Bench, id: str, random: Random) -> Iterator[Callable[[], object]]:
    at = later(random.randrange(20))
    kind = random.choice(("draft", "review", "waits", "held", "sent", "lost", "back"))
    state = DraftState.REVIEW if kind == "review" else DraftState.DRAFT
    yield lambda: bench.drafted(id, state=state, at=at)
    if kind == "draft" and random.random() < 0.7:
        yield lambda: _move(bench, id, DraftState.DRY_RUN, random)
        yield lambda: _move(bench, id, DraftState.DRAFT, random)
    if kind in {"draft", "review"}:
        return
    due = later(random.randrange(20))
    yield lambda: bench.released(id, due_at=due, released_at=at)
    submission = f"s-{id}-1"
    if kind == "held":
        yield lambda: _stand(bench, submission, SubmissionState.HELD, random)
    if kind == "back":
        yield lambda: _stand(bench, submission, SubmissionState.CANCELLED, random)
        yield lambda: _move(bench, id, DraftState.DRAFT, random)
    if kind in {"sent", "lost"}:
        yield lambda: _claim(bench, submission, random)
        ended = {
            "sent": (SubmissionState.SENT, "accept"),
            "lost": (SubmissionState.UNKNOWN, "lose"),
        }[kind]
        yield lambda: bench.settled(submission, *ended)


def _move(bench: Bench, id: str, state: DraftState, random: Random) -> None:
    with bench.writing():
        bench.drafts.set_state(id, state, later(random.randrange(40)))


def _stand(bench: Bench, id: str, state: SubmissionState, random: Random) -> None:
    with bench.writing():
        bench.submissions.set_state(id, state, at=later(random.randrange(40)))


def _claim(bench: Bench, id: str, random: Random) -> None:
    with bench.writing():
        bench.claim(id, later(random.randrange(40)))


@pytest.mark.parametrize("seed", range(4))
def test_places_are_those_of_the_list_while_mail_comes_and_moves(
    bench: Bench, seed: int
) -> None:
    random, found = Random(seed), Orders(bench.database)
    most = 0

    for number, step in enumerate(steps(bench, random)):
        step()
        most = max(most, len(spans(bench)))
        if number % 9 == 0:
            assert spans(bench) == cut_anew(bench)
            for order in LISTS:
                _is_as_listed(found, order, random)

    assert most > 12


def _is_as_listed(found: Orders, order: Order, random: Random) -> None:
    """What is read from its top, key after key, is the list that there is."""
    listed = found.top(order, NOW, 1_000)
    first = random.randrange(len(listed) + 1)
    last = first + random.randrange(10)

    assert found.total(order) == len(listed)
    assert found.between(order, NOW, first, last) == listed[first:last]
    for place, spot in enumerate(listed):
        assert found.place(order, NOW, spot) == place


@pytest.mark.parametrize("is_rising", [True, False])
def test_no_span_grows_and_none_is_left_empty(bench: Bench, *, is_rising: bool) -> None:
    for number in range(MAILS):
        bench.drafted(f"d{number}", at=later(number if is_rising else -number))
    counts = [row[3] for row in spans(bench) if row[0] == "drafts"]
    for number in range(MAILS):
        with bench.writing():
            bench.drafts.set_state(f"d{number}", DraftState.DISCARDED, NOW)

    assert sum(map(int, map(str, counts))) == MAILS
    assert set(counts) <= {2, 3, 4}
    assert kept(bench) == {}
    assert [row[1:] for row in spans(bench) if row[0] == "drafts"] == [("", "", 0)]


def test_mail_that_is_purged_leaves_its_span(bench: Bench) -> None:
    for number in range(5):
        bench.drafted(f"d{number}", at=later(number))
    bench.database.connection.pragma("foreign_keys", 0)
    bench.write("DROP TRIGGER drafts_stay")
    bench.write("DROP TRIGGER drafts_end")

    bench.write("DELETE FROM drafts WHERE id IN ('d1', 'd4')")

    assert kept(bench) == {"drafts": 3}
    assert spans(bench) == cut_anew(bench)


def test_lists_are_cut_as_the_migration_cuts_them(bench: Bench) -> None:
    """A rebuilt workspace has no triggers while mail is put in."""
    (step,) = (one for one in shipped() if "CREATE TABLE spans" in one.sql)
    for number in range(5):
        bench.drafted(f"d{number}", at=later(number))
        bench.released(f"o{number}", due_at=later(number))
    bench.write("UPDATE spans SET count = 0 WHERE at = ''")
    bench.write("DELETE FROM spans WHERE at <> ''")

    bench.write(CUT)

    assert kept(bench) == {"drafts": 5, "leaving": 5}
    assert spans(bench) == cut_anew(bench)
    assert CUT.split("WHERE true")[0].strip() in step.sql


def test_the_lists_are_of_the_statuses_that_the_database_keeps(bench: Bench) -> None:
    found = bench.database.connection.execute("SELECT status, list FROM listed")

    listed = {
        status: part.list
        for order in LISTS
        for part in order.parts
        if part.list
        for status in part.statuses
    }
    assert {str(status): str(name) for status, name in found} == listed
