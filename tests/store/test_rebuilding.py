from pathlib import Path

import pytest

from tests.store.bench import NOW, Bench, revision
from tests.store.test_clients import ROW as BILLING
from tests.store.test_kept_access import POLICY
from tests.store.test_reviewers import ANA
from tuimail.core.lifecycle import DraftState
from tuimail.core.origin import Origin
from tuimail.errors import StoreError
from tuimail.store import rebuilding as module
from tuimail.store.clients import Clients
from tuimail.store.drafts import DraftRow
from tuimail.store.kept_access import Access
from tuimail.store.notices import ACCESS_LOST, Notices
from tuimail.store.policy import Policies
from tuimail.store.rebuilding import (
    NOT_FOUND,
    KnownMail,
    aside_name,
    put_aside,
    rebuilding,
    require_alone,
)
from tuimail.store.reviewers import Reviewers


def mail(id: str = "d1", number: int = 1) -> KnownMail:
    return KnownMail(
        draft=DraftRow(
            id=id,
            state=DraftState.DRAFT,
            revision=number,
            origin=Origin(actor="person:mara", door="app"),
            account="work",
            created_at=NOW,
            changed_at=NOW,
        ),
        revisions=tuple(revision(id, one) for one in range(1, number + 1)),
        was="draft",
    )


def test_what_is_put_in_is_there_afterwards(folder: Path) -> None:
    folder.mkdir()
    path = folder / "tuimail.db"

    with rebuilding(path, actor="tuimail", at=NOW) as new:
        new.add(mail("d1", 3))
        new.add(mail("d2"))

    bench = Bench(folder)
    assert bench.rows.counts() == {"draft": 2}
    assert [one.number for one in bench.drafts.revisions("d1")] == [1, 2, 3]
    assert bench.journal.verify() == (True, None, 3)
    bench.drafted("d3")
    bench.close()


def test_what_does_not_fit_leaves_the_others_alone(folder: Path) -> None:
    folder.mkdir()
    with rebuilding(folder / "tuimail.db", actor="tuimail", at=NOW) as new:
        new.add(mail("d1"))
        with pytest.raises(StoreError):
            new.add(mail("d1"))
        new.add(mail("d2"))

    bench = Bench(folder)
    assert bench.rows.counts() == {"draft": 2}
    bench.close()


def test_who_may_do_what_is_there_again_without_lines_of_its_own(
    folder: Path,
) -> None:
    """The lines that said so went with the old journal."""
    folder.mkdir()
    access = Access(clients=(BILLING,), reviewers=(ANA,), policy=POLICY)

    with rebuilding(folder / "tuimail.db", actor="tuimail", at=NOW) as new:
        new.let_in(access)

    bench = Bench(folder)
    assert Clients(bench.database).all() == (BILLING,)
    assert Reviewers(bench.database).present() == (ANA,)
    newest = Policies(bench.database).newest()
    assert newest is not None
    assert (newest.content, newest.at) == (POLICY.content, POLICY.at)
    (line,) = bench.journal.all()
    assert dict(line.details) == {
        "files": "0",
        "old_head": "0:",
        "clients": "1",
        "reviewers": "1",
        "policy_digest": POLICY.digest,
        "access": "known",
    }
    assert bench.journal.verify().ok
    assert Notices(bench.database).untold() == ()
    bench.close()


def test_what_does_not_fit_together_lets_nobody_in(folder: Path) -> None:
    folder.mkdir()
    access = Access(clients=(BILLING, BILLING), reviewers=(ANA,), policy=POLICY)

    with rebuilding(folder / "tuimail.db", actor="tuimail", at=NOW) as new:
        with pytest.raises(StoreError):
            new.let_in(access)
        new.add(mail())

    bench = Bench(folder)
    assert Clients(bench.database).all() == ()
    assert Policies(bench.database).newest() is None
    bench.close()


def test_what_is_lost_is_lost_until_somebody_says_it_again(folder: Path) -> None:
    folder.mkdir()
    path = folder / "access.json"
    path.write_text("[")

    with rebuilding(folder / "tuimail.db", actor="tuimail", at=NOW) as new:
        new.add(mail())
        new.set_aside(path)
        new.lose_access(NOW)

    bench = Bench(folder)
    assert Reviewers(bench.database).are_lost()
    assert Policies(bench.database).is_lost()
    (notice,) = Notices(bench.database).untold()
    assert (notice.kind, notice.sentence) == (ACCESS_LOST, NOT_FOUND)
    assert bench.journal.all()[0].details["access"] == "lost"
    assert [one.name for one in folder.glob("damaged-*/*")] == ["access.json"]
    bench.close()


def test_what_was_lost_before_is_lost_and_told_again(folder: Path) -> None:
    folder.mkdir()
    access = Access(reviewers_lost=True, policy_lost=True)

    with rebuilding(folder / "tuimail.db", actor="tuimail", at=NOW) as new:
        new.let_in(access)

    bench = Bench(folder)
    assert Reviewers(bench.database).are_lost()
    assert Policies(bench.database).is_lost()
    assert len(Notices(bench.database).untold()) == 1
    bench.close()


def test_what_is_not_whole_never_takes_the_place(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(folder)
    bench.drafted("old")
    bench.close()
    monkeypatch.setattr(module, "faults", lambda _: ("page 7 is odd",))

    with (
        pytest.raises(StoreError, match="is not whole"),
        rebuilding(folder / "tuimail.db", actor="tuimail", at=NOW) as new,
    ):
        new.add(mail("new"))

    again = Bench(folder)
    assert set(again.drafts.among(["old", "new"])) == {"old"}
    again.close()
    assert not list(folder.glob("damaged-*"))


def test_each_rebuild_has_a_folder_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "tuimail.db"
    names = []
    for _ in range(3):
        path.touch()
        folder = put_aside(path, NOW)
        assert folder is not None
        names.append(folder.name)

    assert names == [
        "damaged-20260302-140200",
        "damaged-20260302-140200-2",
        "damaged-20260302-140200-3",
    ]
    assert aside_name(path, NOW).name == "damaged-20260302-140200-4"
    assert put_aside(path, NOW) is None


def test_nobody_has_open_what_is_not_there(tmp_path: Path) -> None:
    require_alone(tmp_path / "tuimail.db")
    (tmp_path / "tuimail.db-shm").write_bytes(b"left by a crash")
    require_alone(tmp_path / "tuimail.db")
