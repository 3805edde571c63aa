import errno
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.workspace.conftest import BILLING, MARA, Desk
from tests.workspace.policed import RULE, write_policy
from tuimail.core.finding import Severity
from tuimail.core.origin import Origin
from tuimail.errors import AttachmentError, NotAllowedError, PolicyError, StoreError
from tuimail.workspace import policies
from tuimail.workspace.fields import Fields
from tuimail.workspace.policies import Ruling
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

BROKEN = "version = 1\n[recipients\n"
BLOCKED = '[recipients]\nblock = ["@example.net"]\n'

Write = Callable[..., Row]


def ruled(workspace: Workspace, row: Row) -> Ruling:
    stores = workspace._stores
    revision = stores.drafts.revision(row.id, row.revision)
    return policies.ruling(
        stores,
        revision.draft,
        revision.findings,
        row.origin,
        revision.message.size_bytes if revision.message else 0,
        draft_id=row.id,
    )


def journalled(workspace: Workspace) -> list[tuple[str, str]]:
    lines = workspace._stores.journal.all()
    return [(one.event, one.actor) for one in lines if one.event == "policy_changed"]


# -------------------------------------------------------------- without a file --


def test_without_a_policy_programs_are_reviewed(
    workspace: Workspace, hand_in: Write
) -> None:
    row = hand_in()

    found = ruled(workspace, row)

    assert (found.action, found.quorum) == ("review", 1)
    assert found.approval_ttl == timedelta(hours=72)
    assert found.findings == workspace.drafts.page(row.id).findings
    assert (found.reasons, found.blocked, found.problem) == ((), "", "")
    assert (found.policy_digest, journalled(workspace)) == ("", [])


def test_without_a_policy_people_let_their_own_leave(
    workspace: Workspace, write: Write
) -> None:
    found = ruled(workspace, write())

    assert (found.action, found.quorum, found.approval_ttl) == ("auto", 0, None)


def test_what_shares_a_flush_shares_a_look_at_the_file(
    desk: Desk, workspace: Workspace, write: Write
) -> None:
    row = write()

    with workspace.sharing_a_flush():
        before = ruled(workspace, row)
        write_policy(desk.config, BLOCKED)
        meanwhile = ruled(workspace, row)
    with workspace.sharing_a_flush():
        next_time = ruled(workspace, row)

    assert (before.blocked, meanwhile.blocked) == ("", "")
    assert next_time.policy_digest == ruled(workspace, row).policy_digest != ""
    assert "example.net" in next_time.blocked


def test_without_a_shared_flush_each_looks_for_itself(
    desk: Desk, workspace: Workspace, write: Write
) -> None:
    with workspace.sharing_a_flush():
        before = ruled(workspace, write())
    write_policy(desk.config, BLOCKED)

    assert before.blocked == ""
    assert ruled(workspace, write()).blocked


