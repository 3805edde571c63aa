"""The real ``git send-email`` at the SMTP door."""

from pathlib import Path

import pytest

from tests.intake.git import AUTHOR, READER, Git, needs_git_send_email
from tests.intake.smtp.conftest import Served

pytestmark = [needs_git_send_email, pytest.mark.slow]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
async def test_a_patch_waits_for_a_person(
    served: Served, tmp_path: Path, mechanism: str
) -> None:
    said = await Git(tmp_path).send(
        "--smtp-server=127.0.0.1", f"--smtp-server-port={served.door.port}",
        "--smtp-user=jwt", f"--smtp-pass={served.token}", f"--smtp-auth={mechanism}",
        "--bcc=archive@example.org",
    )  # fmt: skip
    (page,) = await served.pages()

    assert "Result: 250" in said
    assert page.row.status == "review"
    assert page.draft.sender.text == AUTHOR
    assert [one.text for one in page.draft.to] == [READER]
    assert [one.text for one in page.draft.bcc] == ["archive@example.org"]
    assert page.draft.subject == "[PATCH] core: measure it in metres"
    assert "The size was in feet: Größe." in page.draft.body.text
    assert "\n+1.8 m\n-- \n" in page.draft.body.text
