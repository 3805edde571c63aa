"""Paths while they are being typed."""

import os
from pathlib import Path

import pytest

from tuimail.settings.files import is_folder
from tuimail.tui import files
from tuimail.tui.files import complete, pasted, path_of, paths_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("report.pdf", "report.txt", ".hidden", "evil\x1b[31m.txt"):
        (tmp_path / name).write_text("")
    (tmp_path / "reports").mkdir()
    return tmp_path


def test_a_path_is_completed_as_far_as_it_is_clear(folder: Path) -> None:
    found = complete(f"{folder}/r")

    assert found.text == f"{folder}/report"
    assert found.names == ("reports/", "report.pdf", "report.txt")


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


def test_a_name_says_what_it_is_how_big_and_of_when(folder: Path) -> None:
    os.utime(folder / "report.pdf", (0, 1_772_460_120))
    (folder / "report.fifo").unlink(missing_ok=True)
    os.mkfifo(folder / "report.fifo")
    (folder / "report.gone").symlink_to("nowhere")
    more = {one.label: one.more for one in complete(f"{folder}/rep").listed}

    assert more["reports/"] == "folder"
    assert more["report.pdf"] == "0 B  2026-03-02"
    assert more["report.fifo"] == more["report.gone"] == "no plain file"


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
    monkeypatch.setattr(files, "MOST_NAMES", 2)

    assert len(complete(f"{folder}/").names) in {1, 2}  # one of them may be hidden


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


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("*.pdf", ["report.pdf"]),
        ("rep*", ["report.pdf", "report.txt"]),
        ("*", ["evil\x1b[31m.txt", "report.pdf", "report.txt"]),
        (".h*", [".hidden"]),
        ("none*", ["none*"]),
        ("report.pdf", ["report.pdf"]),
    ],
)
def test_a_pattern_means_all_files_that_fit_it(
    folder: Path, pattern: str, names: list[str]
) -> None:
    assert [one.name for one in paths_of(f"{folder}/{pattern}")] == names


def test_a_name_that_looks_like_a_pattern_is_meant_as_it_is(folder: Path) -> None:
    (folder / "what[1].txt").write_text("")

    assert paths_of(f"{folder}/what[1].txt") == (folder / "what[1].txt",)


def test_what_is_dragged_onto_a_terminal_is_understood(folder: Path) -> None:
    spaced = folder / "a b.txt"
    spaced.write_text("")
    report = folder / "report.pdf"

    for text in (
        f"{report}\n{spaced}",
        f"{report} '{spaced}'",
        f"{report} {folder}/a\\ b.txt ",
        f"file://{report} file://{folder}/a%20b.txt",
    ):
        assert pasted(text) == paths_of(text) == (report, spaced)
    assert pasted(str(spaced)) == (spaced,)


@pytest.mark.parametrize(
    "text",
    ["", " ", "Hello", "report.pdf", "/none/such", "it's", "/", "x" * 5000, "a\0b"],
)
def test_text_that_names_no_file_offers_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.chdir(folder)

    assert pasted(text) == ()


def test_a_path_no_system_takes_is_no_file() -> None:
    assert complete("a\0/b").names == ()
    assert paths_of("/tmp/a\0*") == (Path("/tmp/a\0*"),)


def test_what_nobody_may_see_or_name_is_no_folder(folder: Path) -> None:
    assert is_folder(folder)
    assert not is_folder(folder / "report.pdf")
    assert not is_folder(Path("a" * 300))
    assert not is_folder(Path("a\0b"))


def test_a_time_that_no_calendar_has_is_left_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Calendar:
        @staticmethod
        def fromtimestamp(*_args: object) -> None:
            raise OverflowError

    monkeypatch.setattr(files, "datetime", Calendar)

    (found,) = complete(f"{folder}/report.p").listed

    assert (found.size_bytes, found.changed_at) == (0, None)
