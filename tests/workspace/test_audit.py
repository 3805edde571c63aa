from collections.abc import Callable
from hashlib import sha256
from json import dumps

import pytest

from tuimail.workspace.audit import Kept
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


@pytest.fixture
def told(workspace: Workspace, write: Callable[..., Row]) -> Workspace:
    """A journal with a few lines."""
    write()
    workspace.drafts.discard(write().id)
    return workspace


def tamper(workspace: Workspace, sql: str) -> None:
    connection = workspace._stores.database.connection
    for trigger in ("journal_never_changes", "journal_stays"):
        connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    connection.execute(sql)


def test_a_journal_as_it_was_written_is_whole(told: Workspace) -> None:
    found = told.audit.verify()

    assert found.is_whole
    assert (found.checked, found.first_bad) == (5, None)
    assert found.head == told.audit.head()


def test_an_empty_journal_is_whole(workspace: Workspace) -> None:
    assert workspace.audit.verify(workspace.audit.head()).is_whole


def test_a_line_that_was_edited_is_named(told: Workspace) -> None:
    tamper(told, "UPDATE journal SET actor = 'person:eve' WHERE number = 3")

    found = told.audit.verify()

    assert (found.is_whole, found.first_bad) == (False, 3)


def test_a_line_that_was_removed_is_named(told: Workspace) -> None:
    tamper(told, "DELETE FROM journal WHERE number = 2")

    found = told.audit.verify()

    assert (found.is_whole, found.first_bad, found.checked) == (False, 2, 4)


def test_an_end_that_was_cut_is_found_by_the_line_that_was_kept(
    told: Workspace,
) -> None:
    kept = told.audit.head()
    tamper(told, "DELETE FROM journal WHERE number > 3")

    assert told.audit.verify().is_whole
    found = told.audit.verify(kept)
    assert (found.is_whole, found.is_cut) == (False, True)


def test_a_journal_that_grew_since_still_has_the_line_that_was_kept(
    told: Workspace, write: Callable[..., Row]
) -> None:
    kept = told.audit.head()
    write()

    assert told.audit.verify(kept).is_whole


def test_a_journal_that_was_written_anew_has_another_line(told: Workspace) -> None:
    kept = Kept(number=3, hash="0" * 64)

    assert told.audit.verify(kept).is_cut


def test_every_line_can_be_checked_outside(told: Workspace) -> None:
    """Its hash is that of all the rest as a JSON array without blanks."""
    lines = [dict(line) for line in told.audit.lines()]

    assert [line["number"] for line in lines] == [1, 2, 3, 4, 5]
    for line in lines:
        content = list(line.values())[:-1]
        text = dumps(content, ensure_ascii=False, separators=(",", ":"))
        assert line["hash"] == sha256(text.encode()).hexdigest()
