"""What the maildir shows otherwise than it stands, found a piece at a time."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.workspace.test_mirror import New
from tuimail.workspace import misplaced as module
from tuimail.workspace.misplaced import misplaced
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

Look = Callable[[], list[tuple[str, bool]]]


@pytest.fixture(autouse=True)
def _pieces_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PIECE", 2)


@pytest.fixture
def rows(write: New) -> list[Row]:
    return [write() for _ in range(5)]


@pytest.fixture
def cur(workspace: Workspace, rows: list[Row]) -> Path:
    (path,) = {one.parent for one in _copies(workspace.root)}
    return path


@pytest.fixture
def look(workspace: Workspace, cur: Path) -> Look:
    return lambda: sorted(misplaced(workspace._stores, cur.parent.name))


def _copies(root: Path) -> Iterator[Path]:
    return root.glob("mail/*/cur/*")


def copy_of(cur: Path, row: Row) -> Path:
    (path,) = cur.glob(f"{row.id}.*")
    return path


def test_where_all_is_right_nothing_is_found(look: Look) -> None:
    assert look() == []


def test_a_copy_that_is_not_there_is_missed(
    cur: Path, rows: list[Row], look: Look
) -> None:
    copy_of(cur, rows[3]).unlink()

    assert look() == [(rows[3].id, True)]


def test_what_another_program_has_marked_is_right(
    cur: Path, rows: list[Row], look: Look
) -> None:
    marked = copy_of(cur, rows[1])
    marked.rename(marked.with_name(f"{marked.name}F"))
    moved = copy_of(cur, rows[2])
    moved.rename(cur.with_name("new") / moved.name)

    assert look() == []


def test_a_second_copy_of_one_mail_hides_no_other_that_is_missing(
    cur: Path, rows: list[Row], look: Look
) -> None:
    whole = copy_of(cur, rows[1])
    (cur.with_name("new") / whole.name).hardlink_to(whole)
    copy_of(cur, rows[4]).unlink()

    assert look() == [(rows[4].id, True)]


def test_what_belongs_elsewhere_is_found_and_hides_nothing(
    cur: Path, rows: list[Row], look: Look
) -> None:
    copy_of(cur, rows[0]).rename(cur / "d0.1.tuimail:2,S")

    assert look() == sorted([("d0", False), (rows[0].id, True)])


def test_an_older_revision_is_not_what_belongs_there(
    cur: Path, rows: list[Row], look: Look
) -> None:
    old = copy_of(cur, rows[2])
    old.rename(old.with_name(f"{rows[2].id}.7.tuimail:2,S"))

    assert look() == sorted([(rows[2].id, False), (rows[2].id, True)])
