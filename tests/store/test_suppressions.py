"""Who gets no mail any more: kept, and told to the journal as a hash."""

from dataclasses import replace
from typing import Any

import pytest

from tests.store.bench import NOW, Bench, digest, later
from tuimail.core.suppression import Scope, Source
from tuimail.errors import StoreError
from tuimail.store.suppressions import SuppressionRow, Suppressions

ROW = SuppressionRow(
    key="bob@example.org",
    address="Bob@example.org",
    scope=Scope.BULK,
    reason="He asked.",
    source=Source.UNSUBSCRIBE,
    draft_id="d1",
    actor="tuimail",
    at=NOW,
)
ANA = replace(ROW, key="ana@example.org", address="ana@example.org", at=later(1))


@pytest.fixture
def suppressions(bench: Bench) -> Suppressions:
    return Suppressions(bench.database)


def put(bench: Bench, *rows: SuppressionRow) -> None:
    with bench.writing():
        for row in rows:
            Suppressions(bench.database).put(row)


def told(bench: Bench) -> list[tuple[str, str, dict[str, str]]]:
    return [
        (line.event, line.draft_id, dict(line.details)) for line in bench.journal.all()
    ]


def test_what_is_put_is_found(bench: Bench, suppressions: Suppressions) -> None:
    assert suppressions.is_empty()

    put(bench, ROW)

    assert not suppressions.is_empty()
    assert suppressions.get("bob@example.org") == ROW
    assert suppressions.get("Bob@example.org") is None


def test_those_who_are_listed_are_told_from_the_others(
    bench: Bench, suppressions: Suppressions
) -> None:
    put(bench, ROW, ANA)

    found = suppressions.among(["bob@example.org", "eve@example.org"])

    assert found == {"bob@example.org": ROW}
    assert suppressions.among([]) == {}


def test_the_list_is_read_by_pages_newest_first(
    bench: Bench, suppressions: Suppressions
) -> None:
    same_time = replace(ROW, key="cy@example.org", address="cy@example.org")
    put(bench, ROW, ANA, same_time)

    first = suppressions.rows(limit=2)

    assert first == (ANA, same_time)
    assert suppressions.rows(limit=2, before=same_time) == (ROW,)
    assert suppressions.rows(limit=2, before=ROW) == ()


def test_what_is_known_better_takes_the_place_of_what_was(
    bench: Bench, suppressions: Suppressions
) -> None:
    put(bench, ROW)
    newer = replace(ROW, scope=Scope.ALL, source=Source.PERSON, at=later(9))

    put(bench, newer)

    assert suppressions.rows(limit=9) == (newer,)


def test_who_is_removed_is_gone(bench: Bench, suppressions: Suppressions) -> None:
    put(bench, ROW)

    with bench.writing():
        first = suppressions.remove(ROW.key, later(5))
        second = suppressions.remove(ROW.key, later(6))

    assert (first, second) == (True, False)
    assert suppressions.is_empty()


def test_the_journal_has_every_step_and_no_address(
    bench: Bench, suppressions: Suppressions
) -> None:
    put(bench, ROW)
    put(bench, replace(ROW, scope=Scope.ALL, reason="bob@example.org is gone"))
    with bench.writing():
        suppressions.remove(ROW.key, later(5))

    who = {"address_digest": digest("bob@example.org")}
    assert told(bench) == [
        (
            "suppression_added",
            "d1",
            who
            | {
                "scope": "bulk",
                "source": "unsubscribe",
                "reason_digest": digest("He asked."),
            },
        ),
        (
            "suppression_changed",
            "d1",
            who
            | {
                "from": "bulk",
                "scope": "all",
                "source": "unsubscribe",
                "reason_digest": digest("bob@example.org is gone"),
            },
        ),
        ("suppression_removed", "d1", who | {"scope": "all"}),
    ]
    lines = bench.journal.all()
    assert lines[-1].at == later(5)
    assert bench.journal.verify().first_bad is None


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM suppressions",
        "UPDATE suppressions SET key = 'eve@example.org'",
        "UPDATE suppressions SET scope = 'none'",
        "UPDATE suppressions SET actor = 'agent:sales'",
        """
        INSERT INTO suppressions
        SELECT 'x', address, scope, reason, source, draft_id, actor, at, at
        FROM suppressions
        """,
    ],
)
def test_nobody_leaves_the_list_without_a_word(bench: Bench, sql: str) -> None:
    put(bench, ROW)

    with pytest.raises(StoreError):
        bench.write(sql)

    assert Suppressions(bench.database).rows(limit=9) == (ROW,)


@pytest.mark.parametrize("empty", ["key", "address", "actor"])
def test_a_suppression_says_whose_it_is(bench: Bench, empty: str) -> None:
    changes: dict[str, Any] = {empty: ""}

    with pytest.raises(StoreError):
        put(bench, replace(ROW, **changes))
