"""A lost database: who may do what is known again, or less is allowed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workspace.conftest import NOW, Desk
from tests.workspace.policed import write_policy
from tests.workspace.reviewing import ALICE, BOB, cheap_pins, name_reviewers
from tuimail.errors import (
    AuthenticationError,
    FieldError,
    NotAllowedError,
    PolicyError,
)
from tuimail.store.kept_access import NAME, read_access
from tuimail.store.kept_suppressions import NAME as SUPPRESSIONS_NAME
from tuimail.store.kept_suppressions import read_kept
from tuimail.workspace.doctor import Doctor
from tuimail.workspace.rebuild import Rebuilt, rebuild
from tuimail.workspace.standing import ZERO, Asked, asked
from tuimail.workspace.stores import LOCK_NAME, Stores
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

New = Callable[..., Row]
Spoil = Callable[[Path], object]
BLOCKS = '[recipients]\nblock = ["bob@example.net"]\n'
__all__ = ["cheap_pins"]


def missing(path: Path) -> None:
    path.unlink()


def damaged(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def edited(path: Path) -> None:
    path.write_text(path.read_text().replace("billing", "invoice"))


def lose(desk: Desk, workspace: Workspace, spoil: Spoil = missing) -> Rebuilt:
    """Have the database made again without the file."""
    workspace.close()
    spoil(desk.root / NAME)
    return rebuild(desk.root, at=NOW)


def why_blocked(workspace: Workspace, row: Row) -> str:
    standing = workspace.drafts.page(row.id).standing
    assert standing is not None
    return standing.blocked


# What was kept --------------------------------------------------------------------


def test_clients_are_the_ones_that_they_were(desk: Desk, workspace: Workspace) -> None:
    _, token = workspace.clients.add("billing", account="work", per_hour=7)
    _, old = workspace.clients.add("sales")
    workspace.clients.revoke("sales")
    before = workspace.clients.list()
    workspace.close()

    assert rebuild(desk.root, at=NOW).access_lost == ""

    with desk.open() as again:
        assert again.clients.list() == before
        assert again.clients.authenticate(token).name == "billing"
        with pytest.raises(AuthenticationError):
            again.clients.authenticate(old)
        with pytest.raises(FieldError, match="There is, or was"):
            again.clients.add("Sales")
        assert again.audit.verify().is_whole


def test_a_token_that_was_replaced_lets_nobody_in(
    desk: Desk, workspace: Workspace
) -> None:
    _, old = workspace.clients.add("billing")
    _, token = workspace.clients.rotate("billing")
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        assert again.clients.authenticate(token).name == "billing"
        with pytest.raises(AuthenticationError):
            again.clients.authenticate(old)


def test_reviewers_decide_as_before_and_nobody_in_their_place(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    name_reviewers(workspace)
    workspace.reviewers.remove("bob")
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        assert [one.name for one in again.reviewers.list()] == ["alice"]
        with pytest.raises(NotAllowedError, match="for a reviewer"):
            again.reviews.approve(row.id, revision=1)
        with pytest.raises(AuthenticationError):
            again.reviews.approve(row.id, revision=1, signature=BOB)
        done = again.reviews.approve(row.id, revision=1, signature=ALICE)
        assert done.status == "approved"


def test_what_the_policy_forbade_stays_forbidden_while_it_cannot_be_read(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row, path = write(), write_policy(desk.config, BLOCKS)
    before = workspace.policy.show()
    path.write_text("version = ")
    workspace.close()

    rebuild(desk.root, at=NOW)

    with desk.open() as again:
        after = again.policy.show()
        assert (after.digest, after.since) == (before.digest, before.since)
        assert after.problem
        with pytest.raises(PolicyError, match=r"bob@example\.net"):
            again.outbox.send(row.id, revision=1)


def test_nothing_secret_is_in_the_file(desk: Desk, workspace: Workspace) -> None:
    _, token = workspace.clients.add("billing")
    name_reviewers(workspace)

    content = (desk.root / NAME).read_text()

    assert token not in content
    assert token.removeprefix("tm_") not in content
    assert ALICE.pin not in content
    assert [one.name for one in read_access(desk.root).reviewers] == ["alice", "bob"]


def test_what_shares_a_flush_is_written_after_it(
    desk: Desk, workspace: Workspace
) -> None:
    with workspace.together():
        workspace.clients.add("billing")
        assert read_access(desk.root).clients == ()

    assert [one.name for one in read_access(desk.root).clients] == ["billing"]


def test_a_policy_is_written_down_when_it_becomes_another_and_not_before(
    desk: Desk, workspace: Workspace
) -> None:
    write_policy(desk.config, BLOCKS)
    workspace.policy.show()
    first = (desk.root / NAME).stat().st_ino

    workspace.policy.show()

    kept = read_access(desk.root).policy
    assert kept is not None
    assert BLOCKS.encode() in kept.content
    assert (desk.root / NAME).stat().st_ino == first


def test_a_copy_has_it_beside_it(desk: Desk, workspace: Workspace) -> None:
    _, token = workspace.clients.add("billing")
    name_reviewers(workspace)
    copy = Desk(root=desk.root.with_name("copy"), config=desk.config)
    workspace.upkeep.back_up(copy.root)

    assert rebuild(copy.root, at=NOW).access_lost == ""

    with copy.open() as again:
        assert again.clients.authenticate(token).name == "billing"
        assert len(again.reviewers.list()) == 2


# What was lost --------------------------------------------------------------------


@pytest.mark.parametrize("spoil", [missing, damaged, edited])
def test_no_program_is_let_in_by_a_file_that_is_not_what_was_written(
    desk: Desk, workspace: Workspace, hand_in: New, spoil: Spoil
) -> None:
    _, token = workspace.clients.add("billing")
    hand_in()
    _, other = workspace.clients.add("sales")

    found = lose(desk, workspace, spoil)

    assert NAME in found.access_lost
    with desk.open() as again:
        for one in (token, other):
            with pytest.raises(AuthenticationError):
                again.clients.authenticate(one)


def test_the_name_of_a_program_that_wrote_is_never_given_again(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    """It may have been revoked, and another one would see its mail."""
    workspace.clients.add("billing")
    hand_in()
    lose(desk, workspace)

    with desk.open() as again:
        with pytest.raises(FieldError, match="There is, or was"):
            again.clients.add("billing")
        with pytest.raises(NotAllowedError, match="revoked"):
            again.clients.rotate("billing")
        _, token = again.clients.add("billing-2")
        assert again.clients.authenticate(token).name == "billing-2"


def test_nobody_approves_for_others_until_reviewers_are_named(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    name_reviewers(workspace)
    write_policy(desk.config)
    lose(desk, workspace)

    with desk.open() as again:
        assert "who its reviewers are is lost" in why_blocked(again, row)
        with pytest.raises(PolicyError) as refused:
            again.reviews.approve(row.id, revision=1)
        assert refused.value.hint == "Name one: tuimail reviewers add NAME"
        batch = again.reviews.batch([row.id])
        assert list(batch.refused) == [row.id]

        name_reviewers(again, BOB)
        done = again.reviews.approve(row.id, revision=1, signature=BOB)
        assert done.status == "approved"


def test_where_there_were_none_the_owner_says_so_and_decides_again(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    write_policy(desk.config)
    lose(desk, workspace)

    with desk.open() as again:
        name_reviewers(again, ALICE)
        again.reviewers.remove("alice")

        assert again.reviews.approve(row.id, revision=1).status == "approved"


def test_ones_own_mail_leaves_unless_somebody_else_has_to_look(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    own, looked_at = write(), write(to=("cy@example.com",))
    write_policy(
        desk.config,
        '[[rule]]\nname = "them"\nto_any_in = ["@example.com"]\naction = "review"\n',
    )
    lose(desk, workspace)

    with desk.open() as again:
        assert again.outbox.send(own.id, revision=1).status == "ready"
        with pytest.raises(PolicyError, match="reviewers"):
            again.outbox.send(looked_at.id, revision=1)


@pytest.mark.parametrize("text", [None, "version = "])
def test_nothing_leaves_until_a_policy_can_be_read(
    desk: Desk, workspace: Workspace, write: New, text: str | None
) -> None:
    """What it forbade is not known: the file is gone, too, or no help."""
    row, path = write(), write_policy(desk.config, BLOCKS)
    workspace.policy.show()
    path.unlink()
    if text is not None:
        write_policy(desk.config, text, head="")
    lose(desk, workspace)

    with desk.open() as again:
        assert again.policy.show().problem
        assert "is lost" in why_blocked(again, row)
        with pytest.raises(PolicyError, match="what the policy forbade is lost"):
            again.outbox.send(row.id, revision=1)

        write_policy(desk.config)
        assert again.outbox.send(row.id, revision=1).status == "ready"
        path.unlink()
        assert again.policy.show().problem.endswith("what it forbade stays forbidden.")


def test_the_policy_that_is_there_is_in_force_at_once(
    desk: Desk, workspace: Workspace, write: New
) -> None:
    row = write()
    write_policy(desk.config, BLOCKS)
    lose(desk, workspace)

    with desk.open() as again:
        assert again.policy.show().problem == ""
        with pytest.raises(PolicyError, match=r"bob@example\.net"):
            again.outbox.send(row.id, revision=1)


def test_the_owner_is_told_once_and_not_after_it_was_mended(
    desk: Desk, workspace: Workspace
) -> None:
    lose(desk, workspace)

    with desk.open() as again:
        (notice,) = again.notices.untold()
        assert "rebuilt without the list of who reviews mail" in notice.sentence
        assert "tuimail reviewers add NAME" in notice.hint

        name_reviewers(again, ALICE)
        assert again.notices.untold() == ()


def test_a_second_rebuild_knows_no_more_than_the_first(
    desk: Desk, workspace: Workspace, hand_in: New
) -> None:
    row = hand_in()
    write_policy(desk.config)
    lose(desk, workspace)
    desk.open().close()

    assert rebuild(desk.root, at=NOW).access_lost == ""

    with desk.open() as again:
        assert "who its reviewers are is lost" in why_blocked(again, row)
        assert len(again.notices.untold()) == 1
        with pytest.raises(FieldError):
            again.clients.add("billing")


def test_what_cannot_be_understood_is_put_aside_and_written_anew(
    desk: Desk, workspace: Workspace
) -> None:
    workspace.suppressions.add("bob@example.net", reason="")
    workspace.close()
    for name in (NAME, SUPPRESSIONS_NAME):
        (desk.root / name).write_text("[")

    rebuild(desk.root, at=NOW)

    (aside,) = desk.root.glob("damaged-*")
    assert (aside / NAME).read_text() == (aside / SUPPRESSIONS_NAME).read_text() == "["
    desk.open().close()
    assert read_access(desk.root).reviewers_lost


def test_a_workspace_without_mail_is_not_begun_anew_either(
    desk: Desk, workspace: Workspace
) -> None:
    name_reviewers(workspace, ALICE)
    workspace.close()
    for path in desk.root.glob("tuimail.db*"):
        path.unlink()
    doctor = Doctor(desk.root, desk.open, clock=desk.clock)
    assert not doctor.examine().is_fine

    doctor.repair()

    with desk.open() as again:
        assert [one.name for one in again.reviewers.list()] == ["alice"]


def test_a_quorum_is_nobodys_while_reviewers_are_lost(
    workspace: Workspace, write: New
) -> None:
    """The owner is not the one reviewer there is, as long as that is not known."""
    stores = workspace._stores
    found = _asked(stores, write())
    own = replace(found, ruling=replace(found.ruling, quorum=1))

    assert own.is_own
    assert not replace(own, reviewers_lost=True).is_own
    assert replace(found, reviewers_lost=True).is_own
    assert found.ruling.quorum == ZERO


def _asked(stores: Stores, row: Row) -> Asked:
    return asked(stores, stores.drafts.get(row.id), stores.drafts.revision(row.id, 1))


# What the doctor sees, and whoever sends next --------------------------------------


@pytest.fixture
def doctor(desk: Desk) -> Doctor:
    return Doctor(desk.root, desk.open, clock=desk.clock)


def found(doctor: Doctor, name: str) -> tuple[str, str, str]:
    (one,) = [one for one in doctor.examine().diagnoses if one.name == name]
    return one.health.value, one.sentence, one.hint


def test_the_doctor_names_what_is_lost_and_what_to_do(
    desk: Desk, workspace: Workspace, doctor: Doctor
) -> None:
    workspace.close()
    (desk.root / NAME).write_text("[")
    (desk.root / "tuimail.db").write_bytes(b"")

    report = doctor.repair()

    assert report.rebuilt is not None
    assert NAME in report.rebuilt.access_lost
    assert report.mended[1].startswith("Who hands in mail, and who reviews it, is lost")
    health, sentence, hint = found(doctor, "reviewers")
    assert (health, hint) == ("problem", "tuimail reviewers add NAME")
    assert "did not find who they are" in sentence
    assert found(doctor, "policy")[0] == "problem"
    assert found(doctor, "lists")[0] == "ok"


@pytest.mark.parametrize("name", [NAME, SUPPRESSIONS_NAME])
@pytest.mark.parametrize("spoil", [missing, damaged])
def test_a_list_that_is_behind_is_told_and_mended(
    desk: Desk, workspace: Workspace, doctor: Doctor, name: str, spoil: Spoil
) -> None:
    workspace.suppressions.add("bob@example.net", reason="")
    workspace.clients.add("billing")
    spoil(desk.root / name)
    if (name, spoil) != (NAME, missing):  # that is written by opening it
        assert found(doctor, "lists")[0] == "warning"
        assert f"Wrote {name} anew." in doctor.repair().mended

    assert found(doctor, "lists")[0] == "ok"
    assert len(read_access(desk.root).clients) == len(read_kept(desk.root)) == 1


def test_a_list_that_others_may_read_is_told_and_closed(
    desk: Desk, workspace: Workspace, doctor: Doctor
) -> None:
    workspace.clients.add("billing")
    (desk.root / NAME).chmod(0o644)
    assert NAME in found(doctor, "files")[1]

    doctor.repair()

    assert (desk.root / NAME).stat().st_mode & 0o777 == 0o600


def test_whoever_sends_next_writes_what_a_crash_kept_from_being_written(
    desk: Desk, workspace: Workspace
) -> None:
    _, token = workspace.clients.add("billing")
    before = (desk.root / NAME).read_bytes()
    workspace.clients.revoke("billing")
    (desk.root / NAME).write_bytes(before)

    workspace.take_over()
    workspace.close()
    rebuild(desk.root, at=NOW)

    with desk.open() as again, pytest.raises(AuthenticationError):
        again.clients.authenticate(token)


@pytest.mark.parametrize("died", [True, False])
def test_the_longer_list_is_looked_at_after_a_crash(
    desk: Desk, workspace: Workspace, *, died: bool
) -> None:
    workspace.suppressions.add("bob@example.net", reason="")
    (desk.root / SUPPRESSIONS_NAME).unlink()
    if died:
        (desk.root / LOCK_NAME).write_text("app, pid 1\n\nunchecked\n")

    workspace.take_over()

    assert len(read_kept(desk.root)) == int(died)


def test_looking_at_what_cannot_be_written_begins_nothing(
    desk: Desk, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.close()
    (desk.root / NAME).unlink()
    monkeypatch.setattr(
        "tuimail.store.database.Database.is_read_only", property(lambda _: True)
    )

    desk.open().close()

    assert not (desk.root / NAME).exists()
