"""Warnings that somebody let stand: lines that are added, told, and never changed."""

from typing import Any

import pytest

from tests.store.bench import MARA, NOW, Bench, later, revision
from tuimail.core.lifecycle import DraftState
from tuimail.errors import StoreError
from tuimail.store.acceptances import AcceptanceRow, Acceptances


@pytest.fixture
def kept(bench: Bench) -> Acceptances:
    bench.drafted("d1", state=DraftState.REVIEW)
    return Acceptances(bench.database)


def row(**changes: Any) -> AcceptanceRow:
    values: dict[str, Any] = {
        "draft_id": "d1",
        "revision": 1,
        "code": "html.link-mismatch",
        "reason": "It is the pay page of theirs.",
        "actor": MARA,
        "at": NOW,
        **changes,
    }
    return AcceptanceRow(**values)


def add(bench: Bench, kept: Acceptances, *rows: AcceptanceRow) -> None:
    with bench.writing():
        kept.add(rows)


def test_the_newest_line_about_a_warning_is_what_holds(
    bench: Bench, kept: Acceptances
) -> None:
    other = row(code="att.forgotten", at=later(1))

    add(bench, kept, row(), other, row(reason="", at=later(2)))
    without = kept.of("d1", 1)
    add(bench, kept, row(reason="Asked them.", at=later(3)))

    assert without == (other,)
    assert kept.of("d1", 1) == (other, row(reason="Asked them.", at=later(3)))
    assert kept.of("d1", 2) == ()


def test_each_line_is_told_in_the_journal_without_its_words(
    bench: Bench, kept: Acceptances
) -> None:
    add(bench, kept, row(), row(reason=""))

    told = [line for line in bench.journal.all() if line.event.startswith("warning")]
    assert [line.event for line in told] == ["warning_accepted", "warning_taken_up"]
    assert told[0].details["code"] == "html.link-mismatch"
    assert told[0].details["by"] == MARA
    assert "pay page" not in str(told[0].details)


@pytest.mark.parametrize(
    "change",
    [{"revision": 2}, {"code": ""}, {"actor": ""}, {"draft_id": "d2"}],
)
def test_a_line_about_nothing_that_waits_is_refused(
    bench: Bench, kept: Acceptances, change: dict[str, Any]
) -> None:
    bench.drafted("d2")

    with pytest.raises(StoreError):
        add(bench, kept, row(**change))


def test_what_an_older_revision_was_let_stand_for_holds_no_more(
    bench: Bench, kept: Acceptances
) -> None:
    add(bench, kept, row())
    with bench.writing():
        bench.drafts.add_revision(revision("d1", 2), state=DraftState.REVIEW)

    with pytest.raises(StoreError):
        add(bench, kept, row(code="att.forgotten"))

    assert kept.of("d1", 2) == ()


@pytest.mark.parametrize(
    "sql", ["DELETE FROM acceptances", "UPDATE acceptances SET reason = 'Other.'"]
)
def test_nobody_changes_what_was_let_stand(
    bench: Bench, kept: Acceptances, sql: str
) -> None:
    add(bench, kept, row())

    with pytest.raises(StoreError):
        bench.write(sql)

    assert kept.of("d1", 1) == (row(),)
