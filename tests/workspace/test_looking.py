"""What faces remember of looking at mail, and what they say of its recipients."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workspace.conftest import Desk
from tuimail.core.decision import MOST_COMMENTS, Comment
from tuimail.errors import FieldError
from tuimail.workspace.people import Mark, differing
from tuimail.workspace.sending import drain
from tuimail.workspace.views import Row, Signature
from tuimail.workspace.workspace import Workspace

Writes = Callable[..., Row]


def revise(workspace: Workspace, row: Row, text: str) -> Row:
    draft = workspace.drafts.page(row.id).draft
    changed = replace(draft, body=replace(draft.body, text=text))
    return workspace.drafts.edit(row.id, changed, revision=row.revision)


def marks(workspace: Workspace, row: Row) -> dict[str, list[str]]:
    found = workspace.looking.people(workspace.drafts.page(row.id).draft)
    return {one.address.text: [mark.value for mark in one.marks] for one in found}


def test_nobody_saw_what_was_just_handed_in(
    workspace: Workspace, hand_in: Writes
) -> None:
    row = hand_in()

    assert workspace.looking.sight(row.id) is None
    assert workspace.looking.sights() == {}
    assert workspace.looking.seen_before(row.id, 1) is None


def test_what_was_opened_and_read_is_remembered(
    workspace: Workspace, hand_in: Writes
) -> None:
    row = hand_in()

    workspace.looking.opened(row.id, 1)
    workspace.looking.read(row.id, 1, "text")

    found = workspace.looking.sights()[row.id]
    assert (found.revision, found.before, found.tabs) == (1, 0, frozenset({"text"}))
    assert workspace.looking.seen_before(row.id, 1) is None


def test_of_a_newer_revision_nothing_was_read_yet(
    workspace: Workspace, hand_in: Writes
) -> None:
    row = hand_in()
    before = workspace.drafts.page(row.id).draft
    workspace.looking.read(row.id, 1, "text")
    revise(workspace, row, "Other words.\n")

    assert workspace.looking.seen_before(row.id, 2) == before
    workspace.looking.opened(row.id, 2)
    workspace.looking.opened(row.id, 1)

    found = workspace.looking.sight(row.id)
    assert found is not None
    assert (found.revision, found.before, found.tabs) == (2, 1, frozenset())
    assert workspace.looking.seen_before(row.id, 2) == before


def test_when_it_was_opened_last_is_remembered(
    desk: Desk, workspace: Workspace, hand_in: Writes
) -> None:
    row = hand_in()
    workspace.looking.opened(row.id, 1)
    desk.clock.advance(timedelta(hours=1))
    workspace.looking.opened(row.id, 1)

    found = workspace.looking.sight(row.id)
    assert found is not None
    assert found.at == desk.clock.now()


def test_a_workspace_that_may_only_be_read_remembers_nothing(
    workspace: Workspace, hand_in: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = hand_in()
    monkeypatch.setattr(type(workspace._stores.database), "is_read_only", True)

    workspace.looking.opened(row.id, 1)

    assert workspace.looking.sight(row.id) is None


def test_remarks_wait_until_they_are_said(
    workspace: Workspace, hand_in: Writes
) -> None:
    row = hand_in()
    remark = Comment(text="Not so.", field="text", line=3)

    workspace.looking.remark(row.id, 1, [remark])

    assert workspace.looking.remarks(row.id, 1) == (remark,)
    assert workspace.drafts.page(row.id).decisions == ()


def test_there_are_no_more_remarks_than_a_decision_may_have(
    workspace: Workspace, hand_in: Writes
) -> None:
    row = hand_in()
    remark = Comment(text="Not so.")

    with pytest.raises(FieldError, match="20 comments at most"):
        workspace.looking.remark(row.id, 1, [remark] * (MOST_COMMENTS + 1))


def test_who_never_got_mail_is_new_until_a_provider_took_some(
    desk: Desk, workspace: Workspace, write: Writes
) -> None:
    row = write(cc=(), bcc=("mara@example.org",))
    first = marks(workspace, row)
    workspace.outbox.send(row.id, revision=1)
    drain(desk.open)

    assert first == {"ana@example.net": ["new"], "mara@example.org": []}
    assert marks(workspace, write(cc=(), bcc=()))["ana@example.net"] == []


def test_a_stranger_is_outside_where_nobody_sees_it_or_among_colleagues(
    workspace: Workspace, write: Writes
) -> None:
    usual = write(cc=(), bcc=())
    unseen = write(cc=(), bcc=("eve@example.com",))
    among = write(cc=("bo@example.org",), bcc=())

    assert marks(workspace, usual)["ana@example.net"] == ["new"]
    assert marks(workspace, unseen)["eve@example.com"] == ["outside", "new"]
    assert marks(workspace, unseen)["ana@example.net"] == ["new"]
    assert marks(workspace, among)["ana@example.net"] == ["outside", "new"]


def test_a_domain_that_looks_like_a_known_one_is_named_with_it(
    workspace: Workspace, write: Writes
) -> None:
    row = write(to=("mara@exarnple.org",), cc=("x@[192.0.2.1]",), bcc=())
    found = workspace.looking.people(workspace.drafts.page(row.id).draft)

    assert Mark.LIKE in found[0].marks
    assert found[0].like == "example.org"
    assert found[1].like == ""


def test_who_cannot_get_mail_is_called_so(workspace: Workspace, write: Writes) -> None:
    workspace.suppressions.add("ana@example.net", reason="asked us to stop")

    found = marks(workspace, write(cc=("bob@nowhere.invalid",), bcc=()))

    assert found["ana@example.net"] == ["suppressed", "new"]
    assert found["bob@nowhere.invalid"] == ["invalid", "new"]


@pytest.mark.parametrize(
    ("domain", "like", "shown"),
    [
        ("exarnple.org", "example.org", ("exa[rn]ple.org", "exa[m]ple.org")),
        ("example.com", "example.org", ("example.[com]", "example.[org]")),
        ("examples.org", "example.org", ("example[s].org", "example[].org")),
        ("abc", "ab", ("ab[c]", "ab[]")),
    ],
)
def test_what_differs_between_two_domains_stands_in_brackets(
    domain: str, like: str, shown: tuple[str, str]
) -> None:
    assert differing(domain, like) == shown


def test_a_program_is_told_from_another_by_the_end_of_its_token(
    workspace: Workspace,
) -> None:
    client, token = workspace.clients.add("sales", scopes=("draft",))

    assert workspace.looking.token_end("agent:sales") == token[-2:]
    assert workspace.looking.token_end("agent:other") == ""
    assert workspace.looking.token_end("person:sales") == ""
    assert client.name == "sales"


def authors(workspace: Workspace, row: Row) -> frozenset[str]:
    return workspace._stores.drafts.authors(row.id)


def test_what_is_changed_after_somebody_signed_is_theirs(
    desk: Desk, hand_in: Writes
) -> None:
    row = hand_in()
    with desk.open(door="app", on_terminal=True) as workspace:
        workspace.reviewers.add("ana", "483920")
        workspace.reviews.sign_edit(
            row.id, signature=Signature(name="ana", pin="483920")
        )
        second = revise(workspace, row, "Other words.\n")
        signed = authors(workspace, row)
        workspace.reviews.sign_edit(row.id)
        revise(workspace, second, "More words.\n")
        after = authors(workspace, row)

    assert "person:ana" in signed
    assert after - signed == {workspace.actor}


def test_a_signature_is_for_who_sits_at_a_terminal(desk: Desk, hand_in: Writes) -> None:
    row = hand_in()
    with desk.open(door="app", on_terminal=True) as workspace:
        workspace.reviewers.add("ana", "483920")
        workspace.reviews.sign_edit(
            row.id, signature=Signature(name="ana", pin="483920")
        )
        with workspace.acting_as(workspace.actor, door="http"):
            revise(workspace, row, "Other words.\n")

        assert "person:ana" not in authors(workspace, row)


def test_nothing_of_it_is_left_of_a_mail_that_is_purged(
    desk: Desk, workspace: Workspace, hand_in: Writes
) -> None:
    row = hand_in()
    workspace.looking.read(row.id, 1, "text")
    workspace.looking.remark(row.id, 1, [Comment(text="Not so.")])
    workspace.drafts.discard(row.id)
    desk.clock.advance(timedelta(days=10))

    workspace.purging.purge(workspace.clock.now() - timedelta(days=5))

    assert workspace.looking.sight(row.id) is None
    assert workspace.looking.remarks(row.id, 1) == ()
