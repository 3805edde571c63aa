"""The policy is asked again when mail is about to leave."""

from collections.abc import Callable

import pytest

from tests.workspace.conftest import Desk, Script
from tests.workspace.policed import RULE, write_policy
from tests.workspace.test_delivery import accepts, drain
from tuimail.workspace.objecting import objection, objections
from tuimail.workspace.views import Row
from tuimail.workspace.workspace import Workspace

HandIn = Callable[..., Row]
BLOCKED = '[recipients]\nblock = ["@example.net"]\n'
BLIND = '[recipients]\nbcc_by_agents = "allow"\n'


def released(workspace: Workspace, row: Row) -> Row:
    """Let what was handed in leave, approved by one person."""
    workspace.reviews.approve(row.id, revision=row.revision)
    return workspace.outbox.release(row.id)


async def sent(desk: Desk, workspace: Workspace, provider: Script, row: Row) -> Row:
    desk.advance(11)
    provider.answers(accepts)
    await drain(desk)
    return workspace.drafts.row(row.id)


async def test_without_a_policy_nothing_is_asked(
    desk: Desk,
    workspace: Workspace,
    hand_in: HandIn,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = released(workspace, hand_in())

    def asked(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("tuimail.workspace.objecting.objection", asked)
    monkeypatch.setattr("tuimail.store.policy.Policies.asked_about", asked)

    assert (await sent(desk, workspace, provider, row)).status == "sent"


async def test_under_the_same_policy_nothing_is_asked_again(
    desk: Desk,
    workspace: Workspace,
    hand_in: HandIn,
    provider: Script,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write_policy(desk.config)
    row = released(workspace, hand_in())

    def asked(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("tuimail.workspace.objecting.objection", asked)

    assert (await sent(desk, workspace, provider, row)).status == "sent"


async def test_mail_to_those_who_are_blocked_by_now_is_held(
    desk: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    row = released(workspace, hand_in())
    write_policy(desk.config, BLOCKED)

    found = await sent(desk, workspace, provider, row)

    assert found.status == "held"
    assert "may not be written to (recipients.block)" in found.reason
    assert provider.jobs == []


async def test_a_looser_policy_lets_nothing_go_on_by_itself(
    desk: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    row = released(workspace, hand_in())
    write_policy(desk.config, BLOCKED)
    await sent(desk, workspace, provider, row)
    write_policy(desk.config)

    assert (await sent(desk, workspace, provider, row)).status == "held"
    workspace.outbox.resume(row.id)
    assert (await sent(desk, workspace, provider, row)).status == "sent"


async def test_mail_of_people_is_held_as_well(
    desk: Desk, workspace: Workspace, write: HandIn, provider: Script
) -> None:
    row = workspace.outbox.send(write().id, revision=1)
    write_policy(desk.config, BLOCKED)

    assert (await sent(desk, workspace, provider, row)).status == "held"


async def test_where_it_takes_two_by_now_one_was_not_enough(
    desk: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    row = released(workspace, hand_in())
    write_policy(desk.config, "[defaults]\nfour_eyes = true\n")

    found = await sent(desk, workspace, provider, row)

    assert found.status == "held"
    assert "it takes 2 people to approve it, and 1 did" in found.reason


async def test_what_is_a_block_by_now_has_to_be_overruled(
    desk: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    row = released(workspace, hand_in())
    write_policy(desk.config, '[recipients]\nbcc_by_agents = "block"\n')

    assert (await sent(desk, workspace, provider, row)).status == "held"


async def test_a_policy_that_asks_for_no_more_holds_nothing(
    desk: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    row = released(workspace, hand_in())
    write_policy(
        desk.config, '[limits]\nagent_per_hour = 0\n[content]\nsecrets = "block"\n'
    )

    assert (await sent(desk, workspace, provider, row)).status == "sent"


async def test_what_a_rule_released_needs_a_rule_that_still_would(
    desk: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    write_policy(desk.config, BLIND + RULE)
    row = hand_in()
    assert row.status == "ready"
    write_policy(desk.config, BLIND)

    found = await sent(desk, workspace, provider, row)

    assert found.status == "held"
    assert "A rule let it leave" in found.reason


async def test_budgets_and_samples_are_not_asked_for_twice(
    desk: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    write_policy(desk.config, BLIND + RULE)
    row = hand_in()
    tighter = RULE.replace("0.01", "1") + "per_day = 1\n"
    write_policy(desk.config, f"{BLIND}[limits]\nagent_per_hour = 0\n{tighter}")

    assert (await sent(desk, workspace, provider, row)).status == "sent"


async def test_a_file_that_cannot_be_read_holds_what_it_forbade_before(
    desk: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    row = released(workspace, hand_in())
    path = write_policy(desk.config, BLOCKED)
    workspace._stores.policy.current()
    path.write_text("version = ")

    assert (await sent(desk, workspace, provider, row)).status == "held"


async def test_a_file_that_cannot_be_read_stops_no_mail_that_was_approved(
    desk: Desk, workspace: Workspace, hand_in: HandIn, provider: Script
) -> None:
    path = write_policy(desk.config)
    row = released(workspace, hand_in())
    path.write_text("version = ")

    assert (await sent(desk, workspace, provider, row)).status == "sent"


def test_an_approval_that_was_spent_counts_no_more(
    desk: Desk, workspace: Workspace, hand_in: HandIn
) -> None:
    row = released(workspace, hand_in())
    workspace.outbox.take_back(row.id)
    released(workspace, row)
    write_policy(desk.config, "[defaults]\nfour_eyes = true\n")

    assert "2 people to approve it, and 1 did" in objection(workspace._stores, row.id)


def test_nobody_objects_to_nothing(desk: Desk, workspace: Workspace) -> None:
    write_policy(desk.config, BLOCKED)

    assert objections(workspace._stores, []) == {}
