"""What is being written is kept as typed, and cut into revisions."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.workspace.conftest import BILLING, Desk, account
from tuimail.core.address import parse_address
from tuimail.core.draft import Draft
from tuimail.errors import (
    NewerCopyError,
    NotAllowedError,
    NotFoundError,
    StaleApprovalError,
    TransitionError,
)
from tuimail.settings.config import save_accounts
from tuimail.settings.identities import Identity
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace
from tuimail.workspace.writing import Accountless

FIELDS = Fields(to=("Ana <ana@example.net>",), subject="Q3", text="Hi Ana\n")


@pytest.fixture
def draft(workspace: Workspace) -> Draft:
    return workspace.drafts.compose(FIELDS)


@pytest.fixture
def row(workspace: Workspace, draft: Draft) -> Row:
    return workspace.drafts.new(draft)


@pytest.fixture
def other(desk: Desk) -> Iterator[Workspace]:
    """The same workspace in another window."""
    with desk.open() as workspace:
        yield workspace


def with_subject(draft: Draft, subject: str) -> Draft:
    return replace(draft, subject=subject)


def events(workspace: Workspace, row: Row) -> list[str]:
    return [line.event for line in workspace.drafts.journal(row.id)]


def test_what_was_typed_is_there_when_the_draft_is_gone_on_with(
    workspace: Workspace, other: Workspace, row: Row, desk: Desk
) -> None:
    desk.advance(5)
    typed = {"to": "ana@example.net, bo@", "text": "Hi Ana, and"}

    version = workspace.writing.keep(row.id, typed, revision=1, seen=0, place="text 0")
    begun = other.writing.begin(row.id)

    assert (begun.seen, begun.fields, begun.place) == (version, typed, "text 0")
    assert begun.saved_at == desk.clock.now()
    assert begun.page.row.revision == 1


def test_a_draft_nobody_typed_into_begins_with_its_revision(
    workspace: Workspace, row: Row
) -> None:
    begun = workspace.writing.begin(row.id)

    assert (begun.seen, begun.fields, begun.earlier) == (0, {}, ())


def test_typing_changes_no_revision_and_tells_the_journal_nothing(
    workspace: Workspace, row: Row
) -> None:
    before = events(workspace, row)

    workspace.writing.keep(row.id, {"text": "a"}, revision=1, seen=0)
    workspace.writing.keep(row.id, {"text": "ab"}, revision=1, seen=1)

    assert events(workspace, row) == before
    assert workspace.drafts.row(row.id) == row


def test_another_window_writes_over_nothing_it_has_not_seen(
    workspace: Workspace, other: Workspace, row: Row
) -> None:
    workspace.writing.keep(row.id, {"text": "mine"}, revision=1, seen=0)

    with pytest.raises(NewerCopyError) as caught:
        other.writing.keep(row.id, {"text": "theirs"}, revision=1, seen=0)

    assert "another window" in str(caught.value)
    assert workspace.writing.begin(row.id).fields == {"text": "mine"}


def test_another_window_goes_on_from_what_it_has_seen(
    workspace: Workspace, other: Workspace, row: Row
) -> None:
    workspace.writing.keep(row.id, {"text": "mine"}, revision=1, seen=0)
    seen = other.writing.begin(row.id).seen

    other.writing.keep(row.id, {"text": "mine, and theirs"}, revision=1, seen=seen)

    with pytest.raises(NewerCopyError):
        workspace.writing.keep(row.id, {"text": "mine"}, revision=1, seen=1)


def test_a_cut_is_a_revision_and_leaves_only_the_place(
    workspace: Workspace, row: Row, draft: Draft
) -> None:
    workspace.writing.keep(row.id, {"subject": "Q4"}, revision=1, seen=0)

    cut = workspace.writing.cut(
        row.id, with_subject(draft, "Q4"), revision=1, seen=1, place="text 3"
    )
    begun = workspace.writing.begin(row.id)

    assert (cut.page.row.revision, cut.page.draft.subject) == (2, "Q4")
    assert (begun.seen, begun.fields, begun.place) == (cut.seen, {}, "text 3")
    assert begun.earlier == ()


def test_what_is_no_mail_yet_stays_typed_beside_the_revision(
    workspace: Workspace, row: Row, draft: Draft
) -> None:
    cut = workspace.writing.cut(
        row.id,
        with_subject(draft, "Q4"),
        revision=1,
        seen=0,
        fields={"to": "ana@"},
    )

    assert workspace.writing.begin(row.id).fields == {"to": "ana@"}
    assert workspace.writing.keep(row.id, {}, revision=2, seen=cut.seen) == 2


def test_a_cut_that_changes_nothing_makes_no_revision(
    workspace: Workspace, row: Row, draft: Draft
) -> None:
    seen = workspace.writing.keep(row.id, {"subject": "Q4"}, revision=1, seen=0)

    cut = workspace.writing.cut(row.id, draft, revision=1, seen=seen)

    assert cut.page.row.revision == 1
    assert cut.seen == seen + 1
    assert workspace.writing.begin(row.id).fields == {}


@pytest.mark.parametrize("subject", ["Q3", "Q4"])
def test_a_cut_takes_nothing_away_from_another_window(
    workspace: Workspace, other: Workspace, row: Row, draft: Draft, subject: str
) -> None:
    workspace.writing.keep(row.id, {"text": "mine"}, revision=1, seen=0)

    with pytest.raises(NewerCopyError):
        other.writing.cut(row.id, with_subject(draft, subject), revision=1, seen=0)

    assert workspace.drafts.row(row.id).revision == 1
    assert workspace.writing.begin(row.id).fields == {"text": "mine"}


def test_what_was_typed_before_somebody_elses_revision_is_still_found(
    workspace: Workspace, row: Row, draft: Draft
) -> None:
    """A command line changed the mail while a window had it open."""
    workspace.writing.keep(row.id, {"text": "mine"}, revision=1, seen=0)
    workspace.drafts.edit(row.id, with_subject(draft, "theirs"), revision=1)

    with pytest.raises(StaleApprovalError):
        workspace.writing.keep(row.id, {"text": "mine!"}, revision=1, seen=1)
    begun = workspace.writing.begin(row.id)

    assert begun.fields == {}
    assert [(one.revision, one.fields) for one in begun.earlier] == [
        (1, {"text": "mine"})
    ]


def test_what_was_typed_into_an_earlier_revision_can_become_the_newest(
    workspace: Workspace, row: Row, draft: Draft
) -> None:
    workspace.writing.keep(row.id, {"subject": "mine"}, revision=1, seen=0)
    workspace.drafts.edit(row.id, with_subject(draft, "theirs"), revision=1)

    mine = with_subject(draft, "mine")
    workspace.writing.cut(row.id, mine, revision=2, seen=0, earlier=1)
    begun = workspace.writing.begin(row.id)

    assert begun.page.draft.subject == "mine"
    assert begun.earlier == ()


def test_a_new_draft_keeps_what_is_no_mail_yet(
    workspace: Workspace, draft: Draft
) -> None:
    cut = workspace.writing.first(draft, fields={"cc": "bo@"}, place="cc 3")
    begun = workspace.writing.begin(cut.page.row.id)

    assert (begun.seen, begun.fields, begun.place) == (cut.seen, {"cc": "bo@"}, "cc 3")


def test_the_first_change_of_what_is_approved_is_a_revision(
    workspace: Workspace, row: Row, draft: Draft
) -> None:
    """Else the approval would hold while the person who gave it writes on."""
    workspace.reviews.approve(row.id, revision=1)

    assert workspace.writing.is_step(row.id, 1)
    with pytest.raises(TransitionError):
        workspace.writing.keep(row.id, {"text": "a"}, revision=1, seen=0)
    workspace.writing.cut(row.id, with_subject(draft, "Q4"), revision=1, seen=0)
    assert not workspace.writing.is_step(row.id, 2)
    assert workspace.drafts.row(row.id).status == "draft"


def test_nothing_is_typed_into_mail_that_left(workspace: Workspace, row: Row) -> None:
    workspace.outbox.send(row.id, revision=1)

    with pytest.raises(TransitionError):
        workspace.writing.keep(row.id, {"text": "a"}, revision=1, seen=0)


def test_a_program_types_nothing(workspace: Workspace, row: Row, draft: Draft) -> None:
    with workspace.acting_as(BILLING, door="http"):
        with pytest.raises(NotAllowedError):
            workspace.writing.keep(row.id, {"text": "a"}, revision=1, seen=0)
        with pytest.raises(NotAllowedError):
            workspace.writing.cut(row.id, draft, revision=1, seen=0)


def test_what_was_taken_back_is_gone_on_with_where_the_cursor_was(
    workspace: Workspace, draft: Draft
) -> None:
    row = workspace.writing.first(draft, place="text 2").page.row
    workspace.outbox.send(row.id, revision=1)
    workspace.outbox.take_back(row.id)

    assert workspace.writing.begin(row.id).place == "text 2"


# Revisions -----------------------------------------------------------------------


def test_revisions_are_listed_newest_first_and_each_can_be_read(
    workspace: Workspace, row: Row, draft: Draft
) -> None:
    workspace.writing.cut(row.id, with_subject(draft, "Q4"), revision=1, seen=0)

    lines = workspace.writing.revisions(row.id)

    assert [(one.number, one.subject) for one in lines] == [(2, "Q4"), (1, "Q3")]
    assert lines[0].size_bytes
    assert workspace.writing.revision(row.id, 1) == draft
    with pytest.raises(NotFoundError):
        workspace.writing.revision(row.id, 3)


def test_a_restored_revision_is_a_new_one(
    workspace: Workspace, row: Row, draft: Draft
) -> None:
    second = workspace.writing.cut(
        row.id, with_subject(draft, "Q4"), revision=1, seen=0
    )

    third = workspace.writing.restore(row.id, 1, revision=2, seen=second.seen)

    assert third.page.row.revision == 3
    assert third.page.draft == draft
    assert [one.subject for one in workspace.writing.revisions(row.id)] == [
        "Q3",
        "Q4",
        "Q3",
    ]


# What a program left when it ended ------------------------------------------------


@pytest.fixture
def gone() -> int:
    """The number of a process that does not run any more."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


