"""A draft with some of its fields written anew."""

from pathlib import Path
from typing import Any

import pytest

from tests.workspace.conftest import Desk, account
from tests.workspace.reviewing import New
from tuimail.core.address import parse_address
from tuimail.core.draft import Draft
from tuimail.errors import FieldError
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace


@pytest.fixture
def row(write: New) -> Row:
    return write(
        headers=(("X-Kind", "a"), ("X-Other", "b")),
        tags=("q3",),
        reply_to=("desk@example.org",),
    )


def after(workspace: Workspace, row: Row, **typed: Any) -> Draft:
    changed = workspace.drafts.change(row.id, Fields(**typed), revision=row.revision)
    assert changed.revision == row.revision + 1
    return workspace.drafts.page(row.id).draft


def test_what_is_not_named_stays_as_it_was(workspace: Workspace, row: Row) -> None:
    before = workspace.drafts.page(row.id).draft

    draft = after(workspace, row, subject="Q4 report")

    assert draft.subject == "Q4 report"
    for name in ("to", "cc", "bcc", "reply_to", "body", "headers", "service", "sender"):
        assert getattr(draft, name) == getattr(before, name)


def test_nothing_named_makes_no_revision(workspace: Workspace, row: Row) -> None:
    assert workspace.drafts.change(row.id, Fields(), revision=1).revision == 1


@pytest.mark.parametrize("role", ["to", "cc", "bcc"])
def test_recipients_take_the_place_of_those_before(
    workspace: Workspace, row: Row, role: str
) -> None:
    draft = after(workspace, row, **{role: ("carl@example.net",)})

    assert [one.text for one in getattr(draft, role)] == ["carl@example.net"]


def test_the_senders_name_alone_can_change(workspace: Workspace, row: Row) -> None:
    draft = after(workspace, row, sender_name="The desk")

    assert (draft.sender.name, draft.sender.text) == ("The desk", "mara@example.org")


def test_a_text_keeps_the_html_beside_it_and_gets_no_signature(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write(html="<p>old</p>")
    desk.save(account(signature="Mara Lin"))

    draft = after(workspace, row, text="new")

    assert (draft.body.text, draft.body.html) == ("new", "<p>old</p>")


def test_html_keeps_a_text_that_somebody_wrote(workspace: Workspace, row: Row) -> None:
    before = workspace.drafts.page(row.id).draft

    draft = after(workspace, row, html="<p>new</p>")

    assert draft.body.text == before.body.text
    assert "new" in draft.body.html


def test_html_takes_a_text_that_was_made_from_it_along(
    workspace: Workspace, write: New
) -> None:
    row = write(text="", html="<p>old</p>")

    draft = after(workspace, row, html="<p>new</p>")

    assert "new" in draft.body.text
    assert "old" not in draft.body.text


def test_markdown_is_the_whole_body(workspace: Workspace, row: Row) -> None:
    draft = after(workspace, row, markdown="*new*")

    assert "<em>new</em>" in draft.body.html
    assert "numbers" not in draft.body.text


def test_a_header_of_the_same_name_is_replaced_and_others_stay(
    workspace: Workspace, row: Row
) -> None:
    draft = after(workspace, row, headers=(("x-kind", "c"),))

    assert draft.headers == (("X-Other", "b"), ("x-kind", "c"))


def test_a_file_of_the_same_name_is_replaced_and_others_stay(
    workspace: Workspace, write: New, tmp_path: Path
) -> None:
    first, other = tmp_path / "a.txt", tmp_path / "b.txt"
    first.write_text("one")
    other.write_text("other")
    row = write(attachments=(first, other))
    before = workspace.drafts.page(row.id).draft.attachments
    first.write_text("two")

    draft = after(workspace, row, attachments=(first,))

    assert [one.name for one in draft.attachments] == ["b.txt", "a.txt"]
    assert draft.attachments[0] == before[1]
    assert draft.attachments[1].digest != before[0].digest


def test_one_option_of_the_service_leaves_the_others(
    workspace: Workspace, row: Row
) -> None:
    draft = after(workspace, row, track_opens=False)

    assert (draft.service.tags, draft.service.track_opens) == (("q3",), False)


def test_it_can_leave_through_another_account(
    desk: Desk, workspace: Workspace, row: Row
) -> None:
    desk.save(account(), account("other"))

    assert after(workspace, row, account="other").account == "other"


def test_an_account_that_does_not_send_as_its_from_is_refused(
    desk: Desk, workspace: Workspace, row: Row
) -> None:
    away = parse_address("o@example.com", field="address")
    desk.save(account(), account("other", address=away))

    with pytest.raises(FieldError, match=r"not as mara@example\.org"):
        workspace.drafts.change(row.id, Fields(account="other"), revision=1)
