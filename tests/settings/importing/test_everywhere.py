"""Where other programs' settings are looked for."""

import os
from pathlib import Path

import pytest

from tuimail.settings.importing.candidate import Candidate
from tuimail.settings.importing.everywhere import MOST_BYTES, ask_git, candidates

ACCOUNT = "account a\nhost smtp.example.org\nfrom ada@example.org\n"


def look(home: Path, **environ: str) -> tuple[Candidate, ...]:
    return candidates({"HOME": str(home)} | environ, ask=lambda _environ: b"")


def test_every_source_is_asked(tmp_path: Path) -> None:
    (tmp_path / ".msmtprc").write_text(ACCOUNT)
    found = candidates(
        {"HOME": str(tmp_path), "EMAIL_HOST": "localhost"},
        ask=lambda _environ: b"sendemail.smtpserver\nsmtp.example.org\0",
    )

    assert [one.name for one in found] == ["django", "a", "git"]


@pytest.mark.parametrize("variable", ["", "elsewhere"])
def test_the_other_place_counts_where_the_first_has_nothing(
    tmp_path: Path, variable: str
) -> None:
    settings = tmp_path / (variable or ".config")
    (settings / "msmtp").mkdir(parents=True)
    (settings / "msmtp" / "config").write_text(ACCOUNT)
    environ = {"XDG_CONFIG_HOME": str(settings)} if variable else {}
    second = look(tmp_path, **environ)
    (tmp_path / ".msmtprc").write_text(ACCOUNT.replace("account a", "account b"))

    assert [one.name for one in second] == ["a"]
    assert [one.name for one in look(tmp_path, **environ)] == ["b"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"account \xff\n", "not UTF-8"),
        (b"#" * (MOST_BYTES + 1), "longer than"),
    ],
)
def test_a_file_that_cannot_be_read_is_said(
    tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / ".msmtprc").write_bytes(content)

    (found,) = look(tmp_path)

    assert says in found.problem


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_is_not_read(tmp_path: Path, mode: int) -> None:
    """Its commands would be run here, too."""
    (tmp_path / ".msmtprc").write_text(ACCOUNT)
    (tmp_path / ".msmtprc").chmod(mode)

    (found,) = look(tmp_path)

    assert "chmod go-w" in found.problem


def test_a_folder_or_a_pipe_is_no_file_and_hangs_nothing(tmp_path: Path) -> None:
    (tmp_path / ".msmtprc").mkdir()
    (folder,) = look(tmp_path)
    (tmp_path / ".msmtprc").rmdir()
    os.mkfifo(tmp_path / ".msmtprc")
    (pipe,) = look(tmp_path)

    assert "cannot be read" in folder.problem
    assert "cannot be read" in pipe.problem


def test_without_a_home_there_are_no_files() -> None:
    assert candidates({}, ask=lambda _environ: b"") == ()


def test_git_that_prints_too_much_or_hangs_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git = tmp_path / "git"
    git.write_text(f"#!/bin/sh\nhead -c {MOST_BYTES + 1} /dev/zero\n")
    git.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    assert ask_git(os.environ) == b""
