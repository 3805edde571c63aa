from pathlib import Path

import pytest

from tests.store.bench import NOW, Bench, revision
from tuimail.core.draft import Origin
from tuimail.core.lifecycle import DraftState
from tuimail.errors import StoreError
from tuimail.store import rebuilding as module
from tuimail.store.drafts import DraftRow
from tuimail.store.rebuilding import (
    KnownMail,
    aside_name,
    put_aside,
    rebuilding,
    require_alone,
)


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
