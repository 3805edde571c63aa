"""The desk for bulk jobs: mails handed over together, each under its own key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workspace.conftest import Desk, account
from tuimail.core.finding import Severity
from tuimail.core.schedule import Late
from tuimail.errors import AddressError, FieldError, KeyConflictError, StoreError
from tuimail.workspace.bulk import Job, Leaving, Order, job_prefix, row_key
from tuimail.workspace.fields import Fields
from tuimail.workspace.outbox import OutboxDesk

PREFIX = job_prefix("march")


def job() -> Job:
    """The job, begun once more."""
    return Job(prefix=PREFIX)


def mail(number: int, *, to: str = "", text: str = "Hi\n", account: str = "") -> Order:
    fields = Fields(
        to=to or f"r{number}@example.net",
        subject="Hi",
        text=text,
        account=account,
        idempotency_key=row_key(PREFIX, str(number)),
    )
    return Order(fields=fields)


def test_mails_are_handed_over_together_and_each_fails_alone(desk: Desk) -> None:
    desk.save(account())
    with desk.open() as workspace:
        handed = workspace.bulk.hand_over(
            [mail(1), mail(2, to="nobody"), mail(3)], job()
        )
        again = workspace.bulk.hand_over([mail(1), mail(4)], job())
        standings = workspace.bulk.standings([one.id for one in handed if one.id])

    assert [type(one.error) for one in handed] == [type(None), AddressError, type(None)]
    assert [one.is_earlier for one in (*handed, *again)] == [
        *(False, False, False),
        *(True, False),
    ]
    assert again[0].id == handed[0].id
    assert set(standings.values()) == {("ready", True)}


def test_what_is_only_looked_at_is_not_stored(desk: Desk) -> None:
    desk.save(account())
    with desk.open() as workspace:
        workspace.bulk.hand_over([mail(1)], job())
        looked = workspace.bulk.looked_at(
            [mail(1), mail(2, text="{{ open }}\n"), mail(3, to="")], job()
        )
        refused = workspace.bulk.looked_at(
            [Order(fields=Fields(text="To none"))], Job()
        )
        stored = workspace.drafts.rows()

    assert [one.is_earlier for one in looked] == [True, False, False]
    assert Severity.WARNING in {one.severity for one in looked[1].findings}
    assert [one.standing for one in looked] == [None, None, None]
    assert "Nobody is named" in str(refused[0].error)
    assert len(stored) == 1


def test_a_row_that_left_through_another_account_is_a_conflict(desk: Desk) -> None:
    desk.save(account(), account("home"))
    with desk.open() as workspace:
        workspace.bulk.hand_over([mail(1)], job())
        other = mail(1, account="home")
        (handed,) = workspace.bulk.hand_over([other], job())
        (looked,) = workspace.bulk.looked_at([other], job())

    assert isinstance(handed.error, KeyConflictError)
    assert isinstance(looked.error, KeyConflictError)


def test_a_disk_that_fails_is_no_rows_fault(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise StoreError("The disk failed.", hint="Look at it.")

    desk.save(account())
    monkeypatch.setattr(OutboxDesk, "send_new", fail)

    with desk.open() as workspace, pytest.raises(StoreError):
        workspace.bulk.hand_over([mail(1)], Job())


def test_names_of_jobs_and_rows_never_run_into_each_other() -> None:
    assert job_prefix("a/b") == "bulk/a%2Fb/"
    assert row_key("", "1") == ""
    assert row_key(job_prefix("a"), "1") != row_key(job_prefix("a"), "2")
    assert len(row_key(job_prefix("x" * 200, "id"), "é") + ".99") <= 255


@pytest.mark.parametrize("job", ["", " ", "x" * 201, "é" * 40])
def test_what_no_job_can_be_called_is_refused(job: str) -> None:
    with pytest.raises(FieldError, match="job's name"):
        job_prefix(job)


def same_people(*texts: str) -> list[Order]:
    """Rows for the same recipient, told apart by their number."""
    return [
        replace(mail(number, to="ada@example.net", text=text), people="ada@example.net")
        for number, text in enumerate(texts, start=1)
    ]


def test_where_a_row_changed_none_is_sent_that_may_have_been_under_its_number(
    desk: Desk,
) -> None:
    """A row put in before others moves their numbers, and with them their names."""
    desk.save(account())
    with desk.open() as workspace:
        workspace.bulk.hand_over(same_people("One", "Two"), job())
        moved = [*same_people("Zero", "One", "Two"), mail(7)]
        looked = workspace.bulk.looked_at(moved, job())
        handed = workspace.bulk.hand_over(moved, job())
        stored = workspace.drafts.rows()

    kinds = [KeyConflictError, KeyConflictError, FieldError, type(None)]
    assert [type(one.error) for one in handed] == kinds
    assert [type(one.error) for one in looked] == kinds
    assert "nobody can tell" in str(handed[2].error)
    assert len(stored) == 3


def test_what_is_put_in_at_the_end_is_sent(desk: Desk) -> None:
    desk.save(account())
    with desk.open() as workspace:
        workspace.bulk.hand_over(same_people("One", "Two"), job())
        handed = workspace.bulk.hand_over(same_people("One", "Two", "Three"), job())

    assert [one.is_earlier for one in handed] == [True, True, False]


@pytest.mark.parametrize(("before", "after"), [("", "id"), ("id", ""), ("id", "nr")])
def test_rows_told_apart_by_something_else_would_all_be_sent_again(
    desk: Desk, before: str, after: str
) -> None:
    desk.save(account())
    one, other = (keyed(by) for by in (before, after))
    with desk.open() as workspace:
        workspace.bulk.hand_over([one], Job(prefix=job_prefix("march", before)))
        with pytest.raises(FieldError, match="told apart by something else"):
            workspace.bulk.hand_over([other], Job(prefix=job_prefix("march", after)))
        (again,) = workspace.bulk.hand_over(
            [one], Job(prefix=job_prefix("march", before))
        )

    assert again.is_earlier


def keyed(by: str) -> Order:
    key = row_key(job_prefix("march", by), "1")
    return replace(mail(1), fields=replace(mail(1).fields, idempotency_key=key))


def test_what_reached_nobody_may_be_said_otherwise(desk: Desk) -> None:
    desk.save(account())
    with desk.open() as workspace:
        (first,) = workspace.bulk.hand_over([mail(1, to="typo@example.net")], job())
        workspace.outbox.give_up(first.id)
        (mended,) = workspace.bulk.hand_over([mail(1)], job())
        (again,) = workspace.bulk.hand_over([mail(1)], job())
        (other,) = workspace.bulk.hand_over([mail(1, text="Other")], job())

    assert mended.error is None
    assert (mended.is_earlier, again.is_earlier) == (False, True)
    assert again.id == mended.id != first.id
    assert isinstance(other.error, KeyConflictError)


def test_a_job_leaves_when_it_is_to_and_not_when_it_is_of_no_use(desk: Desk) -> None:
    desk.save(account())
    at = desk.clock.now() + timedelta(hours=2)
    leaving = Leaving(at=at, late=Late.SEND, lifetime=timedelta(hours=3))
    with desk.open() as workspace:
        (handed,) = workspace.bulk.hand_over(
            [mail(1)], Job(prefix=PREFIX, leaving=leaving)
        )
        (again,) = workspace.bulk.hand_over(
            [mail(1)], Job(prefix=PREFIX, leaving=leaving)
        )
        (at_once,) = workspace.bulk.hand_over([mail(1)], job())
        row = workspace.drafts.row(handed.id)

    assert handed.standing == ("ready", False)
    assert (row.due_at, again.is_earlier) == (at, True)
    assert isinstance(at_once.error, KeyConflictError)
