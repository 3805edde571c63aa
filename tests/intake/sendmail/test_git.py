"""The real ``git send-email`` with tuimail for its sendmail."""

import sys
from pathlib import Path

import pytest

from tests.intake.git import AUTHOR, READER, Git, needs_git_send_email
from tests.workspace.conftest import (
    Desk,
    desk,  # noqa: F401 - a fixture for tests here
    provider,  # noqa: F401 - a fixture for tests here
)

pytestmark = [needs_git_send_email, pytest.mark.slow]
LINK = f"""\
#!{sys.executable}
import sys
from tuimail.__main__ import main
sys.exit(main())
"""
COMMAND = f"{sys.executable} -m tuimail sendmail"


@pytest.fixture
def link(tmp_path: Path) -> Path:
    path = tmp_path / "bin" / "sendmail"
    path.parent.mkdir()
    path.write_text(LINK)
    path.chmod(0o700)
    return path


@pytest.mark.parametrize("way", ["--smtp-server={link}", f"--sendmail-cmd={COMMAND}"])
async def test_a_patch_waits_for_a_person(
    desk: Desk,  # noqa: F811 - the fixture
    tmp_path: Path,
    link: Path,
    way: str,
) -> None:
    said = await Git(tmp_path).send(
        way.format(link=link),
        "--envelope-sender=auto",
        "--bcc=archive@example.org",
        TUIMAIL_WORKSPACE=str(desk.root),
        TUIMAIL_CONFIG=str(desk.config),
        PYTHONPATH=str(Path.cwd()),
    )
    with desk.open() as workspace:
        (row,) = workspace.drafts.rows()
        page = workspace.drafts.page(row.id)

    assert "Result: OK" in said
    assert (row.status, row.origin.actor) == ("review", "agent:sendmail")
    assert page.draft.sender.text == AUTHOR
    assert [one.text for one in page.draft.to] == [READER]
    assert [one.text for one in page.draft.bcc] == ["archive@example.org"]
    assert "The size was in feet: Größe." in page.draft.body.text
