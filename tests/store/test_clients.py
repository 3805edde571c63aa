"""Clients in the store: what they may do, what they handed in, what is theirs."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.bench import BILLING, MARA, NOW, Bench, later, revision
from tuimail.core.lifecycle import DraftState
from tuimail.core.origin import Origin
from tuimail.errors import StoreError
from tuimail.store.clients import ClientRow, Clients
from tuimail.store.drafts import DraftRow

HASH = "a" * 64
OTHER = "b" * 64
ROW = ClientRow(
    name="billing",
    token_hash=HASH,
    last_characters="7c",
    scopes=frozenset({"draft", "status"}),
    account="work",
    sender="mara@example.org",
    per_hour=20,
    added_at=NOW,
)


@pytest.fixture
def clients(bench: Bench) -> Clients:
    found = Clients(bench.database)
    with bench.writing():
        found.insert(ROW)
    return found


def hand_in(bench: Bench, draft_id: str, *, actor: str = BILLING, at: float) -> None:
    row = DraftRow(
        id=draft_id,
        state=DraftState.REVIEW,
        revision=1,
        origin=Origin(actor=actor, door="http"),
        account="work",
        created_at=later(at),
        changed_at=later(at),
    )
    with bench.writing():
        bench.drafts.insert(row, revision(draft_id, author=actor, at=later(at)))


def test_a_client_is_kept_as_it_was_let_in(clients: Clients) -> None:
    assert clients.get("billing") == ROW
    assert clients.by_token(HASH) == ROW
    assert clients.all() == (ROW,)
    assert HASH not in repr(ROW)


def test_those_that_share_a_flush_look_for_a_token_once(
    bench: Bench, clients: Clients
) -> None:
    with bench.database.together():
        first = clients.by_token(HASH)
        assert clients.by_token(HASH) is first
        with bench.database.transaction():
            clients.set_token("billing", token_hash=OTHER, last_characters="9", at=NOW)
        assert clients.by_token(HASH) is None

    assert clients.by_token(HASH) is None


def test_what_a_step_did_that_was_undone_is_not_remembered(
    bench: Bench, clients: Clients
) -> None:
    with bench.database.together():
        with suppress(ZeroDivisionError), bench.database.transaction():
            clients.revoke("billing", NOW)
            assert clients.by_token(HASH) is None
            raise ZeroDivisionError

        assert clients.by_token(HASH) == ROW


def test_another_programs_change_is_seen_by_the_next_that_share_a_flush(
    bench: Bench, clients: Clients, folder: Path
) -> None:
    with bench.database.together():
        assert clients.by_token(HASH) == ROW
    other = Bench(folder)
    with other.writing():
        Clients(other.database).revoke("billing", NOW)
    other.close()

    with bench.database.together():
        assert clients.by_token(HASH) is None


def test_nobody_is_found_by_another_token_or_by_none(clients: Clients) -> None:
    assert clients.by_token("b" * 64) is None
    assert clients.by_token("") is None
    assert clients.get("sales") is None


def test_another_token_takes_the_place_of_the_first(
    bench: Bench, clients: Clients
) -> None:
    with bench.writing():
        clients.set_token(
            "billing", token_hash="c" * 64, last_characters="9f", at=later(60)
        )

    assert clients.by_token(HASH) is None
    assert clients.by_token("c" * 64) == replace(
        ROW, token_hash="c" * 64, last_characters="9f"
    )


def test_a_revoked_client_has_no_token_and_is_still_known(
    bench: Bench, clients: Clients
) -> None:
    with bench.writing():
        clients.revoke("billing", later(60))

    assert clients.by_token(HASH) is None
    assert clients.by_token("") is None
    assert clients.all() == (replace(ROW, token_hash="", revoked_at=later(60)),)


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM clients", "never deleted"),
        ("UPDATE clients SET per_hour = 9999", "never changed"),
        ("UPDATE clients SET scopes = 'draft status release'", "never changed"),
        ("UPDATE clients SET account = ''", "never changed"),
        ("UPDATE clients SET sender = ''", "never changed"),
        ("UPDATE clients SET name = 'boss'", "never changed"),
    ],
)
def test_what_a_client_may_do_never_changes(
    bench: Bench, clients: Clients, sql: str, words: str
) -> None:
    with pytest.raises(StoreError, match=words):
        bench.write(sql)

    assert clients.all() == (ROW,)


def test_a_revoked_client_is_never_let_in_again(bench: Bench, clients: Clients) -> None:
    with bench.writing():
        clients.revoke("billing", later(60))

    with pytest.raises(StoreError, match="not let in again"), bench.writing():
        clients.set_token("billing", token_hash=HASH, last_characters="", at=NOW)


def test_two_names_that_differ_in_capitals_are_one(
    bench: Bench, clients: Clients
) -> None:
    with pytest.raises(StoreError), bench.writing():
        clients.insert(replace(ROW, name="Billing", token_hash="d" * 64))

    assert clients.get("BILLING") == ROW


def test_the_journal_tells_every_change_and_neither_token_nor_hash(
    bench: Bench, clients: Clients
) -> None:
    with bench.writing():
        clients.set_token(
            "billing", token_hash="c" * 64, last_characters="9f", at=later(1)
        )
        clients.revoke("billing", later(2))

    lines = bench.journal.all()
    assert [(one.event, one.actor, one.details["client"]) for one in lines] == [
        ("client_added", MARA, "billing"),
        ("client_rotated", MARA, "billing"),
        ("client_revoked", MARA, "billing"),
    ]
    assert lines[0].details == {
        "client": "billing",
        "scopes": "draft status",
        "account": "work",
        "sender": "mara@example.org",
        "per_hour": "20",
    }
    assert HASH not in str(lines)
    assert "c" * 64 not in str(lines)
    assert bench.journal.verify().ok


def test_it_is_known_since_when_a_client_has_handed_in_so_many(
    bench: Bench, clients: Clients
) -> None:
    for number, at in enumerate((10, 20, 30)):
        hand_in(bench, f"d{number}", at=at)
    hand_in(bench, "d8", actor="agent:sales", at=25)
    hand_in(bench, "d9", actor=MARA, at=26)

    def full_since(limit: int, *, after: float = 0, now: float = 60) -> object:
        return clients.full_since(
            BILLING, limit=limit, after=later(after), now=later(now)
        )

    assert full_since(3) == later(10)
    assert full_since(1) == later(30)
    assert full_since(4) is None
    assert full_since(3, after=10) is None
    assert full_since(2, after=10) == later(20)


def test_reports_count_as_much_as_mail(bench: Bench, clients: Clients) -> None:
    hand_in(bench, "d1", at=10)
    with bench.writing():
        clients.note_report(BILLING, later(20))
        clients.note_report("agent:sales", later(21))
        clients.note_report(BILLING, later(99_999))

    def full_since(limit: int) -> object:
        return clients.full_since(BILLING, limit=limit, after=NOW, now=later(60))

    assert (full_since(1), full_since(2), full_since(3)) == (later(20), later(10), None)
    assert clients.room(BILLING, limit=9, after=NOW) == 6
    assert clients.room(BILLING, limit=2, after=NOW) == 0
    assert bench.journal.all()[-1].event == "report_handed_in"


def test_what_a_clock_that_ran_ahead_noted_does_not_count(
    bench: Bench, clients: Clients
) -> None:
    hand_in(bench, "d1", at=99_999)

    found = clients.full_since(BILLING, limit=1, after=NOW, now=later(60))

    assert found is None


def test_a_clients_own_mail_is_listed_newest_first(
    bench: Bench, clients: Clients
) -> None:
    for number in range(1, 5):
        hand_in(bench, f"d{number}", at=number)
    hand_in(bench, "d5", actor="agent:sales", at=5)

    assert clients.draft_ids(BILLING, limit=2, before="") == ("d4", "d3")
    assert clients.draft_ids(BILLING, limit=9, before="d3") == ("d2", "d1")
    assert clients.draft_ids(MARA, limit=9, before="") == ()


def test_names_of_agents_who_wrote_are_spent_and_others_are_not(
    bench: Bench, clients: Clients
) -> None:
    hand_in(bench, "d1", at=1)
    hand_in(bench, "d2", actor="agent:sales", at=2)
    hand_in(bench, "d3", actor=MARA, at=3)

    with bench.writing():
        clients.spend_names(later(9))

    assert clients.get("billing") == ROW
    sales = clients.get("sales")
    assert sales is not None
    assert (sales.revoked_at, sales.token_hash) == (later(9), "")
    assert [one.name for one in clients.all()] == ["billing", "sales"]


def test_a_name_that_no_client_can_have_is_passed_over(bench: Bench) -> None:
    hand_in(bench, "d1", actor="agent:", at=1)
    clients = Clients(bench.database)

    with bench.writing():
        clients.spend_names(later(9))

    assert clients.all() == ()


def test_room_is_what_was_not_handed_in_lately(bench: Bench, clients: Clients) -> None:
    for number in range(3):
        hand_in(bench, f"d{number}", at=number * 60)
    hand_in(bench, "d8", actor="agent:sales", at=60)

    assert clients.room(BILLING, limit=5, after=later(0)) == 3
    assert clients.room(BILLING, limit=2, after=later(-1)) == 0
    assert clients.room("agent:nobody", limit=2, after=later(-1)) == 2
