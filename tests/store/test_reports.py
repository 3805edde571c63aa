"""What other servers reported: kept at its recipient, never changed, told."""

from dataclasses import replace
from typing import Any

import pytest

from tests.store.bench import BCC, NOW, Bench, later
from tuimail.core.lifecycle import SubmissionState
from tuimail.core.message import Role
from tuimail.core.reports.report import Action
from tuimail.errors import StoreError
from tuimail.store.purging import Purging
from tuimail.store.reports import _MAILS, About, Known, ReportRow, Reports

ROW = ReportRow(
    id="r1",
    wire_address="ana@example.org",
    digest="d" * 64,
    action=Action.FAILED,
    status="5.1.1",
    is_hard=True,
    reply=f"550 5.1.1 no such user, nor {BCC}",
    server="mx.example.org",
    at=NOW,
)
BLIND = replace(ROW, id="r2", wire_address=BCC)


@pytest.fixture
def reports(bench: Bench) -> Reports:
    return Reports(bench.database)


def sent(bench: Bench, draft_id: str = "d1", **changes: object) -> str:
    submission_id = bench.sending(draft_id, **changes)
    with bench.writing():
        bench.commit(submission_id, 1, later(11))
    bench.settled(submission_id, SubmissionState.SENT, "accept")
    return submission_id


def add(bench: Bench, submission_id: str, *rows: ReportRow) -> list[bool]:
    with bench.writing():
        return [Reports(bench.database).add(submission_id, row) for row in rows]


def test_what_is_added_is_found_at_its_mail(bench: Bench, reports: Reports) -> None:
    mail, other = sent(bench), sent(bench, "d2")
    later_one = replace(ROW, id="r0", digest="e" * 64, at=later(9))

    assert add(bench, mail, later_one, ROW) == [True, True]

    assert reports.of_submission(mail) == (ROW, later_one)
    assert reports.of_submission(other) == ()


def test_the_same_report_twice_is_one(bench: Bench, reports: Reports) -> None:
    mail = sent(bench)

    assert add(bench, mail, ROW, replace(ROW, id="r9", at=later(9))) == [True, False]

    assert reports.of_submission(mail) == (ROW,)


def test_a_report_is_found_by_its_id(bench: Bench, reports: Reports) -> None:
    add(bench, sent(bench), ROW, BLIND)

    assert reports.get("r2") == (BLIND, About("d1", Role.BCC, BCC, BCC))
    assert reports.get("r3") is None


def test_nothing_is_kept_about_who_is_in_no_envelope(
    bench: Bench, reports: Reports
) -> None:
    mail = sent(bench)

    with pytest.raises(StoreError):
        add(bench, mail, replace(ROW, wire_address="eve@example.org"))

    assert reports.of_submission(mail) == ()


def test_mail_is_found_by_its_message_id_the_newest_first(
    bench: Bench, reports: Reports
) -> None:
    sent(bench)
    sent(bench, "d2")

    found = reports.mails(
        message_ids=["<d1.1@example.org>", "<nobody@example.org>"], provider_ids=[]
    )

    assert found == (Known("s-d1-1", "d1", has_left=True),)
    assert reports.mails(message_ids=[], provider_ids=[]) == ()


def test_mail_is_found_by_what_its_provider_calls_it(
    bench: Bench, reports: Reports
) -> None:
    first, second = sent(bench), sent(bench, "d2", released_at=later(5))
    with bench.writing():
        for one in (first, second):
            bench.submissions.set_state(
                one, SubmissionState.SENT, at=NOW, provider_message_id="0102"
            )

    found = reports.mails(message_ids=["<d1.1@example.org>"], provider_ids=["0102"])

    assert [(one.submission_id, one.draft_id) for one in found] == [
        (second, "d2"),
        (first, "d1"),
    ]
    assert reports.mails(message_ids=[], provider_ids=[""]) == ()


def has_left(reports: Reports) -> list[bool]:
    mails = reports.mails(message_ids=["<d1.1@example.org>"], provider_ids=[])
    return [one.has_left for one in mails]


def test_mail_has_left_from_the_step_that_cannot_be_taken_back(
    bench: Bench, reports: Reports
) -> None:
    submission_id = bench.released()
    released = has_left(reports)
    with bench.writing():
        number = bench.claim(submission_id, later(11))
    claimed = has_left(reports)
    with bench.writing():
        bench.commit(submission_id, number, later(12))

    assert (released, claimed, has_left(reports)) == ([False], [False], [True])


def test_what_was_said_already_and_how_often_is_known(
    bench: Bench, reports: Reports
) -> None:
    mail, other = sent(bench), sent(bench, "d2")
    again = replace(ROW, id="r3", digest="e" * 64)
    add(bench, mail, ROW, BLIND, again)
    add(bench, other, replace(ROW, id="r4"))

    same = reports.same(mail, [ROW.digest, "f" * 64])

    assert sorted(one.id for one in same) == ["r1", "r2"]
    assert reports.counts(mail) == {"ana@example.org": 2, BCC: 1}
    assert reports.counts("none") == {}


def test_mail_is_looked_for_by_index(bench: Bench) -> None:
    """There may be a million of them."""
    plan: list[dict[str, str]] = bench.database.read(
        f"EXPLAIN QUERY PLAN {_MAILS}",
        {"message_ids": '["<x@y>"]', "provider_ids": '["x"]'},
        dict,
    )

    details = " ".join(step["detail"] for step in plan)
    assert "SCAN submissions" not in details
    assert "submissions_by_provider_id" in details


def test_the_journal_names_no_blind_copy_and_quotes_no_server(bench: Bench) -> None:
    add(bench, sent(bench), ROW, BLIND)

    lines = [
        dict(one.details)
        for one in bench.journal.lines("d1")
        if one.event == "report_taken"
    ]

    assert lines == [
        {
            "submission": "s-d1-1",
            "recipient": "1",
            "role": "to",
            "address": "ana@example.org",
            "report": "r1",
            "action": "failed",
            "status": "5.1.1",
            "reply_digest": bench.keyed("reply", ROW.reply),
        },
        {
            "submission": "s-d1-1",
            "recipient": "3",
            "role": "bcc",
            "address": "",
            "report": "r2",
            "action": "failed",
            "status": "5.1.1",
            "reply_digest": bench.keyed("reply", ROW.reply),
        },
    ]


@pytest.mark.parametrize(
    "sql", ["DELETE FROM reports", "UPDATE reports SET action = 'delivered'"]
)
def test_what_was_reported_stays(bench: Bench, reports: Reports, sql: str) -> None:
    mail = sent(bench)
    add(bench, mail, ROW)

    with pytest.raises(StoreError):
        bench.write(sql)

    assert reports.of_submission(mail) == (ROW,)


def test_reports_go_with_mail_that_is_purged(bench: Bench, reports: Reports) -> None:
    mail = sent(bench)
    add(bench, mail, ROW, BLIND)

    with bench.writing():
        gone = Purging(bench.database).purge({"sent"}, later(99), at=NOW, limit=9)

    assert [one.id for one in gone] == ["d1"]
    assert reports.of_submission(mail) == ()


@pytest.mark.parametrize("empty", ["id", "digest"])
def test_a_report_can_be_told_from_others(bench: Bench, empty: str) -> None:
    mail = sent(bench)
    changes: dict[str, Any] = {empty: ""}

    with pytest.raises(StoreError):
        add(bench, mail, replace(ROW, **changes))
