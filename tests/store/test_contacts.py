"""Whom people here write to: learnt from what was sent, and found again."""

from collections.abc import Callable

import pytest

from tests.store.bench import BILLING, NOW, Bench, address, draft, later, recipient
from tuimail.core.lifecycle import DraftState
from tuimail.core.message import Role
from tuimail.core.submission import RecipientState
from tuimail.store import contacts
from tuimail.store.contacts import Contacts

ANA, BO = "ana@example.org", "bo@example.org"


@pytest.fixture
def found(bench: Bench) -> Callable[..., list[str]]:
    """Ask once everything is learnt."""

    def ask(text: str, *, is_blind: bool = False, limit: int = 8) -> list[str]:
        learn(bench)
        known = Contacts(bench.database)
        fitting = known.matching(text, is_blind=is_blind, limit=limit)
        return [one.address for one in fitting]

    return ask


def learn(bench: Bench, most: int = 100) -> int:
    steps = 1
    with bench.writing():
        while Contacts(bench.database).learn(most):
            steps += 1
    return steps


def sent(
    bench: Bench,
    draft_id: str,
    *to: str,
    role: Role = Role.TO,
    seconds: float = 12,
    state: RecipientState = RecipientState.SENT,
) -> str:
    """Have mail sent to some people."""
    if not bench.drafts.among([draft_id]):
        nobody: dict[str, object] = {"to": (), "cc": (), "bcc": ()}
        people = nobody | {role.value: tuple(map(address, to))}
        bench.drafted(draft_id, draft=draft("Q3", **people))
    bench.approved(draft_id)
    row = bench.submission(draft_id)
    with bench.writing():
        bench.submissions.insert(row, tuple(recipient(role, one) for one in to))
        bench.drafts.set_state(draft_id, DraftState.RELEASED, NOW, submission_id=row.id)
    for one in to:
        settle(bench, row.id, one, state, seconds)
    return row.id


def settle(
    bench: Bench, id: str, to: str, state: RecipientState, seconds: float = 12
) -> None:
    with bench.writing():
        bench.submissions.set_recipient(id, to, state, None, later(seconds))


def test_nobody_is_found_before_mail_was_sent(
    bench: Bench, found: Callable[..., list[str]]
) -> None:
    bench.sending()

    assert found("ana") == []


@pytest.mark.parametrize("text", ["an", "ANA@", "exam", "Ána", "@example", "org ana"])
def test_somebody_is_found_by_the_beginning_of_any_word(
    bench: Bench, found: Callable[..., list[str]], text: str
) -> None:
    sent(bench, "d1", ANA)

    assert found(text) == [ANA]


@pytest.mark.parametrize("text", ["", "  ", "na", "ana bo", "xample"])
def test_what_fits_nobody_finds_nobody(
    bench: Bench, found: Callable[..., list[str]], text: str
) -> None:
    sent(bench, "d1", ANA)

    assert found(text) == []


@pytest.mark.parametrize(
    ("state", "listed"),
    [
        (RecipientState.SENT, [ANA]),
        (RecipientState.QUEUED, [ANA]),
        (RecipientState.REJECTED, []),
        (RecipientState.UNKNOWN, []),
    ],
)
def test_only_who_has_the_mail_is_offered(
    bench: Bench,
    found: Callable[..., list[str]],
    state: RecipientState,
    listed: list[str],
) -> None:
    learn(bench)
    sent(bench, "d1", ANA, state=state)

    assert found("ana") == listed


def test_what_is_told_of_somebody_is_name_number_and_last_time(bench: Bench) -> None:
    sent(bench, "d1", ANA, seconds=12)
    sent(bench, "d2", ANA, seconds=99)
    learn(bench)

    (one,) = Contacts(bench.database).matching("ana", is_blind=False, limit=8)
    assert (one.name, one.mails, one.last_at) == ("Ana", 2, later(99))


def test_mail_of_before_and_since_is_counted_once_each(bench: Bench) -> None:
    """The journal tells of the first mail, too, and it is in the tables already."""
    sent(bench, "d1", ANA)
    learn(bench)
    sent(bench, "d2", ANA)
    learn(bench)
    learn(bench)

    (one,) = Contacts(bench.database).matching("ana", is_blind=False, limit=8)
    assert one.mails == 2