def test_a_file_that_never_could_be_read_lets_nothing_more_leave(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    write_policy(desk.config, head=BROKEN)

    found = ruled(workspace, hand_in())

    assert (found.action, found.policy_digest) == ("review", "")
    assert str(desk.config.with_name("policy.toml")) in found.problem
    assert "not valid TOML" in found.problem


# ------------------------------------------------------------------ with a file --


def test_the_file_beside_the_settings_is_the_policy(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    row = hand_in()
    write_policy(desk.config, BLOCKED + '[defaults]\napproval_ttl = "3d"\n')

    found = ruled(workspace, row)

    assert found.action == "block"
    assert "example.net" in found.blocked
    assert found.reasons[0].rule == "recipients.block"
    assert found.approval_ttl == timedelta(days=3)
    assert len(found.policy_digest) == 64


def test_a_change_counts_at_once_and_is_journalled(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    row = hand_in()
    write_policy(desk.config, BLOCKED)
    first = ruled(workspace, row)
    write_policy(desk.config, "[defaults]\nfour_eyes = true\n")

    second = ruled(workspace, row)
    ruled(workspace, row)

    assert (first.action, second.action) == ("block", "review2")
    assert first.policy_digest != second.policy_digest
    assert journalled(workspace) == [("policy_changed", "tuimail")] * 2


def test_the_same_policy_is_kept_once_for_all_who_open_the_workspace(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    row = hand_in()
    write_policy(desk.config, BLOCKED)
    ruled(workspace, row)

    with desk.open() as other:
        assert ruled(other, row).action == "block"

        assert len(journalled(other)) == 1


def test_a_policy_is_read_once_while_nothing_changes(
    desk: Desk,
    workspace: Workspace,
    hand_in: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = hand_in()
    write_policy(desk.config, BLOCKED)
    ruled(workspace, row)

    def read_again(path: Path) -> None:
        raise AssertionError(path)

    monkeypatch.setattr("tuimail.workspace.policy_watch.read_policy_text", read_again)

    assert ruled(workspace, row).action == "block"


@pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO, errno.EACCES])
def test_a_failure_that_passes_is_over_when_it_has_passed(
    desk: Desk,
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    write_policy(desk.config, BLOCKED)
    looked_at = os.open

    def fails(path: Any, *args: Any, **options: Any) -> int:
        if str(path).endswith("policy.toml"):
            raise OSError(number, os.strerror(number))
        return looked_at(path, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", fails)
        during = [workspace.policy.problem for _ in range(2)]

    assert all(os.strerror(number) in one for one in during)
    assert workspace.policy.problem == ""


# -------------------------------------------------- while it cannot be read --


@pytest.mark.parametrize("spoil", ["broken", "open", "gone", "folder"])
def test_what_a_file_forbade_stays_forbidden_when_it_cannot_be_read(
    desk: Desk, workspace: Workspace, hand_in: Write, spoil: str
) -> None:
    row = hand_in()
    path = write_policy(desk.config, BLOCKED)
    before = ruled(workspace, row)
    _spoil(path, spoil)

    found = ruled(workspace, row)

    assert (found.action, found.blocked) == ("block", before.blocked)
    assert found.policy_digest == before.policy_digest
    assert str(path) in found.problem


def _spoil(path: Path, how: str) -> None:
    if how == "broken":
        path.write_text(BROKEN)
    elif how == "open":
        path.chmod(0o666)
    else:
        path.unlink()
        if how == "folder":
            path.mkdir()


def test_it_stays_forbidden_after_a_restart(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    row = hand_in()
    path = write_policy(desk.config, BLOCKED)
    ruled(workspace, row)
    path.write_text(BROKEN)

    with desk.open() as again:
        found = ruled(again, row)

    assert found.action == "block"
    assert found.problem


def test_a_policy_that_says_nothing_forbids_nothing(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    row = hand_in()
    write_policy(desk.config, BLOCKED)
    ruled(workspace, row)
    write_policy(desk.config)

    found = ruled(workspace, row)

    assert (found.action, found.problem) == ("review", "")


def test_no_rule_releases_while_the_file_cannot_be_read(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    path = write_policy(desk.config, RULE)
    hand_in()
    path.write_text(BROKEN)

    row = hand_in(subject="Q4 report")

    assert row.status == "review"
    assert ruled(workspace, row).problem


def test_a_text_that_a_newer_program_kept_lets_nothing_more_leave(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    stores = workspace._stores
    with stores.database.transaction():
        stores.policies.keep(b"version = 2\n", "0" * 64, desk.clock.now())

    found = ruled(workspace, hand_in())

    assert (found.action, found.policy_digest) == ("review", "")
    assert "is gone" in found.problem


def test_a_policy_is_kept_when_nothing_else_is_under_way(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    """Within a step of something else it counts, and is kept by the next look."""
    row, stores = hand_in(), workspace._stores
    write_policy(desk.config, BLOCKED)

    with stores.database.transaction():
        assert ruled(workspace, row).action == "block"
    with stores.database.reading():
        assert ruled(workspace, row).action == "block"
    assert journalled(workspace) == []

    with stores.together():
        assert ruled(workspace, row).action == "block"

    assert len(journalled(workspace)) == 1


def test_a_disk_that_takes_nothing_keeps_no_policy_from_counting(
    desk: Desk,
    workspace: Workspace,
    hand_in: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row, kept = hand_in(), workspace._stores.policies
    write_policy(desk.config, BLOCKED)

    def full(*_: object) -> None:
        raise StoreError("No room.")

    with monkeypatch.context() as patch:
        patch.setattr(kept, "keep", full)
        assert ruled(workspace, row).action == "block"
    assert journalled(workspace) == []

    ruled(workspace, row)

    assert len(journalled(workspace)) == 1


def test_what_may_only_be_looked_at_has_its_policy_all_the_same(
    desk: Desk,
    workspace: Workspace,
    hand_in: Write,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = hand_in()
    write_policy(desk.config, BLOCKED)
    monkeypatch.setattr(
        type(workspace._stores.database), "is_read_only", property(lambda _: True)
    )

    assert ruled(workspace, row).action == "block"
    assert journalled(workspace) == []


# ------------------------------------------------------------------- budgets --


@pytest.mark.parametrize(
    ("limit", "what"),
    [
        ("agent_per_hour = 2", "3 mails handed in"),
        ("recipients_per_message = 2", "3 people whom one mail is for"),
        ("new_recipients_per_day = 2", "3 people written to for the first time"),
    ],
)
def test_limits_are_counted_by_what_there_is(
    desk: Desk, workspace: Workspace, hand_in: Write, limit: str, what: str
) -> None:
    write_policy(desk.config, f"[limits]\n{limit}\n")
    for subject in ("One", "Two"):
        hand_in(subject=subject)

    found = ruled(workspace, hand_in())

    assert any(what in one.text for one in found.reasons)


def test_mail_through_an_account_is_counted_whoever_wrote_it(
    desk: Desk, workspace: Workspace, hand_in: Write, write: Write
) -> None:
    write_policy(
        desk.config, "[limits]\naccount_per_day = 1\nnew_recipients_per_day = 9\n"
    )
    workspace.outbox.send(write().id, revision=1)

    found = ruled(workspace, hand_in())

    assert "2 mails through one account" in found.reasons[0].text
    assert not any("first time" in one.text for one in found.reasons)


def test_what_was_long_ago_is_counted_no_more(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    write_policy(desk.config, "[limits]\nagent_per_hour = 1\n")
    hand_in(subject="One")
    desk.advance(3601)

    found = ruled(workspace, hand_in())

    assert not any(one.rule.startswith("limits.") for one in found.reasons)


# ------------------------------------------------- what else a policy is about --


def test_findings_are_graded_as_the_policy_says(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    write_policy(desk.config, '[recipients]\nbcc_by_agents = "block"\n')

    found = ruled(workspace, hand_in())

    assert found.findings[0].code == "policy.bcc-by-agent"
    assert found.findings[0].severity is Severity.BLOCK
    assert (found.action, found.blocked) == ("block", "")


@pytest.mark.parametrize(
    ("own", "said", "stricter"),
    [
        ("allow", "allow", "allow"),
        ("allow", "review", "review"),
        ("review", "allow", "review"),
        ("review", "block", "block"),
        ("block", "review", "block"),
    ],
)
def test_sending_without_a_terminal_is_only_ever_tightened(
    desk: Desk, workspace: Workspace, own: str, said: str, stricter: str
) -> None:
    write_policy(desk.config, f'[defaults]\nnoninteractive_send = "{said}"\n')

    found = policies.noninteractive_send(workspace._stores, own)  # type: ignore[arg-type]

    assert found == stricter


def test_without_a_policy_the_account_says_what_leaves_without_a_terminal(
    workspace: Workspace,
) -> None:
    assert policies.noninteractive_send(workspace._stores, "block") == "block"


@pytest.mark.parametrize("said", ["review", "block"])
def test_a_script_sends_no_more_than_the_policy_lets_it(
    desk: Desk, fields: Fields, said: str
) -> None:
    write_policy(desk.config, f'[defaults]\nnoninteractive_send = "{said}"\n')

    with desk.open(door="cli", on_terminal=False) as workspace:
        draft = workspace.drafts.compose(fields)
        if said == "block":
            with pytest.raises(NotAllowedError, match="The policy sends only"):
                workspace.outbox.send_new(draft)
        else:
            assert workspace.outbox.send_new(draft).status == "review"


def test_programs_name_files_only_where_the_policy_says(
    desk: Desk, workspace: Workspace, tmp_path: Path
) -> None:
    inside, outside = tmp_path / "reports", tmp_path / "private"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "q3.txt").write_text("42")
    assert policies.roots(workspace._stores) is None
    write_policy(desk.config, f'[attachments]\nroots = ["{inside}"]\n')

    with workspace.acting_as(BILLING, door="http"):
        workspace.drafts.attach(inside / "q3.txt")
        with pytest.raises(AttachmentError):
            workspace.drafts.attach(outside / "q3.txt")

    assert policies.roots(workspace._stores) == (inside,)
    workspace.drafts.attach(outside / "q3.txt")


def test_a_home_is_a_folder_too(desk: Desk, workspace: Workspace) -> None:
    write_policy(desk.config, '[attachments]\nroots = ["~/reports"]\n')

    assert policies.roots(workspace._stores) == (Path("~/reports").expanduser(),)


def test_a_policy_that_names_no_folders_leaves_that_to_the_door(
    desk: Desk, workspace: Workspace
) -> None:
    write_policy(desk.config)

    assert policies.roots(workspace._stores) is None


def test_a_person_in_a_review_policy_is_asked_to_wait(
    desk: Desk, workspace: Workspace, write: Write
) -> None:
    row = write()
    write_policy(desk.config, '[defaults]\nhumans = "review"\n')

    found = ruled(workspace, row)

    assert row.origin == Origin(actor=MARA, door="app")
    assert (found.action, found.quorum) == ("review", 1)


def test_what_a_person_sends_waits_where_a_rule_wants_a_reviewer(
    desk: Desk, workspace: Workspace, fields: Fields
) -> None:
    workspace.reviewers.add("ana", "271828")
    write_policy(desk.config, '[[rule]]\nname = "all"\naction = "review"\n')

    row = workspace.outbox.send_new(workspace.drafts.compose(fields))

    assert row.status == "review"


def test_a_person_sends_nothing_to_those_who_are_blocked(
    desk: Desk, workspace: Workspace, fields: Fields, write: Write
) -> None:
    row = write()
    write_policy(desk.config, BLOCKED)

    sends: tuple[Callable[[], object], ...] = (
        lambda: workspace.outbox.send_new(workspace.drafts.compose(fields)),
        lambda: workspace.outbox.send(row.id, revision=1),
        lambda: workspace.reviews.approve(row.id, revision=1),
    )
    for send in sends:
        with pytest.raises(PolicyError, match=r"recipients\.block") as caught:
            send()
        assert caught.value.hint
    assert workspace.drafts.row(row.id).status == "draft"


def test_what_was_approved_is_not_released_to_those_who_are_blocked_by_now(
    desk: Desk, workspace: Workspace, hand_in: Write
) -> None:
    row = workspace.reviews.approve(hand_in().id, revision=1)
    write_policy(desk.config, BLOCKED)

    with pytest.raises(PolicyError):
        workspace.outbox.release(row.id)

    assert workspace.drafts.row(row.id).status == "review"
