"""The desk for bulk jobs: mails handed over together, each under its own key."""

import pytest

from tests.workspace.conftest import Desk, account
from tuimail.core.finding import Severity
from tuimail.errors import AddressError, FieldError, KeyConflictError, StoreError
from tuimail.workspace.bulk import job_prefix, row_key
from tuimail.workspace.fields import Fields
from tuimail.workspace.outbox import OutboxDesk

PREFIX = job_prefix("march")


def mail(number: int, *, to: str = "", text: str = "Hi\n") -> Fields:
    return Fields(
        to=to or f"r{number}@example.net",
        subject="Hi",
        text=text,
        idempotency_key=row_key(PREFIX, str(number)),
    )


def test_mails_are_handed_over_together_and_each_fails_alone(desk: Desk) -> None:
    desk.save(account())
    with desk.open() as workspace:
        handed = workspace.bulk.hand_over(
            [mail(1), mail(2, to="nobody"), mail(3)], prefix=PREFIX
        )
        again = workspace.bulk.hand_over([mail(1), mail(4)], prefix=PREFIX)
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
        workspace.bulk.hand_over([mail(1)], prefix=PREFIX)
        looked = workspace.bulk.looked_at(
            [mail(1), mail(2, text="{{ open }}\n"), mail(3, to="")], prefix=PREFIX
        )
        refused = workspace.bulk.looked_at([Fields(text="To none")], prefix="")
        stored = workspace.drafts.rows()

    assert [one.is_earlier for one in looked] == [True, False, False]
    assert Severity.WARNING in {one.severity for one in looked[1].findings}
    assert [one.standing for one in looked] == [None, None, None]
    assert "Nobody is named" in str(refused[0].error)
    assert len(stored) == 1


def test_a_row_that_left_through_another_account_is_a_conflict(desk: Desk) -> None:
    desk.save(account(), account("home"))
    with desk.open() as workspace:
        workspace.bulk.hand_over([mail(1)], prefix=PREFIX)
        other = Fields(
            to="r1@example.net",
            text="Hi\n",
            account="home",
            idempotency_key=row_key(PREFIX, "1"),
        )
        (handed,) = workspace.bulk.hand_over([other], prefix=PREFIX)
        (looked,) = workspace.bulk.looked_at([other], prefix=PREFIX)

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
        workspace.bulk.hand_over([mail(1)], prefix="")


def test_names_of_jobs_and_rows_never_run_into_each_other() -> None:
    assert job_prefix("a/b") == "bulk/a%2Fb/"
    assert row_key("", "1") == ""
    assert row_key(job_prefix("a"), "1") != row_key(job_prefix("a"), "2")
    assert len(row_key(job_prefix("x" * 200), "é")) <= 255


@pytest.mark.parametrize("job", ["", " ", "x" * 201, "é" * 40])
def test_what_no_job_can_be_called_is_refused(job: str) -> None:
    with pytest.raises(FieldError, match="job's name"):
        job_prefix(job)
