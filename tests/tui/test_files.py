"""Paths while they are being typed."""

from pathlib import Path

import pytest

from tuimail.tui import files
from tuimail.tui.files import complete, path_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("report.pdf", "report.txt", ".hidden", "evil\x1b[31m.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "reports").mkdir()
    return tmp_path


def test_a_path_is_completed_as_far_as_it_is_clear(folder: Path) -> None:
    found = complete(f"{folder}/r")

    assert found.text == f"{folder}/report"
    assert found.names == ("report.pdf", "report.txt", "reports/")


def test_one_name_is_completed_wholly(folder: Path) -> None:
    assert complete(f"{folder}/report.p").text == f"{folder}/report.pdf"


def test_nothing_is_made_up(folder: Path) -> None:
    found = complete(f"{folder}/x")

    assert (found.text, found.names) == (f"{folder}/x", ())


def test_hidden_names_appear_when_they_are_asked_for(folder: Path) -> None:
    assert ".hidden" not in complete(f"{folder}/").names
    assert complete(f"{folder}/.").names == (".hidden",)


def test_names_that_act_on_terminals_are_not_offered(folder: Path) -> None:
    assert complete(f"{folder}/e").names == ()


def test_a_folder_that_cannot_be_read_offers_nothing(tmp_path: Path) -> None:
    assert complete(f"{tmp_path}/none/x").names == ()


def test_a_path_in_the_current_folder_needs_no_slash(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)

    assert complete("report.t").text == "report.txt"


def test_very_full_folders_are_looked_at_in_part(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_NAMES", 1)

    assert len(complete(f"{folder}/").names) <= 1


@pytest.mark.parametrize(
    ("text", "path"),
    [
        (" /tmp/a b.pdf ", "/tmp/a b.pdf"),
        ("'/tmp/a.pdf'", "/tmp/a.pdf"),
        ("file:///tmp/a%20b.pdf", "/tmp/a b.pdf"),
    ],
)
def test_quoted_and_pasted_paths_are_understood(text: str, path: str) -> None:
    assert path_of(text) == Path(path)


def test_the_home_is_understood(home: Path) -> None:
    assert path_of("~/a.pdf") == home / "a.pdf"
