"""Mail that an editor is lent, and takes part in what happens meanwhile."""

from datetime import timedelta

import pytest

from tests.workspace.conftest import Desk
from tuimail.core.lent import Sheet
from tuimail.errors import FieldError
from tuimail.workspace.fields import Fields
from tuimail.workspace.lending import Lent, Returned
from tuimail.workspace.workspace import Workspace

HEADERS = {"From": "m@example.org", "To": "", "Cc": "", "Bcc": "", "Subject": "Plan"}
SHEET = Sheet(headers=HEADERS, body="one\n")
OTHER = Sheet(headers=HEADERS, body="something else\n")


@pytest.fixture
def lent(workspace: Workspace) -> Lent:
    return workspace.lending.lend("", "text", SHEET, suffix=".eml")


def write(lent: Lent, old: str, new: str) -> None:
    content = lent.path.read_text()
    assert old in content
    lent.path.write_text(content.replace(old, new))


def test_what_was_not_changed_brings_nothing_back(
    workspace: Workspace, lent: Lent
) -> None:
    assert workspace.lending.take_back(lent, SHEET) == Returned(sheet=None)
    assert workspace.lending.take_back(lent, OTHER) == Returned(sheet=None)


def test_what_the_editor_wrote_comes_back(workspace: Workspace, lent: Lent) -> None:
    write(lent, "one", "two")

    found = workspace.lending.take_back(lent, SHEET)

    assert found == Returned(sheet=Sheet(headers=HEADERS, body="two\n"))


def test_a_mail_that_was_changed_meanwhile_is_noticed(
    workspace: Workspace, lent: Lent
) -> None:
    write(lent, "one", "two")

    assert workspace.lending.take_back(lent, OTHER).is_late


def test_the_same_change_in_both_places_is_none(
    workspace: Workspace, lent: Lent
) -> None:
    write(lent, "one", "two")

    now = Sheet(headers=HEADERS, body="two\n")
    assert workspace.lending.take_back(lent, now) == Returned(sheet=None)


def test_what_cannot_be_read_is_still_there(workspace: Workspace, lent: Lent) -> None:
    write(lent, "Cc:", "Cd:")

    with pytest.raises(FieldError):
        workspace.lending.take_back(lent, SHEET)
    is_worth_it = workspace.lending.leave(lent)

    assert is_worth_it
    assert workspace.lending.has_left("")
    assert workspace.lending.lend("", "text", SHEET, suffix=".eml").is_left


def test_an_end_forgets_it(workspace: Workspace, lent: Lent) -> None:
    write(lent, "one", "two")

    workspace.lending.end(lent)

    assert not workspace.lending.has_left("")


def test_a_purge_takes_what_an_editor_left_of_the_mail(
    desk: Desk, workspace: Workspace
) -> None:
    row = workspace.drafts.new(workspace.drafts.compose(Fields(text="one")))
    lent = workspace.lending.lend(row.id, "text", SHEET, suffix=".eml")
    write(lent, "one", "two")
    workspace.lending.leave(lent)
    workspace.drafts.discard(row.id)
    desk.advance(timedelta(days=3).total_seconds())

    workspace.purging.purge(workspace.clock.now() - timedelta(days=2))

    assert not workspace.lending.has_left(row.id)
    assert not lent.path.exists()
