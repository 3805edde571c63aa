"""Who gets no mail any more: kept, and told to the journal as a hash."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.store.bench import NOW, Bench, digest, later
from tuimail.core.suppression import Scope, Source
from tuimail.errors import StoreError
from tuimail.store import schema
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

    who = {"address_digest": bench.keyed("address", "bob@example.org")}
    assert told(bench) == [
        (
            "suppression_added",
            "d1",
            who
            | {
                "scope": "bulk",
                "source": "unsubscribe",
                "reason_digest": bench.keyed("reason", "He asked."),
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
                "reason_digest": bench.keyed("reason", "bob@example.org is gone"),
            },
        ),
        ("suppression_removed", "d1", who | {"scope": "all"}),
    ]
    lines = bench.journal.all()
    assert lines[-1].at == later(5)
    assert bench.journal.verify().first_bad is None


def test_who_has_the_journal_cannot_make_sure_of_an_address(bench: Bench) -> None:
    """Each line names its mail: whoever is guessed would be a blind copy of that."""
    put(bench, ROW)

    lines = str(bench.journal.all())
    assert digest("bob@example.org") not in lines
    assert digest("He asked.") not in lines


def test_two_workspaces_hash_an_address_differently(folder: Path) -> None:
    one, other = Bench(folder / "one"), Bench(folder / "other")
    put(one, ROW)
    put(other, ROW)

    assert told(one) != told(other)
    one.close()
    other.close()


def test_a_key_that_is_none_lets_nothing_be_written(bench: Bench) -> None:
    put(bench, ROW)
    path = bench.path.parent / "keys" / "journal"
    path.write_bytes(b"short")
    again = Bench(bench.path.parent)

    with pytest.raises(StoreError, match="addresses in the journal") as refused:
        put(again, ANA)

    assert f"rm {path}" in refused.value.hint
    assert Suppressions(again.database).rows(limit=9) == (ROW,)
    again.close()


def test_what_an_older_version_wrote_stays_valid(folder: Path) -> None:
    folder.mkdir()
    path = folder / "tuimail.db"
    old = apsw.Connection(str(path))
    schema.migrate(old, path, schema.shipped()[:19])
    old.create_scalar_function("actor", lambda *_: "person:mara", 0)
    old.create_scalar_function("sha256", lambda *texts: digest(str(texts[0])), 1)
    old.execute(
        "INSERT INTO suppressions VALUES ('eve@x.example', 'eve@x.example', 'all', '',"
        " 'person', '', 'person:mara', '2026-03-02T14:02:00.000000Z', NULL)"
    )
    old.close()

    bench = Bench(folder)
    put(bench, ROW)

    first, second = (details["address_digest"] for _, _, details in told(bench))
    assert first == digest("eve@x.example")
    assert second == bench.keyed("address", "bob@example.org")
    assert bench.journal.verify().ok
    bench.close()


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