def test_mail_that_a_provider_queued_and_then_sent_is_one_mail(bench: Bench) -> None:
    learn(bench)
    mail = sent(bench, "d1", ANA, state=RecipientState.QUEUED)
    learn(bench)
    settle(bench, mail, ANA, RecipientState.SENT, 50)
    learn(bench)

    (one,) = Contacts(bench.database).matching("ana", is_blind=False, limit=8)
    assert one.mails == 1


def test_learning_goes_on_where_it_stopped(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "LINES_LIMIT", 3)
    sent(bench, "d1", ANA, BO)
    first = learn(bench, most=1)
    sent(bench, "d2", ANA, "cy@example.org")
    second = learn(bench, most=1)

    assert (first, second) > (2, 2)
    known = Contacts(bench.database).matching("example", is_blind=False, limit=8)
    assert {one.address: one.mails for one in known} == {
        ANA: 2, BO: 1, "cy@example.org": 1
    }  # fmt: skip


def test_who_is_written_to_most_comes_first(
    bench: Bench, found: Callable[..., list[str]]
) -> None:
    sent(bench, "d1", ANA)
    sent(bench, "d2", BO)
    sent(bench, "d3", BO)

    assert found("example") == [BO, ANA]
    assert found("example", limit=1) == [BO]


def test_mail_of_a_program_counts_for_less(
    bench: Bench, found: Callable[..., list[str]]
) -> None:
    bench.drafted("d1", actor=BILLING, draft=draft(to=(address(ANA),)))
    sent(bench, "d1", ANA)
    sent(bench, "d2", BO)

    assert found("example") == [BO, ANA]


def test_who_only_got_blind_copies_is_offered_for_blind_copies(
    bench: Bench, found: Callable[..., list[str]]
) -> None:
    sent(bench, "d1", ANA, role=Role.BCC)

    assert found("ana") == []
    assert found("ana", is_blind=True) == [ANA]
    sent(bench, "d2", ANA, role=Role.CC)
    assert found("ana") == [ANA]


def test_capitals_do_not_make_another_contact(
    bench: Bench, found: Callable[..., list[str]]
) -> None:
    sent(bench, "d1", "Ana@example.org")
    sent(bench, "d2", ANA)

    assert found("ana") == [ANA]


def test_a_name_is_kept_when_a_mail_gives_none(
    bench: Bench, found: Callable[..., list[str]]
) -> None:
    sent(bench, "d1", ANA)
    bench.drafted("d2", draft=draft(to=()))
    sent(bench, "d2", ANA)

    assert found("ana") == [ANA]
    (one,) = Contacts(bench.database).matching("ana", is_blind=False, limit=8)
    assert one.name == "Ana"


def test_who_is_forgotten_is_offered_again_after_new_mail_only(
    bench: Bench, found: Callable[..., list[str]]
) -> None:
    sent(bench, "d1", ANA)
    learn(bench)
    with bench.writing():
        was_known = Contacts(bench.database).forget("ANA@example.org")
        is_known = Contacts(bench.database).forget(ANA)

    assert (was_known, is_known) == (True, False)
    assert found("ana") == []
    assert bench.database.read("SELECT word FROM contact_words", (), str) == []
    sent(bench, "d2", ANA)
    assert found("ana") == [ANA]


def test_mail_that_was_purged_before_it_was_learnt_is_not_asked_for(
    bench: Bench, found: Callable[..., list[str]]
) -> None:
    learn(bench)
    sent(bench, "d1", ANA)
    bench.database.connection.execute("PRAGMA foreign_keys = 0")
    bench.database.connection.execute("DROP TRIGGER recipients_stay")
    bench.write("DELETE FROM recipients")
    learn(bench)

    assert found("ana") == []


def test_a_query_that_fits_many_looks_at_those_with_the_greatest_weight(
    bench: Bench, found: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "RANGE_LIMIT", 2)
    monkeypatch.setattr(contacts, "NEAR_LIMIT", 1)
    for number, name in enumerate(("a", "b", "c", "c")):
        sent(bench, f"d{number}", f"{name}@example.org")

    assert found("example") == ["c@example.org", "a@example.org", "b@example.org"]
    assert found("example", limit=1) == ["c@example.org"]
