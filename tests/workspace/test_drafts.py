"""The desk for drafts: what is stored, refused, found and shown."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, MARA, Desk, account
from tuimail.core import compose
from tuimail.errors import (
    AddressError,
    AttachmentError,
    ConfigurationError,
    DigestMismatchError,
    FieldError,
    NotAllowedError,
    NotComposableError,
    NotFoundError,
    ReadOnlyWorkspaceError,
    StaleApprovalError,
    TransitionError,
    UsageError,
)
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]


def message_file(workspace: Workspace, draft_id: str) -> Path:
    return workspace.root / "outbound" / draft_id / "message.eml"


def test_a_persons_own_mail_is_a_draft(write: New) -> None:
    row = write()

    assert row.status == "draft"
    assert row.origin.actor == MARA
    assert {"edit", "send", "discard", "request_review"} <= row.actions


def test_what_an_agent_hands_in_waits_for_a_person(hand_in: New) -> None:
    row = hand_in()

    assert row.status == "review"
    assert row.origin.actor == BILLING
    assert row.origin.note == "as you asked"
    assert {"approve", "reject", "request_changes"} <= row.actions
    assert "send" not in row.actions


def test_an_agent_is_offered_no_actions(workspace: Workspace, hand_in: New) -> None:
    row = hand_in()

    with workspace.acting_as(BILLING, door="http"):
        assert workspace.drafts.row(row.id).actions == frozenset()


def test_the_stored_bytes_say_what_the_draft_says(
    workspace: Workspace, write: New
) -> None:
    row = write()

    raw = message_file(workspace, row.id).read_bytes()
    parsed = message_from_bytes(raw, policy=default)
    assert parsed["Subject"] == "Q3 report"
    assert parsed["From"] == "Mara Lin <mara@example.org>"
    assert parsed["Cc"] == "bob@example.net"
    assert b"archive@example.org" not in raw
    assert raw == workspace.drafts.message_bytes(row.id)


def test_a_page_shows_bcc_and_a_row_does_not(workspace: Workspace, write: New) -> None:
    row = write()

    page = workspace.drafts.page(row.id)
    assert "archive@example.org" not in str(page.row)
    assert [one.address for one in page.recipients] == [
        "ana@example.net",
        "bob@example.net",
        "archive@example.org",
    ]


def test_the_sidecar_holds_what_the_message_does_not_say(
    workspace: Workspace, write: New
) -> None:
    row = write()

    sidecar = workspace.root / "outbound" / row.id / "message.json"
    assert b"archive@example.org" in sidecar.read_bytes()
    assert sidecar.stat().st_mode & 0o777 == 0o600


def test_a_draft_without_recipients_is_kept_and_cannot_be_sent(
    workspace: Workspace, write: New
) -> None:
    row = write(to=(), cc=(), bcc=())

    assert row.status == "draft"
    assert "send" not in row.actions
    assert workspace.drafts.page(row.id).not_composable
    with pytest.raises(NotComposableError) as caught:
        workspace.drafts.message_bytes(row.id)
    assert caught.value.field == "to"


def test_mail_for_nobody_cannot_be_handed_in(
    workspace: Workspace, hand_in: New
) -> None:
    with pytest.raises(NotComposableError):
        hand_in(to=(), cc=(), bcc=())

    assert workspace.drafts.rows() == ()


@pytest.mark.parametrize(
    ("changes", "error", "name"),
    [
        ({"subject": "Hi\r\nBcc: x@evil.example"}, FieldError, "subject"),
        ({"subject": "nul\0"}, FieldError, "subject"),
        ({"to": ("not an address",)}, AddressError, "to"),
        ({"cc": ("a@example.org, b@example.org",)}, AddressError, "cc"),
        ({"headers": (("X-A\r\nBcc", "x"),)}, FieldError, "header"),
        ({"headers": (("Bcc", "x@example.org"),)}, FieldError, "header"),
        ({"sender_name": "Mara\nBcc: x"}, FieldError, "from-name"),
        ({"sender": "ceo@example.org"}, FieldError, "from"),
        ({"attachments": (Path("/nowhere/a.pdf"),)}, AttachmentError, "attach"),
        ({"account": "nothing"}, ConfigurationError, "account"),
    ],
)
def test_a_bad_field_is_refused_by_name_and_nothing_is_stored(
    workspace: Workspace,
    write: New,
    changes: dict[str, object],
    error: type[Exception],
    name: str,
) -> None:
    with pytest.raises(error) as caught:
        write(**changes)

    assert getattr(caught.value, "field", "") == name
    assert workspace.drafts.rows() == ()


def test_the_sender_chooses_the_account(desk: Desk, fields: Fields) -> None:
    address = replace(account().address, local="billing", name="")
    desk.save(account(), account("bills", address=address))

    with desk.open() as workspace:
        draft = workspace.drafts.compose(
            replace(fields, sender="Bills <billing@example.org>")
        )

    assert draft.account == "bills"
    assert draft.sender.name == "Bills"


def test_a_sender_without_a_name_gets_the_accounts(
    workspace: Workspace, fields: Fields
) -> None:
    draft = workspace.drafts.compose(replace(fields, sender="mara@example.org"))

    assert draft.sender.name == "Mara Lin"


def test_the_name_of_the_sender_can_be_given_apart(
    workspace: Workspace, fields: Fields
) -> None:
    draft = workspace.drafts.compose(replace(fields, sender_name="M. Lin"))

    assert draft.sender.name == "M. Lin"


def test_without_an_account_a_sender_is_enough_to_write(
    desk: Desk, fields: Fields
) -> None:
    desk.config.with_name("accounts.toml").unlink()

    with desk.open() as workspace:
        draft = workspace.drafts.compose(replace(fields, sender="me@example.org"))
        row = workspace.drafts.dry_run(draft)
        page = workspace.drafts.page(row.id)

    assert row.status == "dry_run"
    assert page.release_digest == ""


def test_without_account_and_sender_the_error_names_from(
    desk: Desk, fields: Fields
) -> None:
    desk.config.with_name("accounts.toml").unlink()

    with desk.open() as workspace, pytest.raises(ConfigurationError) as caught:
        workspace.drafts.compose(fields)

    assert caught.value.field == "from"


def test_an_attachment_is_frozen_when_it_is_attached(
    workspace: Workspace, write: New, tmp_path: Path
) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(b"%PDF-1.4 first")
    row = write(attachments=(file,))
    file.write_bytes(b"%PDF-1.4 other")

    parsed = message_from_bytes(workspace.drafts.message_bytes(row.id), policy=default)
    (attachment,) = parsed.iter_attachments()
    assert attachment.get_content() == b"%PDF-1.4 first"
    assert attachment.get_content_type() == "application/pdf"
    assert row.attachment_count == 1


@pytest.mark.parametrize("name", ["x.unheard-of", "mail.eml", "tar.gz"])
def test_an_unusual_file_is_plain_bytes(
    workspace: Workspace, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_bytes(b"x")

    attachment, noticed = workspace.drafts.attach(file)
    assert attachment.content_type == "application/octet-stream"
    assert not noticed


def test_an_edit_is_a_new_revision(
    workspace: Workspace, write: New, fields: Fields
) -> None:
    row = write()
    draft = workspace.drafts.compose(replace(fields, subject="Q4 report"))

    edited = workspace.drafts.edit(row.id, draft, revision=1)

    page = workspace.drafts.page(row.id)
    assert edited.revision == 2
    assert edited.subject == "Q4 report"
    assert page.previous is not None
    assert page.previous.subject == "Q3 report"
    assert b"Q4 report" in message_file(workspace, row.id).read_bytes()


def test_an_edit_that_changes_nothing_makes_no_revision(
    workspace: Workspace, write: New, fields: Fields
) -> None:
    row = write()

    same = workspace.drafts.edit(row.id, workspace.drafts.compose(fields), revision=1)

    assert same.revision == 1


def test_an_edit_of_an_older_revision_is_refused(
    workspace: Workspace, write: New, fields: Fields
) -> None:
    row = write()
    draft = workspace.drafts.compose(replace(fields, subject="Q4 report"))
    workspace.drafts.edit(row.id, draft, revision=1)

    with pytest.raises(StaleApprovalError):
        workspace.drafts.edit(row.id, draft, revision=1)


def test_an_edit_that_names_nobody_removes_the_message(
    workspace: Workspace, write: New, fields: Fields
) -> None:
    row = write()
    draft = workspace.drafts.compose(replace(fields, to=(), cc=(), bcc=()))

    workspace.drafts.edit(row.id, draft, revision=1)

    assert not message_file(workspace, row.id).exists()


def test_an_edit_of_an_agents_draft_stays_in_review(
    workspace: Workspace, hand_in: New, fields: Fields
) -> None:
    row = hand_in()
    draft = workspace.drafts.compose(replace(fields, subject="Q4 report"))

    assert workspace.drafts.edit(row.id, draft, revision=1).status == "review"


def test_an_agent_changes_its_own_draft_only(
    workspace: Workspace, write: New, fields: Fields
) -> None:
    row = write()
    draft = workspace.drafts.compose(fields)

    with (
        workspace.acting_as(BILLING, door="http"),
        pytest.raises(NotAllowedError),
    ):
        workspace.drafts.edit(row.id, draft, revision=1)


def test_an_agent_does_not_change_what_was_decided(
    workspace: Workspace, hand_in: New, fields: Fields
) -> None:
    row = hand_in()
    workspace.reviews.reject(row.id, revision=1, reason="not now")
    draft = workspace.drafts.compose(replace(fields, subject="again"))

    with (
        workspace.acting_as(BILLING, door="http"),
        pytest.raises(NotAllowedError),
    ):
        workspace.drafts.edit(row.id, draft, revision=1)


def test_what_is_discarded_is_final(workspace: Workspace, write: New) -> None:
    row = write()

    assert workspace.drafts.discard(row.id).status == "discarded"
    with pytest.raises(TransitionError):
        workspace.drafts.discard(row.id)


def test_a_person_can_ask_for_a_review_of_their_own(
    workspace: Workspace, write: New
) -> None:
    row = write()

    assert workspace.drafts.request_review(row.id).status == "review"


def test_submitting_asks_for_a_review_whoever_wrote_it(
    workspace: Workspace, fields: Fields
) -> None:
    row = workspace.drafts.submit(workspace.drafts.compose(fields), note="please")

    assert row.status == "review"
    assert row.origin.actor == MARA


def test_looking_gives_the_bytes_of_a_damaged_file_and_writes_none(
    workspace: Workspace, write: New
) -> None:
    """The draft gives the same bytes; what happened to the file stays visible."""
    row = write()
    good = workspace.drafts.message_bytes(row.id)
    assert workspace.drafts.is_as_stored(row.id)
    file = message_file(workspace, row.id)
    file.chmod(0o600)
    file.write_bytes(b"other")

    assert workspace.drafts.message_bytes(row.id) == good
    assert not workspace.drafts.is_as_stored(row.id)
    assert file.read_bytes() == b"other"


def test_a_damaged_message_file_is_made_again_for_a_release(
    workspace: Workspace, write: New
) -> None:
    row = write()
    good = workspace.drafts.message_bytes(row.id)
    message_file(workspace, row.id).unlink()

    workspace.outbox.send(row.id, revision=1)

    assert message_file(workspace, row.id).read_bytes() == good


def test_what_may_only_be_looked_at_keeps_no_trace_of_what_it_refused(
    desk: Desk, workspace: Workspace, fields: Fields, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite refuses only the first row, when the bytes are there already."""
    workspace.close()
    protected = desk.root / "tuimail.db"
    monkeypatch.setattr(os, "access", lambda path, _mode: path != protected)
    with desk.open() as looked_at:
        draft = looked_at.drafts.compose(fields)

        with pytest.raises(ReadOnlyWorkspaceError):
            looked_at.outbox.send_new(draft)
        with pytest.raises(ReadOnlyWorkspaceError):
            looked_at.drafts.new(draft)

    assert [*desk.root.glob("outbound/*/*")] == []
    assert [*desk.root.glob("quarantine/*")] == []


