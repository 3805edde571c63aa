"""Searching through a workspace, and reading what is to be found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.workspace.conftest import BILLING, NOW, Desk
from tuimail.errors import FieldError, StoreError
from tuimail.store.drafts import Drafts
from tuimail.workspace import searching
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields
from tuimail.workspace.lists import ListName, Wanted
from tuimail.workspace.rebuild import rebuild
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
PROGRAM = FileToAttach(source=b"MZ" + b"\0" * 200, name="setup.exe")


def read_all(workspace: Workspace) -> None:
    while workspace.search.catch_up():
        pass


def ids(workspace: Workspace, text: str) -> tuple[str, ...]:
    return workspace.search.search(text).ids


def test_what_was_not_read_yet_is_not_found_and_that_is_told(
    workspace: Workspace, write: New
) -> None:
    row = write(subject="Zanzibar")

    before = workspace.search.search("zanzibar")
    is_more = workspace.search.catch_up()
    after = workspace.search.search("zanzibar")

    assert (before.ids, before.is_behind, is_more) == ((), True, True)
    assert (after.ids, after.is_behind) == ((row.id,), False)
    assert not workspace.search.catch_up()


def test_mail_is_read_a_little_at_a_time(workspace: Workspace, write: New) -> None:
    for number in range(5):
        write(subject=f"Zanzibar {number}")

    steps = 0
    while workspace.search.catch_up(2):
        steps += 1

    assert steps > 2
    assert len(ids(workspace, "zanzibar")) == 5
    assert workspace.search.behind == 0


def test_a_revision_is_found_by_what_it_says_now(
    workspace: Workspace, write: New
) -> None:
    row = write(subject="Zanzibar")
    read_all(workspace)
    draft = workspace.drafts.page(row.id).draft

    workspace.drafts.edit(row.id, replace(draft, subject="Timbuktu"), revision=1)
    read_all(workspace)

    assert ids(workspace, "zanzibar") == ()
    assert ids(workspace, "timbuktu") == (row.id,)


def test_mail_whose_state_alone_changed_is_not_read_again(
    workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = write()
    read_all(workspace)
    read: list[str] = []
    monkeypatch.setattr(searching, "words_of", lambda *_args, **_named: read.append(""))

    workspace.drafts.request_review(row.id)
    read_all(workspace)

    assert read == []


def test_a_blind_copy_that_a_note_names_is_not_searched(
    workspace: Workspace, fields: Fields
) -> None:
    blind = replace(fields, bcc=("quiet@example.org",))
    with workspace.acting_as(BILLING, door="http"):
        workspace.drafts.new(
            workspace.drafts.compose(blind), note="for quiet@example.org, blind"
        )
    read_all(workspace)

    assert ids(workspace, "quiet@example.org") == ()
    assert len(ids(workspace, "note:blind")) == 1


def test_a_search_for_a_state_needs_no_words(
    workspace: Workspace, write: New, hand_in: New
) -> None:
    own, other = write(), hand_in()

    assert ids(workspace, "state:draft") == (own.id,)
    assert ids(workspace, "state:review") == (other.id,)
    assert workspace.search.search("state:review", frozenset({"draft"})).ids == ()
    assert ids(workspace, "!!!") == ()


def test_of_very_many_hits_the_newest_are_listed(
    workspace: Workspace,
    desk: Desk,
    write: New,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(searching, "MOST_HITS", 2)
    rows = []
    for _ in range(3):
        rows.append(write(subject="Zanzibar"))
        desk.advance(1)
    read_all(workspace)

    for text in ("zanzibar", "state:draft"):
        found = workspace.search.search(text)
        assert found.is_more
        assert found.ids == (rows[2].id, rows[1].id)


def test_pages_of_what_was_found_follow_each_other(
    workspace: Workspace, desk: Desk, write: New
) -> None:
    for number in range(5):
        write(subject=f"Zanzibar {number}")
        desk.advance(1)
    read_all(workspace)

    first = workspace.search.page("zanzibar", limit=2)
    second = workspace.search.page("zanzibar", limit=9, before=first[-1].id)

    assert [row.subject[-1] for row in first] == ["4", "3"]
    assert [row.subject[-1] for row in second] == ["2", "1", "0"]
    with pytest.raises(FieldError, match="has no word"):
        workspace.search.page("...", limit=2)


def test_nothing_of_a_purged_mail_is_left(
    workspace: Workspace, desk: Desk, write: New
) -> None:
    row = write(subject="Zanzibar", text="Nothing but a xylophonist.")
    other = write(subject="Zanzibar")
    read_all(workspace)
    workspace.drafts.discard(row.id)
    desk.clock.advance(timedelta(days=10))

    workspace.purging.purge(workspace.clock.now() - timedelta(days=5))
    read_all(workspace)

    assert ids(workspace, "xylophonist") == ()
    assert ids(workspace, "zanzibar") == (other.id,)
    stored = workspace._stores.database.connection
    stored.execute("VACUUM")
    stored.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert b"xylophonist" not in (desk.root / "tuimail.db").read_bytes()


def test_mail_that_goes_while_it_is_read_is_not_kept(
    workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(subject="Zanzibar")
    there = Drafts.among
    asked: list[object] = []

    def among(self: Drafts, ids: object) -> object:
        asked.append(ids)
        return there(self, ids) if len(asked) == 1 else {}  # type: ignore[arg-type]  # ids

    monkeypatch.setattr(Drafts, "among", among)
    workspace.search.catch_up()

    assert ids(workspace, "zanzibar") == ()


def test_a_mail_that_cannot_be_read_stops_nothing(
    workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = write(subject="Zanzibar"), write(subject="Zanzibar")
    revision = Drafts.revision

    def read(self: Drafts, id: str, number: int) -> object:
        if id == broken.id:
            raise StoreError("It cannot be read.", hint="")
        return revision(self, id, number)

    monkeypatch.setattr(Drafts, "revision", read)
    read_all(workspace)

    assert ids(workspace, "zanzibar") == (whole.id,)


def test_what_may_only_be_looked_at_is_searched_as_far_as_it_was_read(
    workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(subject="Zanzibar")
    monkeypatch.setattr(
        type(workspace._stores.database), "is_read_only", property(lambda _: True)
    )

    assert not workspace.search.catch_up()
    assert workspace.search.search("zanzibar").is_behind


def test_a_rebuilt_workspace_is_read_anew_and_in_order(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    plain = hand_in(subject="Zanzibar")
    worse = hand_in(subject="Zanzibar", attachments=(PROGRAM,))
    read_all(workspace)
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        read_all(again)
        assert set(ids(again, "zanzibar")) == {plain.id, worse.id}
        listed = again.lists.window(ListName.REVIEW, Wanted())
        assert [row.id for row in listed.rows] == [worse.id, plain.id]
