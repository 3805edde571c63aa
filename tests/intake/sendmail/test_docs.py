"""What the docs say about sendmail, run as it is written there."""

import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.intake.documented import blocks, lines, table
from tests.intake.git import Git, needs_git_send_email
from tests.workspace.conftest import (
    Desk,
    desk,  # noqa: F401 - a fixture for tests here
    provider,  # noqa: F401 - a fixture for tests here
)
from tuimail import errors
from tuimail.cli import sysexits
from tuimail.intake.sendmail.words import read_words
from tuimail.settings.config import load
from tuimail.workspace.views import Page

pytestmark = pytest.mark.slow
MAIL = "From: root (Cron Daemon)\nTo: root\nSubject: s\n\nt\n"
Runs = Callable[[str, str], Page]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A folder of programs: tuimail, as it is installed."""
    program = tmp_path / "bin" / "tuimail"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\nfrom tuimail.__main__ import main\n"
        "sys.exit(main())\n"
    )
    program.chmod(0o700)
    return program.parent


@pytest.fixture
def variables(desk: Desk, path: Path) -> dict[str, str]:  # noqa: F811 - the fixture
    return {
        "PATH": f"{path}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(path.parent),
        "PYTHONPATH": str(Path.cwd()),
        "TUIMAIL_WORKSPACE": str(desk.root),
        "TUIMAIL_CONFIG": str(desk.config),
    }


@pytest.fixture
def run(desk: Desk, variables: dict[str, str]) -> Runs:  # noqa: F811 - the fixture
    """Run a command line of the docs, and return what there is to review."""

    def run_line(line: str, message: str) -> Page:
        subprocess.run(
            line, shell=True, check=True, input=message.encode(), timeout=30,
            env={**os.environ, **variables},
        )  # fmt: skip
        with desk.open() as workspace:
            (row,) = workspace.drafts.rows()
            return workspace.drafts.page(row.id)

    return run_line


def test_the_link_of_the_docs_is_sendmail(run: Runs, path: Path) -> None:
    (link,) = lines("sendmail", 'ln -s "$(command -v tuimail)" ~')
    (path.parent / ".local" / "bin").mkdir(parents=True)
    page = run(f"{link} && ~/.local/bin/sendmail -i root", MAIL)

    assert page.row.status == "review"


def test_what_mutt_is_told_to_run_takes_what_mutt_adds(run: Runs) -> None:
    """mutt adds the address for bounces, two hyphens, and the recipients."""
    (line,) = lines("sendmail", "set sendmail")
    command = line.partition("= ")[2].strip('"')
    page = run(f"{command} -f mara@example.org -- ana@example.net", MAIL)

    assert [one.text for one in page.draft.bcc] == ["ana@example.net"]


def test_what_cron_is_told_to_run_takes_what_cron_writes(run: Runs) -> None:
    (line,) = lines("sendmail", "crond -m ")
    page = run(shlex.split(line)[2], MAIL)

    assert [one.text for one in page.draft.to] == ["mara@example.org"]


@needs_git_send_email
async def test_git_works_as_it_is_configured_there(
    desk: Desk,  # noqa: F811 - the fixture
    variables: dict[str, str],
    tmp_path: Path,
) -> None:
    git = Git(tmp_path)
    (line,) = lines("sendmail", "git config")
    subprocess.run(line, shell=True, check=True, env=git.environ())  # noqa: ASYNC221 - our docs
    said = await git.send(**variables)

    assert "Result: OK" in said
    with desk.open() as workspace:
        assert len(workspace.drafts.rows()) == 1


def test_the_aliases_of_the_docs_can_be_read(tmp_path: Path) -> None:
    (text,) = blocks("sendmail", "toml")
    path = tmp_path / "config.toml"
    path.write_text(text)

    assert load(path, {}).aliases.keys() == tomllib.loads(text)["aliases"].keys()


@pytest.mark.parametrize("flags", table("sendmail", "flag"))
def test_each_flag_of_the_docs_is_known_or_refused(flags: str) -> None:
    what = table("sendmail", "flag")[flags]
    for flag in [
        one.split()[0] for one in flags.replace("`", "").split(", ") if one[0] == "-"
    ]:
        words = [
            flag,
            *(["x"] if flag in {"-f", "-r", "-F", "-N", "-R", "-V"} else []),
            "a@b",
        ]
        if what.startswith("refused"):
            with pytest.raises(errors.UsageError):
                read_words(words)
        else:
            assert read_words(words).recipients == ("a@b",)


def test_the_exit_codes_of_the_docs_are_those_of_the_code() -> None:
    kinds = [
        errors.UsageError, errors.FieldError, errors.AddressError,
        errors.UnsupportedFeatureError, errors.PlanMismatchError, errors.StoreError,
        errors.AuthenticationError, errors.ConfigurationError,
    ]  # fmt: skip

    assert list(table("sendmail", "exit code")) == [
        "0", *(str(sysexits.of(kind("x"))) for kind in kinds)
    ]  # fmt: skip
