"""Which policy file counts, where a program brings another one along."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workspace.conftest import BILLING, Desk, Script, account
from tests.workspace.policed import RULE, write_policy
from tests.workspace.test_by_rule import submit
from tests.workspace.test_delivery import accepts, drain
from tuimail.errors import NotAllowedError, PolicyError, StoreError
from tuimail.workspace.fields import Fields
from tuimail.workspace.workspace import Workspace

BLOCKED = '[recipients]\nblock = ["@example.net"]\n'
LOOSE = '[recipients]\nbcc_by_agents = "allow"\n' + RULE


@pytest.fixture
def owners(desk: Desk) -> Path:
    """The owner's file, once used."""
    path = write_policy(desk.config, BLOCKED)
    with desk.open() as workspace:
        assert workspace.policy.problem == ""
    return path


@pytest.fixture
def other(desk: Desk, tmp_path: Path) -> Desk:
    """The same workspace with the settings that a program brings along."""
    folder = tmp_path / "program"
    folder.mkdir(mode=0o700)
    made = Desk(root=desk.root, config=folder / "config.toml", clock=desk.clock)
    made.save(account())
    write_policy(made.config, LOOSE)
    return made


@pytest.fixture
def elsewhere(other: Desk) -> Iterator[Workspace]:
    with other.open(door="cli", on_terminal=False) as workspace:
        yield workspace


def test_no_rule_of_another_file_releases_anything(
    owners: Path, elsewhere: Workspace, fields: Fields
) -> None:
    assert submit(elsewhere, fields).status == "review"
    assert str(owners) in elsewhere.policy.problem
    assert "tuimail policy adopt" in elsewhere.policy.show().hint


def test_another_file_is_not_what_was_last_readable(
    desk: Desk, owners: Path, elsewhere: Workspace, fields: Fields
) -> None:
    elsewhere.policy.show()
    owners.write_text("version = ")

    with desk.open() as workspace:
        draft = workspace.drafts.compose(fields)
        with pytest.raises(PolicyError, match=r"recipients\.block"):
            workspace.outbox.send_new(draft)
        assert len(workspace._stores.policies.newest().content) < len(LOOSE)  # type: ignore[union-attr]


def test_without_a_file_of_its_own_what_the_owner_forbade_holds(
    owners: Path, other: Desk, elsewhere: Workspace, fields: Fields
) -> None:
    other.config.with_name("policy.toml").unlink()

    with pytest.raises(PolicyError, match=r"recipients\.block"):
        elsewhere.outbox.send_new(elsewhere.drafts.compose(fields))


async def test_the_owners_sender_asks_its_own_policy(
    desk: Desk, owners: Path, elsewhere: Workspace, fields: Fields, provider: Script
) -> None:
    row = elsewhere.outbox.send_new(elsewhere.drafts.compose(fields))
    desk.advance(11)
    provider.answers(accepts)

    await drain(desk)

    assert row.status == "ready"
    assert elsewhere.drafts.row(row.id).status == "held"
    assert provider.jobs == []


async def test_what_a_rule_released_waits_where_no_policy_can_be_read(
    desk: Desk, fields: Fields, provider: Script, other: Desk
) -> None:
    """Also where the text that was kept is not understood."""
    write_policy(desk.config, LOOSE)
    with desk.open() as workspace:
        row = submit(workspace, fields)
        stores = workspace._stores
        with stores.database.transaction():
            stores.policies.keep(b"version = 2\n", "0" * 64, desk.clock.now())
    other.config.with_name("policy.toml").unlink()
    desk.advance(11)

    await drain(other)

    with desk.open() as workspace:
        found = workspace.drafts.row(row.id)
    assert (row.status, found.status) == ("ready", "held")
    assert "wants a person to look" in found.reason


async def test_a_policy_that_a_rebuild_lost_holds_what_is_about_to_leave(
    desk: Desk, workspace: Workspace, fields: Fields, provider: Script
) -> None:
    row = workspace.outbox.send_new(workspace.drafts.compose(fields))
    with workspace._stores.database.transaction():
        workspace._stores.policies.lose()
    desk.advance(11)

    await drain(desk)

    found = workspace.drafts.row(row.id)
    assert found.status == "held"
    assert "what the policy forbade is lost" in found.reason


