"""Mail that begins as an answer, handed on, or from a link."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.workspace.conftest import BILLING, Desk, account
from tuimail.core.address import parse_address
from tuimail.errors import ConfigurationError, FieldError, NotAllowedError
from tuimail.settings.identities import Identity
from tuimail.workspace import beginning
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

MAIL = (
    b"From: Ana <ana@example.net>\nTo: sales@example.org, bo@example.org\n"
    b"Subject: Q3\nMessage-ID: <1@x>\n\nHi\n"
)


@pytest.fixture(autouse=True)
def accounts(desk: Desk) -> None:
    sales = Identity(address=parse_address("sales@example.org", field="from"))
    desk.save(account(), account("other", others=(sales,)))


def test_an_answer_is_from_whom_they_wrote_to(workspace: Workspace) -> None:
    begun = workspace.beginning.reply(MAIL, is_to_all=True)

    assert begun.reason == "they wrote to sales@"
    assert (begun.draft.account, begun.draft.sender.text) == (
        "other", "sales@example.org"
    )  # fmt: skip
    assert [one.text for one in begun.draft.to] == ["ana@example.net"]
    assert [one.text for one in begun.draft.cc] == ["bo@example.org"]
    assert (begun.draft.in_reply_to, begun.draft.references) == ("<1@x>", ("<1@x>",))
    assert begun.draft.body.text.endswith("wrote:\n> Hi\n")


def test_files_go_along_when_mail_is_handed_on(
    workspace: Workspace, write: Callable[..., Row], tmp_path: Path
) -> None:
    (tmp_path / "q3.csv").write_text("1,2")
    row = write(attachments=(tmp_path / "q3.csv",))
    begun = workspace.beginning.forward(workspace.beginning.raw(row.id))

    assert begun.draft.subject == "Fwd: Q3 report"
    (file,) = begun.draft.attachments
    assert (file.name, file.size_bytes) == ("q3.csv", 3)
    assert begun.reason == "you wrote as mara@"
    assert begun.draft.account == "work"


def test_a_link_begins_a_mail_of_the_default_account(workspace: Workspace) -> None:
    begun = workspace.beginning.from_link("mailto:ana@example.net?attach=/etc/passwd")

    assert begun.draft.account == "work"
    assert begun.draft.attachments == ()
    assert "/etc/passwd" in begun.noticed[0]


def test_nothing_is_stored(workspace: Workspace) -> None:
    workspace.beginning.reply(MAIL)

    assert workspace.drafts.rows() == ()


def test_a_mail_nobody_could_have_sent_is_refused(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beginning, "MAIL_LIMIT_BYTES", 10)

    for act in (workspace.beginning.reply, workspace.beginning.forward):
        with pytest.raises(FieldError, match="10 are the limit"):
            act(MAIL)


def test_without_an_account_there_is_nobody_to_answer_as(
    desk: Desk, workspace: Workspace
) -> None:
    desk.config.with_name("accounts.toml").unlink()

    with pytest.raises(ConfigurationError):
        workspace.beginning.reply(MAIL)


def test_programs_begin_no_mail_here(workspace: Workspace) -> None:
    with (
        workspace.acting_as(BILLING, door="http"),
        pytest.raises(NotAllowedError),
    ):
        workspace.beginning.reply(MAIL)
