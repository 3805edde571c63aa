"""Where other programs' settings are looked for."""

import os
import shutil
from pathlib import Path

import pytest

from tuimail.settings.importing.candidate import Candidate
from tuimail.settings.importing.everywhere import MOST_BYTES, ask_git, candidates

ACCOUNT = "account a\nhost smtp.example.org\nfrom ada@example.org\n"


def write(path: Path, content: bytes = ACCOUNT.encode()) -> None:
    """Write what nobody else may, whatever the umask."""
    path.write_bytes(content)
    path.chmod(0o600)


def look(home: Path, **environ: str) -> tuple[Candidate, ...]:
    return candidates({"HOME": str(home)} | environ, ask=lambda _environ: b"")


def test_every_source_is_asked(tmp_path: Path) -> None:
    write(tmp_path / ".msmtprc")
    found = candidates(
        {"HOME": str(tmp_path), "EMAIL_HOST": "localhost"},
        ask=lambda _environ: (
            b"file:/etc/hosts\0sendemail.smtpserver\nsmtp.example.org\0"
        ),
    )

    assert [one.name for one in found] == ["django", "a", "git"]


@pytest.mark.parametrize("variable", ["", "elsewhere"])
def test_the_other_place_counts_where_the_first_has_nothing(
    tmp_path: Path, variable: str
) -> None:
    settings = tmp_path / (variable or ".config")
    (settings / "msmtp").mkdir(parents=True)
    write(settings / "msmtp" / "config")
    environ = {"XDG_CONFIG_HOME": str(settings)} if variable else {}
    second = look(tmp_path, **environ)
    write(tmp_path / ".msmtprc", ACCOUNT.replace("account a", "account b").encode())

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
    write(tmp_path / ".msmtprc", content)

    (found,) = look(tmp_path)

    assert says in found.problem


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_file_that_others_may_write_is_not_read(tmp_path: Path, mode: int) -> None:
    """Its commands would be run here, too."""
    write(tmp_path / ".msmtprc")
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


@pytest.mark.skipif(not shutil.which("git"), reason="no git here")
@pytest.mark.parametrize("name", [".gitconfig", "more"])
def test_git_is_not_believed_where_others_may_write(tmp_path: Path, name: str) -> None:
    (tmp_path / ".gitconfig").write_text("[include]\n\tpath = more\n")
    (tmp_path / "more").write_text(
        "[sendemail]\n\tsmtpserver = smtp.example.org\n\tsmtppass = hunter2\n"
        "\tsmtpuser = ada\n"
    )
    for one in tmp_path.iterdir():
        one.chmod(0o644)
    environ = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    (before,) = candidates(environ)

    (tmp_path / name).chmod(0o666)
    (after,) = candidates(environ)

    assert (before.problem, before.secret_value) == ("", "hunter2")
    assert after.problem == (
        f"Others may write {tmp_path / name}; close it: chmod go-w {tmp_path / name}"
    )
    assert (after.options, after.secret_value) == ({}, "")


def test_a_home_that_depends_on_where_one_stands_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "msmtp").mkdir()
    for name in (".msmtprc", "msmtp/config"):
        (tmp_path / name).write_text(ACCOUNT)
        (tmp_path / name).chmod(0o600)
    environ = {"HOME": ".", "XDG_CONFIG_HOME": "."}

    assert candidates(environ, ask=lambda _environ: b"") == ()
