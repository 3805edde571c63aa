"""The page of the docs has what the bench printed, and no other figure."""

import json
from pathlib import Path

import pytest

from tests.bench import recorded
from tests.bench.contests import Asked, Cost, absolute, as_it_is, at_most, compared
from tests.bench.printing import HEAD, cells, tables

FOUND = {
    "start": [
        compared("tuimail list", [Cost(0.5)], [Cost(0.1)], peer="Python",
                 goal=at_most(5)),
        absolute("memory", [12.34], unit=as_it_is("MB")),
    ]
}  # fmt: skip
PAGE = "# Performance\n\n<!-- measured -->\n\nold\n<!-- end -->\n\nBelow.\n"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(recorded, "KEPT", tmp_path / "recorded.json")
    monkeypatch.setattr(recorded, "PAGE", tmp_path / "performance.md")
    (tmp_path / "performance.md").write_text(PAGE, "utf-8")
    return tmp_path


def test_the_page_is_what_the_last_run_printed() -> None:
    shipped = recorded.PAGE.read_text("utf-8")

    assert recorded.page(shipped, recorded.kept()) == shipped


def test_a_run_is_kept_and_put_into_the_page(files: Path) -> None:
    recorded.record(FOUND, Asked())

    page = (files / "performance.md").read_text("utf-8")
    assert "| tuimail list | 500,000.0 | 100,000.0 | µs | Python | 5.00 |" in page
    assert "| ≤ 5 x | yes |" in page
    assert page.startswith("# Performance\n")
    assert page.endswith("<!-- end -->\n\nBelow.\n")
    assert "old" not in page
    assert "A quick run" not in page


def test_a_quick_run_says_so(files: Path) -> None:
    recorded.record(FOUND, Asked(rounds=1))

    page = (files / "performance.md").read_text("utf-8")
    assert "A quick run" in page


def test_an_area_that_was_not_measured_again_stays(files: Path) -> None:
    recorded.record(FOUND, Asked())
    recorded.record({"store": FOUND["start"]}, Asked())

    assert sorted(json.loads((files / "recorded.json").read_text("utf-8"))) == [
        "start",
        "store",
    ]


def test_a_run_says_on_what_and_nothing_by_which_it_could_be_known() -> None:
    known = recorded.machine()

    assert set(known) == {"processors", "memory_gib", "os", "python", "sqlite"}
    assert all(isinstance(one, int) or "/" not in str(one) for one in known.values())


def test_every_row_has_a_cell_for_each_column() -> None:
    assert {len(cells(one)) for one in FOUND["start"]} == {len(HEAD)}


def test_columns_stand_below_their_heads() -> None:
    area, head, first, second = tables(FOUND)

    assert area == "start"
    assert head.index("met") == first.index("yes")
    assert second.startswith("memory ")
