"""After a crash: what the next holder of the sender lock makes of orphans."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.workspace.conftest import NOW, Desk, Script, account
from tuimail.errors import ConfigurationError
from tuimail.providers.base import Capabilities
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
UNDO = timedelta(seconds=10)


def test_an_open_attempt_is_tried_again(workspace: Workspace, write: New) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    workspace.delivery.claim()

    assert workspace.recover() == (row.id,)

    shown = workspace.drafts.row(row.id)
    assert (shown.status, shown.due_at, shown.attempts) == ("deferred", NOW, 0)


def test_a_committed_attempt_is_unknown(workspace: Workspace, write: New) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)

    workspace.recover()

    page = workspace.drafts.page(row.id)
    assert page.row.status == "unknown"
    assert {one.state.value for one in page.recipients} == {"unknown"}
    assert workspace.delivery.claim() == ()


def test_a_committed_attempt_of_an_idempotent_provider_is_tried_again(
    workspace: Workspace,
    write: New,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)
    monkeypatch.setattr(provider.kind, "capabilities", Capabilities(is_idempotent=True))

    workspace.recover()

    assert workspace.drafts.row(row.id).status == "deferred"


def test_a_committed_attempt_of_a_provider_that_is_gone_is_unknown(
    workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)

    def gone(_name: str) -> None:
        raise ConfigurationError("gone")

    monkeypatch.setattr("tuimail.workspace.ways_out.provider_class", gone)
    workspace.recover()

    assert workspace.drafts.row(row.id).status == "unknown"


def test_a_late_point_of_no_return_fails_after_recovery(
    workspace: Workspace, write: New
) -> None:
    """A sender that slept through another's recovery must not go on."""
    workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    workspace.recover()

    assert workspace.delivery.commit(claim) is False


def test_a_crash_inside_the_undo_window_gives_a_fresh_one(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = workspace.outbox.send(write().id, revision=1, undo=UNDO)
    desk.advance(3600)

    workspace.take_over()

    shown = workspace.drafts.row(row.id)
    assert shown.undo_until == NOW + timedelta(seconds=3610)
    assert workspace.delivery.claim() == ()


def test_who_sends_one_mail_leaves_the_windows_of_others_alone(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """A script that sends every few seconds must not keep mail back for ever."""
    row = workspace.outbox.send(write().id, revision=1, undo=UNDO)
    desk.advance(10)

    workspace.recover()

    (claim,) = workspace.delivery.claim()
    assert claim.submission.draft_id == row.id


def test_mail_that_a_crash_left_in_the_wrong_folder_is_moved(
    workspace: Workspace, write: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = workspace.root / "mail"

    def folders() -> set[str]:
        return {path.parts[-3] for path in mail.rglob("*/cur/*")}

    with monkeypatch.context() as crash:
        crash.setattr("tuimail.workspace.mirror.place", lambda *_: None)
        row = workspace.outbox.send(write().id, revision=1)
    assert folders() == set()

    workspace.take_over()
    assert folders() == {".Outbox"}
    with monkeypatch.context() as crash:
        crash.setattr("tuimail.workspace.mirror.place", lambda *_: None)
        workspace.outbox.hold(row.id)
        workspace.outbox.give_up(row.id)
    workspace.take_over()

    assert folders() == {".Failed"}


def test_a_fresh_window_does_not_bring_scheduled_mail_forward(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    later = NOW + timedelta(hours=3)
    row = workspace.outbox.send(write().id, revision=1, undo=UNDO, at=later)

    workspace.take_over()

    assert workspace.drafts.row(row.id).due_at == later


def test_recovery_of_a_clean_workspace_touches_nothing(
    workspace: Workspace, write: New
) -> None:
    workspace.outbox.send(write().id, revision=1)

    assert workspace.take_over() == ()


def test_only_those_whom_the_lost_attempt_was_for_are_unknown(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    """The others were never offered, and must still get it."""
    desk.save(account(recipients_per_message=2))
    row = workspace.outbox.send(write().id, revision=1)
    (claim,) = workspace.delivery.claim()
    workspace.delivery.commit(claim)

    workspace.recover()
    lost = [one.state.value for one in workspace.drafts.page(row.id).recipients]
    workspace.outbox.confirm(row.id)
    (rest,) = workspace.delivery.claim()

    assert lost == ["unknown", "unknown", "pending"]
    assert [one.address for one in rest.envelope.recipients] == ["archive@example.org"]
