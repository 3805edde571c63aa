"""What the docs say about SMTP, run as it is written there."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from tests.intake.documented import blocks, lines, prose
from tests.intake.git import Git, needs_git_send_email
from tests.intake.smtp.conftest import Served
from tuimail.intake.smtp.door import USUAL_PORT
from tuimail.intake.smtp.limits import USUAL


async def test_the_program_of_the_docs_hands_in(served: Served) -> None:
    (program,) = blocks("SMTP", "python")
    ours = program.replace(str(USUAL_PORT), str(served.door.port))
    assert ours != program

    def run() -> None:
        exec(compile(ours, "agents.md", "exec"), {"token": served.token})

    await asyncio.to_thread(run)
    (page,) = await served.pages()

    assert (page.row.status, page.draft.subject) == ("review", "Q3 report")


@needs_git_send_email
@pytest.mark.slow
async def test_git_works_as_it_is_configured_there(
    served: Served, tmp_path: Path
) -> None:
    git = Git(tmp_path)
    for line in lines("SMTP", "git config"):
        here = line.replace(str(USUAL_PORT), str(served.door.port))
        subprocess.run(here, shell=True, check=True, env=git.environ())  # noqa: ASYNC221 - our docs
    said = await git.send(f"--smtp-pass={served.token}")

    assert "Result: 250" in said
    assert len(await served.pages()) == 1


def test_the_limits_are_those_of_the_code() -> None:
    found = (
        f"{USUAL.message_bytes >> 20} MiB a message, {USUAL.recipients:,} recipients, "
        f"{USUAL.connections} connections, five minutes of silence, "
        f"{USUAL.login.total_seconds():.0f} seconds to log in"
    )

    assert found in prose("SMTP")
    assert USUAL.idle.total_seconds() == 5 * 60