@pytest.fixture
def ended(monkeypatch: pytest.MonkeyPatch, gone: int) -> int:
    """The same, of which the workspace believes that it is this one."""
    monkeypatch.setattr("tuimail.workspace.writing.os.getpid", lambda: gone)
    return gone


def test_what_somebody_typed_when_their_program_died_is_found(
    workspace: Workspace, row: Row, ended: int
) -> None:
    assert ended
    workspace.writing.keep(row.id, {"text": "a"}, revision=1, seen=0)

    found = workspace.writing.left_behind()

    assert found is not None
    assert found.id == row.id


def test_what_a_running_program_types_is_not_left_behind(
    workspace: Workspace, row: Row
) -> None:
    workspace.writing.keep(row.id, {"text": "a"}, revision=1, seen=0)

    assert workspace.writing.left_behind() is None


def test_what_is_a_revision_is_not_left_behind(
    workspace: Workspace, draft: Draft, ended: int
) -> None:
    assert ended
    workspace.writing.first(draft, place="text 2")

    assert workspace.writing.left_behind() is None


def test_what_left_or_was_thrown_away_is_not_left_behind(
    workspace: Workspace, row: Row, ended: int
) -> None:
    assert ended
    workspace.writing.keep(row.id, {"text": "a"}, revision=1, seen=0)
    workspace.drafts.discard(row.id)

    assert workspace.writing.left_behind() is None


