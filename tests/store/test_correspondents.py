from typing import Any

import apsw
import pytest

from tests.store.bench import BCC, NOW, Bench, later, recipient
from tuimail.core.lifecycle import DraftState
from tuimail.core.message import Role
from tuimail.core.submission import RecipientState
from tuimail.store.correspondents import Correspondents
from tuimail.store.schema import migrate, shipped

ANA, BO = "ana@example.org", "bo@example.org"
BEFORE = 4
"""The last schema without this memory."""


HOUR = 3600


def settle(
    bench: Bench, id: str, address: str, state: RecipientState, seconds: float = 12
) -> None:
    with bench.writing():
        bench.submissions.set_recipient(id, address, state, None, later(seconds))


def sent_to(bench: Bench, draft_id: str, address: str, seconds: float) -> None:
    bench.approved(draft_id)
    row = bench.submission(draft_id)
    with bench.writing():
        bench.submissions.insert(row, (recipient(Role.TO, address),))
        bench.drafts.set_state(draft_id, DraftState.RELEASED, NOW, submission_id=row.id)
    settle(bench, row.id, address, RecipientState.SENT, seconds)


def test_nobody_is_known_before_mail_was_sent(bench: Bench) -> None:
    bench.sending()
    known = Correspondents(bench.database)

    assert known.known([ANA, BO, BCC]) == frozenset()
    assert known.domains() == frozenset()


def test_domains_are_read_again_only_where_there_are_others(bench: Bench) -> None:
    sent_to(bench, "d1", ANA, 10)
    known = Correspondents(bench.database)
    before = known.domains()

    assert known.domains() is before
    sent_to(bench, "d2", "eva@example.net", 10)
    assert known.domains() == {"example.org", "example.net"}


@pytest.mark.parametrize("state", [RecipientState.SENT, RecipientState.QUEUED])
def test_whoever_has_the_mail_is_known_from_then_on(
    bench: Bench, state: RecipientState
) -> None:
    settle(bench, bench.sending(), ANA, state)
    known = Correspondents(bench.database)

    assert known.known([ANA, BO, "new@example.org"]) == {ANA}
    assert known.domains() == {"example.org"}


def test_a_blind_recipient_is_known_too(bench: Bench) -> None:
    settle(bench, bench.sending(), BCC, RecipientState.SENT)

    assert Correspondents(bench.database).known([BCC]) == {BCC}


@pytest.mark.parametrize(
    "state",
    [
        RecipientState.DEFERRED,
        RecipientState.REJECTED,
        RecipientState.FAILED,
        RecipientState.UNKNOWN,
    ],
)
def test_whoever_may_not_have_it_is_not_known(
    bench: Bench, state: RecipientState
) -> None:
    settle(bench, bench.sending(), ANA, state)

    assert Correspondents(bench.database).known([ANA]) == frozenset()


def test_capitals_do_not_make_another_person(bench: Bench) -> None:
    sent_to(bench, "d1", "Ana@example.org", 12)
    sent_to(bench, "d2", ANA, 2 * HOUR)

    rows = bench.database.connection.execute("SELECT * FROM correspondents").fetchall()

    assert Correspondents(bench.database).known([ANA, "ANA@example.org"]) == {
        ANA,
        "ANA@example.org",
    }
    assert rows == [
        (
            "Ana@example.org",
            "2026-03-02T14:02:12.000000Z",
            "2026-03-02T16:02:00.000000Z",
        )
    ]


def test_queued_mail_that_is_sent_later_counts_once(bench: Bench) -> None:
    sent = bench.sending()
    settle(bench, sent, ANA, RecipientState.QUEUED, 12)
    settle(bench, sent, ANA, RecipientState.SENT, 90)

    rows = bench.database.connection.execute("SELECT * FROM correspondents").fetchall()

    assert rows == [(ANA, "2026-03-02T14:02:12.000000Z", "2026-03-02T14:02:12.000000Z")]


def test_an_international_domain_is_kept_as_it_is_shown(bench: Bench) -> None:
    sent_to(bench, "d1", "zoë@bücher.example", 12)

    assert Correspondents(bench.database).domains() == {"bücher.example"}


def test_the_newest_domains_come_first(bench: Bench) -> None:
    for number, domain in enumerate(["a.example", "b.example", "c.example"]):
        sent_to(bench, f"d{number}", f"x@{domain}", number * HOUR)
    sent_to(bench, "d9", "y@a.example", 9 * HOUR)

    assert Correspondents(bench.database).domains(2) == {"a.example", "c.example"}


def test_thousands_are_looked_up_at_once(bench: Bench) -> None:
    settle(bench, bench.sending(), ANA, RecipientState.SENT)
    many = [f"x{number}@example.org" for number in range(20_000)]

    assert Correspondents(bench.database).known([*many, ANA]) == {ANA}


def test_neither_lookup_reads_a_whole_table(bench: Bench) -> None:
    connection = bench.database.connection

    plans = [
        connection.execute(
            "EXPLAIN QUERY PLAN SELECT domain FROM correspondent_domains "
            "ORDER BY last_at DESC, domain DESC LIMIT 5"
        ).fetchall(),
        connection.execute(
            "EXPLAIN QUERY PLAN SELECT given.value FROM json_each('[]') AS given "
            "JOIN correspondents AS known ON known.address = given.value"
        ).fetchall(),
    ]

    assert "correspondent_domains_by_last" in str(plans[0])
    assert "TEMP B-TREE" not in str(plans[0])
    assert "SEARCH known USING PRIMARY KEY" in str(plans[1])


def test_mail_of_before_is_remembered_by_the_upgrade(bench: Bench) -> None:
    """What the migration makes of old rows is what the trigger would have made."""
    settle(bench, bench.sending("d1"), ANA, RecipientState.SENT, 1 * HOUR)
    sent_to(bench, "d2", "ANA@example.org", 2 * HOUR)
    sent_to(bench, "d3", "x@other.example", 4 * HOUR)
    sent_to(bench, "d4", "y@other.example", 3 * HOUR)
    connection = bench.database.connection
    expected = _remembered(connection)
    with bench.writing():
        for name in ("correspondents", "correspondent_domains"):
            bench.database.write(f"DROP TABLE {name}", ())
        bench.database.write("DROP TRIGGER recipients_become_correspondents", ())
    connection.pragma("user_version", BEFORE)

    migrate(connection, bench.path, shipped()[: BEFORE + 1])

    found = _remembered(connection)
    assert {(a.lower(), *rest) for a, *rest in found[0]} == {
        (a.lower(), *rest) for a, *rest in expected[0]
    }
    assert found[1] == expected[1]


def _remembered(connection: apsw.Connection) -> tuple[list[Any], list[Any]]:
    people = connection.execute("SELECT * FROM correspondents").fetchall()
    domains = connection.execute("SELECT * FROM correspondent_domains").fetchall()
    return people, domains


def test_within_the_hour_nothing_is_written_again(bench: Bench) -> None:
    sent_to(bench, "d1", ANA, 1)
    before = _remembered(bench.database.connection)

    sent_to(bench, "d2", ANA, 60)

    assert _remembered(bench.database.connection) == before
