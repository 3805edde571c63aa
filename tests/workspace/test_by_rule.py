"""What a rule of the policy lets leave with nobody looking."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.core.checks.test_files import PROGRAM
from tests.core.checks.test_nested import mail
from tests.workspace.conftest import BILLING, Desk, Script, account
from tests.workspace.policed import RULE, write_policy
from tests.workspace.test_delivery import accepts, drain
from tuimail.errors import UnsupportedFeatureError
from tuimail.workspace.answering import answer
from tuimail.workspace.attaching import FileToAttach
from tuimail.workspace.fields import Fields
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

HandIn = Callable[..., Row]
BLIND = '[recipients]\nbcc_by_agents = "allow"\n'
POLICY = BLIND + RULE


@pytest.fixture
def ruled(desk: Desk) -> Desk:
    write_policy(desk.config, POLICY)
    return desk


def submit(workspace: Workspace, fields: Fields, **options: Any) -> Row:
    """Hand in as a program that proved who it is."""
    with workspace.acting_as(BILLING, door="http"):
        draft = workspace.drafts.compose(fields)
        return workspace.drafts.submit(draft, **options)


def test_a_rule_lets_mail_leave_after_the_undo_window(
    ruled: Desk, workspace: Workspace, hand_in: HandIn
) -> None:
    row = hand_in()

    page = workspace.drafts.page(row.id)

    assert row.status == "ready"
    assert row.due_at == ruled.clock.now() + timedelta(seconds=10)
    assert row.undo_until == row.due_at
    (decision,) = page.decisions
    assert (decision.actor, decision.verdict) == ("tuimail", "approved")
    assert decision.reason == "invoices"


def test_a_program_is_told_at_once_that_a_rule_let_its_mail_leave(
    ruled: Desk, workspace: Workspace, fields: Fields
) -> None:
    client, _ = workspace.clients.add("billing")
    desk = workspace.handing_in

    with workspace.acting_as(BILLING, door="http"):
        told = desk.hand_in(client, workspace.drafts.compose(fields))
        later = desk.answer(told.id)

    assert told.state == "ready"
    assert told == later


def test_the_decision_is_the_rules_under_the_policy_of_then(
    ruled: Desk, workspace: Workspace, hand_in: HandIn
) -> None:
    row, stores = hand_in(), workspace._stores

    (decision,) = stores.decisions.for_draft(row.id)

    assert (decision.role, decision.door, decision.is_enough) == (
        "rule",
        "policy",
        True,
    )
    assert decision.policy_digest == stores.policy.current().digest
    actors = {
        one.event: one.actor
        for one in workspace.drafts.journal(row.id)
        if one.event in {"draft_created", "decided", "approval_given"}
    }
    assert actors == {
        "draft_created": BILLING,
        "decided": "tuimail",
        "approval_given": "tuimail",
    }
    assert stores.journal.verify().ok


async def test_what_a_rule_let_leave_is_sent(
    ruled: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    row = hand_in()
    ruled.advance(11)
    provider.answers(accepts)

    await drain(ruled)

    assert workspace.drafts.row(row.id).status == "sent"


def test_a_person_takes_it_back_into_review(
    ruled: Desk, workspace: Workspace, hand_in: HandIn
) -> None:
    row = workspace.outbox.take_back(hand_in().id)

    assert row.status == "review"


@pytest.mark.parametrize(
    "change",
    [
        {"to": "eve@elsewhere.example"},
        {"html": '<a href="https://a.example/">https://b.example/</a>'},
        {"headers": (("X-Priority", "1"),), "subject": "", "text": "ghp_" + "a1B2" * 9},
    ],
    ids=["recipient", "link", "secret"],
)
def test_whatever_the_policy_says_no_to_is_reviewed(
    ruled: Desk, hand_in: HandIn, change: dict[str, Any]
) -> None:
    assert hand_in(**change).status == "review"


def test_a_blind_copy_is_reviewed_unless_the_policy_allows_it(
    desk: Desk, hand_in: HandIn
) -> None:
    write_policy(desk.config, RULE)

    assert hand_in().status == "review"
    assert hand_in(bcc=(), subject="Another").status == "ready"


def test_a_sample_is_reviewed(desk: Desk, hand_in: HandIn) -> None:
    write_policy(desk.config, POLICY.replace("0.01", "1"))

    assert hand_in().status == "review"


def test_a_budget_is_counted_in_the_step_that_spends_it(
    desk: Desk, hand_in: HandIn
) -> None:
    write_policy(desk.config, POLICY + "per_day = 2\n")

    found = [
        hand_in(subject=f"Invoice {n}", text=f"{n}\n" * 9).status for n in range(4)
    ]

    assert found == ["ready", "ready", "review", "review"]
    desk.advance(24 * 3600)
    assert hand_in(subject="Tomorrow").status == "ready"


@pytest.mark.parametrize("door", ["cli", "api"])
def test_a_name_that_anybody_can_type_releases_nothing(
    ruled: Desk, workspace: Workspace, fields: Fields, door: str
) -> None:
    with workspace.acting_as(BILLING, door=door):
        row = workspace.drafts.submit(workspace.drafts.compose(fields))

    assert row.status == "review"


def test_mail_that_takes_the_place_of_another_is_reviewed(
    ruled: Desk, workspace: Workspace, fields: Fields, hand_in: HandIn
) -> None:
    before = hand_in()

    row = submit(workspace, replace(fields, subject="Q4"), revises=before.id)

    assert row.status == "review"


def test_what_a_person_submits_is_reviewed(
    desk: Desk, workspace: Workspace, fields: Fields
) -> None:
    write_policy(desk.config, POLICY.replace('agent = "billing"\n', ""))

    row = workspace.drafts.submit(workspace.drafts.compose(fields))

    assert row.status == "review"


def test_a_dry_run_is_no_release(
    ruled: Desk, workspace: Workspace, fields: Fields
) -> None:
    with workspace.acting_as(BILLING, door="http"):
        row = workspace.drafts.dry_run(workspace.drafts.compose(fields))

    assert row.status == "dry_run"


def test_a_revision_of_what_is_in_review_stays_there(
    ruled: Desk, workspace: Workspace, fields: Fields
) -> None:
    """A program that waits for a better rule has to hand in anew."""
    first = replace(fields, to=("eve@elsewhere.example",), cc=())
    row = submit(workspace, first)
    with workspace.acting_as(BILLING, door="http"):
        better = workspace.drafts.compose(fields)

        row = workspace.drafts.edit(row.id, better, revision=1)

    assert row.status == "review"


def test_it_leaves_when_its_author_says(
    ruled: Desk, workspace: Workspace, fields: Fields
) -> None:
    later = ruled.clock.now() + timedelta(hours=2)

    assert submit(workspace, fields, at=later).due_at == later


TYPES = '[attachments]\ntypes_block = ["executable", "archive"]\n'
ARCHIVE = b"7z\xbc\xaf\x27\x1c" + bytes(50)


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (("mail.eml", mail(("setup.exe", PROGRAM))), "review"),
        (("mail.eml", mail(("data.bin", ARCHIVE))), "review"),
        (("mail.eml", mail(("data.7z", ARCHIVE))), "review"),
        (("mail.eml", b"no mail"), "review"),
        (("data.dat", ARCHIVE), "review"),
        (("mail.eml", mail(("notes.txt", b"Hello."))), "ready"),
    ],
)
def test_what_is_inside_a_file_keeps_it_from_leaving_unseen(
    desk: Desk,
    workspace: Workspace,
    fields: Fields,
    file: tuple[str, bytes],
    status: str,
) -> None:
    write_policy(desk.config, POLICY.replace("[recip", TYPES + "[recip"))
    attached = FileToAttach(source=file[1], name=file[0])

    row = submit(workspace, replace(fields, attachments=(attached,)))

    assert row.status == status


@pytest.mark.parametrize(
    "options",
    [
        {"at": timedelta(hours=-1)},
        {"at": timedelta(days=500)},
        {"at": timedelta(hours=2), "lifetime": timedelta(hours=1)},
    ],
    ids=["past", "far", "after its end"],
)
def test_a_time_that_cannot_be_is_for_a_person_to_see(
    ruled: Desk, workspace: Workspace, fields: Fields, options: dict[str, timedelta]
) -> None:
    given: dict[str, Any] = {**options, "at": ruled.clock.now() + options["at"]}

    assert submit(workspace, fields, **given).status == "review"


def test_what_the_provider_cannot_say_is_for_a_person_to_see(
    ruled: Desk, hand_in: HandIn, provider: Script
) -> None:
    provider.refuses = UnsupportedFeatureError("It has no such feature.", field="to")

    assert hand_in(headers=(("X-Tag", "a"),)).status == "review"


def test_mail_that_the_account_does_not_take_is_for_a_person_to_see(
    ruled: Desk, hand_in: HandIn
) -> None:
    ruled.save(account(max_message_bytes=10_000))

    assert hand_in(text="A line of the body.\n" * 600).status == "review"


def test_the_same_under_the_same_key_is_released_once(
    ruled: Desk, workspace: Workspace, fields: Fields
) -> None:
    rows = [submit(workspace, fields, key="k-1") for _ in range(3)]

    assert len({row.id for row in rows}) == 1
    assert rows[0].status == "ready"
    assert len(workspace._stores.decisions.for_draft(rows[0].id)) == 1


def test_several_that_share_a_flush_are_each_released(
    ruled: Desk, workspace: Workspace, fields: Fields
) -> None:
    with workspace.together():
        ids = [
            submit(workspace, replace(fields, subject=f"Invoice {n}")).id
            for n in range(3)
        ]

    assert [workspace.drafts.row(one).status for one in ids] == ["ready"] * 3


def test_a_step_that_fails_leaves_nothing_of_it(
    ruled: Desk,
    workspace: Workspace,
    fields: Fields,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr("tuimail.workspace.by_rule.release", fails)

    with pytest.raises(RuntimeError, match="in the middle"):
        submit(workspace, fields)

    assert workspace.drafts.rows() == ()


def test_the_bytes_are_on_disk_before_it_may_leave(
    ruled: Desk, workspace: Workspace, hand_in: HandIn
) -> None:
    row = hand_in()

    path = workspace._stores.outbound.message_path(row.id)

    assert path.stat().st_size == workspace.drafts.page(row.id).size_bytes


def test_the_program_is_told_that_a_rule_decided(
    ruled: Desk, workspace: Workspace, hand_in: HandIn
) -> None:
    told = answer(workspace._stores, hand_in().id)

    assert told.state == "ready"
    assert told.decision is not None
    assert (told.decision.by_role, told.decision.verdict) == ("rule", "approved")
    assert told.resubmit == "no"
    assert not told.edited


def test_a_client_with_a_token_has_its_mail_released(
    ruled: Desk, workspace: Workspace, fields: Fields
) -> None:
    client, _ = workspace.clients.add("billing")
    with workspace.acting_as(client.actor, door="smtp"):
        told = workspace.handing_in.hand_in(client, workspace.drafts.compose(fields))

    assert told.state == "ready"