def test_a_person_at_a_terminal_has_another_file_count(
    owners: Path, other: Desk, fields: Fields
) -> None:
    with other.open() as workspace:
        shown = workspace.policy.adopt()

        assert shown.problem == ""
        assert submit(workspace, fields).status == "ready"
        assert workspace._stores.policies.newest().digest == shown.digest  # type: ignore[union-attr]


def test_one_that_is_open_already_finds_out_that_another_counts(
    desk: Desk, owners: Path, other: Desk
) -> None:
    with desk.open() as workspace:
        assert workspace.policy.problem == ""
        with other.open() as another:
            another.policy.adopt()

        assert "The policy of this workspace is" in workspace.policy.problem


def test_nobody_else_has_another_file_count(
    owners: Path, other: Desk, elsewhere: Workspace
) -> None:
    with pytest.raises(NotAllowedError, match="real terminal"):
        elsewhere.policy.adopt()
    with (
        other.open() as workspace,
        workspace.acting_as(BILLING, door="mcp"),
        pytest.raises(NotAllowedError),
    ):
        workspace.policy.adopt()

    assert elsewhere.policy.problem


def test_a_program_that_is_first_does_not_say_whose_file_it_is(
    desk: Desk, fields: Fields
) -> None:
    write_policy(desk.config, LOOSE)
    with Workspace.open(
        desk.root,
        config_path=desk.config,
        actor=BILLING,
        door="mcp",
        clock=desk.clock,
        environ={},
    ) as workspace:
        status = workspace.drafts.submit(workspace.drafts.compose(fields)).status

        assert status == "review"
        assert "is not known yet" in workspace.policy.problem
    with desk.open() as workspace:
        assert workspace.policy.problem == ""


def test_who_uses_no_policy_says_so_for_the_workspace(
    desk: Desk, other: Desk, fields: Fields
) -> None:
    with desk.open() as workspace:
        workspace.outbox.send_new(workspace.drafts.compose(fields))
    with other.open(on_terminal=False) as elsewhere:
        assert submit(elsewhere, fields).status == "review"


def test_a_link_to_the_folder_of_the_settings_is_the_same_file(
    desk: Desk, owners: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(desk.config.parent)
    linked = Desk(
        root=desk.root, config=tmp_path / "link" / "config.toml", clock=desk.clock
    )

    with linked.open() as workspace:
        assert workspace.policy.problem == ""


def test_what_may_only_be_looked_at_is_told_no_owner(
    desk: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_policy(desk.config, LOOSE)
    monkeypatch.setattr(
        type(workspace._stores.database), "is_read_only", property(lambda _: True)
    )

    assert "is not known yet" in workspace.policy.problem


def test_a_disk_that_takes_nothing_has_no_rule_release_anything(
    desk: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_policy(desk.config, LOOSE)

    def full(*_: object) -> None:
        raise StoreError("No room.")

    with monkeypatch.context() as patch:
        patch.setattr(workspace._stores.facts, "set", full)
        assert "is not known yet" in workspace.policy.problem

    assert workspace.policy.problem == ""


def test_held_mail_that_would_be_held_again_is_not_resumed(
    desk: Desk, workspace: Workspace, fields: Fields
) -> None:
    row = workspace.outbox.send_new(workspace.drafts.compose(fields))
    workspace.outbox.hold(row.id)
    path = write_policy(desk.config, BLOCKED)

    with pytest.raises(PolicyError, match=r"recipients\.block") as caught:
        workspace.outbox.resume(row.id)

    assert caught.value.hint == (
        f"See what the policy says: tuimail policy test {row.id}"
    )
    assert workspace.drafts.row(row.id).status == "held"
    path.write_text("version = 1\n")
    assert workspace.outbox.resume(row.id).status == "ready"