def test_what_a_program_handed_in_is_gone_on_with_from_the_review(
    workspace: Workspace, draft: Draft, ended: int
) -> None:
    """There a person may have to sign for changing it."""
    assert ended
    with workspace.acting_as(BILLING, door="http"):
        row = workspace.drafts.new(draft)
    workspace.writing.keep(row.id, {"text": "a"}, revision=1, seen=0)

    assert workspace.writing.left_behind() is None
    assert workspace.writing.begin(row.id).fields == {"text": "a"}


@pytest.mark.parametrize(
    ("error", "is_left"),
    [(PermissionError, False), (ProcessLookupError, True), (OverflowError, True)],
)
def test_only_a_program_that_ended_leaves_something_behind(
    workspace: Workspace,
    row: Row,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    *,
    is_left: bool,
) -> None:
    def kill(_pid: int, _signal: int) -> None:
        raise error

    workspace.writing.keep(row.id, {"text": "a"}, revision=1, seen=0)
    monkeypatch.setattr(os, "kill", kill)

    assert (workspace.writing.left_behind() is not None) is is_left


def test_the_signature_of_everybody_that_mail_can_be_from_is_told(
    desk: Desk,
) -> None:
    others = (
        Identity(
            address=parse_address("bills@example.org", field="address"),
            signature="Billing",
        ),
    )
    desk.save(account(signature="Mara Lin", others=others), account("home"))

    with desk.open() as workspace:
        found = workspace.writing.identities()

    assert [(one.account, one.address, one.signature) for one in found] == [
        ("work", "mara@example.org", "Mara Lin"),
        ("work", "bills@example.org", "Billing"),
        ("home", "mara@example.org", ""),
    ]
    assert found[0].name == "Mara Lin"


# What is typed before there is an account ------------------------------------------


def test_there_is_an_account_or_there_is_none(desk: Desk, workspace: Workspace) -> None:
    before = workspace.writing.has_account
    save_accounts(desk.config.with_name("accounts.toml"), (), "")

    assert before
    assert not workspace.writing.has_account


def test_what_a_program_typed_without_an_account_is_taken_over_when_it_ended(
    workspace: Workspace, other: Workspace, monkeypatch: pytest.MonkeyPatch, gone: int
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("tuimail.workspace.writing.os.getpid", lambda: gone)
        workspace.writing.keep_accountless({"text": "Hi"}, place="text 0,2")

    taken = other.writing.take_accountless()

    assert taken == Accountless(fields={"text": "Hi"}, place="text 0,2")
    assert workspace.writing.take_accountless() == taken


def test_what_a_program_types_that_runs_is_left_to_it(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("tuimail.workspace.writing.os.getpid", os.getppid)
        workspace.writing.keep_accountless({"text": "Hi"})

    assert workspace.writing.take_accountless() is None


def test_what_became_a_draft_or_is_not_wanted_is_not_taken_again(
    workspace: Workspace, draft: Draft
) -> None:
    workspace.writing.keep_accountless({"text": "Hi"})
    workspace.writing.first(draft)
    after_a_draft = workspace.writing.take_accountless()
    workspace.writing.keep_accountless({"text": "Hi"})
    workspace.writing.forget_accountless()

    assert after_a_draft is workspace.writing.take_accountless() is None


def test_no_agent_keeps_what_is_typed(workspace: Workspace) -> None:
    with workspace.acting_as(BILLING, door="http"), pytest.raises(NotAllowedError):
        workspace.writing.keep_accountless({"text": "Hi"})
