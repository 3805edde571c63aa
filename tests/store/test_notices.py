from pathlib import Path

import apsw

from tests.store.bench import NOW, Bench, later
from tuimail.store import schema
from tuimail.store.notices import (
    ACCESS_LOST,
    ACCOUNT_HELD,
    UNKNOWN,
    Notice,
    Notices,
)


def add(bench: Bench, subject: str = "work", kind: str = ACCOUNT_HELD) -> None:
    with bench.writing():
        Notices(bench.database).add(
            kind=kind, subject=subject, sentence="535 no.", at=NOW
        )


def untold(bench: Bench) -> list[tuple[str, str]]:
    return [(one.kind, one.subject) for one in Notices(bench.database).untold()]


def tell(bench: Bench) -> None:
    notices = Notices(bench.database)
    with bench.writing():
        notices.mark_told([one.number for one in notices.untold()], later(1))


def test_what_is_added_waits_to_be_told(bench: Bench) -> None:
    add(bench)

    assert Notices(bench.database).untold() == (
        Notice(number=1, kind=ACCOUNT_HELD, subject="work", sentence="535 no.", at=NOW),
    )


def test_the_oldest_is_told_first(bench: Bench) -> None:
    add(bench, "work")
    add(bench, "d1", UNKNOWN)

    assert untold(bench) == [(ACCOUNT_HELD, "work"), (UNKNOWN, "d1")]


def test_the_same_is_not_added_twice_while_nobody_was_told(bench: Bench) -> None:
    """Four connections find out at once that the password is wrong."""
    add(bench)
    add(bench)

    assert untold(bench) == [(ACCOUNT_HELD, "work")]


def test_the_same_subject_can_be_of_another_kind(bench: Bench) -> None:
    add(bench, "work", ACCOUNT_HELD)
    add(bench, "work", UNKNOWN)

    assert untold(bench) == [(ACCOUNT_HELD, "work"), (UNKNOWN, "work")]


def test_what_was_told_is_never_told_again(bench: Bench) -> None:
    add(bench)

    tell(bench)

    assert untold(bench) == []


def test_only_what_was_shown_is_told(bench: Bench) -> None:
    """Something may have come while the person read."""
    add(bench, "work")
    shown = [one.number for one in Notices(bench.database).untold()]
    add(bench, "other")
    with bench.writing():
        Notices(bench.database).mark_told(shown, NOW)

    assert untold(bench) == [(ACCOUNT_HELD, "other")]


def test_an_account_that_is_held_again_is_told_again(bench: Bench) -> None:
    add(bench)
    tell(bench)

    add(bench)

    assert untold(bench) == [(ACCOUNT_HELD, "work")]


def test_what_was_mended_before_anybody_was_told_is_not_told(bench: Bench) -> None:
    add(bench, "work")
    add(bench, "other")

    with bench.writing():
        Notices(bench.database).withdraw(ACCOUNT_HELD, "work")

    assert untold(bench) == [(ACCOUNT_HELD, "other")]


def test_a_number_never_stands_for_another_notice(bench: Bench) -> None:
    """Else a face would mark as told what it never showed."""
    add(bench, "work")
    shown = [one.number for one in Notices(bench.database).untold()]
    with bench.writing():
        Notices(bench.database).withdraw(ACCOUNT_HELD, "work")
    add(bench, "other")
    with bench.writing():
        Notices(bench.database).mark_told(shown, NOW)

    assert untold(bench) == [(ACCOUNT_HELD, "other")]


def test_that_nobody_knows_who_may_do_what_can_be_told(bench: Bench) -> None:
    add(bench, "access.json", ACCESS_LOST)

    assert untold(bench) == [(ACCESS_LOST, "access.json")]


def test_an_upgrade_keeps_what_waits_and_goes_on_counting(folder: Path) -> None:
    """Also from a number whose notice is gone."""
    folder.mkdir()
    path = folder / "tuimail.db"
    old = apsw.Connection(str(path))
    schema.migrate(old, path, schema.shipped()[:17])
    for number, subject in ((3, "work"), (7, "gone")):
        old.execute(
            "INSERT INTO notices VALUES (?, 'account_held', ?, '535 no.', ?, NULL)",
            (number, subject, "2026-03-02T14:02:00.000000Z"),
        )
    old.execute("DELETE FROM notices WHERE subject = 'gone'")
    old.close()

    bench = Bench(folder)
    add(bench, "other")

    found = Notices(bench.database).untold()
    assert [(one.number, one.subject) for one in found] == [(3, "work"), (8, "other")]
    bench.close()


def test_an_upgrade_without_any_begins_with_one(folder: Path) -> None:
    folder.mkdir()
    path = folder / "tuimail.db"
    old = apsw.Connection(str(path))
    schema.migrate(old, path, schema.shipped()[:17])
    old.close()

    bench = Bench(folder)
    add(bench)

    assert [one.number for one in Notices(bench.database).untold()] == [1]
    bench.close()
