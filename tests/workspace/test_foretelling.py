"""What a program is going to be told, word for word, before somebody says it."""

from dataclasses import replace

import pytest

from tests.workspace.conftest import BILLING, Desk
from tuimail.core.address import parse_address
from tuimail.core.decision import Comment
from tuimail.core.draft import Body
from tuimail.workspace.answering import Answer
from tuimail.workspace.fields import Fields
from tuimail.workspace.foretelling import Reading, document
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

REASON = "Not to eve@example.org."
CODES = ("wrong-recipient",)
COMMENTS = (Comment(text="eve@example.org again", field="text", line=1),)


@pytest.fixture
def row(workspace: Workspace) -> Row:
    """Something a program handed in."""
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(
            Fields(to=("ana@example.net",), subject="Hi", text="one\ntwo\n")
        )
        return workspace.drafts.new(draft)


def foretold(desk: Desk, reading: Reading, verb: str) -> Answer:
    return reading.after(
        verb,
        reason=REASON,
        codes=CODES,
        comments=COMMENTS,
        by_role="owner",
        at=desk.clock.now(),
    )


@pytest.mark.parametrize("verb", ["request_changes", "reject"])
def test_what_is_foretold_is_what_is_told(
    desk: Desk, workspace: Workspace, row: Row, verb: str
) -> None:
    before = foretold(desk, workspace.reading(row.id), verb)

    say = getattr(workspace.reviews, verb)
    say(row.id, revision=1, reason=REASON, codes=CODES, comments=COMMENTS)

    assert document(before) == document(workspace.reading(row.id).answer)


def test_a_blind_copy_that_a_person_added_is_not_told(
    desk: Desk, workspace: Workspace, row: Row
) -> None:
    page = workspace.drafts.page(row.id)
    eve = parse_address("eve@example.org", field="bcc")
    mine = replace(page.draft, bcc=(eve,), body=Body(text="zero\none\n"))
    workspace.drafts.edit(row.id, mine, revision=1)

    reading = workspace.reading(row.id)
    before = foretold(desk, reading, "reject")
    workspace.reviews.reject(
        row.id, revision=2, reason=REASON, codes=CODES, comments=COMMENTS
    )

    assert reading.text == ("one", "two", "")
    assert "eve@example.org" not in document(before)
    assert document(before) == document(workspace.reading(row.id).answer)