def test_bytes_that_cannot_be_made_again_are_reported(
    workspace: Workspace, write: New, tmp_path: Path
) -> None:
    file = tmp_path / "a.bin"
    file.write_bytes(b"first")
    row = write(attachments=(file,))
    digest = workspace.drafts.page(row.id).draft.attachments[0].digest
    (blob,) = (workspace.root / "blobs").rglob(digest)
    blob.chmod(0o600)
    blob.write_bytes(b"other")
    message_file(workspace, row.id).unlink()

    with pytest.raises(DigestMismatchError):
        workspace.drafts.message_bytes(row.id)


def test_rows_are_newest_first_and_paged(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    ids = []
    for _ in range(3):
        desk.advance(1)
        ids.append(write().id)

    first = workspace.drafts.rows(limit=2)
    rest = workspace.drafts.rows(limit=2, before=first[-1].id)
    assert [row.id for row in (*first, *rest)] == ids[::-1]


def test_rows_can_be_asked_for_by_status(
    workspace: Workspace, write: New, hand_in: New
) -> None:
    write()
    waiting = hand_in()

    rows = workspace.drafts.rows(statuses=frozenset({"review"}))
    assert [row.id for row in rows] == [waiting.id]


def test_counts_say_how_many_stand_where(
    workspace: Workspace, write: New, hand_in: New
) -> None:
    write()
    hand_in()
    workspace.outbox.send(write().id, revision=1)

    counts = workspace.drafts.counts()
    assert (counts.drafts, counts.review, counts.outbox, counts.sent) == (1, 1, 1, 0)


def test_an_id_is_found_by_its_end(workspace: Workspace, write: New) -> None:
    row = write()

    assert workspace.drafts.resolve(row.id[-6:].upper()) == row.id


def test_an_id_that_fits_several_is_refused(workspace: Workspace, write: New) -> None:
    """Two ids of one millisecond begin alike."""
    first, _ = write(), write()

    with pytest.raises(UsageError, match="fits several"):
        workspace.drafts.resolve(first.id[:6])


@pytest.mark.parametrize(
    ("text", "error"), [("abc", UsageError), ("zzzz", NotFoundError)]
)
def test_an_id_that_fits_nothing_is_refused(
    workspace: Workspace, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        workspace.drafts.resolve(text)


def test_the_journal_names_who_did_what(workspace: Workspace, hand_in: New) -> None:
    row = hand_in()
    workspace.reviews.approve(row.id, revision=1)

    actors = {line.actor for line in workspace.drafts.journal(row.id)}
    assert actors == {BILLING, MARA}


def test_the_maildir_shows_where_mail_stands(workspace: Workspace, write: New) -> None:
    row = write()
    mail = workspace.root / "mail"

    def folders() -> set[str]:
        return {path.parts[-3] for path in mail.rglob("*/cur/*")}

    assert folders() == {".Drafts"}
    workspace.outbox.send(row.id, revision=1)
    assert folders() == {".Outbox"}
    workspace.outbox.cancel(row.id)
    assert folders() == set()


def test_a_newer_tuimail_that_renders_otherwise_is_noticed(
    workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade may change the writer; approved bytes are never exchanged."""
    row = write()
    message_file(workspace, row.id).unlink()

    def otherwise(*_args: object, **_kwargs: object) -> Iterator[bytes]:
        yield b"Subject: something else\r\n\r\n"

    monkeypatch.setattr("tuimail.core.compose.render", otherwise)
    monkeypatch.setattr("tuimail.core.compose.compare_with_parser", lambda *_: None)

    with pytest.raises(DigestMismatchError):
        workspace.drafts.message_bytes(row.id)


def test_changes_of_another_process_are_noticed(
    desk: Desk, workspace: Workspace, fields: Fields
) -> None:
    before = workspace.data_version()

    with desk.open() as other:
        other.drafts.new(other.drafts.compose(fields))

    assert workspace.data_version() != before


def test_a_late_look_does_not_exchange_the_bytes_of_a_newer_revision(
    desk: Desk,
    workspace: Workspace,
    write: New,
    fields: Fields,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who approves revision 1 mends its file, while another makes revision 2."""
    row = write()
    file = message_file(workspace, row.id)
    file.unlink()
    render = compose.render

    def slow(*args: Any, **options: Any) -> Iterator[bytes]:
        monkeypatch.setattr("tuimail.core.compose.render", render)
        with desk.open() as other:
            draft = other.drafts.compose(replace(fields, subject="newer"))
            other.drafts.edit(row.id, draft, revision=1)
        yield from render(*args, **options)

    monkeypatch.setattr("tuimail.core.compose.render", slow)

    with pytest.raises(StaleApprovalError):
        workspace.reviews.approve(row.id, revision=1)
    assert b"newer" in file.read_bytes()


def test_a_note_does_not_spread_a_blind_copy(
    workspace: Workspace, fields: Fields
) -> None:
    draft = workspace.drafts.compose(fields)

    row = workspace.drafts.submit(draft, note="and archive@example.org, as agreed")

    assert row.origin.note == "and (hidden), as agreed"


def test_a_rejection_does_not_spread_a_blind_copy(
    workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()

    said = "no copy for Archive@example.org please"
    rejected = workspace.reviews.reject(row.id, revision=1, reason=said)

    assert "archive" not in rejected.reason.casefold()
